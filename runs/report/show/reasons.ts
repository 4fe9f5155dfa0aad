import { allReasons, reasons, type Reason } from '../../../emulator/cpu/timing/reasons.ts'
import type { InterpreterReport, ReasonsReport, RunReport } from '../run-report.ts'
import { bar, grouped, percent } from './format.ts'
import { facts, heading, number, paint, spare, table, text } from './style.ts'
import type { Style } from './style.ts'

const isReason = (name: string): name is Reason => Object.hasOwn(reasons, name)

export const nameOfReason = (reason: string): string => (isReason(reason) ? reasons[reason].name : reason)

/** Of an operator's cycles, a reason is worth a word from here on. */
const NOTABLE = 0.05
/** Of a table's, a row. */
const ROW = 0.001

const awake = (found: ReasonsReport): number =>
  Object.entries(found).reduce((sum, [reason, cycles]) => sum + (reason === 'sleep' ? 0 : cycles), 0)

/** Where the cycles of a run went in which the processor was awake, most of them first. */
export function renderReasons({ reasons: found }: RunReport, style: Style): string | undefined {
  const total = awake(found)
  if (total <= 0) return undefined
  const width = style.width >= 96 ? 16 : style.width >= 84 ? 8 : 0
  const rows = Object.entries(found)
    .filter(([reason, cycles]) => reason !== 'sleep' && Math.abs(cycles) >= ROW * total)
    .sort(([, a], [, b]) => b - a)
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

/** What holds an operator up most: "41 % data in flash, 12 % branch refill". */
export function heldUpBy(found: ReasonsReport, most = 3): string {
  const total = awake(found)
  return Object.entries(found)
    .filter(([reason, cycles]) => !['issue', 'sleep'].includes(reason) && cycles >= NOTABLE * total)
    .sort(([, a], [, b]) => b - a)
    .slice(0, most)
    .map(([reason, cycles]) => `${Math.round((100 * cycles) / total)} % ${nameOfReason(reason)}`)
    .join(', ')
}

/** Below the operators' table, of those that take a share worth a look. */
export function operatorReasons({ operators }: InterpreterReport, style: Style): string[] {
  const shown = operators
    .filter(({ share }) => share >= NOTABLE)
    .map((row) => [row.index, heldUpBy(row.reasons)] as const)
    .filter(([, why]) => why !== '')
  const [first, ...others] = shown
  if (!first) return []
  const line = ([index, why]: typeof first): string => `#${index}: ${why}`
  return [facts([['beside issue', [first, ...others].map(line).join('\n')]], style)]
}

/** Cycles by reason of two stretches of code, and what the second has more. */
export function reasonRows(
  before: ReasonsReport,
  after: ReasonsReport,
): readonly (readonly [name: string, before: number, after: number])[] {
  const total = Math.max(awake(before), awake(after))
  return allReasons
    .filter((reason) => reason !== 'sleep')
    .map((reason) => [reasons[reason].name, before[reason] ?? 0, after[reason] ?? 0] as const)
    .filter(([, a, b]) => Math.max(Math.abs(a), Math.abs(b)) >= ROW * total)
}
