import type { Normalisation } from '../model/data/dataset.ts'
import type { Dataset } from '../model/data/windows.ts'
import type {
  Configuration,
  LabHeader,
  TechniqueId,
  TechniqueReport,
} from '../../runs/lab-report/lab-report.ts'
import type { GivenModel, Lookup, Measurement } from './measurement.ts'

/** What is to be optimised, and how thoroughly. */
export interface LabContext {
  readonly dataset: Dataset
  /** The user's own model; null: ours is trained. */
  readonly given: GivenModel | null
  /** Of the user's own model, by the metadata.json beside it; left out or null: values go in as they were recorded. */
  readonly normalisation?: Normalisation | null
  readonly folds: number
  readonly seeds: readonly number[]
  readonly quick: boolean
  /** "boardless lab", with --model, --data, --quick as they were given. */
  readonly command: string
  readonly header: LabHeader
}

/** One row: what it needs measured, and what it makes of the results. Pure. */
export interface Technique {
  readonly id: TechniqueId
  readonly row: number
  readonly title: string
  /** null: applies; otherwise why it does not apply to the user's model, shown in the table. */
  applies(context: LabContext): string | null
  plan(context: LabContext): readonly Measurement[]
  assemble(context: LabContext, result: Lookup): TechniqueReport
  /** Complete configurations that the row has measured, for the frontier. */
  configurations(context: LabContext, result: Lookup): readonly Omit<Configuration, 'frontier'>[]
}
