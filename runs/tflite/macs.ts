/**
 * Multiply-accumulates of one inference by the definition of each operator: products with weights, or of two inputs,
 * that are summed over a dimension; padding counted as if it were data. A bias, element-wise arithmetic, pooling,
 * normalisation and interpolation are none. Where a definition does not fix a number, there is none: never 0.
 * Formulas: the loops of TensorFlow Lite's and TFLM's reference kernels (kernels/internal/reference, micro/kernels).
 */
import { elementCount, type Operator, type TfliteModel } from './schema.ts'

/** `macs` is null where they are not counted, and `notCounted` says why. */
export type MacCount =
  { readonly macs: number; readonly notCounted: null } | { readonly macs: null; readonly notCounted: string }

/** Operators of one type that a total of multiply-accumulates leaves out. */
export interface NotCounted {
  readonly operator: string
  readonly count: number
  readonly why: string
}

interface Operands {
  readonly outputShape: readonly number[]
  /** Elements of it. */
  readonly output: number
  /** undefined where it is left out or missing. */
  readonly shape: (input: number) => readonly number[] | undefined
}

type Formula = (operands: Operands) => number

/** NaN, which the sum then is, where the input is missing. */
const elements = ({ shape }: Operands, input: number): number => elementCount(shape(input) ?? [NaN])
const dimension = ({ shape }: Operands, input: number, at: number): number => shape(input)?.at(at) ?? NaN

/** Each matrix is multiplied by one vector for each sequence and step: all dimensions of the input but the last. */
const perStep =
  (matrices: readonly number[], optional: readonly number[] = []): Formula =>
  (operands) => {
    const steps = elements(operands, 0) / dimension(operands, 0, -1)
    const those = optional.filter((input) => operands.shape(input) !== undefined)
    return steps * [...matrices, ...those].reduce((sum, input) => sum + elements(operands, input), 0)
  }

const from = (first: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => first + index)

/**
 * Inputs of the LSTM kernels: input to gates (that of the input gate may be left out), recurrent to gates, peepholes
 * (diagonal matrices, kept as vectors), projection. `first` is the input gate's; biases lie between.
 */
const lstmGates = (first: number) => ({
  matrices: [...from(first + 1, 3), ...from(first + 5, 3)],
  optional: [first, first + 4, ...from(first + 8, 3), first + 15],
})

const fullLstm = perStep(lstmGates(1).matrices, lstmGates(1).optional)
/** Weights of all gates in one matrix, over the input and the activation before. */
const basicLstm = perStep([2])
const isBasic = ({ shape }: Operands): boolean => shape(5) === undefined && shape(6) === undefined

const backward = lstmGates(18)

const formulas: Readonly<Record<string, Formula>> = {
  // Accumulation depth: the last dimension of the weights.
  FULLY_CONNECTED: (o) => o.output * dimension(o, 1, -1),
  // Filter: output channels, height, width, input channels of a group.
  CONV_2D: (o) => (o.output * elements(o, 1)) / dimension(o, 1, 0),
  // Filter: 1, height, width, output channels, whatever the multiplier.
  DEPTHWISE_CONV_2D: (o) => o.output * dimension(o, 1, 1) * dimension(o, 1, 2),
  // Each input value times the filter of its channel: inputs are output shape, filter, input.
  TRANSPOSE_CONV: (o) => (elements(o, 2) * elements(o, 1)) / dimension(o, 1, 3),
  // Filter: depth, height, width, input channels, output channels.
  CONV_3D: (o) => (o.output * elements(o, 1)) / dimension(o, 1, 4),
  // Filter: depth, height, width, output channels, input channels.
  CONV_3D_TRANSPOSE: (o) => (elements(o, 2) * elements(o, 1)) / dimension(o, 1, 4),
  BATCH_MATMUL: (o) => o.output * contracted(o),
  // Feature weights by input size, time weights by memory size, for each filter; the sum over ranks only adds.
  SVDF: perStep([1, 2]),
  RNN: perStep([1, 2]),
  UNIDIRECTIONAL_SEQUENCE_RNN: perStep([1, 2]),
  BIDIRECTIONAL_SEQUENCE_RNN: perStep([1, 2, 5, 6], [10, 11]),
  LSTM: (o) => (isBasic(o) ? basicLstm(o) : fullLstm(o)),
  UNIDIRECTIONAL_SEQUENCE_LSTM: fullLstm,
  BIDIRECTIONAL_SEQUENCE_LSTM: perStep(
    [...lstmGates(1).matrices, ...backward.matrices],
    [...lstmGates(1).optional, ...backward.optional, ...from(40, 8)],
  ),
}

/** The left matrix may be stored transposed (adj_x): the dimension that is not among the output's is summed over. */
function contracted({ shape, outputShape }: Operands): number {
  const [rows = NaN, columns = NaN] = shape(0)?.slice(-2) ?? []
  return outputShape.at(-2) === rows ? columns : rows
}

const words = (text: string): readonly string[] => text.trim().split(/\s+/)

/** Reasons for operators whose definition leaves the number open. */
const open: Readonly<Record<string, readonly string[]>> = {
  'runs other subgraphs': words(`
    CALL IF WHILE STABLEHLO_CASE STABLEHLO_COMPOSITE STABLEHLO_CUSTOM_CALL STABLEHLO_REDUCE
    STABLEHLO_REDUCE_WINDOW STABLEHLO_SCATTER STABLEHLO_SORT STABLEHLO_WHILE`),
  'a Fourier transform': words('RFFT2D'),
  'depends on the data': words('EMBEDDING_LOOKUP_SPARSE LSH_PROJECTION'),
  'not a kernel of TensorFlow Lite': words(`
    CUSTOM DELEGATE PLACEHOLDER_FOR_GREATER_OP_CODES STABLEHLO_CONVOLUTION STABLEHLO_DOT_GENERAL`),
}

/** Element-wise, data movement, reduction, pooling, normalisation, interpolation, look-up, comparison, random, state. */
const without = new Set(
  words(`
  ABS ADD ADD_N ARG_MAX ARG_MIN ASSIGN_VARIABLE ATAN2 AVERAGE_POOL_2D BATCH_TO_SPACE_ND BITCAST BITWISE_XOR
  BROADCAST_ARGS BROADCAST_TO BUCKETIZE CALL_ONCE CAST CEIL COMPLEX_ABS CONCATENATION CONCAT_EMBEDDINGS COS
  CUMSUM DENSIFY DEPTH_TO_SPACE DEQUANTIZE DILATE DIV DYNAMIC_UPDATE_SLICE ELU EMBEDDING_LOOKUP EQUAL EXP
  EXPAND_DIMS FAKE_QUANT FILL FLOOR FLOOR_DIV FLOOR_MOD GATHER GATHER_ND GELU GREATER GREATER_EQUAL HARD_SWISH
  HASHTABLE HASHTABLE_FIND HASHTABLE_IMPORT HASHTABLE_LOOKUP HASHTABLE_SIZE IMAG L2_NORMALIZATION L2_POOL_2D
  LEAKY_RELU LESS LESS_EQUAL LOCAL_RESPONSE_NORMALIZATION LOG LOGICAL_AND LOGICAL_NOT LOGICAL_OR LOGISTIC
  LOG_SOFTMAX MATRIX_DIAG MATRIX_SET_DIAG MAXIMUM MAX_POOL_2D MEAN MINIMUM MIRROR_PAD MUL MULTINOMIAL NEG
  NON_MAX_SUPPRESSION_V4 NON_MAX_SUPPRESSION_V5 NOT_EQUAL ONE_HOT PACK PAD PADV2 POW PRELU QUANTIZE
  RANDOM_STANDARD_NORMAL RANDOM_UNIFORM RANGE RANK READ_VARIABLE REAL REDUCE_ALL REDUCE_ANY REDUCE_MAX
  REDUCE_MIN REDUCE_PROD REDUCE_WINDOW RELU RELU6 RELU_0_TO_1 RELU_N1_TO_1 RESHAPE RESIZE_BILINEAR
  RESIZE_NEAREST_NEIGHBOR REVERSE_SEQUENCE REVERSE_V2 RIGHT_SHIFT ROUND RSQRT SCATTER_ND SEGMENT_SUM SELECT
  SELECT_V2 SHAPE SIGN SIN SKIP_GRAM SLICE SOFTMAX SPACE_TO_BATCH_ND SPACE_TO_DEPTH SPARSE_TO_DENSE SPLIT
  SPLIT_V SQRT SQUARE SQUARED_DIFFERENCE SQUEEZE STABLEHLO_ABS STABLEHLO_ADD STABLEHLO_AND
  STABLEHLO_BROADCAST_IN_DIM STABLEHLO_CBRT STABLEHLO_CLAMP STABLEHLO_COMPARE STABLEHLO_CONCATENATE
  STABLEHLO_CONVERT STABLEHLO_COSINE STABLEHLO_DIVIDE STABLEHLO_DYNAMIC_SLICE STABLEHLO_DYNAMIC_UPDATE_SLICE
  STABLEHLO_EXPONENTIAL STABLEHLO_FLOOR STABLEHLO_GATHER STABLEHLO_IOTA STABLEHLO_LOG STABLEHLO_LOGISTIC
  STABLEHLO_MAXIMUM STABLEHLO_MINIMUM STABLEHLO_MULTIPLY STABLEHLO_NEGATE STABLEHLO_OR STABLEHLO_PAD
  STABLEHLO_POWER STABLEHLO_REMAINDER STABLEHLO_RESHAPE STABLEHLO_RNG_BIT_GENERATOR STABLEHLO_RSQRT
  STABLEHLO_SELECT STABLEHLO_SHIFT_LEFT STABLEHLO_SLICE STABLEHLO_SUBTRACT STABLEHLO_TANH STABLEHLO_TRANSPOSE
  STRIDED_SLICE SUB SUM TANH TILE TOPK_V2 TRANSPOSE UNIQUE UNPACK UNSORTED_SEGMENT_MAX UNSORTED_SEGMENT_MIN
  UNSORTED_SEGMENT_PROD UNSORTED_SEGMENT_SUM VAR_HANDLE WHERE ZEROS_LIKE`),
)

/** What of the three an operator type is; undefined for a name that the schema does not have. */
export function kindOf(type: string): 'counted' | 'none' | 'open' | undefined {
  if (type in formulas) return 'counted'
  if (without.has(type)) return 'none'
  return reason(type) === undefined ? undefined : 'open'
}

function reason(type: string): string | undefined {
  if (type.startsWith('CUSTOM:')) return 'a custom operator'
  return Object.entries(open).find(([, types]) => types.includes(type))?.[0]
}

export function countMacs(model: Pick<TfliteModel, 'tensors'>, operator: Operator): MacCount {
  const formula = formulas[operator.type]
  if (formula === undefined) {
    if (without.has(operator.type)) return { macs: 0, notCounted: null }
    return { macs: null, notCounted: reason(operator.type) ?? 'an operator without a definition here' }
  }
  const shapes = (indices: readonly number[]) => indices.map((index) => model.tensors[index]?.shape)
  const inputs = shapes(operator.inputs)
  const [outputShape = [NaN]] = shapes(operator.outputs)
  if ([...inputs, outputShape].some((shape) => shape?.includes(-1) === true))
    return { macs: null, notCounted: 'a dimension is open' }
  const macs = formula({ outputShape, output: elementCount(outputShape), shape: (input) => inputs[input] })
  return Number.isSafeInteger(macs)
    ? { macs, notCounted: null }
    : { macs: null, notCounted: 'its shapes do not fit together' }
}

/** What a total over these operators leaves out, in the order of their first appearance. */
export function notCountedOf(
  operators: readonly { readonly type: string; readonly macsNotCounted: string | null }[],
): readonly NotCounted[] {
  const found = new Map<string, NotCounted>()
  for (const { type, macsNotCounted: why } of operators) {
    if (why === null) continue
    const key = `${type} ${why}`
    found.set(key, { operator: type, count: (found.get(key)?.count ?? 0) + 1, why })
  }
  return [...found.values()]
}
