import type { BudgetRow, CheckReport, TargetReport } from '../check-report.ts'
import { xmlAttribute, xmlText } from '../../report/show/xml.ts'
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
    `  <testsuite name="${xmlAttribute(name)}" tests="${rows.length}" failures="${rows.filter(({ outcome }) => outcome === 'failed').length}">`,
    ...rows.map((row) => testcase(name, row)),
    '  </testsuite>',
  ].join('\n')

function testcase(target: string, row: BudgetRow): string {
  const open = `    <testcase classname="${xmlAttribute(target)}" name="${xmlAttribute(row.budget)}"`
  const detail = [
    row.message,
    ...row.because.map((one) => `${one.kind}: ${causeText(one)}`),
    `again: ${row.reproduce}`,
  ].join('\n')
  if (row.outcome === 'passed') return `${open}/>`
  const inner =
    row.outcome === 'failed'
      ? `<failure message="${xmlAttribute(row.message)}" type="budget">${xmlText(detail)}</failure>`
      : `<system-out>${xmlText(`${LABELS[row.outcome]}: ${detail}`)}</system-out>`
  return `${open}>\n      ${inner}\n    </testcase>`
}
