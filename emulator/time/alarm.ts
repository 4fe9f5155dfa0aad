import type { ScheduledEvent, Scheduler } from './scheduler.ts'

/** A pending call: when, and its place among those of the same cycle. */
export interface SavedAlarm {
  readonly due: number
  readonly order: number
}

export interface AlarmOptions {
  /** Ties go to the lower number. */
  readonly priority?: number
  /** While it is called, `eventDue` is the cycle it was due at: what hardware sees. */
  readonly timed?: boolean
}

/**
 * One call that its owner puts off, makes again or takes back, and that a snapshot can hold: whoever restores the owner
 * knows what to call. Its callback takes what it needs from the owner's own saved state, not from a closure.
 */
export class Alarm {
  #event: ScheduledEvent | undefined
  readonly #scheduler: Scheduler
  readonly #name: string
  readonly #callback: (late: number) => void
  readonly #priority: number
  readonly #timed: boolean

  constructor(
    scheduler: Scheduler,
    name: string,
    callback: (late: number) => void,
    { priority = 0, timed = false }: AlarmOptions = {},
  ) {
    this.#scheduler = scheduler
    this.#name = name
    this.#callback = callback
    this.#priority = priority
    this.#timed = timed
  }

  /** Cycle of the call that is pending. */
  get due(): number | undefined {
    return this.#event?.due
  }

  get isSet(): boolean {
    return this.#event !== undefined
  }

  /** Calls back at `due`, or at the first instruction boundary after it, instead of when it was to before. */
  at(due: number): void {
    this.cancel()
    this.#event = this.#scheduler.owned(due, this.#name, this.#fire, this.#priority, this.#timed)
  }

  /** Calls back so many cycles from now, as hardware sees it. */
  after(cycles: number): void {
    this.at((this.#scheduler.eventDue ?? this.#scheduler.now) + cycles)
  }

  cancel(): void {
    if (this.#event === undefined) return
    this.#scheduler.cancel(this.#event)
    this.#event = undefined
  }

  save(): SavedAlarm | null {
    return this.#event ? { due: this.#event.due, order: this.#event.order } : null
  }

  /** After the scheduler itself was restored. */
  restore(saved: SavedAlarm | null): void {
    this.cancel()
    if (saved)
      this.#event = this.#scheduler.owned(
        saved.due,
        this.#name,
        this.#fire,
        this.#priority,
        this.#timed,
        saved.order,
      )
  }

  readonly #fire = (late: number): void => {
    this.#event = undefined
    this.#callback(late)
  }
}
