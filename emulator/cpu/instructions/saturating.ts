import type { Ir, Value } from '../ir.ts'
import { saturate32SettingQ, setQIf } from './algorithms.ts'
import { joinLanes, lane } from './lanes.ts'
import { clamp } from './parallel.ts'
import { InstructionGroup, type Encoding, type Fields } from './table.ts'
import { usesSpOrPc } from './unpredictable.ts'

export const saturating = new InstructionGroup('saturating')

const doubled = (ir: Ir, value: Value): Value => ir.op('i64.shl', ir.extendS(value), ir.i64(1n))

for (const { name, section, opcode, combine, doubles } of [
  { name: 'QADD', section: 'A7.7.102', opcode: '00', combine: 'i64.add', doubles: false },
  { name: 'QDADD', section: 'A7.7.106', opcode: '01', combine: 'i64.add', doubles: true },
  { name: 'QSUB', section: 'A7.7.109', opcode: '10', combine: 'i64.sub', doubles: false },
  { name: 'QDSUB', section: 'A7.7.107', opcode: '11', combine: 'i64.sub', doubles: true },
] as const)
  saturating.define({
    name,
    section,
    encodings: [
      { form: 'T1', bits: `111110101000 nnnn 1111 dddd 10${opcode} mmmm`, unpredictable: usesSpOrPc },
    ],
    timing: 'simple',
    syntax: `${name} <d>, <m>, <n>`,
    meaning: ({ d, n, m }, ir) => {
      const x = ir.extendS(ir.reg(m))
      const n32 = ir.reg(n)
      const y = doubles ? saturate32SettingQ(ir, doubled(ir, n32)) : n32
      ir.setReg(d, saturate32SettingQ(ir, ir.op(combine, x, ir.extendS(y))))
    },
  })

/** Operands of SSAT and USAT: `sat` as in assembly, `imm` the largest value; K is 0 for LSL, 1 for ASR. */
const wordEncoding = (
  name: string,
  bits: string,
  asr: boolean,
  operands: Encoding['operands'],
): Encoding => ({
  form: asr ? 'T1 ASR' : 'T1 LSL',
  bits,
  unless: ({ i }) => asr && i === 0,
  ...(operands && { operands }),
  unpredictable: usesSpOrPc,
  syntax: `${name} <d>, #<sat>, <n>, ${asr ? 'ASR' : 'LSL'} #<amount>`,
})

/** The largest number of `bits` bits, 0 to 31. */
const largest = (bits: number): number => 2 ** bits - 1

for (const { name, section, opcode, signed } of [
  { name: 'SSAT', section: 'A7.7.152', opcode: '00', signed: true },
  { name: 'USAT', section: 'A7.7.213', opcode: '10', signed: false },
]) {
  const operands =
    (kind: 0 | 1) =>
    ({ d = 0, n = 0, i = 0, s = 0 }: Fields) => ({
      d,
      n,
      amount: i,
      sat: signed ? s + 1 : s,
      imm: largest(s),
      K: kind,
    })
  saturating.define({
    name,
    section,
    encodings: [
      wordEncoding(name, `1111001 1${opcode}00 nnnn 0iii dddd ii0 sssss`, false, operands(0)),
      wordEncoding(name, `1111001 1${opcode}10 nnnn 0iii dddd ii0 sssss`, true, operands(1)),
    ],
    variants: { K: [0, 1] },
    timing: 'simple',
    syntax: `${name} <d>, #<sat>, <n>`,
    meaning: ({ d, n, amount, imm, K }, ir) => {
      const source = ir.reg(n)
      const value = K ? ir.shrS(source, amount) : ir.shl(source, amount)
      const result = ir.let(clamp(ir, value, signed ? ir.not(imm) : ir.i32(0), imm))
      ir.setReg(d, result)
      setQIf(ir, ir.ne(result, value))
    },
  })
}

for (const { name, section, opcode, signed } of [
  { name: 'SSAT16', section: 'A7.7.153', opcode: '00', signed: true },
  { name: 'USAT16', section: 'A7.7.214', opcode: '10', signed: false },
])
  saturating.define({
    name,
    section,
    encodings: [
      {
        form: 'T1',
        bits: `1111001 1${opcode}10 nnnn 0000 dddd 0000 ssss`,
        operands: ({ d = 0, n = 0, s = 0 }) => ({ d, n, sat: signed ? s + 1 : s, imm: largest(s) }),
        unpredictable: usesSpOrPc,
      },
    ],
    timing: 'simple',
    syntax: `${name} <d>, #<sat>, <n>`,
    meaning: ({ d, n, imm }, ir) => {
      const source = ir.reg(n)
      const lowest = signed ? ir.not(imm) : ir.i32(0)
      const values = [0, 1].map((i) => lane(ir, source, 16, i, true))
      const result = ir.let(
        joinLanes(
          ir,
          16,
          values.map((value) => clamp(ir, value, lowest, imm)),
        ),
      )
      ir.setReg(d, result)
      setQIf(ir, ir.ne(result, source))
    },
  })
