import { bar, count, fit, grouped, hexadecimal, kilobytes, microseconds, percent } from './format.ts'
import { macsCell } from './macs.ts'
import { notJudged, predictionScore } from './predictions.ts'
import { header, title } from './render-header.ts'
import { renderCalls } from './render-calls.ts'
import { renderMeasures } from './render-measures.ts'
import { renderPower } from './render-power.ts'
import { operatorReasons, renderReasons, phaseReasons } from './reasons.ts'
import { startsOf } from './render-resets.ts'
import type { FaultReport, InterpreterReport, MemoryReport, RunReport } from '../run-report.ts'
import { facts, heading, number, paint, paragraph, spare, table, text } from './style.ts'
import type { Style } from './style.ts'
import { visible } from './visible.ts'
import { awareLines } from './words/aware.ts'
import { memoryRows } from './words/memory.ts'
import { whosePhases } from './words/phases.ts'

const MOST_FUNCTIONS = 12

/** The report of one run, for a terminal. Ends with a newline. */
export function renderReport(found: RunReport, style: Style): string {
  const report = visible(found)
  return [
    title(report, style),
    header(report, style),
    fault(report.fault, style),
    phases(report, style),
    renderMeasures(report, style),
    operators(report, style),
    renderReasons(report, style),
    functions(report, style),
    renderCalls(report, style),
    memory(report.memory, startsOf(report), style),
    renderPower(report, style),
    predictions(report, style),
    interrupts(report, style),
    warnings(report, style),
    '',
  ]
    .filter((part) => part !== undefined)
    .join('\n')
}

function phases({ phases: rows }: RunReport, style: Style): string | undefined {
  if (rows.length === 0) return undefined
  const most = Math.max(...rows.map(({ medianCycles }) => medianCycles))
  return [
    heading('Phases', `${whosePhases(rows)}; microseconds and cycles`, style),
    table(
      [
        text('phase'),
        spare(number('min us')),
        number('median us'),
        spare(number('max us')),
        ...['median cycles', 'passes'].map(number),
        spare(text('')),
      ],
      rows.map((row) => [
        row.name,
        microseconds(row.minimumMicroseconds),
        microseconds(row.medianMicroseconds),
        microseconds(row.maximumMicroseconds),
        grouped(row.medianCycles),
        grouped(row.passes),
        paint(style).cyan(bar(row.medianCycles / most, barWidth(style))),
      ]),
      style,
    ),
    ...phaseReasons(rows, style),
  ].join('\n')
}

function operators({ interpreters, models }: RunReport, style: Style): string | undefined {
  const parts = interpreters.flatMap((interpreter) => {
    const whole = `${grouped(interpreter.medianCycles)} cycles, ${microseconds(interpreter.medianMicroseconds)} us`
    const named = interpreters.length > 1 || models.length > 1 ? `${fit(interpreter.name, 40)}: ` : ''
    const detail = `${named}${count(interpreter.count, 'invocation')} of ${whole} (median), seen from outside`
    return [
      heading('Operators', detail, style),
      table(
        [
          number('#'),
          ...['operator', 'output'].map(text),
          spare(number('MACs')),
          number('cycles'),
          spare(number('cycles/MAC')),
          number('share'),
          spare(text('')),
        ],
        [
          ...interpreter.operators.map((row) => [
            row.index,
            row.type ?? fit(row.kernel, 36),
            row.outputShape?.join('x') ?? '',
            macsCell(row),
            grouped(row.medianCycles),
            row.cyclesPerMac === null ? '' : row.cyclesPerMac.toFixed(2),
            percent(row.share),
            paint(style).cyan(bar(row.share, barWidth(style))),
          ]),
          ownRow(interpreter.own, style),
        ],
        style,
      ),
      ...operatorReasons(interpreter, style),
    ]
  })
  return parts.length > 0 ? parts.join('\n') : undefined
}

/** What the interpreter costs beside its operators. */
const ownRow = ({ medianCycles, share }: InterpreterReport['own'], style: Style): readonly string[] => [
  '',
  'interpreter',
  '',
  '',
  grouped(medianCycles),
  '',
  percent(share),
  paint(style).cyan(bar(share, barWidth(style))),
]

function functions({ functions: rows }: RunReport, style: Style): string | undefined {
  if (rows.length === 0) return undefined
  const shown = rows.slice(0, MOST_FUNCTIONS)
  return [
    heading(
      'Functions',
      `${shown.length} of ${rows.length}; cycles in a function's own instructions, of those awake`,
      style,
    ),
    table(
      [
        text('function'),
        ...['cycles', 'share'].map(number),
        ...['instructions', 'entries'].map((title) => spare(number(title))),
      ],
      shown.map((row) => [
        fit(row.name, Math.max(style.width - 56, 28)),
        grouped(row.selfCycles),
        percent(row.share),
        grouped(row.instructions),
        grouped(row.entries),
      ]),
      style,
    ),
  ].join('\n')
}

function memory(report: MemoryReport, starts: number, style: Style): string {
  const sections = report.sections.filter(({ flashBytes }) => flashBytes > 0)
  return [
    heading(
      'Memory',
      `high water seen by watching every write${starts === 1 ? '' : `, over all ${grouped(starts)} starts`}`,
      style,
    ),
    table(
      [text(''), number('bytes'), text('')],
      [
        ...memoryRows(report).map(([name, used, detail]) => [name, grouped(used), paint(style).dim(detail)]),
        ...(report.staticRamBytes === null
          ? [['static RAM', 'unknown', paint(style).dim('a HEX file does not say')]]
          : []),
      ],
      style,
    ),
    facts(
      [['flash by section', sections.map((one) => `${one.name} ${kilobytes(one.flashBytes)}`).join(', ')]],
      style,
    ),
  ].join('\n')
}

/** Windows shown by a mark, and wrong ones told one by one. */
const MOST_MARKS = 80
const MOST_WRONG = 20

function predictions({ predictions: found }: RunReport, style: Style): string | undefined {
  if (!found) return undefined
  const { green, red, dim } = paint(style)
  const wrong = found.windows.flatMap((window, index) =>
    window.expected !== null && window.expected !== window.label
      ? [
          paragraph('  ✗ ', `window ${index}: ${window.label}, labelled ${window.expected}`, style).replace(
            '✗',
            red('✗'),
          ),
        ]
      : [],
  )
  const mostMarks = style.width < 104 ? MOST_MARKS - 20 : MOST_MARKS
  const marks = found.windows.slice(0, mostMarks).map(({ label, expected, spansLabels }) => {
    if (expected === null) return dim(spansLabels ? '|' : '·')
    return expected === label ? green('✓') : red('✗')
  })
  const more = found.labelled - (found.correct ?? 0) - MOST_WRONG
  const apart = notJudged(found)
  return [
    heading('Predictions', predictionScore(found), style),
    ...(apart === undefined ? [] : [paragraph('  ', apart, style)]),
    `  ${marks.join('')}${found.total > mostMarks ? dim(` the first ${mostMarks}`) : ''}`,
    ...wrong.slice(0, MOST_WRONG),
    ...(more > 0 ? [`  ${dim(`and ${grouped(more)} more: --json`)}`] : []),
  ].join('\n')
}

function interrupts({ interrupts: rows }: RunReport, style: Style): string | undefined {
  if (rows.length === 0) return undefined
  const list = rows.map(({ name, count: taken }) => `${name} ${grouped(taken)}`).join(', ')
  return `${heading('Exceptions taken', '', style)}\n${facts([['', list]], style)}`
}

export function warnings(report: RunReport, style: Style): string | undefined {
  const { yellow } = paint(style)
  const lines = awareLines(report)
  if (lines.length === 0) return undefined
  return [
    heading('To be aware of', '', style),
    ...lines.map((line) => paragraph('  ! ', line, style).replace('!', yellow('!'))),
  ].join('\n')
}

function fault(report: FaultReport | null, style: Style): string | undefined {
  if (!report) return undefined
  const { red, dim } = paint(style)
  const registers = report.registers.map((value, i) => `${`R${i}`.padStart(3)} ${hexadecimal(value)}`)
  const rows = [0, 4, 8, 12].map((from) => registers.slice(from, from + 4).join('  '))
  const frames = report.callStack.map(({ address, function: name, source, guessed }, i) =>
    paragraph(
      `  ${String(i).padStart(2)}  ${hexadecimal(address)}  `,
      `${name}${source === null ? '' : `  ${source}`}${guessed ? '  (guessed from the stack)' : ''}`,
      style,
    ),
  )
  return [
    heading(red('Fault'), report.summary, style),
    facts(
      [
        ['causes', report.causes.join('; ')],
        [
          'status',
          `CFSR ${hexadecimal(report.cfsr)}  HFSR ${hexadecimal(report.hfsr)}${at('MMFAR', report.mmfar)}${at('BFAR', report.bfar)}`,
        ],
        ['instruction', `${hexadecimal(report.pc)}  ${report.instruction}`],
      ],
      style,
    ),
    ...rows.map((row) => `  ${dim(row)}`),
    ...frames,
  ].join('\n')
}

const at = (name: string, value: number | null): string =>
  value === null ? '' : `  ${name} ${hexadecimal(value)}`

const barWidth = ({ width }: Style): number => (width >= 96 ? 16 : width >= 84 ? 8 : 0)
