import type { Ir, Value } from '../ir.ts'
import { addHalfwords } from './lanes.ts'
import { InstructionGroup, type Encoding } from './table.ts'
import { usesSpOrPc } from './unpredictable.ts'

/** Sign and zero extension, with addition, and packing of half-words. */
export const extend = new InstructionGroup('extend')

interface Extension {
  readonly name: string
  readonly section: string
  readonly addName: string
  readonly addSection: string
  readonly opcode: string
  /** Bits 7 and 6 of the 16-bit encoding. */
  readonly narrow?: string
  readonly of: (ir: Ir, word: Value) => Value
  readonly add: (ir: Ir, x: Value, y: Value) => Value
}

const plainAdd = (ir: Ir, x: Value, y: Value): Value => ir.add(x, y)
const evenBytes = (ir: Ir, word: Value): Value => ir.and(word, ir.i32(0x00ff_00ff))

/** 0x80 * 0x1FE is 0xFF00: the sign bits of both bytes are spread over the bytes above them at once. */
function signExtendEvenBytes(ir: Ir, word: Value): Value {
  const signs = ir.mul(ir.and(word, ir.i32(0x0080_0080)), ir.i32(0x1fe))
  return ir.or(evenBytes(ir, word), signs)
}

const extensions: readonly Extension[] = [
  {
    name: 'SXTH',
    section: 'A7.7.184',
    addName: 'SXTAH',
    addSection: 'A7.7.181',
    opcode: '000',
    narrow: '00',
    of: (ir, word) => ir.signExtend16(word),
    add: plainAdd,
  },
  {
    name: 'UXTH',
    section: 'A7.7.223',
    addName: 'UXTAH',
    addSection: 'A7.7.220',
    opcode: '001',
    narrow: '10',
    of: (ir, word) => ir.and(word, ir.i32(0xffff)),
    add: plainAdd,
  },
  {
    name: 'SXTB16',
    section: 'A7.7.183',
    addName: 'SXTAB16',
    addSection: 'A7.7.180',
    opcode: '010',
    of: signExtendEvenBytes,
    add: addHalfwords,
  },
  {
    name: 'UXTB16',
    section: 'A7.7.222',
    addName: 'UXTAB16',
    addSection: 'A7.7.219',
    opcode: '011',
    of: evenBytes,
    add: addHalfwords,
  },
  {
    name: 'SXTB',
    section: 'A7.7.182',
    addName: 'SXTAB',
    addSection: 'A7.7.179',
    opcode: '100',
    narrow: '01',
    of: (ir, word) => ir.signExtend8(word),
    add: plainAdd,
  },
  {
    name: 'UXTB',
    section: 'A7.7.221',
    addName: 'UXTAB',
    addSection: 'A7.7.218',
    opcode: '101',
    narrow: '11',
    of: (ir, word) => ir.and(word, ir.i32(0xff)),
    add: plainAdd,
  },
]

for (const { name, section, addName, addSection, opcode, narrow, of, add } of extensions) {
  const first: readonly Encoding[] = narrow
    ? [
        {
          form: 'T1',
          bits: `10110010 ${narrow} mmm ddd`,
          operands: ({ m = 0, d = 0 }) => ({ d, m, rotation: 0, Z: 1 }),
          syntax: `${name} <d>, <m>`,
        },
      ]
    : []
  extend.define({
    name,
    section,
    encodings: [
      ...first,
      {
        form: narrow ? 'T2' : 'T1',
        bits: `111110100 ${opcode} 1111 1111 dddd 10rr mmmm`,
        operands: ({ m = 0, d = 0, r = 0 }) => ({ d, m, rotation: 8 * r, Z: r === 0 ? 1 : 0 }),
        unpredictable: usesSpOrPc,
      },
    ],
    timing: 'simple',
    /** Z: the rotation is zero, as it nearly always is. */
    variants: { Z: [0, 1] },
    syntax: `${name} <d>, <m>, ROR #<rotation>`,
    meaning: ({ d, m, rotation, Z }, ir) => {
      const word = ir.reg(m)
      ir.setReg(d, of(ir, Z ? word : ir.rotateRight(word, rotation)))
    },
  })

  extend.define({
    name: addName,
    section: addSection,
    encodings: [
      {
        form: 'T1',
        bits: `111110100 ${opcode} nnnn 1111 dddd 10rr mmmm`,
        unless: ({ n }) => n === 15,
        operands: ({ d = 0, n = 0, m = 0, r = 0 }) => ({ d, n, m, rotation: 8 * r }),
        unpredictable: usesSpOrPc,
      },
    ],
    timing: 'simple',
    syntax: `${addName} <d>, <n>, <m>, ROR #<rotation>`,
    meaning: ({ d, n, m, rotation }, ir) =>
      ir.setReg(d, add(ir, ir.reg(n), of(ir, ir.rotateRight(ir.reg(m), rotation)))),
  })
}

extend.define({
  name: 'PKHBT',
  section: 'A7.7.93',
  encodings: [
    {
      form: 'T1',
      bits: '111010101100 nnnn 0iii dddd ii00 mmmm',
      operands: ({ d = 0, n = 0, m = 0, i = 0 }) => ({ d, n, m, amount: i }),
      unpredictable: usesSpOrPc,
    },
  ],
  timing: 'simple',
  syntax: 'PKHBT <d>, <n>, <m>, LSL #<amount>',
  meaning: ({ d, n, m, amount }, ir) => {
    const top = ir.and(ir.shl(ir.reg(m), amount), ir.i32(-0x1_0000))
    ir.setReg(d, ir.or(top, ir.and(ir.reg(n), ir.i32(0xffff))))
  },
})

extend.define({
  name: 'PKHTB',
  section: 'A7.7.93',
  encodings: [
    {
      form: 'T1',
      bits: '111010101100 nnnn 0iii dddd ii10 mmmm',
      operands: ({ d = 0, n = 0, m = 0, i = 0 }) => ({ d, n, m, amount: i === 0 ? 32 : i }),
      unpredictable: usesSpOrPc,
    },
  ],
  timing: 'simple',
  syntax: 'PKHTB <d>, <n>, <m>, ASR #<amount>',
  meaning: ({ d, n, m, amount }, ir) => {
    // In two steps, for the amount is 1 to 32 and WebAssembly shifts modulo 32.
    const shifted = ir.shrS(ir.shrS(ir.reg(m), ir.i32(1)), ir.sub(amount, ir.i32(1)))
    const bottom = ir.and(shifted, ir.i32(0xffff))
    ir.setReg(d, ir.or(bottom, ir.and(ir.reg(n), ir.i32(-0x1_0000))))
  },
})
