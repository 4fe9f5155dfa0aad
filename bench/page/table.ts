import Table from 'cli-table3'
import type { PageRow } from './timeline.ts'

export function pageTable(rows: readonly PageRow[]): string {
  const table = new Table({
    head: ['milliseconds', 'median', '99 of 100', 'held to'],
    colAligns: ['left', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  })
  for (const { what, median, worst, limit } of rows)
    table.push([what, median.toFixed(3), worst.toFixed(3), limit === null ? '' : String(limit)])
  return `The page's timeline in Chromium\n${table.toString()}\n`
}
