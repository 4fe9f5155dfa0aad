/** C++ to paste: a resolver that knows the operators of one model and nothing else. */
import type { TfliteModel } from './schema.ts'

/** 2020: the API of TensorFlow Lite Micro in July 2020 (crate tfmicro). today: the tflite-micro repository's. */
export const resolverApis = ['2020', 'today'] as const
export type ResolverApi = (typeof resolverApis)[number]

/** Methods of today's MicroMutableOpResolver that are not the operator's words run together. */
const addMethods: Readonly<Record<string, string>> = {
  BATCH_MATMUL: 'AddBatchMatMul',
  CUMSUM: 'AddCumSum',
  PADV2: 'AddPadV2',
  UNIDIRECTIONAL_SEQUENCE_LSTM: 'AddUnidirectionalSequenceLSTM',
}

const addMethod = (type: string) =>
  addMethods[type] ??
  `Add${type
    .toLowerCase()
    .split('_')
    .map((word) => (word === '2d' ? '2D' : word.slice(0, 1).toUpperCase() + word.slice(1)))
    .join('')}`

const words = (text: string): readonly string[] => text.trim().split(/\s+/)

/** Builtin operators that micro_mutable_op_resolver.h of the tflite-micro repository has a method for. */
export const builtinsToday = words(`
  ABS ADD ADD_N ARG_MAX ARG_MIN ASSIGN_VARIABLE AVERAGE_POOL_2D BATCH_MATMUL BATCH_TO_SPACE_ND BROADCAST_ARGS
  BROADCAST_TO CALL_ONCE CAST CEIL CONCATENATION CONV_2D COS CUMSUM DEPTH_TO_SPACE DEPTHWISE_CONV_2D DEQUANTIZE
  DIV ELU EMBEDDING_LOOKUP EQUAL EXP EXPAND_DIMS FILL FLOOR FLOOR_DIV FLOOR_MOD FULLY_CONNECTED GATHER GATHER_ND
  GREATER GREATER_EQUAL HARD_SWISH IF L2_NORMALIZATION L2_POOL_2D LEAKY_RELU LESS LESS_EQUAL LOG LOG_SOFTMAX
  LOGICAL_AND LOGICAL_NOT LOGICAL_OR LOGISTIC MAXIMUM MAX_POOL_2D MEAN MINIMUM MIRROR_PAD MUL NEG NOT_EQUAL PACK
  PAD PADV2 PRELU QUANTIZE READ_VARIABLE REDUCE_MAX REDUCE_MIN RELU RELU6 RESHAPE RESIZE_BILINEAR
  RESIZE_NEAREST_NEIGHBOR REVERSE_V2 ROUND RSQRT SELECT_V2 SHAPE SIN SLICE SOFTMAX SPACE_TO_BATCH_ND
  SPACE_TO_DEPTH SPLIT SPLIT_V SQRT SQUARE SQUARED_DIFFERENCE SQUEEZE STRIDED_SLICE SUB SUM SVDF TANH TRANSPOSE
  TRANSPOSE_CONV UNIDIRECTIONAL_SEQUENCE_LSTM UNPACK VAR_HANDLE WHILE ZEROS_LIKE`)

/** Custom operators that it has a method for: the signal library's are "SignalWindow" in a model, AddWindow in it. */
const signals = words(`
  Delay Energy FftAutoScale FilterBank FilterBankLog FilterBankSpectralSubtraction FilterBankSquareRoot Framer
  Irfft OverlapAdd PCAN Rfft Stacker Window`)
const customMethods: Readonly<Record<string, string>> = {
  CIRCULAR_BUFFER: 'AddCircularBuffer',
  TFLite_Detection_PostProcess: 'AddDetectionPostprocess',
  'ethos-u': 'AddEthosU',
  ...Object.fromEntries(signals.map((name) => [`Signal${name}`, `Add${name}`])),
}

interface Custom {
  readonly name: string
  readonly version: number
}

/** The lines that `boardless model ops` prints for the sketch. */
export function registrationCode(model: Pick<TfliteModel, 'subgraphs'>, api: ResolverApi): string {
  const operators = model.subgraphs.flatMap((subgraph) => subgraph.operators)
  const customs = new Map<string, Custom>()
  const builtins: { type: string; version: number }[] = []
  for (const { type, version } of operators) {
    if (!type.startsWith('CUSTOM:')) builtins.push({ type, version })
    else {
      const name = type.slice('CUSTOM:'.length)
      customs.set(api === '2020' ? `${name} ${version}` : name, { name, version })
    }
  }
  const own = [...customs.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  return api === '2020'
    ? code2020([...new Set(builtins.map(({ type, version }) => `${type} ${version}`))].sort(), own)
    : codeToday([...new Set(builtins.map(({ type }) => type))].sort(), own)
}

/** Each version takes a slot of its own. */
function code2020(distinct: readonly string[], customs: readonly Custom[]): string {
  const lines = distinct.map((operator) => {
    const [type = '', version = ''] = operator.split(' ')
    const registration = `tflite::ops::micro::Register_${type}()`
    return `resolver.AddBuiltin(tflite::BuiltinOperator_${type}, ${registration}, ${version});`
  })
  const isTheirs = ({ name }: Custom): boolean => name === 'CIRCULAR_BUFFER'
  const added = customs.map((custom) => {
    const registration = isTheirs(custom)
      ? 'tflite::ops::micro::Register_CIRCULAR_BUFFER()'
      : `${registerName(custom)}()`
    return `resolver.AddCustom(${literal(custom.name)}, ${registration}, ${custom.version});`
  })
  return resolver(
    ['micro_ops', 'micro_mutable_op_resolver'],
    declarations(
      customs.filter((custom) => !isTheirs(custom)),
      'TfLiteRegistration',
    ),
    [...lines, ...added],
  )
}

function codeToday(types: readonly string[], customs: readonly Custom[]): string {
  const known = types.filter((type) => builtinsToday.includes(type))
  const unknown = types.filter((type) => !builtinsToday.includes(type))
  const isTheirs = ({ name }: Custom): boolean => Object.hasOwn(customMethods, name)
  const added = customs.map((custom) =>
    isTheirs(custom)
      ? `resolver.${customMethods[custom.name] ?? ''}();`
      : `resolver.AddCustom(${literal(custom.name)}, ${registerName(custom)}());`,
  )
  return resolver(
    ['micro_mutable_op_resolver'],
    declarations(
      customs.filter((custom) => !isTheirs(custom)),
      'TFLMRegistration',
    ),
    [...known.map((type) => `resolver.${addMethod(type)}();`), ...added],
    unknown.map((type) => `// ${type}: tflite-micro has no method for it, nor a kernel`),
  )
}

const headers: Readonly<Record<string, string>> = {
  micro_ops: 'tensorflow/lite/micro/kernels/micro_ops.h',
  micro_mutable_op_resolver: 'tensorflow/lite/micro/micro_mutable_op_resolver.h',
}

const resolver = (
  includes: readonly string[],
  declared: readonly string[],
  lines: readonly string[],
  remarks: readonly string[] = [],
): string =>
  [
    ...includes.map((name) => `#include "${headers[name] ?? ''}"`),
    '',
    ...declared,
    `static tflite::MicroMutableOpResolver<${Math.max(1, lines.length)}> resolver;`,
    ...lines,
    ...remarks,
    '',
  ].join('\n')

const registerName = ({ name }: Custom): string => `Register_${name.replaceAll(/\W/g, '_').slice(0, 100)}`

const declarations = (customs: readonly Custom[], type: string): readonly string[] => {
  const names = [...new Set(customs.map(registerName))]
  if (names.length === 0) return []
  return [
    '// Custom operators that TFLM does not have: their kernels are yours.',
    ...names.map((name) => `${type}* ${name}();`),
    '',
  ]
}

/** A custom operator's name is any text: what is not plain becomes its UTF-8 bytes in three-digit octal. */
const literal = (text: string): string =>
  `"${[...new TextEncoder().encode(text)]
    .map((byte) =>
      /[\w .:/-]/.test(String.fromCharCode(byte)) && byte < 0x7f
        ? String.fromCharCode(byte)
        : `\\${byte.toString(8).padStart(3, '0')}`,
    )
    .join('')}"`
