import { readFileSync } from 'node:fs'
import { Builder } from 'flatbuffers'
import { describe, expect, it } from 'vitest'
import { UserError } from '../errors.ts'
import { describeModel } from './describe.ts'
import { seededRandom } from '../../src/model/random.ts'
import { readModel, readModelWithin } from './read.ts'
import { builtinCode, builtinNames, tensorBytes } from './schema.ts'
import { writeModel } from './write.ts'

const int8 = new Uint8Array(readFileSync('models/gesture/gesture_int8.tflite'))
const float32 = new Uint8Array(readFileSync('models/gesture/gesture_float32.tflite'))

describe('readModel', () => {
  it('reads what was written, and writing that again gives the same bytes', () => {
    for (const bytes of [int8, float32]) {
      const model = readModel(bytes)
      expect(writeModel(model)).toEqual(bytes)
    }
  })

  it('reads operators, tensors and quantisation', () => {
    const model = readModel(int8)
    expect(model.operators.map(({ type, builtinCode, version }) => [type, builtinCode, version])).toEqual([
      ['FULLY_CONNECTED', 9, 4],
      ['FULLY_CONNECTED', 9, 4],
      ['SOFTMAX', 25, 2],
    ])
    expect(model.operators[0]?.options).toEqual({
      kind: 'fullyConnected',
      activation: 'RELU',
      keepNumDims: false,
    })
    expect(model.operators[2]?.options).toEqual({ kind: 'softmax', beta: 1 })
    expect(model.tensors[7]).toEqual({
      name: 'probabilities',
      shape: [1, 3],
      type: 'INT8',
      buffer: 0,
      quantisation: { scale: [1 / 256], zeroPoint: [-128], axis: 0 },
      isVariable: false,
    })
  })

  it('knows where a model ends that is followed by something else', () => {
    const flash = new Uint8Array(int8.length + 5000).fill(0xff)
    flash.set(int8)
    const { model, extentBytes } = readModelWithin(flash)
    expect(model).toEqual(readModel(int8))
    expect(int8.length - extentBytes).toBeLessThan(16)
    expect(extentBytes).toBeLessThanOrEqual(int8.length)
  })

  it('aligns every constant to 16 bytes', () => {
    for (const { byteOffset, length } of readModel(int8).buffers) {
      if (length > 0) expect(byteOffset % 16).toBe(0)
    }
  })
})

describe('bad input', () => {
  it.each([
    [new Uint8Array(), 'g.tflite: the file is empty'],
    [new Uint8Array(3), 'g.tflite: only 3 bytes'],
    [new Uint8Array(64), 'g.tflite: not a TensorFlow Lite model'],
    [new TextEncoder().encode('\x7fELF and then something else'), 'not a TensorFlow Lite model'],
    [
      Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x54, 0x46, 0x4c, 0x33),
      'model at byte 4294967295 lies outside the file',
    ],
    [Uint8Array.of(8, 0, 0, 0, 0x54, 0x46, 0x4c, 0x33), 'model at byte 8 lies outside the file (8 bytes)'],
  ])('%#', (bytes, message) => {
    expect(() => readModel(bytes, 'g.tflite')).toThrow(UserError)
    expect(() => readModel(bytes, 'g.tflite')).toThrow(message)
  })

  const failure = (bytes: Uint8Array): unknown => {
    try {
      describeModel(readModel(bytes))
      return undefined
    } catch (error) {
      return error
    }
  }

  it('is truncated anywhere', () => {
    for (let length = 0; length < int8.length; length += length < 2000 ? 1 : 97) {
      const error = failure(int8.slice(0, length))
      expect(error, `${length} bytes`).toBeInstanceOf(UserError)
    }
  })

  it('has any byte changed: a model or a UserError, never anything else', () => {
    const random = seededRandom(3)
    const end = int8.length
    for (let round = 0; round < 4000; round++) {
      const bytes = int8.slice()
      const near = round % 2 === 0 ? 0 : end - 2500
      for (let change = 0; change < 1 + (round % 4); change++) {
        bytes[near + Math.floor(random() * 2500)] = Math.floor(random() * 256)
      }
      const error = failure(bytes)
      expect(error ?? new UserError('')).toBeInstanceOf(UserError)
    }
  })

  it('has vectors that share their bytes many times over', () => {
    const builder = new Builder(1024)
    const shape = builder.createString('x'.repeat(100_000))
    builder.startObject(4)
    builder.addFieldOffset(3, shape, 0)
    const tensor = builder.endObject()
    const count = 50_000
    builder.startVector(4, count, 4)
    for (let index = 0; index < count; index++) builder.addOffset(tensor)
    const tensors = builder.endVector()
    builder.startObject(1)
    builder.addFieldOffset(0, tensors, 0)
    const subgraph = builder.endObject()
    builder.startVector(4, 1, 4)
    builder.addOffset(subgraph)
    const subgraphs = builder.endVector()
    builder.startObject(1)
    const buffer = builder.endObject()
    builder.startVector(4, 1, 4)
    builder.addOffset(buffer)
    const buffers = builder.endVector()
    builder.startObject(5)
    builder.addFieldInt32(0, 3, 0)
    builder.addFieldOffset(2, subgraphs, 0)
    builder.addFieldOffset(4, buffers, 0)
    builder.finish(builder.endObject(), 'TFL3')
    expect(() => readModel(builder.asUint8Array())).toThrow('more elements than the file can hold')
  })

  const broken = (change: (model: ReturnType<typeof readModel>) => object) =>
    writeModel({ ...readModel(int8), ...change(readModel(int8)) })

  it.each([
    ['a tensor that is not there', { inputs: [99] }, 'subgraph 0, inputs: there is no tensor 99 (of 8)'],
    [
      'a buffer that is not there',
      { tensors: [{ ...readModel(int8).tensors[0]!, buffer: 42 }] },
      'subgraph 0, tensor 0: there is no buffer 42',
    ],
    [
      'an operator that the schema lacks',
      { operators: [{ ...readModel(int8).operators[0]!, builtinCode: 1000 }] },
      'operator code 1000 is not in the schema',
    ],
  ])('refers to %s', (_, change, message) => {
    const bytes = broken((model) => ({ subgraphs: [{ ...model.subgraphs[0]!, ...change }] }))
    expect(() => readModel(bytes)).toThrow(message)
  })

  it('has no subgraph, or another schema version', () => {
    expect(() => readModel(broken(() => ({ subgraphs: [] })))).toThrow('the model has no subgraph')
    const bytes = int8.slice()
    const { model } = readModelWithin(bytes)
    expect(model.version).toBe(3)
    const builder = new Builder(64)
    builder.startObject(1)
    builder.addFieldInt32(0, 2, 0)
    builder.finish(builder.endObject(), 'TFL3')
    expect(() => readModel(builder.asUint8Array())).toThrow('schema version 2; only version 3 is read')
  })
})

it('writes custom operators and codes above 127, and reads them back', () => {
  const model = readModel(int8)
  const operators = [
    { ...model.operators[0]!, type: 'CUSTOM:Mine', builtinCode: 32, options: { kind: 'none' as const } },
    {
      ...model.operators[0]!,
      type: 'GELU',
      builtinCode: builtinCode('GELU'),
      options: { kind: 'none' as const },
    },
  ]
  const again = readModel(writeModel({ ...model, subgraphs: [{ ...model.subgraphs[0]!, operators }] }))
  expect(again.operators).toEqual(operators)
})

it('has the schema codes', () => {
  const codes = {
    ADD: 0,
    AVERAGE_POOL_2D: 1,
    CONV_2D: 3,
    DEPTHWISE_CONV_2D: 4,
    DEQUANTIZE: 6,
    FULLY_CONNECTED: 9,
  }
  const more = { MAX_POOL_2D: 17, RELU: 19, RESHAPE: 22, SOFTMAX: 25, SVDF: 27, MEAN: 40, QUANTIZE: 114 }
  for (const [name, code] of Object.entries({ ...codes, ...more })) expect(builtinCode(name)).toBe(code)
  expect(builtinNames).toHaveLength(210)
  expect(() => builtinCode('NONSENSE')).toThrow('no builtin operator')
})

it('knows the sizes of types', () => {
  expect(tensorBytes('INT4', [3])).toBe(2)
  expect(tensorBytes('FLOAT32', [2, 3])).toBe(24)
  expect(tensorBytes('INT8', [])).toBe(1)
  expect(tensorBytes('STRING', [1])).toBeUndefined()
})
