import { facts, heading, number, paint, spare, table, text } from '../../runs/report/show/style.ts'
import type { Style } from '../../runs/report/show/style.ts'
import { visible } from '../../runs/report/show/visible.ts'
import { duration, grouped, percent } from '../../runs/report/show/format.ts'
import { batteryLine, current, life } from '../../runs/report/show/words/power.ts'
import type { ClaimResult, ScenarioResult } from './claims.ts'

/** Apps side by side, and what is claimed of them. Ends with a newline. */
export function renderClaims(
  found: readonly ScenarioResult[],
  claims: readonly ClaimResult[],
  style: Style,
): string {
  const results = visible(found)
  const [first] = results
  const cell = first?.report.power.battery?.cell
  const wide = style.width >= 96
  const assumed = [...new Set(results.flatMap(({ report }) => report.power.assumptions))]
  const notes = [
    ...(first?.report.power.battery ? [['cell', batteryLine(first.report.power.battery)] as const] : []),
    ...assumed.map((one) => ['assumed', one] as const),
  ]
  return [
    heading(first?.report.board.name ?? '', 'microamps of the board, from and to; estimates: share', style),
    table(
      [
        text('app'),
        ...['ran', 'average', 'from', 'to'].map(number),
        spare(number('chip')),
        number('awake'),
        ...(wide ? [number('estimates')] : []),
        number(cell ?? 'life'),
      ],
      results.map(({ name, report: { run, power } }) => [
        name,
        duration(run.seconds),
        current(power.board.averageMicroamps),
        current(power.board.lowMicroamps),
        current(power.board.highMicroamps),
        current(power.chip.averageMicroamps),
        percent(power.awakeShare),
        ...(wide ? [percent(power.estimatedShare)] : []),
        power.battery ? life(power.battery.hours) : '',
      ]),
      style,
    ),
    table(
      [text('inference'), ...['number', 'uC each', 'uJ each', 'uJ with all around it'].map(number)],
      results.map(({ name, report: { power } }) => [
        name,
        grouped(power.inference?.count ?? 0),
        ...[
          power.inference?.chargeMicrocoulombs,
          power.inference?.energyMicrojoules,
          power.inference?.runMicrojoules,
        ].map((value) => (value === undefined || value === null ? '' : current(value))),
      ]),
      style,
    ),
    ...(notes.length > 0 ? [facts(notes, style)] : []),
    ...claims.flatMap((claim) => drawClaim(claim, style)),
    '',
  ].join('\n')
}

function drawClaim({ claim, published, ours, verdict, why }: ClaimResult, style: Style): readonly string[] {
  const { green, red, yellow } = paint(style)
  const colours = { holds: green, 'within our interval only': yellow, depends: yellow, 'does not hold': red }
  return [
    heading(`Claim: ${claim}`, '', style),
    `  ${colours[verdict](verdict)}`,
    facts(
      [
        ['published', published],
        ['ours', ours],
        ['because', why],
      ],
      style,
    ),
  ]
}
