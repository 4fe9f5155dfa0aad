import type { Address, Cycles } from '../cpu/bus.ts'
import { CallTree } from './call-tree.ts'
import type { CallListener, OpenCall } from './call-tree.ts'
import type { CodeRange } from './target.ts'

/** A processor that tells of its branches and exceptions. */
export interface BranchSource {
  /** Calls back when execution comes to an address, by whichever way; nothing of its instruction has been charged. */
  onArrival(address: Address, callback: (cycle: Cycles, stackPointer: Address) => void): void
  /** Cycles that were spent in code, out of those of the run. */
  codeCyclesAt(cycle: Cycles): Cycles
  functionAt(address: Address): number
  /**
   * @param here function of the branch
   * @param target function of where it leads
   * @param back where a call returns to
   */
  onBranch(
    callback: (
      here: number,
      to: Address,
      target: number,
      cycle: Cycles,
      stackPointer: Address,
      how: 'call' | 'jump' | 'local',
      back: Address,
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

/** Is told the time before anything else: that of the run, with sleep and exceptions. */
export interface TimedCallListener extends CallListener {
  now: Cycles
}

/** Makes a call tree of what a processor does. Not saved: the tree is, by who has it. */
export class CallTracer {
  readonly tree: CallTree
  readonly #source: BranchSource
  readonly #listener: TimedCallListener | undefined

  /**
   * @param start where execution begins
   * @param fallenInto places that the ones before them may get to without a branch: starts of functions, and where it
   * matters of what is inlined
   */
  constructor(
    source: BranchSource,
    functions: readonly CodeRange[],
    start: Address,
    fallenInto: readonly Address[] = [],
    listener?: TimedCallListener,
  ) {
    const starts = new Set(functions.map((one) => one.start))
    const code = {
      functionAt: (address: Address) => source.functionAt(address),
      isStart: (address: Address) => starts.has(address),
    }
    const tree = new CallTree(code, listener)
    this.tree = tree
    this.#source = source
    this.#listener = listener
    tree.reset(start, 0)
    source.onBranch((here, to, target, cycle, stackPointer, how, back) => {
      if (!listener) {
        tree.branch(here, to, target, source.codeCyclesAt(cycle), stackPointer, how, back)
        return
      }
      tree.branch(here, to, target, this.#comeTo(cycle), stackPointer, how, back)
      listener.at?.(to, tree.row)
    })
    for (const at of fallenInto)
      source.onArrival(at, (cycle, stackPointer) => {
        const clock = this.#comeTo(cycle)
        tree.arrive(at, clock, stackPointer)
        listener?.at?.(at, tree.row)
      })
    source.onException(
      (exception, handler, frame, stackPointer, cycle) => {
        tree.enterException(exception, handler, frame, stackPointer, this.#comeTo(cycle))
        listener?.at?.(handler, tree.row)
      },
      (frame, to, cycle) => tree.leaveException(frame, to, this.#comeTo(cycle)),
    )
  }

  /** The chip is reset, and goes on at an address. */
  reset(start: Address, now: Cycles): void {
    this.tree.reset(start, this.#comeTo(now))
    this.#listener?.at?.(start, this.tree.row)
  }

  advance(now: Cycles): void {
    this.tree.advance(this.#comeTo(now))
  }

  /** Goes on at an address where nobody has watched before. @param calls that go on, outermost first */
  begin(calls: readonly OpenCall[], exception: number, at: Address, now: Cycles): void {
    if (this.#listener) this.#listener.now = now
    this.tree.begin(calls, exception, this.#source.codeCyclesAt(now))
    this.#listener?.at?.(at, this.tree.row)
  }

  /** Where the tree was restored, and its listener has heard of none of what is under way. */
  tellOfOpen(at: Address, now: Cycles): void {
    if (this.#listener) this.#listener.now = now
    this.tree.tellOfOpen()
    this.#listener?.at?.(at, this.tree.row)
  }

  /** @returns the clock of code */
  #comeTo(cycle: Cycles): Cycles {
    const clock = this.#source.codeCyclesAt(cycle)
    this.tree.comeTo(clock)
    if (this.#listener) this.#listener.now = cycle
    return clock
  }
}
