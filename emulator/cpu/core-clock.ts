import type { Scheduler } from '../time/scheduler.ts'
import type { Cycles } from './bus.ts'

export interface SavedCoreClock {
  readonly slept: Cycles
  readonly asleepSince: Cycles | null
}

/**
 * The clock of the processor, which stands still while it sleeps: on the nRF52, SysTick and CYCCNT stop in WFI and WFE
 * (apache/nuttx pull request 1219; micropython-microbit-v2 issue 179: 10.8 of 64 million cycles in a second of sleep).
 */
export class CoreClock {
  /** Whole sleeps so far. */
  #slept = 0
  #asleepSince: Cycles | undefined
  /** Told after the clock stopped or went on. Not saved: who listens. */
  readonly listeners: (() => void)[] = []

  constructor(
    private readonly scheduler: Scheduler,
    /** False: the clock goes on in sleep, as with a debugger attached. */
    private readonly stopsInSleep: boolean,
  ) {}

  save(): SavedCoreClock {
    return { slept: this.#slept, asleepSince: this.#asleepSince ?? null }
  }

  /** Tells nobody: nothing happens. */
  restore({ slept, asleepSince }: SavedCoreClock): void {
    this.#slept = slept
    this.#asleepSince = asleepSince ?? undefined
  }

  get now(): Cycles {
    return this.scheduler.now - (this.stopsInSleep ? this.#asleep : 0)
  }

  /** Cycles asleep that it counted. */
  get slept(): Cycles {
    return this.stopsInSleep ? 0 : this.#asleep
  }

  get isRunning(): boolean {
    return !this.stopsInSleep || this.#asleepSince === undefined
  }

  get #asleep(): Cycles {
    const { now } = this.scheduler
    return this.#slept + now - (this.#asleepSince ?? now)
  }

  sleep(): void {
    if (this.#asleepSince !== undefined) return
    this.#asleepSince = this.scheduler.now
    for (const listener of this.listeners) listener()
  }

  wake(): void {
    if (this.#asleepSince === undefined) return
    this.#slept += this.scheduler.now - this.#asleepSince
    this.#asleepSince = undefined
    for (const listener of this.listeners) listener()
  }
}
