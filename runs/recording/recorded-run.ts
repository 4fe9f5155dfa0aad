import { SnapshotKeeper } from '../../emulator/snapshot/keeper.ts'
import { Recorder } from '../../emulator/timeline/record/recorder.ts'
import { Timeline } from '../../emulator/timeline/timeline.ts'
import { CYCLES_PER_SECOND } from '../../emulator/time/ratio-clock.ts'
import type { Machine } from '../../emulator/machine.ts'
import { shortName } from '../image/demangle.ts'
import type { FunctionRange } from '../image/symbols.ts'
import { UNKNOWN_CODE } from '../report/parts/calls.ts'
import type { RunReport } from '../report/run-report.ts'
import type { RunListeners, RunSnapshot, WatchedCalls } from '../simulation/observe-options.ts'
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

/** Where the processor is always awake, a quarter of a second is 10 million instructions: run again in 50 to 100 ms. */
const SNAPSHOTS = { every: CYCLES_PER_SECOND / 4, budgetBytes: 256 * 2 ** 20 }

export const newKeeper = (): SnapshotKeeper<RunSnapshot> => new SnapshotKeeper<RunSnapshot>(SNAPSHOTS)

/** Hears of calls in place of the timeline's own recorder of them. */
export type CallWatcher = (recorder: Recorder, functions: readonly FunctionRange[]) => WatchedCalls

const nameOf = (range: FunctionRange | undefined): string => (range ? shortName(range.name) : UNKNOWN_CODE)

/** Records what a run does on a timeline. @param dma each transfer of EasyDMA, too @returns what to hand to the run, and the recorder once it has begun */
export function recording(
  timeline?: (now: number) => Timeline,
  watch?: CallWatcher,
  dma = false,
): {
  readonly attach: (machine: Machine) => RunListeners
  readonly recorder: () => Recorder
} {
  let recorder: Recorder | undefined
  return {
    attach: (machine) => {
      const made = new Recorder(machine, timeline?.(machine.now), { callsAnew: watch !== undefined, dma })
      recorder = made
      return {
        phases: made.phases,
        operators: made.operators,
        calls: (functions) => {
          if (watch) return watch(made, functions)
          made.functions.nameOf = (index) => nameOf(functions[index - 1])
          return { listener: made.functions }
        },
        section: {
          stateVersion: 2,
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
