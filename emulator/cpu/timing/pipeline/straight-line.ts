import type { TimingClass } from '../../instructions/table.ts'
import { RAM_BASE, addressOf } from '../../layout.ts'
import { alike, cyclesOfLanding, minus, plain, plus, type Landing, type Spent } from '../spent.ts'
import type { TimingParameters } from '../timing.ts'
import { CodeMap, goesOn, isBranch, next, type SavedCodeMap } from './code-map.ts'
import { hidden, sameAhead } from './line-ahead.ts'
import { advance, afterBranch, afterException, refillOf, same, type Pipeline } from './pipeline.ts'
import type { Timed } from './timed.ts'

export interface Costs {
  readonly cost: number
  /** Added when a conditional branch is taken. Of others, what of the cost fills the pipeline again. */
  readonly taken: number
  /** Added when a branch lands here: what the way from here on takes longer than when entered from above. */
  readonly entered: number
  /** The same two with their reasons. */
  readonly spent: Spent
  readonly landing: Landing
}

/** The code that is timed, and who wants to know of it. */
export interface StraightLineParts {
  readonly at: (address: number, itState?: number) => Timed | undefined
  readonly waitStatesAt: (address: number) => number
  readonly isDecoded: (address: number) => boolean
  /** Given each decoded instruction whose costs have changed. */
  readonly onCosts: (one: Timed, costs: Costs) => void
  /** Given each place, not decoded yet, that a branch may land on. */
  readonly onEntered: (one: Timed, landing: Landing) => void
  /** Given each place where the next line of the instruction cache begins: of a miss, the cycles that are hidden. */
  readonly onHidden: (address: number, cycles: number) => void
}

/** All that is known of the code that was looked at. */
export interface SavedStraightLine {
  readonly code: SavedCodeMap
  /** How instructions are entered from above. */
  readonly before: { readonly addresses: Uint32Array; readonly pipelines: readonly Pipeline[] }
  readonly landings: { readonly addresses: Uint32Array; readonly cycles: Int32Array }
}

/** How far two ways into the same code are followed until they look alike. */
const LONGEST_LOOK = 64

const ONE_CYCLE: Costs = { cost: 1, taken: 0, entered: 0, spent: plain, landing: [] }

/**
 * What can be known of time before code executes: each instruction's cost when it is entered from above, with the
 * pipeline as the instructions above leave it, and what a branch to it adds. All code that can be reached from an
 * instruction without knowing registers is looked at when it is first decoded, so that costs do not depend on the order
 * in which it executes.
 */
export class StraightLine {
  readonly #before = new Map<number, Pipeline>()
  readonly #landings = new Map<number, number>()
  readonly #map: CodeMap
  /** Not saved: it says whether `save` gives something new. */
  #changes = 0
  /** While nothing has changed since. */
  #savedBefore: SavedStraightLine['before'] | undefined
  #savedLandings: SavedStraightLine['landings'] | undefined

  constructor(
    readonly parameters: TimingParameters,
    private readonly parts: StraightLineParts,
  ) {
    this.#map = new CodeMap(parts.at)
  }

  /** Grows with each change of what `save` gives. */
  get changes(): number {
    return this.#changes + this.#map.changes
  }

  save(): SavedStraightLine {
    this.#savedBefore ??= {
      addresses: Uint32Array.from(this.#before.keys()),
      pipelines: [...this.#before.values()],
    }
    this.#savedLandings ??= {
      addresses: Uint32Array.from(this.#landings.keys()),
      cycles: Int32Array.from(this.#landings.values()),
    }
    return { code: this.#map.save(), before: this.#savedBefore, landings: this.#savedLandings }
  }

  #changedBefore(): void {
    this.#changes += 1
    this.#savedBefore = undefined
  }

  #changedLandings(): void {
    this.#changes += 1
    this.#savedLandings = undefined
  }

  /** Tells of nothing: who restores times what was decoded. @param instruction as `CodeMap.restore` has it */
  restore(saved: SavedStraightLine, instruction: Parameters<CodeMap['restore']>[1]): void {
    this.#map.restore(saved.code, instruction)
    const { before, landings } = saved
    this.#changes += 1
    if (this.#savedBefore !== before) {
      this.#before.clear()
      before.addresses.forEach((address, i) => {
        const pipeline = before.pipelines[i]
        if (pipeline) this.#before.set(address, pipeline)
      })
      this.#savedBefore = before
    }
    if (this.#savedLandings === landings) return
    this.#landings.clear()
    landings.addresses.forEach((address, i) => this.#landings.set(address, landings.cycles[i] ?? 0))
    this.#savedLandings = landings
  }

  /** Times an instruction that is being decoded, and tells of others. */
  time(one: Timed): Costs {
    if (this.parameters.profile === 'oneCycle') return ONE_CYCLE
    this.#look(one)
    this.#passOn(one)
    return this.#costs(one)
  }

  /** At the code that can be reached from an instruction. */
  #look(one: Timed): void {
    const { code, targets } = this.#map.explore(one)
    for (const each of code) this.#passOn(each)
    for (const target of targets) {
      const place = this.#map.get(target)
      if (place && !this.parts.isDecoded(target)) this.parts.onEntered(place, this.#entered(place))
    }
  }

  /**
   * What the way on from an instruction takes longer than when entered from above, if an exception leads there.
   * @param how beside: its words were fetched while registers were stacked or unstacked; alone: as after a branch
   */
  landing(one: Timed, how: 'beside' | 'alone'): number {
    if (this.parameters.profile === 'oneCycle') return 0
    this.#look(one)
    if (how === 'alone') return cyclesOfLanding(this.#entered(one))
    const known = this.#landings.get(one.address)
    if (known !== undefined) return known
    const cycles = cyclesOfLanding(this.#difference(one, afterException(one.address, this.parameters)))
    this.#landings.set(one.address, cycles)
    this.#changedLandings()
    return cycles
  }

  /** Words that the prefetch unit has asked for beyond an instruction when it ends. */
  fetchedBeyond(one: Timed): number {
    const { fetch } = this.#step(this.#beforeOf(one), one).after
    const next = one.address + one.entry.width / 8
    const there = Math.ceil((next + 2 * fetch.ready) / 4) - Math.ceil(next / 4)
    return there + (fetch.dataPhase > 0 ? 1 : 0)
  }

  waitStatesAt(address: number): number {
    return this.parts.waitStatesAt(address)
  }

  /** Forgets how the instructions from an address on are entered from above. */
  forget(address: number, length: number): void {
    const { size } = this.#before
    this.#forgetLandings()
    this.#map.forget(address, length)
    if (length > this.#before.size) {
      for (const key of this.#before.keys())
        if (key >= address && key < address + length) this.#before.delete(key)
    } else for (let i = 0; i < length; i += 2) this.#before.delete(address + i)
    if (this.#before.size !== size) this.#changedBefore()
  }

  #forgetLandings(): void {
    if (this.#landings.size === 0) return
    this.#landings.clear()
    this.#changedLandings()
  }

  forgetAll(): void {
    this.#changedBefore()
    this.#before.clear()
    this.#forgetLandings()
    this.#map.forgetAll()
  }

  /** Tells those below how they are entered from above, as far as that has changed. */
  #passOn(first: Timed): void {
    for (let last = first; goesOn(last);) {
      const { after } = this.#step(this.#beforeOf(last), last)
      const below = next(last)
      const before = this.#before.get(below)
      if (before && same(before, after) && sameAhead(before.ahead, after.ahead)) return
      this.#changedBefore()
      this.#before.set(below, after)
      this.#forgetLandings()
      const following = this.#map.get(below)
      if (!following) return
      const cycles = hidden(after.ahead, below, this.parameters)
      if (cycles !== undefined) this.parts.onHidden(below, cycles)
      if (this.parts.isDecoded(below)) this.parts.onCosts(following, this.#costs(following))
      last = following
    }
  }

  #beforeOf({ address }: Timed): Pipeline {
    return this.#before.get(address) ?? this.#landed(address)
  }

  #landed(address: number): Pipeline {
    return afterBranch(address, this.parts.waitStatesAt(address), this.parameters)
  }

  #step(before: Pipeline, one: Timed): ReturnType<typeof advance> {
    return advance(before, one, this.parameters, this.parts.waitStatesAt(one.address))
  }

  #costs(one: Timed): Costs {
    const before = this.#beforeOf(one)
    const { cost, spent, after } = this.#step(before, one)
    const landing = this.#entered(one)
    const entered = cyclesOfLanding(landing)
    if (!isBranch(one)) return { cost, taken: 0, entered, spent, landing }
    const waits = this.#waitsOfRefill(one, before, after)
    const refill = refillOf(one, this.parameters) + waits
    const { timing } = one.entry.definition
    const isConditional = timing === 'branchConditional' || timing === 'compareAndBranch'
    const entry = { taken: refill, entered, landing }
    return isConditional
      ? { cost, spent, ...entry }
      : { cost: cost + waits, spent: plus(spent, { refill: waits }), ...entry }
  }

  /**
   * What wait states and the system bus add to a branch: the fetch under way must end before the target's word is
   * asked for. A target that is in the instruction is asked for a cycle before the branch executes.
   */
  #waitsOfRefill(one: Timed, before: Pipeline, after: Pipeline): number {
    const { decoded, entry, address } = one
    const isDirect = decoded['X'] === 0 && entry.definition.timing !== 'compareAndBranch'
    const target = decoded['X'] === 0 ? addressOf(decoded['imm'] ?? 0) : address
    const { dataPhase } = before.fetch
    const justAsked = dataPhase === 1 + this.parts.waitStatesAt(address)
    const underWay = isDirect ? (justAsked ? 0 : dataPhase) : Math.max(after.fetch.dataPhase - 1, 0)
    const overSystemBus = target >= RAM_BASE ? this.parameters.ramFetchRefill : 0
    return this.parts.waitStatesAt(target) + underWay + overSystemBus
  }

  #entered(one: Timed): Landing {
    return this.#difference(one, this.#landed(one.address))
  }

  /** What the way on takes longer from `entry` than from above, up to where both look alike or a loop goes back. */
  #difference(one: Timed, entry: Pipeline): Landing {
    let above = this.#beforeOf(one)
    let landed = entry
    const differences: { offset: number; spent: Spent }[] = []
    let current: Timed | undefined = one
    for (let i = 0; i < LONGEST_LOOK && current && !same(above, landed); i++) {
      const fromAbove = this.#step(above, current)
      const fromEntry = this.#step(landed, current)
      if (!alike(fromEntry.spent, fromAbove.spent))
        differences.push({
          offset: current.address - one.address,
          spent: minus(fromEntry.spent, fromAbove.spent),
        })
      if (!goesOn(current) || isBackward(current)) break
      above = fromAbove.after
      landed = fromEntry.after
      current = this.#map.get(next(current)) ?? this.parts.at(next(current))
    }
    return differences
  }
}

const conditional: ReadonlySet<TimingClass> = new Set(['branchConditional', 'compareAndBranch'])

/** The end of a loop: it is rather taken. */
const isBackward = ({ entry, decoded, address }: Timed): boolean =>
  conditional.has(entry.definition.timing) && decoded['X'] === 0 && addressOf(decoded['imm'] ?? 0) <= address
