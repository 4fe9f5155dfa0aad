import type { Cycles } from '../cpu/bus.ts'
import { lowestOf, LEVEL_BINS } from './level-bins.ts'
import { addFigures, noFigures, SpanSums } from './span-sums.ts'
import type { SpanFigures } from './span-sums.ts'
import { mergeSteps } from './steps.ts'
import type { StepTotals } from './steps.ts'
import { LevelTrack, SpanTrack, StateTrack } from './tracks.ts'
import type { Track } from './tracks.ts'

export interface LevelStatistics {
  readonly kind: 'level'
  readonly cycles: Cycles
  /** Value times cycles: of a current, picoamperes times cycles. Exact. */
  readonly sum: bigint
  readonly average: number
  readonly minimum: number
  readonly maximum: number
  /** In which the level was not 0. */
  readonly busyCycles: Cycles
  readonly changes: number
  /** Cycles at levels from one up to another; Infinity for the last. Empty bins are left out. */
  readonly histogram: readonly { readonly from: number; readonly below: number; readonly cycles: Cycles }[]
}

export interface StateStatistics {
  readonly kind: 'state'
  readonly cycles: Cycles
  readonly busyCycles: Cycles
  readonly changes: number
  readonly states: readonly { readonly state: string; readonly cycles: Cycles }[]
}

export interface NamedFigures extends SpanFigures {
  readonly name: string
  readonly depth: number
}

export interface SpanStatistics {
  readonly kind: 'spans' | 'marks'
  readonly cycles: Cycles
  /** Covered by any of them. */
  readonly busyCycles: Cycles
  /** That ended in the stretch, and marks in it. */
  readonly count: number
  readonly names: readonly NamedFigures[]
}

export type Statistics = LevelStatistics | StateStatistics | SpanStatistics

/** Sums of one stretch of one track, by name: they can be put together with others'. */
export type Piece =
  | { readonly kind: 'level'; readonly totals: StepTotals }
  | { readonly kind: 'state'; readonly totals: StepTotals; readonly states: ReadonlyMap<string, Cycles> }
  | { readonly kind: 'spans'; readonly busyCycles: Cycles; readonly names: ReadonlyMap<string, NamedFigures> }

/** @param from an exact cycle of the track, as is `to` */
export const pieceOf = (track: Track, from: Cycles, to: Cycles): Piece => {
  if (track instanceof LevelTrack) return { kind: 'level', totals: track.steps.totals(from, to) }
  if (track instanceof StateTrack) {
    const totals = track.steps.totals(from, to)
    const states = new Map([...totals.byKey].map(([key, cycles]) => [track.states[key] ?? '', cycles]))
    return { kind: 'state', totals, states }
  }
  const sums = new SpanSums()
  track.spans.totals(from, to, sums)
  const names = new Map<string, NamedFigures>()
  for (const [kind, figures] of sums.byKind) {
    const { name, depth } = track.spans.names[kind] ?? { name: '', depth: 0 }
    names.set(`${depth} ${name}`, { name, depth, ...figures })
  }
  return { kind: 'spans', busyCycles: sums.busyCycles, names }
}

const isOf =
  <Kind extends Piece['kind']>(kind: Kind) =>
  (piece: Piece): piece is Extract<Piece, { kind: Kind }> =>
    piece.kind === kind

/** Of the stretches together, in the order of the track's own names. */
export const statisticsOf = (track: Track, cycles: Cycles, pieces: readonly Piece[]): Statistics => {
  if (track instanceof LevelTrack)
    return levelStatistics(mergeSteps(pieces.filter(isOf('level')).map(({ totals }) => totals)))
  if (track instanceof StateTrack) return stateStatistics(track, pieces.filter(isOf('state')))
  return spanStatistics(track, cycles, pieces.filter(isOf('spans')))
}

const levelStatistics = (totals: StepTotals): LevelStatistics => {
  const { cycles, charge, minimum, maximum, busyCycles, changes, byKey } = totals
  const average = Number(charge) / cycles
  return {
    kind: 'level',
    cycles,
    sum: charge,
    average: Math.max(minimum, Math.min(maximum, average)),
    minimum,
    maximum,
    busyCycles,
    changes,
    histogram: [...byKey]
      .sort(([a], [b]) => a - b)
      .map(([bin, spent]) => ({
        from: lowestOf(bin),
        below: bin + 1 < LEVEL_BINS ? lowestOf(bin + 1) : Infinity,
        cycles: spent,
      })),
  }
}

const stateStatistics = (
  track: StateTrack,
  pieces: readonly Extract<Piece, { kind: 'state' }>[],
): StateStatistics => {
  const spent = new Map(track.states.map((state) => [state, 0]))
  for (const { states } of pieces)
    for (const [state, cycles] of states) spent.set(state, (spent.get(state) ?? 0) + cycles)
  const states = [...spent].filter(([, cycles]) => cycles > 0).map(([state, cycles]) => ({ state, cycles }))
  const sum = (of: typeof states): Cycles => of.reduce((total, { cycles }) => total + cycles, 0)
  return {
    kind: 'state',
    cycles: sum(states),
    busyCycles: sum(states.filter(({ state }) => track.isBusy(state))),
    changes: pieces.reduce((total, { totals }) => total + totals.changes, 0),
    states,
  }
}

const spanStatistics = (
  { info, spans }: SpanTrack,
  cycles: Cycles,
  pieces: readonly Extract<Piece, { kind: 'spans' }>[],
): SpanStatistics => {
  const all = new Map<string, NamedFigures>(
    spans.names.map(({ name, depth }) => [`${depth} ${name}`, { name, depth, ...noFigures() }]),
  )
  for (const { names } of pieces)
    for (const [key, { name, depth, ...figures }] of names) {
      const known = all.get(key) ?? { name, depth, ...noFigures() }
      addFigures(known, figures)
      all.set(key, known)
    }
  const names = [...all.values()].filter(({ count, coveredCycles }) => count > 0 || coveredCycles > 0)
  return {
    kind: info.kind,
    cycles,
    busyCycles: pieces.reduce((total, { busyCycles }) => total + busyCycles, 0),
    count: names.reduce((total, { count }) => total + count, 0),
    names,
  }
}

/** Picoamperes times cycles in a microampere second. */
const PER_MICROCOULOMB = 64_000_000 * 1_000_000

/** Of the sum of a current's track. */
export const microcoulombs = (sum: bigint): number => Number(sum) / PER_MICROCOULOMB

export const microjoules = (sum: bigint, volts: number): number => microcoulombs(sum) * volts
