/** Integer cycles of the 64 MHz clock, exact below 2^53. */
type Cycles = number

export interface ScheduledEvent {
  readonly name: string
  readonly due: Cycles
  /** Its place among those of the same cycle and priority. */
  readonly order: number
}

export interface SavedScheduler {
  readonly now: Cycles
  readonly order: number
}

type Fate = 'waiting' | 'cancelled' | 'over'

/** Saved by its alarm. */
class Entry implements ScheduledEvent {
  /** Not saved: what is saved waits. */
  fate: Fate = 'waiting'

  constructor(
    readonly due: Cycles,
    readonly name: string,
    readonly callback: (late: Cycles) => void,
    readonly priority: number,
    readonly order: number,
    /** Whether `eventDue` tells of it while it is called. */
    readonly isTimed: boolean,
    /** Of an alarm, whose owner saves it. */
    readonly isOwned: boolean,
  ) {}
}

const isBefore = (a: Entry, b: Entry): boolean =>
  a.due !== b.due ? a.due < b.due : a.priority !== b.priority ? a.priority < b.priority : a.order < b.order

/** Flash that is erased whole halts the processor for less: no call is later. */
const LATEST = 64_000_000

/** Cancelled events are swept out when there are so many, and more than others. */
const LEAST_SWEPT = 64

/** Calls for each cycle that goes by, and at first: more come from no chip, only from damaged times. */
const MOST_CALLS = 4
const FIRST_CALLS = 1 << 22

/** Events in total order of (cycle, priority, insertion): a binary heap. */
export class Scheduler {
  /** The present. Written by the processor before it calls out, and by the machine while the processor sleeps. */
  now: Cycles = 0
  /** Called when an event is put in front of all others, so that a running processor can shorten its deadline. Not saved: wiring. */
  onEarlier: ((due: Cycles) => void) | undefined
  #heap: Entry[] = []
  #order = 0
  /** Not saved: what is saved waits. */
  #cancelled = 0
  /** Not saved: no event is being called. */
  #eventDue: Cycles | undefined
  /** Not saved: counted from here on. */
  #called = 0
  /** Not saved: for those. */
  #allowed = FIRST_CALLS
  /** Not saved: since when they are counted. */
  #since: Cycles = 0

  /** Cycle of the earliest event; Infinity when there is none. */
  get nextDue(): Cycles {
    return this.#earliest()?.due ?? Infinity
  }

  /** Cycle at which the timed event that is being called was due; undefined outside. */
  get eventDue(): Cycles | undefined {
    return this.#eventDue
  }

  /** Calls back at `due` or at the first instruction boundary after it; ties go to the lower priority number. */
  at(due: Cycles, name: string, callback: (late: Cycles) => void, priority = 0): ScheduledEvent {
    return this.#add(new Entry(due, name, callback, priority, this.#order++, false, false))
  }

  /** The same, and `eventDue` is `due` meanwhile. */
  timed(due: Cycles, name: string, callback: () => void, priority = 0): ScheduledEvent {
    return this.#add(new Entry(due, name, callback, priority, this.#order++, true, false))
  }

  /** For `Alarm`. @param order of a call that is restored */
  owned(
    due: Cycles,
    name: string,
    callback: (late: Cycles) => void,
    priority: number,
    isTimed: boolean,
    order = this.#order++,
  ): ScheduledEvent {
    if (!(due >= this.now - LATEST)) throw new Error(`${name} is due long before the present`)
    return this.#add(new Entry(due, name, callback, priority, order, isTimed, true))
  }

  readonly stateVersion = 1

  /** The present. Pending calls are saved by who has the alarm. @throws Error naming a call that nobody would save */
  save(): SavedScheduler {
    const orphan = this.#heap.find(({ fate, isOwned }) => fate === 'waiting' && !isOwned)
    if (orphan) throw new Error(`nobody saves the pending call ${orphan.name}`)
    return { now: this.now, order: this.#order }
  }

  /** Forgets all that is pending: each alarm is restored after this by its owner. */
  restore({ now, order }: SavedScheduler): void {
    for (const entry of this.#heap) entry.fate = 'cancelled'
    this.#heap = []
    this.#cancelled = 0
    if (!(now >= 0 && now <= Number.MAX_SAFE_INTEGER)) throw new Error('the present is no cycle')
    this.now = now
    this.#order = order
    this.#since = now
    this.#called = 0
    this.#allowed = FIRST_CALLS
  }

  cancel(event: ScheduledEvent | undefined): void {
    if (!(event instanceof Entry) || event.fate !== 'waiting') return
    event.fate = 'cancelled'
    this.#cancelled += 1
    if (this.#cancelled >= LEAST_SWEPT && 2 * this.#cancelled > this.#heap.length) this.#sweep()
  }

  /** Runs, in order, every event due at or before `now`, those that callbacks add included. @throws Error where they never end */
  runDue(): void {
    for (;;) {
      const first = this.#earliest()
      if (first === undefined || first.due > this.now) return
      this.#pop()
      if (++this.#called > this.#allowed) this.#allowMore(first)
      first.fate = 'over'
      const late = this.now - first.due
      if (first.isTimed) this.#callTimed(first, late)
      else first.callback(late)
    }
  }

  #allowMore({ name }: Entry): void {
    this.#allowed = FIRST_CALLS + MOST_CALLS * (this.now - this.#since)
    if (this.#called > this.#allowed) throw new Error(`${name} is called again and again in no time`)
  }

  #callTimed(entry: Entry, late: Cycles): void {
    const outer = this.#eventDue
    this.#eventDue = entry.due
    try {
      entry.callback(late)
    } finally {
      this.#eventDue = outer
    }
  }

  #add(entry: Entry): ScheduledEvent {
    const earliest = this.nextDue
    this.#push(entry)
    if (entry.due < earliest) this.onEarlier?.(entry.due)
    return entry
  }

  #earliest(): Entry | undefined {
    for (;;) {
      const first = this.#heap[0]
      if (first?.fate !== 'cancelled') return first
      this.#pop()
      this.#cancelled -= 1
    }
  }

  #sweep(): void {
    const old = this.#heap
    this.#heap = []
    this.#cancelled = 0
    for (const entry of old) if (entry.fate === 'waiting') this.#push(entry)
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
