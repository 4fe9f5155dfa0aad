import type { Ir, Value } from '../ir.ts'
import { State } from '../layout.ts'
import type { DecodeContext, Fields, OperandSet } from './table.ts'
import { thumbExpandImmediate } from './algorithms.ts'

/** A field of an encoding, which the pattern string guarantees to be there. */
export function field(fields: Fields, letter: string): number {
  const value = fields[letter]
  if (value === undefined) throw new Error(`no field ${letter}`)
  return value
}

export const outsideIt = (at: DecodeContext): number => (at.itState === 0 ? 1 : 0)
/** InITBlock() and not its last instruction: branches are UNPREDICTABLE there. */
export const insideIt = (at: DecodeContext): boolean => (at.itState & 0xf) !== 0 && (at.itState & 7) !== 0

const isSpOrPc = (register: number | undefined): boolean => register === 13 || register === 15
export const anySpOrPc =
  (...letters: string[]) =>
  (fields: Fields): boolean =>
    letters.some((letter) => isSpOrPc(fields[letter]))

/** A modified immediate (i:imm3:imm8 under one letter) and how it changes flags: S 0 none, 1 not C, 2 all. */
export function modifiedImmediate(imm12: number, setsFlags: boolean): { imm: number; S: number } {
  const { value, carry } = thumbExpandImmediate(imm12)
  return { imm: value, S: !setsFlags ? 0 : carry < 0 ? 1 : 2 }
}

/** DecodeImmShift(), A7.4.2, as operands: K 0 none, 1 LSL, 2 LSR, ASR or ROR by `kind`, 3 RRX. */
export function immediateShift(type: number, amount: number): { K: number; kind: number; amount: number } {
  if (type === 0) return { K: amount === 0 ? 0 : 1, kind: 0, amount }
  if (type === 3 && amount === 0) return { K: 3, kind: 3, amount: 1 }
  return { K: 2, kind: type, amount: amount === 0 ? 32 : amount }
}

export const unshifted = { K: 0, kind: 0, amount: 0 } as const

/** The register operand `m`, shifted. With `carry`, C becomes the bit shifted out (Shift_C). */
export function shiftedOperand(o: OperandSet, ir: Ir, carry: boolean): Value {
  const m = ir.reg(o.m)
  switch (o.K) {
    case 0:
      return m
    case 3: {
      const result = ir.let(ir.or(ir.shl(ir.carried('c'), ir.i32(31)), ir.shrU(m, ir.i32(1))))
      if (carry) ir.setCarried('c', ir.and(m, ir.i32(1)))
      return result
    }
    default: {
      const kind = o.K === 1 ? ir.i32(0) : o.kind
      if (carry) {
        const result = ir.call('shiftWithCarry', m, kind, o.amount, ir.carried('c'))
        ir.setCarried('c', ir.state(State.shifterCarry))
        return result
      }
      return o.K === 1 ? ir.shl(m, o.amount) : ir.call('shift', m, kind, o.amount)
    }
  }
}

/** Writes `d`; Z says that it is the stack pointer, whose low bits stay clear (B1.4.1). */
export function writeResult(o: OperandSet, ir: Ir, result: Value): void {
  ir.setReg(o.d, o.Z === 1 ? ir.and(result, ir.i32(-4)) : result)
}
