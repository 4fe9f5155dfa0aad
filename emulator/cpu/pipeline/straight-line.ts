import type { TimingClass } from '../instructions/table.ts'
import { RAM_BASE, addressOf } from '../layout.ts'
import type { TimingParameters } from '../timing.ts'
import { advance, afterBranch, pipelinesLoad, same, type Pipeline } from './pipeline.ts'
import type { Timed } from './timed.ts'

export interface Costs {
  readonly cost: number
  /** Added when a conditional branch is taken. */
  readonly taken: number
  /** Added when a branch lands here: what the way from here on takes longer than when entered from above. */
  readonly entered: number
  /** A load that overlaps the load before. */
  readonly pipelinedLoad: boolean
}

/** After these nothing follows straight on. */
const leaves: ReadonlySet<TimingClass> = new Set(['branch', 'branchRegister', 'tableBranch', 'loadPc'])
const isBranch = ({ entry, decoded }: Timed): boolean =>
  leaves.has(entry.definition.timing) || decoded['R'] === 1 || entry.definition.timing === 'branchConditional' ||
  entry.definition.timing === 'compareAndBranch' // prettier-ignore
const goesOn = ({ entry, decoded }: Timed): boolean =>
  !leaves.has(entry.definition.timing) && decoded['R'] !== 1

/** How far two ways into the same code are followed until they look alike. */
const LONGEST_LOOK = 16

/**
 * What can be known of time before code executes: each instruction's cost when it is entered from above, with the
 * pipeline as the instructions above leave it, and what a branch to it adds.
 */
export class StraightLine {
  readonly #before = new Map<number, Pipeline>()

  constructor(
    readonly parameters: TimingParameters,
    /** The instruction at an address that has one. */
    readonly at: (address: number) => Timed | undefined,
    readonly waitStatesAt: (address: number) => number,
  ) {}

  /**
   * Times an instruction and tells what follows it.
   * @param retime Is given each instruction further down whose costs have changed thereby.
   */
  time(one: Timed, isKnown: (address: number) => boolean, retime: (one: Timed, costs: Costs) => void): Costs {
    if (this.parameters.profile === 'oneCycle') return { cost: 1, taken: 0, entered: 0, pipelinedLoad: false }
    const costs = this.#costs(one)
    for (let last = one; goesOn(last);) {
      const next = last.address + last.entry.width / 8
      const after = this.#step(this.#beforeOf(last), last).after
      const before = this.#before.get(next)
      if (before && same(before, after)) break
      this.#before.set(next, after)
      const following = isKnown(next) ? this.at(next) : undefined
      if (!following) break
      retime(following, this.#costs(following))
      last = following
    }
    return costs
  }

  /** Words that the prefetch unit has asked for beyond an instruction when it ends. */
  fetchedBeyond(one: Timed): number {
    const { fetch } = this.#step(this.#beforeOf(one), one).after
    const next = one.address + one.entry.width / 8
    const there = Math.ceil((next + 2 * fetch.ready) / 4) - Math.ceil(next / 4)
    return there + (fetch.dataPhase > 0 ? 1 : 0)
  }

  /** Forgets how the instructions from an address on are entered from above. */
  forget(address: number, length: number): void {
    if (length > this.#before.size) {
      for (const key of this.#before.keys())
        if (key >= address && key < address + length) this.#before.delete(key)
    } else for (let i = 0; i < length; i += 2) this.#before.delete(address + i)
  }

  forgetAll(): void {
    this.#before.clear()
  }

  #beforeOf({ address }: Timed): Pipeline {
    return this.#before.get(address) ?? afterBranch(address, this.waitStatesAt(address))
  }

  #step(before: Pipeline, one: Timed): ReturnType<typeof advance> {
    return advance(before, one, this.parameters, this.waitStatesAt(one.address))
  }

  #costs(one: Timed): Costs {
    const before = this.#beforeOf(one)
    const { cost, after } = this.#step(before, one)
    const refill = this.#refill(one, before, after)
    const isConditional = isBranch(one) && goesOn(one)
    return {
      cost: cost + (goesOn(one) ? 0 : refill),
      taken: isConditional ? this.#taken(one) + refill : 0,
      entered: this.#entered(one),
      pipelinedLoad: pipelinesLoad(before, one),
    }
  }

  #taken({ entry }: Timed): number {
    const { refillDirect, refillCompare } = this.parameters
    return entry.definition.timing === 'compareAndBranch' ? refillCompare : refillDirect
  }

  /**
   * What wait states and the system bus add to a branch: the fetch under way must end before the target's word is
   * asked for. A target that is in the instruction is asked for a cycle before the branch executes.
   */
  #refill(one: Timed, before: Pipeline, after: Pipeline): number {
    if (!isBranch(one)) return 0
    const { decoded, entry, address } = one
    const isDirect = decoded['X'] === 0 && entry.definition.timing !== 'compareAndBranch'
    const target = decoded['X'] === 0 ? addressOf(decoded['imm'] ?? 0) : address
    const { dataPhase } = before.fetch
    const justAsked = dataPhase === 1 + this.waitStatesAt(address)
    const underWay = isDirect ? (justAsked ? 0 : dataPhase) : Math.max(after.fetch.dataPhase - 1, 0)
    return this.waitStatesAt(target) + underWay + (target >= RAM_BASE ? this.parameters.ramFetchRefill : 0)
  }

  #entered(one: Timed): number {
    if (!this.#before.has(one.address)) return 0
    let above = this.#beforeOf(one)
    let branched = afterBranch(one.address, this.waitStatesAt(one.address))
    let difference = 0
    let current: Timed | undefined = one
    for (let i = 0; i < LONGEST_LOOK && current && !same(above, branched); i++) {
      const fromAbove = this.#step(above, current)
      const fromBranch = this.#step(branched, current)
      difference += fromBranch.cost - fromAbove.cost
      if (!goesOn(current)) break
      above = fromAbove.after
      branched = fromBranch.after
      current = this.at(current.address + current.entry.width / 8)
    }
    return difference
  }
}
