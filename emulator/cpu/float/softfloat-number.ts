/** Numbers as the FPU takes them apart and puts them together: FPUnpack() and FPRound() of the ARMv7-M ARM, A2.5. */

/** Bits of FPSCR; A2.5.3. */
export const Fpscr = {
  invalidOperation: 1 << 0,
  divideByZero: 1 << 1,
  overflow: 1 << 2,
  underflow: 1 << 3,
  inexact: 1 << 4,
  inputDenormal: 1 << 7,
  /** 0 to nearest, 1 to plus infinity, 2 to minus infinity, 3 to zero. */
  roundingMode: 3 << 22,
  flushToZero: 1 << 24,
  defaultNaN: 1 << 25,
  alternativeHalfPrecision: 1 << 26,
  condition: 0xf << 28,
  /** All that can be written. */
  writable: 0xf7c0_009f | 0,
} as const

export const Rounding = { nearest: 0, plusInfinity: 1, minusInfinity: 2, zero: 3 } as const

type Kind = 'zero' | 'finite' | 'infinity' | 'quietNaN' | 'signallingNaN'
export type Sign = 0 | 1

/** mantissa x 2^exponent, where it is finite. */
export interface Unpacked {
  readonly bits: number
  readonly kind: Kind
  readonly sign: Sign
  readonly mantissa: bigint
  readonly exponent: number
}

interface Format {
  readonly signBit: number
  readonly fractionBits: number
  readonly minimumExponent: number
  readonly infinity: number
}
export const single: Format = {
  signBit: 0x8000_0000,
  fractionBits: 23,
  minimumExponent: -126,
  infinity: 0x7f80_0000,
}
export const half: Format = { signBit: 0x8000, fractionBits: 10, minimumExponent: -14, infinity: 0x7c00 }

export const DEFAULT_NAN = 0x7fc0_0000

export const isNaNKind = ({ kind }: Unpacked): boolean => kind === 'quietNaN' || kind === 'signallingNaN'
export const opposite = (sign: Sign): Sign => (sign === 0 ? 1 : 0)
export const product = (a: Sign, b: Sign): Sign => (a === b ? 0 : 1)
function bitLength(value: bigint): number {
  const digits = value.toString(16)
  return 4 * digits.length - Math.clz32(parseInt(digits.charAt(0), 16)) + 28
}

/** One operation: FPSCR while it runs. */
export class FloatingPoint {
  constructor(public fpscr: number) {}

  has(bit: number): boolean {
    return (this.fpscr & bit) !== 0
  }

  raise(flags: number): void {
    this.fpscr |= flags
  }

  get rounding(): number {
    return (this.fpscr & Fpscr.roundingMode) >>> 22
  }

  /** FPUnpack() of 32 bits: subnormal numbers are zero under flush-to-zero. */
  unpack(value: number): Unpacked {
    const bits = value >>> 0
    const denormal = (bits & 0x7fff_ffff) !== 0 && (bits & single.infinity) === 0
    if (!denormal || !this.has(Fpscr.flushToZero)) return unpackAs(single, bits)
    this.raise(Fpscr.inputDenormal)
    return unpackAs(single, bits & single.signBit)
  }

  /** FPUnpack() of 16 bits: never flushed; the alternative format has no infinities and NaNs. */
  unpackHalf(bits: number): Unpacked {
    const alternative = this.has(Fpscr.alternativeHalfPrecision) && (bits & half.infinity) === half.infinity
    if (!alternative) return unpackAs(half, bits)
    const mantissa = BigInt((bits & 0x3ff) | 0x400)
    return {
      bits,
      kind: 'finite',
      sign: bits & half.signBit ? 1 : 0,
      mantissa,
      exponent: 16 - half.fractionBits,
    }
  }

  invalid(): number {
    this.raise(Fpscr.invalidOperation)
    return DEFAULT_NAN
  }

  /** FPProcessNaNs(), FPProcessNaNs3(): a signalling NaN first, in the order of the operands, then a quiet one. */
  nanAmong(...operands: Unpacked[]): number | undefined {
    const signalling = operands.find(({ kind }) => kind === 'signallingNaN')
    const chosen = signalling ?? operands.find(({ kind }) => kind === 'quietNaN')
    if (!chosen) return undefined
    if (signalling) this.raise(Fpscr.invalidOperation)
    return this.has(Fpscr.defaultNaN) ? DEFAULT_NAN : chosen.bits | 0x0040_0000
  }

  /** FPRound() of mantissa x 2^exponent, which is not zero. Tininess is detected before rounding. */
  round(sign: Sign, mantissa: bigint, exponent: number, format = single, mode = this.rounding): number {
    const signBits = sign * format.signBit
    const top = exponent + bitLength(mantissa) - 1
    const tiny = top < format.minimumExponent
    if (tiny && format === single && this.has(Fpscr.flushToZero)) {
      this.raise(Fpscr.underflow)
      return signBits
    }
    const last = Math.max(top, format.minimumExponent) - format.fractionBits
    const { value, inexact } = roundToInteger(sign, mantissa, exponent - last, mode)
    // The leading one adds 1 to the exponent field, and so does a carry out of the fraction.
    const above = tiny ? 0 : top - format.minimumExponent
    const magnitude = Number(value) + above * 2 ** format.fractionBits
    const alternative = format === half && this.has(Fpscr.alternativeHalfPrecision)
    if (alternative && magnitude > 0x7fff) {
      this.raise(Fpscr.invalidOperation)
      return signBits + 0x7fff
    }
    if (tiny && inexact) this.raise(Fpscr.underflow)
    if (magnitude >= format.infinity && !alternative) {
      this.raise(Fpscr.overflow | Fpscr.inexact)
      const away = sign === 0 ? Rounding.plusInfinity : Rounding.minusInfinity
      return signBits + format.infinity - (mode === Rounding.nearest || mode === away ? 0 : 1)
    }
    if (inexact) this.raise(Fpscr.inexact)
    return signBits + magnitude
  }

  /** A sum of exact terms; an exact zero from cancellation is negative only when rounding downwards. */
  sum(a: Unpacked, b: Unpacked): number {
    if (a.kind === 'zero' && b.kind === 'zero' && a.sign === b.sign) return a.sign * single.signBit
    const exponent = Math.min(a.exponent, b.exponent)
    const term = (x: Unpacked): bigint =>
      (x.mantissa << BigInt(x.exponent - exponent)) * (x.sign === 1 ? -1n : 1n)
    const total = term(a) + term(b)
    if (total === 0n) return this.rounding === Rounding.minusInfinity ? single.signBit : 0
    return total < 0n ? this.round(1, -total, exponent) : this.round(0, total, exponent)
  }
}

function unpackAs(format: Format, bits: number): Unpacked {
  const { fractionBits, minimumExponent } = format
  const sign = bits & format.signBit ? 1 : 0
  const fraction = bits & (2 ** fractionBits - 1)
  const exponentField = (bits & format.infinity) >>> fractionBits
  const base = { bits, sign, mantissa: 0n, exponent: 0 } as const
  if ((bits & format.infinity) === format.infinity) {
    if (fraction === 0) return { ...base, kind: 'infinity' }
    return { ...base, kind: fraction >>> (fractionBits - 1) ? 'quietNaN' : 'signallingNaN' }
  }
  if (exponentField === 0 && fraction === 0) return { ...base, kind: 'zero' }
  const mantissa = BigInt(exponentField === 0 ? fraction : fraction + 2 ** fractionBits)
  const exponent = minimumExponent - fractionBits + Math.max(exponentField - 1, 0)
  return { bits, kind: 'finite', sign, mantissa, exponent }
}

/** mantissa x 2^exponent to an integer; directed modes look at the sign. */
export function roundToInteger(
  sign: Sign,
  mantissa: bigint,
  exponent: number,
  mode: number,
): { value: bigint; inexact: boolean } {
  if (exponent >= 0) return { value: mantissa << BigInt(exponent), inexact: false }
  const shift = BigInt(-exponent)
  const value = mantissa >> shift
  const error = mantissa - (value << shift)
  const middle = 1n << (shift - 1n)
  const up =
    mode === Rounding.nearest
      ? error > middle || (error === middle && (value & 1n) === 1n)
      : error !== 0n && mode === (sign === 0 ? Rounding.plusInfinity : Rounding.minusInfinity)
  return { value: up ? value + 1n : value, inexact: error !== 0n }
}
