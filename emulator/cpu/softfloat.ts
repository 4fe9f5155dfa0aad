/**
 * FPv4-SP arithmetic, exact and plain, in the words of the ARMv7-M ARM's pseudocode (A2.5, FPUnpack to FPRound).
 * The interpreter comes here for what its own fast path leaves: NaNs, infinities, subnormal numbers,
 * rounding modes and flush-to-zero.
 */

export const FloatOperation = {
  add: 0,
  subtract: 1,
  multiply: 2,
  divide: 3,
  squareRoot: 4,
  /** c + a * b, rounded once. */
  fusedMultiplyAdd: 5,
  /** Sets NZCV of FPSCR; a quiet NaN is no exception. */
  compare: 6,
  /** The same; any NaN is an invalid operation. */
  compareSignalling: 7,
  /** a with b fraction bits; c is a set of `FixedPoint`. */
  fixedToSingle: 8,
  singleToFixed: 9,
  /** The low half-word of a. */
  halfToSingle: 10,
  singleToHalf: 11,
} as const

export const FixedPoint = {
  unsigned: 1,
  /** 16 bits wide, else 32. */
  half: 2,
  /** Rounds to nearest whatever FPSCR says. */
  toNearest: 4,
  /** Rounds towards zero whatever FPSCR says. */
  towardsZero: 8,
} as const

/** Bits of FPSCR; B1.4.7. */
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

const Rounding = { nearest: 0, plusInfinity: 1, minusInfinity: 2, zero: 3 } as const

type Kind = 'zero' | 'finite' | 'infinity' | 'quietNaN' | 'signallingNaN'
type Sign = 0 | 1

/** mantissa x 2^exponent, where it is finite. */
interface Unpacked {
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
const single: Format = {
  signBit: 0x8000_0000,
  fractionBits: 23,
  minimumExponent: -126,
  infinity: 0x7f80_0000,
}
const half: Format = { signBit: 0x8000, fractionBits: 10, minimumExponent: -14, infinity: 0x7c00 }

const DEFAULT_NAN = 0x7fc0_0000
const HALF_DEFAULT_NAN = 0x7e00

const isNaNKind = ({ kind }: Unpacked): boolean => kind === 'quietNaN' || kind === 'signallingNaN'
const opposite = (sign: Sign): Sign => (sign === 0 ? 1 : 0)
const product = (a: Sign, b: Sign): Sign => (a === b ? 0 : 1)
const bitLength = (value: bigint): number => value.toString(2).length

/** One operation: FPSCR while it runs. */
class FloatingPoint {
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
function roundToInteger(
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

function add(fp: FloatingPoint, a: Unpacked, b: Unpacked, subtract: boolean): number {
  const nan = fp.nanAmong(a, b)
  if (nan !== undefined) return nan
  const second: Unpacked = subtract ? { ...b, sign: opposite(b.sign) } : b
  if (a.kind === 'infinity' && second.kind === 'infinity' && a.sign !== second.sign) return fp.invalid()
  const infinite = [a, second].find(({ kind }) => kind === 'infinity')
  return infinite ? infinite.sign * single.signBit + single.infinity : fp.sum(a, second)
}

function multiply(fp: FloatingPoint, a: Unpacked, b: Unpacked): number {
  const nan = fp.nanAmong(a, b)
  if (nan !== undefined) return nan
  const sign = product(a.sign, b.sign)
  const kinds = [a.kind, b.kind]
  if (kinds.includes('infinity'))
    return kinds.includes('zero') ? fp.invalid() : sign * single.signBit + single.infinity
  if (kinds.includes('zero')) return sign * single.signBit
  return fp.round(sign, a.mantissa * b.mantissa, a.exponent + b.exponent)
}

function fusedMultiplyAdd(fp: FloatingPoint, a: Unpacked, b: Unpacked, addend: Unpacked): number {
  const kinds = [a.kind, b.kind]
  const impossible = kinds.includes('infinity') && kinds.includes('zero')
  const nan = fp.nanAmong(addend, a, b)
  if (nan !== undefined) return addend.kind === 'quietNaN' && impossible ? fp.invalid() : nan
  const sign = product(a.sign, b.sign)
  const infinite = kinds.includes('infinity')
  if (impossible || (infinite && addend.kind === 'infinity' && sign !== addend.sign)) return fp.invalid()
  if (infinite) return sign * single.signBit + single.infinity
  if (addend.kind === 'infinity') return addend.bits
  const kind = kinds.includes('zero') ? 'zero' : 'finite'
  const mantissa = a.mantissa * b.mantissa
  return fp.sum(addend, { bits: 0, kind, sign, mantissa, exponent: a.exponent + b.exponent })
}

function divide(fp: FloatingPoint, a: Unpacked, b: Unpacked): number {
  const nan = fp.nanAmong(a, b)
  if (nan !== undefined) return nan
  if (a.kind === b.kind && a.kind !== 'finite') return fp.invalid()
  const signBits = product(a.sign, b.sign) * single.signBit
  if (a.kind === 'infinity') return signBits + single.infinity
  if (b.kind === 'zero') {
    fp.raise(Fpscr.divideByZero)
    return signBits + single.infinity
  }
  if (a.kind === 'zero' || b.kind === 'infinity') return signBits
  // 64 more bits than the quotient of two 24-bit numbers can miss; the last stands for all that follow.
  const dividend = a.mantissa << 64n
  const quotient = dividend / b.mantissa
  const sticky = quotient * b.mantissa === dividend ? 0n : 1n
  return fp.round(product(a.sign, b.sign), (quotient << 1n) | sticky, a.exponent - b.exponent - 65)
}

function squareRoot(fp: FloatingPoint, a: Unpacked): number {
  const nan = fp.nanAmong(a)
  if (nan !== undefined) return nan
  if (a.kind === 'zero') return a.bits & single.signBit
  if (a.sign === 1) return fp.invalid()
  if (a.kind === 'infinity') return single.infinity
  const odd = Math.abs(a.exponent % 2)
  const square = a.mantissa << BigInt(64 + odd)
  let root = BigInt(Math.floor(Math.sqrt(Number(square))))
  while (root * root > square) root -= 1n
  while ((root + 1n) * (root + 1n) <= square) root += 1n
  const sticky = root * root === square ? 0n : 1n
  return fp.round(0, (root << 1n) | sticky, (a.exponent - odd - 64) / 2 - 1)
}

/** FPCompare(): NZCV of FPSCR. */
function compare(fp: FloatingPoint, a: Unpacked, b: Unpacked, signalling: boolean): number {
  if (isNaNKind(a) || isNaNKind(b)) {
    if (signalling || a.kind === 'signallingNaN' || b.kind === 'signallingNaN')
      fp.raise(Fpscr.invalidOperation)
    fp.fpscr = (fp.fpscr & ~Fpscr.condition) | (0b0011 << 28)
    return 0
  }
  // Sign and magnitude in one number; unpacking has made flushed numbers zero.
  const order = (x: Unpacked): number => (x.bits & 0x7fff_ffff) * (x.sign === 1 ? -1 : 1)
  const difference = order(a) - order(b)
  const nzcv = difference === 0 ? 0b0110 : difference < 0 ? 0b1000 : 0b0010
  fp.fpscr = (fp.fpscr & ~Fpscr.condition) | (nzcv << 28)
  return 0
}

function modeOf(fp: FloatingPoint, fixed: number): number {
  if (fixed & FixedPoint.toNearest) return Rounding.nearest
  return fixed & FixedPoint.towardsZero ? Rounding.zero : fp.rounding
}

/** FixedToFP() */
function fixedToSingle(fp: FloatingPoint, bits: number, fractionBits: number, fixed: number): number {
  const places = fixed & FixedPoint.half ? 16 : 32
  const unsigned = BigInt.asUintN(places, BigInt(bits))
  const value = fixed & FixedPoint.unsigned ? unsigned : BigInt.asIntN(places, unsigned)
  if (value === 0n) return 0
  const mode = modeOf(fp, fixed)
  return value < 0n
    ? fp.round(1, -value, -fractionBits, single, mode)
    : fp.round(0, value, -fractionBits, single, mode)
}

/** FPToFixed(): saturates, and then it is invalid instead of inexact. The result is extended to 32 bits. */
function singleToFixed(fp: FloatingPoint, a: Unpacked, fractionBits: number, fixed: number): number {
  if (isNaNKind(a)) {
    fp.invalid()
    return 0
  }
  const places = fixed & FixedPoint.half ? 16n : 32n
  const isUnsigned = (fixed & FixedPoint.unsigned) !== 0
  const highest = (1n << (isUnsigned ? places : places - 1n)) - 1n
  const lowest = isUnsigned ? 0n : -highest - 1n
  const { value, inexact } =
    a.kind === 'infinity'
      ? { value: highest + 2n, inexact: false }
      : roundToInteger(a.sign, a.mantissa, a.exponent + fractionBits, modeOf(fp, fixed))
  const result = a.sign === 1 ? -value : value
  if (result > highest || result < lowest) {
    fp.raise(Fpscr.invalidOperation)
    return Number(result > highest ? highest : lowest)
  }
  if (inexact) fp.raise(Fpscr.inexact)
  return Number(result)
}

/** FPHalfToSingle() */
function halfToSingle(fp: FloatingPoint, bits: number): number {
  const a = fp.unpackHalf(bits & 0xffff)
  const signBits = a.sign * single.signBit
  if (a.kind === 'zero') return signBits
  if (a.kind === 'infinity') return signBits + single.infinity
  if (a.kind === 'finite') return fp.round(a.sign, a.mantissa, a.exponent)
  if (a.kind === 'signallingNaN') fp.raise(Fpscr.invalidOperation)
  return fp.has(Fpscr.defaultNaN) ? DEFAULT_NAN : signBits + DEFAULT_NAN + (a.bits & 0x1ff) * 2 ** 13
}

/** FPSingleToHalf() */
function singleToHalf(fp: FloatingPoint, a: Unpacked): number {
  const alternative = fp.has(Fpscr.alternativeHalfPrecision)
  const signBits = a.sign * half.signBit
  if (isNaNKind(a)) {
    if (alternative || a.kind === 'signallingNaN') fp.raise(Fpscr.invalidOperation)
    if (alternative) return signBits
    return fp.has(Fpscr.defaultNaN)
      ? HALF_DEFAULT_NAN
      : signBits + HALF_DEFAULT_NAN + ((a.bits >>> 13) & 0x1ff)
  }
  if (a.kind === 'zero') return signBits
  if (a.kind === 'finite') return fp.round(a.sign, a.mantissa, a.exponent, half)
  if (!alternative) return signBits + half.infinity
  fp.raise(Fpscr.invalidOperation)
  return signBits + 0x7fff
}

function perform(fp: FloatingPoint, operation: number, a: number, b: number, c: number): number {
  switch (operation) {
    case FloatOperation.add:
    case FloatOperation.subtract:
      return add(fp, fp.unpack(a), fp.unpack(b), operation === FloatOperation.subtract)
    case FloatOperation.multiply:
      return multiply(fp, fp.unpack(a), fp.unpack(b))
    case FloatOperation.divide:
      return divide(fp, fp.unpack(a), fp.unpack(b))
    case FloatOperation.squareRoot:
      return squareRoot(fp, fp.unpack(a))
    case FloatOperation.fusedMultiplyAdd:
      return fusedMultiplyAdd(fp, fp.unpack(a), fp.unpack(b), fp.unpack(c))
    case FloatOperation.compare:
    case FloatOperation.compareSignalling:
      return compare(fp, fp.unpack(a), fp.unpack(b), operation === FloatOperation.compareSignalling)
    case FloatOperation.fixedToSingle:
      return fixedToSingle(fp, a, b, c)
    case FloatOperation.singleToFixed:
      return singleToFixed(fp, fp.unpack(a), b, c)
    case FloatOperation.halfToSingle:
      return halfToSingle(fp, a)
    case FloatOperation.singleToHalf:
      return singleToHalf(fp, fp.unpack(a))
    default:
      throw new RangeError(`no floating-point operation ${operation}`)
  }
}

/** One operation on bit patterns; gives the result's bits (0 for a comparison) and FPSCR afterwards. */
export function softFloat(
  operation: number,
  a: number,
  b: number,
  c: number,
  fpscr: number,
): { result: number; fpscr: number } {
  const fp = new FloatingPoint(fpscr)
  const result = perform(fp, operation, a, b, c)
  return { result: result >>> 0, fpscr: fp.fpscr >>> 0 }
}
