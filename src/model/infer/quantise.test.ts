import { describe, expect, it } from 'vitest'
import {
  activationQuantisation,
  dequantiseActivations,
  quantiseActivations,
  quantiseBias,
  quantiseWeights,
  rangeOf,
  roundAwayFromZero,
  softmaxQuantisation,
} from './quantise.ts'

describe('activationQuantisation', () => {
  // TFLite quantization_util_test.cc, ChooseQuantizationParams*: for uint8, so the zero points are 128 higher.
  it.each([
    { minimum: -10, maximum: 30, scale: 0.156863, zeroPoint: 64 },
    { minimum: 0, maximum: 30, scale: 0.117647, zeroPoint: 0 },
    { minimum: -10, maximum: 0, scale: 0.039216, zeroPoint: 255 },
  ])('$minimum .. $maximum', ({ minimum, maximum, scale, zeroPoint }) => {
    const chosen = activationQuantisation({ minimum, maximum })
    expect(chosen.scale[0]).toBeCloseTo(scale, 5)
    expect(chosen.zeroPoint[0]).toBe(zeroPoint - 128)
  })

  it('stretches a range that leaves 0 out', () => {
    expect(activationQuantisation({ minimum: 10, maximum: 30 })).toEqual(
      activationQuantisation({ minimum: 0, maximum: 30 }),
    )
    expect(activationQuantisation({ minimum: -30, maximum: -10 }).zeroPoint).toEqual([127])
  })

  it('survives an empty range', () => {
    expect(activationQuantisation({ minimum: 0, maximum: 0 })).toEqual({
      scale: [1],
      zeroPoint: [0],
      axis: 0,
    })
  })

  it('stores 0 exactly, whatever the range', () => {
    for (const [minimum, maximum] of [
      [-1.7, 3.3],
      [-0.001, 250],
      [-9, 0.3],
    ] as const) {
      const chosen = activationQuantisation({ minimum, maximum })
      expect([...dequantiseActivations(quantiseActivations([0], chosen), chosen)]).toEqual([0])
    }
  })
})

describe('quantiseActivations', () => {
  it('saturates and rounds halves away from zero', () => {
    const chosen = { scale: [0.5], zeroPoint: [-1], axis: 0 }
    expect([...quantiseActivations([-1000, -0.25, 0.25, 0.24, 1000], chosen)]).toEqual([-128, -2, 0, -1, 127])
  })

  it('has 256 steps of a probability', () => {
    expect([...quantiseActivations([0, 0.5, 1], softmaxQuantisation)]).toEqual([-128, 0, 127])
  })
})

describe('quantiseWeights', () => {
  it('gives the published symmetric example', () => {
    // TFLite tensor_utils_test.cc, SymmetricQuantizeFloats: scale 1000 / 127.
    const weights = Float32Array.of(-640, -635, -630, 10, 2, -5, -10, 0, 1000)
    const { values, quantisation } = quantiseWeights(weights, [1, 9])
    expect([...values]).toEqual([-81, -81, -80, 1, 0, -1, -1, 0, 127])
    expect(quantisation.scale[0]).toBeCloseTo(7.874016, 5)
    expect(quantisation.zeroPoint).toEqual([0])
  })

  it('never stores -128', () => {
    expect([...quantiseWeights(Float32Array.of(-1, 0.5), [1, 2]).values]).toEqual([-127, 64])
  })

  it('has a scale for each output of a convolution', () => {
    const { values, quantisation } = quantiseWeights(Float32Array.of(1, -2, 10, 20), [2, 1, 1, 2], 0)
    expect(quantisation.scale).toEqual([Math.fround(2 / 127), Math.fround(20 / 127)])
    expect(quantisation.axis).toBe(0)
    expect([...values]).toEqual([64, -127, 64, 127])
  })

  it('has a scale for each channel of a depthwise convolution, the last axis', () => {
    const { values, quantisation } = quantiseWeights(Float32Array.of(1, 10, -2, 20), [1, 2, 1, 2], 3)
    expect(quantisation.scale).toEqual([Math.fround(2 / 127), Math.fround(20 / 127)])
    expect(quantisation.axis).toBe(3)
    expect([...values]).toEqual([64, 64, -127, 127])
  })

  it('survives weights that are all zero', () => {
    expect(quantiseWeights(new Float32Array(2), [1, 2])).toMatchObject({ quantisation: { scale: [1] } })
  })

  it.each([NaN, Infinity])('refuses %s', (weight) => {
    expect(() => quantiseWeights(Float32Array.of(weight), [1, 1])).toThrow('cannot quantise')
    expect(() => rangeOf([weight])).toThrow('cannot quantise')
  })
})

describe('quantiseBias', () => {
  it('takes the scale of the accumulator', () => {
    const { values, quantisation } = quantiseBias(Float32Array.of(1, -0.5), 0.5, [0.25])
    expect([...values]).toEqual([8, -4])
    expect(quantisation.scale).toEqual([0.125])
  })

  it('takes one scale for each output where the weights do', () => {
    expect([...quantiseBias(Float32Array.of(1, 1), 0.5, [0.25, 0.5]).values]).toEqual([8, 4])
  })

  it('refuses what 32 bits cannot hold', () => {
    expect(() => quantiseBias(Float32Array.of(1e6), 1e-5, [1e-5])).toThrow('does not fit')
  })
})

it('rounds halves away from zero', () => {
  expect([0.5, 1.5, -0.5, -1.5, 2.4, -2.6].map(roundAwayFromZero)).toEqual([1, 2, -1, -2, 2, -3])
})
