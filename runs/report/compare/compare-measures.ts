import { grouped } from '../show/format.ts'
import type { MeasureReport } from '../run-report.ts'
import { heading, number, paint, table, text, type Style } from '../show/style.ts'
import { below, group, ratio, type NamedReport } from './side-by-side.ts'

/** Passages that --measure asked for of both runs, or of one. */
export function compareMeasures(first: NamedReport, second: NamedReport, style: Style): string | undefined {
  const names = [...new Set([first, second].flatMap(({ report }) => report.measures.map(({ name }) => name)))]
  if (names.length === 0) return undefined
  const find = ({ report }: NamedReport, name: string): MeasureReport | undefined =>
    report.measures.find((one) => one.name === name)
  const cells = (run: NamedReport, name: string): readonly string[] => {
    const one = find(run, name)
    return one
      ? [paint(style).bold(grouped(one.medianCycles)), grouped(one.maximumCycles), grouped(one.count)]
      : ['', '', '']
  }
  const titles = ['median', 'max', 'passages']
  return [
    heading('Measured', 'as --measure says; cycles of a passage', style),
    table(
      [
        text(below('passage')),
        ...group(first.name, titles),
        ...group(second.name, titles),
        number(below('ratio')),
      ],
      names.map((name) => [
        name,
        ...cells(first, name),
        ...cells(second, name),
        ratio(find(first, name)?.medianCycles ?? 0, find(second, name)?.medianCycles ?? 0, style),
      ]),
      style,
    ),
  ].join('\n')
}
