import { fromInteger, toInteger } from '../float/float-helpers.ts'
import type { Ir, Value } from '../ir.ts'
import { FixedPoint, FloatOperation } from '../float/softfloat.ts'
import { singleOf, singlesDM } from './float-registers.ts'
import { InstructionGroup, type Fields } from './table.ts'

export const floatConvert = new InstructionGroup('float-convert')

function defineInteger(name: string, bits: string, types: string, result: (ir: Ir, m: Value) => Value): void {
  floatConvert.define({
    name,
    section: 'A7.7.228',
    encodings: [{ form: 'T1', bits, operands: singlesDM }],
    timing: 'floatSimple',
    syntax: `${name.replace(/ .*/, '')}.${types} <sd>, <sm>`,
    floatingPoint: true,
    meaning: ({ sd, sm }, ir) => ir.setReg(sd, result(ir, ir.reg(sm))),
  })
}

const { unsigned, half, toNearest, towardsZero } = FixedPoint

defineInteger('VCVT (from unsigned)', '11101110 1D111000 dddd1010 01M0mmmm', 'F32.U32', (ir, m) =>
  fromInteger(ir, m, true),
)
defineInteger('VCVT (from signed)', '11101110 1D111000 dddd1010 11M0mmmm', 'F32.S32', (ir, m) =>
  fromInteger(ir, m, false),
)
defineInteger('VCVT (to unsigned)', '11101110 1D111100 dddd1010 11M0mmmm', 'U32.F32', (ir, m) =>
  toInteger(ir, m, true),
)
defineInteger('VCVT (to signed)', '11101110 1D111101 dddd1010 11M0mmmm', 'S32.F32', (ir, m) =>
  toInteger(ir, m, false),
)
defineInteger('VCVTR (to unsigned)', '11101110 1D111100 dddd1010 01M0mmmm', 'U32.F32', (ir, m) =>
  ir.call('singleToFixed', m, ir.i32(0), ir.i32(unsigned)),
)
defineInteger('VCVTR (to signed)', '11101110 1D111101 dddd1010 01M0mmmm', 'S32.F32', (ir, m) =>
  ir.call('singleToFixed', m, ir.i32(0), ir.i32(0)),
)

/** imm4:i, in the patterns i and j. */
const belowWidth = (fields: Fields): number => (fields['i'] ?? 0) * 2 + (fields['j'] ?? 0)

/** Here FixedToFP() rounds to nearest and FPToFixed() towards zero. */
function defineFixed(direction: 'from' | 'to', place: 16 | 32, sign: 'S' | 'U', bits: string): void {
  const fixed =
    (direction === 'to' ? towardsZero : toNearest) | (sign === 'U' ? unsigned : 0) | (place === 16 ? half : 0)
  const fixedType = `${sign}${place}`
  floatConvert.define({
    name: `VCVT (${direction} fixed ${fixedType})`,
    section: 'A7.7.229',
    encodings: [
      {
        form: 'T1',
        bits,
        operands: (fields) => ({ sd: singleOf(fields, 'd'), amount: (place - belowWidth(fields)) & 0xff }),
        unpredictable: (fields) => belowWidth(fields) > place,
      },
    ],
    timing: 'floatSimple',
    syntax: `VCVT.${direction === 'to' ? `${fixedType}.F32` : `F32.${fixedType}`} <sd>, <sd>, #<amount>`,
    floatingPoint: true,
    meaning: ({ sd, amount }, ir) => {
      const helper = direction === 'to' ? 'singleToFixed' : 'fixedToSingle'
      ir.setReg(sd, ir.call(helper, ir.reg(sd), amount, ir.i32(fixed)))
    },
  })
}

defineFixed('from', 16, 'S', '11101110 1D111010 dddd1010 01j0iiii')
defineFixed('from', 32, 'S', '11101110 1D111010 dddd1010 11j0iiii')
defineFixed('from', 16, 'U', '11101110 1D111011 dddd1010 01j0iiii')
defineFixed('from', 32, 'U', '11101110 1D111011 dddd1010 11j0iiii')
defineFixed('to', 16, 'S', '11101110 1D111110 dddd1010 01j0iiii')
defineFixed('to', 32, 'S', '11101110 1D111110 dddd1010 11j0iiii')
defineFixed('to', 16, 'U', '11101110 1D111111 dddd1010 01j0iiii')
defineFixed('to', 32, 'U', '11101110 1D111111 dddd1010 11j0iiii')

for (const [letter, top, t] of [
  ['B', false, '0'],
  ['T', true, '1'],
] as const) {
  floatConvert.define({
    name: `VCVT${letter} (from half)`,
    section: 'A7.7.231',
    encodings: [{ form: 'T1', bits: `11101110 1D110010 dddd1010 ${t}1M0mmmm`, operands: singlesDM }],
    timing: 'floatSimple',
    syntax: `VCVT${letter}.F32.F16 <sd>, <sm>`,
    floatingPoint: true,
    meaning: ({ sd, sm }, ir) => {
      const bits = top ? ir.shrU(ir.reg(sm), ir.i32(16)) : ir.reg(sm)
      const operation = ir.i32(FloatOperation.halfToSingle)
      ir.setReg(sd, ir.call('floatSlowly', operation, bits, ir.i32(0), ir.i32(0)))
    },
  })
  floatConvert.define({
    name: `VCVT${letter} (to half)`,
    section: 'A7.7.231',
    encodings: [{ form: 'T1', bits: `11101110 1D110011 dddd1010 ${t}1M0mmmm`, operands: singlesDM }],
    timing: 'floatSimple',
    syntax: `VCVT${letter}.F16.F32 <sd>, <sm>`,
    floatingPoint: true,
    meaning: ({ sd, sm }, ir) => {
      const operation = ir.i32(FloatOperation.singleToHalf)
      const result = ir.call('floatSlowly', operation, ir.reg(sm), ir.i32(0), ir.i32(0))
      const kept = ir.and(ir.reg(sd), ir.i32(top ? 0xffff : -0x1_0000))
      ir.setReg(sd, ir.or(kept, top ? ir.shl(result, ir.i32(16)) : result))
    },
  })
}
