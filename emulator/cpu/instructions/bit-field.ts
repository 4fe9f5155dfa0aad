import type { Ir, Value } from '../ir.ts'
import { InstructionGroup, type Fields } from './table.ts'
import { usesSpOrPc } from './unpredictable.ts'

export const bitField = new InstructionGroup('bit-field')

/** `imm` is the mask of the field in the destination; nothing where the last bit is below the first. */
const insertion = ({ i = 0, b = 0 }: Fields) => {
  const width = Math.max(b + 1 - i, 0)
  return { lsb: i, width, imm: ((2 ** width - 1) << i) | 0 }
}

bitField.define({
  name: 'BFI',
  section: 'A7.7.14',
  encodings: [
    {
      form: 'T1',
      bits: '111100110110 nnnn 0iii dddd ii0 bbbbb',
      unless: ({ n }) => n === 15,
      operands: (fields) => ({ d: fields['d'] ?? 0, n: fields['n'] ?? 0, ...insertion(fields) }),
      unpredictable: (fields) => usesSpOrPc(fields) || insertion(fields).width === 0,
    },
  ],
  timing: 'simple',
  syntax: 'BFI <d>, <n>, #<lsb>, #<width>',
  meaning: ({ d, n, lsb, imm }, ir) => {
    const kept = ir.reg(d)
    ir.setReg(d, ir.xor(kept, ir.and(ir.xor(kept, ir.shl(ir.reg(n), lsb)), imm)))
  },
})

bitField.define({
  name: 'BFC',
  section: 'A7.7.13',
  encodings: [
    {
      form: 'T1',
      bits: '111100110110 1111 0iii dddd ii0 bbbbb',
      operands: (fields) => ({ d: fields['d'] ?? 0, ...insertion(fields) }),
      unpredictable: (fields) => usesSpOrPc(fields) || insertion(fields).width === 0,
    },
  ],
  timing: 'simple',
  syntax: 'BFC <d>, #<lsb>, #<width>',
  meaning: ({ d, imm }, ir) => ir.setReg(d, ir.and(ir.reg(d), ir.not(imm))),
})

const tooWide = (fields: Fields): boolean =>
  usesSpOrPc(fields) || (fields['i'] ?? 0) + (fields['w'] ?? 0) > 31

bitField.define({
  name: 'SBFX',
  section: 'A7.7.126',
  encodings: [
    {
      form: 'T1',
      bits: '111100110100 nnnn 0iii dddd ii0 wwwww',
      operands: ({ d = 0, n = 0, i = 0, w = 0 }) => ({ d, n, lsb: i, width: w + 1 }),
      unpredictable: tooWide,
    },
  ],
  timing: 'simple',
  syntax: 'SBFX <d>, <n>, #<lsb>, #<width>',
  meaning: ({ d, n, lsb, width }, ir) => {
    // WebAssembly shifts modulo 32: by 32 - lsb - width, then by 32 - width.
    const onTop = ir.shl(ir.reg(n), ir.negate(ir.add(lsb, width)))
    ir.setReg(d, ir.shrS(onTop, ir.negate(width)))
  },
})

bitField.define({
  name: 'UBFX',
  section: 'A7.7.193',
  encodings: [
    {
      form: 'T1',
      bits: '111100111100 nnnn 0iii dddd ii0 wwwww',
      operands: ({ d = 0, n = 0, i = 0, w = 0 }) => ({
        d,
        n,
        lsb: i,
        width: w + 1,
        imm: (2 ** (w + 1) - 1) | 0,
      }),
      unpredictable: tooWide,
    },
  ],
  timing: 'simple',
  syntax: 'UBFX <d>, <n>, #<lsb>, #<width>',
  meaning: ({ d, n, lsb, imm }, ir) => ir.setReg(d, ir.and(ir.shrU(ir.reg(n), lsb), imm)),
})

/** Each byte changes places with its neighbour. */
function swapBytesOfHalfwords(ir: Ir, word: Value): Value {
  const odd = ir.i32(0x00ff_00ff)
  const up = ir.shl(ir.and(word, odd), ir.i32(8))
  return ir.or(up, ir.and(ir.shrU(word, ir.i32(8)), odd))
}

function reverseBytes(ir: Ir, word: Value): Value {
  const odd = ir.i32(0x00ff_00ff)
  const outer = ir.rotateRight(ir.and(word, odd), ir.i32(8))
  return ir.or(outer, ir.and(ir.rotateRight(word, ir.i32(24)), odd))
}

function reverseBits(ir: Ir, word: Value): Value {
  let result = word
  for (const [by, mask] of [
    [1, 0x5555_5555],
    [2, 0x3333_3333],
    [4, 0x0f0f_0f0f],
  ] as const) {
    const low = ir.i32(mask)
    const distance = ir.i32(by)
    const up = ir.shl(ir.and(result, low), distance)
    result = ir.or(up, ir.and(ir.shrU(result, distance), low))
  }
  return reverseBytes(ir, result)
}

/** One source register, which the 32-bit encoding names twice. */
function defineUnary(
  name: string,
  section: string,
  opcodes: { narrow?: string; wide: string },
  result: (ir: Ir, word: Value) => Value,
): void {
  const [group = '', operation = ''] = opcodes.wide.split(' ')
  bitField.define({
    name,
    section,
    encodings: [
      ...(opcodes.narrow ? [{ form: 'T1', bits: `10111010 ${opcodes.narrow} mmm ddd` }] : []),
      {
        form: opcodes.narrow ? 'T2' : 'T1',
        bits: `1111101010 ${group} nnnn 1111 dddd 10 ${operation} mmmm`,
        operands: ({ d = 0, m = 0 }) => ({ d, m }),
        unpredictable: (fields) => usesSpOrPc(fields) || fields['n'] !== fields['m'],
      },
    ],
    timing: 'simple',
    syntax: `${name} <d>, <m>`,
    meaning: ({ d, m }, ir) => ir.setReg(d, result(ir, ir.reg(m))),
  })
}

defineUnary('REV', 'A7.7.113', { narrow: '00', wide: '01 00' }, reverseBytes)
defineUnary('REV16', 'A7.7.114', { narrow: '01', wide: '01 01' }, swapBytesOfHalfwords)
defineUnary('REVSH', 'A7.7.115', { narrow: '11', wide: '01 11' }, (ir, word) =>
  ir.signExtend16(swapBytesOfHalfwords(ir, word)),
)
defineUnary('RBIT', 'A7.7.112', { wide: '01 10' }, reverseBits)
defineUnary('CLZ', 'A7.7.24', { wide: '11 00' }, (ir, word) => ir.op('i32.clz', word))
