import { reasons as table } from '../../../emulator/cpu/timing/reasons.ts'
import { grouped } from '../../report/show/format.ts'
import type { Spent } from '../annotation.ts'

/** Less is not worth a word. */
const LEAST_SHARE = 0.005

/** The dearest reasons with their shares: "issue 61.2 %, data in flash 20.3 %". */
export function reasonsText(
  { reasons, cycles }: Pick<Spent, 'reasons' | 'cycles'>,
  most: number,
  decimals = 1,
): string {
  if (!reasons || cycles === 0) return ''
  const all = Object.entries(reasons)
    .filter(([, spent]) => spent >= LEAST_SHARE * cycles)
    .toSorted(([, a], [, b]) => b - a)
  const shown = all
    .slice(0, most)
    .map(([reason, spent]) => `${nameOf(reason)} ${grouped((100 * spent) / cycles, decimals)} %`)
  return shown.join(', ')
}

const nameOf = (reason: string): string =>
  (table as Readonly<Record<string, { readonly name: string }>>)[reason]?.name ?? reason
