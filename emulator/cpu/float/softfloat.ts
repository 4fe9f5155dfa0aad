import {
  DEFAULT_NAN,
  FloatingPoint,
  Fpscr,
  Rounding,
  half,
  isNaNKind,
  opposite,
  product,
  roundToInteger,
  single,
  type Unpacked,
} from './softfloat-number.ts'

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

const HALF_DEFAULT_NAN = 0x7e00

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
