/** A model of the user's in the app `infer`: inputs from a file, outputs to one; and the metadata that gesture apps want. */
import { readFile } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { ExitCode, UserError } from '../../runs/errors.ts'
import { readModel } from '../../runs/tflite/read.ts'
import { readInput } from '../read-input.ts'
import { renderOutputs } from '../../runs/report/show/outputs.ts'
import type { RunReport } from '../../runs/report/run-report.ts'
import type { Style } from '../../runs/report/show/style.ts'
import type { WindowFacts } from '../running/given-inputs.ts'
import type { GivenInputs } from '../running/inferences.ts'
import {
  endsOf,
  namesOf,
  outputBytes,
  outputFile,
  outputFormats,
  partConsole,
  predictionOf,
  valuesOf,
  type Ends,
  type Outputs,
} from '../running/inferences.ts'
import { appTable } from '../toolchain/apps/app-table.ts'
import { metadataTemplate, parseLabels, parseMetadata } from '../toolchain/generate/metadata.ts'
import type { ColumnChoice } from '../../runs/sensor-log/choices.ts'
import { writeWhole } from '../write-whole.ts'
import { writeOutput } from './output.ts'

export interface OwnModelOptions {
  readonly model?: string
  readonly stdin?: string
  readonly for?: number
  readonly columns?: readonly ColumnChoice[]
  readonly rate?: number
  readonly inputs?: string
  readonly outputs?: string
  readonly labels?: string
  readonly metadataTemplate?: string
}

/** A simulated day: inputs end a run, not time. */
const longestSeconds = 86_400

/** Inferences on inputs of the user's, while they are made. */
export class Inferences {
  readonly #console: number[] = []
  readonly #options: OwnModelOptions
  readonly #ends: Ends
  readonly #given: GivenInputs | undefined
  readonly #labels: readonly string[] | null

  private constructor(
    options: OwnModelOptions,
    ends: Ends,
    given: GivenInputs | undefined,
    labels: readonly string[] | null,
  ) {
    this.#options = options
    this.#ends = ends
    this.#given = given
    this.#labels = labels
  }

  /** undefined where nothing is asked for. @throws UserError before anything is built */
  static async prepare(firmware: string, options: OwnModelOptions): Promise<Inferences | undefined> {
    const { inputs, outputs, labels, model, stdin } = options
    const asked = Object.entries({ inputs, outputs, labels }).find(([, value]) => value !== undefined)
    if (asked === undefined) {
      if (firmware === 'infer' && stdin === undefined)
        throw new UserError('infer: nothing to infer from. Give --inputs FILE: a CSV, .npy or recording.')
      return undefined
    }
    if (firmware !== 'infer')
      throw new UserError(
        `--${asked[0]} is for the app infer, which runs a model on inputs of yours: run infer --model FILE --inputs FILE`,
      )
    if (model === undefined) throw new UserError(`--${asked[0]}: whose? Give --model FILE.`)
    if (inputs !== undefined && stdin !== undefined)
      throw new UserError('--inputs and --stdin are both what the model is given; give one of them')
    if (inputs === undefined && stdin === undefined)
      throw new UserError(
        '--inputs FILE is missing: what is the model to be given? A CSV, .npy or recording.',
      )
    if (outputs !== undefined && !outputFormats.some((one) => one === extname(outputs)))
      throw new UserError(`--outputs ${outputs}: give a name that ends in ${outputFormats.join(' or ')}`)
    const ends = endsOf(readModel(await readInput(model, 'a .tflite file'), model), model)
    const beside = await metadataBeside(model)
    const wanted = ends.outputs.length === 1 ? (ends.outputs[0]?.elements ?? 0) : 0
    const named =
      labels === undefined
        ? beside.labels
        : parseLabels((await readInput(labels, 'labels')).toString(), labels)
    if (labels !== undefined && named?.length !== wanted)
      throw new UserError(
        `${labels}: ${named?.length ?? 0} labels; the model’s output has ${wanted} elements`,
      )
    const given =
      inputs === undefined
        ? undefined
        : await (
            await import('../running/given-inputs.ts')
          ).readInputs(inputs, ends, beside.window, {
            columns: options.columns,
            rateHz: options.rate,
          })
    return new Inferences(options, ends, given, named?.length === wanted ? named : null)
  }

  get stdin(): Uint8Array | undefined {
    return this.#given?.bytes
  }

  get seconds(): number {
    return this.#options.for ?? longestSeconds
  }

  /** Of the firmware’s console, the text goes on; outputs, which are raw bytes behind it, are kept. */
  texts(forward: ((byte: number) => void) | undefined): (byte: number) => void {
    let done = false
    return (byte) => {
      this.#console.push(byte)
      if (done) return
      forward?.(byte)
      done = byte === 10 && partConsole(Uint8Array.from(this.#console)).outputs !== undefined
    }
  }

  /** The report with predictions and without the raw bytes; nothing else where the firmware did not end well. */
  finish(ran: RunReport): { readonly report: RunReport; readonly outputs: Outputs | undefined } {
    const { text, outputs: bytes } = partConsole(Uint8Array.from(this.#console))
    const size = outputBytes(this.#ends)
    if (bytes === undefined || ran.run.stop === 'interrupted') return { report: ran, outputs: undefined }
    const report = {
      ...ran,
      console: { text, droppedBytes: 0 },
      problems: [...ran.problems, ...this.#noticed()],
    }
    if (ran.run.gaveUp !== null || ran.run.stop !== 'exit') {
      const isTime = ran.run.stop === 'time' && this.#given !== undefined
      if (isTime)
        throw new UserError(
          `infer: ${Math.floor(bytes.length / size)} of ${this.#given.count} inferences when time was over; --for gives more`,
          ExitCode.budgetFailed,
        )
      return { report: ran, outputs: undefined }
    }
    const outputs: Outputs = {
      ends: this.#ends,
      labels: this.#labels,
      expected: this.#given?.expected ?? null,
      spanning: this.#given?.spanning ?? new Set(),
      count: size === 0 ? 0 : Math.floor(bytes.length / size),
      bytes: bytes.subarray(0, size === 0 ? 0 : Math.floor(bytes.length / size) * size),
    }
    return { report: { ...report, predictions: predictionsOf(outputs) }, outputs }
  }

  #noticed(): RunReport['problems'] {
    const { inputs = '' } = this.#options
    const notes = this.#given?.notes ?? []
    return notes.map(({ message }) => ({
      message: `${basename(inputs)}: ${message}`,
      firstCycle: 0,
      count: 1,
    }))
  }

  async write(outputs: Outputs): Promise<void> {
    const { outputs: file } = this.#options
    if (file === undefined) return
    const content = outputFile(outputs, file)
    await (typeof content === 'string' ? writeOutput(file, content) : writeWhole(file, content))
  }

  render(outputs: Outputs, style: Style): string {
    return renderOutputs(
      {
        count: outputs.count,
        names: namesOf(outputs),
        rows: Array.from({ length: Math.min(outputs.count, 20) }, (_, index) => ({
          values: valuesOf(outputs, index),
          prediction: predictionOf(outputs, index)?.label ?? null,
          expected: outputs.expected?.[index] ?? null,
        })),
        file: this.#options.outputs ?? null,
      },
      style,
    )
  }
}

/** What is said of a recording is of --inputs, and not of one that the board feels. */
export const boardChoices = <T extends object>(own: Inferences | undefined, options: T): T =>
  own === undefined
    ? options
    : (Object.fromEntries(
        Object.entries(options).filter(([name]) => name !== 'columns' && name !== 'rate'),
      ) as T)

const mostWindows = 10_000

function predictionsOf(outputs: Outputs): RunReport['predictions'] {
  const all = Array.from({ length: outputs.count }, (_, index) => predictionOf(outputs, index))
  if (all.length === 0 || all.some((one) => one === null)) return null
  const expected = all.map((_, index) => outputs.expected?.[index] ?? null)
  const labelled = expected.filter((one) => one !== null).length
  const correct = all.filter(
    (one, index) => expected[index] !== null && one?.label === expected[index],
  ).length
  return {
    total: all.length,
    labelled,
    spanning: outputs.spanning.size,
    correct: labelled === 0 ? null : correct,
    windows: all.slice(0, mostWindows).map((one, index) => ({
      label: one?.label ?? '',
      probability: one !== null && one.value >= 0 && one.value <= 1 ? one.value : null,
      expected: expected[index] ?? null,
      spansLabels: outputs.spanning.has(index),
    })),
  }
}

/** Labels, and what a window is, of the metadata.json beside a model; a file that is something else says nothing. */
async function metadataBeside(
  model: string,
): Promise<{ readonly labels: readonly string[] | null; readonly window?: WindowFacts }> {
  const path = join(dirname(model), 'metadata.json')
  const content = await readFile(path, 'utf8').catch(() => undefined)
  if (content === undefined) return { labels: null }
  try {
    const metadata = parseMetadata(content, path)
    return { labels: metadata.labels, window: metadata }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    try {
      return { labels: parseLabels(content, path) }
    } catch {
      return { labels: null }
    }
  }
}

/** Writes the metadata.json that a gesture app wants of a model, to be filled in. @returns what to say */
export async function writeTemplate(app: string, options: OwnModelOptions): Promise<string> {
  const { metadataTemplate: file = '', model } = options
  if (appTable[app]?.model !== 'gesture')
    throw new UserError(`--metadata-template is for the gesture apps; ${app} takes no metadata`)
  if (model === undefined || model === 'int8' || model === 'float32')
    throw new UserError('--metadata-template: of which model? Give --model FILE.')
  const template = metadataTemplate(readModel(await readInput(model, 'a .tflite file'), model), model)
  const there = await readFile(file).then(
    () => true,
    () => false,
  )
  if (there) throw new UserError(`--metadata-template ${file}: is there already, and is not overwritten`)
  await writeWhole(file, `${JSON.stringify(template, undefined, 2)}\n`)
  const place = join(dirname(model), 'metadata.json')
  return `${file}: written. Fill in labels, mean and std of each channel, and sampleRateHz; it belongs at ${place}.\n`
}
