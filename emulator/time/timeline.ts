import { Alarm } from './alarm.ts'
import type { ScheduledEvent, Scheduler } from './scheduler.ts'

/**
 * The present as hardware sees it. A callback of the scheduler may run some cycles late, at an instruction
 * boundary; what it does, and what follows from it through shortcuts and PPI, still happens at the due cycle.
 */
export class Timeline {
  constructor(readonly scheduler: Scheduler) {}

  get now(): number {
    return this.scheduler.eventDue ?? this.scheduler.now
  }

  at(due: number, name: string, callback: () => void, priority = 0): ScheduledEvent {
    return this.scheduler.timed(due, name, callback, priority)
  }

  after(cycles: number, name: string, callback: () => void, priority = 0): ScheduledEvent {
    return this.at(this.now + cycles, name, callback, priority)
  }

  /** A call of hardware's: what it does happens at the cycle it was due at. */
  alarm(name: string, callback: () => void, priority = 0): Alarm {
    return new Alarm(this.scheduler, name, callback, { priority, timed: true })
  }

  cancel(event: ScheduledEvent | undefined): void {
    this.scheduler.cancel(event)
  }
}
