import type { MeasureReport, RunReport } from '../run-report.ts'
import { grouped, microseconds } from './format.ts'
import { heldUpBy } from './words/reasons.ts'
import { heading, number, paint, paragraph, spare, table, text, type Style } from './style.ts'

/** What --measure asked for; undefined where nothing was measured. */
export function renderMeasures({ measures }: RunReport, style: Style): string | undefined {
  if (measures.length === 0) return undefined
  return [
    heading('Measured', 'as --measure says; each passage by itself, of the board’s charge', style),
    table(
      [
        text('passage'),
        number('passages'),
        spare(number('min cycles')),
        number('median'),
        number('max'),
        number('median us'),
        spare(number('instructions')),
        spare(number('nC')),
      ],
      measures.map((one) => [
        one.name,
        grouped(one.count),
        grouped(one.minimumCycles),
        grouped(one.medianCycles),
        grouped(one.maximumCycles),
        microseconds(one.medianMicroseconds),
        grouped(one.instructions.median),
        grouped(one.chargeNanocoulombs.median, 1),
      ]),
      style,
    ),
    ...measures.flatMap((one) => where(one, style)),
  ].join('\n')
}

function where({ name, reasons }: MeasureReport, style: Style): readonly string[] {
  const said = heldUpBy(reasons)
  return said === '' ? [] : [paragraph('  ', `${name}: ${said}`, style, paint(style).dim)]
}
