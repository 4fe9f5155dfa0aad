/**
 * Multiply-accumulates, counted by tflite-micro itself: where input and weights are all 1 and nothing is padded, each
 * adds 1 to an output, so that the outputs add up to how many there were.
 */
import { beforeAll, expect, it } from 'vitest'
import { describeModel } from '../../runs/tflite/describe.ts'
import { readModel } from '../../runs/tflite/read.ts'
import { builtinCode, elementCount, type OperatorOptions, type Tensor } from '../../runs/tflite/schema.ts'
import { writeModel } from '../../runs/tflite/write.ts'
import { bytesOf } from './golden.ts'
import { findInterpreter, interpretAll } from './interpreter.ts'

interface Case {
  readonly type: string
  readonly output: readonly number[]
  readonly input: readonly number[]
  readonly weights: readonly number[]
  readonly options?: OperatorOptions
  /** Where TRANSPOSE_CONV has its output's shape. */
  readonly outputShapeFirst?: true
}

const strides = {
  padding: 'VALID',
  strideHeight: 2,
  strideWidth: 2,
  activation: 'NONE',
  dilationHeight: 1,
  dilationWidth: 1,
} as const

const cases: readonly Case[] = [
  { type: 'FULLY_CONNECTED', output: [3, 5], input: [3, 7], weights: [5, 7] },
  {
    type: 'CONV_2D',
    output: [1, 3, 4, 5],
    input: [1, 7, 9, 2],
    weights: [5, 3, 3, 2],
    options: { kind: 'convolution', ...strides },
  },
  {
    type: 'DEPTHWISE_CONV_2D',
    output: [1, 3, 4, 6],
    input: [1, 7, 9, 3],
    weights: [1, 3, 3, 6],
    options: { kind: 'depthwise', ...strides, depthMultiplier: 2 },
  },
  {
    type: 'TRANSPOSE_CONV',
    output: [1, 9, 11, 5],
    input: [1, 4, 5, 2],
    weights: [5, 3, 3, 2],
    options: { kind: 'transposeConvolution', ...strides },
    outputShapeFirst: true,
  },
  { type: 'BATCH_MATMUL', output: [2, 3, 5], input: [2, 3, 7], weights: [2, 7, 5] },
]

function modelOf({ type, output, input, weights, options, outputShapeFirst }: Case): Uint8Array {
  const tensor = (shape: readonly number[], buffer: number, type: Tensor['type'] = 'FLOAT32'): Tensor => ({
    name: `t${buffer}`,
    shape,
    type,
    buffer,
    quantisation: undefined,
    isVariable: false,
  })
  const ones = new Float32Array(elementCount(weights)).fill(1)
  const buffers = [new Uint8Array(), bytesOf(ones), new Uint8Array(new Int32Array(output).buffer)]
  const tensors = [
    tensor(input, 0),
    tensor(weights, 1),
    tensor(output, 0),
    tensor([output.length], 2, 'INT32'),
  ]
  const inputs = outputShapeFirst ? [3, 1, 0] : [0, 1]
  const operator = {
    type,
    builtinCode: builtinCode(type),
    version: 1,
    inputs,
    outputs: [2],
    options: options ?? { kind: 'none' },
  } as const
  const subgraph = { name: 'main', tensors, operators: [operator], inputs: [0], outputs: [2] }
  return writeModel({ description: '', subgraphs: [subgraph], buffers, metadata: [] })
}

let found: Awaited<ReturnType<typeof findInterpreter>>
beforeAll(async () => {
  found = await findInterpreter()
})

it('ones times ones add up to what is counted', async (context) => {
  if ('missing' in found) return context.skip(found.missing)
  const models = cases.map(modelOf)
  const results = await interpretAll(
    found.python,
    models.map((model, index) => ({
      model,
      inputs: [bytesOf(new Float32Array(elementCount(cases[index]!.input)).fill(1))],
      tensors: [2],
    })),
  )
  const sums = results.map((result) =>
    typeof result === 'string'
      ? result
      : new Float32Array(result[0]!.buffer.slice(0)).reduce((sum, value) => sum + value, 0),
  )
  const counted = models.map((model) => describeModel(readModel(model)).totals.macs)
  expect(Object.fromEntries(cases.map(({ type }, index) => [type, sums[index]]))).toEqual(
    Object.fromEntries(cases.map(({ type }, index) => [type, counted[index]])),
  )
})
