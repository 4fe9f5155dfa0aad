import type { Ir, Register, Value } from '../ir.ts'
import { State } from '../layout.ts'
import { Fpscr } from '../float/softfloat-number.ts'
import { readMemory, writeMemory } from './access.ts'
import { floatMultiple } from './float-multiple.ts'
import { singleOf, singlesDM } from './float-registers.ts'
import { InstructionGroup, type DecodeContext, type Decoded, type Encoding, type Fields } from './table.ts'

export const floatTransfer = new InstructionGroup('float-transfer')

const field = (fields: Fields, letter: string): number => fields[letter] ?? 0
const isSpOrPc = (register: number): boolean => register === 13 || register === 15

/** VFPExpandImm() for 32 bits, A6.4.1. */
export function expandImmediate(imm8: number): number {
  const exponent = (imm8 & 0x40) === 0 ? 0x80 : 0x7c
  return (((imm8 & 0x80) << 24) | ((exponent | ((imm8 >>> 4) & 3)) << 23) | ((imm8 & 0xf) << 19)) >>> 0
}

floatTransfer.define({
  name: 'VMOV (immediate)',
  section: 'A7.7.239',
  encodings: [
    {
      form: 'T1',
      bits: '11101110 1D11iiii dddd1010 0000iiii',
      operands: (fields) => ({ sd: singleOf(fields, 'd'), imm: expandImmediate(field(fields, 'i')) }),
    },
  ],
  timing: 'floatSimple',
  syntax: 'VMOV.F32 <sd>, #<imm>',
  floatingPoint: true,
  meaning: ({ sd, imm }, ir) => ir.setReg(sd, imm),
})

floatTransfer.define({
  name: 'VMOV (register)',
  section: 'A7.7.240',
  encodings: [{ form: 'T2', bits: '11101110 1D110000 dddd1010 01M0mmmm', operands: singlesDM }],
  timing: 'floatSimple',
  syntax: 'VMOV.F32 <sd>, <sm>',
  floatingPoint: true,
  meaning: ({ sd, sm }, ir) => ir.setReg(sd, ir.reg(sm)),
})

/** Dd[x] is S(2d + x). */
const scalarOf = (fields: Fields): number => field(fields, 'd') * 2 + field(fields, 'x')
const unpredictableT = (fields: Fields): boolean => isSpOrPc(field(fields, 't'))
const singleAndCore = (fields: Fields): Decoded => ({ sn: singleOf(fields, 'n'), t: field(fields, 't') })
const scalarAndCore = (fields: Fields): Decoded => ({ sn: scalarOf(fields), t: field(fields, 't') })

floatTransfer.define({
  name: 'VMOV (core to single)',
  section: 'A7.7.243, A7.7.241',
  encodings: [
    {
      form: 'T1',
      bits: '11101110 0000nnnn tttt1010 N0010000',
      operands: singleAndCore,
      unpredictable: unpredictableT,
    },
    {
      form: 'T1 (scalar)',
      bits: '11101110 00x0dddd tttt1011 00010000',
      operands: scalarAndCore,
      unpredictable: unpredictableT,
    },
  ],
  timing: 'floatMove',
  syntax: 'VMOV <sn>, <t>',
  floatingPoint: true,
  meaning: ({ sn, t }, ir) => ir.setReg(sn, ir.reg(t)),
})

floatTransfer.define({
  name: 'VMOV (single to core)',
  section: 'A7.7.243, A7.7.242',
  encodings: [
    {
      form: 'T1',
      bits: '11101110 0001nnnn tttt1010 N0010000',
      operands: singleAndCore,
      unpredictable: unpredictableT,
    },
    {
      form: 'T1 (scalar)',
      bits: '11101110 00x1dddd tttt1011 00010000',
      operands: scalarAndCore,
      unpredictable: unpredictableT,
    },
  ],
  timing: 'floatMove',
  syntax: 'VMOV <t>, <sn>',
  floatingPoint: true,
  meaning: ({ sn, t }, ir) => ir.setReg(t, ir.reg(sn)),
})

/** Rt, Rt2 and Sm, Sm+1, or the double register that is the pair; in the patterns t, u, m and M. */
const pairEncoding = (bits: string, load: boolean, isDouble: boolean): Encoding => ({
  form: 'T1',
  bits,
  operands: (fields) => {
    const first = isDouble ? field(fields, 'm') * 2 : singleOf(fields, 'm')
    return { t: field(fields, 't'), u: field(fields, 'u'), sm: first, su: (first + 1) & 31 }
  },
  unpredictable: (fields) => {
    const [t, u] = [field(fields, 't'), field(fields, 'u')]
    return isSpOrPc(t) || isSpOrPc(u) || (load && t === u) || (!isDouble && singleOf(fields, 'm') === 31)
  },
})

floatTransfer.define({
  name: 'VMOV (two core to two singles)',
  section: 'A7.7.244, A7.7.245',
  encodings: [
    pairEncoding('11101100 0100uuuu tttt1010 00M1mmmm', false, false),
    { ...pairEncoding('11101100 0100uuuu tttt1011 0001mmmm', false, true), form: 'T1 (double)' },
  ],
  timing: 'floatMoveTwo',
  syntax: 'VMOV <sm>, <su>, <t>, <u>',
  floatingPoint: true,
  meaning: ({ t, u, sm, su }, ir) => {
    ir.setReg(sm, ir.reg(t))
    ir.setReg(su, ir.reg(u))
  },
})

floatTransfer.define({
  name: 'VMOV (two singles to two core)',
  section: 'A7.7.244, A7.7.245',
  encodings: [
    pairEncoding('11101100 0101uuuu tttt1010 00M1mmmm', true, false),
    { ...pairEncoding('11101100 0101uuuu tttt1011 0001mmmm', true, true), form: 'T1 (double)' },
  ],
  timing: 'floatMoveTwo',
  syntax: 'VMOV <t>, <u>, <sm>, <su>',
  floatingPoint: true,
  meaning: ({ t, u, sm, su }, ir) => {
    ir.setReg(t, ir.reg(sm))
    ir.setReg(u, ir.reg(su))
  },
})

floatTransfer.define({
  name: 'VMRS',
  section: 'A7.7.246',
  encodings: [
    {
      form: 'T1',
      bits: '11101110 11110001 tttt1010 00010000',
      unless: ({ t }) => t === 15,
      unpredictable: unpredictableT,
    },
  ],
  timing: 'floatSimple',
  syntax: 'VMRS <t>, FPSCR',
  floatingPoint: true,
  meaning: ({ t }, ir) => ir.setReg(t, ir.state(State.fpscr)),
})

floatTransfer.define({
  name: 'VMRS (APSR_nzcv)',
  section: 'A7.7.246',
  encodings: [{ form: 'T1', bits: '11101110 11110001 11111010 00010000' }],
  timing: 'floatSimple',
  syntax: 'VMRS APSR_nzcv, FPSCR',
  floatingPoint: true,
  meaning: (_, ir) => {
    const fpscr = ir.let(ir.state(State.fpscr))
    ir.setCarried('n', fpscr)
    ir.setCarried('z', ir.eqz(ir.and(fpscr, ir.i32(1 << 30))))
    ir.setCarried('c', ir.and(ir.shrU(fpscr, ir.i32(29)), ir.i32(1)))
    ir.setCarried('v', ir.shl(fpscr, ir.i32(3)))
  },
})

floatTransfer.define({
  name: 'VMSR',
  section: 'A7.7.247',
  encodings: [{ form: 'T1', bits: '11101110 11100001 tttt1010 00010000', unpredictable: unpredictableT }],
  timing: 'floatSimple',
  syntax: 'VMSR FPSCR, <t>',
  floatingPoint: true,
  meaning: ({ t }, ir) => ir.setState(State.fpscr, ir.and(ir.reg(t), ir.i32(Fpscr.writable))),
})

/** imm8 words, added when U is 1. */
const offsetOf = (fields: Fields): number => (field(fields, 'U') === 1 ? 4 : -4) * field(fields, 'i')
const isLiteral = (fields: Fields): boolean => field(fields, 'n') === 15
const literalAddress = (fields: Fields, at: DecodeContext): number =>
  (((at.address + 4) & ~3) + offsetOf(fields)) | 0

const single = (fields: Fields): Decoded => ({ sd: singleOf(fields, 'd') })
const double = (fields: Fields): Decoded => ({ dd: field(fields, 'd') })

function readDouble(ir: Ir, address: Value): Value {
  const low = readMemory(ir, 4, address, 'aligned')
  const high = readMemory(ir, 4, ir.add(address, ir.i32(4)), 'aligned')
  return ir.op('i64.or', ir.op('i64.shl', ir.extendU(high), ir.i64(32n)), ir.extendU(low))
}

for (const isDouble of [false, true]) {
  const register = isDouble ? double : single
  const key = isDouble ? 'dd' : 'sd'
  // Bit 22 is D; D16 to D31 do not exist.
  const bits = isDouble
    ? { load: '11101101 U001nnnn dddd1011 iiiiiiii', store: '11101101 U000nnnn dddd1011 iiiiiiii' }
    : { load: '11101101 UD01nnnn dddd1010 iiiiiiii', store: '11101101 UD00nnnn dddd1010 iiiiiiii' }
  const form = isDouble ? 'T1' : 'T2'
  const suffix = isDouble ? ' (double)' : ''
  const load = (ir: Ir, target: Register, address: Value): void =>
    ir.setReg(target, isDouble ? readDouble(ir, ir.let(address)) : readMemory(ir, 4, address, 'aligned'))
  floatTransfer.define({
    name: `VLDR${suffix}`,
    section: 'A7.7.236',
    encodings: [
      {
        form,
        bits: bits.load,
        unless: isLiteral,
        operands: (fields) => ({ ...register(fields), n: field(fields, 'n'), imm: offsetOf(fields) }),
      },
    ],
    timing: isDouble ? 'floatLoadDouble' : 'floatLoad',
    syntax: `VLDR <${key}>, <indexed>`,
    floatingPoint: true,
    meaning: ({ [key]: target, n, imm }, ir) => load(ir, target, ir.add(ir.reg(n), imm)),
  })
  floatTransfer.define({
    name: `VLDR (literal)${suffix}`,
    section: 'A7.7.236',
    encodings: [
      {
        form,
        bits: bits.load.replace('nnnn', '1111'),
        operands: (fields, at) => ({ ...register(fields), imm: literalAddress(fields, at) }),
      },
    ],
    timing: isDouble ? 'floatLoadDouble' : 'floatLoad',
    syntax: `VLDR <${key}>, <literal>`,
    floatingPoint: true,
    meaning: ({ [key]: target, imm }, ir) => load(ir, target, imm),
  })
  floatTransfer.define({
    name: `VSTR${suffix}`,
    section: 'A7.7.259',
    encodings: [
      {
        form,
        bits: bits.store,
        operands: (fields) => ({ ...register(fields), n: field(fields, 'n'), imm: offsetOf(fields) }),
        unpredictable: isLiteral,
      },
    ],
    timing: isDouble ? 'floatStoreDouble' : 'floatStore',
    syntax: `VSTR <${key}>, <indexed>`,
    floatingPoint: true,
    meaning: ({ [key]: source, n, imm }, ir) => {
      const address = ir.let(ir.add(ir.reg(n), imm))
      const value = ir.let(ir.reg(source))
      writeMemory(ir, 4, address, isDouble ? ir.wrap(value) : value, 'aligned')
      if (!isDouble) return
      const high = ir.wrap(ir.op('i64.shr_u', value, ir.i64(32n)))
      writeMemory(ir, 4, ir.add(address, ir.i32(4)), high, 'aligned')
    },
  })
}

floatTransfer.entries.push(...floatMultiple.entries)
