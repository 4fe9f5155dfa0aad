import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { describeModel, macs } from './describe.ts'
import { readModel } from './read.ts'
import type { Operator, Tensor } from './schema.ts'
import { writeModel } from './write.ts'

describe('describeModel', () => {
  const int8 = describeModel(readModel(new Uint8Array(readFileSync('models/gesture/gesture_int8.tflite'))))

  it('lists the operators', () => {
    expect(
      int8.operators.map(({ type, outputShape, macs, activation }) => [type, outputShape, macs, activation]),
    ).toEqual([
      ['FULLY_CONNECTED', [1, 16], 9600, 'RELU'],
      ['FULLY_CONNECTED', [1, 3], 48, 'NONE'],
      ['SOFTMAX', [1, 3], 0, 'NONE'],
    ])
    expect(int8.resolver).toEqual([
      { type: 'FULLY_CONNECTED', builtinCode: 9, version: 4 },
      { type: 'SOFTMAX', builtinCode: 25, version: 2 },
    ])
  })

  it('adds up parameters and bytes', () => {
    // 600 x 16 + 16 + 16 x 3 + 3; int8 weights, int32 biases.
    expect(int8.totals).toEqual({ macs: 9648, parameters: 9667, constantBytes: 9648 + 4 * 19 })
    expect(int8.inputs).toMatchObject([{ name: 'input', type: 'INT8', shape: [1, 600], bytes: 600 }])
  })
})

it('shows names that a terminal obeys, and such without an end, as harmless ones', () => {
  const model = readModel(new Uint8Array(readFileSync('models/gesture/gesture_int8.tflite')))
  const [first, ...rest] = model.tensors
  const renamed = {
    ...model,
    tensors: [{ ...first!, name: '\x1b[2J\n\u202e' + 'x'.repeat(100_000) }, ...rest],
  }
  const main = { ...model.subgraphs[0]!, tensors: renamed.tensors }
  const [tensor] = describeModel(readModel(writeModel({ ...renamed, subgraphs: [main] }))).tensors
  expect(tensor?.name).toBe(`\ufffd[2J\ufffd\ufffd${'x'.repeat(193)}…`)
})

describe('macs', () => {
  const tensor = (shape: number[]): Tensor => ({
    name: '',
    shape,
    type: 'FLOAT32',
    buffer: 0,
    quantisation: undefined,
    isVariable: false,
  })
  const count = (type: string, shapes: number[][]) =>
    macs({ tensors: shapes.map(tensor) }, {
      type,
      builtinCode: 0,
      version: 1,
      inputs: shapes.slice(1).map((_, index) => index + 1),
      outputs: [0],
      options: { kind: 'none' },
    } satisfies Operator)

  it.each([
    // Layers of MobileNet v1 0.25 at 96 x 96 (Howard et al. 2017, table 1), by its formulas in section 3.1.
    [
      'CONV_2D',
      [
        [1, 48, 48, 8],
        [1, 96, 96, 3],
        [8, 3, 3, 3],
      ],
      3 * 3 * 3 * 8 * 48 * 48,
    ],
    [
      'DEPTHWISE_CONV_2D',
      [
        [1, 48, 48, 8],
        [1, 48, 48, 8],
        [1, 3, 3, 8],
      ],
      3 * 3 * 8 * 48 * 48,
    ],
    [
      'FULLY_CONNECTED',
      [
        [2, 10],
        [2, 64],
        [10, 64],
      ],
      2 * 10 * 64,
    ],
    ['TRANSPOSE_CONV', [[1, 8, 8, 4], [4], [4, 3, 3, 2], [1, 4, 4, 2]], 4 * 4 * 2 * 4 * 9],
    [
      'BATCH_MATMUL',
      [
        [2, 3, 5],
        [2, 3, 7],
        [2, 7, 5],
      ],
      2 * 3 * 5 * 7,
    ],
    ['ADD', [[4], [4], [4]], 0],
    ['FULLY_CONNECTED', [[1, 2]], 0],
  ])('%s %j', (type, shapes, expected) => {
    expect(count(type, shapes)).toBe(expected)
  })
})
