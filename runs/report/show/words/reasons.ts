import { allReasons, reasons, type Reason } from '../../../../emulator/cpu/timing/reasons.ts'
import type { ReasonsReport } from '../../run-report.ts'

const isReason = (name: string): name is Reason => Object.hasOwn(reasons, name)

export const nameOfReason = (reason: string): string => (isReason(reason) ? reasons[reason].name : reason)

/** Of an operator's cycles, a reason is worth a word from here on. */
export const NOTABLE = 0.05
/** Of a table's, a row. */
const ROW = 0.001

export const awakeCycles = (found: ReasonsReport): number =>
  Object.entries(found).reduce((sum, [reason, cycles]) => sum + (reason === 'sleep' ? 0 : cycles), 0)

/** Those of which it was awake that are worth a row, most cycles first. */
export const reasonsOf = (found: ReasonsReport): readonly (readonly [reason: string, cycles: number])[] => {
  const total = awakeCycles(found)
  return Object.entries(found)
    .filter(([reason, cycles]) => reason !== 'sleep' && Math.abs(cycles) >= ROW * total)
    .sort(([, a], [, b]) => b - a)
}

/**
 * What holds an operator up most: "41 % data in flash, 12 % branch refill".
 * @param found undefined of a report from before phases had them
 */
export function heldUpBy(found: ReasonsReport | undefined = {}, most = 3): string {
  const total = awakeCycles(found)
  return Object.entries(found)
    .filter(([reason, cycles]) => !['issue', 'sleep'].includes(reason) && cycles >= NOTABLE * total)
    .sort(([, a], [, b]) => b - a)
    .slice(0, most)
    .map(([reason, cycles]) => `${Math.round((100 * cycles) / total)} % ${nameOfReason(reason)}`)
    .join(', ')
}

/** Cycles by reason of two stretches of code, and what the second has more. */
export function reasonRows(
  before: ReasonsReport,
  after: ReasonsReport,
): readonly (readonly [name: string, before: number, after: number])[] {
  const total = Math.max(awakeCycles(before), awakeCycles(after))
  return allReasons
    .filter((reason) => reason !== 'sleep')
    .map((reason) => [reasons[reason].name, before[reason] ?? 0, after[reason] ?? 0] as const)
    .filter(([, a, b]) => Math.max(Math.abs(a), Math.abs(b)) >= ROW * total)
}
