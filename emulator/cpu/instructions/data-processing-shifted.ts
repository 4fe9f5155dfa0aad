import { State } from '../layout.ts'
import { branchTo } from './access.ts'
import { setNZ } from './algorithms.ts'
import { arithmetic, logical, opcodes } from './data-processing.ts'
import {
  anySpOrPc,
  field,
  immediateShift,
  insideIt,
  outsideIt,
  shiftedOperand,
  unshifted,
  writeResult,
} from './operands.ts'
import { InstructionGroup, type Encoding, type Fields } from './table.ts'

export const dataProcessingShifted = new InstructionGroup('data-processing-shifted')

/** imm3:imm2 stand under one letter, in order. */
const shiftedBits = (op: string, s: string, n: string, d: string): string =>
  `1110101${op}${s}${n} 0iii${d}iittmmmm`

const shiftOf = (f: Fields): { K: number; kind: number; amount: number } =>
  immediateShift(field(f, 't'), field(f, 'i'))

/** 16-bit register form `op d, m`: d is also the first operand. */
const narrow = (op: string): Encoding => ({
  form: 'T1',
  bits: `010000${op} mmm ddd`,
  operands: (f, at) => ({
    d: field(f, 'd'),
    n: field(f, 'd'),
    m: field(f, 'm'),
    S: outsideIt(at),
    ...unshifted,
  }),
  syntax: '<name><S> <d>, <m>',
})

const narrowOpcode: Readonly<Record<string, string>> = {
  AND: '0000', EOR: '0001', ADC: '0101', SBC: '0110', ORR: '1100', BIC: '1110', MVN: '1111',
  TST: '1000', CMP: '1010', CMN: '1011',
} // prettier-ignore

const variants = { S: [0, 1], K: [0, 1, 2, 3] }

for (const name of ['AND', 'BIC', 'ORR', 'ORN', 'EOR'] as const)
  dataProcessingShifted.define({
    name: `${name} (register)`,
    section: { AND: 'A7.7.9', BIC: 'A7.7.16', ORR: 'A7.7.92', ORN: 'A7.7.90', EOR: 'A7.7.36' }[name],
    timing: 'simple',
    syntax: `${name}<S>.W <d>, <n>, <m><shift>`,
    variants,
    encodings: [
      ...(narrowOpcode[name] === undefined ? [] : [narrow(narrowOpcode[name])]),
      {
        form: name === 'ORN' ? 'T1' : 'T2',
        bits: shiftedBits(opcodes[name], 'S', 'nnnn', 'dddd'),
        unless: (f) =>
          (field(f, 'd') === 15 && f['S'] === 1 && (name === 'AND' || name === 'EOR')) ||
          (field(f, 'n') === 15 && (name === 'ORR' || name === 'ORN')),
        operands: (f) => ({
          d: field(f, 'd'),
          n: field(f, 'n'),
          m: field(f, 'm'),
          S: field(f, 'S'),
          ...shiftOf(f),
        }),
        unpredictable: anySpOrPc('d', 'n', 'm'),
      },
    ],
    meaning: (o, ir) => {
      const second = shiftedOperand(o, ir, o.S === 1)
      const result = ir.let(logical[name](ir, ir.reg(o.n), second))
      if (o.S === 1) setNZ(ir, result)
      ir.setReg(o.d, result)
    },
  })

dataProcessingShifted.define({
  name: 'MVN (register)',
  section: 'A7.7.86',
  timing: 'simple',
  syntax: 'MVN<S>.W <d>, <m><shift>',
  variants,
  encodings: [
    {
      form: 'T1',
      bits: '0100001111 mmm ddd',
      operands: (f, at) => ({ d: field(f, 'd'), m: field(f, 'm'), S: outsideIt(at), ...unshifted }),
    },
    {
      form: 'T2',
      bits: shiftedBits(opcodes.ORN, 'S', '1111', 'dddd'),
      operands: (f) => ({ d: field(f, 'd'), m: field(f, 'm'), S: field(f, 'S'), ...shiftOf(f) }),
      unpredictable: anySpOrPc('d', 'm'),
    },
  ],
  meaning: (o, ir) => {
    const result = ir.let(ir.not(shiftedOperand(o, ir, o.S === 1)))
    if (o.S === 1) setNZ(ir, result)
    ir.setReg(o.d, result)
  },
})

/** MOV (register), and the shifts by an immediate, which are the same encoding with an amount. */
dataProcessingShifted.define({
  name: 'MOV (register)',
  section: 'A7.7.77',
  timing: 'simple',
  syntax: 'MOV<S> <d>, <m><shift>',
  variants: { S: [0, 1], K: [0, 1, 2, 3], Z: [0, 1] },
  readsPc: ['m'],
  encodings: [
    {
      form: 'T1',
      bits: '01000110 d mmmm ddd',
      unless: (f) => field(f, 'd') === 15,
      operands: (f) => ({
        d: field(f, 'd'),
        m: field(f, 'm'),
        S: 0,
        ...unshifted,
        Z: field(f, 'd') === 13 ? 1 : 0,
      }),
    },
    {
      form: 'T2, shift by immediate T1',
      bits: '000 tt iiiii mmm ddd',
      unless: (f) => field(f, 't') === 3,
      operands: (f, at) => ({ d: field(f, 'd'), m: field(f, 'm'), S: outsideIt(at), ...shiftOf(f), Z: 0 }),
      unpredictable: (f, at) => field(f, 't') === 0 && field(f, 'i') === 0 && at.itState !== 0,
    },
    {
      form: 'T3, shift by immediate T2',
      bits: shiftedBits(opcodes.ORR, 'S', '1111', 'dddd'),
      operands: (f) => ({
        d: field(f, 'd'), m: field(f, 'm'), S: field(f, 'S'), ...shiftOf(f), Z: field(f, 'd') === 13 ? 1 : 0,
      }), // prettier-ignore
      unpredictable: anySpOrPc('d', 'm'),
      syntax: 'MOV<S>.W <d>, <m><shift>',
    },
  ],
  meaning: (o, ir) => {
    const result = ir.let(shiftedOperand(o, ir, o.S === 1))
    if (o.S === 1) setNZ(ir, result)
    writeResult(o, ir, result)
  },
})

dataProcessingShifted.define({
  name: 'MOV (register) to PC',
  section: 'A7.7.77',
  timing: 'branchRegister',
  syntax: 'MOV PC, <m>',
  readsPc: ['m'],
  encodings: [
    {
      form: 'T1',
      bits: '01000110 1 mmmm 111',
      operands: (f) => ({ m: field(f, 'm') }),
      unpredictable: (_, at) => insideIt(at),
    },
  ],
  meaning: ({ m }, ir) => branchTo(ir, ir.and(ir.reg(m), ir.i32(-2))),
})

for (const [name, base, op] of [
  ['TST', 'AND', opcodes.AND],
  ['TEQ', 'EOR', opcodes.EOR],
] as const)
  dataProcessingShifted.define({
    name: `${name} (register)`,
    section: name === 'TST' ? 'A7.7.189' : 'A7.7.187',
    timing: 'simple',
    syntax: `${name} <n>, <m><shift>`,
    variants: { K: [0, 1, 2, 3] },
    encodings: [
      ...(name === 'TST'
        ? [
            {
              form: 'T1',
              bits: '0100001000 mmm nnn',
              operands: (f: Fields) => ({ n: field(f, 'n'), m: field(f, 'm'), ...unshifted }),
            },
          ]
        : []),
      {
        form: name === 'TST' ? 'T2' : 'T1',
        bits: shiftedBits(op, '1', 'nnnn', '1111'),
        operands: (f) => ({ n: field(f, 'n'), m: field(f, 'm'), ...shiftOf(f) }),
        unpredictable: anySpOrPc('n', 'm'),
      },
    ],
    meaning: (o, ir) => {
      const second = shiftedOperand(o, ir, true)
      setNZ(ir, ir.let(logical[base](ir, ir.reg(o.n), second)))
    },
  })

for (const name of ['ADD', 'ADC', 'SUB', 'SBC', 'RSB'] as const) {
  const toStack = name === 'ADD' || name === 'SUB'
  const zero = (d: number): { Z?: number } => (toStack ? { Z: d === 13 ? 1 : 0 } : {})
  const narrowForms: Encoding[] = toStack
    ? [
        {
          form: 'T1',
          bits: `000110${name === 'ADD' ? '0' : '1'} mmm nnn ddd`,
          syntax: `${name}<S> <d>, <n>, <m>`,
          operands: (f, at) => ({
            d: field(f, 'd'), n: field(f, 'n'), m: field(f, 'm'), S: outsideIt(at), ...unshifted, Z: 0,
          }), // prettier-ignore
        },
      ]
    : narrowOpcode[name] === undefined
      ? []
      : [narrow(narrowOpcode[name])]
  if (name === 'ADD')
    narrowForms.push({
      form: 'T2',
      bits: '01000100 d mmmm ddd',
      syntax: 'ADD <d>, <m>',
      unless: (f) => field(f, 'd') === 15,
      operands: (f) => ({
        d: field(f, 'd'), n: field(f, 'd'), m: field(f, 'm'), S: 0, ...unshifted, Z: field(f, 'd') === 13 ? 1 : 0,
      }), // prettier-ignore
    })
  dataProcessingShifted.define({
    name: `${name} (register)`,
    section: { ADD: 'A7.7.4', ADC: 'A7.7.2', SUB: 'A7.7.175', SBC: 'A7.7.125', RSB: 'A7.7.120' }[name],
    timing: 'simple',
    syntax: `${name}<S>.W <d>, <n>, <m><shift>`,
    variants: { ...variants, ...(toStack ? { Z: [0, 1] } : {}) },
    readsPc: ['m'],
    encodings: [
      ...narrowForms,
      {
        form: name === 'ADD' ? 'T3' : name === 'RSB' ? 'T1' : 'T2',
        bits: shiftedBits(opcodes[name], 'S', 'nnnn', 'dddd'),
        unless: (f) => toStack && field(f, 'd') === 15 && f['S'] === 1,
        operands: (f) => ({
          d: field(f, 'd'), n: field(f, 'n'), m: field(f, 'm'), S: field(f, 'S'), ...shiftOf(f), ...zero(field(f, 'd')),
        }), // prettier-ignore
        unpredictable: (f) =>
          toStack
            ? field(f, 'd') === 15 ||
              field(f, 'n') === 15 ||
              anySpOrPc('m')(f) ||
              (field(f, 'd') === 13 && (field(f, 'n') !== 13 || field(f, 't') !== 0 || field(f, 'i') > 3))
            : anySpOrPc('d', 'n', 'm')(f),
      },
    ],
    meaning: (o, ir) => {
      const second = ir.let(shiftedOperand(o, ir, false))
      const result = arithmetic[name](ir, ir.let(ir.reg(o.n)), second, o.S === 1)
      if (toStack) writeResult(o, ir, result)
      else ir.setReg(o.d, result)
    },
  })
}

dataProcessingShifted.define({
  name: 'ADD (register) to PC',
  section: 'A7.7.4',
  timing: 'branchRegister',
  syntax: 'ADD PC, <m>',
  readsPc: ['m'],
  encodings: [
    {
      form: 'T2',
      bits: '01000100 1 mmmm 111',
      operands: (f, at) => ({ m: field(f, 'm'), imm: at.address + 4 }),
      unpredictable: (f, at) => field(f, 'm') === 15 || insideIt(at),
    },
  ],
  meaning: ({ m, imm }, ir) => branchTo(ir, ir.and(ir.add(ir.reg(m), imm), ir.i32(-2))),
})

for (const [name, base, op] of [
  ['CMP', 'SUB', opcodes.SUB],
  ['CMN', 'ADD', opcodes.ADD],
] as const)
  dataProcessingShifted.define({
    name: `${name} (register)`,
    section: name === 'CMP' ? 'A7.7.28' : 'A7.7.26',
    timing: 'simple',
    syntax: `${name} <n>, <m><shift>`,
    variants: { K: [0, 1, 2, 3] },
    encodings: [
      {
        form: 'T1',
        bits: `010000${name === 'CMP' ? '1010' : '1011'} mmm nnn`,
        operands: (f) => ({ n: field(f, 'n'), m: field(f, 'm'), ...unshifted }),
      },
      ...(name === 'CMP'
        ? [
            {
              form: 'T2',
              bits: '01000101 n mmmm nnn',
              operands: (f: Fields) => ({ n: field(f, 'n'), m: field(f, 'm'), ...unshifted }),
              unpredictable: (f: Fields) =>
                field(f, 'n') === 15 || field(f, 'm') === 15 || (field(f, 'n') < 8 && field(f, 'm') < 8),
            },
          ]
        : []),
      {
        form: name === 'CMP' ? 'T3' : 'T2',
        bits: shiftedBits(op, '1', 'nnnn', '1111'),
        operands: (f) => ({ n: field(f, 'n'), m: field(f, 'm'), ...shiftOf(f) }),
        unpredictable: (f) => field(f, 'n') === 15 || anySpOrPc('m')(f),
      },
    ],
    meaning: (o, ir) => {
      const second = ir.let(shiftedOperand(o, ir, false))
      arithmetic[base](ir, ir.let(ir.reg(o.n)), second, true)
    },
  })

/** LSL, LSR, ASR, ROR by a register: `kind` says which. */
dataProcessingShifted.define({
  name: 'shift by register',
  section: 'A7.7.69',
  timing: 'simple',
  syntax: '<shiftname><S> <d>, <n>, <m>',
  variants: { S: [0, 1] },
  encodings: [
    ...[
      ['0010', 0],
      ['0011', 1],
      ['0100', 2],
      ['0111', 3],
    ].map(([op, kind]): Encoding => ({
      form: `${['LSL', 'LSR', 'ASR', 'ROR'][Number(kind)] ?? ''} T1`,
      bits: `010000${op ?? ''} mmm ddd`,
      operands: (f, at) => ({
          d: field(f, 'd'), n: field(f, 'd'), m: field(f, 'm'), kind: Number(kind), S: outsideIt(at),
        }), // prettier-ignore
    })),
    {
      form: 'T2',
      bits: '111110100ttSnnnn 1111dddd0000mmmm',
      operands: (f) => ({
        d: field(f, 'd'), n: field(f, 'n'), m: field(f, 'm'), kind: field(f, 't'), S: field(f, 'S'),
      }), // prettier-ignore
      unpredictable: anySpOrPc('d', 'n', 'm'),
      syntax: '<shiftname><S>.W <d>, <n>, <m>',
    },
  ],
  meaning: ({ d, n, m, kind, S }, ir) => {
    const amount = ir.and(ir.reg(m), ir.i32(0xff))
    if (S === 1) {
      const result = ir.call('shiftWithCarry', ir.reg(n), kind, amount, ir.carried('c'))
      ir.setCarried('c', ir.state(State.shifterCarry))
      setNZ(ir, result)
      ir.setReg(d, result)
    } else ir.setReg(d, ir.call('shift', ir.reg(n), kind, amount))
  },
})
