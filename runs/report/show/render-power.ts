import { bar, count, duration, fit, grouped, percent } from './format.ts'
import type { BatteryReport, ChargeReport, FeedReport, PowerReport } from '../power-report.ts'
import type { RunReport } from '../run-report.ts'
import { facts, heading, number, paint, spare, table, text } from './style.ts'
import type { Style } from './style.ts'

const LEAST_SHARE = 0.0005
const HOURS_PER_DAY = 24

/** Current by part and by phase, with intervals, and what a cell makes of it. */
export function renderPower({ power, run }: RunReport, style: Style): string | undefined {
  if (run.cycles === 0) return undefined
  return [
    heading(
      'Current',
      `microamps at ${power.supplyVolts} V; from and to: every coefficient at that end at once`,
      style,
    ),
    parts(power, style),
    ...(power.phases.length > 0 ? [phases(power, style)] : []),
    facts(conclusions({ power, run }), style),
  ].join('\n')
}

function parts(power: PowerReport, style: Style): string {
  const { cyan, dim, yellow } = paint(style)
  const shown = power.parts.filter(({ share }) => share >= LEAST_SHARE)
  const wide = style.width >= 96 ? 10 : 0
  const total = power.board.chargeMicrocoulombs
  const row = (name: string, drawn: ChargeReport & { peakMicroamps: number }, note: string, mark = '') => [
    name,
    ...interval(drawn),
    current(drawn.peakMicroamps),
    percent(total === 0 ? 0 : drawn.chargeMicrocoulombs / total),
    note,
    ...(wide > 0 ? [mark] : []),
  ]
  return table(
    [
      text(''),
      ...['average', 'from', 'to'].map(number),
      spare(number('peak')),
      number('charge'),
      text(''),
      ...(wide > 0 ? [text('')] : []),
    ],
    [
      row('board', power.board, dim(`median ${current(power.board.medianMicroamps)}`)),
      row('chip', power.chip, dim(`median ${current(power.chip.medianMicroamps)}`)),
      ...shown.map((part) =>
        row(
          `  ${fit(part.part, 18)}`,
          part,
          part.estimate ? yellow('estimate') : '',
          cyan(bar(part.share, wide)),
        ),
      ),
    ],
    style,
  )
}

function phases({ phases: rows }: PowerReport, style: Style): string {
  return table(
    [
      text('phase'),
      ...['average', 'from', 'to', 'uC a pass'].map(number),
      spare(number('uJ a pass')),
      number('passes'),
    ],
    rows.map((row) => [
      fit(row.phase, 24),
      ...interval(row),
      current(row.chargeMicrocoulombs / Math.max(row.passes, 1)),
      current(row.energyMicrojoules / Math.max(row.passes, 1)),
      grouped(row.passes),
    ]),
    style,
  )
}

function conclusions({
  power,
  run,
}: Pick<RunReport, 'power' | 'run'>): readonly (readonly [string, string])[] {
  const { inference, battery } = power
  return [
    ['awake', `${percent(power.awakeShare)} of ${duration(run.seconds)}`],
    ...(inference ? [['inference', inferenceLine(inference)] as const] : []),
    ...power.feeds.map((feed, i) => [i === 0 ? 'fed by' : '', feedLine(feed)] as const),
    ...(battery ? [['battery', batteryLine(battery)] as const] : []),
    ['rests on', `${percent(power.estimatedShare)} estimates; every coefficient with its source: --json`],
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

const interval = (drawn: ChargeReport): readonly string[] =>
  [drawn.averageMicroamps, drawn.lowMicroamps, drawn.highMicroamps].map(current)

export const current = (value: number): string =>
  grouped(value, value === 0 || value >= 1000 ? 0 : value < 10 ? 2 : 1)
