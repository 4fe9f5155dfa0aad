import { beforeAll, describe, expect, it } from 'vitest'
import { builtinCode, type Operator, type Tensor, type TfliteModel } from '../../../runs/tflite/schema.ts'
import { tflmPackage } from '../sources/packages.ts'
import { ensureSources } from '../sources/sources.ts'
import { checkModel, readSupport, type TflmSupport } from './tflm-support.ts'

let support: TflmSupport
beforeAll(async () => {
  support = await readSupport(await ensureSources(tflmPackage))
})

/** Read by eye in micro/kernels of the package: each kernel's switch over its input, or its output where it has none. */
const byEye: Record<string, string> = {
  FULLY_CONNECTED: 'FLOAT32 INT8 UINT8',
  CONV_2D: 'FLOAT32 INT8 UINT8',
  DEPTHWISE_CONV_2D: 'FLOAT32 INT8 UINT8',
  AVERAGE_POOL_2D: 'FLOAT32 INT8 UINT8',
  SOFTMAX: 'FLOAT32 INT8 UINT8',
  LOGISTIC: 'FLOAT32 INT8',
  TANH: 'FLOAT32 INT8',
  RELU: 'FLOAT32 INT8 UINT8',
  ADD: 'FLOAT32 INT8 UINT8',
  MUL: 'FLOAT32 INT8 UINT8',
  CONCATENATION: 'FLOAT32 INT32 INT64 INT8 UINT8',
  MAXIMUM: 'FLOAT32 INT32 INT64 INT8 UINT8',
  EQUAL: 'BOOL FLOAT32 INT32 INT64 INT8 UINT8',
  PAD: 'FLOAT32 INT32 INT8 UINT8',
  SPLIT: 'FLOAT32 INT16 INT32 INT8 UINT8',
  MEAN: 'FLOAT32',
  NEG: 'FLOAT32',
  CEIL: 'FLOAT32',
  SVDF: 'FLOAT32 INT8',
  QUANTIZE: 'FLOAT32 INT16',
  DEQUANTIZE: 'INT16 INT8 UINT8',
  ARG_MAX: 'FLOAT32 INT8 UINT8',
  STRIDED_SLICE: 'FLOAT32 INT8 UINT8',
  RESHAPE: '',
}

describe('readSupport', () => {
  it.each(Object.entries(byEye))('%s of %s', (operator, types) => {
    expect([...(support.kernelTypes.get(operator) ?? ['unknown'])].sort().join(' ')).toBe(types)
  })

  it('has the kernel of every operator that is registered', () => {
    expect([...support.operators.keys()].filter((name) => !support.kernelTypes.has(name))).toEqual([])
    expect([...support.tensorTypes]).toContain('INT8')
    expect([...support.tensorTypes]).not.toContain('FLOAT16')
  })
})

interface Part {
  readonly type: string
  readonly version?: number
  readonly input?: Partial<Tensor>
  readonly weights?: Partial<Tensor>
}

/** Operators that all read tensors of their own. */
function modelOf(...parts: readonly Part[]): TfliteModel {
  const tensors: Tensor[] = []
  const tensor = (change: Partial<Tensor> = {}): number => {
    const plain = { name: `t${tensors.length}`, shape: [1, 4], type: 'INT8', buffer: 0 } as const
    return tensors.push({ ...plain, quantisation: undefined, isVariable: false, ...change }) - 1
  }
  const operators = parts.map(({ type, version = 1, input, weights }): Operator => {
    const builtin = type.startsWith('CUSTOM:') ? 32 : builtinCode(type)
    const inputs = [tensor(input), ...(weights === undefined ? [] : [tensor(weights)])]
    return { type, builtinCode: builtin, version, inputs, outputs: [tensor()], options: { kind: 'none' } }
  })
  const main = { name: '', tensors, operators, inputs: [0], outputs: [1] }
  return { version: 3, description: '', subgraphs: [main], ...main, buffers: [], metadata: [] }
}

const said = (model: TfliteModel): string => {
  try {
    checkModel(model, support, 'm.tflite')
    return ''
  } catch (error) {
    return (error as Error).message.replace(/^.*cannot run it: /, '')
  }
}

describe('checkModel', () => {
  const scales = { quantisation: { scale: [1, 2], zeroPoint: [0, 0], axis: 0 } }

  it.each<[string, Part, string]>([
    ['an operator', { type: 'GELU' }, 'no operator GELU (operator 0)'],
    [
      'a sequence',
      { type: 'UNIDIRECTIONAL_SEQUENCE_LSTM' },
      'no operator UNIDIRECTIONAL_SEQUENCE_LSTM (operator 0)',
    ],
    ['a custom operator', { type: 'CUSTOM:A"\n' }, 'no custom operator "A\\"\\n" (operator 0)'],
    ['a version', { type: 'MEAN', version: 2 }, 'MEAN version 2, it has version 1 alone (operator 0)'],
    ['a version', { type: 'DEQUANTIZE', version: 3 }, 'DEQUANTIZE version 3, it has 1 to 2 (operator 0)'],
    ['a version', { type: 'TANH', version: 2 }, 'TANH version 2, it has version 1 alone (operator 0)'],
    ['a type', { type: 'MEAN' }, 'MEAN of INT8, it has FLOAT32 (operator 0)'],
    [
      'a type',
      { type: 'CONV_2D', input: { type: 'INT16' } },
      'CONV_2D of INT16, it has FLOAT32, INT8, UINT8 (operator 0)',
    ],
    [
      'hybrid weights',
      { type: 'CONV_2D', input: { type: 'FLOAT32' }, weights: {} },
      'CONV_2D with weights of INT8 on FLOAT32: dynamic-range quantisation; convert to full int8, with a representative dataset (operator 0)',
    ],
    [
      'scales',
      { type: 'FULLY_CONNECTED', weights: scales },
      'FULLY_CONNECTED with 2 weight scales, it takes one: convert with _experimental_disable_per_channel_quantization_for_dense_layers (operator 0)',
    ],
    [
      'a dynamic batch',
      { type: 'RESHAPE', input: { shape: [-1, 4] } },
      'a dimension is open in t0: convert with a batch of 1',
    ],
    ['a tensor type', { type: 'RESHAPE', input: { type: 'FLOAT16' } }, 'no tensors of FLOAT16 (t0)'],
  ])('%s that it has not: %j', (_, part, message) => expect(said(modelOf(part))).toBe(message))

  it('what it has is not spoken of', () => {
    expect(
      said(modelOf({ type: 'FULLY_CONNECTED', version: 4, weights: {} }, { type: 'SOFTMAX', version: 2 })),
    ).toBe('')
    expect(said(modelOf({ type: 'CONV_2D', version: 3, weights: scales }))).toBe('')
    expect(said(modelOf({ type: 'RESHAPE', input: { type: 'BOOL' } }))).toBe('')
  })

  it('all at once, each kind once, in one line', () => {
    const two = modelOf({ type: 'GELU' }, { type: 'MEAN', version: 2 }, { type: 'GELU' }, { type: 'LSTM' })
    expect(said(two)).toBe(
      'no operator GELU (operators 0, 2); MEAN version 2, it has version 1 alone (operator 1); no operator LSTM (operator 3)',
    )
    const [main] = two.subgraphs
    expect(said({ ...modelOf({ type: 'RESHAPE' }), subgraphs: [main!, main!] })).toBe(
      '2 subgraphs, it takes one',
    )
  })
})
