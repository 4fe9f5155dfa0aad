import type { Cycles } from '../cpu/bus.ts'
import type { PowerLedger } from './reporting.ts'

/** Where instructions come from. */
export type CodeMemory = 'flash' | 'RAM'
type Activity = 'running' | 'asleep' | 'stalled' | 'off'

export interface SavedCpuPower {
  readonly activity: Activity
  readonly memory: CodeMemory
  readonly cacheOn: boolean
}

/** The processor's own state, told by whoever runs it; cycles as on `scheduler.now`. */
export class CpuPower {
  #activity: Activity = 'off'
  #memory: CodeMemory = 'flash'
  #cacheOn = false

  constructor(private readonly ledger: PowerLedger) {}

  readonly stateVersion = 1

  save(): SavedCpuPower {
    return { activity: this.#activity, memory: this.#memory, cacheOn: this.#cacheOn }
  }

  /** The ledger is not told: it is restored by itself. */
  restore({ activity, memory, cacheOn }: SavedCpuPower): void {
    this.#activity = activity
    this.#memory = memory
    this.#cacheOn = cacheOn
  }

  /** Reset: runs from flash with the cache off. */
  reset(cycle: Cycles): void {
    this.#cacheOn = false
    this.#memory = 'flash'
    this.#set('running', cycle)
  }

  /** Awake after WFI or WFE. */
  wake(cycle: Cycles): void {
    this.#set('running', cycle)
  }

  /** WFI or WFE has stopped the clock. */
  sleep(cycle: Cycles): void {
    this.#set('asleep', cycle)
  }

  /** Waits for the NVMC; `wake` ends it. */
  stall(cycle: Cycles): void {
    this.#set('stalled', cycle)
  }

  /** System OFF. */
  off(cycle: Cycles): void {
    this.#set('off', cycle)
  }

  /** Which memory code runs from, from now on. */
  runsFrom(memory: CodeMemory, cycle: Cycles): void {
    this.#memory = memory
    this.#report(cycle)
  }

  /** ICACHECNF was written. */
  cache(on: boolean, cycle: Cycles): void {
    this.#cacheOn = on
    this.#report(cycle)
  }

  #set(activity: Activity, cycle: Cycles): void {
    this.#activity = activity
    this.#report(cycle)
  }

  #report(cycle: Cycles): void {
    this.ledger.enter('CPU', this.#state, cycle)
  }

  get #state(): string {
    switch (this.#activity) {
      case 'running':
        if (this.#memory === 'RAM') return 'RAM'
        return this.#cacheOn ? 'flash, cache on' : 'flash, cache off'
      case 'asleep':
        return this.#cacheOn ? 'asleep, cache on' : 'asleep'
      default:
        return this.#activity
    }
  }
}
