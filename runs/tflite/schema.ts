/** Enumerations of the public TensorFlow Lite schema, version 3 (file identifier TFL3), and a model as data. */

export const schemaVersion = 3
export const fileIdentifier = 'TFL3'

const words = (text: string): readonly string[] => text.trim().split(/\s+/)

/** BuiltinOperator: the place in the list is the code, 0 to 209. */
export const builtinNames = words(`
  ADD AVERAGE_POOL_2D CONCATENATION CONV_2D DEPTHWISE_CONV_2D DEPTH_TO_SPACE DEQUANTIZE EMBEDDING_LOOKUP
  FLOOR FULLY_CONNECTED HASHTABLE_LOOKUP L2_NORMALIZATION L2_POOL_2D LOCAL_RESPONSE_NORMALIZATION
  LOGISTIC LSH_PROJECTION LSTM MAX_POOL_2D MUL RELU RELU_N1_TO_1 RELU6 RESHAPE RESIZE_BILINEAR RNN
  SOFTMAX SPACE_TO_DEPTH SVDF TANH CONCAT_EMBEDDINGS SKIP_GRAM CALL CUSTOM EMBEDDING_LOOKUP_SPARSE PAD
  UNIDIRECTIONAL_SEQUENCE_RNN GATHER BATCH_TO_SPACE_ND SPACE_TO_BATCH_ND TRANSPOSE MEAN SUB DIV SQUEEZE
  UNIDIRECTIONAL_SEQUENCE_LSTM STRIDED_SLICE BIDIRECTIONAL_SEQUENCE_RNN EXP TOPK_V2 SPLIT LOG_SOFTMAX
  DELEGATE BIDIRECTIONAL_SEQUENCE_LSTM CAST PRELU MAXIMUM ARG_MAX MINIMUM LESS NEG PADV2 GREATER
  GREATER_EQUAL LESS_EQUAL SELECT SLICE SIN TRANSPOSE_CONV SPARSE_TO_DENSE TILE EXPAND_DIMS EQUAL
  NOT_EQUAL LOG SUM SQRT RSQRT SHAPE POW ARG_MIN FAKE_QUANT REDUCE_PROD REDUCE_MAX PACK LOGICAL_OR
  ONE_HOT LOGICAL_AND LOGICAL_NOT UNPACK REDUCE_MIN FLOOR_DIV REDUCE_ANY SQUARE ZEROS_LIKE FILL
  FLOOR_MOD RANGE RESIZE_NEAREST_NEIGHBOR LEAKY_RELU SQUARED_DIFFERENCE MIRROR_PAD ABS SPLIT_V UNIQUE
  CEIL REVERSE_V2 ADD_N GATHER_ND COS WHERE RANK ELU REVERSE_SEQUENCE MATRIX_DIAG QUANTIZE
  MATRIX_SET_DIAG ROUND HARD_SWISH IF WHILE NON_MAX_SUPPRESSION_V4 NON_MAX_SUPPRESSION_V5 SCATTER_ND
  SELECT_V2 DENSIFY SEGMENT_SUM BATCH_MATMUL PLACEHOLDER_FOR_GREATER_OP_CODES CUMSUM CALL_ONCE
  BROADCAST_TO RFFT2D CONV_3D IMAG REAL COMPLEX_ABS HASHTABLE HASHTABLE_FIND HASHTABLE_IMPORT
  HASHTABLE_SIZE REDUCE_ALL CONV_3D_TRANSPOSE VAR_HANDLE READ_VARIABLE ASSIGN_VARIABLE BROADCAST_ARGS
  RANDOM_STANDARD_NORMAL BUCKETIZE RANDOM_UNIFORM MULTINOMIAL GELU DYNAMIC_UPDATE_SLICE RELU_0_TO_1
  UNSORTED_SEGMENT_PROD UNSORTED_SEGMENT_MAX UNSORTED_SEGMENT_SUM ATAN2 UNSORTED_SEGMENT_MIN SIGN
  BITCAST BITWISE_XOR RIGHT_SHIFT STABLEHLO_LOGISTIC STABLEHLO_ADD STABLEHLO_DIVIDE STABLEHLO_MULTIPLY
  STABLEHLO_MAXIMUM STABLEHLO_RESHAPE STABLEHLO_CLAMP STABLEHLO_CONCATENATE STABLEHLO_BROADCAST_IN_DIM
  STABLEHLO_CONVOLUTION STABLEHLO_SLICE STABLEHLO_CUSTOM_CALL STABLEHLO_REDUCE STABLEHLO_ABS
  STABLEHLO_AND STABLEHLO_COSINE STABLEHLO_EXPONENTIAL STABLEHLO_FLOOR STABLEHLO_LOG STABLEHLO_MINIMUM
  STABLEHLO_NEGATE STABLEHLO_OR STABLEHLO_POWER STABLEHLO_REMAINDER STABLEHLO_RSQRT STABLEHLO_SELECT
  STABLEHLO_SUBTRACT STABLEHLO_TANH STABLEHLO_SCATTER STABLEHLO_COMPARE STABLEHLO_CONVERT
  STABLEHLO_DYNAMIC_SLICE STABLEHLO_DYNAMIC_UPDATE_SLICE STABLEHLO_PAD STABLEHLO_IOTA
  STABLEHLO_DOT_GENERAL STABLEHLO_REDUCE_WINDOW STABLEHLO_SORT STABLEHLO_WHILE STABLEHLO_GATHER
  STABLEHLO_TRANSPOSE DILATE STABLEHLO_RNG_BIT_GENERATOR REDUCE_WINDOW STABLEHLO_COMPOSITE
  STABLEHLO_SHIFT_LEFT STABLEHLO_CBRT STABLEHLO_CASE
`)

/** The 8-bit code of a model names builtins up to 126; 127 says: look at the 32-bit one. */
export const PLACEHOLDER_FOR_GREATER_OP_CODES = 127

/** Code of a builtin operator by its schema name. */
export function builtinCode(name: string): number {
  const code = builtinNames.indexOf(name)
  if (code < 0) throw new Error(`no builtin operator is called ${name}`)
  return code
}

/** TensorType, in order of code. */
export const tensorTypes = [
  'FLOAT32',
  'FLOAT16',
  'INT32',
  'UINT8',
  'INT64',
  'STRING',
  'BOOL',
  'INT16',
  'COMPLEX64',
  'INT8',
  'FLOAT64',
  'COMPLEX128',
  'UINT64',
  'RESOURCE',
  'VARIANT',
  'UINT32',
  'UINT16',
  'INT4',
  'BFLOAT16',
  'INT2',
  'UINT4',
  'FLOAT8_E4M3FN',
  'FLOAT8_E5M2',
] as const
export type TensorType = (typeof tensorTypes)[number]

const bitsPerElement: Partial<Record<TensorType, number>> = {
  FLOAT32: 32,
  FLOAT16: 16,
  INT32: 32,
  UINT8: 8,
  INT64: 64,
  BOOL: 8,
  INT16: 16,
  COMPLEX64: 64,
  INT8: 8,
  FLOAT64: 64,
  COMPLEX128: 128,
  UINT64: 64,
  UINT32: 32,
  UINT16: 16,
  INT4: 4,
  BFLOAT16: 16,
  INT2: 2,
  UINT4: 4,
  FLOAT8_E4M3FN: 8,
  FLOAT8_E5M2: 8,
}

export const activations = ['NONE', 'RELU', 'RELU_N1_TO_1', 'RELU6', 'TANH', 'SIGN_BIT'] as const
export type Activation = (typeof activations)[number]
export const paddings = ['SAME', 'VALID'] as const
export type Padding = (typeof paddings)[number]

/** Codes of the BuiltinOptions union which this code reads or writes. */
export const optionsCodes = {
  none: 0,
  convolution: 1,
  depthwise: 2,
  pool: 5,
  fullyConnected: 8,
  softmax: 9,
  concatenation: 10,
  add: 11,
  reshape: 17,
  mul: 21,
  reducer: 27,
  sub: 28,
  div: 29,
  transposeConvolution: 49,
} as const

interface Strides {
  readonly padding: Padding
  readonly strideHeight: number
  readonly strideWidth: number
}
export interface ConvolutionOptions extends Strides {
  readonly kind: 'convolution'
  readonly activation: Activation
  readonly dilationHeight: number
  readonly dilationWidth: number
}
export interface DepthwiseOptions extends Strides {
  readonly kind: 'depthwise'
  readonly activation: Activation
  readonly depthMultiplier: number
  readonly dilationHeight: number
  readonly dilationWidth: number
}
export interface PoolOptions extends Strides {
  readonly kind: 'pool'
  readonly activation: Activation
  readonly filterHeight: number
  readonly filterWidth: number
}
export type OperatorOptions =
  | { readonly kind: 'none' }
  /** Options this code has no fields for; code is that of the BuiltinOptions union. */
  | { readonly kind: 'other'; readonly code: number }
  | ConvolutionOptions
  | DepthwiseOptions
  | PoolOptions
  | (Strides & { readonly kind: 'transposeConvolution'; readonly activation: Activation })
  | {
      readonly kind: 'fullyConnected'
      readonly activation: Activation
      readonly keepNumDims: boolean
    }
  | { readonly kind: 'softmax'; readonly beta: number }
  | { readonly kind: 'reshape'; readonly newShape: readonly number[] }
  | { readonly kind: 'concatenation'; readonly axis: number; readonly activation: Activation }
  | { readonly kind: 'add' | 'mul' | 'sub' | 'div'; readonly activation: Activation }
  | { readonly kind: 'reducer'; readonly keepDims: boolean }

/** real = scale x (stored - zeroPoint); more than one scale: one for each index of `axis`. */
export interface Quantisation {
  readonly scale: readonly number[]
  readonly zeroPoint: readonly number[]
  readonly axis: number
}

export interface Tensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly type: TensorType
  /** Index into the model's buffers; buffer 0 is the empty one. */
  readonly buffer: number
  readonly quantisation: Quantisation | undefined
  readonly isVariable: boolean
}

export interface Operator {
  /** Schema name, `FULLY_CONNECTED`; a custom operator's own name after `CUSTOM:`. */
  readonly type: string
  readonly builtinCode: number
  readonly version: number
  /** Tensor indices; -1 is an optional input left out. */
  readonly inputs: readonly number[]
  readonly outputs: readonly number[]
  readonly options: OperatorOptions
}

export interface Subgraph {
  readonly name: string
  readonly tensors: readonly Tensor[]
  readonly operators: readonly Operator[]
  readonly inputs: readonly number[]
  readonly outputs: readonly number[]
}

export interface TfliteModel {
  readonly version: number
  readonly description: string
  /** The main subgraph comes first; the fields below it repeat that one's. */
  readonly subgraphs: readonly Subgraph[]
  readonly tensors: readonly Tensor[]
  readonly operators: readonly Operator[]
  readonly inputs: readonly number[]
  readonly outputs: readonly number[]
  readonly buffers: readonly Uint8Array[]
  readonly metadata: readonly { readonly name: string; readonly buffer: number }[]
}

export const elementCount = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)

/** Bytes of a tensor; undefined where the type (STRING) or a dimension (-1) has no fixed size. */
export function tensorBytes(type: TensorType, shape: readonly number[]): number | undefined {
  const bits = bitsPerElement[type]
  return bits === undefined || shape.includes(-1) ? undefined : Math.ceil((elementCount(shape) * bits) / 8)
}
