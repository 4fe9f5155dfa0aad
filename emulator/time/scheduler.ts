/** Integer cycles of the 64 MHz clock, exact below 2^53. */
type Cycles = number

export interface ScheduledEvent {
  readonly name: string
  readonly due: Cycles
}

interface Entry extends ScheduledEvent {
  readonly priority: number
  readonly order: number
  readonly callback: (late: Cycles) => void
  cancelled: boolean
}

const isBefore = (a: Entry, b: Entry): boolean =>
  a.due !== b.due ? a.due < b.due : a.priority !== b.priority ? a.priority < b.priority : a.order < b.order

/** Events in total order of (cycle, priority, insertion): a binary heap. */
export class Scheduler {
  /** The present. Written by the processor before it calls out, and by the machine while the processor sleeps. */
  now: Cycles = 0
  /** Called when an event is put in front of all others, so that a running processor can shorten its deadline. */
  onEarlier: ((due: Cycles) => void) | undefined
  readonly #heap: Entry[] = []
  #order = 0

  /** Cycle of the earliest event; Infinity when there is none. */
  get nextDue(): Cycles {
    this.#dropCancelled()
    return this.#heap[0]?.due ?? Infinity
  }

  /** Calls back at `due` or at the first instruction boundary after it; ties go to the lower priority number. */
  at(due: Cycles, name: string, callback: (late: Cycles) => void, priority = 0): ScheduledEvent {
    const entry: Entry = { due, name, callback, priority, order: this.#order++, cancelled: false }
    const earliest = this.nextDue
    this.#push(entry)
    if (due < earliest) this.onEarlier?.(due)
    return entry
  }

  cancel(event: ScheduledEvent | undefined): void {
    if (event) (event as Entry).cancelled = true
  }

  /** Runs, in order, every event due at or before `now`, those that callbacks add included. */
  runDue(): void {
    for (;;) {
      this.#dropCancelled()
      const first = this.#heap[0]
      if (first === undefined || first.due > this.now) return
      this.#pop()
      first.callback(this.now - first.due)
    }
  }

  #dropCancelled(): void {
    while (this.#heap[0]?.cancelled) this.#pop()
  }

  #push(entry: Entry): void {
    const heap = this.#heap
    let i = heap.push(entry) - 1
    while (i > 0) {
      const parent = (i - 1) >> 1
      const above = heap[parent]
      if (above === undefined || !isBefore(entry, above)) break
      heap[i] = above
      i = parent
    }
    heap[i] = entry
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      const right = heap[child + 1]
      const left = heap[child]
      if (left === undefined) break
      if (right !== undefined && isBefore(right, left)) child += 1
      const smaller = heap[child]
      if (smaller === undefined || !isBefore(smaller, last)) break
      heap[i] = smaller
      i = child
    }
    heap[i] = last
  }
}
