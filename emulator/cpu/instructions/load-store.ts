import type { Ir, Value } from '../ir.ts'
import { State } from '../layout.ts'
import { branchExchangeTo, readMemory, writeMemory, type AccessMode } from './access.ts'
import { mayBeInterrupted } from './interruptible.ts'
import { field, insideIt, writeResult } from './operands.ts'
import { InstructionGroup, type Encoding, type Fields, type OperandSet } from './table.ts'

export const loadStore = new InstructionGroup('load-store')

interface Transfer {
  readonly size: 1 | 2 | 4
  readonly signed: boolean
  /** Bits 24 and 22:21 of the 32-bit encodings: signedness and size; A5.3.7 to A5.3.10. */
  readonly bits: readonly [sign: string, size: string]
}

const kinds = {
  '': { size: 4, signed: false, bits: ['0', '10'] },
  B: { size: 1, signed: false, bits: ['0', '00'] },
  H: { size: 2, signed: false, bits: ['0', '01'] },
  SB: { size: 1, signed: true, bits: ['1', '00'] },
  SH: { size: 2, signed: true, bits: ['1', '01'] },
} as const satisfies Record<string, Transfer>
type KindName = keyof typeof kinds

/** A (P, U, W) choice of the 8-bit offset encodings: what happens to the base. */
const OFFSET = 0
const PRE_INDEXED = 1
const POST_INDEXED = 2

function load(ir: Ir, { size, signed }: Transfer, address: Value, mode: AccessMode = 'normal'): Value {
  const value = readMemory(ir, size, address, mode)
  if (!signed) return value
  return size === 1 ? ir.signExtend8(value) : ir.signExtend16(value)
}

/** The address of an immediate form, and its write-back afterwards. W: OFFSET, PRE_INDEXED, POST_INDEXED. */
function indexed(o: OperandSet, ir: Ir, access: (address: Value) => void): void {
  const base = ir.let(ir.reg(o.n))
  const moved = ir.let(ir.add(base, o.imm))
  access(o.W === POST_INDEXED ? base : moved)
  if (o.W !== OFFSET) ir.setReg(o.n, moved)
}

const word32 = (sign: string, form: string, size: string, isLoad: boolean): string =>
  `1111100${sign}${form}${size}${isLoad ? '1' : '0'}`

/** The encodings with an immediate offset; field t is the register transferred. */
function immediateForms(kind: KindName, isLoad: boolean): Encoding[] {
  const { size, signed, bits } = kinds[kind]
  const [sign, code] = bits
  const narrowOp = { 4: '0110', 1: '0111', 2: '1000' }[size]
  const operands = (f: Fields, imm: number, W: number) => ({ t: field(f, 't'), n: field(f, 'n'), imm, W })
  const name = `${isLoad ? 'LDR' : 'STR'}${kind}`
  // T = 15 of a byte or half-word load is a preload hint; T = 15 of a word load is a branch, in its own entry.
  const isOther = (f: Fields): boolean => isLoad && field(f, 't') === 15
  const badStore = (f: Fields): boolean =>
    (size !== 4 && field(f, 't') === 13) || (!isLoad && field(f, 't') === 15)
  const forms: Encoding[] = []
  if (!signed)
    forms.push({
      form: 'T1',
      bits: `${narrowOp}${isLoad ? '1' : '0'} iiiii nnn ttt`,
      operands: (f) => operands(f, field(f, 'i') * size, OFFSET),
      syntax: `${name} <t>, [<n>, #<imm>]`,
    })
  if (!signed && size === 4)
    forms.push({
      form: 'T2',
      bits: `1001${isLoad ? '1' : '0'} ttt iiiiiiii`,
      operands: (f) => ({ t: field(f, 't'), n: 13, imm: field(f, 'i') * 4, W: OFFSET }),
    })
  forms.push(
    {
      form: 'imm12',
      bits: `${word32(sign, '1', code, isLoad)}nnnn ttttiiiiiiiiiiii`,
      unless: (f) => field(f, 'n') === 15 || isOther(f),
      operands: (f) => operands(f, field(f, 'i'), OFFSET),
      unpredictable: badStore,
      syntax: `${name}.W <t>, [<n>, #<imm>]`,
    },
    {
      form: 'imm8',
      bits: `${word32(sign, '0', code, isLoad)}nnnn tttt1PUWiiiiiiii`,
      unless: (f) =>
        field(f, 'n') === 15 ||
        (f['P'] === 0 && f['W'] === 0) ||
        (f['P'] === 1 && f['U'] === 1 && f['W'] === 0) ||
        (isOther(f) && (size === 4 || (f['P'] === 1 && f['U'] === 0 && f['W'] === 0))),
      operands: (f) =>
        operands(
          f,
          f['U'] === 1 ? field(f, 'i') : -field(f, 'i'),
          f['W'] === 0 ? OFFSET : f['P'] === 1 ? PRE_INDEXED : POST_INDEXED,
        ),
      unpredictable: (f) =>
        badStore(f) ||
        (f['W'] === 1 && field(f, 'n') === field(f, 't')) ||
        (size !== 4 && field(f, 't') === 15) ||
        // Write-back to SP with the same low bits is fine; a misaligned one is UNPREDICTABLE.
        (f['W'] === 1 && field(f, 'n') === 13 && field(f, 'i') % 4 !== 0),
      syntax: `${name}.W <t>, <indexed>`,
    },
  )
  return forms
}

/** [Rn, Rm, LSL #amount] */
function registerForms(kind: KindName, isLoad: boolean): Encoding[] {
  const { size, signed, bits } = kinds[kind]
  const op = isLoad
    ? { '': '100', H: '101', B: '110', SB: '011', SH: '111' }[kind]
    : { '': '000', H: '001', B: '010', SB: '', SH: '' }[kind]
  const name = `${isLoad ? 'LDR' : 'STR'}${kind}`
  return [
    {
      form: 'T1',
      bits: `0101${op} mmm nnn ttt`,
      operands: (f) => ({ t: field(f, 't'), n: field(f, 'n'), m: field(f, 'm'), amount: 0 }),
    },
    {
      form: 'T2',
      bits: `${word32(signed ? '1' : '0', '0', bits[1], isLoad)}nnnn tttt000000iimmmm`,
      unless: (f) => field(f, 'n') === 15 || (isLoad && field(f, 't') === 15),
      operands: (f) => ({ t: field(f, 't'), n: field(f, 'n'), m: field(f, 'm'), amount: field(f, 'i') }),
      unpredictable: (f) =>
        field(f, 'm') === 13 ||
        field(f, 'm') === 15 ||
        (size !== 4 && field(f, 't') === 13) ||
        (!isLoad && field(f, 't') === 15),
      syntax: `${name}.W <t>, [<n>, <m>, LSL #<amount>]`,
    },
  ]
}

const registerAddress = (o: OperandSet, ir: Ir): Value => ir.add(ir.reg(o.n), ir.shl(ir.reg(o.m), o.amount))

for (const kind of Object.keys(kinds) as KindName[]) {
  const transfer = kinds[kind]
  const loadsSp = transfer.size === 4
  const loadName = `LDR${kind}`
  const stackOf = (encoding: Encoding): Encoding =>
    loadsSp
      ? {
          ...encoding,
          operands: (f, at) => {
            const decoded = encoding.operands?.(f, at) ?? f
            return { ...decoded, Z: decoded['t'] === 13 ? 1 : 0 }
          },
        }
      : encoding
  const put = (o: OperandSet, ir: Ir, value: Value): void =>
    writeResult({ ...pick(o, loadsSp), d: o.t }, ir, value)
  loadStore.define({
    name: `${loadName} (immediate)`,
    section: 'A7.7.43',
    timing: 'load',
    syntax: `${loadName} <t>, [<n>, #<imm>]`,
    variants: { W: [OFFSET, PRE_INDEXED, POST_INDEXED], ...(loadsSp ? { Z: [0, 1] } : {}) },
    encodings: immediateForms(kind, true).map(stackOf),
    meaning: (o, ir) => {
      const base = ir.let(ir.reg(o.n))
      const moved = ir.let(ir.add(base, o.imm))
      const value = load(ir, transfer, o.W === POST_INDEXED ? base : moved)
      if (o.W !== OFFSET) ir.setReg(o.n, moved)
      put(o, ir, value)
    },
  })
  loadStore.define({
    name: `${loadName} (literal)`,
    section: 'A7.7.44',
    timing: 'load',
    syntax: `${loadName} <t>, <literal>`,
    ...(loadsSp ? { variants: { Z: [0, 1] } } : {}),
    encodings: [
      ...(kind === ''
        ? [
            {
              form: 'T1',
              bits: '01001 ttt iiiiiiii',
              operands: (f: Fields, at: { address: number }) => ({
                t: field(f, 't'),
                imm: ((at.address + 4) & ~3) + field(f, 'i') * 4,
              }),
            },
          ]
        : []),
      {
        form: 'T2',
        bits: `1111100${transfer.bits[0]}U${transfer.bits[1]}11111 ttttiiiiiiiiiiii`,
        unless: (f: Fields) => field(f, 't') === 15,
        operands: (f: Fields, at: { address: number }) => ({
          t: field(f, 't'),
          imm: ((at.address + 4) & ~3) + (f['U'] === 1 ? field(f, 'i') : -field(f, 'i')),
        }),
        unpredictable: (f: Fields) => transfer.size !== 4 && field(f, 't') === 13,
      },
    ].map(stackOf),
    meaning: (o, ir) => put(o, ir, load(ir, transfer, o.imm)),
  })
  loadStore.define({
    name: `${loadName} (register)`,
    section: 'A7.7.45',
    timing: 'load',
    syntax: `${loadName} <t>, [<n>, <m>]`,
    ...(loadsSp ? { variants: { Z: [0, 1] } } : {}),
    encodings: registerForms(kind, true).map(stackOf),
    meaning: (o, ir) => put(o, ir, load(ir, transfer, registerAddress(o, ir))),
  })
  loadStore.define({
    name: `${loadName}T`,
    section: 'A7.7.67',
    timing: 'load',
    syntax: `${loadName}T <t>, [<n>, #<imm>]`,
    encodings: [
      {
        form: 'T1',
        bits: `${word32(transfer.bits[0], '0', transfer.bits[1], true)}nnnn tttt1110iiiiiiii`,
        unless: (f) => field(f, 'n') === 15,
        operands: (f) => ({ t: field(f, 't'), n: field(f, 'n'), imm: field(f, 'i') }),
        unpredictable: (f) => field(f, 't') === 13 || field(f, 't') === 15,
      },
    ],
    meaning: ({ t, n, imm }, ir) => ir.setReg(t, load(ir, transfer, ir.add(ir.reg(n), imm), 'unprivileged')),
  })
  if (transfer.signed) continue
  const { size } = transfer
  const storeName = `STR${kind}`
  loadStore.define({
    name: `${storeName} (immediate)`,
    section: 'A7.7.161',
    timing: 'store',
    syntax: `${storeName} <t>, [<n>, #<imm>]`,
    variants: { W: [OFFSET, PRE_INDEXED, POST_INDEXED] },
    encodings: immediateForms(kind, false),
    meaning: (o, ir) => {
      const value = ir.let(ir.reg(o.t))
      indexed(o, ir, (address) => writeMemory(ir, size, address, value))
    },
  })
  loadStore.define({
    name: `${storeName} (register)`,
    section: 'A7.7.162',
    timing: 'storeRegisterOffset',
    syntax: `${storeName} <t>, [<n>, <m>]`,
    encodings: registerForms(kind, false),
    meaning: (o, ir) => writeMemory(ir, size, registerAddress(o, ir), ir.reg(o.t)),
  })
  loadStore.define({
    name: `${storeName}T`,
    section: 'A7.7.170',
    timing: 'store',
    syntax: `${storeName}T <t>, [<n>, #<imm>]`,
    encodings: [
      {
        form: 'T1',
        bits: `${word32('0', '0', transfer.bits[1], false)}nnnn tttt1110iiiiiiii`,
        unless: (f) => field(f, 'n') === 15,
        operands: (f) => ({ t: field(f, 't'), n: field(f, 'n'), imm: field(f, 'i') }),
        unpredictable: (f) => field(f, 't') === 13 || field(f, 't') === 15,
      },
    ],
    meaning: ({ t, n, imm }, ir) => writeMemory(ir, size, ir.add(ir.reg(n), imm), ir.reg(t), 'unprivileged'),
  })
}

/** Only word loads have the variant Z. */
function pick(o: OperandSet, hasZ: boolean): OperandSet {
  return { Z: hasZ ? o.Z : 0 } as OperandSet
}

loadStore.define({
  name: 'LDR to PC',
  section: 'A7.7.43',
  timing: 'loadPc',
  syntax: 'LDR PC, <indexed>',
  variants: { W: [OFFSET, PRE_INDEXED, POST_INDEXED] },
  encodings: [
    {
      form: 'imm12',
      bits: '111110001101nnnn 1111iiiiiiiiiiii',
      unless: (f) => field(f, 'n') === 15,
      operands: (f) => ({ n: field(f, 'n'), imm: field(f, 'i'), W: OFFSET }),
      unpredictable: (_, at) => insideIt(at),
    },
    {
      form: 'imm8',
      bits: '111110000101nnnn 11111PUWiiiiiiii',
      unless: (f) =>
        field(f, 'n') === 15 ||
        (f['P'] === 0 && f['W'] === 0) ||
        (f['P'] === 1 && f['U'] === 1 && f['W'] === 0),
      operands: (f) => ({
        n: field(f, 'n'),
        imm: f['U'] === 1 ? field(f, 'i') : -field(f, 'i'),
        W: f['W'] === 0 ? OFFSET : f['P'] === 1 ? PRE_INDEXED : POST_INDEXED,
      }),
      unpredictable: (f, at) =>
        insideIt(at) || (f['W'] === 1 && field(f, 'n') === 13 && field(f, 'i') % 4 !== 0),
    },
  ],
  meaning: (o, ir) => {
    const target = ir.variable(ir.i32(0))
    indexed(o, ir, (address) => target.set(readMemory(ir, 4, address)))
    branchExchangeTo(ir, target.get())
  },
})

loadStore.define({
  name: 'LDR (register) to PC',
  section: 'A7.7.45',
  timing: 'loadPc',
  syntax: 'LDR PC, [<n>, <m>, LSL #<amount>]',
  encodings: [
    {
      form: 'T2',
      bits: '111110000101nnnn 1111000000iimmmm',
      unless: (f) => field(f, 'n') === 15,
      operands: (f) => ({ n: field(f, 'n'), m: field(f, 'm'), amount: field(f, 'i') }),
      unpredictable: (f, at) => field(f, 'm') === 13 || field(f, 'm') === 15 || insideIt(at),
    },
  ],
  meaning: (o, ir) => branchExchangeTo(ir, readMemory(ir, 4, registerAddress(o, ir))),
})

loadStore.define({
  name: 'LDR (literal) to PC',
  section: 'A7.7.44',
  timing: 'loadPc',
  syntax: 'LDR PC, <literal>',
  encodings: [
    {
      form: 'T2',
      bits: '11111000U1011111 1111iiiiiiiiiiii',
      operands: (f, at) => ({
        imm: ((at.address + 4) & ~3) + (f['U'] === 1 ? field(f, 'i') : -field(f, 'i')),
      }),
      unpredictable: (_, at) => insideIt(at),
    },
  ],
  meaning: ({ imm }, ir) => branchExchangeTo(ir, readMemory(ir, 4, imm)),
})

const dualForm = (isLoad: boolean, isLiteral: boolean): Encoding => ({
  form: 'T1',
  bits: `1110100PU1W${isLoad ? '1' : '0'}${isLiteral ? '1111' : 'nnnn'} ttttuuuuiiiiiiii`,
  unless: (f) => (f['P'] === 0 && f['W'] === 0) || (!isLiteral && isLoad && field(f, 'n') === 15),
  operands: (f, at) => {
    const offset = (f['U'] === 1 ? 4 : -4) * field(f, 'i')
    return isLiteral
      ? { t: field(f, 't'), u: field(f, 'u'), imm: ((at.address + 4) & ~3) + offset }
      : {
          t: field(f, 't'),
          u: field(f, 'u'),
          n: field(f, 'n'),
          imm: offset,
          W: f['W'] === 0 ? OFFSET : f['P'] === 1 ? PRE_INDEXED : POST_INDEXED,
        }
  },
  unpredictable: (f) =>
    [13, 15].includes(field(f, 't')) ||
    [13, 15].includes(field(f, 'u')) ||
    (isLoad && field(f, 't') === field(f, 'u')) ||
    (isLiteral && f['W'] === 1) ||
    (!isLiteral && field(f, 'n') === 15) ||
    (!isLiteral && f['W'] === 1 && (field(f, 'n') === field(f, 't') || field(f, 'n') === field(f, 'u'))),
})

loadStore.define({
  name: 'LDRD (immediate)',
  section: 'A7.7.50',
  timing: 'loadDouble',
  syntax: 'LDRD <t>, <u>, <indexed>',
  variants: { W: [OFFSET, PRE_INDEXED, POST_INDEXED] },
  encodings: [dualForm(true, false)],
  meaning: (o, ir) => {
    mayBeInterrupted(ir)
    const base = ir.let(ir.reg(o.n))
    const moved = ir.let(ir.add(base, o.imm))
    const address = o.W === POST_INDEXED ? base : moved
    const first = readMemory(ir, 4, address, 'aligned')
    const second = readMemory(ir, 4, ir.add(address, ir.i32(4)), 'aligned')
    if (o.W !== OFFSET) ir.setReg(o.n, moved)
    ir.setReg(o.t, first)
    ir.setReg(o.u, second)
  },
})

loadStore.define({
  name: 'LDRD (literal)',
  section: 'A7.7.51',
  timing: 'loadDouble',
  syntax: 'LDRD <t>, <u>, <literal>',
  encodings: [dualForm(true, true)],
  meaning: ({ t, u, imm }, ir) => {
    mayBeInterrupted(ir)
    const first = readMemory(ir, 4, imm, 'aligned')
    const second = readMemory(ir, 4, ir.add(imm, ir.i32(4)), 'aligned')
    ir.setReg(t, first)
    ir.setReg(u, second)
  },
})

loadStore.define({
  name: 'STRD (immediate)',
  section: 'A7.7.166',
  timing: 'storeDouble',
  syntax: 'STRD <t>, <u>, <indexed>',
  variants: { W: [OFFSET, PRE_INDEXED, POST_INDEXED] },
  encodings: [dualForm(false, false)],
  meaning: (o, ir) => {
    mayBeInterrupted(ir)
    const first = ir.let(ir.reg(o.t))
    const second = ir.let(ir.reg(o.u))
    indexed(o, ir, (address) => {
      writeMemory(ir, 4, address, first, 'aligned')
      writeMemory(ir, 4, ir.add(address, ir.i32(4)), second, 'aligned')
    })
  },
})

/** Exclusive accesses: one local monitor, B3.2 of the manual; the address is kept for the report of misuse only. */
for (const [suffix, size, bits] of [
  ['', 4, ''],
  ['B', 1, '0100'],
  ['H', 2, '0101'],
] as const) {
  const isWord = size === 4
  loadStore.define({
    name: `LDREX${suffix}`,
    section: 'A7.7.52',
    timing: 'loadExclusive',
    syntax: `LDREX${suffix} <t>, [<n>, #<imm>]`,
    encodings: [
      {
        form: 'T1',
        bits: isWord ? '111010000101nnnn tttt1111iiiiiiii' : `111010001101nnnn tttt1111${bits}1111`,
        operands: (f) => ({ t: field(f, 't'), n: field(f, 'n'), imm: isWord ? field(f, 'i') * 4 : 0 }),
        unpredictable: (f) => [13, 15].includes(field(f, 't')) || field(f, 'n') === 15,
      },
    ],
    meaning: ({ t, n, imm }, ir) => {
      const address = ir.let(ir.add(ir.reg(n), imm))
      const value = readMemory(ir, size, address, 'aligned')
      ir.setState(State.exclusive, ir.i32(1))
      ir.setState(State.exclusiveAddress, address)
      ir.setReg(t, value)
    },
  })
  loadStore.define({
    name: `STREX${suffix}`,
    section: 'A7.7.167',
    timing: 'storeExclusive',
    syntax: `STREX${suffix} <d>, <t>, [<n>, #<imm>]`,
    encodings: [
      {
        form: 'T1',
        bits: isWord ? '111010000100nnnn ttttddddiiiiiiii' : `111010001100nnnn tttt1111${bits}dddd`,
        operands: (f) => ({
          d: field(f, 'd'),
          t: field(f, 't'),
          n: field(f, 'n'),
          imm: isWord ? field(f, 'i') * 4 : 0,
        }),
        unpredictable: (f) =>
          [13, 15].includes(field(f, 't')) ||
          [13, 15].includes(field(f, 'd')) ||
          field(f, 'n') === 15 ||
          field(f, 'd') === field(f, 'n') ||
          field(f, 'd') === field(f, 't'),
      },
    ],
    meaning: ({ d, t, n, imm }, ir) => {
      const address = ir.let(ir.add(ir.reg(n), imm))
      const value = ir.let(ir.reg(t))
      ir.if(
        ir.state(State.exclusive),
        () => {
          writeMemory(ir, size, address, value, 'aligned')
          ir.setState(State.exclusive, ir.i32(0))
          ir.setReg(d, ir.i32(0))
        },
        () => ir.setReg(d, ir.i32(1)),
      )
    },
  })
}

loadStore.define({
  name: 'CLREX',
  section: 'A7.7.22',
  timing: 'simple',
  syntax: 'CLREX',
  encodings: [{ form: 'T1', bits: '1111001110111111 1000111100101111' }],
  meaning: (_, ir) => ir.setState(State.exclusive, ir.i32(0)),
})

loadStore.define({
  name: 'PLD, PLI',
  section: 'A7.7.94',
  timing: 'simple',
  syntax: 'PLD',
  encodings: [
    {
      form: 'imm12',
      bits: '1111100s1001nnnn 1111iiiiiiiiiiii',
      unless: (f) => field(f, 'n') === 15,
      operands: () => ({}),
    },
    {
      form: 'imm8',
      bits: '1111100s0001nnnn 11111100iiiiiiii',
      unless: (f) => field(f, 'n') === 15,
      operands: () => ({}),
    },
    { form: 'literal', bits: '1111100su0011111 1111iiiiiiiiiiii', operands: () => ({}) },
    {
      form: 'register',
      bits: '1111100s0001nnnn 1111000000iimmmm',
      unless: (f) => field(f, 'n') === 15,
      operands: () => ({}),
      unpredictable: (f) => [13, 15].includes(field(f, 'm')),
    },
  ],
  meaning: () => undefined,
})
