import { Builder, type Offset } from 'flatbuffers'
import {
  activations,
  fileIdentifier,
  optionsCodes,
  paddings,
  PLACEHOLDER_FOR_GREATER_OP_CODES,
  schemaVersion,
  tensorTypes,
  type Operator,
  type OperatorOptions,
  type Subgraph,
  type Tensor,
  type TfliteModel,
} from './schema.ts'

/** TFLM reads tensor data in place, so it must lie as aligned in flash as its kernels want it. */
const bufferAlignment = 16

export type ModelToWrite = Pick<TfliteModel, 'description' | 'subgraphs' | 'buffers' | 'metadata'>

/** The bytes of a .tflite file; the same model always gives the same bytes. */
export function writeModel(model: ModelToWrite): Uint8Array {
  const builder = new Builder(4096)
  const codes = distinctCodes(model.subgraphs)
  const buffers = tableVector(builder, model.buffers, (data) => writeBuffer(builder, data))
  const subgraphs = tableVector(builder, model.subgraphs, (subgraph) =>
    writeSubgraph(builder, subgraph, codes),
  )
  const operatorCodes = tableVector(builder, codes, (code) => writeOperatorCode(builder, code))
  const metadata = tableVector(builder, model.metadata, ({ name, buffer }) => {
    const nameAt = builder.createString(name)
    builder.startObject(2)
    builder.addFieldOffset(0, nameAt, 0)
    builder.addFieldInt32(1, buffer, 0)
    return builder.endObject()
  })
  const description = builder.createString(model.description)
  builder.startObject(7)
  builder.addFieldInt32(0, schemaVersion, 0)
  builder.addFieldOffset(1, operatorCodes, 0)
  builder.addFieldOffset(2, subgraphs, 0)
  builder.addFieldOffset(3, description, 0)
  builder.addFieldOffset(4, buffers, 0)
  builder.addFieldOffset(6, metadata, 0)
  builder.finish(builder.endObject(), fileIdentifier)
  return builder.asUint8Array().slice()
}

type Code = Pick<Operator, 'type' | 'builtinCode' | 'version'>

const sameCode = (a: Code, b: Code) => a.type === b.type && a.version === b.version

function distinctCodes(subgraphs: readonly Subgraph[]): Code[] {
  const codes: Code[] = []
  for (const operator of subgraphs.flatMap((subgraph) => subgraph.operators)) {
    if (!codes.some((code) => sameCode(code, operator))) codes.push(operator)
  }
  return codes
}

function tableVector<T>(builder: Builder, items: readonly T[], write: (item: T) => Offset): Offset {
  const offsets = items.map(write)
  builder.startVector(4, offsets.length, 4)
  for (const offset of offsets.reverse()) builder.addOffset(offset)
  return builder.endVector()
}

function int32Vector(builder: Builder, values: readonly number[]): Offset {
  builder.startVector(4, values.length, 4)
  for (const value of [...values].reverse()) builder.addInt32(value)
  return builder.endVector()
}

function writeBuffer(builder: Builder, data: Uint8Array): Offset {
  if (data.length === 0) {
    builder.startObject(1)
    return builder.endObject()
  }
  builder.startVector(1, data.length, bufferAlignment)
  for (const byte of data.toReversed()) builder.addInt8(byte)
  const bytes = builder.endVector()
  builder.startObject(1)
  builder.addFieldOffset(0, bytes, 0)
  return builder.endObject()
}

/** Interpreters before schema 3a know only the 8-bit code, newer ones take the greater of both. */
function writeOperatorCode(builder: Builder, { type, builtinCode, version }: Code): Offset {
  const customCode = type.startsWith('CUSTOM:') ? builder.createString(type.slice(7)) : 0
  builder.startObject(4)
  builder.addFieldInt8(0, Math.min(builtinCode, PLACEHOLDER_FOR_GREATER_OP_CODES), 0)
  builder.addFieldOffset(1, customCode, 0)
  builder.addFieldInt32(2, version, 1)
  builder.addFieldInt32(3, builtinCode, 0)
  return builder.endObject()
}

function writeSubgraph(builder: Builder, subgraph: Subgraph, codes: readonly Code[]): Offset {
  const tensors = tableVector(builder, subgraph.tensors, (tensor) => writeTensor(builder, tensor))
  const operators = tableVector(builder, subgraph.operators, (operator) => {
    const inputs = int32Vector(builder, operator.inputs)
    const outputs = int32Vector(builder, operator.outputs)
    const options = writeOptions(builder, operator.options)
    builder.startObject(5)
    builder.addFieldInt32(
      0,
      codes.findIndex((code) => sameCode(code, operator)),
      0,
    )
    builder.addFieldOffset(1, inputs, 0)
    builder.addFieldOffset(2, outputs, 0)
    builder.addFieldInt8(3, options.code, 0)
    builder.addFieldOffset(4, options.offset, 0)
    return builder.endObject()
  })
  const inputs = int32Vector(builder, subgraph.inputs)
  const outputs = int32Vector(builder, subgraph.outputs)
  const name = builder.createString(subgraph.name)
  builder.startObject(5)
  builder.addFieldOffset(0, tensors, 0)
  builder.addFieldOffset(1, inputs, 0)
  builder.addFieldOffset(2, outputs, 0)
  builder.addFieldOffset(3, operators, 0)
  builder.addFieldOffset(4, name, 0)
  return builder.endObject()
}

function writeTensor(builder: Builder, tensor: Tensor): Offset {
  const shape = int32Vector(builder, tensor.shape)
  const name = builder.createString(tensor.name)
  const quantisation = writeQuantisation(builder, tensor)
  builder.startObject(6)
  builder.addFieldOffset(0, shape, 0)
  builder.addFieldInt8(1, tensorTypes.indexOf(tensor.type), 0)
  builder.addFieldInt32(2, tensor.buffer, 0)
  builder.addFieldOffset(3, name, 0)
  builder.addFieldOffset(4, quantisation, 0)
  builder.addFieldInt8(5, Number(tensor.isVariable), 0)
  return builder.endObject()
}

/** Present even where nothing is quantised: interpreters of 2020 take its absence as a damaged model. */
function writeQuantisation(builder: Builder, { quantisation }: Tensor): Offset {
  let scale = 0
  let zeroPoint = 0
  if (quantisation !== undefined) {
    builder.startVector(4, quantisation.scale.length, 4)
    for (const value of quantisation.scale.toReversed()) builder.addFloat32(value)
    scale = builder.endVector()
    builder.startVector(8, quantisation.zeroPoint.length, 8)
    for (const value of quantisation.zeroPoint.toReversed()) builder.addInt64(BigInt(value))
    zeroPoint = builder.endVector()
  }
  builder.startObject(7)
  builder.addFieldOffset(2, scale, 0)
  builder.addFieldOffset(3, zeroPoint, 0)
  builder.addFieldInt32(6, quantisation?.axis ?? 0, 0)
  return builder.endObject()
}

function writeOptions(builder: Builder, options: OperatorOptions): { code: number; offset: Offset } {
  const { kind } = options
  if (kind === 'none') return { code: 0, offset: 0 }
  if (kind === 'other') throw new Error(`options of BuiltinOptions code ${options.code} cannot be written`)
  const activation = (id: number, name: (typeof activations)[number]) =>
    builder.addFieldInt8(id, activations.indexOf(name), 0)
  const strides = (o: { padding: (typeof paddings)[number]; strideWidth: number; strideHeight: number }) => {
    builder.addFieldInt8(0, paddings.indexOf(o.padding), 0)
    builder.addFieldInt32(1, o.strideWidth, 0)
    builder.addFieldInt32(2, o.strideHeight, 0)
  }
  const newShape = kind === 'reshape' ? int32Vector(builder, options.newShape) : 0
  builder.startObject(7)
  switch (kind) {
    case 'convolution':
      strides(options)
      activation(3, options.activation)
      builder.addFieldInt32(4, options.dilationWidth, 1)
      builder.addFieldInt32(5, options.dilationHeight, 1)
      break
    case 'depthwise':
      strides(options)
      builder.addFieldInt32(3, options.depthMultiplier, 0)
      activation(4, options.activation)
      builder.addFieldInt32(5, options.dilationWidth, 1)
      builder.addFieldInt32(6, options.dilationHeight, 1)
      break
    case 'pool':
      strides(options)
      builder.addFieldInt32(3, options.filterWidth, 0)
      builder.addFieldInt32(4, options.filterHeight, 0)
      activation(5, options.activation)
      break
    case 'transposeConvolution':
      strides(options)
      activation(3, options.activation)
      break
    case 'fullyConnected':
      activation(0, options.activation)
      builder.addFieldInt8(2, Number(options.keepNumDims), 0)
      break
    case 'softmax':
      builder.addFieldFloat32(0, options.beta, 0)
      break
    case 'reshape':
      builder.addFieldOffset(0, newShape, 0)
      break
    case 'concatenation':
      builder.addFieldInt32(0, options.axis, 0)
      activation(1, options.activation)
      break
    case 'reducer':
      builder.addFieldInt8(0, Number(options.keepDims), 0)
      break
    default:
      activation(0, options.activation)
  }
  return { code: optionsCodes[kind], offset: builder.endObject() }
}
