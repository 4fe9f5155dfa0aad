/** What is to be optimised: our gesture model on our recordings, or what the user gives. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { NANO_33_BLE_SENSE } from '../../emulator/boards/nano33blesense.ts'
import { pipelineTiming, timingModelName } from '../../emulator/cpu/timing/timing.ts'
import { UserError } from '../../runs/errors.ts'
import { checkShape, type LoadOptions } from '../model/data/load-dataset.ts'
import type { Dataset } from '../model/data/windows.ts'
import { readModel } from '../../runs/tflite/read.ts'
import { readInput } from '../read-input.ts'
import type { ColumnChoice } from '../../runs/sensor-log/choices.ts'
import { findCompiler, targetFlags } from '../toolchain/compile/compiler.ts'
import { loadModel } from '../toolchain/generate/generate.ts'
import type { GestureMetadata } from '../toolchain/generate/metadata.ts'
import { versions } from '../toolchain/sources/packages.ts'
import { tolerances } from '../../runs/verdict.ts'
import { shellWord } from '../../runs/lab-report/format.ts'
import { keyOf } from './keys.ts'
import type { LabHeader } from '../../runs/lab-report/lab-report.ts'
import type { GivenFile } from './make/bench.ts'
import { settingsSentence } from './make/settings.ts'
import { checkFolds, inputsOf, ownRecordings, userRecordings, type Wanted } from './recordings.ts'
import { sensingSentence } from './sensing.ts'
import type { LabContext } from './technique.ts'

export interface LabChoices {
  readonly model?: string
  readonly data?: string
  readonly labels?: string
  /** Samples of a window; longer recordings are cut. */
  readonly window?: number
  /** Of all recordings, where their titles do not say. */
  readonly columns?: readonly ColumnChoice[]
  /** Samples a second of all recordings, in place of their time. */
  readonly rate?: number
  readonly onNotes?: LoadOptions['onNotes']
  readonly quick?: boolean
  readonly seeds?: number
  readonly folds?: number
}

export interface LabSetting {
  readonly context: LabContext
  readonly given: GivenFile | null
}

/** Two seeds tell next to nothing of what differs between them: Student's t of one degree of freedom is 12.7. */
const defaults = { folds: 5, seeds: 3 } as const
const quick = { folds: 2, seeds: 1 } as const

/**
 * Reads everything that is measured on, and says what is wrong with it before anything is.
 * @param recordings our own, CSV; used unless `data` says otherwise
 */
export async function labSetting(choices: LabChoices, recordings: string): Promise<LabSetting> {
  const given = choices.model === undefined ? null : await loadGiven(choices.model)
  const { folds, seeds } = { ...(choices.quick === true ? quick : defaults), ...defined(choices) }
  if (folds < 2) throw new UserError('--folds: cross-validation needs two folds or more')
  if (seeds < 1) throw new UserError('--seeds: at least one')
  if (choices.labels !== undefined && choices.data === undefined)
    throw new UserError('--labels is the table of labels of --data FOLDER: give both')
  const { data, labels, window, columns, rate, onNotes } = choices
  if ((columns ?? rate) !== undefined && data === undefined)
    throw new UserError('--columns and --rate are of the recordings of --data FOLDER: give both')
  if (window !== undefined && data === undefined)
    throw new UserError('--window cuts the recordings of --data FOLDER: give both')
  if (window !== undefined && window < 2) throw new UserError('--window: two samples or more')
  const dataset =
    data === undefined
      ? await ownRecordings(recordings)
      : await userRecordings({ data, labels, window, folds, onNotes, log: { columns, rateHz: rate } }, given)
  if (given !== null) checkGiven(given, dataset, data !== undefined)
  checkFolds(dataset, folds)
  const list = Array.from({ length: seeds }, (_, index) => index + 1)
  const name = choices.data === undefined ? 'traces/basic-motions' : basename(choices.data)
  const context: LabContext = {
    dataset,
    given: given && { from: 'file', sha256: given.file.sha256, precision: given.precision, variant: null },
    ...(given && { normalisation: given.file.normalisation }),
    folds,
    seeds: list,
    quick: choices.quick === true,
    command: commandOf(choices),
    header: await headerOf(dataset, name, sensingSentence(dataset, given !== null), {
      folds,
      seeds: list,
      quick: choices.quick === true,
    }),
  }
  return { context, given: given?.file ?? null }
}

const defined = ({ folds, seeds }: LabChoices): { folds?: number; seeds?: number } => ({
  ...(folds !== undefined && { folds }),
  ...(seeds !== undefined && { seeds }),
})

/** As it can be typed again; paths are the user's own words. */
function commandOf(choices: LabChoices): string {
  const { model, data, labels, window, rate, quick: isQuick, folds, seeds } = choices
  const columns = choices.columns?.map(({ as, of }) => `${as}=${of}`).join(',')
  const named = Object.entries({ model, data, labels, columns, rate, window, folds, seeds }).flatMap(
    ([name, value]) => (value === undefined ? [] : [`--${name} ${shellWord(String(value))}`]),
  )
  return ['boardless lab', ...named, ...(isQuick === true ? ['--quick'] : [])].join(' ')
}

interface Given extends Wanted {
  readonly file: GivenFile
  readonly precision: 'float32' | 'int8'
}

/** @throws UserError for a file that is no model, or one that cannot run or cannot be compared */
async function loadGiven(path: string): Promise<Given> {
  const bytes = await readInput(path, 'a .tflite file')
  const model = readModel(bytes, path)
  await loadModel(path, 'mutable') // throws for operators that this TFLM has not
  if (model.inputs.length !== 1 || model.outputs.length !== 1)
    throw new UserError(
      `${path}: ${model.inputs.length} inputs and ${model.outputs.length} outputs; the lab takes classifiers of one each`,
    )
  const types = [...model.inputs, ...model.outputs].map((index) => model.tensors[index]?.type ?? '')
  const odd = types.find((type) => type !== 'INT8' && type !== 'FLOAT32')
  if (odd !== undefined)
    throw new UserError(
      `${path}: its input or output is ${odd}; the lab takes int8 and float32: convert it so`,
    )
  const metadata = await metadataBeside(path)
  const normalisation = metadata === undefined ? null : { mean: metadata.mean, std: metadata.std }
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const precision = model.tensors.some(({ type }) => type === 'INT8') ? 'int8' : 'float32'
  return {
    file: { name: path, bytes: new Uint8Array(bytes), sha256, normalisation },
    name: path,
    model,
    precision,
    metadata,
  }
}

async function metadataBeside(path: string): Promise<GestureMetadata | undefined> {
  const file = join(dirname(path), 'metadata.json')
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const { parseMetadata } = await import('../toolchain/generate/metadata.ts')
  return parseMetadata(text, file)
}

function checkGiven({ name, model, metadata }: Given, dataset: Dataset, own: boolean): void {
  const classes = model.tensors[model.outputs[0] ?? -1]?.shape.at(-1) ?? 0
  const inputs = inputsOf(model)
  if (!own && (inputs !== dataset.samples * dataset.channels.length || classes !== dataset.labels.length)) {
    throw new UserError(
      `${name}: takes ${inputs} values and tells ${classes} classes apart, which our gesture recordings do not fit: give recordings of yours with --data FOLDER`,
    )
  }
  checkShape(dataset, name, inputs, classes)
  const unknown = metadata?.labels.find((label) => !dataset.labels.includes(label))
  if (unknown !== undefined) {
    throw new UserError(
      `${name}: metadata.json names the label "${unknown}"; the recordings have ${dataset.labels.join(', ')}` +
        (own ? '' : ': give recordings of yours with --data FOLDER'),
    )
  }
}

async function headerOf(
  dataset: Dataset,
  name: string,
  sensing: string,
  { folds, seeds, quick: isQuick }: Pick<LabHeader, 'folds' | 'seeds' | 'quick'>,
): Promise<LabHeader> {
  const compiler = await findCompiler()
  const { profile, ...parameters } = pipelineTiming
  return {
    board: NANO_33_BLE_SENSE.name,
    chip: NANO_33_BLE_SENSE.chip,
    clockHz: 64_000_000,
    timingModel: timingModelName[profile],
    timingParameters: parameters,
    compiler: compiler.name,
    compilerFlags: [...targetFlags, '-g', '-ffunction-sections', '-fdata-sections'].join(' '),
    libraries: libraries(),
    sensing,
    dataset: {
      name,
      sha256: datasetKey(dataset),
      labels: dataset.labels,
      channels: dataset.channels,
      samples: dataset.samples,
      recordings: new Set(dataset.recordings.map(({ id }) => id)).size,
    },
    folds,
    seeds,
    quick: isQuick,
    intervals: [
      'Accuracy: 95 %, Wilson’s score interval with recordings as the cases, for windows of one recording are alike, and ' +
        'what differs between seeds added (one seed: nothing is said of others). Every test recording is seen at ten ' +
        'circular shifts, an even step each: more windows, not more recordings.',
      'Differences of accuracy: 95 %, paired by recording and seed, over both; two recordings that nobody has seen are ' +
        'added, one that gains and one that loses (Bonett, Price 2012): none seen in 60 still leaves some 5 points either way.',
      settingsSentence,
      'Current: every coefficient at its lower, or at its upper end at once. Energy: the lower ones at the timing that takes ' +
        'the least, the upper ones at the one that takes the most.',
      'Bytes: exact.',
      tolerances,
    ],
  }
}

const datasetKey = (dataset: Dataset): string => keyOf(dataset)

const libraries = (): readonly string[] => [
  `TensorFlow Lite Micro ${versions.tflm}`,
  `CMSIS-NN ${versions.cmsisNn}`,
  `CMSIS-DSP ${versions.cmsisDsp}`,
  'TensorFlow.js 4.22.0',
]
