/** What exports read of who called whom. */
import type { Cycles } from '../../emulator/cpu/bus.ts'

export interface Frame {
  readonly name: string
  /** Source file; absent where it is not known. */
  readonly file?: string
  readonly line?: number
}

/** A frame, by its number in `frames`, is entered or left. Frames nest; cycles do not decrease. */
export interface CallEvent {
  readonly kind: 'open' | 'close'
  readonly frame: number
  readonly cycle: Cycles
}

/** Spent in the last of the frames while those before it were its callers, outermost first. */
export interface StackWeight {
  readonly stack: readonly number[]
  readonly weight: number
}

export interface CallTree {
  /** Of the run, such as the firmware's file. */
  readonly title: string
  readonly frames: readonly Frame[]
  /** What weights count. */
  readonly unit: 'cycles of 64 MHz' | 'picocoulombs of the board'
  readonly from: Cycles
  readonly to: Cycles
  /** In the order of time; undefined where only the weights were kept. */
  readonly events: Iterable<CallEvent> | undefined
  /** Each stack once. */
  readonly weights: Iterable<StackWeight>
}

/** A frame called from a certain place, all such calls together. */
export interface TreeNode {
  readonly frame: number
  /** Place of its caller in the list, which is before it; -1 for what nobody called. */
  readonly parent: number
  readonly selfCycles: Cycles
}

/** The weights of a tree that was kept as sums. */
export function* weightsOfTree(nodes: readonly TreeNode[]): Generator<StackWeight> {
  const stacks: (readonly number[])[] = []
  for (const { frame, parent, selfCycles } of nodes) {
    const stack = [...(stacks[parent] ?? []), frame]
    stacks.push(stack)
    if (selfCycles > 0) yield { stack, weight: selfCycles }
  }
}

/** The weights that events add up to, in the order in which stacks were first seen; what is open at the end counts. */
export function weightsOf(events: Iterable<CallEvent>, to: Cycles): readonly StackWeight[] {
  const sums = new Map<string, { stack: readonly number[]; weight: number }>()
  const open: number[] = []
  let since = 0
  const spend = (cycle: Cycles): void => {
    if (open.length > 0 && cycle > since) {
      const key = open.join(' ')
      const sum = sums.get(key)
      if (sum) sum.weight += cycle - since
      else sums.set(key, { stack: [...open], weight: cycle - since })
    }
    since = cycle
  }
  for (const { kind, frame, cycle } of events) {
    spend(cycle)
    if (kind === 'open') open.push(frame)
    else open.pop()
  }
  spend(to)
  return [...sums.values()]
}
