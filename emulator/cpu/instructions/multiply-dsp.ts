import type { Ir, Value } from '../ir.ts'
import { addSettingQ, setQIfLost } from './algorithms.ts'
import { signedHigh, signedLow } from './lanes.ts'
import { longRegister, setLongRegister } from './multiply.ts'
import { InstructionGroup, type Encoding } from './table.ts'
import { usesSpOrPc, usesSpOrPcOrOneRegisterTwice } from './unpredictable.ts'

export const multiplyDsp = new InstructionGroup('multiply-dsp')

const halves = [
  { letter: 'B', bit: '0', of: signedLow },
  { letter: 'T', bit: '1', of: signedHigh },
] as const

/** Without an accumulator the `a` field is 15. */
const withAccumulator = (bits: string): Encoding => ({
  form: 'T1',
  bits,
  unless: ({ a }) => a === 15,
  unpredictable: usesSpOrPc,
})
const twoRegisters = (bits: string): Encoding => ({ form: 'T1', bits, unpredictable: usesSpOrPc })
const long = (bits: string): Encoding => ({
  form: 'T1',
  bits,
  unpredictable: usesSpOrPcOrOneRegisterTwice,
})

/** The upper 32 of the 48 bits of a word by half-word product. */
const shiftDown16 = (ir: Ir, wide: Value): Value => ir.op('i64.shr_s', wide, ir.i64(16n))
const wideProduct = (ir: Ir, x: Value, y: Value): Value => ir.op('i64.mul', ir.extendS(x), ir.extendS(y))

for (const y of halves) {
  for (const x of halves) {
    multiplyDsp.define({
      name: `SMUL${x.letter}${y.letter}`,
      section: 'A7.7.148',
      encodings: [twoRegisters(`111110110001 nnnn 1111 dddd 00${x.bit}${y.bit} mmmm`)],
      timing: 'simple',
      syntax: `SMUL${x.letter}${y.letter} <d>, <n>, <m>`,
      meaning: ({ d, n, m }, ir) => ir.setReg(d, ir.mul(x.of(ir, ir.reg(n)), y.of(ir, ir.reg(m)))),
    })

    multiplyDsp.define({
      name: `SMLA${x.letter}${y.letter}`,
      section: 'A7.7.136',
      encodings: [withAccumulator(`111110110001 nnnn aaaa dddd 00${x.bit}${y.bit} mmmm`)],
      timing: 'simple',
      syntax: `SMLA${x.letter}${y.letter} <d>, <n>, <m>, <a>`,
      meaning: ({ d, n, m, a }, ir) => {
        const product = ir.mul(x.of(ir, ir.reg(n)), y.of(ir, ir.reg(m)))
        ir.setReg(d, addSettingQ(ir, product, ir.reg(a)))
      },
    })

    multiplyDsp.define({
      name: `SMLAL${x.letter}${y.letter}`,
      section: 'A7.7.139',
      encodings: [long(`111110111100 nnnn tttt uuuu 10${x.bit}${y.bit} mmmm`)],
      timing: 'simple',
      syntax: `SMLAL${x.letter}${y.letter} <t>, <u>, <n>, <m>`,
      meaning: ({ t, u, n, m }, ir) => {
        const product = ir.extendS(ir.mul(x.of(ir, ir.reg(n)), y.of(ir, ir.reg(m))))
        setLongRegister(ir, t, u, ir.op('i64.add', longRegister(ir, t, u), product))
      },
    })
  }

  multiplyDsp.define({
    name: `SMULW${y.letter}`,
    section: 'A7.7.150',
    encodings: [twoRegisters(`111110110011 nnnn 1111 dddd 000${y.bit} mmmm`)],
    timing: 'simple',
    syntax: `SMULW${y.letter} <d>, <n>, <m>`,
    meaning: ({ d, n, m }, ir) =>
      ir.setReg(d, ir.wrap(shiftDown16(ir, wideProduct(ir, ir.reg(n), y.of(ir, ir.reg(m)))))),
  })

  multiplyDsp.define({
    name: `SMLAW${y.letter}`,
    section: 'A7.7.141',
    encodings: [withAccumulator(`111110110011 nnnn aaaa dddd 000${y.bit} mmmm`)],
    timing: 'simple',
    syntax: `SMLAW${y.letter} <d>, <n>, <m>, <a>`,
    meaning: ({ d, n, m, a }, ir) => {
      const product = shiftDown16(ir, wideProduct(ir, ir.reg(n), y.of(ir, ir.reg(m))))
      ir.setReg(d, addSettingQ(ir, ir.wrap(product), ir.reg(a)))
    },
  })
}

/** Products of the lower and of the upper half-words; with `exchange` those of m change places. */
function dualProducts(ir: Ir, n: Value, m: Value, exchange: boolean): readonly [Value, Value] {
  const [first, second] = exchange ? [signedHigh, signedLow] : [signedLow, signedHigh]
  return [ir.mul(signedLow(ir, n), first(ir, m)), ir.mul(signedHigh(ir, n), second(ir, m))]
}

for (const exchange of [false, true]) {
  const suffix = exchange ? 'X' : ''
  const x = exchange ? '1' : '0'

  multiplyDsp.define({
    name: `SMUAD${suffix}`,
    section: 'A7.7.147',
    encodings: [twoRegisters(`111110110010 nnnn 1111 dddd 000${x} mmmm`)],
    timing: 'simple',
    syntax: `SMUAD${suffix} <d>, <n>, <m>`,
    meaning: ({ d, n, m }, ir) => {
      const [low, high] = dualProducts(ir, ir.reg(n), ir.reg(m), exchange)
      ir.setReg(d, addSettingQ(ir, low, high))
    },
  })

  multiplyDsp.define({
    name: `SMUSD${suffix}`,
    section: 'A7.7.151',
    encodings: [twoRegisters(`111110110100 nnnn 1111 dddd 000${x} mmmm`)],
    timing: 'simple',
    syntax: `SMUSD${suffix} <d>, <n>, <m>`,
    meaning: ({ d, n, m }, ir) => {
      const [low, high] = dualProducts(ir, ir.reg(n), ir.reg(m), exchange)
      ir.setReg(d, ir.sub(low, high))
    },
  })

  multiplyDsp.define({
    name: `SMLAD${suffix}`,
    section: 'A7.7.137',
    encodings: [withAccumulator(`111110110010 nnnn aaaa dddd 000${x} mmmm`)],
    timing: 'simple',
    syntax: `SMLAD${suffix} <d>, <n>, <m>, <a>`,
    meaning: ({ d, n, m, a }, ir) => {
      const [low, high] = dualProducts(ir, ir.reg(n), ir.reg(m), exchange)
      const products = ir.op('i64.add', ir.extendS(low), ir.extendS(high))
      const exact = ir.let(ir.op('i64.add', products, ir.extendS(ir.reg(a))))
      const result = ir.let(ir.wrap(exact))
      ir.setReg(d, result)
      setQIfLost(ir, result, exact)
    },
  })

  multiplyDsp.define({
    name: `SMLSD${suffix}`,
    section: 'A7.7.142',
    encodings: [withAccumulator(`111110110100 nnnn aaaa dddd 000${x} mmmm`)],
    timing: 'simple',
    syntax: `SMLSD${suffix} <d>, <n>, <m>, <a>`,
    meaning: ({ d, n, m, a }, ir) => {
      const [low, high] = dualProducts(ir, ir.reg(n), ir.reg(m), exchange)
      ir.setReg(d, addSettingQ(ir, ir.sub(low, high), ir.reg(a)))
    },
  })

  for (const [name, section, opcode, combine] of [
    ['SMLALD', 'A7.7.140', '100', 'i64.add'],
    ['SMLSLD', 'A7.7.143', '101', 'i64.sub'],
  ] as const) {
    multiplyDsp.define({
      name: `${name}${suffix}`,
      section,
      encodings: [long(`111110111${opcode} nnnn tttt uuuu 110${x} mmmm`)],
      timing: 'simple',
      syntax: `${name}${suffix} <t>, <u>, <n>, <m>`,
      meaning: ({ t, u, n, m }, ir) => {
        const [low, high] = dualProducts(ir, ir.reg(n), ir.reg(m), exchange)
        const both = ir.op(combine, ir.extendS(low), ir.extendS(high))
        setLongRegister(ir, t, u, ir.op('i64.add', longRegister(ir, t, u), both))
      },
    })
  }
}

/** The upper word of a 64-bit value, rounded to nearest where the instruction ends in R. */
function upperWord(ir: Ir, wide: Value, round: boolean): Value {
  const rounded = round ? ir.op('i64.add', wide, ir.i64(0x8000_0000n)) : wide
  return ir.wrap(ir.op('i64.shr_u', rounded, ir.i64(32n)))
}

for (const round of [false, true]) {
  const suffix = round ? 'R' : ''
  const r = round ? '1' : '0'

  multiplyDsp.define({
    name: `SMMUL${suffix}`,
    section: 'A7.7.146',
    encodings: [twoRegisters(`111110110101 nnnn 1111 dddd 000${r} mmmm`)],
    timing: 'simple',
    syntax: `SMMUL${suffix} <d>, <n>, <m>`,
    meaning: ({ d, n, m }, ir) => ir.setReg(d, upperWord(ir, wideProduct(ir, ir.reg(n), ir.reg(m)), round)),
  })

  for (const [name, section, encoding, combine] of [
    ['SMMLA', 'A7.7.144', withAccumulator(`111110110101 nnnn aaaa dddd 000${r} mmmm`), 'i64.add'],
    ['SMMLS', 'A7.7.145', twoRegisters(`111110110110 nnnn aaaa dddd 000${r} mmmm`), 'i64.sub'],
  ] as const) {
    multiplyDsp.define({
      name: `${name}${suffix}`,
      section,
      encodings: [encoding],
      timing: 'simple',
      syntax: `${name}${suffix} <d>, <n>, <m>, <a>`,
      meaning: ({ d, n, m, a }, ir) => {
        const accumulator = ir.op('i64.shl', ir.extendU(ir.reg(a)), ir.i64(32n))
        const sum = ir.op(combine, accumulator, wideProduct(ir, ir.reg(n), ir.reg(m)))
        ir.setReg(d, upperWord(ir, sum, round))
      },
    })
  }
}
