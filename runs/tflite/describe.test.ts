import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { describeModel } from './describe.ts'
import { readModel } from './read.ts'
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
    expect(int8.totals).toEqual({
      macs: 9648,
      macsNotCounted: [],
      parameters: 9667,
      constantBytes: 9648 + 4 * 19,
    })
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
