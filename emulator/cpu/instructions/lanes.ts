import type { Ir, Value } from '../ir.ts'

export const signedLow = (ir: Ir, word: Value): Value => ir.signExtend16(word)
export const signedHigh = (ir: Ir, word: Value): Value => ir.shrS(word, ir.i32(16))

export type LaneBits = 8 | 16
export const laneMask = (bits: LaneBits): number => (1 << bits) - 1

/** Lane `index` of a word as a 32-bit number. */
export function lane(ir: Ir, word: Value, bits: LaneBits, index: number, signed: boolean): Value {
  const above = 32 - bits * (index + 1)
  if (!signed) {
    const down = index === 0 ? word : ir.shrU(word, ir.i32(bits * index))
    return above === 0 ? down : ir.and(down, ir.i32(laneMask(bits)))
  }
  if (index === 0) return bits === 8 ? ir.signExtend8(word) : ir.signExtend16(word)
  return ir.shrS(above === 0 ? word : ir.shl(word, ir.i32(above)), ir.i32(32 - bits))
}

/** A word from lanes, lowest first; bits above a lane's width do not count. */
export function joinLanes(ir: Ir, bits: LaneBits, lanes: readonly Value[]): Value {
  const placed = lanes.map((value, index) => {
    const low = index === lanes.length - 1 ? value : ir.and(value, ir.i32(laneMask(bits)))
    return index === 0 ? low : ir.shl(low, ir.i32(bits * index))
  })
  return placed.reduce((word, value) => ir.or(word, value))
}

/** Two 16-bit sums, without a carry from the lower to the upper. */
export function addHalfwords(ir: Ir, x: Value, y: Value): Value {
  const upper = ir.i32(-0x1_0000)
  const low = ir.and(ir.add(x, y), ir.i32(0xffff))
  const high = ir.and(ir.add(x, ir.and(y, upper)), upper)
  return ir.or(low, high)
}
