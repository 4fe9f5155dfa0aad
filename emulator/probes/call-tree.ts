import type { Address, Cycles } from '../cpu/bus.ts'
import { FrameStack, type Frame, type Node, type SavedStack, type Sums } from './frame-stack.ts'
import { CycleHistogram, type CycleStatistics, type SavedHistogram } from './statistics.ts'

/** A function that was called from a certain place in the tree, all such calls together. */
export interface CallNode {
  /** From 1; 0 is code of no known function. */
  readonly function: number
  /** Of a handler that an exception entered: which; else 0. */
  readonly exception: number
  /** Place of its caller in the list; -1 for what nobody called. */
  readonly parent: number
  readonly calls: number
  /** In its own instructions. */
  readonly selfCycles: Cycles
  /** With what it called. */
  readonly totalCycles: Cycles
}

/** All calls of one function, whoever called it. */
export interface FunctionCalls {
  readonly function: number
  /** In its own instructions. */
  readonly selfCycles: Cycles
  /** With what it called; calls within calls of itself count once. */
  readonly totalCycles: Cycles
  readonly calls: number
  /** Of calls that have returned, each with what it called. */
  readonly returned: CycleStatistics
}

/** Told of calls as they begin and end. */
export interface CallListener {
  /**
   * A function is called, or goes on in another's place.
   * @param index from 1; 0 for code of no known function
   * @param row `HANDLERS`, of which one may interrupt another; from 1 threads, as they were first seen
   * @returns what `leave` is told
   */
  enter(index: number, row: number): number
  /** @param isCutOff it will never return */
  leave(call: number, row: number, isCutOff: boolean): void
  /** Execution has come to a place in the innermost call of a row. */
  at?(address: Address, row: number): void
}

/** The row of handlers. */
export const HANDLERS = 0

/** A call that goes on: where its stack was at its first instruction, and where it returns to, 0 where that is not known. */
export interface OpenCall {
  readonly function: number
  readonly stackPointer: Address
  readonly back: Address
}

/** How control got to another place. */
export type Transfer = 'call' | 'jump' | 'local'

export interface SavedCallTree {
  readonly now: Cycles
  readonly fellThrough: number
  readonly resumesAt: Address | undefined
  /** Place of its caller, function, exception, calls, own cycles: five each, the root and what is beyond the most first. */
  readonly nodes: Float64Array
  readonly functions: readonly {
    readonly function: number
    readonly self: Cycles
    readonly total: Cycles
    readonly calls: number
    readonly returned: SavedHistogram
  }[]
  /** The one that executes first. */
  readonly stacks: readonly SavedStack[]
  /** Frames of the others. */
  readonly suspended: readonly Address[]
  readonly threads: number
}

/** Paths beyond, and what is deeper, go by one node: memory must not grow with the run. */
const MOST_NODES = 1 << 16
const DEEPEST = 1000
/** Stacks that were interrupted and that nothing has gone on with. */
const MOST_SUSPENDED = 256
const NO_STACK_POINTER = 0xffff_ffff

/** What the tree must know of code. */
export interface CodeFunctions {
  /** From 1; 0 where it is not known. */
  functionAt(address: Address): number
  isStart(address: Address): boolean
}

/**
 * Who called whom, and what it took, out of the branches that were taken. The clock is that of code: cycles asleep, and
 * those of entering and leaving exceptions, are left out of it, so that the sums are those of the profile. A handler has a
 * stack of its own, and so has each thread: what they take is not in what they interrupted. Calls that do not return
 * (longjmp, tail calls) are told by the stack pointer.
 */
export class CallTree {
  /** Went from one function to the next without a branch; whose the cycles since the last branch are is not known. */
  fellThrough = 0
  readonly #root: Node = node(0, 0, undefined)
  readonly #further: Node = node(0, 0, this.#root)
  /** By function; not all are there. */
  readonly #functions: (Sums | undefined)[] = []
  readonly #suspended = new Map<Address, FrameStack>()
  /** That were seen so far. */
  #threads = 1
  #stack = new FrameStack(0, 1)
  /** Where a handler has returned to; what executes there first says who it is. */
  #resumesAt: Address | undefined
  #now: Cycles = 0
  /** Not saved: how many there are. */
  #nodes = 1

  constructor(
    private readonly code: CodeFunctions,
    private readonly listener?: CallListener,
  ) {}

  /** Of what executes. */
  get row(): number {
    return this.#stack.row
  }

  /** Goes on where nobody has watched before. @param calls that go on, outermost first */
  begin(calls: readonly OpenCall[], exception: number, clock: Cycles): void {
    this.#now = clock
    this.#suspended.clear()
    this.#resumesAt = undefined
    this.#threads = exception === 0 ? 1 : 0
    this.#stack = new FrameStack(exception, exception === 0 ? 1 : HANDLERS)
    for (const { function: index, stackPointer, back } of calls) this.#push(index, stackPointer, back)
  }

  /** Tells a listener who has heard of none of them of the calls that go on. */
  tellOfOpen(): void {
    for (const { frames, row } of [...this.#suspended.values(), this.#stack])
      for (const frame of frames) frame.call = this.listener?.enter(frame.node.function, row) ?? -1
  }

  /** Who goes on after a return is told of before anything else is. */
  comeTo(clock: Cycles): void {
    if (clock !== this.#now) this.#resume()
  }

  /** Execution begins anew at an address: nothing of what was open returns. */
  reset(at: Address, clock: Cycles): void {
    this.#settle(clock)
    this.#abandon()
    this.#threads = 1
    this.#stack = new FrameStack(0, 1)
    this.#resumesAt = undefined
    this.#push(this.code.functionAt(at), NO_STACK_POINTER, 0)
  }

  /**
   * @param here function of the branch
   * @param target function of where it leads
   * @param back where a call returns to
   */
  branch(
    here: number,
    to: Address,
    target: number,
    clock: Cycles,
    stackPointer: Address,
    how: Transfer,
    back: Address,
  ): void {
    this.#settle(clock)
    this.#standIn(here, stackPointer)
    if (how === 'call') {
      this.#push(target, stackPointer, back)
      return
    }
    if (how === 'jump' && this.#returns(to, stackPointer)) return
    if (how === 'jump') this.#drop(stackPointer)
    this.#goTo(to, target, stackPointer)
  }

  /** Execution goes on within an open function, or in another in the place of the innermost. */
  #goTo(to: Address, target: number, stackPointer: Address): void {
    if (this.#stack.top?.node.function === target) return
    const around = this.code.isStart(to) ? -1 : this.#around(target, stackPointer)
    if (around >= 0) this.#popTo(around + 1)
    else this.#tailCall(target, stackPointer)
  }

  /** Place of the open call of a function that has this stack: of a recursion, the one that had it when it called. */
  #around(target: number, stackPointer: Address): number {
    const { frames } = this.#stack
    const exact = frames.findLastIndex(
      ({ node: one }, i) => one.function === target && frames[i + 1]?.stackPointer === stackPointer,
    )
    return exact >= 0 ? exact : frames.findLastIndex(({ node: one }) => one.function === target)
  }

  /** Execution has come to the first instruction of a function, from the one before it in memory or by a branch. */
  arrive(at: Address, clock: Cycles, stackPointer: Address): void {
    const target = this.code.functionAt(at)
    if (this.#stack.top?.node.function === target) return
    this.#settle(clock)
    this.#resumesAt = undefined
    this.#tailCall(target, stackPointer)
  }

  /** An exception has interrupted what is executing. @param frame where its frame is: it says what a return goes on with */
  enterException(
    exception: number,
    handler: Address,
    frame: Address,
    stackPointer: Address,
    clock: Cycles,
  ): void {
    this.#settle(clock)
    this.#giveUp(frame)
    this.#suspended.set(frame, this.#stack)
    for (const [oldest] of this.#suspended) {
      if (this.#suspended.size <= MOST_SUSPENDED) break
      this.#giveUp(oldest)
    }
    this.#stack = new FrameStack(exception, HANDLERS)
    this.#resumesAt = undefined
    this.#push(this.code.functionAt(handler), stackPointer, 0)
  }

  /**
   * A handler ends, and another may be entered in place of what it interrupted.
   * @param frame that the return goes on with
   * @param to where, by that frame: a handler may have sent it elsewhere; undefined where there is no such frame
   */
  leaveException(frame: Address, to: Address | undefined, clock: Cycles): void {
    this.#settle(clock)
    this.#popTo(0, true)
    this.#stack = this.#suspended.get(frame) ?? new FrameStack(0, (this.#threads += 1))
    this.#suspended.delete(frame)
    this.#resumesAt = to
  }

  save(): SavedCallTree {
    const places = new Map<Node, number>()
    const rows: number[] = []
    const add = (one: Node): void => {
      places.set(one, places.size)
      const parent = one.parent === undefined ? -1 : (places.get(one.parent) ?? 0)
      rows.push(parent, one.function, one.exception, one.calls, one.self)
    }
    const addInner = (one: Node): void => {
      for (const inner of one.inner.values()) {
        add(inner)
        addInner(inner)
      }
    }
    for (const one of [this.#root, this.#further]) add(one)
    for (const one of [this.#root, this.#further]) addInner(one)
    const saved = (one: FrameStack): SavedStack => one.save((of) => places.get(of) ?? 0)
    return {
      now: this.#now,
      fellThrough: this.fellThrough,
      resumesAt: this.#resumesAt,
      nodes: Float64Array.from(rows),
      functions: this.#functions.flatMap((sums, index) =>
        sums === undefined
          ? []
          : {
              function: index,
              self: sums.self,
              total: sums.total,
              calls: sums.calls,
              returned: sums.returned.save(),
            },
      ),
      stacks: [this.#stack, ...this.#suspended.values()].map(saved),
      suspended: [...this.#suspended.keys()],
      threads: this.#threads,
    }
  }

  restore(saved: SavedCallTree): void {
    const { now, fellThrough, resumesAt, nodes: rows, functions, stacks, suspended } = saved
    this.#now = now
    this.#threads = saved.threads
    this.fellThrough = fellThrough
    this.#resumesAt = resumesAt
    const nodes = [this.#root, this.#further]
    for (const one of nodes) {
      one.inner.clear()
      one.latest = undefined
    }
    for (let at = 0; at < rows.length; at += 5) {
      const [parent = 0, index = 0, exception = 0, calls = 0, self = 0] = rows.subarray(at, at + 5)
      let one = nodes[at / 5]
      if (!one) {
        const around = nodes[parent] ?? this.#root
        one = node(index, exception, around)
        around.inner.set(keyOf(index, exception), one)
        nodes.push(one)
      }
      one.calls = calls
      one.self = self
    }
    this.#nodes = nodes.length - 1
    this.#functions.length = 0
    for (const { function: index, self, total, calls, returned } of functions) {
      const histogram = new CycleHistogram()
      histogram.restore(returned)
      this.#functions[index] = { self, total, calls, returned: histogram }
    }
    const [first = new FrameStack(0, 1), ...others] = stacks.map((one) => {
      const stack = new FrameStack(one.exception, one.row)
      stack.restore(
        one,
        (place) => nodes[place] ?? this.#root,
        (of) => this.#sumsOf(of.function),
      )
      return stack
    })
    this.#stack = first
    this.#suspended.clear()
    others.forEach((one, n) => this.#suspended.set(suspended[n] ?? 0, one))
  }

  /** Brings it up to date, as before it is read. */
  advance(clock: Cycles): void {
    this.#settle(clock)
  }

  /** Calls that are still open have what they took so far. By function. */
  functions(): readonly FunctionCalls[] {
    const open = new Map<Sums, Cycles>()
    for (const one of [this.#stack, ...this.#suspended.values()])
      for (const { sums, entered, isOutermost } of one.frames)
        if (isOutermost) open.set(sums, (open.get(sums) ?? 0) + one.clock - entered)
    return this.#functions.flatMap((sums, index) =>
      sums === undefined
        ? []
        : {
            function: index,
            selfCycles: sums.self,
            totalCycles: sums.total + (open.get(sums) ?? 0),
            calls: sums.calls,
            returned: sums.returned.statistics(),
          },
    )
  }

  /** Callers before those they called; of one caller, the dearest first. */
  nodes(): readonly CallNode[] {
    const totals = new Map<Node, Cycles>()
    const total = (one: Node): Cycles => {
      let sum = one.self
      for (const inner of one.inner.values()) sum += total(inner)
      totals.set(one, sum)
      return sum
    }
    total(this.#root)
    if (this.#further.self > 0) totals.set(this.#further, this.#further.self)
    const list: CallNode[] = []
    const add = (one: Node, parent: number): void => {
      const place = list.length
      list.push({
        function: one.function,
        exception: one.exception,
        parent,
        calls: one.calls,
        selfCycles: one.self,
        totalCycles: totals.get(one) ?? 0,
      })
      for (const inner of sorted(one)) add(inner, place)
    }
    const sorted = ({ inner }: Node): readonly Node[] =>
      [...inner.values()].sort(
        (a, b) =>
          (totals.get(b) ?? 0) - (totals.get(a) ?? 0) || a.function - b.function || a.exception - b.exception,
      )
    for (const one of sorted(this.#root)) add(one, -1)
    if (this.#further.self > 0) add(this.#further, -1)
    return list
  }

  #settle(clock: Cycles): void {
    const passed = clock - this.#now
    if (passed === 0) return
    this.#resume()
    this.#now = clock
    this.#stack.clock += passed
    const { top } = this.#stack
    if (top) {
      top.node.self += passed
      top.sums.self += passed
    } else {
      this.#root.self += passed
    }
  }

  /** Who executes after a return is who stands there, whoever was interrupted. */
  #resume(): void {
    const at = this.#resumesAt
    if (at === undefined) return
    this.#resumesAt = undefined
    if (this.#stack.depth === 0) this.#push(this.code.functionAt(at), NO_STACK_POINTER, 0)
    else this.#goTo(at, this.code.functionAt(at), NO_STACK_POINTER)
    this.listener?.at?.(at, this.#stack.row)
  }

  /** The branch is where the tree thinks that execution is, or else it got there without one. */
  #standIn(here: number, stackPointer: Address): void {
    const { top } = this.#stack
    if (top?.node.function === here) return
    if (top) {
      this.fellThrough += 1
      this.#tailCall(here, stackPointer)
    } else this.#push(here, NO_STACK_POINTER, 0)
  }

  /** The frame that returns there with this stack, and those that it called in its place. */
  #returns(to: Address, stackPointer: Address): boolean {
    const stack = this.#stack
    let place = stack.depth - 1
    while (!goesBack(stack.at(place), to, stackPointer)) {
      if (place <= 0 || (stack.at(place)?.stackPointer ?? 0) > stackPointer) return false
      place -= 1
    }
    while (place > 0 && goesBack(stack.at(place - 1), to, stackPointer)) place -= 1
    while (stack.depth > place) {
      const frame = stack.pop()
      if (frame) this.#close(frame, goesBack(frame, to, stackPointer))
    }
    return true
  }

  /** Frames of calls whose stack is given up. */
  #drop(stackPointer: Address): void {
    const stack = this.#stack
    let keep = stack.depth
    while (keep > 1 && (stack.at(keep - 1)?.stackPointer ?? 0) < stackPointer) keep -= 1
    this.#popTo(keep)
  }

  /** One in the place of another returns where that one would have; round a circle of them it does not get deeper. */
  #tailCall(target: number, stackPointer: Address): void {
    const stack = this.#stack
    const { back = 0, stackPointer: whose = stackPointer } = stack.top ?? {}
    let index = stack.depth
    for (let i = index - 1; i >= 0; i--) {
      const frame = stack.at(i)
      if (frame?.back !== back || frame.stackPointer !== whose) break
      if (frame.node.function === target) index = i
    }
    this.#popTo(index)
    this.#push(target, whose, back)
  }

  #push(target: number, stackPointer: Address, back: Address): void {
    const stack = this.#stack
    const { top } = stack
    const at = this.#inner(top?.node ?? this.#root, target, top ? 0 : stack.exception)
    at.calls += 1
    const sums = this.#sumsOf(target)
    sums.calls += 1
    stack.push(at, sums, stackPointer, back, this.listener?.enter(target, stack.row) ?? -1)
  }

  #sumsOf(target: number): Sums {
    const known = this.#functions[target]
    if (known) return known
    const sums = { self: 0, total: 0, calls: 0, returned: new CycleHistogram() }
    this.#functions[target] = sums
    return sums
  }

  #popTo(length: number, haveReturned = false): void {
    const stack = this.#stack
    while (stack.depth > length) {
      const frame = stack.pop()
      if (frame) this.#close(frame, haveReturned)
    }
  }

  /** @param hasReturned it is over as a call is that returns; others are given up */
  #close({ sums, entered, isOutermost, call }: Frame, hasReturned: boolean): void {
    const { clock, row } = this.#stack
    const took = clock - entered
    this.listener?.leave(call, row, false)
    if (hasReturned) sums.returned.add(took)
    if (isOutermost) sums.total += took
  }

  /** Whatever is open counts as far as it got, but is no call that returned. */
  #abandon(): void {
    this.#forget(this.#stack)
    for (const frame of [...this.#suspended.keys()].reverse()) this.#giveUp(frame)
  }

  #forget(one: FrameStack): void {
    addOpen(one)
    if (this.listener)
      for (const { call } of one.frames.toReversed()) this.listener.leave(call, one.row, true)
  }

  /** Nothing goes on with a stack that was interrupted. */
  #giveUp(frame: Address): void {
    const given = this.#suspended.get(frame)
    if (given) this.#forget(given)
    this.#suspended.delete(frame)
  }

  #inner(parent: Node, target: number, exception: number): Node {
    const { latest } = parent
    if (latest?.function === target && latest.exception === exception) return latest
    const key = keyOf(target, exception)
    const known = parent.inner.get(key)
    if (known) return (parent.latest = known)
    if (this.#nodes >= MOST_NODES || parent.depth >= DEEPEST) return this.#further
    this.#nodes += 1
    const made = node(target, exception, parent)
    parent.inner.set(key, made)
    return (parent.latest = made)
  }
}

const node = (index: number, exception: number, parent: Node | undefined): Node => ({
  function: index,
  exception,
  parent,
  depth: parent === undefined ? 0 : parent.depth + 1,
  inner: new Map(),
  latest: undefined,
  calls: 0,
  self: 0,
})

/** Open calls count as far as they got. */
const addOpen = ({ frames, clock }: FrameStack): void => {
  for (const { sums, entered, isOutermost } of frames) if (isOutermost) sums.total += clock - entered
}

/** Whether a frame returns there with this stack. */
const goesBack = (frame: Frame | undefined, to: Address, stackPointer: Address): boolean =>
  frame?.back === to && frame.stackPointer === stackPointer

const keyOf = (index: number, exception: number): number => index * 512 + exception
