import { bar, fit, grouped, percent } from './format.ts'
import { current, powerConclusions } from './words/power.ts'
import type { ChargeReport, PowerReport } from '../power-report.ts'
import type { RunReport } from '../run-report.ts'
import { facts, heading, number, paint, spare, table, text } from './style.ts'
import type { Style } from './style.ts'

const LEAST_SHARE = 0.0005

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
    facts(powerConclusions({ power, run }), style),
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

const interval = (drawn: ChargeReport): readonly string[] =>
  [drawn.averageMicroamps, drawn.lowMicroamps, drawn.highMicroamps].map(current)
