import { countMacs, notCountedOf, type NotCounted } from './macs.ts'
import { elementCount, tensorBytes, type Tensor, type TfliteModel } from './schema.ts'

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
  /** null where they are not counted. */
  readonly macs: number | null
  /** Why not. */
  readonly macsNotCounted: string | null
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
    /** Of the operators that are counted. */
    readonly macs: number
    /** What these leave out: where there is any, they are at least so many. */
    readonly macsNotCounted: readonly NotCounted[]
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
    const { macs, notCounted } = countMacs(model, operator)
    return {
      index,
      type: short(operator.type),
      builtinCode: operator.builtinCode,
      version: operator.version,
      inputs: operator.inputs,
      outputs: operator.outputs,
      outputShape: output?.shape ?? [],
      outputType: output?.type ?? '',
      activation: 'activation' in operator.options ? operator.options.activation : 'NONE',
      macs,
      macsNotCounted: notCounted,
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
      macs: sum(operators.map(({ macs }) => macs ?? 0)),
      macsNotCounted: notCountedOf(operators),
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
