/** What a recording is, whatever file it was read from. */
import type { LabelRuns } from '../../emulator/trace/labels.ts'
import type { LogChoices } from './choices.ts'

/** Something to know of a recording: nothing that was noticed is corrected without one. */
export interface Note {
  readonly message: string
  /** How many of it. */
  readonly count: number
  /** Of the file, of the first of them; 0 where it is of no line. */
  readonly line: number
}

export interface LogChannel {
  /** ax to mz, or the column's title for what no motion sensor feels. */
  readonly name: string
  /** g, dps or gauss, or empty where values are as they were recorded. */
  readonly unit: string
  /** As the file has it. */
  readonly title: string
  readonly values: Float64Array
}

export interface SensorLog {
  /** Such as CSV, or Edge Impulse JSON. */
  readonly format: string
  /** Of the whole file. */
  readonly sha256: string
  readonly channels: readonly LogChannel[]
  /** Seconds from the first sample; undefined where neither the file nor the user says. */
  readonly times: Float64Array | undefined
  /** By the usual step; null where there is no time, or one sample. */
  readonly sampleRateHz: number | null
  /** Of each sample. */
  readonly labels: LabelRuns | undefined
  /** Titles of columns that were not used. */
  readonly ignored: readonly string[]
  readonly notes: readonly Note[]
}

export interface LogOptions extends LogChoices {
  /** motion: what a motion sensor feels. all: every column of numbers. */
  readonly keep: 'motion' | 'all'
  readonly asRecorded?: boolean | undefined
  /** A recording without time is refused. */
  readonly needsTime?: boolean | undefined
  readonly onProgress?: ((fraction: number, step: string) => void) | undefined
}
