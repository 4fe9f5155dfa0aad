export interface ModelOperator {
  /** As in the schema: FULLY_CONNECTED. */
  readonly builtin: string
  readonly version: number
}

export type Resolver = 'all' | 'mutable'

/** Highest version of each operator in this TFLM, from AllOpsResolver (micro/kernels/all_ops_resolver.cc). */
export const supportedOperators: Readonly<Record<string, number>> = {
  ABS: 1,
  ADD: 2,
  ARG_MAX: 1,
  ARG_MIN: 1,
  AVERAGE_POOL_2D: 2,
  CEIL: 1,
  CONCATENATION: 3,
  CONV_2D: 3,
  COS: 1,
  DEPTHWISE_CONV_2D: 3,
  DEQUANTIZE: 2,
  EQUAL: 2,
  FLOOR: 1,
  FULLY_CONNECTED: 4,
  GREATER: 2,
  GREATER_EQUAL: 2,
  L2_NORMALIZATION: 1,
  LESS: 2,
  LESS_EQUAL: 2,
  LOG: 1,
  LOGICAL_AND: 1,
  LOGICAL_NOT: 1,
  LOGICAL_OR: 1,
  LOGISTIC: 2,
  MAXIMUM: 1,
  MAX_POOL_2D: 2,
  MEAN: 1,
  MINIMUM: 1,
  MUL: 3,
  NEG: 1,
  NOT_EQUAL: 2,
  PACK: 2,
  PAD: 2,
  PADV2: 2,
  PRELU: 1,
  QUANTIZE: 1,
  RELU: 1,
  RELU6: 1,
  RESHAPE: 1,
  RESIZE_NEAREST_NEIGHBOR: 2,
  ROUND: 1,
  RSQRT: 1,
  SIN: 1,
  SOFTMAX: 2,
  SPLIT: 3,
  SQRT: 1,
  SQUARE: 1,
  STRIDED_SLICE: 1,
  SUB: 2,
  SVDF: 3,
  TANH: 1,
  UNPACK: 2,
}

const opening = `#include <new>

#include "runtime/inference.h"
`

/** C++ source of model_resolver(): every operator of TFLM, or those of the model alone. */
export function resolverSource(kind: Resolver, operators: readonly ModelOperator[]): string {
  return kind === 'all' ? allOperators : modelOperators(operators)
}

const allOperators = `${opening}#include "tensorflow/lite/micro/kernels/all_ops_resolver.h"

using Resolver = tflite::ops::micro::AllOpsResolver;
alignas(Resolver) static uint8_t memory[sizeof(Resolver)];

const tflite::MicroOpResolver& model_resolver(tflite::ErrorReporter*) { return *new (memory) Resolver; }
`

/** Each version of an operator takes a slot of its own. */
function modelOperators(operators: readonly ModelOperator[]): string {
  const wanted = [...new Set(operators.map(({ builtin, version }) => `${builtin} ${version}`))].sort()
  const additions = wanted.map((operator) => {
    const [builtin, version] = operator.split(' ')
    const registration = `tflite::ops::micro::Register_${builtin ?? ''}()`
    return `  resolver->AddBuiltin(tflite::BuiltinOperator_${builtin ?? ''}, ${registration}, ${version ?? ''});`
  })
  return `${opening}#include "tensorflow/lite/micro/kernels/micro_ops.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

using Resolver = tflite::MicroMutableOpResolver<${Math.max(1, wanted.length)}>;
alignas(Resolver) static uint8_t memory[sizeof(Resolver)];

const tflite::MicroOpResolver& model_resolver(tflite::ErrorReporter* reporter) {
  auto* resolver = new (memory) Resolver(reporter);
${additions.join('\n')}
  return *resolver;
}
`
}
