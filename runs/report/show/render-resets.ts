import { CYCLES_PER_SECOND } from '../../../emulator/time/ratio-clock.ts'
import { count, duration, grouped, hexadecimal } from './format.ts'
import type { ResetReport, RunReport } from '../run-report.ts'

const MOST_PLACES = 4

const why: Readonly<Record<ResetReport['reason'], string>> = {
  powerOn: 'the power came on',
  pin: 'the reset pin',
  watchdog: 'the watchdog ran out',
  software: 'SYSRESETREQ',
  lockup: 'a lockup',
  systemOff: 'a pin woke it from System OFF',
  lpcomp: 'LPCOMP woke it from System OFF',
  vbus: 'VBUS woke it from System OFF',
}

const when = (cycle: number): string => duration(cycle / CYCLES_PER_SECOND)

/** How often the chip started: once, and after each reset. */
export const startsOf = ({ resets }: Pick<RunReport, 'resets'>): number =>
  resets.reduce((sum, one) => sum + one.count, 1)

/** A line for each place that resets came from; empty where there were none. */
export function resetLines({ resets }: Pick<RunReport, 'resets'>): string {
  if (resets.length === 0) return ''
  const lines = [...resets].sort((a, b) => b.count - a.count || a.firstCycle - b.firstCycle).map(lineOf)
  const more = lines.length - MOST_PLACES
  return [
    ...lines.slice(0, MOST_PLACES),
    ...(more > 0 ? [`and from ${count(more, 'further place')}: --json`] : []),
  ].join('\n')
}

function lineOf({
  reason,
  address,
  function: name,
  exception,
  count: times,
  firstCycle,
  lastCycle,
}: ResetReport) {
  const at = address === null ? ', from many places' : ` at ${name ?? ''} (${hexadecimal(address)})`
  const handler = exception === null ? '' : `, in the handler of ${exception}`
  const period =
    times === 1
      ? `after ${when(firstCycle)}`
      : `first after ${when(firstCycle)}, last after ${when(lastCycle)}`
  return `${times === 1 ? 'once' : `${grouped(times)} times`}: ${why[reason]}${at}${handler}; ${period}`
}
