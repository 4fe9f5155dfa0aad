import { describe, expect, it } from 'vitest'
import {
  expOfNegative,
  multiplyByQuantisedMultiplier,
  quantiseMultiplier,
  reciprocal,
  roundingDivideByPowerOfTwo,
  roundingDoublingHighMultiply,
} from './fixed-point.ts'
import { softmaxInt8, storedActivationRange } from './infer-int8.ts'
import { quantiseActivations, softmaxQuantisation } from './quantise.ts'

describe('quantiseMultiplier', () => {
  // TFLite quantization_util_test.cc: QuantizeMultiplier, ...SmallerThanOneExp, ...GreaterThanOne.
  it.each([
    [0, 0, 0],
    [0.125, 1073741824, -2],
    [0.25, 1073741824, -1],
    [0.5 - 5e-9, 2147483627, -1],
    [0.5 - 1e-10, 1073741824, 0],
    [0.5, 1073741824, 0],
    [0.75, 1610612736, 0],
    [1 - 1e-9, 2147483646, 0],
    [1, 1073741824, 1],
    [1 + 1e-11, 1073741824, 1],
    [1.25, 1342177280, 1],
    [1.5, 1610612736, 1],
    [1.75, 1879048192, 1],
    [2 - 1e-9, 2147483647, 1],
    [2 - 1e-11, 1073741824, 2],
    [2, 1073741824, 2],
    [4, 1073741824, 3],
  ])('%f', (real, multiplier, shift) => {
    expect(quantiseMultiplier(real)).toEqual({ multiplier, shift })
  })

  it('gives 0 for what is too small to matter', () => {
    expect(quantiseMultiplier(2 ** -40)).toEqual({ multiplier: 0, shift: 0 })
  })

  it.each([-0.1, NaN, Infinity])('refuses %f', (real) => {
    expect(() => quantiseMultiplier(real)).toThrow('no multiplier')
  })
})

describe('integer arithmetic', () => {
  it('doubles, takes the upper half and rounds', () => {
    expect(roundingDoublingHighMultiply(-(2 ** 31), -(2 ** 31))).toBe(2 ** 31 - 1)
    expect(roundingDoublingHighMultiply(3, 2 ** 30)).toBe(2)
    expect(roundingDoublingHighMultiply(-3, 2 ** 30)).toBe(-1)
    expect(roundingDoublingHighMultiply(100, 2 ** 30)).toBe(50)
  })

  it('divides by a power of two with halves away from zero', () => {
    expect([5, -5, 6, -6, 7].map((value) => roundingDivideByPowerOfTwo(value, 2))).toEqual([1, -1, 2, -2, 2])
  })

  it('rounds twice: 13 x 0.1875 = 2.4375 becomes 9.75 / 4, 10 / 4 and 3', () => {
    expect(multiplyByQuantisedMultiplier(13, quantiseMultiplier(0.1875))).toBe(3)
    expect(multiplyByQuantisedMultiplier(-1000, quantiseMultiplier(0.001))).toBe(-1)
    expect(multiplyByQuantisedMultiplier(3, quantiseMultiplier(4))).toBe(12)
  })
})

describe('fixed-point functions', () => {
  // The polynomial's first left-out term is (1/8)^5 / 5! = 2.5e-7.
  it('exp of a Q5.26 in Q0.31', () => {
    for (const x of [-0.01, -0.25, -0.3, -1, -2.7, -8, -20.5, -31]) {
      expect(expOfNegative(Math.round(x * 2 ** 26)) / 2 ** 31).toBeCloseTo(Math.exp(x), 6)
    }
    expect(expOfNegative(0)).toBe(2 ** 31 - 1)
  })

  it('reciprocal of a Q12.19', () => {
    for (const x of [1, 1.5, 2.99, 40]) {
      const { scale, bitsOverUnit } = reciprocal(Math.round(x * 2 ** 19), 12)
      expect(scale / 2 ** 31 / 2 ** bitsOverUnit).toBeCloseTo(1 / x, 6)
    }
  })
})

describe('softmaxInt8', () => {
  // TFLM softmax_test.cc, SimpleTestQuantizedSigned: input range -63.5 .. 64, tolerance of one step.
  it.each([
    [
      [-3, 5, -7, 9, -11],
      [0.000006933, 0.017986099, 0.00000011, 0.982007754, 0.000000002],
    ],
    [
      [1, 2, 3, 4, 5],
      [0.011656231, 0.031684921, 0.086128544, 0.234121657, 0.636408647],
    ],
  ])('%j', (logits, probabilities) => {
    const input = quantiseActivations(logits, { scale: [0.5], zeroPoint: [-1], axis: 0 })
    const expected = quantiseActivations(probabilities, softmaxQuantisation)
    softmaxInt8(input, 0.5).forEach((value, index) => {
      expect(Math.abs(value - expected[index]!)).toBeLessThanOrEqual(1)
    })
  })
})

it('turns a fused activation into limits of the stored output', () => {
  const output = { scale: 0.5, zeroPoint: -10 }
  expect(storedActivationRange('NONE', output)).toEqual([-128, 127])
  expect(storedActivationRange('RELU', output)).toEqual([-10, 127])
  expect(storedActivationRange('RELU6', output)).toEqual([-10, 2])
  expect(storedActivationRange('RELU_N1_TO_1', output)).toEqual([-12, -8])
})
