import type { Cycles } from '../cpu/bus.ts'

export interface KeeperOptions {
  /** Between two snapshots. */
  readonly every: Cycles
  /** Of all that are kept; what they share counts once. The first and the newest are kept whatever they take. */
  readonly budgetBytes: number
}

interface Kept<Snapshot> {
  readonly snapshot: Snapshot
  /** What it does not share with the one that is kept before it. */
  bytes: number
}

/**
 * Snapshots of a run by simulated time, in bounded memory. When there is no more room, one goes after the other, such
 * that they lie the farther apart the farther they are from the beginning and from the end.
 */
export class SnapshotKeeper<Snapshot extends { readonly cycle: Cycles }> {
  readonly #options: KeeperOptions
  #kept: Kept<Snapshot>[] = []
  #bytes = 0

  constructor(options: KeeperOptions) {
    this.#options = options
  }

  /** Cycle from which on the next one is wanted. */
  get due(): Cycles {
    const last = this.#kept.at(-1)?.snapshot.cycle
    const { every } = this.#options
    return last === undefined ? 0 : (Math.floor(last / every) + 1) * every
  }

  /** In the order of time. */
  get snapshots(): readonly Snapshot[] {
    return this.#kept.map(({ snapshot }) => snapshot)
  }

  get bytes(): number {
    return this.#bytes
  }

  /** One that is later than all that are there; others are known already, and left. */
  add(snapshot: Snapshot): void {
    const last = this.#kept.at(-1)?.snapshot
    if (last && snapshot.cycle <= last.cycle) return
    const bytes = bytesBeyond(snapshot, last)
    this.#kept.push({ snapshot, bytes })
    this.#bytes += bytes
    while (this.#bytes > this.#options.budgetBytes && this.#kept.length > 2) this.#drop(this.#leastMissed())
  }

  /** The last one at or before a cycle. */
  nearest(cycle: Cycles): Snapshot | undefined {
    let low = 0
    let high = this.#kept.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#kept[middle]?.snapshot.cycle ?? Infinity) <= cycle) low = middle + 1
      else high = middle
    }
    return this.#kept[low - 1]?.snapshot
  }

  /** Whose neighbours would be nearest to each other, for where they are. */
  #leastMissed(): number {
    const [first, last] = [this.#cycle(0), this.#cycle(this.#kept.length - 1)]
    let least = 1
    let smallest = Infinity
    for (let i = 1; i < this.#kept.length - 1; i++) {
      const cycle = this.#cycle(i)
      const fromEnds = Math.min(cycle - first, last - cycle)
      const gap = (this.#cycle(i + 1) - this.#cycle(i - 1)) / (fromEnds + this.#options.every)
      if (gap < smallest) [least, smallest] = [i, gap]
    }
    return least
  }

  #cycle(index: number): Cycles {
    return this.#kept[index]?.snapshot.cycle ?? 0
  }

  #drop(index: number): void {
    const [gone] = this.#kept.splice(index, 1)
    const after = this.#kept[index]
    const before = this.#kept[index - 1]
    if (!gone || !after) return
    this.#bytes -= gone.bytes + after.bytes
    after.bytes = bytesBeyond(after.snapshot, before?.snapshot)
    this.#bytes += after.bytes
  }
}

/** Of memory beside what is in them, as V8 has it without compressed pointers, measured: `keeper.test.ts` holds it. */
const TYPED_ARRAY = 200
const ARRAY = 48
const OBJECT = 24
const STRING = 24
const SLOT = 8
const BOXED = 16

/** Bytes of a snapshot that are not at the same place in the one before. */
function bytesBeyond(now: unknown, before: unknown): number {
  if (now === before) return 0
  switch (typeof now) {
    case 'string':
      return STRING + now.length
    case 'number':
      return isSmall(now) ? 0 : BOXED
    case 'bigint':
      return BOXED
    case 'object':
      return now === null ? 0 : bytesOfObject(now, before)
    default:
      return 0
  }
}

function bytesOfObject(now: object, before: unknown): number {
  if (ArrayBuffer.isView(now)) return TYPED_ARRAY + now.byteLength
  if (Array.isArray(now)) return bytesOfList(now, Array.isArray(before) ? before : [])
  const others = typeof before === 'object' && before !== null ? (before as Record<string, unknown>) : {}
  let bytes = OBJECT
  // Without lists of keys: this is gone through for each snapshot.
  for (const key in now) {
    const one = (now as Record<string, unknown>)[key]
    bytes += SLOT
    if (typeof one !== 'number' || !isSmall(one)) bytes += bytesBeyond(one, others[key])
  }
  return bytes
}

/** Lists that have become longer may have been so anywhere. */
function bytesOfList(now: readonly unknown[], before: readonly unknown[]): number {
  let known: Set<unknown> | undefined
  let bytes = ARRAY + SLOT * now.length
  for (let i = 0; i < now.length; i++) {
    const [one, other] = [now[i], before[i]]
    if (one === other) continue
    if (typeof one === 'object' && now.length !== before.length && (known ??= new Set(before)).has(one))
      continue
    bytes += bytesBeyond(one, other)
  }
  return bytes
}

const isSmall = (number: number): boolean => (number | 0) === number
