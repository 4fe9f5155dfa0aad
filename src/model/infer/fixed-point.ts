/** Integer arithmetic of the TFLite reference kernels (gemmlowp's fixed point), bit for bit, double rounding. */
import { roundAwayFromZero } from './quantise.ts'

const int32Maximum = 2 ** 31 - 1
const int32Minimum = -(2 ** 31)

/** real = multiplier / 2^31 x 2^shift, multiplier in [2^30, 2^31). */
export interface QuantisedMultiplier {
  readonly multiplier: number
  readonly shift: number
}

/** QuantizeMultiplier, for a real number of 0 or more. */
export function quantiseMultiplier(real: number): QuantisedMultiplier {
  if (!(real >= 0 && real < Infinity)) throw new Error(`no multiplier for ${real}`)
  if (real === 0) return { multiplier: 0, shift: 0 }
  let shift = Math.floor(Math.log2(real)) + 1
  let fraction = real / 2 ** shift
  while (fraction >= 1) [fraction, shift] = [fraction / 2, shift + 1]
  while (fraction < 0.5) [fraction, shift] = [fraction * 2, shift - 1]
  let multiplier = roundAwayFromZero(fraction * 2 ** 31)
  if (multiplier === 2 ** 31) [multiplier, shift] = [2 ** 30, shift + 1]
  return shift < -31 ? { multiplier: 0, shift: 0 } : { multiplier, shift }
}

/** SaturatingRoundingDoublingHighMul: the upper half of 2ab, rounded; halves go away from zero. */
export function roundingDoublingHighMultiply(a: number, b: number): number {
  if (a === int32Minimum && b === int32Minimum) return int32Maximum
  const product = BigInt(a) * BigInt(b)
  const nudge = product >= 0n ? 1n << 30n : 1n - (1n << 30n)
  return Number((product + nudge) / (1n << 31n))
}

/** RoundingDivideByPOT: divides by 2^exponent, halves away from zero. */
export function roundingDivideByPowerOfTwo(value: number, exponent: number): number {
  return roundAwayFromZero(value / 2 ** exponent)
}

/** MultiplyByQuantizedMultiplier, with two roundings. */
export function multiplyByQuantisedMultiplier(
  value: number,
  { multiplier, shift }: QuantisedMultiplier,
): number {
  const shifted = (value * 2 ** Math.max(shift, 0)) | 0
  return roundingDivideByPowerOfTwo(roundingDoublingHighMultiply(shifted, multiplier), Math.max(-shift, 0))
}

/** SaturatingRoundingMultiplyByPOT for a positive exponent. */
function saturatingShiftLeft(value: number, exponent: number): number {
  return Math.min(Math.max(value * 2 ** exponent, int32Minimum), int32Maximum)
}

/** Rescale between fixed-point formats by their integer bits. */
export function rescale(raw: number, fromIntegerBits: number, toIntegerBits: number): number {
  const exponent = fromIntegerBits - toIntegerBits
  return exponent >= 0 ? saturatingShiftLeft(raw, exponent) : roundingDivideByPowerOfTwo(raw, -exponent)
}

const multiply = roundingDoublingHighMultiply
const fraction31 = (value: number) => roundAwayFromZero(value * 2 ** 31)

/** exp on [-1/4, 0), both with 0 integer bits: a fourth-order Taylor polynomial about -1/8. */
function expNearZero(raw: number): number {
  const x = raw + 2 ** 28
  const x2 = multiply(x, x)
  const x3 = multiply(x2, x)
  const x4 = multiply(x2, x2)
  const quarter = roundingDivideByPowerOfTwo(x4, 2)
  const rest = roundingDivideByPowerOfTwo(multiply(quarter + x3, fraction31(1 / 3)) + x2, 1)
  const constant = fraction31(Math.exp(-1 / 8))
  return constant + multiply(constant, x + rest)
}

/** exp(x) with 0 integer bits, for x <= 0 with 5: exp_on_negative_values. */
export function expOfNegative(raw: number): number {
  if (raw === 0) return int32Maximum
  const fractionalBits = 26
  const quarter = 2 ** (fractionalBits - 2)
  const modulo = (raw & (quarter - 1)) - quarter
  let result = expNearZero(rescale(modulo, 5, 0))
  const remainder = (modulo - raw) | 0
  for (let exponent = -2; exponent < 5; exponent++) {
    if ((remainder & (1 << (fractionalBits + exponent))) !== 0) {
      result = multiply(result, fraction31(Math.exp(-(2 ** exponent))))
    }
  }
  return result
}

/** 1 / (1 + x) for x in [0, 1), with 0 integer bits: three Newton-Raphson steps from 48/17 - 32/17 d. */
function oneOverOnePlus(raw: number): number {
  const half = Math.trunc((raw + int32Maximum + 1) / 2)
  const fraction29 = (value: number) => roundAwayFromZero(value * 2 ** 29)
  let x = fraction29(48 / 17) + multiply(half, fraction29(-32 / 17))
  for (let step = 0; step < 3; step++) {
    const error = 2 ** 29 - multiply(half, x)
    x += rescale(multiply(x, error), 4, 2)
  }
  return rescale(x, 1, 0)
}

/** Fixed-point reciprocal of x, which has `integerBits`: GetReciprocal. */
export function reciprocal(x: number, integerBits: number): { scale: number; bitsOverUnit: number } {
  const headroom = Math.clz32(x)
  return { scale: oneOverOnePlus((x << headroom) - int32Minimum), bitsOverUnit: integerBits - headroom }
}
