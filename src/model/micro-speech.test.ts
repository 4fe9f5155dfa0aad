import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { UserError } from '../../runs/errors.ts'
import { tflmPackage } from '../toolchain/sources/packages.ts'
import { projectRoot } from '../toolchain/paths.ts'
import { ensureSources } from '../toolchain/sources/sources.ts'
import { stockModel } from '../toolchain/testing/testing.ts'
import { describeModel } from '../../runs/tflite/describe.ts'
import { graphOfTflite } from './convert/import.ts'
import { inferFloat } from './infer/infer-float.ts'
import { inferInt8 } from './infer/infer-int8.ts'
import { halfMelBins, int8Of } from './micro-speech.ts'
import { readModel } from '../../runs/tflite/read.ts'

let microSpeech: Uint8Array
beforeAll(async () => {
  await ensureSources(tflmPackage)
  microSpeech = new Uint8Array(readFileSync(stockModel('micro_speech')))
})

/** Features of a second with a word, as the front end makes them: uint8, 49 x 40. */
const features = (word: string) => readFileSync(stockModel(word).replace('.tflite', '.data'))
const words = { yes: 'yes_micro_f2e59fea_nohash_1', no: 'no_micro_f9643d42_nohash_4' }
const probabilities = (model: Uint8Array, input: Uint8Array) =>
  [
    ...inferInt8(
      readModel(model),
      Int8Array.from(input, (value) => value - 128),
    ).at(-1)!,
  ].map((v) => v + 128)
const operators = (model: Uint8Array) =>
  describeModel(readModel(model)).operators.map(({ type, outputShape, outputType, macs }) =>
    [type, outputShape.join('x'), outputType, macs].join(' '),
  )

describe('int8Of', () => {
  it('keeps network, input and output, and hears what the uint8 model hears', () => {
    const int8 = int8Of(microSpeech)
    expect(operators(int8)).toEqual([
      'DEPTHWISE_CONV_2D 1x25x20x8 INT8 320000',
      'FULLY_CONNECTED 1x4 INT8 16000',
      'SOFTMAX 1x4 INT8 0',
    ])
    const { inputs, outputs } = describeModel(readModel(int8))
    const before = describeModel(readModel(microSpeech))
    expect(inputs[0]?.quantisation).toMatchObject({
      scale: before.inputs[0]?.quantisation?.scale,
      zeroPoint: [-128],
    })
    expect(outputs[0]?.quantisation).toMatchObject({ scale: [1 / 256], zeroPoint: [-128] })
    for (const [word, file] of Object.entries(words)) {
      const heard = probabilities(int8, features(file))
      const exact = inferFloat(
        graphOfTflite(microSpeech),
        Float32Array.from(features(file), (v) => 0.10196 * v),
      )
      exact.at(-1)!.forEach((value, label) => expect(Math.abs(heard[label]! - 256 * value)).toBeLessThan(8))
      // The crate's own test asks for as much.
      expect(heard[word === 'yes' ? 2 : 3]).toBeGreaterThan(220)
    }
  })
})

describe('halfMelBins', () => {
  it.each(['uint8', 'int8'])('halves input, convolution and weights, %s', (type) => {
    const model = type === 'int8' ? int8Of(microSpeech) : microSpeech
    const half = halfMelBins(model)
    expect(describeModel(readModel(half)).inputs).toMatchObject([{ shape: [1, 49, 20, 1], bytes: 980 }])
    expect(operators(half).map((line) => line.toLowerCase())).toEqual([
      `depthwise_conv_2d 1x25x10x8 ${type} 160000`,
      `fully_connected 1x4 ${type} 8000`,
      `softmax 1x4 ${type} 0`,
    ])
    expect(model.length - half.length).toBeGreaterThan(7900)
  })

  it('computes, from every second feature, nothing outlandish', () => {
    const half = halfMelBins(int8Of(microSpeech))
    const heard = probabilities(
      half,
      features(words.no).filter((_, index) => index % 2 === 0),
    )
    expect(heard.reduce((a, b) => a + b)).toBeGreaterThan(250)
  })

  it('refuses what is not micro_speech', () => {
    const gesture = new Uint8Array(readFileSync(`${projectRoot()}/models/gesture/gesture_int8.tflite`))
    expect(() => halfMelBins(gesture, 'g.tflite')).toThrow('g.tflite is not micro_speech: 49 x 40 features')
    expect(() => halfMelBins(halfMelBins(microSpeech))).toThrow(UserError)
    const float = new Uint8Array(readFileSync(`${projectRoot()}/models/gesture/gesture_float32.tflite`))
    expect(() => int8Of(float, 'f.tflite')).toThrow('f.tflite: its input is not quantised')
  })
})
