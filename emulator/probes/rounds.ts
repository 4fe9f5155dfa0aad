import type { Cycles } from '../cpu/bus.ts'
import { UNLABELLED } from '../trace/labels.ts'
import type { LabelOver } from '../trace/labels.ts'
import type { PhaseSpan } from './phases.ts'
import { add, addBetween, noReading, type Reading } from './readings.ts'
import { CycleHistogram, type SavedHistogram } from './statistics.ts'
import type { CycleStatistics } from './statistics.ts'
import { WindowLabels, type SavedWindowLabels } from './window-labels.ts'

/** Cycles of a phase, over rounds. */
export interface PhaseSummary extends CycleStatistics {
  readonly name: string
  /** Begin and end pairs, of which a round may have many. */
  readonly passes: number
  /** What was counted in all of them; empty where nothing is. */
  readonly counts: Reading
}

/** Told what each round was labelled, in order. */
export interface LabelListener {
  /** A round by the order of phases is over. */
  round(label: LabelOver): void
  /** An outermost phase is over: a round of its own, should the order of phases show none. */
  span(label: LabelOver): void
}

export interface RoundOptions {
  /** What the recording says of the cycles from `begin` up to, but not including, `end`. */
  readonly labelOver?: (begin: Cycles, end: Cycles) => LabelOver
  readonly onLabel?: LabelListener
}

/** A phase within the round under way. */
interface Part {
  cycles: Cycles
  passes: number
  begin: Cycles
  depth: number
  counts: Reading
}

interface SavedFold {
  readonly name: string
  readonly passes: number
  readonly histogram: SavedHistogram
  /** Infinity of none, as `depth`. */
  readonly begin: number
  readonly depth: number
  readonly counts: Reading
}

type SavedParts = readonly (readonly [name: string, part: Readonly<Part>])[]

export interface SavedRounds {
  readonly ranks: readonly (readonly [name: string, rank: number])[]
  readonly over: readonly SavedFold[]
  readonly single: readonly SavedFold[] | null
  readonly round: SavedParts | null
  readonly outermost: readonly (readonly [name: string, passes: number])[]
  readonly inner: SavedParts
  /** Infinity before the first. */
  readonly previous: number
  readonly windows: SavedWindowLabels
}

class PhaseFold {
  passes = 0
  readonly histogram = new CycleHistogram()
  begin = Infinity
  depth = Infinity
  counts: Reading = noReading

  save(name: string): SavedFold {
    const { passes, histogram, begin, depth, counts } = this
    return { name, passes, histogram: histogram.save(), begin, depth, counts: counts.slice() }
  }

  restore({ passes, histogram, begin, depth, counts }: SavedFold): void {
    this.counts = counts.slice()
    this.passes = passes
    this.histogram.restore(histogram)
    this.begin = begin
    this.depth = depth
  }

  add(cycles: Cycles, { passes, begin, depth, counts }: Omit<Part, 'cycles'>): void {
    this.passes += passes
    this.counts = add(this.counts, counts)
    this.histogram.add(cycles)
    if (begin > this.begin || (begin === this.begin && depth >= this.depth)) return
    this.begin = begin
    this.depth = depth
  }
}

/**
 * Folds spans, as they end, into rounds. A round ends where an outermost phase follows one that comes after it in the
 * order of first appearance: sensor x 100, preprocess, inference, output | sensor x 100, ...
 * Where that never happens, the spans are one round if the last phase comes once, and else a round each.
 * A last round that stops short of the last phase is left out: the run ended in the middle of it.
 * What a round was labelled: window-labels.ts.
 */
export class RoundFold {
  readonly #labelOver: RoundOptions['labelOver']
  readonly #onLabel: LabelListener | undefined
  readonly #ranks = new Map<string, number>()
  readonly #over = new Map<string, PhaseFold>()
  /** Each span a round, for as long as there is but one. */
  #single: Map<string, PhaseFold> | undefined = new Map()
  #round: Map<string, Part> | undefined
  /** Outermost passes of the round under way, by name. */
  readonly #outermost = new Map<string, number>()
  /** Inside an outermost phase that is not over yet. */
  #inner = new Map<string, Part>()
  #previous = Infinity
  readonly #windows = new WindowLabels()

  constructor({ labelOver, onLabel }: RoundOptions = {}) {
    this.#labelOver = labelOver
    this.#onLabel = onLabel
  }

  save(): SavedRounds {
    return {
      ranks: [...this.#ranks],
      over: saveFolds(this.#over),
      single: this.#single ? saveFolds(this.#single) : null,
      round: this.#round ? saveParts(this.#round) : null,
      outermost: [...this.#outermost],
      inner: saveParts(this.#inner),
      previous: this.#previous,
      windows: this.#windows.save(),
    }
  }

  restore({ ranks, over, single, round, outermost, inner, previous, windows }: SavedRounds): void {
    this.#ranks.clear()
    for (const [name, rank] of ranks) this.#ranks.set(name, rank)
    this.#over.clear()
    for (const [name, fold] of foldsOf(over)) this.#over.set(name, fold)
    this.#single = single ? foldsOf(single) : undefined
    this.#round = round ? partsOf(round) : undefined
    this.#outermost.clear()
    for (const [name, passes] of outermost) this.#outermost.set(name, passes)
    this.#inner = partsOf(inner)
    this.#previous = previous
    this.#windows.restore(windows)
  }

  add(span: PhaseSpan): void {
    const { name, beginCycle: begin, endCycle, depth, counts } = span
    const cycles = endCycle - begin
    if (this.#single) foldOf(this.#single, name).add(cycles, { passes: 1, begin, depth, counts })
    if (depth > 0) {
      merge(this.#inner, name, { cycles, passes: 1, begin, depth, counts })
      return
    }
    const rank = this.#ranks.get(name) ?? this.#ranks.size
    this.#ranks.set(name, rank)
    if (!this.#round || rank < this.#previous) this.#begin(name)
    this.#previous = rank
    const round = (this.#round ??= new Map<string, Part>())
    merge(round, name, { cycles, passes: 1, begin, depth, counts })
    this.#outermost.set(name, (this.#outermost.get(name) ?? 0) + 1)
    this.#join(round)
    this.#label(span)
  }

  /** The chip is reset: a round that has not come to its last phase is none; the next phase begins another. */
  reset(): void {
    this.#inner = new Map()
    if (this.#isComplete) this.#previous = Infinity
    else {
      this.#round = undefined
      this.#outermost.clear()
    }
  }

  /** Phases in the order of their first begin, each summed within its rounds. The run is over: no span may follow. */
  finish(): readonly PhaseSummary[] {
    return [...this.#finished()]
      .sort(([, a], [, b]) => a.begin - b.begin || a.depth - b.depth)
      .map(([name, { passes, counts, histogram }]) => ({ name, passes, counts, ...histogram.statistics() }))
  }

  /** True when the order of phases shows no rounds, and each span is one. */
  get isSingle(): boolean {
    return this.#single !== undefined && (this.#outermost.get(this.#lastPhase) ?? 0) > 1
  }

  /** Label of the round that was under way when the run ended; none also when that round does not count. */
  get lastLabel(): LabelOver {
    return this.#isComplete ? this.#windows.ofRound() : UNLABELLED
  }

  get #lastPhase(): string {
    return [...this.#ranks.keys()].at(-1) ?? ''
  }

  get #isComplete(): boolean {
    return this.#round !== undefined && this.#outermost.has(this.#lastPhase)
  }

  #finished(): ReadonlyMap<string, PhaseFold> {
    if (this.isSingle) return this.#single ?? new Map<string, PhaseFold>()
    if (!this.#isComplete || !this.#round) return this.#over
    this.#join(this.#round)
    this.#fold(this.#round)
    this.#round = new Map()
    return this.#over
  }

  #begin(name: string): void {
    if (this.#round) {
      this.#windows.nextRoundBeginsWith(name)
      this.#onLabel?.round(this.#windows.ofRound())
      this.#windows.endRound()
      this.#fold(this.#round)
      this.#single = undefined
    }
    this.#round = new Map()
    this.#outermost.clear()
  }

  #join(round: Map<string, Part>): void {
    for (const [name, part] of this.#inner) merge(round, name, part)
    if (this.#inner.size > 0) this.#inner = new Map()
  }

  #fold(round: ReadonlyMap<string, Part>): void {
    for (const [name, part] of round) foldOf(this.#over, name).add(part.cycles, part)
  }

  #label({ name, beginCycle, endCycle }: PhaseSpan): void {
    if (!this.#labelOver) return
    const label = this.#labelOver(beginCycle, endCycle)
    if (this.#single) this.#onLabel?.span(label)
    this.#windows.pass(name, label)
  }
}

const saveFolds = (folds: ReadonlyMap<string, PhaseFold>): readonly SavedFold[] =>
  Array.from(folds, ([name, fold]) => fold.save(name))

function foldsOf(saved: readonly SavedFold[]): Map<string, PhaseFold> {
  const folds = new Map<string, PhaseFold>()
  for (const one of saved) foldOf(folds, one.name).restore(one)
  return folds
}

const saveParts = (parts: ReadonlyMap<string, Part>): SavedParts =>
  Array.from(parts, ([name, part]) => [name, { ...part }] as const)

const partsOf = (saved: SavedParts): Map<string, Part> =>
  new Map(saved.map(([name, part]) => [name, { ...part }]))

function foldOf(folds: Map<string, PhaseFold>, name: string): PhaseFold {
  let fold = folds.get(name)
  if (!fold) folds.set(name, (fold = new PhaseFold()))
  return fold
}

function merge(round: Map<string, Part>, name: string, part: Part): void {
  const known = round.get(name)
  if (!known) {
    round.set(name, { ...part })
    return
  }
  known.cycles += part.cycles
  known.passes += part.passes
  known.counts = addBetween(known.counts, noReading, part.counts)
  if (part.begin > known.begin || (part.begin === known.begin && part.depth >= known.depth)) return
  known.begin = part.begin
  known.depth = part.depth
}
