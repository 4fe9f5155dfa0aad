import type { InterpreterReport, RunReport } from '../run-report.ts'
import { bar, grouped, percent } from './format.ts'
import { facts, heading, number, paint, spare, table, text } from './style.ts'
import { awakeCycles, heldUpBy, nameOfReason, NOTABLE, reasonsOf } from './words/reasons.ts'
import type { Style } from './style.ts'

/** Where the cycles of a run went in which the processor was awake, most of them first. */
export function renderReasons({ reasons: found }: RunReport, style: Style): string | undefined {
  const total = awakeCycles(found)
  if (total <= 0) return undefined
  const width = style.width >= 96 ? 16 : style.width >= 84 ? 8 : 0
  const rows = reasonsOf(found)
  return [
    heading('Cycles', `where the ${grouped(total)} awake went; docs/reasons.md`, style),
    table(
      [text('reason'), number('cycles'), number('share'), spare(text(''))],
      rows.map(([reason, cycles]) => [
        nameOfReason(reason),
        grouped(cycles),
        percent(cycles / total),
        paint(style).cyan(bar(Math.max(cycles / total, 0), width)),
      ]),
      style,
    ),
  ].join('\n')
}

/** Below the operators' table, of those that take a share worth a look. */
export const operatorReasons = ({ operators }: InterpreterReport, style: Style): string[] =>
  besideIssue(
    operators.filter(({ share }) => share >= NOTABLE).map((row) => [`#${row.index}`, heldUpBy(row.reasons)]),
    style,
  )

/** Below the phases' table. */
export const phaseReasons = (phases: RunReport['phases'], style: Style): string[] =>
  besideIssue(
    phases.map(({ name, reasons }) => [name, heldUpBy(reasons)]),
    style,
  )

function besideIssue(all: readonly (readonly [name: string, why: string])[], style: Style): string[] {
  const lines = all.filter(([, why]) => why !== '').map(([name, why]) => `${name}: ${why}`)
  return lines.length === 0 ? [] : [facts([['beside issue', lines.join('\n')]], style)]
}
