import type { HelperFunction } from '../engine/helpers.ts'
import type { Ir, Value } from '../ir.ts'
import { State } from '../layout.ts'
import { Fpscr } from './softfloat-number.ts'
import { FixedPoint, FloatOperation } from './softfloat.ts'

/*
 * Floating-point arithmetic on i32 bit patterns, with FPSCR in State.fpscr. WebAssembly's own arithmetic is the
 * FPU's while it rounds to nearest and no operand or result is a NaN, an infinity or subnormal; then the only
 * flag that can change is IXC, and whether it does follows from the error, which f64 arithmetic gives exactly.
 * All else goes to `floatSlowly`.
 */

const SMALLEST_NORMAL = 0x0080_0000
const INFINITY = 0x7f80_0000

const f32 = (ir: Ir, bits: Value): Value => ir.op('f32.reinterpret_i32', bits)
const f64 = (ir: Ir, bits: Value): Value => ir.op('f64.promote_f32', f32(ir, bits))
const bitsOf = (ir: Ir, value: Value): Value => ir.op('i32.reinterpret_f32', value)
const magnitude = (ir: Ir, bits: Value): Value => ir.and(bits, ir.i32(0x7fff_ffff))
const isZero = (ir: Ir, bits: Value): Value => ir.eqz(magnitude(ir, bits))
const fpscrHas = (ir: Ir, bits: number): Value => ir.and(ir.state(State.fpscr), ir.i32(bits))
const differ = (ir: Ir, a: Value, b: Value): Value => ir.op('f64.ne', a, b)

/** Strictly between the smallest normal number, which may be a rounded subnormal one, and infinity. */
const isSafelyNormal = (ir: Ir, bits: Value): Value =>
  ir.ltU(ir.sub(magnitude(ir, bits), ir.i32(SMALLEST_NORMAL + 1)), ir.i32(INFINITY - SMALLEST_NORMAL - 1))

const raiseInexactIf = (ir: Ir, condition: Value): void =>
  ir.if(condition, () => ir.setState(State.fpscr, ir.or(ir.state(State.fpscr), ir.i32(Fpscr.inexact))))

/** Flush-to-zero with a subnormal operand, whose magnitude less one is below 0x007fffff. */
function isFlushed(ir: Ir, ...operands: Value[]): Value {
  const denormal = operands
    .map((bits) => ir.ltU(ir.sub(magnitude(ir, bits), ir.i32(1)), ir.i32(SMALLEST_NORMAL - 1)))
    .reduce((a, b) => ir.or(a, b))
  return ir.and(ir.ne(fpscrHas(ir, Fpscr.flushToZero), ir.i32(0)), denormal)
}

/** An operation of up to three operands; those it has not are not looked at. */
interface Arithmetic {
  readonly operation: number
  readonly operands: 1 | 2 | 3
  /** The result's bits when it is safely normal, and whether that is certain. */
  quick(ir: Ir, a: Value, b: Value, c: Value): { bits: Value; certain?: Value }
  /** The same with its flag, and whether a result of zero is exact. */
  exactly(ir: Ir, a: Value, b: Value, c: Value): { bits: Value; inexact: Value; exactZero: Value }
}

/** The error of s = p + c in f64 (TwoSum, Knuth): exact without overflow. */
function errorOfSum(ir: Ir, p: Value, c: Value, s: Value): Value {
  const minus = (x: Value, y: Value): Value => ir.op('f64.sub', x, y)
  const partOfC = ir.let(minus(s, p))
  return ir.let(ir.op('f64.add', minus(p, minus(s, partOfC)), minus(c, partOfC)))
}

const sum = (operation: number, narrow: 'f32.add' | 'f32.sub'): Arithmetic => ({
  operation,
  operands: 2,
  quick: (ir, a, b) => ({ bits: ir.let(bitsOf(ir, ir.op(narrow, f32(ir, a), f32(ir, b)))) }),
  exactly(ir, a, b, c) {
    const { bits } = this.quick(ir, a, b, c)
    const first = ir.let(f64(ir, a))
    const second = ir.let(narrow === 'f32.sub' ? ir.op('f64.neg', f64(ir, b)) : f64(ir, b))
    const wide = ir.let(ir.op('f64.add', first, second))
    const rounded = differ(ir, errorOfSum(ir, first, second, wide), ir.f64(0))
    return { bits, inexact: ir.or(rounded, differ(ir, wide, f64(ir, bits))), exactZero: ir.i32(1) }
  },
})

const product: Arithmetic = {
  operation: FloatOperation.multiply,
  operands: 2,
  quick: (ir, a, b) => ({ bits: ir.let(bitsOf(ir, ir.op('f32.mul', f32(ir, a), f32(ir, b)))) }),
  exactly(ir, a, b, c) {
    const { bits } = this.quick(ir, a, b, c)
    const inexact = differ(ir, ir.op('f64.mul', f64(ir, a), f64(ir, b)), f64(ir, bits))
    return { bits, inexact, exactZero: ir.or(isZero(ir, a), isZero(ir, b)) }
  },
}

const quotient: Arithmetic = {
  operation: FloatOperation.divide,
  operands: 2,
  quick: (ir, a, b) => ({ bits: ir.let(bitsOf(ir, ir.op('f32.div', f32(ir, a), f32(ir, b)))) }),
  exactly(ir, a, b, c) {
    const { bits } = this.quick(ir, a, b, c)
    const inexact = differ(ir, ir.op('f64.mul', f64(ir, bits), f64(ir, b)), f64(ir, a))
    return { bits, inexact, exactZero: isZero(ir, a) }
  },
}

const root: Arithmetic = {
  operation: FloatOperation.squareRoot,
  operands: 1,
  quick: (ir, a) => ({ bits: ir.let(bitsOf(ir, ir.op('f32.sqrt', f32(ir, a)))) }),
  exactly(ir, a, b, c) {
    const { bits } = this.quick(ir, a, b, c)
    const wide = ir.let(f64(ir, bits))
    const inexact = differ(ir, ir.op('f64.mul', wide, wide), f64(ir, a))
    return { bits, inexact, exactZero: isZero(ir, a) }
  },
}

const fused: Arithmetic = {
  operation: FloatOperation.fusedMultiplyAdd,
  operands: 3,
  // The product is exact; rounding the sum twice is wrong only from midway between two singles.
  quick: (ir, a, b, c) => {
    const s = ir.let(ir.op('f64.add', ir.op('f64.mul', f64(ir, a), f64(ir, b)), f64(ir, c)))
    const below = ir.and(ir.wrap(ir.op('i64.reinterpret_f64', s)), ir.i32(0x1fff_ffff))
    const bits = ir.let(bitsOf(ir, ir.op('f32.demote_f64', s)))
    return { bits, certain: ir.ne(below, ir.i32(0x1000_0000)) }
  },
  // Rounding to odd first makes the second rounding right: of the two neighbours of the sum, the odd one.
  exactly: (ir, a, b, c) => {
    const p = ir.let(ir.op('f64.mul', f64(ir, a), f64(ir, b)))
    const addend = ir.let(f64(ir, c))
    const s = ir.let(ir.op('f64.add', p, addend))
    const error = errorOfSum(ir, p, addend, s)
    const rounded = ir.let(differ(ir, error, ir.f64(0)))
    const image = ir.let(ir.op('i64.reinterpret_f64', s))
    const even = ir.eqz(ir.and(ir.wrap(image), ir.i32(1)))
    const outwards = ir.eq(ir.op('f64.gt', error, ir.f64(0)), ir.op('f64.gt', s, ir.f64(0)))
    const step = ir.select(ir.and(rounded, even), ir.select(outwards, ir.i64(1n), ir.i64(-1n)), ir.i64(0n))
    const odd = ir.op('f64.reinterpret_i64', ir.op('i64.add', image, step))
    const bits = ir.let(bitsOf(ir, ir.op('f32.demote_f64', odd)))
    const inexact = ir.or(rounded, differ(ir, s, f64(ir, bits)))
    return { bits, inexact, exactZero: ir.op('f64.eq', s, ir.f64(0)) }
  },
}

const arithmetic = {
  floatAdd: sum(FloatOperation.add, 'f32.add'),
  floatSubtract: sum(FloatOperation.subtract, 'f32.sub'),
  floatMultiply: product,
  floatDivide: quotient,
  floatSquareRoot: root,
  floatFused: fused,
} as const satisfies Record<string, Arithmetic>

export type FloatArithmetic = keyof typeof arithmetic

/** Every mode and flag: by f64 arithmetic where it suffices, else by the host. */
const arithmeticHelper = (name: string, one: Arithmetic): HelperFunction => ({
  name,
  params: new Array<'i32'>(one.operands).fill('i32'),
  result: 'i32',
  body: (ir, ...params) => {
    const [a = ir.i32(0), b = ir.i32(0), c = ir.i32(0)] = params
    const plain = ir.eqz(ir.or(fpscrHas(ir, Fpscr.roundingMode), isFlushed(ir, ...params)))
    ir.if(plain, () => {
      const { bits, inexact, exactZero } = one.exactly(ir, a, b, c)
      ir.if(isSafelyNormal(ir, bits), () => {
        raiseInexactIf(ir, inexact)
        ir.return(bits)
      })
      ir.if(ir.and(isZero(ir, bits), exactZero), () => ir.return(bits))
    })
    ir.return(ir.call('floatSlowly', ir.i32(one.operation), a, b, c))
  },
})

/** IXC is set already, as it is after a few operations, and the modes are those that WebAssembly has. */
const isSettled = (ir: Ir, modes: number): Value =>
  ir.eq(fpscrHas(ir, modes | Fpscr.inexact), ir.i32(Fpscr.inexact))

/** `bits` where `holds`, else what a helper gives. */
function inPlaceIf(ir: Ir, holds: Value, bits: Value, helper: string, ...args: Value[]): Value {
  const result = ir.variable(bits)
  ir.if(ir.eqz(holds), () => result.set(ir.call(helper, ...args)))
  return ir.let(result.get())
}

/** The result of an operation, computed in place where that is certain. */
export function calculate(ir: Ir, name: FloatArithmetic, ...operands: Value[]): Value {
  const one: Arithmetic = arithmetic[name]
  const [a = ir.i32(0), b = ir.i32(0), c = ir.i32(0)] = operands.map((operand) => ir.let(operand))
  const { bits, certain = ir.i32(1) } = one.quick(ir, a, b, c)
  const settled = isSettled(ir, Fpscr.roundingMode | Fpscr.flushToZero)
  const holds = ir.and(ir.and(isSafelyNormal(ir, bits), certain), settled)
  return inPlaceIf(ir, holds, bits, name, ...[a, b, c].slice(0, one.operands))
}

/** An integer's single. */
export function fromInteger(ir: Ir, value: Value, isUnsigned: boolean): Value {
  const integer = ir.let(value)
  const convert = isUnsigned ? 'f32.convert_i32_u' : 'f32.convert_i32_s'
  const bits = ir.let(bitsOf(ir, ir.op(convert, integer)))
  const fixed = ir.i32(isUnsigned ? FixedPoint.unsigned : 0)
  return inPlaceIf(ir, isSettled(ir, Fpscr.roundingMode), bits, 'fixedToSingle', integer, ir.i32(0), fixed)
}

/** A single's integer, rounded towards zero. */
export function toInteger(ir: Ir, value: Value, isUnsigned: boolean): Value {
  const single = ir.let(value)
  const convert = isUnsigned ? 'i32.trunc_sat_f64_u' : 'i32.trunc_sat_f64_s'
  const integer = ir.let(ir.op(convert, f64(ir, single)))
  // 2^32, and any negative number; 2^31
  const inRange = isUnsigned
    ? ir.ltU(single, ir.i32(0x4f80_0000))
    : ir.ltU(magnitude(ir, single), ir.i32(0x4f00_0000))
  const holds = ir.and(inRange, isSettled(ir, Fpscr.flushToZero))
  const fixed = ir.i32(FixedPoint.towardsZero | (isUnsigned ? FixedPoint.unsigned : 0))
  return inPlaceIf(ir, holds, integer, 'singleToFixed', single, ir.i32(0), fixed)
}

export const negated = (ir: Ir, bits: Value): Value => ir.xor(bits, ir.i32(0x8000_0000 | 0))
export const absolute = magnitude

/** FPCompare(): NZCV of FPSCR. */
export function compareSettingFpscr(ir: Ir, first: Value, second: Value, signalling: boolean): void {
  const [a, b] = [ir.let(first), ir.let(second)]
  const is = (name: 'f32.lt' | 'f32.eq' | 'f32.gt'): Value => ir.op(name, f32(ir, a), f32(ir, b))
  const nzcv = (value: number): Value => ir.i32(value << 28)
  const ordered = ir.select(is('f32.eq'), nzcv(0b0110), ir.select(is('f32.gt'), nzcv(0b0010), nzcv(0)))
  const order = ir.let(ir.select(is('f32.lt'), nzcv(0b1000), ordered))
  ir.if(
    ir.or(ir.eqz(order), isFlushed(ir, a, b)),
    () => {
      const operation = signalling ? FloatOperation.compareSignalling : FloatOperation.compare
      ir.call('floatSlowly', ir.i32(operation), a, b, ir.i32(0))
    },
    () => ir.setState(State.fpscr, ir.or(fpscrHas(ir, ~Fpscr.condition), order)),
  )
}

/** 2 to the power of an i32. */
const powerOfTwo = (ir: Ir, exponent: Value): Value =>
  ir.op('f64.reinterpret_i64', ir.op('i64.shl', ir.extendU(ir.add(exponent, ir.i32(1023))), ir.i64(52n)))

/** Conversions from and to fixed point: bits, number of fraction bits, set of `FixedPoint`. */
const conversions: readonly HelperFunction[] = [
  {
    name: 'fixedToSingle',
    params: ['i32', 'i32', 'i32'],
    result: 'i32',
    body: (ir, ...params) => {
      const [bits = ir.i32(0), fractionBits = ir.i32(0), fixed = ir.i32(0)] = params
      const has = (bit: number): Value => ir.let(ir.and(fixed, ir.i32(bit)))
      const isUnsigned = has(FixedPoint.unsigned)
      const narrow = ir.select(isUnsigned, ir.and(bits, ir.i32(0xffff)), ir.signExtend16(bits))
      const value = ir.let(ir.select(has(FixedPoint.half), narrow, bits))
      ir.if(ir.or(has(FixedPoint.toNearest), ir.eqz(fpscrHas(ir, Fpscr.roundingMode))), () => {
        const whole = ir.select(
          isUnsigned,
          ir.op('f64.convert_i32_u', value),
          ir.op('f64.convert_i32_s', value),
        )
        const wide = ir.let(ir.op('f64.mul', whole, powerOfTwo(ir, ir.negate(fractionBits))))
        const result = ir.let(bitsOf(ir, ir.op('f32.demote_f64', wide)))
        raiseInexactIf(ir, differ(ir, wide, f64(ir, result)))
        ir.return(result)
      })
      ir.return(ir.call('floatSlowly', ir.i32(FloatOperation.fixedToSingle), bits, fractionBits, fixed))
    },
  },
  {
    name: 'singleToFixed',
    params: ['i32', 'i32', 'i32'],
    result: 'i32',
    body: (ir, ...params) => {
      const [bits = ir.i32(0), fractionBits = ir.i32(0), fixed = ir.i32(0)] = params
      const has = (bit: number): Value => ir.let(ir.and(fixed, ir.i32(bit)))
      const towardsZero = has(FixedPoint.towardsZero)
      const nearest = ir.eqz(fpscrHas(ir, Fpscr.roundingMode))
      ir.if(ir.and(ir.or(ir.ne(towardsZero, ir.i32(0)), nearest), ir.eqz(isFlushed(ir, bits))), () => {
        const isUnsigned = has(FixedPoint.unsigned)
        const scaled = ir.let(ir.op('f64.mul', f64(ir, bits), powerOfTwo(ir, fractionBits)))
        const whole = ir.let(ir.select(towardsZero, ir.op('f64.trunc', scaled), ir.op('f64.nearest', scaled)))
        const width = ir.select(has(FixedPoint.half), ir.i32(16), ir.i32(32))
        const limit = ir.let(powerOfTwo(ir, ir.sub(width, ir.eqz(isUnsigned))))
        const lowest = ir.select(isUnsigned, ir.f64(0), ir.op('f64.neg', limit))
        ir.if(ir.and(ir.op('f64.ge', whole, lowest), ir.op('f64.lt', whole, limit)), () => {
          raiseInexactIf(ir, differ(ir, whole, scaled))
          const signed = ir.op('i32.trunc_sat_f64_s', whole)
          ir.return(ir.select(isUnsigned, ir.op('i32.trunc_sat_f64_u', whole), signed))
        })
      })
      ir.return(ir.call('floatSlowly', ir.i32(FloatOperation.singleToFixed), bits, fractionBits, fixed))
    },
  },
]

/** Functions in the interpreter's module. */
export const floatHelpers: readonly HelperFunction[] = [
  ...Object.entries(arithmetic).map(([name, one]) => arithmeticHelper(name, one)),
  ...conversions,
]
