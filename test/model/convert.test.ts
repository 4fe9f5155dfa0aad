/** Networks that the gesture model is not: convolutions with a scale for each channel, against tflite-micro. */
import { beforeAll, describe, expect, it } from 'vitest'
import { calibrate, convertToFloat32, convertToInt8 } from '../../src/model/convert/convert.ts'
import { describeModel } from '../../runs/tflite/describe.ts'
import type { Convolution, Graph } from '../../src/model/infer/graph.ts'
import { inferFloat } from '../../src/model/infer/infer-float.ts'
import { inferInt8 } from '../../src/model/infer/infer-int8.ts'
import { dequantiseActivations, quantiseActivations } from '../../src/model/infer/quantise.ts'
import { seededRandom } from '../../src/model/random.ts'
import { readModel } from '../../runs/tflite/read.ts'
import { bytesOf } from './golden.ts'
import { findInterpreter, interpret } from './interpreter.ts'

const random = seededRandom(11)
const uniform = (length: number, size = 1) => Float32Array.from({ length }, () => size * (2 * random() - 1))

/** Weights of very unlike size from channel to channel, so that one scale for all would show. */
function unlike(weights: Float32Array, channel: (index: number) => number): Float32Array {
  return weights.map((weight, index) => weight * 3 ** (channel(index) % 4))
}

const convolution: Convolution = {
  kind: 'convolution',
  name: 'conv',
  kernelHeight: 3,
  kernelWidth: 2,
  outputs: 5,
  weights: unlike(uniform(5 * 3 * 2 * 3), (index) => Math.floor(index / 18)),
  bias: uniform(5),
  strideHeight: 2,
  strideWidth: 1,
  padding: 'SAME',
  activation: 'RELU6',
}
const depthwise: Convolution = {
  kind: 'depthwise',
  name: 'depthwise',
  kernelHeight: 2,
  kernelWidth: 3,
  outputs: 10,
  weights: unlike(uniform(2 * 3 * 10), (index) => index % 10),
  bias: uniform(10),
  strideHeight: 1,
  strideWidth: 2,
  padding: 'VALID',
  activation: 'RELU',
}
const graph: Graph = {
  inputShape: [1, 9, 8, 3],
  layers: [
    convolution,
    depthwise,
    { kind: 'reshape', name: 'flat', shape: [1, 120] },
    {
      kind: 'dense',
      name: 'dense',
      inputs: 120,
      outputs: 4,
      weights: uniform(480, 0.05),
      bias: uniform(4),
      activation: 'NONE',
    },
    { kind: 'softmax', name: 'probabilities' },
  ],
}
const inputs = Array.from({ length: 100 }, () => uniform(9 * 8 * 3, 2))
const float32 = convertToFloat32(graph, 'test')
const int8 = convertToInt8(graph, calibrate(graph, inputs), 'test')
const model = readModel(int8)
const quantised = inputs.map((input) =>
  quantiseActivations(input, model.tensors[model.inputs[0]!]!.quantisation!),
)

let found: Awaited<ReturnType<typeof findInterpreter>>
beforeAll(async () => {
  found = await findInterpreter()
})

describe('a network of convolutions', () => {
  it('has versions that interpreters of 2020 take', () => {
    const { operators, tensors } = describeModel(model)
    expect(
      operators.map(({ type, version, outputShape, macs }) => [type, version, outputShape, macs]),
    ).toEqual([
      ['CONV_2D', 3, [1, 5, 8, 5], 5 * 8 * 5 * 18],
      ['DEPTHWISE_CONV_2D', 3, [1, 4, 3, 10], 4 * 3 * 10 * 6],
      ['RESHAPE', 1, [1, 120], 0],
      ['FULLY_CONNECTED', 4, [1, 4], 480],
      ['SOFTMAX', 2, [1, 4], 0],
    ])
    expect(describeModel(readModel(float32)).operators.map(({ version }) => version)).toEqual([1, 1, 1, 1, 1])
    const scales = (name: string) => tensors.find((tensor) => tensor.name === name)?.quantisation
    expect([scales('conv/weights')?.scale.length, scales('conv/weights')?.axis]).toEqual([5, 0])
    expect([scales('depthwise/weights')?.scale.length, scales('depthwise/weights')?.axis]).toEqual([10, 3])
    expect([scales('dense/weights')?.scale.length, scales('dense/bias')?.scale.length]).toEqual([1, 1])
  })

  it('int8 stays near float32', () => {
    inputs.forEach((input, index) => {
      const exact = inferFloat(graph, input)
      const stored = inferInt8(model, quantised[index]!)
      const [logits, output] = [
        exact.at(-2)!,
        model.tensors[model.operators.at(-1)!.inputs[0]!]!.quantisation!,
      ]
      const span = output.scale[0]! * 255
      dequantiseActivations(stored.at(-2)!, output).forEach((value, label) => {
        expect(Math.abs(value - logits[label]!)).toBeLessThan(0.03 * span)
      })
    })
  })

  it('float32: tflite-micro gives what the TypeScript evaluation gives', async (context) => {
    if ('missing' in found) return context.skip(found.missing)
    const results = await interpret(found.python, float32, inputs.map(bytesOf))
    inputs.forEach((input, index) => {
      const expected = inferFloat(graph, input).at(-1)!
      new Float32Array(results[index]!.slice().buffer).forEach((value, label) => {
        expect(value).toBeCloseTo(expected[label]!, 5)
      })
    })
  })

  it('int8: tflite-micro gives every byte of every layer', async (context) => {
    if ('missing' in found) return context.skip(found.missing)
    const tensors = model.operators.map(({ outputs }) => String(outputs[0]))
    const results = await interpret(found.python, int8, quantised.map(bytesOf), tensors)
    quantised.forEach((input, index) => {
      const expected = inferInt8(model, input).flatMap((values) => [...values])
      expect([...new Int8Array(results[index]!)], `input ${index}`).toEqual(expected)
    })
  })
})

describe('what cannot be converted', () => {
  it.each([
    [{ ...graph, inputShape: [9, 8, 3] }, 'takes [1, height, width, channels]'],
    [{ ...graph, layers: [convolution, { ...depthwise, outputs: 7 }] }, 'cannot have 7 outputs'],
    [
      { ...graph, layers: [{ ...convolution, weights: convolution.weights.map(() => NaN) }] },
      'cannot quantise',
    ],
  ])('%#', (broken, message) => {
    const range = { minimum: -1, maximum: 1 }
    const calibration = { input: range, layers: broken.layers.map(() => range) }
    expect(() => convertToInt8(broken, calibration, '')).toThrow(message)
  })

  it('is calibrated on nothing', () => {
    expect(() => calibrate(graph, [])).toThrow('at least one input')
  })
})
