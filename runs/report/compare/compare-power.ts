import { percent } from '../show/format.ts'
import type { PowerReport } from '../power-report.ts'
import { current, life } from '../show/words/power.ts'
import { below, group, ratio } from './side-by-side.ts'
import type { NamedReport } from './side-by-side.ts'
import { heading, number, table, text } from '../show/style.ts'
import type { Style } from '../show/style.ts'

interface Row {
  readonly name: string
  /** Value, and the ends of its interval where it has one; null where the run has none. */
  readonly of: (power: PowerReport) => readonly number[] | null
  readonly show: (value: number) => string
  /** More is better. */
  readonly gain?: boolean
}

const ROWS: readonly Row[] = [
  ...(['board', 'chip'] as const).map((part) => ({
    name: `${part}, uA`,
    of: ({ [part]: { averageMicroamps, lowMicroamps, highMicroamps } }: PowerReport) => [
      averageMicroamps,
      lowMicroamps,
      highMicroamps,
    ],
    show: current,
  })),
  { name: 'awake', of: ({ awakeShare }) => [awakeShare], show: percent },
  { name: 'inference, uC', of: ({ inference }) => present(inference?.chargeMicrocoulombs), show: current },
  { name: 'inference, uJ', of: ({ inference }) => present(inference?.energyMicrojoules), show: current },
  { name: 'all around it, uC', of: ({ inference }) => present(inference?.runMicrocoulombs), show: current },
  {
    name: 'cell lasts',
    of: ({ battery }) => battery && [battery.hours, battery.lowHours, battery.highHours],
    show: life,
    gain: true,
  },
]

const present = (value: number | null | undefined): readonly number[] | null =>
  value === null || value === undefined ? null : [value]

const TITLES = ['average', 'from', 'to'] as const

/** What both runs draw, with the intervals of the coefficients. */
export function renderPowerComparison(
  first: NamedReport,
  second: NamedReport,
  style: Style,
): string | undefined {
  if (first.report.run.cycles === 0 || second.report.run.cycles === 0) return undefined
  const rows = ROWS.flatMap(({ name, of, show, gain }) => {
    const [before, after] = [of(first.report.power), of(second.report.power)]
    if (before === null || after === null) return []
    const [a = 0, b = 0] = [before[0], after[0]]
    const cells = (values: readonly number[]): readonly string[] =>
      TITLES.map((_, i) => {
        const value = values[i]
        return value === undefined ? '' : show(value)
      })
    return [[name, ...cells(before), ...cells(after), gain ? ratio(b, a, style) : ratio(a, b, style)]]
  })
  return [
    heading('Current', 'from and to: every coefficient at that end at once', style),
    table(
      [text(below('')), ...group(first.name, TITLES), ...group(second.name, TITLES), number(below('ratio'))],
      rows,
      style,
    ),
  ].join('\n')
}
