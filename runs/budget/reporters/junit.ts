import type { BudgetRow, CheckReport, TargetReport } from '../check-report.ts'
import { causeText, LABELS } from '../show/words.ts'

/** JUnit XML: a suite for each target, a case for each budget. Soft ones and trials pass, and say what they have to say. */
export function junitCheck({ targets, counts }: CheckReport): string {
  const all = targets.reduce((sum, { rows }) => sum + rows.length, 0)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="boardless check" tests="${all}" failures="${counts.failed}">`,
    ...targets.map(suite),
    '</testsuites>',
    '',
  ].join('\n')
}

const suite = ({ name, rows }: TargetReport): string =>
  [
    `  <testsuite name="${attribute(name)}" tests="${rows.length}" failures="${rows.filter(({ outcome }) => outcome === 'failed').length}">`,
    ...rows.map((row) => testcase(name, row)),
    '  </testsuite>',
  ].join('\n')

function testcase(target: string, row: BudgetRow): string {
  const open = `    <testcase classname="${attribute(target)}" name="${attribute(row.budget)}"`
  const detail = [
    row.message,
    ...row.because.map((one) => `${one.kind}: ${causeText(one)}`),
    `again: ${row.reproduce}`,
  ].join('\n')
  if (row.outcome === 'passed') return `${open}/>`
  const inner =
    row.outcome === 'failed'
      ? `<failure message="${attribute(row.message)}" type="budget">${text(detail)}</failure>`
      : `<system-out>${text(`${LABELS[row.outcome]}: ${detail}`)}</system-out>`
  return `${open}>\n      ${inner}\n    </testcase>`
}

/** What XML 1.0 cannot have at all is left out. */
const possible = (value: string): string =>
  value.replace(/[^\P{Cc}\t\n\r\u007f-\u009f]|\p{Cs}|[\ufffe\uffff]/gu, '')

const text = (value: string): string =>
  possible(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const attribute = (value: string): string =>
  text(value)
    .replaceAll('"', '&quot;')
    .replace(/[\t\r\n]/g, ' ')
