/** Measurements that need no board: training, converting, classifying. */
import { architectureOf } from '../../model/architectures.ts'
import { varyInput, type Dataset, type InputVariant, type Split } from '../../model/data/windows.ts'
import { outcomesOf } from '../../model/evaluate.ts'
import { measureVariant, trainRun, type Cache, type Run, type TrainedRun } from '../../model/experiment.ts'
import { within, Store } from '../engine/store.ts'
import { keyOf } from '../keys.ts'
import type {
  FoldMeasurement,
  FoldResult,
  GivenAccuracyMeasurement,
  ModelMeasurement,
  ModelResult,
  TrainedModel,
} from '../measurement.ts'
import type { Bench } from './bench.ts'
import { describeFile } from './describe-model.ts'
import { classifyGiven, givenRun, givenWindows, stockModelBytes } from './given.ts'

type OnStep = (step: string) => void

export class Trainer {
  readonly #inputs = new Map<InputVariant, Dataset>()
  readonly #cache: Cache
  #latest: { readonly key: string; readonly run: Run; readonly trained: TrainedRun } | undefined

  constructor(readonly bench: Bench) {
    this.#cache = within(new Store(bench.folder), bench.fingerprints.training)
  }

  async fold(measurement: FoldMeasurement, onStep: OnStep): Promise<FoldResult> {
    const { fold, folds, variant } = measurement
    const { run, trained } = await this.#train(measurement, { kind: 'fold', fold, folds }, onStep)
    const { outcomes } = await measureVariant(run, trained, variant, ({ step, steps }) =>
      onStep(`${variant.name} ${step}/${steps}`),
    )
    return { outcomes }
  }

  async model({ model }: ModelMeasurement, onStep: OnStep): Promise<ModelResult> {
    if (model.from === 'stock') return describeFile(await stockModelBytes(model.name), [])
    const progress = ({ step, steps }: { step: number; steps: number }): void =>
      onStep(`${model.variant?.name ?? ''} ${step}/${steps}`)
    if (model.from === 'training') {
      const { run, trained } = await this.#train(model, { kind: 'heldout' }, onStep)
      const { bytes, outcomes } = await measureVariant(run, trained, model.variant, progress)
      return describeFile(bytes, outcomes)
    }
    const { given, dataset } = this.bench
    if (given === null) throw new Error('there is no model of the user')
    const heldOut = givenWindows(given, dataset).filter(({ split }) => split === 'heldout')
    if (model.variant === null) {
      const outcomes = heldOut.length === 0 ? [] : outcomesOf(classifyGiven(given), heldOut)
      return describeFile(given.bytes, outcomes, given.name)
    }
    const { run, trained } = givenRun(given, dataset, heldOut)
    const { bytes, outcomes } = await measureVariant(run, trained, model.variant, progress)
    return describeFile(bytes, outcomes)
  }

  async givenAccuracy({ model }: GivenAccuracyMeasurement, onStep: OnStep): Promise<FoldResult> {
    const { given, dataset } = this.bench
    if (given === null) throw new Error('there is no model of the user')
    const windows = givenWindows(given, dataset)
    if (model.variant === null) return { outcomes: outcomesOf(classifyGiven(given), windows) }
    const { run, trained } = givenRun(given, dataset, windows)
    const { outcomes } = await measureVariant(run, trained, model.variant, ({ step, steps }) =>
      onStep(`${step}/${steps}`),
    )
    return { outcomes }
  }

  /** The network of one split; the latest stays in memory. */
  async #train(
    wanted: Pick<TrainedModel, 'architecture' | 'input' | 'seed' | 'epochs'>,
    split: Split,
    onStep: OnStep,
  ): Promise<{ readonly run: Run; readonly trained: TrainedRun }> {
    const { input, seed, epochs } = wanted
    const key = keyOf({ architecture: wanted.architecture, input, seed, epochs, split })
    if (this.#latest?.key === key) return this.#latest
    const architecture = architectureOf(wanted.architecture)
    if (architecture === undefined) throw new Error(`there is no architecture ${wanted.architecture}`)
    const dataset = this.dataset(input)
    const run: Run = { dataset, architecture, split, seed, ...(epochs !== undefined && { epochs }) }
    const trained = await trainRun(run, this.#cache, ({ step, steps }) => onStep(`epoch ${step}/${steps}`))
    this.#latest = { key, run, trained }
    return this.#latest
  }

  dataset(input: InputVariant): Dataset {
    const dataset = this.#inputs.get(input) ?? varyInput(this.bench.dataset, input)
    this.#inputs.set(input, dataset)
    return dataset
  }
}
