import type { Cycles } from '../../../emulator/cpu/bus.ts'
import { BOARD, PROCESSOR } from '../../../emulator/timeline/record/currents.ts'
import { LevelTrack, StateTrack, type Track } from '../../../emulator/timeline/tracks.ts'
import type { CallEvent, Frame, StackWeight } from '../../export/call-tree.ts'
import type { Replay } from '../replay.ts'
import { LEAVE, type Step } from './detailed-calls.ts'

export type Weight = 'cycles' | 'charge'

const ASLEEP: Frame = { name: 'asleep' }
const OFF: Frame = { name: 'System OFF' }
/** So much is recorded before it is folded into sums. */
const PIECE = 6_400_000
/** A picoampere for a cycle of 64 MHz is so many picocoulombs. */
const PICOCOULOMBS = 64_000_000n
/** Beyond it events are not kept one by one. */
const MOST_EVENTS = 500_000

/** What executed, as one stack: interrupts on what they interrupted, sleep on what fell asleep. */
export interface Executed {
  readonly frames: readonly Frame[]
  /** In cycles; undefined where they are too many. */
  readonly events: readonly CallEvent[] | undefined
  /** Cycles, or picocoulombs of the board; those of all add up to the stretch's. */
  readonly weights: readonly StackWeight[]
}

/** A frame on the frames around it. */
interface Node {
  readonly stack: readonly number[]
  readonly around: Node | undefined
  readonly inner: Map<number, Node>
  /** Of the piece under way; whole numbers below 2^53. */
  recent: number
  sum: bigint
}

/** Runs a stretch again and adds up what executed. @param replay made with functions */
export function executedIn(
  replay: Replay,
  from: Cycles,
  to: Cycles,
  weight: Weight,
  onProgress: (fraction: number) => void = () => undefined,
): Executed {
  const { frames, sameAs } = replay.calls.code
  const asleep = frames.length
  const sums = new Sums(from, to, sameAs)
  replay.goBefore(from)
  for (let begin = replay.run.machine.now; begin < to;) {
    const isThere = replay.advance(Math.min(begin + PIECE, to))
    const tracks = replay.takeTracks()
    const { now } = replay.run.machine
    const steps = withSleep(replay.calls.steps.take(), tracks, asleep, begin)
    sums.add(steps, begin, now, chargeBy(weight, tracks, begin))
    onProgress((Math.min(now, to) - from) / (to - from))
    if (!isThere) break
    begin = now
  }
  return {
    frames: [...frames, ASLEEP, OFF],
    events: sums.events,
    weights: sums.weights(weight === 'charge' ? PICOCOULOMBS : 1n),
  }
}

type Tracks = ReadonlyMap<string, Track>

/** A sum from the beginning of a piece up to a cycle, for cycles that ascend. */
type Clock = (cycle: Cycles) => number

function chargeBy(weight: Weight, tracks: Tracks, begin: Cycles): Clock {
  if (weight === 'cycles') return (cycle) => cycle - begin
  const track = tracks.get(BOARD.id)
  if (!(track instanceof LevelTrack)) return () => 0
  const { cycles, values } = track.steps.changesIn(begin + 1, Infinity)
  let level = track.steps.valueAt(begin)
  let [at, since, sum] = [0, begin, 0]
  return (cycle) => {
    for (; (cycles[at] ?? Infinity) <= cycle; at++) {
      const change = cycles[at] ?? 0
      sum += level * (change - since)
      since = change
      level = values[at] ?? 0
    }
    return sum + level * (Math.max(cycle, since) - since)
  }
}

/** Sleep is a frame on all others; it ends before what happens at the same cycle, and begins after. */
function withSleep(steps: readonly Step[], tracks: Tracks, asleep: number, begin: Cycles): readonly Step[] {
  const track = tracks.get(PROCESSOR.id)
  if (!(track instanceof StateTrack)) return steps
  const frameOf = (state: number): number | undefined => {
    const name = track.states[state] ?? ''
    return name === 'sleep' ? asleep : name === 'off' ? asleep + 1 : undefined
  }
  const { cycles, values } = track.steps.changesIn(begin + 1, Infinity)
  let before = frameOf(track.steps.valueAt(begin))
  const merged: Step[] = []
  let next = 0
  for (const [i, cycle] of cycles.entries()) {
    const frame = frameOf(values[i] ?? 0)
    if (frame === before) continue
    // Of those at the same cycle, what happens comes between waking and falling asleep.
    while (next < steps.length && isBefore(steps[next], cycle, frame !== undefined))
      merged.push(...one(steps[next++]))
    if (before !== undefined) merged.push({ cycle, frame: LEAVE })
    if (frame !== undefined) merged.push({ cycle, frame })
    before = frame
  }
  return [...merged, ...steps.slice(next)]
}

const one = (step: Step | undefined): readonly Step[] => (step ? [step] : [])

const isBefore = (step: Step | undefined, cycle: Cycles, orAt: boolean): boolean =>
  step !== undefined && (step.cycle < cycle || (orAt && step.cycle === cycle))

class Sums {
  readonly #root: Node = { stack: [], around: undefined, inner: new Map(), recent: 0, sum: 0n }
  #top = this.#root
  #events: CallEvent[] | undefined = []
  #begun = false

  constructor(
    private readonly from: Cycles,
    private readonly to: Cycles,
    private readonly sameAs: readonly number[],
  ) {}

  add(steps: readonly Step[], begin: Cycles, until: Cycles, clock: Clock): void {
    let since = clock(Math.max(this.from, begin))
    const spend = (cycle: Cycles): void => {
      if (cycle <= this.from) return
      this.#begin()
      const now = clock(Math.min(cycle, this.to))
      this.#top.recent += now - since
      since = now
    }
    for (const { cycle, frame: which } of steps) {
      if (cycle >= this.to) break
      const frame = this.sameAs[which] ?? which
      spend(cycle)
      if (this.#begun) this.#tell(frame, Math.max(cycle, this.from))
      this.#top = frame === LEAVE ? (this.#top.around ?? this.#root) : inner(this.#top, frame)
    }
    spend(until)
    this.#flush(this.#root)
  }

  /** What was under way is open at the beginning. */
  #begin(): void {
    if (this.#begun) return
    this.#begun = true
    for (const frame of this.#top.stack) this.#tell(frame, this.from)
  }

  #tell(frame: number, cycle: Cycles): void {
    if (this.#events && this.#events.length >= MOST_EVENTS) this.#events = undefined
    if (frame !== LEAVE) this.#events?.push({ kind: 'open', frame, cycle })
    else this.#events?.push({ kind: 'close', frame: this.#top.stack.at(-1) ?? 0, cycle })
  }

  #flush(node: Node): void {
    if (node.recent !== 0) node.sum += BigInt(Math.round(node.recent))
    node.recent = 0
    for (const one of node.inner.values()) this.#flush(one)
  }

  get events(): readonly CallEvent[] | undefined {
    return this.#events
  }

  /** By the stack, callers before what they called; code that nothing is known of is a frame. */
  weights(unit: bigint): readonly StackWeight[] {
    const found: StackWeight[] = []
    const add = ({ stack, sum, inner: more }: Node): void => {
      const weight = Number((sum + unit / 2n) / unit)
      if (weight > 0) found.push({ stack: stack.length > 0 ? stack : [0], weight })
      for (const node of more.values()) add(node)
    }
    add(this.#root)
    return found
  }
}

function inner(node: Node, frame: number): Node {
  let found = node.inner.get(frame)
  if (!found) {
    found = { stack: [...node.stack, frame], around: node, inner: new Map(), recent: 0, sum: 0n }
    node.inner.set(frame, found)
  }
  return found
}
