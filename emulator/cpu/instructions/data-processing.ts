import type { Ir, Value } from '../ir.ts'
import { addSettingFlags, addWithCarrySettingFlags, setNZ, subtractSettingFlags } from './algorithms.ts'
import { anySpOrPc, field, modifiedImmediate, outsideIt, writeResult } from './operands.ts'
import { InstructionGroup, type Encoding, type Fields, type OperandSet } from './table.ts'

export const dataProcessing = new InstructionGroup('data-processing')

/** What an arithmetic operation does with its operands; with `flags`, it sets all four. */
export type Arithmetic = (ir: Ir, x: Value, y: Value, flags: boolean) => Value
export type Logical = (ir: Ir, x: Value, y: Value) => Value

const notCarry = (ir: Ir): Value => ir.xor(ir.carried('c'), ir.i32(1))

export const arithmetic: Readonly<Record<'ADD' | 'ADC' | 'SUB' | 'SBC' | 'RSB', Arithmetic>> = {
  ADD: (ir, x, y, flags) => (flags ? addSettingFlags(ir, x, y) : ir.add(x, y)),
  ADC: (ir, x, y, flags) =>
    flags ? addWithCarrySettingFlags(ir, x, y) : ir.add(ir.add(x, y), ir.carried('c')),
  SUB: (ir, x, y, flags) => (flags ? subtractSettingFlags(ir, x, y) : ir.sub(x, y)),
  SBC: (ir, x, y, flags) =>
    flags ? addWithCarrySettingFlags(ir, x, ir.let(ir.not(y))) : ir.sub(ir.sub(x, y), notCarry(ir)),
  RSB: (ir, x, y, flags) => (flags ? subtractSettingFlags(ir, y, x) : ir.sub(y, x)),
}

export const logical: Readonly<Record<'AND' | 'BIC' | 'ORR' | 'ORN' | 'EOR' | 'MOV' | 'MVN', Logical>> = {
  AND: (ir, x, y) => ir.and(x, y),
  BIC: (ir, x, y) => ir.and(x, ir.not(y)),
  ORR: (ir, x, y) => ir.or(x, y),
  ORN: (ir, x, y) => ir.or(x, ir.not(y)),
  EOR: (ir, x, y) => ir.xor(x, y),
  MOV: (_, __, y) => y,
  MVN: (ir, _, y) => ir.not(y),
}

/** Four-bit op of the modified-immediate and shifted-register encodings; A5.3.1, A5.3.11. */
export const opcodes = {
  AND: '0000',
  BIC: '0001',
  ORR: '0010',
  ORN: '0011',
  EOR: '0100',
  ADD: '1000',
  ADC: '1010',
  SBC: '1011',
  SUB: '1101',
  RSB: '1110',
} as const

const immediateBits = (op: string, s: string, n: string, d: string): string =>
  `11110i0${op}${s}${n} 0iii${d}iiiiiiii`

/** Operands of an encoding with a modified immediate in field i. */
const modified = (fields: Fields, sets = fields['S'] === 1): { imm: number; S: number } =>
  modifiedImmediate(field(fields, 'i'), sets)

const sections: Readonly<Record<string, string>> = {
  AND: 'A7.7.8', BIC: 'A7.7.15', ORR: 'A7.7.91', ORN: 'A7.7.89', EOR: 'A7.7.35', ADD: 'A7.7.3',
  ADC: 'A7.7.1', SUB: 'A7.7.174', SBC: 'A7.7.124', RSB: 'A7.7.119', MOV: 'A7.7.76', MVN: 'A7.7.85',
  TST: 'A7.7.188', TEQ: 'A7.7.186', CMP: 'A7.7.27', CMN: 'A7.7.25',
} // prettier-ignore

function flagsOfLogical(o: OperandSet, ir: Ir, result: Value): void {
  if (o.S === 0) return
  setNZ(ir, result)
  if (o.S === 2) ir.setCarried('c', ir.shrU(o.imm, ir.i32(31)))
}

for (const name of ['AND', 'BIC', 'ORR', 'ORN', 'EOR'] as const)
  dataProcessing.define({
    name: `${name} (immediate)`,
    section: sections[name] ?? '',
    timing: 'simple',
    syntax: `${name}<S> <d>, <n>, #<imm>`,
    variants: { S: [0, 1, 2] },
    encodings: [
      {
        form: 'T1',
        bits: immediateBits(opcodes[name], 'S', 'nnnn', 'dddd'),
        unless: (f) =>
          (field(f, 'd') === 15 && f['S'] === 1 && (name === 'AND' || name === 'EOR')) ||
          (field(f, 'n') === 15 && (name === 'ORR' || name === 'ORN')),
        operands: (f) => ({ d: field(f, 'd'), n: field(f, 'n'), ...modified(f) }),
        unpredictable: anySpOrPc('d', 'n'),
      },
    ],
    meaning: (o, ir) => {
      const result = ir.let(logical[name](ir, ir.reg(o.n), o.imm))
      flagsOfLogical(o, ir, result)
      ir.setReg(o.d, result)
    },
  })

for (const name of ['MOV', 'MVN'] as const)
  dataProcessing.define({
    name: `${name} (immediate)`,
    section: sections[name] ?? '',
    timing: 'simple',
    syntax: `${name}<S> <d>, #<imm>`,
    variants: { S: [0, 1, 2] },
    encodings: [
      ...(name === 'MOV'
        ? ([
            {
              form: 'T1',
              bits: '00100 ddd iiiiiiii',
              operands: (f, at) => ({ d: field(f, 'd'), imm: field(f, 'i'), S: outsideIt(at) }),
            },
            {
              form: 'T3',
              bits: '11110i100100kkkk 0iiiddddiiiiiiii',
              operands: (f) => ({
                d: field(f, 'd'),
                imm: (field(f, 'k') << 12) | field(f, 'i'),
                S: 0,
              }),
              unpredictable: anySpOrPc('d'),
              syntax: 'MOVW <d>, #<imm>',
            },
          ] satisfies Encoding[])
        : []),
      {
        form: name === 'MOV' ? 'T2' : 'T1',
        bits: immediateBits(name === 'MOV' ? opcodes.ORR : opcodes.ORN, 'S', '1111', 'dddd'),
        operands: (f) => ({ d: field(f, 'd'), ...modified(f) }),
        unpredictable: anySpOrPc('d'),
        syntax: `${name}<S>.W <d>, #<imm>`,
      },
    ],
    meaning: (o, ir) => {
      const result = ir.let(logical[name](ir, o.imm, o.imm))
      flagsOfLogical(o, ir, result)
      ir.setReg(o.d, result)
    },
  })

for (const [name, base, op] of [
  ['TST', 'AND', opcodes.AND],
  ['TEQ', 'EOR', opcodes.EOR],
] as const)
  dataProcessing.define({
    name: `${name} (immediate)`,
    section: sections[name] ?? '',
    timing: 'simple',
    syntax: `${name} <n>, #<imm>`,
    variants: { S: [1, 2] },
    encodings: [
      {
        form: 'T1',
        bits: immediateBits(op, '1', 'nnnn', '1111'),
        operands: (f) => ({ n: field(f, 'n'), ...modified(f, true) }),
        unpredictable: anySpOrPc('n'),
      },
    ],
    meaning: (o, ir) => flagsOfLogical(o, ir, ir.let(logical[base](ir, ir.reg(o.n), o.imm))),
  })

const toSp = (d: number): number => (d === 13 ? 1 : 0)

/** 16-bit forms of ADD and SUB (immediate), and the SP forms, which mean the same. */
const narrowAddSub = (name: 'ADD' | 'SUB'): Encoding[] => {
  const bit = name === 'ADD' ? '0' : '1'
  const of = (d: number, n: number, imm: number, S: number) => ({ d, n, imm, S, Z: toSp(d) })
  return [
    {
      form: 'T1',
      bits: `000111${bit} iii nnn ddd`,
      operands: (f, at) => of(field(f, 'd'), field(f, 'n'), field(f, 'i'), outsideIt(at)),
    },
    {
      form: 'T2',
      bits: `0011${bit} ddd iiiiiiii`,
      operands: (f, at) => of(field(f, 'd'), field(f, 'd'), field(f, 'i'), outsideIt(at)),
      syntax: `${name}<S> <d>, #<imm>`,
    },
    {
      form: 'SP T2',
      bits: `10110000${bit} iiiiiii`,
      operands: (f) => of(13, 13, field(f, 'i') * 4, 0),
    },
    ...(name === 'ADD'
      ? [
          {
            form: 'SP T1',
            bits: '10101 ddd iiiiiiii',
            operands: (f: Fields) => of(field(f, 'd'), 13, field(f, 'i') * 4, 0),
          },
        ]
      : []),
  ]
}

for (const name of ['ADD', 'ADC', 'SUB', 'SBC', 'RSB'] as const) {
  const toStack = name === 'ADD' || name === 'SUB'
  const wide: Encoding[] = [
    {
      form: toStack ? 'T3' : name === 'RSB' ? 'T2' : 'T1',
      bits: immediateBits(opcodes[name], 'S', 'nnnn', 'dddd'),
      unless: (f) => toStack && field(f, 'd') === 15 && f['S'] === 1,
      operands: (f) => {
        const { imm, S } = modified(f)
        const d = field(f, 'd')
        return { d, n: field(f, 'n'), imm, S: S === 0 ? 0 : 1, ...(toStack ? { Z: toSp(d) } : {}) }
      },
      unpredictable: (f) =>
        toStack
          ? field(f, 'd') === 15 || field(f, 'n') === 15 || (field(f, 'd') === 13 && field(f, 'n') !== 13)
          : anySpOrPc('d', 'n')(f),
      syntax: `${name}<S>.W <d>, <n>, #<imm>`,
    },
  ]
  if (toStack)
    wide.push({
      form: 'T4',
      bits: `11110i1${name === 'ADD' ? '00000' : '01010'} nnnn 0iiiddddiiiiiiii`,
      unless: (f) => field(f, 'n') === 15,
      operands: (f) => ({
        d: field(f, 'd'), n: field(f, 'n'), imm: field(f, 'i'), S: 0, Z: toSp(field(f, 'd')),
      }), // prettier-ignore
      unpredictable: (f) => field(f, 'd') === 15 || (field(f, 'd') === 13 && field(f, 'n') !== 13),
      syntax: `${name}W <d>, <n>, #<imm>`,
    })
  const narrow: Encoding[] = toStack
    ? narrowAddSub(name)
    : name === 'RSB'
      ? [
          {
            form: 'T1',
            bits: '0100001001 nnn ddd',
            operands: (f, at) => ({ d: field(f, 'd'), n: field(f, 'n'), imm: 0, S: outsideIt(at) }),
          },
        ]
      : []
  dataProcessing.define({
    name: `${name} (immediate)`,
    section: sections[name] ?? '',
    timing: 'simple',
    syntax: `${name}<S> <d>, <n>, #<imm>`,
    variants: { S: [0, 1], ...(toStack ? { Z: [0, 1] } : {}) },
    encodings: [...narrow, ...wide],
    meaning: (o, ir) => {
      const result = arithmetic[name](ir, ir.let(ir.reg(o.n)), ir.let(o.imm), o.S === 1)
      if (toStack) writeResult(o, ir, result)
      else ir.setReg(o.d, result)
    },
  })
}

for (const [name, base, op] of [
  ['CMP', 'SUB', opcodes.SUB],
  ['CMN', 'ADD', opcodes.ADD],
] as const)
  dataProcessing.define({
    name: `${name} (immediate)`,
    section: sections[name] ?? '',
    timing: 'simple',
    syntax: `${name} <n>, #<imm>`,
    encodings: [
      ...(name === 'CMP'
        ? [
            {
              form: 'T1',
              bits: '00101 nnn iiiiiiii',
              operands: (f: Fields) => ({ n: field(f, 'n'), imm: field(f, 'i') }),
            },
          ]
        : []),
      {
        form: name === 'CMP' ? 'T2' : 'T1',
        bits: immediateBits(op, '1', 'nnnn', '1111'),
        operands: (f) => ({ n: field(f, 'n'), imm: modified(f, true).imm }),
        unpredictable: (f) => field(f, 'n') === 15,
        syntax: `${name}.W <n>, #<imm>`,
      },
    ],
    meaning: (o, ir) => void arithmetic[base](ir, ir.let(ir.reg(o.n)), ir.let(o.imm), true),
  })

dataProcessing.define({
  name: 'MOVT',
  section: 'A7.7.79',
  timing: 'simple',
  syntax: 'MOVT <d>, #<imm>',
  encodings: [
    {
      form: 'T1',
      bits: '11110i101100kkkk 0iiiddddiiiiiiii',
      operands: (f) => ({ d: field(f, 'd'), imm: (field(f, 'k') << 12) | field(f, 'i') }),
      unpredictable: anySpOrPc('d'),
    },
  ],
  meaning: ({ d, imm }, ir) =>
    ir.setReg(d, ir.or(ir.and(ir.reg(d), ir.i32(0xffff)), ir.shl(imm, ir.i32(16)))),
})

dataProcessing.define({
  name: 'ADR',
  section: 'A7.7.7',
  timing: 'simple',
  syntax: 'ADR <d>, <imm>',
  encodings: [
    {
      form: 'T1',
      bits: '10100 ddd iiiiiiii',
      operands: (f, at) => ({ d: field(f, 'd'), imm: ((at.address + 4) & ~3) + field(f, 'i') * 4 }),
    },
    {
      form: 'T2',
      bits: '11110i1010101111 0iiiddddiiiiiiii',
      operands: (f, at) => ({ d: field(f, 'd'), imm: ((at.address + 4) & ~3) - field(f, 'i') }),
      unpredictable: anySpOrPc('d'),
    },
    {
      form: 'T3',
      bits: '11110i1000001111 0iiiddddiiiiiiii',
      operands: (f, at) => ({ d: field(f, 'd'), imm: ((at.address + 4) & ~3) + field(f, 'i') }),
      unpredictable: anySpOrPc('d'),
    },
  ],
  meaning: ({ d, imm }, ir) => ir.setReg(d, imm),
})
