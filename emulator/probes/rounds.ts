import type { Cycles } from '../cpu/bus.ts'
import type { PhaseSpan } from './phases.ts'
import { CycleHistogram } from './statistics.ts'
import type { CycleStatistics } from './statistics.ts'

/** Cycles of a phase, over rounds. */
export interface PhaseSummary extends CycleStatistics {
  readonly name: string
  /** Begin and end pairs, of which a round may have many. */
  readonly passes: number
}

/** Told what each round was labelled, in order. */
export interface LabelListener {
  /** A round by the order of phases is over; undefined where nothing was labelled. */
  round(label: string | undefined): void
  /** An outermost phase is over: a round of its own, should the order of phases show none. */
  span(label: string | undefined): void
}

export interface RoundOptions {
  /** What the recording says of a cycle. */
  readonly labelAt?: (cycle: Cycles) => string | undefined
  readonly onLabel?: LabelListener
}

/** A phase within the round under way. */
interface Part {
  cycles: Cycles
  passes: number
  begin: Cycles
  depth: number
}

class PhaseFold {
  passes = 0
  readonly histogram = new CycleHistogram()
  begin = Infinity
  depth = Infinity

  add(cycles: Cycles, { passes, begin, depth }: Omit<Part, 'cycles'>): void {
    this.passes += passes
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
 * A round's label is the one that most of a window's passes of the first phase, the sensor's, began under. A window is
 * as many passes as the first round has, and ends with the round: where later rounds have fewer, windows overlap.
 */
export class RoundFold {
  readonly #labelAt: ((cycle: Cycles) => string | undefined) | undefined
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
  #first = ''
  readonly #votes = new WindowVotes()

  constructor({ labelAt, onLabel }: RoundOptions = {}) {
    this.#labelAt = labelAt
    this.#onLabel = onLabel
  }

  add(span: PhaseSpan): void {
    const { name, beginCycle: begin, endCycle, depth } = span
    const cycles = endCycle - begin
    if (this.#single) foldOf(this.#single, name).add(cycles, { passes: 1, begin, depth })
    if (depth > 0) {
      merge(this.#inner, name, { cycles, passes: 1, begin, depth })
      return
    }
    const rank = this.#ranks.get(name) ?? this.#ranks.size
    this.#ranks.set(name, rank)
    if (!this.#round || rank < this.#previous) this.#begin(name)
    this.#previous = rank
    const round = (this.#round ??= new Map<string, Part>())
    merge(round, name, { cycles, passes: 1, begin, depth })
    this.#outermost.set(name, (this.#outermost.get(name) ?? 0) + 1)
    this.#join(round)
    this.#vote(name, begin)
  }

  /** Phases in the order of their first begin, each summed within its rounds. The run is over: no span may follow. */
  finish(): readonly PhaseSummary[] {
    return [...this.#finished()]
      .sort(([, a], [, b]) => a.begin - b.begin || a.depth - b.depth)
      .map(([name, { passes, histogram }]) => ({ name, passes, ...histogram.statistics() }))
  }

  /** True when the order of phases shows no rounds, and each span is one. */
  get isSingle(): boolean {
    return this.#single !== undefined && (this.#outermost.get(this.#lastPhase) ?? 0) > 1
  }

  /** Label of the round that was under way when the run ended; undefined also when that round does not count. */
  get lastLabel(): string | undefined {
    return this.#isComplete ? this.#label : undefined
  }

  get #lastPhase(): string {
    return [...this.#ranks.keys()].at(-1) ?? ''
  }

  get #isComplete(): boolean {
    return this.#round !== undefined && this.#outermost.has(this.#lastPhase)
  }

  get #label(): string | undefined {
    return this.#votes.winner
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
      this.#onLabel?.round(this.#label)
      this.#fold(this.#round)
      this.#single = undefined
    }
    this.#round = new Map()
    this.#outermost.clear()
    this.#votes.endOfRound(name !== this.#first)
    this.#first = name
  }

  #join(round: Map<string, Part>): void {
    for (const [name, part] of this.#inner) merge(round, name, part)
    if (this.#inner.size > 0) this.#inner = new Map()
  }

  #fold(round: ReadonlyMap<string, Part>): void {
    for (const [name, part] of round) foldOf(this.#over, name).add(part.cycles, part)
  }

  #vote(name: string, begin: Cycles): void {
    if (!this.#labelAt || (name !== this.#first && !this.#single)) return
    const label = this.#labelAt(begin)
    if (this.#single) this.#onLabel?.span(label)
    if (name === this.#first) this.#votes.add(label)
  }
}

/** A longer first round is not the window of anything: its own passes count, and then each round's own. */
const LONGEST_WINDOW = 100_000

/** Labels of the newest passes: all of the first round, and from then on as many. */
class WindowVotes {
  /** Unlabelled passes have a vote too. */
  readonly #counts = new Map<string | undefined, number>()
  #labels: (string | undefined)[] = []
  #size: number | undefined
  #oldest = 0

  add(label: string | undefined): void {
    this.#count(label, 1)
    if (this.#size === undefined) {
      if (this.#labels.length <= LONGEST_WINDOW) this.#labels.push(label)
    } else if (this.#size > 0) {
      this.#count(this.#labels[this.#oldest], -1)
      this.#labels[this.#oldest] = label
      this.#oldest = (this.#oldest + 1) % this.#size
    }
  }

  /** @param changed the next round begins with another phase: what was counted is not of its kind */
  endOfRound(changed: boolean): void {
    if (changed) {
      this.#labels = []
      this.#size = undefined
      this.#oldest = 0
      this.#counts.clear()
      return
    }
    this.#size ??= this.#labels.length > LONGEST_WINDOW ? 0 : this.#labels.length
    if (this.#size === 0) this.#counts.clear()
  }

  get winner(): string | undefined {
    return [...this.#counts].sort((a, b) => b[1] - a[1])[0]?.[0]
  }

  #count(label: string | undefined, by: number): void {
    const count = (this.#counts.get(label) ?? 0) + by
    if (count === 0) this.#counts.delete(label)
    else this.#counts.set(label, count)
  }
}

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
  if (part.begin > known.begin || (part.begin === known.begin && part.depth >= known.depth)) return
  known.begin = part.begin
  known.depth = part.depth
}
