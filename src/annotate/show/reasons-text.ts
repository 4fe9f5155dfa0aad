import { reasons as table } from '../../../emulator/cpu/timing/reasons.ts'
import { percent } from '../../report/show/format.ts'
import type { Spent } from '../annotation.ts'

/** The dearest reasons with their shares: "issue 61.2 %, data in flash 20.3 %". */
export function reasonsText({ reasons, cycles }: Pick<Spent, 'reasons' | 'cycles'>, most: number): string {
  if (!reasons || cycles === 0) return ''
  const all = Object.entries(reasons).toSorted(([, a], [, b]) => b - a)
  const shown = all.slice(0, most).map(([reason, spent]) => `${nameOf(reason)} ${percent(spent / cycles)}`)
  return shown.join(', ') + (all.length > most ? ', ...' : '')
}

const nameOf = (reason: string): string =>
  (table as Readonly<Record<string, { readonly name: string }>>)[reason]?.name ?? reason
