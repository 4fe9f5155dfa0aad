import type { TimingParameters } from '../../emulator/cpu/timing/timing.ts'
import type { CodeProfile, Reasons } from '../../emulator/probes/functions.ts'
import type { TouchedRam } from '../../emulator/probes/memory.ts'
import type { InterpreterSummary } from '../../emulator/probes/operators.ts'
import type { PassageSummary } from '../../emulator/probes/passages.ts'
import type { PhaseSummary } from '../../emulator/probes/rounds.ts'
import type { ObservedCalls } from './parts/calls.ts'
import type { WatchedArena, WatchedInterpreter } from '../tflm/watch.ts'
import type { describeUnmodelled } from './parts/unmodelled.ts'
import type { PowerObservation } from './parts/power.ts'
import type {
  BoardReport,
  FaultReport,
  PhaseReport,
  RecordingReport,
  RunReport,
  RunSummary,
  TimingReport,
} from './run-report.ts'

export type ObservedInterpreter = InterpreterSummary & WatchedInterpreter

export interface ObservedArena extends Omit<WatchedArena, 'tables'> {
  /** Places in `interpreters`. */
  readonly interpreters: readonly number[]
}

/** Passages, with the reasons of their cycles together; empty where those were not counted. */
export type ObservedPassages = Omit<PassageSummary, 'reading'> & {
  readonly reasons: Readonly<Record<string, number>>
}

/** What a run has shown, before it is put in words: all that a report needs beside the firmware image. */
export interface Observation {
  readonly board: Omit<BoardReport, 'cacheOff'>
  readonly timing: TimingReport
  /** The parameters at the end, under the firmware's ACTLR. */
  readonly timingInForce: TimingParameters
  readonly run: Omit<RunSummary, 'seconds'>
  readonly phases: readonly (PhaseSummary & Pick<PhaseReport, 'source'>)[]
  readonly measures: readonly ObservedPassages[]
  /** Absent where they were not recorded. */
  readonly calls?: ObservedCalls
  readonly predictions: RunReport['predictions']
  readonly interpreters: readonly ObservedInterpreter[]
  readonly arenas: readonly ObservedArena[]
  /** Absent when the run was made without a profile. */
  readonly profile?: CodeProfile
  /** What the readings of interpreters mean, and the run's own reasons. Absent without a profile. */
  readonly reasons?: { readonly of: (reading: Float64Array) => Reasons; readonly run: Reasons }
  /** Ever written. */
  readonly touched: TouchedRam
  /** Written since `main` began; undefined where the firmware has no such symbol, or never got there. */
  readonly touchedSinceMain: TouchedRam | undefined
  readonly resets: RunReport['resets']
  readonly usb: RunReport['usb']
  readonly power: PowerObservation
  readonly console: RunReport['console']
  readonly interrupts: RunReport['interrupts']
  readonly unmodelled: Parameters<typeof describeUnmodelled>[0]
  /** The interpreter's loop has a name in the image. */
  readonly invokeLoopFound: boolean
  readonly problems: RunReport['problems']
  /** Samples outside the sensors' full scale, by channel. */
  readonly clippedSamples: Readonly<Record<string, number>>
  readonly fault: FaultReport | null
}

/** What the one who built the firmware knows of it. */
export interface BuildFacts {
  readonly app: string
  readonly kernels: string
  readonly resolver: string
  readonly compiler: string
  readonly compilerFlags: string
  readonly tflmVersion: string
  /** undefined where the build has none of ours in it. */
  readonly cmsisNnVersion: string | undefined
}

export type RecordingFacts = Omit<RecordingReport, 'clippedSamples'>
