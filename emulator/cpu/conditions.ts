import type { Ir, Value } from './ir.ts'
import { State } from './layout.ts'

/** Bits of the NZCV nibble (N is bit 3) that let condition `cond` pass; A7.3. */
function conditionPasses(cond: number, nzcv: number): boolean {
  const n = (nzcv >> 3) & 1
  const z = (nzcv >> 2) & 1
  const c = (nzcv >> 1) & 1
  const v = nzcv & 1
  const base = [z, c, n, v, c & ~z & 1, n === v ? 1 : 0, n === v && !z ? 1 : 0, 1][cond >> 1] ?? 1
  return cond !== 15 && (cond & 1) === 1 && cond !== 14 ? base === 0 : base === 1
}

/** For each condition, the set of NZCV values that pass, as 16 bits. */
export function conditionMasks(): Uint16Array {
  return Uint16Array.from({ length: 16 }, (_, cond) => {
    let mask = 0
    for (let nzcv = 0; nzcv < 16; nzcv++) if (conditionPasses(cond, nzcv)) mask |= 1 << nzcv
    return mask
  })
}

/** Whether a condition known when the handler is made holds. */
export function conditionHolds(ir: Ir, cond: number): Value {
  const negative = (): Value => ir.ltS(ir.carried('n'), ir.i32(0))
  const zero = (): Value => ir.eqz(ir.carried('z'))
  const different = (): Value => ir.ltS(ir.xor(ir.carried('n'), ir.carried('v')), ir.i32(0))
  const flip = (value: Value): Value => ((cond & 1) === 1 ? ir.eqz(value) : value)
  switch (cond >> 1) {
    case 0:
      return flip(zero())
    case 1:
      return flip(ir.carried('c'))
    case 2:
      return flip(negative())
    case 3:
      return flip(ir.ltS(ir.carried('v'), ir.i32(0)))
    case 4:
      return flip(ir.and(ir.carried('c'), ir.ne(ir.carried('z'), ir.i32(0))))
    case 5:
      return flip(ir.eqz(different()))
    case 6:
      return flip(ir.eqz(ir.or(different(), zero())))
    default:
      return ir.i32(1)
  }
}

/** The same for a condition that is a number at run time. */
export function conditionHoldsFor(ir: Ir, cond: Value): Value {
  const bit = (value: Value, place: number): Value => ir.shl(value, ir.i32(place))
  const nzcv = ir.or(
    ir.or(bit(ir.ltS(ir.carried('n'), ir.i32(0)), 3), bit(ir.eqz(ir.carried('z')), 2)),
    ir.or(bit(ir.carried('c'), 1), ir.ltS(ir.carried('v'), ir.i32(0))),
  )
  const mask = ir.loadRaw('i32.16_u', ir.shl(cond, ir.i32(1)), State.conditions)
  return ir.and(ir.shrU(mask, nzcv), ir.i32(1))
}
