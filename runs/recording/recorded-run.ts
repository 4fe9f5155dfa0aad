import { SnapshotKeeper } from '../../emulator/snapshot/keeper.ts'
import { Recorder } from '../../emulator/timeline/record/recorder.ts'
import { Timeline } from '../../emulator/timeline/timeline.ts'
import { CYCLES_PER_SECOND } from '../../emulator/time/ratio-clock.ts'
import type { Machine } from '../../emulator/machine.ts'
import type { RunReport } from '../report/run-report.ts'
import type { RunListeners, RunSnapshot } from '../simulation/observe-options.ts'
import type { Given } from './given.ts'
import type { Mark } from './marks.ts'
import type { ReplayPart } from './parts.ts'

/** A run that is over, with all that it takes to go through it and, unless that was left out, to make it again. */
export interface RecordedRun {
  readonly report: RunReport
  readonly timeline: Timeline
  readonly snapshots: Snapshots
  /** Names that were given to moments and stretches of it. */
  readonly marks: readonly Mark[]
  has(part: ReplayPart): boolean
  /** What it was given; undefined where that was left out. */
  readonly given: Given | undefined
  /** undefined where it was left out. */
  readonly firmware: Firmware | undefined
}

export interface Firmware {
  readonly file: string
  readonly bytes: Uint8Array
}

/** In the order of time. */
export interface Snapshots {
  readonly cycles: readonly number[]
  /** The last one at or before a cycle. */
  nearest(cycle: number): RunSnapshot | undefined
}

/** As it comes from a run. */
export type RunToWrite = Omit<RecordedRun, 'snapshots' | 'has' | 'marks'> & {
  readonly snapshots: readonly RunSnapshot[]
}

const SNAPSHOTS = { every: CYCLES_PER_SECOND, budgetBytes: 256 * 2 ** 20 }

export const newKeeper = (): SnapshotKeeper<RunSnapshot> => new SnapshotKeeper<RunSnapshot>(SNAPSHOTS)

/** Records what a run does on a timeline. @returns what to hand to the run, and the recorder once it has begun */
export function recording(timeline?: (now: number) => Timeline): {
  readonly attach: (machine: Machine) => RunListeners
  readonly recorder: () => Recorder
} {
  let recorder: Recorder | undefined
  return {
    attach: (machine) => {
      const made = new Recorder(machine, timeline?.(machine.now))
      recorder = made
      return {
        phases: made.phases,
        operators: made.operators,
        section: {
          stateVersion: 1,
          save: () => made.save(),
          restore: (saved: Parameters<Recorder['restore']>[0]) => made.restore(saved),
        },
      }
    },
    recorder: () => {
      if (!recorder) throw new Error('the run has not begun')
      return recorder
    },
  }
}
