import type { Ir, Value } from '../ir.ts'
import { State } from '../layout.ts'
import { joinLanes, lane, laneMask, type LaneBits } from './lanes.ts'
import { InstructionGroup } from './table.ts'
import { usesSpOrPc } from './unpredictable.ts'

export const parallel = new InstructionGroup('parallel')

type LaneOperation = 'add' | 'sub'

/** `crossed`: the half-words of m change places first; `lanes` are lowest first. */
interface Arithmetic {
  readonly name: string
  readonly opcode: string
  readonly crossed: boolean
  readonly lanes: readonly LaneOperation[]
}

const arithmetics: readonly Arithmetic[] = [
  { name: 'ADD8', opcode: '000', crossed: false, lanes: ['add', 'add', 'add', 'add'] },
  { name: 'ADD16', opcode: '001', crossed: false, lanes: ['add', 'add'] },
  { name: 'ASX', opcode: '010', crossed: true, lanes: ['sub', 'add'] },
  { name: 'SAX', opcode: '110', crossed: true, lanes: ['add', 'sub'] },
  { name: 'SUB8', opcode: '100', crossed: false, lanes: ['sub', 'sub', 'sub', 'sub'] },
  { name: 'SUB16', opcode: '101', crossed: false, lanes: ['sub', 'sub'] },
]

interface Form {
  readonly prefix: string
  readonly opcode: string
  readonly signed: boolean
  /** What becomes of a lane's exact result. */
  readonly keep: 'modulo' | 'saturated' | 'halved'
  /** Of ADD8, ADD16, ASX, SAX, SUB8, SUB16 in A7.7. */
  readonly sections: readonly number[]
}

const forms: readonly Form[] = [
  { prefix: 'S', opcode: '000', signed: true, keep: 'modulo', sections: [122, 121, 123, 154, 157, 156] },
  { prefix: 'Q', opcode: '001', signed: true, keep: 'saturated', sections: [104, 103, 105, 108, 111, 110] },
  { prefix: 'SH', opcode: '010', signed: true, keep: 'halved', sections: [131, 130, 132, 133, 135, 134] },
  { prefix: 'U', opcode: '100', signed: false, keep: 'modulo', sections: [191, 190, 192, 215, 217, 216] },
  { prefix: 'UQ', opcode: '101', signed: false, keep: 'saturated', sections: [206, 205, 207, 208, 210, 209] },
  { prefix: 'UH', opcode: '110', signed: false, keep: 'halved', sections: [197, 196, 198, 199, 201, 200] },
]

export function clamp(ir: Ir, value: Value, lowest: Value, highest: Value): Value {
  const atMost = ir.select(ir.gtS(value, highest), highest, value)
  return ir.select(ir.ltS(value, lowest), lowest, atMost)
}

function saturated(ir: Ir, value: Value, bits: LaneBits, signed: boolean): Value {
  const highest = signed ? laneMask(bits) >> 1 : laneMask(bits)
  return clamp(ir, value, ir.i32(signed ? ~highest : 0), ir.i32(highest))
}

/** All ones where GE is set: not negative, or for an unsigned sum the carry. */
function greaterOrEqual(
  ir: Ir,
  result: Value,
  operation: LaneOperation,
  bits: LaneBits,
  signed: boolean,
): Value {
  return !signed && operation === 'add'
    ? ir.negate(ir.shrU(result, ir.i32(bits)))
    : ir.not(ir.shrS(result, ir.i32(31)))
}

for (const { prefix, opcode, signed, keep, sections } of forms) {
  arithmetics.forEach((arithmetic, index) => {
    const name = `${prefix}${arithmetic.name}`
    const bits = arithmetic.lanes.length === 4 ? 8 : 16
    parallel.define({
      name,
      section: `A7.7.${sections[index] ?? 0}`,
      encodings: [
        {
          form: 'T1',
          bits: `111110101 ${arithmetic.opcode} nnnn 1111 dddd 0${opcode} mmmm`,
          unpredictable: usesSpOrPc,
        },
      ],
      timing: 'simple',
      syntax: `${name} <d>, <n>, <m>`,
      meaning: ({ d, n, m }, ir) => {
        const x = ir.reg(n)
        const y = arithmetic.crossed ? ir.rotateRight(ir.reg(m), ir.i32(16)) : ir.reg(m)
        const exact = arithmetic.lanes.map((operation, i) =>
          ir[operation](lane(ir, x, bits, i, signed), lane(ir, y, bits, i, signed)),
        )
        const kept = exact.map((value) => {
          if (keep === 'modulo') return value
          return keep === 'halved' ? ir.shrS(value, ir.i32(1)) : saturated(ir, value, bits, signed)
        })
        ir.setReg(d, joinLanes(ir, bits, kept))
        if (keep !== 'modulo') return
        const flags = arithmetic.lanes.map((operation, i) =>
          greaterOrEqual(ir, exact[i] ?? x, operation, bits, signed),
        )
        ir.setState(State.ge, joinLanes(ir, bits, flags))
      },
    })
  })
}

parallel.define({
  name: 'SEL',
  section: 'A7.7.128',
  encodings: [{ form: 'T1', bits: '111110101010 nnnn 1111 dddd 1000 mmmm', unpredictable: usesSpOrPc }],
  timing: 'simple',
  syntax: 'SEL <d>, <n>, <m>',
  meaning: ({ d, n, m }, ir) => {
    const ge = ir.state(State.ge)
    const other = ir.reg(m)
    ir.setReg(d, ir.xor(other, ir.and(ir.xor(ir.reg(n), other), ge)))
  },
})

/** Sum of the absolute differences of four unsigned bytes. */
function absoluteDifferences(ir: Ir, x: Value, y: Value): Value {
  const differences = [0, 1, 2, 3].map((i) => {
    const difference = ir.sub(lane(ir, x, 8, i, false), lane(ir, y, 8, i, false))
    const sign = ir.shrS(difference, ir.i32(31))
    return ir.sub(ir.xor(difference, sign), sign)
  })
  return differences.reduce((sum, one) => ir.add(sum, one))
}

parallel.define({
  name: 'USAD8',
  section: 'A7.7.211',
  encodings: [{ form: 'T1', bits: '111110110111 nnnn 1111 dddd 0000 mmmm', unpredictable: usesSpOrPc }],
  timing: 'simple',
  syntax: 'USAD8 <d>, <n>, <m>',
  meaning: ({ d, n, m }, ir) => ir.setReg(d, absoluteDifferences(ir, ir.reg(n), ir.reg(m))),
})

parallel.define({
  name: 'USADA8',
  section: 'A7.7.212',
  encodings: [
    {
      form: 'T1',
      bits: '111110110111 nnnn aaaa dddd 0000 mmmm',
      unless: ({ a }) => a === 15,
      unpredictable: usesSpOrPc,
    },
  ],
  timing: 'simple',
  syntax: 'USADA8 <d>, <n>, <m>, <a>',
  meaning: ({ d, n, m, a }, ir) =>
    ir.setReg(d, ir.add(ir.reg(a), absoluteDifferences(ir, ir.reg(n), ir.reg(m)))),
})
