/** What one's own model is given: a file of values, of an array, or of a recording, as the firmware reads it. */
import { stat } from 'node:fs/promises'
import { UserError } from '../../runs/errors.ts'
import { parseNumber, parseTable, toInput, type Normalisation } from '../model/data/dataset.ts'
import { numbersOf, readNpy } from '../model/data/npy.ts'
import { roundAwayFromZero } from '../model/infer/quantise.ts'
import { elementCount } from '../../runs/tflite/schema.ts'
import { readInput } from '../read-input.ts'
import type { LogChoices } from '../../runs/sensor-log/choices.ts'
import type { SensorLog } from '../../runs/sensor-log/log.ts'
import { loadSensorLog } from '../files/sensor-log.ts'
import { bytesOf, elementsOf, type End, type Ends, type GivenInputs } from './inferences.ts'

/** What metadata.json says of a window, where there is one. */
export type WindowFacts = Normalisation & { readonly channels: readonly string[] }

/** @throws UserError that says what was found and what the model takes */
export async function readInputs(
  path: string,
  { inputs }: Ends,
  window?: WindowFacts,
  log: LogChoices = {},
): Promise<GivenInputs> {
  const elements = elementsOf(inputs)
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
  const content = isFolder ? undefined : await readInput(path, 'inputs: CSV, .npy or a recording')
  if (content !== undefined && path.endsWith('.npy')) return inputsOfNumpy(content, path, inputs)
  const rows = content && rowsOf(new TextDecoder().decode(content), path, elements)
  const { values, ...of } =
    rows ?? windowsOf(await loadSensorLog(path, { ...log, keep: 'all' }), path, elements, window)
  return { bytes: stored(values, inputs), count: values.length / elements, ...of }
}

function inputsOfNumpy(content: Uint8Array, path: string, inputs: readonly End[]): GivenInputs {
  const array = readNpy(content, path)
  const elements = elementsOf(inputs)
  const values = numbersOf(array)
  const [first = 0, ...rest] = array.shape
  const isOne = values.length === elements
  if (values.length === 0 || (!isOne && elementCount(rest) !== elements))
    throw new UserError(
      `${path}: an array of shape (${array.shape.join(', ')}); the model takes ${shapesOf(inputs)}: give (${elements},) or (number of inputs, ${elements})`,
    )
  const count = isOne ? 1 : first
  const isStored = inputs.every(({ storage }) => storage.code === array.code)
  const isReal =
    array.code.startsWith('<f') || inputs.every(({ tensor }) => tensor.quantisation === undefined)
  if (!isStored && !isReal)
    throw new UserError(
      `${path}: elements of ${array.code}; the model’s input is stored as ${inputs[0]?.storage.code ?? ''}: save that, or floats with the real values`,
    )
  const odd = isStored ? -1 : values.findIndex((value) => !Number.isFinite(value))
  if (odd >= 0)
    throw new UserError(
      `${path}: element ${odd} is ${values[odd]}, which the model’s ${inputs[0]?.storage.code ?? ''} cannot hold`,
    )
  return { bytes: isStored ? array.data : stored(values, inputs), count, ...unlabelled }
}

const shapesOf = (ends: readonly End[]): string =>
  ends.map(({ tensor }) => `${tensor.name} ${tensor.shape.join('x')}`).join(' and ')

interface Rows extends Pick<GivenInputs, 'expected' | 'spanning' | 'notes'> {
  /** Real values, input after input. */
  readonly values: Float64Array
}

const unlabelled = { expected: null, spanning: new Set<number>(), notes: [] }

/** A row for each input; undefined for what is a recording, a row for each sample. */
function rowsOf(text: string, path: string, elements: number): Rows | undefined {
  const [head] = parseTable(/^.*$/m.exec(text.trimStart())?.[0] ?? '', path)
  if (head === undefined)
    throw new UserError(`${path}: empty; expected a row of ${elements} values for each input`)
  const hasHeader = head.some((cell) => cell === '' || !Number.isFinite(Number(cell)))
  const label = hasHeader ? head.findIndex((title) => title.toLowerCase() === 'label') : -1
  const kept = head.flatMap((_, column) => (column === label ? [] : [column]))
  if (kept.length !== elements) {
    if (hasHeader || kept.length === 1) return undefined
    throw new UserError(`${path}: rows of ${kept.length} values; the model takes ${elements} for each input`)
  }
  const rows = parseTable(text, path).slice(hasHeader ? 1 : 0)
  if (rows.length === 0) throw new UserError(`${path}: no values below the header`)
  const numbers = rows.flatMap((row, index) =>
    kept.map((column) =>
      parseNumber(
        row[column] ?? '',
        `${path}, line ${index + (hasHeader ? 2 : 1)}`,
        hasHeader ? (head[column] ?? '') : `column ${column + 1}`,
      ),
    ),
  )
  return {
    ...unlabelled,
    values: Float64Array.from(numbers),
    expected: label < 0 ? null : rows.map((row) => row[label] ?? null),
  }
}

/** A recording, cut into windows one after the other; one under two labels has no right answer. */
function windowsOf(
  { channels, labels, notes }: Pick<SensorLog, 'channels' | 'labels' | 'notes'>,
  path: string,
  elements: number,
  window: WindowFacts | undefined,
): Rows {
  const names = channels.map(({ name }) => name)
  const wanted = window?.channels ?? names
  const missing = wanted.filter((name) => !names.includes(name))
  if (missing.length > 0)
    throw new UserError(
      `${path}: no channel ${missing.join(', ')}, which metadata.json names; found ${names.join(', ')}`,
    )
  const columns = wanted.flatMap((name) => channels.find((one) => one.name === name)?.values ?? [])
  const rows = columns[0]?.length ?? 0
  const length = elements / columns.length
  if (!Number.isInteger(length))
    throw new UserError(
      `${path}: ${names.length} channels (${names.join(', ')}); the model takes ${elements} values for each input: rows of ${elements} values, or channels that ${elements} can be divided by`,
    )
  const count = Math.floor(rows / length)
  if (count === 0)
    throw new UserError(
      `${path}: ${rows} samples; a window of the model has ${length} (${elements} values, ${columns.length} channels)`,
    )
  const plain = { mean: columns.map(() => 0), std: columns.map(() => 1) }
  const samples = (from: number) =>
    Array.from({ length }, (_, row) => columns.map((values) => values[from + row] ?? NaN))
  const starts = Array.from({ length: count }, (_, index) => index * length)
  const over = labels && starts.map((from) => labels.over(from, from + length - 1))
  return {
    values: Float64Array.from(starts.flatMap((from) => [...toInput(samples(from), window ?? plain)])),
    expected: over?.map((one) => (one.kind === 'one' ? one.label : null)) ?? null,
    spanning: new Set(over?.flatMap(({ kind }, index) => (kind === 'several' ? index : []))),
    notes,
  }
}

/** Real values as the model stores them: rounded as TensorFlow Lite's QUANTIZE does, and clamped. */
function stored(values: Float64Array, inputs: readonly End[]): Uint8Array {
  const each = elementsOf(inputs)
  const bytes = new Uint8Array((values.length / each) * bytesOf(inputs))
  const view = new DataView(bytes.buffer)
  let at = 0
  let from = 0
  while (from < values.length) {
    for (const { tensor, storage, elements } of inputs) {
      const scale = tensor.quantisation?.scale[0]
      const zero = tensor.quantisation?.zeroPoint[0] ?? 0
      for (let index = 0; index < elements; index++, from++, at += storage.width) {
        const value = values[from] ?? 0
        const whole =
          scale === undefined ? value : roundAwayFromZero(Math.fround(Math.fround(value) / scale)) + zero
        storage.write(view, at, Math.min(Math.max(whole, storage.lowest), storage.highest))
      }
    }
  }
  return bytes
}
