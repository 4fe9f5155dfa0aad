/** A comparison as tables of text, the same for a terminal, Markdown and HTML. */
import { grouped } from '../../report/show/format.ts'
import { nameOfReason } from '../../report/show/words/reasons.ts'
import type { Comparison, FunctionChange, Pair, PassageChange } from '../comparison.ts'
import {
  changed,
  lineName,
  perText,
  relative,
  shown,
  toneOf,
  toneOfFigure,
  unitName,
  why,
  type Tone,
  type Unit,
} from './words.ts'

export interface ShownColumn {
  readonly title: string
  readonly isNumber?: boolean
  /** Names of code: where there is little room, the end of one says most. */
  readonly isName?: boolean
  /** Given up where there is little room. */
  readonly isSpare?: boolean
}

export interface ShownRow {
  readonly cells: readonly string[]
  /** Of the change: what a bar is drawn of. */
  readonly difference: number
  readonly tone: Tone
}

export interface ShownTable {
  readonly title: string
  readonly detail: string
  readonly columns: readonly ShownColumn[]
  /** Which of them has the change. */
  readonly changeColumn: number
  readonly rows: readonly ShownRow[]
  /** Rows that were left out. */
  readonly more: number
}

const number = (title: string): ShownColumn => ({ title, isNumber: true })
const text = (title: string): ShownColumn => ({ title })
const spare = (column: ShownColumn): ShownColumn => ({ ...column, isSpare: true })

/** Those that have something in them. @param top rows of long ones */
export function tablesOf(comparison: Comparison, top: number): readonly ShownTable[] {
  return [
    figures(comparison),
    passages(comparison, 'Phases', 'cycles of the median', comparison.phases),
    passages(comparison, 'Measured', 'as --measure says; cycles of the median', comparison.measures),
    ...operators(comparison),
    reasons(comparison),
    functions(comparison, top),
    lines(comparison, top),
    sections(comparison),
    symbols(comparison, top),
    current(comparison),
    charges(comparison),
  ]
    .filter(({ title, rows }) => rows.some(({ difference }) => difference !== 0 || !QUIET.has(title)))
    .map(withoutEmpty)
}

/** Left out where nothing in them moved. */
const QUIET = new Set(['Memory', 'Current', 'Charge of a phase'])

/** Columns in which nothing stands are left out: the share where nothing changed, why where nobody knows. */
function withoutEmpty(one: ShownTable): ShownTable {
  const isFull = one.columns.map(
    (_, i) => i <= one.changeColumn || one.rows.some(({ cells }) => cells[i] !== ''),
  )
  const kept = <T>(all: readonly T[]): readonly T[] => all.filter((_, i) => isFull[i])
  return {
    ...one,
    columns: kept(one.columns),
    rows: one.rows.map((row) => ({ ...row, cells: kept(row.cells) })),
  }
}

interface Given {
  readonly title: string
  readonly detail: string
  readonly before: readonly ShownColumn[]
  readonly after: readonly ShownColumn[]
  readonly rows: readonly {
    readonly before: readonly string[]
    readonly of: Pair
    readonly unit: Unit
    readonly after: readonly string[]
    readonly tone?: Tone
  }[]
  readonly top?: number
}

/** Both figures, the change, and its share of a; `before` and `after` stand around them. */
function table(
  { a, b }: Comparison,
  { title, detail, before, after, rows, top = Infinity }: Given,
): ShownTable {
  return {
    title,
    detail,
    columns: [...before, number(a.name), number(b.name), number('change'), spare(number('')), ...after],
    changeColumn: before.length + 2,
    rows: rows.slice(0, top).map((row) => ({
      cells: [
        ...row.before,
        shown(row.of.a, row.unit),
        shown(row.of.b, row.unit),
        changed(row.of.difference, row.unit),
        relative(row.of),
        ...row.after,
      ],
      difference: row.of.difference,
      tone: row.tone ?? toneOf(row.of.difference),
    })),
    more: Math.max(rows.length - top, 0),
  }
}

const figures = (comparison: Comparison): ShownTable =>
  table(comparison, {
    title: 'Figures',
    detail: 'of an inference, of a phase, of the whole run',
    before: [text('figure'), text('')],
    after: [text('')],
    rows: comparison.figures.map((one) => ({
      before: [one.name, unitName(one.unit)],
      of: one,
      unit: one.unit,
      after: [one.verdict === 'open' ? 'may be either' : ''],
      tone: toneOfFigure(one),
    })),
  })

const passages = (
  comparison: Comparison,
  title: string,
  detail: string,
  rows: readonly PassageChange[],
): ShownTable =>
  table(comparison, {
    title,
    detail,
    before: [text(title === 'Phases' ? 'phase' : 'passage')],
    after: [spare(text('why'))],
    rows: rows.map((one) => ({
      before: [one.name],
      of: one.medianCycles,
      unit: 'cycles',
      after: [why(one.reasons)],
    })),
  })

function operators(comparison: Comparison): readonly ShownTable[] {
  const { interpreters } = comparison
  return interpreters.map(({ name, operators: rows, own, invocation }) =>
    table(comparison, {
      title: interpreters.length > 1 ? `Operators of ${name}` : 'Operators',
      detail: 'median cycles of an invocation, seen from outside the firmware',
      before: [text('#'), text('operator')],
      after: [spare(text('why'))],
      rows: [
        ...rows.map((one) => ({
          before: [
            indexOf(one.index, one.match),
            [one.name, one.outputShape?.join('x') ?? ''].join(' ').trim(),
          ],
          of: one.medianCycles,
          unit: 'cycles' as const,
          after: [[matchWord(one.match), why(one.reasons)].filter(Boolean).join('; ')],
        })),
        ...[own, { ...invocation, name: 'all of them' }].map((one) => ({
          before: ['', one.name],
          of: one.medianCycles,
          unit: 'cycles' as const,
          after: [why(one.reasons)],
        })),
      ],
    }),
  )
}

const indexOf = (
  { a, b }: { readonly a: string | null; readonly b: string | null },
  match: string,
): string => (match === 'moved' && a !== b ? `${a} → ${b}` : (b ?? a ?? ''))

const matchWord = (match: string): string => (match === 'aligned' ? '' : match)

/** Reasons of less than a thousandth of all that moved. */
const LEAST_REASON = 0.001

function reasons(comparison: Comparison): ShownTable {
  const all = comparison.reasons.reduce((sum, { difference }) => sum + Math.abs(difference), 0)
  return table(comparison, {
    title: 'Reasons',
    detail: `why cycles went by, awake, ${perText(comparison)}`,
    before: [text('reason')],
    after: [],
    rows: comparison.reasons
      .filter(({ difference }) => Math.abs(difference) >= LEAST_REASON * all)
      .map((one) => ({ before: [nameOfReason(one.reason)], of: one, unit: 'cycles', after: [] })),
  })
}

const functions = (comparison: Comparison, top: number): ShownTable =>
  table(comparison, {
    title: 'Functions',
    detail: `own cycles, ${perText(comparison)}, most moved first`,
    before: [{ title: 'function', isName: true }],
    after: [spare(text('why'))],
    top,
    rows: comparison.functions
      .filter(({ selfCycles, match }) => selfCycles.difference !== 0 || match !== 'name')
      .map((one) => ({
        before: [one.name],
        of: one.selfCycles,
        unit: 'cycles',
        after: [functionWhy(one)],
      })),
  })

/** What happened to it: renamed, entered more often, dearer each time, for which reasons. */
export function functionWhy({ was, match, entries, bytes, calls, reasons: moved }: FunctionChange): string {
  const times = calls?.count ?? entries
  return [
    was === null ? '' : `was ${was}`,
    match !== 'added' && match !== 'removed'
      ? ''
      : bytes
        ? match
        : match === 'added'
          ? 'did not run before'
          : 'does not run any more',
    match !== 'added' && match !== 'removed' && times.difference !== 0 && times.a !== null && times.b !== null
      ? `entered ${shown(times.a, '')} → ${shown(times.b, '')} times`
      : '',
    why(moved, 2),
  ]
    .filter(Boolean)
    .join('; ')
}

const lines = (comparison: Comparison, top: number): ShownTable =>
  table(comparison, {
    title: 'Source lines',
    detail: `own cycles, ${perText(comparison)}, most moved first`,
    before: [text('line')],
    after: [spare(text('executed, and why'))],
    top,
    rows: (comparison.lines ?? []).map((one) => ({
      before: [lineName(one.file, one.line)],
      of: one.cycles,
      unit: 'cycles',
      after: [
        [
          one.line.a === null ? 'added' : one.line.b === null ? 'removed' : '',
          one.executions.difference === 0 || one.executions.a === null || one.executions.b === null
            ? ''
            : `${shown(one.executions.a, '')} → ${shown(one.executions.b, '')} times`,
          why(one.reasons, 2),
        ]
          .filter(Boolean)
          .join('; '),
      ],
    })),
  })

const sections = (comparison: Comparison): ShownTable =>
  table(comparison, {
    title: 'Memory',
    detail: 'bytes of sections; high water of stack, heap and arena is with the figures',
    before: [text('section'), text('in')],
    after: [],
    rows: comparison.memory.sections.flatMap(({ name, flashBytes, ramBytes }) => [
      ...((flashBytes.a ?? 0) + (flashBytes.b ?? 0) > 0
        ? [{ before: [name, 'flash'], of: flashBytes, unit: 'B' as const, after: [] }]
        : []),
      ...((ramBytes.a ?? 0) + (ramBytes.b ?? 0) > 0
        ? [{ before: [name, 'RAM'], of: ramBytes, unit: 'B' as const, after: [] }]
        : []),
    ]),
  })

const symbols = (comparison: Comparison, top: number): ShownTable => {
  const { shifted } = comparison.memory
  return table(comparison, {
    title: 'Symbols',
    detail: `bytes of what was added, removed, moved or changed its size${shifted ? `; ${grouped(shifted)} others lie at other addresses` : ''}`,
    before: [{ title: 'symbol', isName: true }],
    after: [spare(text('what'))],
    top,
    rows: (comparison.memory.symbols ?? []).map((one) => ({
      before: [one.name],
      of: one.bytes,
      unit: 'B',
      after: [
        one.change === 'moved'
          ? `moved from ${one.section.a} to ${one.section.b}`
          : `${one.change}, ${one.section.b ?? one.section.a}`,
      ],
      tone: one.change === 'moved' ? 'none' : toneOf(one.bytes.difference),
    })),
  })
}

function current(comparison: Comparison): ShownTable {
  const { current: found } = comparison
  const rows = found
    ? [
        { name: 'board', ...found.board },
        { name: 'chip', ...found.chip },
        ...found.parts
          .filter(({ difference, low, high }) =>
            [difference, low, high].some((one) => /\d/.test(changed(one, 'uA').replace('~0', ''))),
          )
          .map((one) => ({ name: `  ${one.part}`, ...one })),
      ]
    : []
  return table(comparison, {
    title: 'Current',
    detail: 'microamps on average; from and to: the least and most that the change can be',
    before: [text('')],
    after: [number('from'), number('to'), text('')],
    rows: rows.map((one) => ({
      before: [one.name],
      of: one,
      unit: 'uA',
      after: [changed(one.low, 'uA'), changed(one.high, 'uA'), one.isOpen ? 'may be either' : ''],
      tone: toneOf(one.difference, one.isOpen),
    })),
  })
}

const charges = (comparison: Comparison): ShownTable =>
  table(comparison, {
    title: 'Charge of a phase',
    detail: 'microcoulombs of a pass, the whole board',
    before: [text('phase')],
    after: [number('from'), number('to'), text('')],
    rows: (comparison.current?.phases ?? []).map((one) => ({
      before: [one.phase],
      of: one,
      unit: 'uC',
      after: [changed(one.low, 'uC'), changed(one.high, 'uC'), one.isOpen ? 'may be either' : ''],
      tone: toneOf(one.difference, one.isOpen),
    })),
  })
