import type { Address, Cycles } from '../cpu/bus.ts'
import { CallTree } from './call-tree.ts'
import type { CodeRange } from './target.ts'

/** A processor that tells of its branches and exceptions. */
export interface BranchSource {
  /** Calls back when execution comes to an address, by whichever way; nothing of its instruction has been charged. */
  onArrival(address: Address, callback: (cycle: Cycles, stackPointer: Address) => void): void
  /** Cycles that were spent in code, out of those of the run. */
  codeCyclesAt(cycle: Cycles): Cycles
  functionAt(address: Address): number
  /** @param bytes of the instruction of a call; 0 where nothing returns behind it */
  onBranch(
    callback: (
      from: Address,
      to: Address,
      cycle: Cycles,
      stackPointer: Address,
      how: 'call' | 'jump' | 'local',
      bytes: number,
    ) => void,
  ): void
  /**
   * @param frame where the frame is that the entry stacked, or that the return will unstack
   * @param to where that goes on; undefined where no frame can be
   */
  onException(
    enter: (
      exception: number,
      handler: Address,
      frame: Address,
      stackPointer: Address,
      cycle: Cycles,
    ) => void,
    leave: (frame: Address, to: Address | undefined, cycle: Cycles) => void,
  ): void
}

/** Makes a call tree of what a processor does. Not saved: the tree is, by who has it. */
export class CallTracer {
  readonly tree: CallTree
  readonly #source: BranchSource

  /**
   * @param start where execution begins
   * @param fallenInto starts of functions that the ones before them may get to without a branch
   */
  constructor(
    source: BranchSource,
    functions: readonly CodeRange[],
    start: Address,
    fallenInto: readonly Address[] = [],
  ) {
    const starts = new Set(functions.map((one) => one.start))
    const tree = new CallTree({
      functionAt: (address) => source.functionAt(address),
      isStart: (address) => starts.has(address),
    })
    this.tree = tree
    this.#source = source
    tree.reset(start, 0)
    source.onBranch((from, to, cycle, stackPointer, how, bytes) =>
      tree.branch(from, to, source.codeCyclesAt(cycle), stackPointer, how, from + bytes),
    )
    for (const at of fallenInto)
      source.onArrival(at, (cycle, stackPointer) => tree.arrive(at, source.codeCyclesAt(cycle), stackPointer))
    source.onException(
      (exception, handler, frame, stackPointer, cycle) =>
        tree.enterException(exception, handler, frame, stackPointer, source.codeCyclesAt(cycle)),
      (frame, to, cycle) => tree.leaveException(frame, to, source.codeCyclesAt(cycle)),
    )
  }

  /** The chip is reset, and goes on at an address. */
  reset(start: Address, now: Cycles): void {
    this.tree.reset(start, this.#source.codeCyclesAt(now))
  }

  advance(now: Cycles): void {
    this.tree.advance(this.#source.codeCyclesAt(now))
  }
}
