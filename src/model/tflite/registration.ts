/** C++ to paste: a resolver that knows the operators of one model and nothing else. */
import { UserError } from '../../errors.ts'
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

/** The lines that `boardless model ops` prints for the sketch. Throws UserError for a model of custom operators. */
export function registrationCode(model: Pick<TfliteModel, 'subgraphs'>, api: ResolverApi): string {
  const operators = model.subgraphs.flatMap((subgraph) => subgraph.operators)
  const custom = operators.find(({ type }) => type.startsWith('CUSTOM:'))
  if (custom !== undefined) {
    const name = custom.type.slice('CUSTOM:'.length)
    throw new UserError(
      `operator "${name}" is a custom one: register it by hand with AddCustom("${name}", ...)`,
    )
  }
  const distinct = [...new Set(operators.map(({ type, version }) => `${type} ${version}`))].sort()
  return api === '2020'
    ? code2020(distinct)
    : codeToday([...new Set(operators.map(({ type }) => type))].sort())
}

/** Each version takes a slot of its own. */
function code2020(distinct: readonly string[]): string {
  const lines = distinct.map((operator) => {
    const [type = '', version = ''] = operator.split(' ')
    const registration = `tflite::ops::micro::Register_${type}()`
    return `resolver.AddBuiltin(tflite::BuiltinOperator_${type}, ${registration}, ${version});`
  })
  return [
    '#include "tensorflow/lite/micro/kernels/micro_ops.h"',
    '#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"',
    '',
    `static tflite::MicroMutableOpResolver<${Math.max(1, distinct.length)}> resolver;`,
    ...lines,
    '',
  ].join('\n')
}

function codeToday(types: readonly string[]): string {
  return [
    '#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"',
    '',
    `static tflite::MicroMutableOpResolver<${Math.max(1, types.length)}> resolver;`,
    ...types.map((type) => `resolver.${addMethod(type)}();`),
    '',
  ].join('\n')
}
