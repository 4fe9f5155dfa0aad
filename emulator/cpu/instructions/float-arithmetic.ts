import { absolute, calculate, compareSettingFpscr, negated } from '../float/float-helpers.ts'
import type { Ir, Value } from '../ir.ts'
import { singleOf, singlesDM, singlesDNM } from './float-registers.ts'
import { InstructionGroup, type TimingClass } from './table.ts'

export const floatArithmetic = new InstructionGroup('float-arithmetic')

function defineThreeOperands(
  name: string,
  section: string,
  bits: string,
  timing: TimingClass,
  result: (ir: Ir, n: Value, m: Value) => Value,
): void {
  floatArithmetic.define({
    name,
    section,
    encodings: [{ form: 'T1', bits, operands: singlesDNM }],
    timing,
    syntax: `${name}.F32 <sd>, <sn>, <sm>`,
    floatingPoint: true,
    meaning: ({ sd, sn, sm }, ir) => ir.setReg(sd, result(ir, ir.reg(sn), ir.reg(sm))),
  })
}

defineThreeOperands('VADD', 'A7.7.225', '11101110 0D11nnnn dddd1010 N0M0mmmm', 'floatSimple', (ir, n, m) =>
  calculate(ir, 'floatAdd', n, m),
)
defineThreeOperands('VSUB', 'A7.7.260', '11101110 0D11nnnn dddd1010 N1M0mmmm', 'floatSimple', (ir, n, m) =>
  calculate(ir, 'floatSubtract', n, m),
)
defineThreeOperands('VMUL', 'A7.7.248', '11101110 0D10nnnn dddd1010 N0M0mmmm', 'floatSimple', (ir, n, m) =>
  calculate(ir, 'floatMultiply', n, m),
)
defineThreeOperands('VNMUL', 'A7.7.250', '11101110 0D10nnnn dddd1010 N1M0mmmm', 'floatSimple', (ir, n, m) =>
  negated(ir, calculate(ir, 'floatMultiply', n, m)),
)
defineThreeOperands('VDIV', 'A7.7.232', '11101110 1D00nnnn dddd1010 N0M0mmmm', 'floatDivide', (ir, n, m) =>
  calculate(ir, 'floatDivide', n, m),
)

/** VMLA and its like, whose destination is also the addend; `result` gives it from the addend and the two factors. */
function defineAccumulating(
  name: string,
  section: string,
  bits: string,
  result: (ir: Ir, addend: Value, n: Value, m: Value) => Value,
): void {
  floatArithmetic.define({
    name,
    section,
    encodings: [{ form: 'T1', bits, operands: singlesDNM }],
    timing: 'floatMultiplyAccumulate',
    syntax: `${name}.F32 <sd>, <sn>, <sm>`,
    floatingPoint: true,
    meaning: ({ sd, sn, sm }, ir) => ir.setReg(sd, result(ir, ir.reg(sd), ir.reg(sn), ir.reg(sm))),
  })
}

type Sign = 1 | -1
const signed = (ir: Ir, value: Value, sign: Sign): Value => (sign < 0 ? negated(ir, value) : value)

/** The accumulator and the product, each negated or not, added with a rounding of the product in between. */
function defineChained(name: string, section: string, bits: string, accumulator: Sign, product: Sign): void {
  defineAccumulating(name, section, bits, (ir, addend, n, m) => {
    const rounded = calculate(ir, 'floatMultiply', n, m)
    return calculate(ir, 'floatAdd', signed(ir, addend, accumulator), signed(ir, rounded, product))
  })
}

defineChained('VMLA', 'A7.7.238', '11101110 0D00nnnn dddd1010 N0M0mmmm', 1, 1)
defineChained('VMLS', 'A7.7.238', '11101110 0D00nnnn dddd1010 N1M0mmmm', 1, -1)
defineChained('VNMLA', 'A7.7.250', '11101110 0D01nnnn dddd1010 N1M0mmmm', -1, -1)
defineChained('VNMLS', 'A7.7.250', '11101110 0D01nnnn dddd1010 N0M0mmmm', -1, 1)

/** The same rounded once: the first factor is negated instead of the product. */
function defineFused(name: string, section: string, bits: string, accumulator: Sign, product: Sign): void {
  defineAccumulating(name, section, bits, (ir, addend, n, m) =>
    calculate(ir, 'floatFused', signed(ir, n, product), m, signed(ir, addend, accumulator)),
  )
}

defineFused('VFMA', 'A7.7.233', '11101110 1D10nnnn dddd1010 N0M0mmmm', 1, 1)
defineFused('VFMS', 'A7.7.233', '11101110 1D10nnnn dddd1010 N1M0mmmm', 1, -1)
defineFused('VFNMA', 'A7.7.234', '11101110 1D01nnnn dddd1010 N1M0mmmm', -1, -1)
defineFused('VFNMS', 'A7.7.234', '11101110 1D01nnnn dddd1010 N0M0mmmm', -1, 1)

function defineTwoOperands(
  name: string,
  section: string,
  bits: string,
  timing: TimingClass,
  result: (ir: Ir, m: Value) => Value,
): void {
  floatArithmetic.define({
    name,
    section,
    encodings: [{ form: 'T1', bits, operands: singlesDM }],
    timing,
    syntax: `${name}.F32 <sd>, <sm>`,
    floatingPoint: true,
    meaning: ({ sd, sm }, ir) => ir.setReg(sd, result(ir, ir.reg(sm))),
  })
}

defineTwoOperands('VABS', 'A7.7.224', '11101110 1D110000 dddd1010 11M0mmmm', 'floatSimple', absolute)
defineTwoOperands('VNEG', 'A7.7.249', '11101110 1D110001 dddd1010 01M0mmmm', 'floatSimple', negated)
defineTwoOperands('VSQRT', 'A7.7.257', '11101110 1D110001 dddd1010 11M0mmmm', 'floatDivide', (ir, m) =>
  calculate(ir, 'floatSquareRoot', m),
)

for (const [name, signalling] of [
  ['VCMP', false],
  ['VCMPE', true],
] as const) {
  const e = signalling ? '1' : '0'
  floatArithmetic.define({
    name,
    section: 'A7.7.226',
    encodings: [{ form: 'T1', bits: `11101110 1D110100 dddd1010 ${e}1M0mmmm`, operands: singlesDM }],
    timing: 'floatSimple',
    syntax: `${name}.F32 <sd>, <sm>`,
    floatingPoint: true,
    meaning: ({ sd, sm }, ir) => compareSettingFpscr(ir, ir.reg(sd), ir.reg(sm), signalling),
  })
  floatArithmetic.define({
    name: `${name} (zero)`,
    section: 'A7.7.226',
    encodings: [
      {
        form: 'T2',
        bits: `11101110 1D110101 dddd1010 ${e}1000000`,
        operands: (fields) => ({ sd: singleOf(fields, 'd') }),
      },
    ],
    timing: 'floatSimple',
    syntax: `${name}.F32 <sd>, #0.0`,
    floatingPoint: true,
    meaning: ({ sd }, ir) => compareSettingFpscr(ir, ir.reg(sd), ir.i32(0), signalling),
  })
}
