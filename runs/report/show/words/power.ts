import { count, duration, grouped, percent } from '../format.ts'
import type { BatteryReport, FeedReport, PowerReport } from '../../power-report.ts'
import type { RunReport } from '../../run-report.ts'

const HOURS_PER_DAY = 24

/** Microamps, microcoulombs or microjoules. */
export const current = (value: number): string =>
  grouped(value, value === 0 || value >= 1000 ? 0 : value < 10 ? 2 : 1)

/** What the currents come to, each with its name. @param coefficients where they are to be found */
export function powerConclusions(
  { power, run }: Pick<RunReport, 'power' | 'run'>,
  coefficients = '--json',
): readonly (readonly [string, string])[] {
  const { inference, battery } = power
  return [
    ['awake', `${percent(power.awakeShare)} of ${duration(run.seconds)}`],
    ...(inference ? [['inference', inferenceLine(inference)] as const] : []),
    ...power.feeds.map((feed, i) => [i === 0 ? 'fed by' : '', feedLine(feed)] as const),
    ...(battery ? [['battery', batteryLine(battery)] as const] : []),
    [
      'rests on',
      `${percent(power.estimatedShare)} estimates; every coefficient with its source: ${coefficients}`,
    ],
    ...power.assumptions.map((one) => ['assumed', one] as const),
    ...power.unknownStates.map((one) => ['no coefficient', `${one}: counted as nothing`] as const),
  ]
}

const inferenceLine = (inference: NonNullable<PowerReport['inference']>): string => {
  const alone =
    inference.chargeMicrocoulombs === null || inference.energyMicrojoules === null
      ? ''
      : `${current(inference.chargeMicrocoulombs)} uC, ${current(inference.energyMicrojoules)} uJ each by the board; `
  return (
    `${alone}with all around it ${current(inference.runMicrocoulombs)} uC, ` +
    `${current(inference.runMicrojoules)} uJ each of ${grouped(inference.count)}`
  )
}

const feedLine = ({ feed, averageMicroamps, lowMicroamps, highMicroamps }: FeedReport): string =>
  `${feed}: ${current(averageMicroamps)} uA (${current(lowMicroamps)} to ${current(highMicroamps)})`

export const batteryLine = (battery: BatteryReport): string =>
  `${battery.cell}${battery.feed === null ? '' : ` at ${battery.feed}`}: ${life(battery.hours)} (${life(battery.lowHours)} to ${life(battery.highHours)}), ` +
  `${grouped(battery.usableMilliampHours)} mAh of it usable` +
  (battery.overloaded ? '; the peak is more than this cell delivers' : '')

export function life(hours: number): string {
  if (hours < 2 * HOURS_PER_DAY) return `${hours.toFixed(1)} h`
  const days = hours / HOURS_PER_DAY
  return days < 730 ? count(Math.round(days), 'day') : `${(days / 365.25).toFixed(1)} years`
}
