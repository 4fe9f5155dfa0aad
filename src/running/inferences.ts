/** Inputs and outputs of one's own model in the app `infer`: what they are stored as, and the firmware's own bytes as files. */
import { UserError } from '../../runs/errors.ts'
import { writeNpy } from '../model/data/npy.ts'
import {
  elementCount,
  tensorBytes,
  type Tensor,
  type TensorType,
  type TfliteModel,
} from '../../runs/tflite/schema.ts'
import type { Note } from '../../runs/sensor-log/log.ts'

/** Inputs as the firmware reads them, one inference after the other. */
export interface GivenInputs {
  readonly bytes: Uint8Array
  readonly count: number
  /** A label for each, where the file has them; null for one that has none, or spans several. */
  readonly expected: readonly (string | null)[] | null
  /** Those that span several. */
  readonly spanning: ReadonlySet<number>
  /** What was noticed of the recording that they are from. */
  readonly notes: readonly Note[]
}

interface Storage {
  /** NumPy's. */
  readonly code: string
  readonly width: number
  readonly lowest: number
  readonly highest: number
  read(view: DataView, at: number): number
  write(view: DataView, at: number, value: number): void
}

const storages: Partial<Record<TensorType, Storage>> = {
  FLOAT32: {
    code: '<f4',
    width: 4,
    lowest: -Infinity,
    highest: Infinity,
    read: (view, at) => view.getFloat32(at, true),
    write: (view, at, value) => view.setFloat32(at, value, true),
  },
  INT8: {
    code: '|i1',
    width: 1,
    lowest: -128,
    highest: 127,
    read: (view, at) => view.getInt8(at),
    write: (view, at, value) => view.setInt8(at, value),
  },
  UINT8: {
    code: '|u1',
    width: 1,
    lowest: 0,
    highest: 255,
    read: (view, at) => view.getUint8(at),
    write: (view, at, value) => view.setUint8(at, value),
  },
  INT16: {
    code: '<i2',
    width: 2,
    lowest: -32_768,
    highest: 32_767,
    read: (view, at) => view.getInt16(at, true),
    write: (view, at, value) => view.setInt16(at, value, true),
  },
  INT32: {
    code: '<i4',
    width: 4,
    lowest: -(2 ** 31),
    highest: 2 ** 31 - 1,
    read: (view, at) => view.getInt32(at, true),
    write: (view, at, value) => view.setInt32(at, value, true),
  },
}

export interface End {
  readonly tensor: Tensor
  readonly storage: Storage
  readonly elements: number
}

/** What an inference takes and gives, in the model's order. */
export interface Ends {
  readonly inputs: readonly End[]
  readonly outputs: readonly End[]
}

/** @throws UserError for types that neither CSV nor .npy has */
export function endsOf(model: TfliteModel, path: string): Ends {
  const end = (index: number): End => {
    const tensor = model.tensors[index]
    const storage = tensor && storages[tensor.type]
    if (tensor === undefined || storage === undefined || tensorBytes(tensor.type, tensor.shape) === undefined)
      throw new UserError(
        `${path}: ${tensor?.name ?? 'an end'} is ${tensor?.type ?? 'missing'}; inputs and outputs are read and written as ${Object.keys(storages).join(', ')}`,
      )
    return { tensor, storage, elements: elementCount(tensor.shape) }
  }
  return { inputs: model.inputs.map(end), outputs: model.outputs.map(end) }
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
export const elementsOf = (ends: readonly End[]): number => sum(ends.map(({ elements }) => elements))
export const bytesOf = (ends: readonly End[]): number =>
  sum(ends.map(({ elements, storage }) => elements * storage.width))

/** What the firmware gave, of each inference. */
export interface Outputs {
  readonly ends: Ends
  /** Names of the elements of the only output. */
  readonly labels: readonly string[] | null
  readonly expected: GivenInputs['expected']
  readonly spanning: GivenInputs['spanning']
  readonly count: number
  /** As the firmware stored them. */
  readonly bytes: Uint8Array
}

const said = /^infer: (\d+) bytes in, (\d+) bytes out\n/m

/** Parts the console of the app `infer` into its text and its outputs; undefined where it never got to them. */
export function partConsole(console: Uint8Array): {
  readonly text: string
  readonly outputs: Uint8Array | undefined
} {
  const text = new TextDecoder('latin1').decode(console)
  const found = said.exec(text)
  if (found === null) return { text, outputs: undefined }
  const end = found.index + found[0].length
  return { text: text.slice(0, end), outputs: console.slice(end) }
}

/** Bytes of a whole inference. */
export const outputBytes = ({ outputs }: Ends): number => bytesOf(outputs)

/** Real values of one inference. */
export function valuesOf({ ends: { outputs }, bytes }: Outputs, inference: number): readonly number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let at = inference * bytesOf(outputs)
  return outputs.flatMap(({ tensor, storage, elements }) => {
    const scale = tensor.quantisation?.scale[0]
    const zero = tensor.quantisation?.zeroPoint[0] ?? 0
    return Array.from({ length: elements }, () => {
      const value = storage.read(view, at)
      at += storage.width
      return scale === undefined ? value : Math.fround(scale * (value - zero))
    })
  })
}

/** Labels, or the output's name and the element's place. */
export const namesOf = ({ ends: { outputs }, labels }: Outputs): readonly string[] =>
  labels ??
  outputs.flatMap(({ tensor, elements }) =>
    Array.from({ length: elements }, (_, index) =>
      elements === 1 ? tensor.name : `${tensor.name}[${index}]`,
    ),
  )

/** The greatest of the only output; null for what is no classifier. */
export function predictionOf(
  outputs: Outputs,
  inference: number,
): { readonly label: string; readonly value: number } | null {
  if (outputs.ends.outputs.length !== 1) return null
  const values = valuesOf(outputs, inference)
  if (values.length < 2) return null
  const at = values.indexOf(Math.max(...values))
  return { label: namesOf(outputs)[at] ?? String(at), value: values[at] ?? NaN }
}

export const outputFormats = ['.csv', '.npy'] as const

/** @throws UserError for a .npy of outputs that are stored in different types */
export function outputFile(outputs: Outputs, path: string): string | Uint8Array {
  return path.endsWith('.npy') ? numpyOf(outputs, path) : csvOf(outputs)
}

function numpyOf({ ends: { outputs }, bytes, count }: Outputs, path: string): Uint8Array {
  const [first] = outputs
  const code = first?.storage.code ?? '|i1'
  if (outputs.some(({ storage }) => storage.code !== code))
    throw new UserError(
      `${path}: the model’s outputs are of several types, which one .npy cannot hold; give a .csv`,
    )
  const only = outputs.length === 1 ? first : undefined
  // A batch of one is not a dimension of its own.
  const inner =
    only === undefined
      ? [elementsOf(outputs)]
      : only.tensor.shape[0] === 1
        ? only.tensor.shape.slice(1)
        : only.tensor.shape
  return writeNpy({ code, shape: [count, ...inner], data: bytes })
}

function csvOf(outputs: Outputs): string {
  const isClassifier = outputs.count > 0 && predictionOf(outputs, 0) !== null
  const head = [
    'input',
    ...(outputs.expected === null ? [] : ['label']),
    ...(isClassifier ? ['prediction'] : []),
    ...namesOf(outputs),
  ]
  const rows = Array.from({ length: outputs.count }, (_, index) => [
    String(index),
    ...(outputs.expected === null ? [] : [outputs.expected[index] ?? '']),
    ...(isClassifier ? [predictionOf(outputs, index)?.label ?? ''] : []),
    ...valuesOf(outputs, index).map(String),
  ])
  return `${[head, ...rows].map((row) => row.map(cell).join(',')).join('\n')}\n`
}

const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
