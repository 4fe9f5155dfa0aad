import type { Address, Cycles } from '../cpu/bus.ts'
import type { CycleHistogram } from './statistics.ts'

/** A function called from a certain place in the tree. */
export interface Node {
  readonly function: number
  readonly exception: number
  readonly parent: Node | undefined
  readonly depth: number
  readonly inner: Map<number, Node>
  /** The one of them that was called last. */
  latest: Node | undefined
  calls: number
  self: Cycles
}

/** Of all calls of a function. */
export interface Sums {
  self: Cycles
  total: Cycles
  calls: number
  readonly returned: CycleHistogram
}

export interface Frame {
  node: Node
  sums: Sums
  /** At its first instruction. */
  stackPointer: Address
  /** Where it returns to; 0 where nothing called it. */
  back: Address
  /** By the stack's own clock. */
  entered: Cycles
  /** No call of the same function is around it. */
  isOutermost: boolean
  /** What the listener said when it was entered. */
  call: number
}

export interface SavedStack {
  readonly exception: number
  readonly row: number
  readonly clock: Cycles
  /** Place of its node, stack pointer, where it returns to, when it was entered, whether it is the outermost, what the listener knows it as: six each. */
  readonly frames: readonly number[]
}

const SAVED = 6

/** The calls of one thread or handler that go on. Frames are used again: one that was popped is itself until the next push. */
export class FrameStack {
  /** It stands still while others run. */
  clock: Cycles = 0
  /** Not saved: how many frames there are. */
  depth = 0
  /** Those from `depth` on are spare. */
  readonly #frames: Frame[] = []
  /** By function, its calls that have not returned. Not saved: counted from the frames. */
  readonly #open: number[] = []

  /**
   * @param exception of what nobody called, for its first frame
   * @param row as the listener knows it
   */
  constructor(
    readonly exception: number,
    readonly row: number,
  ) {}

  get top(): Frame | undefined {
    return this.depth === 0 ? undefined : this.#frames[this.depth - 1]
  }

  /** @param place 0 outermost */
  at(place: number): Frame | undefined {
    return place < this.depth ? this.#frames[place] : undefined
  }

  /** Outermost first. */
  get frames(): readonly Frame[] {
    return this.#frames.slice(0, this.depth)
  }

  /** A function is entered, at the clock's time. */
  push(node: Node, sums: Sums, stackPointer: Address, back: Address, call: number): void {
    const around = this.#open[node.function] ?? 0
    this.#open[node.function] = around + 1
    const spare = this.#frames[this.depth]
    this.depth += 1
    if (!spare) {
      const entered = this.clock
      this.#frames.push({ node, sums, stackPointer, back, entered, isOutermost: around === 0, call })
      return
    }
    spare.node = node
    spare.sums = sums
    spare.stackPointer = stackPointer
    spare.back = back
    spare.entered = this.clock
    spare.isOutermost = around === 0
    spare.call = call
  }

  pop(): Frame | undefined {
    const frame = this.top
    if (!frame) return undefined
    this.depth -= 1
    this.#open[frame.node.function] = (this.#open[frame.node.function] ?? 1) - 1
    return frame
  }

  save(placeOf: (node: Node) => number): SavedStack {
    const { exception, row, clock } = this
    return {
      exception,
      row,
      clock,
      frames: this.frames.flatMap(({ node, stackPointer, back, entered, isOutermost, call }) => [
        placeOf(node),
        stackPointer,
        back,
        entered,
        isOutermost ? 1 : 0,
        call,
      ]),
    }
  }

  /** Into one of the same exception and row. */
  restore(
    { clock, frames }: SavedStack,
    nodeAt: (place: number) => Node,
    sumsOf: (node: Node) => Sums,
  ): void {
    this.depth = 0
    this.#open.length = 0
    for (let at = 0; at < frames.length; at += SAVED) {
      const [place = 0, stackPointer = 0, back = 0, entered = 0, isOutermost = 0, call = -1] = frames.slice(
        at,
        at + SAVED,
      )
      const node = nodeAt(place)
      this.push(node, sumsOf(node), stackPointer, back, call)
      const { top } = this
      if (top) Object.assign(top, { entered, isOutermost: isOutermost === 1 })
    }
    this.clock = clock
  }
}
