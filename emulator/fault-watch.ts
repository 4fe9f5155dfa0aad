import type { Cycles } from './cpu/bus.ts'
import type { CortexM4 } from './cpu/cpu.ts'
import { isDefaultHandler } from './default-handler.ts'
import { Alarm, type SavedAlarm } from './time/alarm.ts'
import type { Scheduler } from './time/scheduler.ts'

const HARD_FAULT = 3
const USAGE_FAULT = 6
const DEBUG_MONITOR = 12
/** A fault handler that neither returns nor prints for a second will not: it has stopped there. */
const LONGEST_STAY: Cycles = 64_000_000
/** HardFaults in a row at one instruction with the same registers: the handler changes nothing. */
const MOST_REPEATS = 1000

/** Firmware that ended in a fault, or locked up: where and why, before exception entry. */
export interface MachineFault {
  readonly causes: readonly string[]
  readonly cfsr: number
  readonly hfsr: number
  readonly mmfar: number | null
  readonly bfar: number | null
  /** R0 to R15; R15 is the faulting instruction. */
  readonly registers: readonly number[]
  readonly xpsr: number
  readonly instruction: string
}

export interface FaultWatchParts {
  readonly cpu: CortexM4
  readonly scheduler: Scheduler
  /** The fault that has just become an exception. */
  readonly fault: () => MachineFault
  /** Firmware that ended in a fault. */
  readonly crash: (fault: MachineFault) => void
  /** A fault that a handler of the firmware's own has. */
  readonly handled: (fault: MachineFault, end: string) => void
  /** No fault is left to a handler of the firmware's. */
  readonly stopsAtOnce: boolean
}

interface Handling {
  readonly exception: number
  readonly fault: MachineFault
  readonly since: Cycles
}

export interface SavedFaultWatch {
  readonly handling: readonly Handling[]
  readonly look: SavedAlarm | null
  readonly printed: Cycles
  readonly last: string
  readonly repeats: number
}

/**
 * Which faults end the firmware. One whose vector points to an endless loop does so at once. A handler of the firmware's
 * own runs; the fault ends the firmware if it stays in there, stops at a BKPT, locks up, or returns to the same again
 * and again.
 */
export class FaultWatch {
  readonly #handling: Handling[] = []
  readonly #look: Alarm
  #printed: Cycles = 0
  #last = ''
  #repeats = 0

  readonly stateVersion = 1

  constructor(private readonly parts: FaultWatchParts) {
    this.#look = new Alarm(parts.scheduler, 'fault handler', () => this.#lookAgain())
  }

  save(): SavedFaultWatch {
    return {
      handling: [...this.#handling],
      look: this.#look.save(),
      printed: this.#printed,
      last: this.#last,
      repeats: this.#repeats,
    }
  }

  restore({ handling, look, printed, last, repeats }: SavedFaultWatch): void {
    this.#handling.splice(0, Infinity, ...handling)
    this.#look.restore(look)
    this.#printed = printed
    this.#last = last
    this.#repeats = repeats
  }

  /** The fault, if the firmware is in its handler. */
  get underWay(): MachineFault | undefined {
    const { nvic } = this.parts.cpu.exceptions
    return this.#handling.find(({ exception }) => nvic.isActive(exception))?.fault
  }

  entered(exception: number): void {
    if (exception < HARD_FAULT || exception > USAGE_FAULT) return
    const { cpu, scheduler, crash, handled, stopsAtOnce } = this.parts
    const fault = this.parts.fault()
    if (stopsAtOnce || isDefaultHandler(cpu.core.decoder, this.#vector(exception))) {
      crash(fault)
      return
    }
    handled(fault, "left to the firmware's own handler")
    if (exception === HARD_FAULT && this.#isRepeated(fault)) {
      crash(withCause(fault, 'its handler returns to the same instruction again and again'))
      return
    }
    this.#forget(exception)
    this.#handling.push({ exception, fault, since: scheduler.now })
    if (!this.#look.isSet) this.#look.at(scheduler.now + LONGEST_STAY)
  }

  returned(exception: number): void {
    this.#forget(exception)
    if (this.#handling.length === 0) this.#look.cancel()
  }

  /** What began after it is over too: handlers end in turn, or by a write to SHCSR. */
  #forget(exception: number): void {
    const first = this.#handling.findIndex((one) => one.exception === exception)
    if (first >= 0) this.#handling.splice(first)
  }

  /** BKPT, without a debugger: the end of a fault's handler, and a HardFault if there is one. @returns whether it stops */
  stopsAtBreakpoint(): boolean {
    const { cpu, crash } = this.parts
    if (cpu.exceptions.nvic.isEnabled(DEBUG_MONITOR)) return false
    const fault = this.underWay
    if (fault) crash(withCause(fault, 'its handler stopped at a BKPT'))
    return fault !== undefined || isDefaultHandler(cpu.core.decoder, this.#vector(HARD_FAULT))
  }

  lockedUp(reason: string): MachineFault {
    const fault = this.underWay ?? this.parts.fault()
    return { ...fault, causes: [...fault.causes, `Lockup: ${reason}`] }
  }

  /** A byte of the console: a handler that prints is at work. */
  printed(): void {
    this.#printed = this.parts.scheduler.now
  }

  /** The chip has been reset, by a handler perhaps. */
  reset(): void {
    const fault = this.underWay
    if (fault) this.parts.handled(fault, 'whose handler let the chip be reset')
    this.#handling.length = 0
    this.#look.cancel()
  }

  #vector(exception: number): number {
    const { cpu } = this.parts
    try {
      return (cpu.readMemory((cpu.exceptions.vectorTable + 4 * exception) >>> 0, 4) & ~1) >>> 0
    } catch {
      return 0xffff_fffe
    }
  }

  #isRepeated(fault: MachineFault): boolean {
    const state = fault.registers.join()
    this.#repeats = state === this.#last ? this.#repeats + 1 : 0
    this.#last = state
    return this.#repeats >= MOST_REPEATS
  }

  #lookAgain(): void {
    const { nvic } = this.parts.cpu.exceptions
    const oldest = this.#handling.find(({ exception }) => nvic.isActive(exception))
    if (!oldest) return
    const ends = Math.max(oldest.since, this.#printed) + LONGEST_STAY
    if (this.parts.scheduler.now < ends) this.#look.at(ends)
    else this.parts.crash(withCause(oldest.fault, 'its handler did not come back'))
  }
}

const withCause = (fault: MachineFault, cause: string): MachineFault => ({
  ...fault,
  causes: [...fault.causes, cause],
})
