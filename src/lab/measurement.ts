/**
 * The leaves of the lab. A measurement is described by data alone, so that it can be cached by content, made in
 * another thread and dealt out to other machines; its result is data as well, without anything of the machine.
 */
import type { InputVariant } from '../model/data/windows.ts'
import type { Outcome } from '../model/evaluate.ts'
import type { Variant } from '../model/experiment.ts'
import type { NotCounted } from '../../runs/tflite/macs.ts'
import type { ResolverApi } from '../../runs/tflite/registration.ts'
import type { Configuration, MeasuredDevice } from '../../runs/lab-report/lab-report.ts'

/** Which network, trained on what. The dataset itself is the context's. */
export interface TrainedModel {
  readonly from: 'training'
  readonly architecture: string
  readonly input: InputVariant
  readonly seed: number
  /** Of training; fitDefaults' unless said: the smallest dense nets need more. */
  readonly epochs?: number
  readonly variant: Variant
}

/** A .tflite given by the user: as it is, or requantised or pruned. */
export interface GivenModel {
  readonly from: 'file'
  readonly sha256: string
  /** Of the file as it is. */
  readonly precision: 'float32' | 'int8'
  readonly variant: Variant | null
}

/** micro_speech of TFLM, in int8; or with half of its mel bins. */
export interface StockModel {
  readonly from: 'stock'
  readonly name: 'micro_speech' | 'micro_speech-half-mel'
}

export type ModelSource = TrainedModel | GivenModel | StockModel

/** A variant of a network, trained on all folds but one and tested on that one. */
export interface FoldMeasurement {
  readonly kind: 'fold'
  readonly architecture: string
  readonly input: InputVariant
  readonly seed: number
  /** As in TrainedModel. */
  readonly epochs?: number
  readonly fold: number
  readonly folds: number
  readonly variant: Variant
}

export interface FoldResult {
  readonly outcomes: readonly Outcome[]
}

/** The user's model on all of the user's recordings. */
export interface GivenAccuracyMeasurement {
  readonly kind: 'given-accuracy'
  readonly model: GivenModel
}

/** The file that a source gives, trained on the dataset's training split. */
export interface ModelMeasurement {
  readonly kind: 'model'
  readonly model: ModelSource
}

export interface ModelResult {
  readonly base64: string
  readonly sha256: string
  readonly bytes: number
  /** Deflated, level 9. */
  readonly compressedBytes: number
  readonly parameters: number
  readonly weightBytes: number
  readonly macs: number
  /** What these leave out. */
  readonly macsNotCounted: readonly NotCounted[]
  /** Share of weights that are zero. */
  readonly sparsity: number
  readonly operators: readonly {
    readonly type: string
    readonly version: number
    readonly macs: number | null
  }[]
  readonly registration: Readonly<Record<ResolverApi, string>>
  /** On the held-out split; [] for models that have none. */
  readonly outcomes: readonly Outcome[]
}

/** Our firmware with this model, run on the board. */
export interface DeviceMeasurement extends MeasuredDevice {
  readonly model: ModelSource
}

/** What a configuration of this lab was measured as. */
export const measuredAs = ({ device }: Configuration): DeviceMeasurement | undefined =>
  device as DeviceMeasurement | undefined

export interface DeviceResult {
  readonly firmwareSha256: string
  readonly flashBytes: number
  /** Without arena and stack. */
  readonly staticRamBytes: number
  /** The smallest arena with which the model runs, found by search. */
  readonly arenaBytes: number
  readonly stackBytes: number
  /** Code and constants in flash by symbol, dearest first, all of them. */
  readonly symbols: readonly { readonly name: string; readonly bytes: number }[]
  /** By phase; medians. Interval: open timing parameters. */
  readonly phases: readonly Latency[]
  readonly inference: Latency
  readonly operators: readonly (Latency & {
    readonly index: string
    readonly type: string
    /** null where they are not counted. */
    readonly macs: number | null
  })[]
  /** Chip alone, of one window's preprocessing and inference, microjoules; interval: coefficients at their ends and timing, both; null without power. */
  readonly energy: { readonly microjoules: number; readonly interval: readonly [number, number] } | null
  /** Inputs whose output was compared with ours bit for bit, and how many were the same (int8), or within tolerance. */
  readonly compared: { readonly inputs: number; readonly same: number }
}

export interface Latency {
  readonly name: string
  readonly cycles: number
  readonly interval: readonly [lowest: number, highest: number]
  /**
   * Cycles at each other setting of the open timing parameters that was run: the same settings in the same order in
   * every result of a lab, so that a ratio of two can be taken at each, where both sides move alike.
   */
  readonly settings: readonly number[]
}

/** One of the apps of `boardless power`, for so many simulated seconds. */
export interface ScenarioMeasurement {
  readonly kind: 'scenario'
  readonly app: 'gesture-continuous' | 'gesture-5hz' | 'gesture-motion' | 'keyword' | 'keyword-gated'
  readonly seconds: number
}

export interface ScenarioResult {
  readonly boardMilliamps: readonly [value: number, lowest: number, highest: number]
  readonly chipMilliamps: readonly [value: number, lowest: number, highest: number]
  readonly cpuMilliamps: readonly [value: number, lowest: number, highest: number]
  readonly awakeShare: number
  readonly batteryHours: readonly [value: number, lowest: number, highest: number]
  readonly cell: string
  /** By part, dearest first, board. */
  readonly parts: readonly { readonly name: string; readonly milliamps: number }[]
}

export type Measurement =
  FoldMeasurement | GivenAccuracyMeasurement | ModelMeasurement | DeviceMeasurement | ScenarioMeasurement

interface Results {
  readonly fold: FoldResult
  readonly 'given-accuracy': FoldResult
  readonly model: ModelResult
  readonly device: DeviceResult
  readonly scenario: ScenarioResult
}

export type ResultOf<M extends Measurement> = Results[M['kind']]

/** What a finished measurement gave. Throws where the plan did not ask for it. */
export type Lookup = <M extends Measurement>(measurement: M) => ResultOf<M>
