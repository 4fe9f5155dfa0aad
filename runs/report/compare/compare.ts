import { compareMeasures } from './compare-measures.ts'
import { renderPowerComparison } from './compare-power.ts'
import { count, grouped, microseconds, percent } from '../show/format.ts'
import { macsCell } from '../show/macs.ts'
import { notJudged, predictionScore } from '../show/predictions.ts'
import {
  awayLines,
  compilerText,
  librariesText,
  modelLine,
  recordingLine,
  runLine,
  soundLine,
  timingLine,
} from '../show/words/header.ts'
import { title } from '../show/render-header.ts'
import { reasonRows } from '../show/words/reasons.ts'
import { memoryRows } from '../show/words/memory.ts'
import { warnings } from '../show/render.ts'
import type { OperatorReport, RunReport } from '../run-report.ts'
import { below, group, ratio } from './side-by-side.ts'
import type { NamedReport } from './side-by-side.ts'
import { facts, heading, number, paint, spare, table, text } from '../show/style.ts'
import type { Style } from '../show/style.ts'
import { visible } from '../show/visible.ts'

export type { NamedReport } from './side-by-side.ts'

/** Two runs side by side; the ratio says how many times cheaper the second is. Ends with a newline. */
export function renderComparison(before: NamedReport, after: NamedReport, style: Style): string {
  const [first, second] = [visible(before), visible(after)]
  return [
    title(first.report, style),
    verdict(first, second, style),
    header(first, second, style),
    phases(first, second, style),
    compareMeasures(first, second, style),
    operators(first, second, style),
    reasons(first, second, style),
    memory(first, second, style),
    renderPowerComparison(first, second, style),
    predictions(first, second, style),
    warnings({ ...first.report, ...bothWarnings(first.report, second.report) }, style),
    '',
  ]
    .filter((part) => part !== undefined)
    .join('\n')
}

function header(first: NamedReport, second: NamedReport, style: Style): string {
  const a = first.report
  const b = second.report
  const both = (label: string, of: (report: RunReport) => string): readonly (readonly [string, string])[] =>
    of(a) === of(b)
      ? [[label, of(a)]]
      : [
          [`${label}, ${first.name}`, of(a)],
          [`${label}, ${second.name}`, of(b)],
        ]
  return facts(
    [
      ...both('app', ({ firmware }) => `${firmware.app}, resolver ${firmware.resolver}`),
      ...both('firmware', ({ firmware }) => `sha256 ${firmware.sha256.slice(0, 16)}`),
      ...both('compiler', ({ firmware }) => compilerText(firmware)),
      ...both('libraries', ({ firmware }) => librariesText(firmware)),
      ...both('model', ({ models }) => models.map(modelLine).join('\n')),
      ...both('recording', ({ recording }) => (recording ? recordingLine(recording) : 'none')),
      ...((a.sound ?? b.sound) ? both('sound', ({ sound }) => (sound ? soundLine(sound) : 'none')) : []),
      ...both('timing model', timingLine),
      ...(a.away.length + b.away.length > 0
        ? both('changed', (report) => awayLines(report) || 'nothing')
        : []),
      ...both('ran', runLine),
    ],
    style,
  )
}

/** The one line to remember: the whole inference, before and after. */
function verdict(first: NamedReport, second: NamedReport, style: Style): string | undefined {
  const [a, b] = [first.report.interpreters[0], second.report.interpreters[0]]
  if (!a || !b || b.medianCycles === 0) return undefined
  const { bold, green } = paint(style)
  const one = (name: string, { medianMicroseconds }: typeof a): string =>
    `${name} ${bold(`${microseconds(medianMicroseconds)} us`)}`
  const times = a.medianCycles / b.medianCycles
  const found = times >= 1 ? `${times.toFixed(2)} times as fast` : `${(1 / times).toFixed(2)} times as slow`
  return `Inference: ${one(first.name, a)}, ${one(second.name, b)}: ${green(found)}\n`
}

function bothWarnings(a: RunReport, b: RunReport): Pick<RunReport, 'unmodelled' | 'problems'> {
  const names = new Set(a.unmodelled.map(({ name }) => name))
  const messages = new Set(a.problems.map(({ message }) => message))
  return {
    unmodelled: [...a.unmodelled, ...b.unmodelled.filter(({ name }) => !names.has(name))],
    problems: [...a.problems, ...b.problems.filter(({ message }) => !messages.has(message))],
  }
}

const isWide = ({ width }: Style): boolean => width >= 104

function phases(first: NamedReport, second: NamedReport, style: Style): string | undefined {
  const names = [...new Set([...first.report.phases, ...second.report.phases].map(({ name }) => name))]
  if (names.length === 0) return undefined
  const wide = isWide(style)
  const titles = wide ? ['min us', 'median us', 'max us', 'cycles'] : ['median us', 'cycles']
  const find = ({ report }: NamedReport, name: string): RunReport['phases'][number] | undefined =>
    report.phases.find((phase) => phase.name === name)
  const cells = (run: NamedReport, name: string): readonly string[] => {
    const phase = find(run, name)
    if (!phase) return titles.map(() => '')
    const median = paint(style).bold(microseconds(phase.medianMicroseconds))
    const cycles = grouped(phase.medianCycles)
    if (!wide) return [median, cycles]
    return [microseconds(phase.minimumMicroseconds), median, microseconds(phase.maximumMicroseconds), cycles]
  }
  const median = (run: NamedReport, name: string): number => find(run, name)?.medianCycles ?? 0
  const windows = count(Math.max(...first.report.phases.map((phase) => phase.count)), 'window')
  return [
    heading('Phases', `marked by the firmware, over ${windows}; cycles of the median`, style),
    table(
      [
        text(below('phase')),
        ...group(first.name, titles),
        ...group(second.name, titles),
        number(below('ratio')),
      ],
      names.map((name) => [
        name,
        ...cells(first, name),
        ...cells(second, name),
        ratio(median(first, name), median(second, name), style),
      ]),
      style,
    ),
  ].join('\n')
}

function operators(first: NamedReport, second: NamedReport, style: Style): string | undefined {
  const [a, b] = [first.report.interpreters[0], second.report.interpreters[0]]
  if (!a || !b) return undefined
  const roomy = style.width >= 88
  const titles = isWide(style) ? ['cycles', 'per MAC', 'share'] : ['cycles', 'per MAC']
  const cells = (row: OperatorReport | undefined): readonly string[] =>
    row
      ? [grouped(row.medianCycles), row.cyclesPerMac?.toFixed(2) ?? '', percent(row.share)].slice(
          0,
          titles.length,
        )
      : titles.map(() => '')
  const { bold } = paint(style)
  const whole = (cycles: number): readonly string[] =>
    titles.map((_, i) => (i === 0 ? bold(grouped(cycles)) : ''))
  const own = ({ medianCycles, share }: typeof a.own): readonly string[] =>
    [grouped(medianCycles), '', percent(share)].slice(0, titles.length)
  const rows = a.operators.map((row, i) => [
    row.index,
    row.type ?? row.kernel,
    ...(roomy ? [row.outputShape?.join('x') ?? ''] : []),
    macsCell(row),
    ...cells(row),
    ...cells(b.operators[i]),
    ratio(row.medianCycles, b.operators[i]?.medianCycles ?? 0, style),
  ])
  return [
    heading('Operators', `median of ${count(a.count, 'invocation')}, seen from outside the firmware`, style),
    table(
      [
        number(below('#')),
        text(below('operator')),
        ...(roomy ? [text(below('output'))] : []),
        spare(number(below('MACs'))),
        ...group(first.name, titles),
        ...group(second.name, titles),
        number(below('ratio')),
      ],
      [
        ...rows,
        [
          '',
          'interpreter',
          ...(roomy ? [''] : []),
          '',
          ...own(a.own),
          ...own(b.own),
          ratio(a.own.medianCycles, b.own.medianCycles, style),
        ],
        [
          '',
          'all of them',
          ...(roomy ? [''] : []),
          '',
          ...whole(a.medianCycles),
          ...whole(b.medianCycles),
          ratio(a.medianCycles, b.medianCycles, style),
        ],
      ],
      style,
    ),
  ].join('\n')
}

/** Where the cycles of an invocation went, or without interpreters those of the runs. */
function reasons(first: NamedReport, second: NamedReport, style: Style): string | undefined {
  const [a, b] = [first.report.interpreters[0], second.report.interpreters[0]]
  const of = ({ report }: NamedReport, one: typeof a): RunReport['reasons'] =>
    a && b && one ? perInvocation(one) : report.reasons
  const rows = reasonRows(of(first, a), of(second, b))
  if (rows.length === 0) return undefined
  return [
    heading('Cycles', a && b ? 'where those of an invocation went, on average' : 'where they went', style),
    table(
      [text('reason'), number(first.name), number(second.name), number('change')],
      rows.map(([name, before, after]) => [
        name,
        grouped(before),
        grouped(after),
        changeOf(Math.round(after) - Math.round(before), style),
      ]),
      style,
    ),
  ].join('\n')
}

const perInvocation = ({ reasons, count: times }: RunReport['interpreters'][number]): RunReport['reasons'] =>
  Object.fromEntries(Object.entries(reasons).map(([reason, cycles]) => [reason, cycles / times]))

const changeOf = (difference: number, style: Style): string =>
  difference === 0
    ? paint(style).dim('same')
    : `${difference > 0 ? '+' : '-'}${grouped(Math.abs(difference))}`

function memory(first: NamedReport, second: NamedReport, style: Style): string {
  const after = new Map(
    memoryRows(second.report.memory).map(([name, used, detail]) => [name, { used, detail }]),
  )
  const { dim } = paint(style)
  return [
    heading('Memory', 'bytes; high water seen by watching every write', style),
    table(
      [text(''), number(first.name), number(second.name), number('change'), text('')],
      memoryRows(first.report.memory).map(([name, used, detail]) => {
        const other = after.get(name)
        const difference = other ? other.used - used : NaN
        return [
          name,
          grouped(used),
          other ? grouped(other.used) : '',
          Number.isNaN(difference) ? '' : changeOf(difference, style),
          dim(detail.replace(/^[\d.]+ % of/, 'of').replace(/: .*/, '')),
        ]
      }),
      style,
    ),
  ].join('\n')
}

function predictions(first: NamedReport, second: NamedReport, style: Style): string | undefined {
  const [a, b] = [first.report.predictions, second.report.predictions]
  if (!a || !b) return undefined
  const agree = a.windows.filter(({ label }, i) => b.windows[i]?.label === label).length
  const score = (of: typeof a): string => [predictionScore(of), notJudged(of) ?? []].flat().join('; ')
  const listed = Math.max(a.windows.length, b.windows.length)
  const of = listed < Math.max(a.total, b.total) ? `the first ${grouped(listed)}` : grouped(listed)
  return [
    heading('Predictions', '', style),
    facts(
      [
        [first.name, score(a)],
        [second.name, score(b)],
        [`${first.name} and ${second.name}`, `agree on ${grouped(agree)} of ${of}`],
      ],
      style,
    ),
  ].join('\n')
}
