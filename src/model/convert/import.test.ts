import { describe, expect, it } from 'vitest'
import { UserError } from '../../../runs/errors.ts'
import { graphOfTflite } from './import.ts'
import { inferFloat } from '../infer/infer-float.ts'
import { builtinCode, type Operator, type OperatorOptions, type Tensor } from '../../../runs/tflite/schema.ts'
import { writeModel } from '../../../runs/tflite/write.ts'

type Values = Float32Array | Int8Array | Int32Array | Uint16Array
interface Given extends Partial<Tensor> {
  readonly shape: readonly number[]
  readonly values?: Values
}
type Step = [type: string, inputs: number[], output: number, options?: OperatorOptions]

/** Tensor 0 is the input; the output is that of the last step. */
function file(tensors: readonly Given[], ...steps: readonly Step[]): Uint8Array {
  const buffers: Uint8Array[] = [new Uint8Array()]
  const all = tensors.map(({ values, ...tensor }, index): Tensor => {
    const buffer = values ? buffers.push(new Uint8Array(values.buffer)) - 1 : 0
    const shared = { name: `t${index}`, type: 'FLOAT32', quantisation: undefined, isVariable: false } as const
    return { ...shared, buffer, ...tensor }
  })
  const operators = steps.map(([type, inputs, output, options = { kind: 'none' }]): Operator => {
    return { type, builtinCode: builtinCode(type), version: 1, inputs, outputs: [output], options }
  })
  const outputs = operators.at(-1)!.outputs
  const subgraph = { name: 'main', tensors: all, operators, inputs: [0], outputs }
  return writeModel({ description: '', subgraphs: [subgraph], buffers, metadata: [] })
}

const floats = (...values: number[]) => Float32Array.from(values)
const run = (bytes: Uint8Array, ...input: number[]) => [
  ...inferFloat(graphOfTflite(bytes), floats(...input)).at(-1)!,
]
const fullyConnected = (activation: 'NONE' | 'TANH' = 'NONE'): OperatorOptions => ({
  kind: 'fullyConnected',
  activation,
  keepNumDims: false,
})
const quantisation = (scale: number[], zeroPoint: number[], axis = 0) => ({ scale, zeroPoint, axis })
const convolution: OperatorOptions = {
  kind: 'convolution',
  padding: 'VALID',
  strideHeight: 1,
  strideWidth: 1,
  activation: 'NONE',
  dilationHeight: 1,
  dilationWidth: 1,
}

describe('graphOfTflite', () => {
  const weights = { shape: [2, 2], values: floats(1, 2, 3, 4) }

  it('takes a layer without bias', () => {
    const model = file(
      [{ shape: [1, 2] }, weights, { shape: [1, 2] }],
      ['FULLY_CONNECTED', [0, 1, -1], 2, fullyConnected()],
    )
    expect(run(model, 10, 100)).toEqual([210, 430])
  })

  it('takes weights of float16 behind DEQUANTIZE', () => {
    // IEEE 754 binary16: 1, -2, 0.5, 2^-24
    const half = {
      shape: [2, 2],
      type: 'FLOAT16',
      values: Uint16Array.of(0x3c00, 0xc000, 0x3800, 1),
    } as const
    const model = file(
      [{ shape: [1, 2] }, half, { shape: [2, 2] }, { shape: [1, 2] }],
      ['DEQUANTIZE', [1], 2],
      ['FULLY_CONNECTED', [0, 2, -1], 3, fullyConnected()],
    )
    expect(run(model, 1, 2 ** 24)).toEqual([Math.fround(1 - 2 ** 25), 1.5])
  })

  it('takes int8 weights with a scale for each output, as dynamic range quantisation leaves them', () => {
    const stored = { shape: [2, 2], type: 'INT8', values: Int8Array.of(1, 2, 3, 4) } as const
    const model = file(
      [{ shape: [1, 2] }, { ...stored, quantisation: quantisation([0.5, 2], [0, 0]) }, { shape: [1, 2] }],
      ['FULLY_CONNECTED', [0, 1, -1], 2, fullyConnected()],
    )
    expect(run(model, 10, 100)).toEqual([105, 860])
  })

  it('takes multiplication and addition of a constant for each channel as batch normalisation', () => {
    const model = file(
      [
        { shape: [1, 2] },
        weights,
        { shape: [1, 2] },
        { shape: [2], values: floats(2, 3) },
        { shape: [1, 2] },
        { shape: [1], values: floats(1) },
        { shape: [1, 2] },
      ],
      ['FULLY_CONNECTED', [0, 1, -1], 2, fullyConnected()],
      ['MUL', [2, 3], 4, { kind: 'mul', activation: 'NONE' }],
      ['ADD', [5, 4], 6, { kind: 'add', activation: 'RELU' }],
    )
    expect(graphOfTflite(model).layers.map(({ kind }) => kind)).toEqual(['dense'])
    expect(run(model, 10, 100)).toEqual([421, 1291])
    expect(run(model, -10, -100)).toEqual([0, 0])
  })

  it('takes a mean over time, and a convolution between EXPAND_DIMS and SQUEEZE', () => {
    const model = file(
      [
        { shape: [1, 3, 2] },
        { shape: [1], type: 'INT32', values: Int32Array.of(2) },
        { shape: [1, 3, 1, 2] },
        { shape: [1, 2, 1, 2], values: floats(1, 0, 0, 1) },
        { shape: [1], values: floats(0.5) },
        { shape: [1, 2, 1, 1] },
        { shape: [1, 2, 1] },
        { shape: [1], type: 'INT32', values: Int32Array.of(-2) },
        { shape: [1, 1] },
      ],
      ['EXPAND_DIMS', [0, 1], 2],
      ['CONV_2D', [2, 3, 4], 5, convolution],
      ['SQUEEZE', [5], 6],
      ['MEAN', [6, 7], 8, { kind: 'reducer', keepDims: false }],
    )
    // 1 + 4 + 0.5 and 3 + 6 + 0.5
    expect(run(model, 1, 2, 3, 4, 5, 6)).toEqual([7.5])
  })

  it('knows the ReLU that a quantised tensor keeps by saturating', () => {
    const stored = (zeroPoint: number, scale: number) =>
      file(
        [
          { shape: [1, 2], type: 'INT8', quantisation: quantisation([1], [0]) },
          { shape: [1, 2], type: 'INT8', values: Int8Array.of(1, 1), quantisation: quantisation([1], [0]) },
          { shape: [1, 1], type: 'INT8', quantisation: quantisation([scale], [zeroPoint]) },
        ],
        ['FULLY_CONNECTED', [0, 1, -1], 2, fullyConnected()],
      )
    expect(run(stored(-128, 1), -5, -5)).toEqual([0])
    expect(run(stored(-128, 6 / 255), 5, 5)).toEqual([6])
    expect(run(stored(-127, 1), -5, -5)).toEqual([-10])
  })

  const two = [{ shape: [1, 2] }, { shape: [1, 2] }]
  const image = { shape: [1, 4, 4, 2] }
  it.each<[RegExp, Uint8Array]>([
    [
      /^m\.tflite, operator 0 \(LOGISTIC\) cannot be taken apart: end in a Dense/,
      file(two, ['LOGISTIC', [0], 1]),
    ],
    [/\(FLOOR\).*only FULLY_CONNECTED.*can still be measured/, file(two, ['FLOOR', [0], 1])],
    [/\(MUL\).*use Add/, file(two, ['MUL', [0, 0], 1])],
    [
      /TANH: use RELU/,
      file([two[0]!, weights, two[1]!], ['FULLY_CONNECTED', [0, 1, -1], 2, fullyConnected('TANH')]),
    ],
    [
      /weights are computed/,
      file([{ shape: [2, 2] }, { shape: [2, 2] }], ['FULLY_CONNECTED', [0, 0, -1], 1, fullyConnected()]),
    ],
    [
      /several rows: use a convolution/,
      file(
        [{ shape: [1, 3, 2] }, weights, { shape: [1, 3, 2] }],
        ['FULLY_CONNECTED', [0, 1, -1], 2, fullyConnected()],
      ),
    ],
    [
      /several rows: flatten/,
      file([{ shape: [1, 3, 2] }, { shape: [1, 3, 2] }], ['SOFTMAX', [0], 1, { kind: 'softmax', beta: 1 }]),
    ],
    [/beta 2: multiply/, file(two, ['SOFTMAX', [0], 1, { kind: 'softmax', beta: 2 }])],
    [
      /dilated: use strides/,
      file(
        [image, { shape: [1, 2, 2, 2], values: new Float32Array(8) }, image],
        ['CONV_2D', [0, 1, -1], 2, { ...convolution, dilationWidth: 2 }],
      ),
    ],
    [
      /has groups/,
      file(
        [image, { shape: [1, 2, 2, 1], values: new Float32Array(4) }, image],
        ['CONV_2D', [0, 1, -1], 2, convolution],
      ),
    ],
    [
      /broadcasts/,
      file(
        [{ shape: [1, 2] }, { shape: [1, 1] }, { shape: [1, 2] }],
        ['RELU', [0], 1],
        ['ADD', [0, 1], 2, { kind: 'add', activation: 'NONE' }],
      ),
    ],
    [
      /constant has 3 values/,
      file(
        [...two, { shape: [3], values: floats(1, 2, 3) }],
        ['ADD', [0, 2], 1, { kind: 'add', activation: 'NONE' }],
      ),
    ],
    [
      /not over all of height and width/,
      file(
        [image, { shape: [1], type: 'INT32', values: Int32Array.of(1) }, { shape: [1, 4, 2] }],
        ['MEAN', [0, 1], 2, { kind: 'reducer', keepDims: false }],
      ),
    ],
    [/tensor 0 has no fixed shape/, file([{ shape: [-1, 2] }, { shape: [1, 2] }], ['RELU', [0], 1])],
    [/tensor 1 is used before it is computed/, file(two, ['RELU', [1], 1])],
    [
      /cannot be converted: .*takes 2 values/,
      file([{ shape: [1, 3] }, { shape: [1, 2] }], ['RESHAPE', [0], 1]),
    ],
  ])('says what cannot be taken apart, and what to do: %s', (message, bytes) => {
    expect(() => graphOfTflite(bytes, 'm.tflite')).toThrow(message)
    expect(() => graphOfTflite(bytes, 'm.tflite')).toThrow(UserError)
  })

  it('takes one input and one output', () => {
    const options = { kind: 'none' } as const
    const tensor = {
      name: '',
      shape: [1],
      type: 'FLOAT32',
      buffer: 0,
      quantisation: undefined,
      isVariable: false,
    } as const
    const operators = [{ type: 'RELU', builtinCode: 19, version: 1, inputs: [0], outputs: [1], options }]
    const subgraph = { name: '', tensors: [tensor, tensor], operators, inputs: [0], outputs: [0, 1] }
    const bytes = writeModel({
      description: '',
      subgraphs: [subgraph],
      buffers: [new Uint8Array()],
      metadata: [],
    })
    expect(() => graphOfTflite(bytes)).toThrow('a model of 1 inputs and 2 outputs cannot be taken apart')
    expect(() => graphOfTflite(new Uint8Array(20), 'x')).toThrow('x: not a TensorFlow Lite model')
  })
})
