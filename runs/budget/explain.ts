import type {
  Comparison,
  InterpreterChange,
  PassageChange,
  Pair,
  ReasonChange,
  SymbolChange,
} from '../compare/comparison.ts'
import { nameOfReason } from '../report/show/words/reasons.ts'
import type { BudgetRow, Cause } from './check-report.ts'
import type { Figure } from './figures.ts'
import type { BaseFigures } from './judge.ts'

const MOST = 3
/** Of what all that moved the same way comes to. */
const LEAST_SHARE = 0.05

/** What a row's difference comes from, dearest first of each kind; nothing for what did not move. */
export function causesOf(
  row: Pick<BudgetRow, 'figure' | 'difference' | 'unit' | 'better'>,
  comparison: Comparison,
): readonly Cause[] {
  const { figure, difference, unit } = row
  if (figure === null || difference === null || difference === 0) return []
  const sign = Math.sign(difference)
  if (unit === 'cycles' || figure === 'instructions') return cycleCauses(figure, sign, comparison)
  if (unit === 'B') return memoryCauses(figure, sign, comparison)
  if (unit === 'uA' || unit === 'uC' || unit === 'uJ' || unit === 'h')
    return [
      ...most(
        sign * (row.better === 'more' ? -1 : 1),
        (comparison.current?.parts ?? []).map((one) => ({
          ...BARE,
          kind: 'part',
          name: one.part,
          difference: one.difference,
          unit: 'uA',
          detail: 'on average',
        })),
      ),
      ...cycleCauses('awake cycles', sign * (row.better === 'more' ? -1 : 1), comparison),
    ]
  return []
}

const BARE = { detail: '', place: null } as const

/** The dearest of those that moved the same way. */
function most(sign: number, rows: readonly Cause[], limit = MOST): readonly Cause[] {
  const alike = rows.filter(({ difference }) => difference * sign > 0)
  const all = alike.reduce((sum, { difference }) => sum + Math.abs(difference), 0)
  return alike
    .filter(({ difference }) => Math.abs(difference) >= LEAST_SHARE * all)
    .sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference) || (a.name < b.name ? -1 : 1))
    .slice(0, limit)
}

const bareName = (figure: string): string => figure.replace(/, (minimum|maximum|total|count)$/, '')

function cycleCauses(figure: string, sign: number, comparison: Comparison): readonly Cause[] {
  const name = bareName(figure)
  const { per, interpreters } = comparison
  const ofRun = per.what === 'run' ? 'of the run' : 'of the run, by inference'
  const interpreter =
    interpreters.find((one) => [`inference of ${one.name}`, `interpreter of ${one.name}`].includes(name)) ??
    (['inference', 'phase inference', 'marker inference'].includes(name) && interpreters.length === 1
      ? interpreters[0]
      : undefined)
  const passage = passageOf(name, comparison, interpreter)
  return [
    ...(interpreter && !name.startsWith('interpreter') ? operatorCauses(interpreter, sign) : []),
    ...most(
      sign,
      (passage?.reasons ?? comparison.reasons).map((one) => reasonCause(one, passage ? 'of each' : ofRun)),
    ),
    ...most(
      sign,
      comparison.functions
        .filter((one) => !name.startsWith('function ') || name === `function ${one.name}`)
        .map((one) => ({
          ...BARE,
          kind: 'function',
          name: one.name,
          difference: one.selfCycles.difference,
          unit: 'cycles',
          detail: `${ofRun}${one.match === 'added' ? ', new' : one.match === 'removed' ? ', gone' : ''}`,
        })),
    ),
    ...most(sign, lineCauses(name, comparison, ofRun)),
    ...movedSymbols(comparison.memory.symbols ?? []),
  ]
}

function passageOf(
  name: string,
  { phases, measures, interpreters }: Comparison,
  interpreter: InterpreterChange | undefined,
): PassageChange | undefined {
  if (interpreter) return name.startsWith('interpreter') ? interpreter.own : interpreter.invocation
  const phase = phases.find((one) => name === `phase ${one.name}` || name === `marker ${one.name}`)
  const measured = measures.find((one) => name === `measure ${one.name}`)
  const operator = interpreters
    .flatMap(({ operators }) => operators)
    .find(({ index, name: type }) => name.startsWith(`operator ${index.b} ${type}`))
  return phase ?? measured ?? operator
}

const operatorCauses = ({ operators, own }: InterpreterChange, sign: number): readonly Cause[] =>
  most(
    sign,
    [
      ...operators.map((one) => ({ ...one, shown: `${one.index.b ?? one.index.a} ${one.name}` })),
      { ...own, shown: 'interpreter' },
    ].map((one) => ({
      ...BARE,
      kind: 'operator',
      name: one.shown,
      difference: one.medianCycles.difference,
      unit: 'cycles',
      detail: 'of each inference',
    })),
  )

const reasonCause = ({ reason, difference }: ReasonChange & Pair, detail: string): Cause => ({
  ...BARE,
  kind: 'reason',
  name: nameOfReason(reason),
  difference,
  unit: 'cycles',
  detail,
})

function lineCauses(name: string, { lines }: Comparison, ofRun: string): readonly Cause[] {
  return (lines ?? [])
    .filter((one) => !name.startsWith('function ') || one.function === null || name.endsWith(one.function))
    .map((one) => {
      const line = one.line.b ?? one.line.a ?? 0
      const isGone = one.line.b === null
      return {
        kind: 'line',
        name: `${one.file.split(/[/\\]/).slice(-2).join('/')}:${line}`,
        difference: one.cycles.difference,
        unit: 'cycles',
        detail: `${ofRun}${one.line.a === null ? ', new' : isGone ? ', gone' : ''}${one.function === null ? '' : `, in ${one.function}`}`,
        place: isGone ? null : { file: one.file, line },
      }
    })
}

/** To another section: what reads them waits for another memory. */
const movedSymbols = (symbols: readonly SymbolChange[]): readonly Cause[] =>
  symbols
    .filter(({ change }) => change === 'moved')
    .slice(0, MOST)
    .map((one) => symbolCause(one, one.bytes.b ?? 0))

const symbolCause = (one: SymbolChange, difference: number): Cause => ({
  kind: 'symbol',
  name: one.name,
  difference,
  unit: 'B',
  detail:
    one.change === 'moved'
      ? `moved from ${one.section.a} to ${one.section.b}`
      : `${one.change}, in ${one.section.b ?? one.section.a}`,
  place: one.file === null ? null : { file: one.file, line: one.line ?? 1 },
})

function memoryCauses(figure: string, sign: number, { memory }: Comparison): readonly Cause[] {
  const symbols = memory.symbols ?? []
  const [, section] = /^section (.+)$/.exec(figure) ?? []
  const [, symbol] = /^symbol (.+)$/.exec(figure) ?? []
  const isFlash = figure === 'flash'
  return most(
    sign,
    symbols
      .filter((one) => symbol === undefined || one.name === symbol)
      .map((one) => {
        if (section !== undefined) {
          const within = (side: 'a' | 'b'): number =>
            one.section[side] === section ? (one.bytes[side] ?? 0) : 0
          return symbolCause(one, within('b') - within('a'))
        }
        return symbolCause(
          one,
          symbol === undefined ? (isFlash ? one.flashBytes : one.ramBytes) : one.bytes.difference,
        )
      }),
    2 * MOST,
  )
}

/** The same as far as figures of the two alone say it. */
export function causesByFigures(row: BudgetRow, base: BaseFigures, now: readonly Figure[]): readonly Cause[] {
  const { figure, difference, unit } = row
  if (figure === null || difference === null || difference === 0) return []
  const kinds = (
    unit === 'B' ? ['symbol'] : unit === 'cycles' ? ['operator', 'reason', 'function'] : []
  ) as readonly ('symbol' | 'operator' | 'reason' | 'function')[]
  return kinds.flatMap((kind) =>
    most(
      Math.sign(difference),
      now
        .filter((one) => one.name.startsWith(`${kind} `) && one.name !== figure && !/ in |, /.test(one.name))
        .flatMap((one) => {
          const before = base.get(one.name)
          return before === undefined
            ? []
            : [
                {
                  ...BARE,
                  kind,
                  name: one.name.slice(kind.length + 1),
                  difference: one.value - before,
                  unit: one.unit,
                  detail: kind === 'operator' ? 'of each inference' : kind === 'symbol' ? '' : 'of the run',
                },
              ]
        }),
    ),
  )
}
