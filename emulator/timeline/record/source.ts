import type { Cycles } from '../../cpu/bus.ts'
import type { Timeline } from '../timeline.ts'

/** What all that records has. */
export interface RecordingContext {
  readonly timeline: Timeline
  /** The present as hardware sees it: a call that comes late happens when it was due. */
  readonly now: Cycles
  /** Nothing more happens before it. */
  readonly settledUntil: Cycles
}
