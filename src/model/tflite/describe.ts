import { elementCount, tensorBytes, type Operator, type Tensor, type TfliteModel } from './schema.ts'

export interface TensorDescription {
  readonly index: number
  readonly name: string
  readonly type: string
  readonly shape: readonly number[]
  /** undefined for a type of no fixed size. */
  readonly bytes: number | undefined
  /** Its values are in the file. */
  readonly isConstant: boolean
  readonly quantisation: Tensor['quantisation']
}

export interface OperatorDescription {
  readonly index: number
  readonly type: string
  readonly builtinCode: number
  readonly version: number
  readonly inputs: readonly number[]
  readonly outputs: readonly number[]
  readonly outputShape: readonly number[]
  readonly outputType: string
  readonly activation: string
  readonly macs: number
  readonly constantBytes: number
}

export interface ModelDescription {
  readonly version: number
  readonly description: string
  readonly subgraphs: number
  readonly inputs: readonly TensorDescription[]
  readonly outputs: readonly TensorDescription[]
  readonly operators: readonly OperatorDescription[]
  readonly tensors: readonly TensorDescription[]
  /** Distinct operator types with their versions, as a resolver must register them. */
  readonly resolver: readonly {
    readonly type: string
    readonly builtinCode: number
    readonly version: number
  }[]
  readonly totals: {
    readonly macs: number
    /** Elements of the constant tensors. */
    readonly parameters: number
    readonly constantBytes: number
  }
}

/** What `boardless model ops` and `model info` list: the main subgraph. */
export function describeModel(model: TfliteModel): ModelDescription {
  const tensors = model.tensors.map((tensor, index) => describeTensor(model, tensor, index))
  const at = (indices: readonly number[]) => indices.flatMap((index) => tensors[index] ?? [])
  const operators = model.operators.map((operator, index): OperatorDescription => {
    const [output] = at(operator.outputs)
    return {
      index,
      type: operator.type,
      builtinCode: operator.builtinCode,
      version: operator.version,
      inputs: operator.inputs,
      outputs: operator.outputs,
      outputShape: output?.shape ?? [],
      outputType: output?.type ?? '',
      activation: 'activation' in operator.options ? operator.options.activation : 'NONE',
      macs: macs(model, operator),
      constantBytes: sum(at(operator.inputs).map((tensor) => (tensor.isConstant ? (tensor.bytes ?? 0) : 0))),
    }
  })
  const constants = tensors.filter(({ isConstant }) => isConstant)
  return {
    version: model.version,
    description: short(model.description),
    subgraphs: model.subgraphs.length,
    inputs: at(model.inputs),
    outputs: at(model.outputs),
    operators,
    tensors,
    resolver: [
      ...new Map(
        operators.map(({ type, builtinCode, version }) => [
          `${type} ${version}`,
          { type, builtinCode, version },
        ]),
      ).values(),
    ],
    totals: {
      macs: sum(operators.map((operator) => operator.macs)),
      parameters: sum(constants.map(({ shape }) => elementCount(shape))),
      constantBytes: sum(constants.map(({ bytes }) => bytes ?? 0)),
    },
  }
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)

const LONGEST_NAME = 200
const short = (name: string): string =>
  name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name

function describeTensor(model: TfliteModel, tensor: Tensor, index: number): TensorDescription {
  const { name, type, shape, quantisation } = tensor
  const isConstant = (model.buffers[tensor.buffer]?.length ?? 0) > 0
  return { index, name: short(name), type, shape, bytes: tensorBytes(type, shape), isConstant, quantisation }
}

/**
 * Multiply-accumulates of one operator for one inference, padding counted as if it were data. Additions of a
 * bias, comparisons and element-wise arithmetic are not multiply-accumulates and count as 0.
 */
export function macs(model: Pick<TfliteModel, 'tensors'>, operator: Operator): number {
  const shape = (tensor: number | undefined) => model.tensors[tensor ?? -1]?.shape ?? []
  const [input, filter] = operator.inputs.map(shape)
  const output = elementCount(shape(operator.outputs[0]))
  if (input === undefined || filter === undefined) return 0
  switch (operator.type) {
    case 'FULLY_CONNECTED':
      return output * (filter.at(-1) ?? 0)
    case 'CONV_2D':
      return output * elementCount(filter.slice(1))
    case 'DEPTHWISE_CONV_2D':
      return output * elementCount(filter.slice(1, 3))
    case 'TRANSPOSE_CONV':
      return elementCount(shape(operator.inputs[2])) * elementCount(filter.slice(0, 3))
    case 'BATCH_MATMUL':
      return output * (input.at(-1) ?? 0)
    default:
      return 0
  }
}
