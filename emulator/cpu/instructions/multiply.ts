import { ExitReason } from '../exit-reasons.ts'
import type { Ir, Register, Value } from '../ir.ts'
import { State } from '../layout.ts'
import { divideCycles, setNZ } from './algorithms.ts'
import { mayBeInterrupted } from './interruptible.ts'
import { InstructionGroup } from './table.ts'
import { usesSpOrPc, usesSpOrPcOrOneRegisterTwice } from './unpredictable.ts'

export const multiply = new InstructionGroup('multiply')

multiply.define({
  name: 'MUL',
  section: 'A7.7.84',
  encodings: [
    {
      form: 'T1',
      bits: '0100001101 nnn ddd',
      operands: ({ n = 0, d = 0 }, at) => ({ d, n, m: d, S: at.itState === 0 ? 1 : 0 }),
    },
    {
      form: 'T2',
      bits: '111110110000 nnnn 1111 dddd 0000 mmmm',
      operands: ({ n = 0, d = 0, m = 0 }) => ({ d, n, m, S: 0 }),
      unpredictable: usesSpOrPc,
    },
  ],
  variants: { S: [0, 1] },
  timing: 'simple',
  syntax: 'MUL<S> <d>, <n>, <m>',
  meaning: ({ d, n, m, S }, ir) => {
    const product = ir.let(ir.mul(ir.reg(n), ir.reg(m)))
    ir.setReg(d, product)
    if (S) setNZ(ir, product)
  },
})

multiply.define({
  name: 'MLA',
  section: 'A7.7.74',
  encodings: [
    {
      form: 'T1',
      bits: '111110110000 nnnn aaaa dddd 0000 mmmm',
      unless: ({ a }) => a === 15,
      unpredictable: usesSpOrPc,
    },
  ],
  timing: 'simple',
  syntax: 'MLA <d>, <n>, <m>, <a>',
  meaning: ({ d, n, m, a }, ir) => ir.setReg(d, ir.add(ir.reg(a), ir.mul(ir.reg(n), ir.reg(m)))),
})

multiply.define({
  name: 'MLS',
  section: 'A7.7.75',
  encodings: [{ form: 'T1', bits: '111110110000 nnnn aaaa dddd 0001 mmmm', unpredictable: usesSpOrPc }],
  timing: 'simple',
  syntax: 'MLS <d>, <n>, <m>, <a>',
  meaning: ({ d, n, m, a }, ir) => ir.setReg(d, ir.sub(ir.reg(a), ir.mul(ir.reg(n), ir.reg(m)))),
})

/** RdHi:RdLo, which stand in the fields `u` and `t`. */
export function longRegister(ir: Ir, low: Register, high: Register): Value {
  const top = ir.op('i64.shl', ir.extendU(ir.reg(high)), ir.i64(32n))
  return ir.op('i64.or', top, ir.extendU(ir.reg(low)))
}

export function setLongRegister(ir: Ir, low: Register, high: Register, value: Value): void {
  const result = ir.let(value)
  ir.setReg(low, ir.wrap(result))
  ir.setReg(high, ir.wrap(ir.op('i64.shr_u', result, ir.i64(32n))))
}

function defineLong(
  name: string,
  section: string,
  bits: string,
  result: (ir: Ir, n: Register, m: Register, low: Register, high: Register) => Value,
): void {
  multiply.define({
    name,
    section,
    encodings: [{ form: 'T1', bits, unpredictable: usesSpOrPcOrOneRegisterTwice }],
    timing: 'simple',
    syntax: `${name} <t>, <u>, <n>, <m>`,
    meaning: ({ t, u, n, m }, ir) => setLongRegister(ir, t, u, result(ir, n, m, t, u)),
  })
}

const signedProduct = (ir: Ir, n: Register, m: Register): Value =>
  ir.op('i64.mul', ir.extendS(ir.reg(n)), ir.extendS(ir.reg(m)))
const unsignedProduct = (ir: Ir, n: Register, m: Register): Value =>
  ir.op('i64.mul', ir.extendU(ir.reg(n)), ir.extendU(ir.reg(m)))

defineLong('SMULL', 'A7.7.149', '111110111000 nnnn tttt uuuu 0000 mmmm', signedProduct)
defineLong('UMULL', 'A7.7.204', '111110111010 nnnn tttt uuuu 0000 mmmm', unsignedProduct)
defineLong('SMLAL', 'A7.7.138', '111110111100 nnnn tttt uuuu 0000 mmmm', (ir, n, m, low, high) =>
  ir.op('i64.add', longRegister(ir, low, high), signedProduct(ir, n, m)),
)
defineLong('UMLAL', 'A7.7.203', '111110111110 nnnn tttt uuuu 0000 mmmm', (ir, n, m, low, high) =>
  ir.op('i64.add', longRegister(ir, low, high), unsignedProduct(ir, n, m)),
)
defineLong('UMAAL', 'A7.7.202', '111110111110 nnnn tttt uuuu 0110 mmmm', (ir, n, m, low, high) =>
  ir.op(
    'i64.add',
    ir.op('i64.add', unsignedProduct(ir, n, m), ir.extendU(ir.reg(low))),
    ir.extendU(ir.reg(high)),
  ),
)

/** Rounds towards zero; 0x80000000 / -1 is 0x80000000, where WebAssembly's division traps. */
function signedQuotient(ir: Ir, dividend: Value, divisor: Value): Value {
  const isMinusOne = ir.eq(divisor, ir.i32(-1))
  const safe = ir.select(isMinusOne, ir.i32(1), divisor)
  return ir.select(isMinusOne, ir.negate(dividend), ir.op('i32.div_s', dividend, safe))
}

function defineDivide(name: string, section: string, bits: string, signed: boolean): void {
  multiply.define({
    name,
    section,
    encodings: [{ form: 'T1', bits, unpredictable: usesSpOrPc }],
    timing: 'divide',
    syntax: `${name} <d>, <n>, <m>`,
    meaning: ({ d, n, m }, ir) => {
      const dividend = ir.let(ir.reg(n))
      const divisor = ir.let(ir.reg(m))
      ir.if(
        divisor,
        () => {
          const further = divideCycles(ir, dividend, divisor, signed)
          mayBeInterrupted(ir, further, true)
          ir.setReg(d, signed ? signedQuotient(ir, dividend, divisor) : ir.op('i32.div_u', dividend, divisor))
        },
        () => {
          ir.if(ir.state(State.divideByZeroTrap), () => ir.exit(ExitReason.divideByZero, true))
          ir.setReg(d, ir.i32(0))
        },
      )
    },
  })
}

defineDivide('SDIV', 'A7.7.127', '111110111001 nnnn 1111 dddd 1111 mmmm', true)
defineDivide('UDIV', 'A7.7.195', '111110111011 nnnn 1111 dddd 1111 mmmm', false)
