import Table from 'cli-table3'
import type { Speed } from '../measure.ts'
import type { PageRow } from './timeline.ts'

export function pageTable(rows: readonly PageRow[]): string {
  const table = new Table({
    head: ['', 'median', '99 of 100', 'held to'],
    colAligns: ['left', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  })
  for (const { what, unit, median, worst, limit } of rows) {
    const digits = unit === 'ms' ? 3 : 0
    table.push([
      `${what}, ${unit}`,
      median.toFixed(digits),
      worst.toFixed(digits),
      limit === null ? '' : String(limit),
    ])
  }
  return `The page's timeline in Chromium\n${table.toString()}\n`
}

/** Of Node's speed, what a browser has at least. */
const LEAST = 0.8

export function engineTable(speeds: readonly Speed[]): string {
  const [node] = speeds
  const table = new Table({
    head: ['', 'M instr/s', 'M cycles/s', 'of Node', 'held to'],
    colAligns: ['left', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  })
  for (const one of speeds)
    table.push([
      one.engine,
      (one.instructionsPerSecond / 1e6).toFixed(1),
      ((one.cyclesPerSecond ?? 0) / 1e6).toFixed(1),
      node ? (one.instructionsPerSecond / node.instructionsPerSecond).toFixed(2) : '',
      one === node ? '' : `${LEAST}`,
    ])
  return `The engine in the page beside Node's\n${table.toString()}\n`
}
