import { FlatBufferReader, type Table } from './flatbuffer.ts'
import {
  activations,
  builtinNames,
  fileIdentifier,
  optionsCodes,
  paddings,
  PLACEHOLDER_FOR_GREATER_OP_CODES,
  schemaVersion,
  tensorTypes,
  type Operator,
  type OperatorOptions,
  type Quantisation,
  type Subgraph,
  type Tensor,
  type TfliteModel,
} from './schema.ts'

/** The size that the model's own parts span, which the file may exceed: see readModelWithin. */
export interface ModelInMemory {
  readonly model: TfliteModel
  readonly extentBytes: number
}

/**
 * Reads a .tflite file. `name` begins every message.
 * Throws UserError for anything that is not a sound model: it never reads past `bytes` and always ends.
 */
export function readModel(bytes: Uint8Array, name = 'model'): TfliteModel {
  return readModelWithin(bytes, name).model
}

/** Reads a model that starts at byte 0 and may be followed by something else, as in a flash image. */
export function readModelWithin(bytes: Uint8Array, name = 'model'): ModelInMemory {
  const reader = new FlatBufferReader(bytes, name)
  if (bytes.length === 0) reader.fail('the file is empty; expected a TensorFlow Lite model')
  const identifier = String.fromCharCode(...bytes.subarray(4, 8))
  if (identifier !== fileIdentifier) {
    reader.fail(
      bytes.length < 8
        ? `only ${bytes.length} bytes; expected a TensorFlow Lite model`
        : `not a TensorFlow Lite model: bytes 4 to 7 are not "${fileIdentifier}"`,
    )
  }
  const model = new ModelReader(reader).read()
  return { model, extentBytes: reader.extentBytes }
}

class ModelReader {
  readonly #reader: FlatBufferReader
  #codes: readonly { type: string; builtinCode: number; version: number }[] = []

  constructor(reader: FlatBufferReader) {
    this.#reader = reader
  }

  read(): TfliteModel {
    const root = this.#reader.root('model')
    const version = root.uint32(0, 0)
    if (version !== schemaVersion) {
      this.#reader.fail(`schema version ${version}; only version ${schemaVersion} is read`)
    }
    this.#codes = root.tables(1, 'operator code').map((code) => this.#operatorCode(code))
    const buffers = root.tables(4, 'buffer').map((buffer) => this.#buffer(buffer))
    const subgraphs = root
      .tables(2, 'subgraph')
      .map((subgraph, index) => this.#subgraph(subgraph, `subgraph ${index}`, buffers.length))
    const main = subgraphs[0] ?? this.#reader.fail('the model has no subgraph')
    const metadata = root
      .tables(6, 'metadata entry')
      .map((entry) => ({ name: entry.string(0, 'name'), buffer: entry.uint32(1, 0) }))
    return {
      version,
      description: root.string(3, 'description'),
      subgraphs,
      tensors: main.tensors,
      operators: main.operators,
      inputs: main.inputs,
      outputs: main.outputs,
      buffers,
      metadata,
    }
  }

  #operatorCode(table: Table) {
    const deprecated = table.int8(0, 0)
    const builtinCode = Math.max(deprecated, table.int32(3, 0))
    const version = table.int32(2, 1)
    const known = builtinNames[builtinCode]
    if (known === undefined) this.#reader.fail(`operator code ${builtinCode} is not in the schema`)
    if (known === 'CUSTOM') return { type: `CUSTOM:${table.string(1, 'custom code')}`, builtinCode, version }
    if (builtinCode === PLACEHOLDER_FOR_GREATER_OP_CODES) {
      this.#reader.fail(`operator code ${builtinCode} stands for a greater one that is missing`)
    }
    return { type: known, builtinCode, version }
  }

  /** Data beyond the FlatBuffer itself (files over 2 GB) is addressed by offset and size. */
  #buffer(table: Table): Uint8Array {
    const offset = table.uint64(1)
    if (offset <= 1) return table.bytes(0, 'data')
    const size = table.uint64(2)
    this.#reader.within(offset, size, 'buffer outside the model')
    return this.#reader.bytes.subarray(offset, offset + size)
  }

  #subgraph(table: Table, where: string, bufferCount: number): Subgraph {
    const tensors = table.tables(0, 'tensor').map((tensor, index) => {
      return this.#tensor(tensor, `${where}, tensor ${index}`, bufferCount)
    })
    const references = (indices: readonly number[], what: string) => {
      const wrong = indices.find((index) => index < -1 || index >= tensors.length)
      if (wrong !== undefined) {
        this.#reader.fail(`${where}, ${what}: there is no tensor ${wrong} (of ${tensors.length})`)
      }
      return indices
    }
    const operators = table.tables(3, 'operator').map((operator, index): Operator => {
      const what = `operator ${index}`
      const codeIndex = operator.uint32(0, 0)
      const code = this.#codes[codeIndex]
      if (code === undefined) this.#reader.fail(`${where}, ${what}: there is no operator code ${codeIndex}`)
      return {
        ...code,
        inputs: references(operator.int32s(1, 'inputs'), `${what}, inputs`),
        outputs: references(operator.int32s(2, 'outputs'), `${what}, outputs`),
        options: this.#options(operator, `${where}, ${what}`),
      }
    })
    return {
      name: table.string(4, 'name'),
      tensors,
      operators,
      inputs: references(table.int32s(1, 'inputs'), 'inputs'),
      outputs: references(table.int32s(2, 'outputs'), 'outputs'),
    }
  }

  #tensor(table: Table, where: string, bufferCount: number): Tensor {
    const buffer = table.uint32(2, 0)
    if (buffer >= bufferCount) this.#reader.fail(`${where}: there is no buffer ${buffer} (of ${bufferCount})`)
    const shape = table.int32s(0, 'shape')
    const wrong = shape.find((size) => size < -1)
    if (wrong !== undefined) this.#reader.fail(`${where}: a dimension of ${wrong} elements`)
    return {
      name: table.string(3, 'name'),
      shape,
      type: this.#pick(tensorTypes, table.int8(1, 0), `${where}: type`),
      buffer,
      quantisation: this.#quantisation(table),
      isVariable: table.bool(5),
    }
  }

  #quantisation(tensor: Table): Quantisation | undefined {
    const table = tensor.table(4, 'quantisation')
    const scale = table?.float32s(2, 'scale') ?? []
    if (table === undefined || scale.length === 0) return undefined
    return { scale, zeroPoint: table.int64s(3, 'zero point'), axis: table.int32(6, 0) }
  }

  #options(operator: Table, where: string): OperatorOptions {
    const code = operator.uint8(3, 0)
    const table = operator.table(4, 'options')
    if (table === undefined) return { kind: 'none' }
    const activation = (id: number) => this.#pick(activations, table.int8(id, 0), `${where}: activation`)
    const strides = () => ({
      padding: this.#pick(paddings, table.int8(0, 0), `${where}: padding`),
      strideWidth: table.int32(1, 0),
      strideHeight: table.int32(2, 0),
    })
    switch (code) {
      case optionsCodes.convolution:
        return {
          kind: 'convolution',
          ...strides(),
          activation: activation(3),
          dilationWidth: table.int32(4, 1),
          dilationHeight: table.int32(5, 1),
        }
      case optionsCodes.depthwise:
        return {
          kind: 'depthwise',
          ...strides(),
          depthMultiplier: table.int32(3, 0),
          activation: activation(4),
          dilationWidth: table.int32(5, 1),
          dilationHeight: table.int32(6, 1),
        }
      case optionsCodes.pool:
        return {
          kind: 'pool',
          ...strides(),
          filterWidth: table.int32(3, 0),
          filterHeight: table.int32(4, 0),
          activation: activation(5),
        }
      case optionsCodes.transposeConvolution:
        return { kind: 'transposeConvolution', ...strides(), activation: activation(3) }
      case optionsCodes.fullyConnected:
        return { kind: 'fullyConnected', activation: activation(0), keepNumDims: table.bool(2) }
      case optionsCodes.softmax:
        return { kind: 'softmax', beta: table.float32(0, 0) }
      case optionsCodes.reshape:
        return { kind: 'reshape', newShape: table.int32s(0, 'new shape') }
      case optionsCodes.concatenation:
        return { kind: 'concatenation', axis: table.int32(0, 0), activation: activation(1) }
      case optionsCodes.add:
        return { kind: 'add', activation: activation(0) }
      case optionsCodes.mul:
        return { kind: 'mul', activation: activation(0) }
      case optionsCodes.sub:
        return { kind: 'sub', activation: activation(0) }
      case optionsCodes.div:
        return { kind: 'div', activation: activation(0) }
      case optionsCodes.reducer:
        return { kind: 'reducer', keepDims: table.bool(0) }
      default:
        return { kind: 'other', code }
    }
  }

  #pick<T>(names: readonly T[], code: number, what: string): T {
    return names[code] ?? this.#reader.fail(`${what} ${code} is not in the schema`)
  }
}
