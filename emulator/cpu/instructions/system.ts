import { ExitReason } from '../exit-reasons.ts'
import type { Ir, Value } from '../ir.ts'
import { State } from '../layout.ts'
import { callHost, callHostVoid } from './access.ts'
import { field } from './operands.ts'
import { InstructionGroup } from './table.ts'

export const system = new InstructionGroup('system')

/** The wide form of each hint and its 16-bit twin; A7.7.88 and others. */
const hint = (number: string): { form: string; bits: string; syntax?: string }[] => [
  { form: 'T1', bits: `10111111${number}0000` },
  { form: 'T2', bits: `1111001110101111 100000000000${number}` },
]

system.define({
  name: 'NOP',
  section: 'A7.7.88',
  timing: 'simple',
  syntax: 'NOP',
  encodings: [
    ...hint('0000'),
    ...hint('0001').map((one) => ({ ...one, form: `YIELD ${one.form}`, syntax: 'YIELD' })),
    // Hints that this architecture does not name execute as NOP.
    {
      form: 'reserved T1',
      bits: '10111111hhhh0000',
      unless: (f) => field(f, 'h') < 5,
      operands: () => ({}),
    },
    {
      form: 'reserved T2',
      bits: '1111001110101111 10000000hhhhhhhh',
      unless: (f) => field(f, 'h') < 5,
      operands: () => ({}),
    },
  ],
  meaning: () => undefined,
})

system.define({
  name: 'WFE',
  section: 'A7.7.261',
  timing: 'wait',
  syntax: 'WFE',
  encodings: hint('0010'),
  meaning: (_, ir) => ir.exit(ExitReason.waitForEvent, false),
})

system.define({
  name: 'WFI',
  section: 'A7.7.262',
  timing: 'wait',
  syntax: 'WFI',
  encodings: hint('0011'),
  meaning: (_, ir) => ir.exit(ExitReason.waitForInterrupt, false),
})

system.define({
  name: 'SEV',
  section: 'A7.7.129',
  timing: 'simple',
  syntax: 'SEV',
  encodings: hint('0100'),
  meaning: (_, ir) => callHostVoid(ir, 'sendEvent'),
})

/** The decoder gives the instructions that follow their ITSTATE; see `Decoder`. */
system.define({
  name: 'IT',
  section: 'A7.7.38',
  timing: 'ifThen',
  syntax: 'IT<pattern> <firstcond>',
  encodings: [
    {
      form: 'T1',
      bits: '10111111cccckkkk',
      unless: (f) => field(f, 'k') === 0,
      operands: () => ({}),
      unpredictable: (f, at) =>
        field(f, 'c') === 15 ||
        (field(f, 'c') === 14 && (field(f, 'k') & (field(f, 'k') - 1)) !== 0) ||
        at.itState !== 0,
    },
  ],
  meaning: (_, ir) => ir.setState(State.itNext, ir.carried('next')),
})

for (const [name, code] of [
  ['DSB', '0100'],
  ['DMB', '0101'],
  ['ISB', '0110'],
] as const)
  system.define({
    name,
    section: { DSB: 'A7.7.34', DMB: 'A7.7.33', ISB: 'A7.7.37' }[name],
    timing: 'barrier',
    syntax: name,
    encodings: [{ form: 'T1', bits: `1111001110111111 10001111${code}oooo`, operands: () => ({}) }],
    meaning: () => undefined,
  })

system.define({
  name: 'SVC',
  section: 'A7.7.178',
  timing: 'simple',
  syntax: 'SVC #<imm>',
  encodings: [{ form: 'T1', bits: '11011111iiiiiiii', operands: (f) => ({ imm: field(f, 'i') }) }],
  meaning: (_, ir) => ir.exit(ExitReason.supervisorCall, false),
})

system.define({
  name: 'BKPT',
  section: 'A7.7.17',
  timing: 'simple',
  syntax: 'BKPT #<imm>',
  ignoresCondition: true,
  encodings: [{ form: 'T1', bits: '10111110iiiiiiii', operands: (f) => ({ imm: field(f, 'i') }) }],
  meaning: (_, ir) => ir.exit(ExitReason.breakpoint, true),
})

system.define({
  name: 'UDF',
  section: 'A7.7.194',
  timing: 'simple',
  syntax: 'UDF #<imm>',
  encodings: [
    { form: 'T1', bits: '11011110iiiiiiii', operands: (f) => ({ imm: field(f, 'i') }) },
    { form: 'T2', bits: '111101111111iiii 1010iiiiiiiiiiii', operands: (f) => ({ imm: field(f, 'i') }) },
  ],
  meaning: (_, ir) => ir.exit(ExitReason.undefined, true),
})

system.define({
  name: 'CPS',
  section: 'A7.7.29',
  timing: 'system',
  syntax: 'CPS<IE> <flags>',
  variants: { E: [0, 1] },
  encodings: [
    {
      form: 'T1',
      bits: '10110110011d00if',
      unless: (f) => field(f, 'i') === 0 && field(f, 'f') === 0,
      operands: (f) => ({ imm: (field(f, 'i') << 1) | field(f, 'f'), E: 1 - field(f, 'd') }),
      unpredictable: (_, at) => at.itState !== 0,
    },
  ],
  meaning: ({ imm, E }, ir) => callHostVoid(ir, 'changeProcessorState', ir.i32(E), imm),
})

const bit = (ir: Ir, value: Value, place: number): Value => ir.shl(value, ir.i32(place))

/** N, Z, C, V, Q and GE[3:0] where the APSR has them; B1.4.2. */
function apsr(ir: Ir): Value {
  const sign = (value: Value): Value => ir.shrU(value, ir.i32(31))
  const nzcv = ir.or(
    ir.or(bit(ir, sign(ir.carried('n')), 31), bit(ir, ir.eqz(ir.carried('z')), 30)),
    ir.or(bit(ir, ir.carried('c'), 29), bit(ir, sign(ir.carried('v')), 28)),
  )
  const ge = ir.let(ir.state(State.ge))
  const lane = (i: number): Value => ir.and(ir.shrU(ge, ir.i32(7 * i)), ir.i32(1 << i))
  const lanes = ir.or(ir.or(lane(0), lane(1)), ir.or(lane(2), lane(3)))
  return ir.or(ir.or(nzcv, bit(ir, ir.state(State.q), 27)), bit(ir, lanes, 16))
}

/** SYSm 0 to 3 show the APSR; the host gives the rest. */
system.define({
  name: 'MRS',
  section: 'B5.2.2',
  timing: 'system',
  syntax: 'MRS <d>, <sysm>',
  encodings: [
    {
      form: 'T1',
      bits: '1111001111101111 1000ddddiiiiiiii',
      operands: (f) => ({ d: field(f, 'd'), imm: field(f, 'i') }),
      unpredictable: (f) =>
        [13, 15].includes(field(f, 'd')) ||
        ![0, 1, 2, 3, 5, 6, 7, 8, 9, 16, 17, 18, 19, 20].includes(field(f, 'i')),
    },
  ],
  meaning: ({ d, imm }, ir) => {
    const special = ir.variable(ir.i32(0))
    special.set(callHost(ir, 'readSpecial', imm))
    ir.if(ir.ltU(imm, ir.i32(4)), () => special.set(ir.or(special.get(), apsr(ir))))
    ir.setReg(d, special.get())
  },
})

/** imm: SYSm; option: the mask field, bit 1 NZCVQ, bit 0 GE. */
system.define({
  name: 'MSR',
  section: 'B5.2.3',
  timing: 'system',
  syntax: 'MSR <sysm>, <n>',
  encodings: [
    {
      form: 'T1',
      bits: '111100111000nnnn 1000mm00iiiiiiii',
      operands: (f) => ({ n: field(f, 'n'), imm: field(f, 'i'), option: field(f, 'm') }),
      unpredictable: (f) =>
        [13, 15].includes(field(f, 'n')) ||
        field(f, 'm') === 0 ||
        (field(f, 'm') !== 2 && field(f, 'i') > 3) ||
        ![0, 1, 2, 3, 5, 6, 7, 8, 9, 16, 17, 18, 19, 20].includes(field(f, 'i')),
    },
  ],
  meaning: ({ n, imm, option }, ir) => {
    const value = ir.let(ir.reg(n))
    ir.if(
      ir.ltU(imm, ir.i32(4)),
      () => {
        ir.if(ir.and(option, ir.i32(2)), () => {
          ir.setCarried('n', value)
          ir.setCarried('z', ir.eqz(ir.and(value, ir.i32(1 << 30))))
          ir.setCarried('c', ir.and(ir.shrU(value, ir.i32(29)), ir.i32(1)))
          ir.setCarried('v', ir.shl(value, ir.i32(3)))
          ir.setState(State.q, ir.and(ir.shrU(value, ir.i32(27)), ir.i32(1)))
        })
        ir.if(ir.and(option, ir.i32(1)), () => {
          const lane = (i: number): Value =>
            ir.and(ir.negate(ir.and(ir.shrU(value, ir.i32(16 + i)), ir.i32(1))), ir.i32(0xff << (8 * i)))
          ir.setState(State.ge, ir.or(ir.or(lane(0), lane(1)), ir.or(lane(2), lane(3))))
        })
      },
      () => callHostVoid(ir, 'writeSpecial', imm, value),
    )
  },
})
