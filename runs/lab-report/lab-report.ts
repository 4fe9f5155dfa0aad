import type { Verdict } from '../verdict.ts'
import type { Preprocessing } from './preprocessing.ts'

export type { Verdict }

/**
 * The contract between the lab and everything that shows it; its schema is lab-schema.json. Nothing in it comes from
 * the machine it was made on: the same data, models and packages give the same bytes. What a desktop takes, and on
 * which machine, is a DesktopReport and lies beside it.
 */
export interface LabReport {
  readonly schemaVersion: 1
  readonly kind: 'lab'
  readonly tool: { readonly name: 'boardless'; readonly version: string }
  /** The whole command. */
  readonly command: string
  readonly header: LabHeader
  /** In the order of their rows. */
  readonly techniques: readonly TechniqueReport[]
  /** Whole configurations that were measured on the board, those on the frontier marked. */
  readonly configurations: readonly Configuration[]
  readonly recommendation: Recommendation | null
}

export interface LabHeader {
  readonly board: string
  readonly chip: string
  readonly clockHz: number
  readonly timingModel: string
  readonly timingParameters: Readonly<Record<string, number>>
  readonly compiler: string
  readonly compilerFlags: string
  readonly libraries: readonly string[]
  /** How windows come to the network on the board. */
  readonly sensing: string
  readonly dataset: {
    readonly name: string
    readonly sha256: string
    readonly labels: readonly string[]
    readonly channels: readonly string[]
    readonly samples: number
    readonly recordings: number
  }
  readonly folds: number
  readonly seeds: readonly number[]
  readonly quick: boolean
  /** What the intervals of each kind of figure cover, in sentences. */
  readonly intervals: readonly string[]
}

export type Unit = '' | 'us' | 'cycles' | 'B' | 'uJ' | 'uA' | 'mA' | '%' | 'points' | 'x' | 'cycles/MAC' | 'h'

/** A figure with what is known of its error: the ends of its interval, or null where the figure is exact. */
export interface Quantity {
  readonly value: number
  readonly unit: Unit
  readonly interval: readonly [lowest: number, highest: number] | null
}

export type TechniqueId =
  | 'baseline'
  | 'architecture'
  | 'ptq'
  | 'qat'
  | 'resolver'
  | 'cmsis-nn'
  | 'input-size'
  | 'separable'
  | 'pruning'
  | 'preprocessing'
  | 'power'

/** One row of the table. */
export interface TechniqueReport {
  readonly id: TechniqueId
  /** 1 to 11. */
  readonly row: number
  readonly title: string
  /** What changed between before and after. */
  readonly changed: string
  /** Reproduces this row alone. */
  readonly command: string
  readonly comparisons: readonly Comparison[]
  readonly claims: readonly Claim[]
  readonly tables: readonly DetailTable[]
  readonly charts: readonly Chart[]
  /** What a reader must know to trust it; what could not be done. */
  readonly notes: readonly string[]
}

/** One metric before and after. */
export interface Comparison {
  /** "dense-10000, float32 to int8". */
  readonly case: string
  /** "inference", "flash", "accuracy". */
  readonly metric: string
  readonly before: Quantity
  readonly after: Quantity
  /** before / after for what should be small; null where a difference says more (accuracy). */
  readonly ratio: Quantity | null
  /** after - before where that says more: accuracy in points, paired by recording. */
  readonly difference: Quantity | null
  /** Shown in the main table; the others are details. */
  readonly main: boolean
}

export interface Claim {
  readonly claim: string
  readonly source: string
  readonly ours: string
  readonly verdict: Verdict
  /** On what it depends, or why it does not simply hold; "" where it does. */
  readonly because: string
}

export interface DetailTable {
  readonly title: string
  readonly columns: readonly { readonly title: string; readonly number: boolean }[]
  readonly rows: readonly (readonly (string | number | Quantity | null)[])[]
}

/** Drawn by lab.html; the numbers are those of the tables. */
export interface Chart {
  readonly title: string
  readonly kind: 'bars' | 'points' | 'stacked-bars'
  readonly x: Axis
  readonly y: Axis
  readonly series: readonly {
    readonly name: string
    readonly points: readonly ChartPoint[]
    /** points: joined by a line in order of x. */
    readonly line?: boolean
  }[]
}

export interface Axis {
  readonly title: string
  readonly unit: Unit
  readonly scale: 'linear' | 'log' | 'category'
}

export interface ChartPoint {
  readonly x: number | string
  readonly y: number
  readonly interval?: readonly [number, number]
  readonly label?: string
}

/** Our firmware with a model, as it was built; which model, and how it was made, is the lab's own affair. */
export interface MeasuredDevice {
  readonly kind: 'device'
  readonly model: { readonly from: 'training' | 'file' | 'stock' }
  readonly app: 'gesture' | 'infer' | 'keyword'
  readonly kernels: 'reference' | 'cmsis-nn'
  readonly resolver: 'all' | 'mutable'
  readonly optimise: '-Os' | '-O2' | '-O3'
  readonly preprocessing: Preprocessing
}

/** Something one could ship: a model with its kernels and options, all of it measured. */
export interface Configuration {
  /** "dense-3000, int8, cmsis-nn, mutable, -O2". */
  readonly name: string
  /** What was built and run: the recommendation's command comes from it. */
  readonly device?: MeasuredDevice
  readonly accuracy: Quantity
  /** Preprocessing and inference of one window. */
  readonly latency: Quantity
  readonly inference: Quantity
  readonly flash: Quantity
  /** Static RAM with the arena as small as it may be, and the stack's high water. */
  readonly ram: Quantity
  /** Of one window's preprocessing and inference, the chip alone. */
  readonly energy: Quantity | null
  /** No other is at least as good in accuracy, latency, flash and RAM, and better in one. */
  readonly frontier: boolean
}

/** What a recommendation is to meet. */
export interface Criteria {
  /** Below the best accuracy measured. */
  readonly maxLossPoints: number
  readonly maxLatencyMicroseconds: number | null
}

export interface Recommendation {
  /** Name of a configuration. */
  readonly configuration: string
  readonly criteria: {
    /** Below the best accuracy measured, in points. */
    readonly accuracyLossPoints: number
    /** Most microseconds of preprocessing and inference; null: no limit. */
    readonly latencyMicroseconds: number | null
  }
  readonly reasons: readonly string[]
  /** The command that builds it, as typed in the folder of this report. */
  readonly command: string
}

/** Wall-clock figures of the machine that the lab ran on: never in LabReport. */
export interface DesktopReport {
  readonly schemaVersion: 1
  readonly kind: 'lab-desktop'
  readonly machine: {
    readonly processor: string
    readonly cores: number
    readonly memoryBytes: number
    readonly system: string
    readonly node: string
    readonly tensorflow: string
  }
  readonly inference: {
    readonly model: string
    readonly medianMicroseconds: number
    readonly minimumMicroseconds: number
    readonly maximumMicroseconds: number
    readonly runs: number
  }
  readonly lab: { readonly seconds: number; readonly measurements: number; readonly fromCache: number }
}
