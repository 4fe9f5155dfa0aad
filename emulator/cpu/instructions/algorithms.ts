import type { Ir, Value } from '../ir.ts'
import { Entry, State } from '../layout.ts'

/** AddWithCarry(), A2.2.1: sets C and V, gives the sum. */
export function addSettingFlags(ir: Ir, x: Value, y: Value): Value {
  const result = ir.let(ir.add(x, y))
  setNZ(ir, result)
  ir.setCarried('c', ir.ltU(result, x))
  ir.setCarried('v', ir.and(ir.xor(x, result), ir.xor(y, result)))
  return result
}

export function subtractSettingFlags(ir: Ir, x: Value, y: Value): Value {
  const result = ir.let(ir.sub(x, y))
  setNZ(ir, result)
  ir.setCarried('c', ir.geU(x, y))
  ir.setCarried('v', ir.and(ir.xor(x, y), ir.xor(x, result)))
  return result
}

/** x + y + C, setting all four flags. */
export function addWithCarrySettingFlags(ir: Ir, x: Value, y: Value): Value {
  const wide = ir.let(
    ir.op('i64.add', ir.op('i64.add', ir.extendU(x), ir.extendU(y)), ir.extendU(ir.carried('c'))),
  )
  const result = ir.let(ir.wrap(wide))
  setNZ(ir, result)
  ir.setCarried('c', ir.wrap(ir.op('i64.shr_u', wide, ir.i64(32n))))
  ir.setCarried('v', ir.and(ir.xor(x, result), ir.xor(y, result)))
  return result
}

export function setNZ(ir: Ir, result: Value): void {
  ir.setCarried('n', result)
  ir.setCarried('z', result)
}

/** SignedSatQ(), A2.2.1, to 32 bits, from a 64-bit value: sets Q when it saturates. */
export function saturate32SettingQ(ir: Ir, wide: Value): Value {
  const low = ir.let(ir.wrap(wide))
  const saturated = ir.let(
    ir.select(
      ir.op('i64.eq', ir.extendS(low), wide),
      low,
      ir.select(ir.op('i64.lt_s', wide, ir.i64(0n)), ir.i32(-0x8000_0000), ir.i32(0x7fff_ffff)),
    ),
  )
  setQIf(ir, ir.ne(saturated, low))
  return saturated
}

/** Makes Q sticky with a condition that is 0 or 1. */
export function setQIf(ir: Ir, condition: Value): void {
  ir.setState(State.q, ir.or(ir.state(State.q), condition))
}

/** ThumbExpandImm(), A5.3.2: the value and the carry out, which is -1 where C stays. */
export function thumbExpandImmediate(imm12: number): { value: number; carry: number } {
  const low = imm12 & 0xff
  if (imm12 >>> 10 === 0) {
    const form = (imm12 >>> 8) & 3
    const value = [low, low | (low << 16), (low << 8) | (low << 24), low * 0x0101_0101][form] ?? 0
    return { value: value | 0, carry: -1 }
  }
  const unrotated = 0x80 | (imm12 & 0x7f)
  const by = imm12 >>> 7
  const value = (unrotated >>> by) | (unrotated << (32 - by))
  return { value: value | 0, carry: value >>> 31 }
}

export const signExtend = (value: number, bits: number): number => (value << (32 - bits)) >> (32 - bits)

/** x + y to 32 bits; sets Q when it does not fit. The accumulator does not saturate. */
export function addSettingQ(ir: Ir, x: Value, y: Value): Value {
  const sum = ir.let(ir.add(x, y))
  const overflow = ir.ltS(ir.and(ir.xor(x, sum), ir.xor(y, sum)), ir.i32(0))
  ir.if(overflow, () => ir.setState(State.q, ir.i32(1)))
  return sum
}

/** Sets Q when 32 bits do not hold the exact 64-bit value. */
export function setQIfLost(ir: Ir, word: Value, exact: Value): void {
  ir.if(ir.op('i64.ne', ir.extendS(word), exact), () => ir.setState(State.q, ir.i32(1)))
}

/**
 * Charges what a division takes beyond its 2 cycles. The TRM gives 2 to 12 with early termination by the
 * leading bits of the operands; here 4 bits of the quotient a cycle, so that 0xFFFFFFFF / 1 takes the 12
 * cycles measured on an nRF52840 (DevZone 115859) and a quotient of zero takes 2. What lies between is open.
 */
export function divideCycles(ir: Ir, dividend: Value, divisor: Value, signed: boolean): Value {
  const magnitude = (value: Value): Value => {
    if (!signed) return value
    const sign = ir.shrS(value, ir.i32(31))
    return ir.sub(ir.xor(value, sign), sign)
  }
  const leadingZeros = (value: Value): Value => ir.op('i32.clz', magnitude(value))
  const quotientBits = ir.let(ir.add(ir.sub(leadingZeros(divisor), leadingZeros(dividend)), ir.i32(1)))
  const isCounted = ir.gtU(ir.loadRaw('i32.8_u', ir.carried('current'), Entry.cost), ir.i32(1))
  const isEarly = ir.and(isCounted, ir.gtS(quotientBits, ir.i32(0)))
  return ir.let(ir.select(isEarly, ir.shrU(ir.add(quotientBits, ir.i32(11)), ir.i32(2)), ir.i32(0)))
}
