import { ExitReason } from '../exit-reasons.ts'
import type { Ir, Value } from '../ir.ts'
import { Entry, State, entryOf } from '../layout.ts'
import { conditionHolds } from '../conditions.ts'
import { branchExchangeTo, branchTo, chargeEntered, readMemory } from './access.ts'
import { signExtend } from './algorithms.ts'
import { field, insideIt } from './operands.ts'
import { InstructionGroup, type OperandSet } from './table.ts'

export const branches = new InstructionGroup('branch')

/** A target known when decoded: `imm` is its table address, or with X = 1 an address that holds no code. */
function target(address: number): { imm: number; X: number } {
  const entry = entryOf(address)
  return entry === 0 ? { imm: address, X: 1 } : { imm: entry, X: 0 }
}

function goTo(o: OperandSet, ir: Ir): void {
  if (o.X === 0) {
    ir.setCarried('next', o.imm)
    chargeEntered(ir)
  } else {
    ir.setState(State.target, o.imm)
    ir.exit(ExitReason.branchOutside, false)
  }
}

function goToIf(o: OperandSet, ir: Ir, condition: Value): void {
  ir.if(condition, () => {
    ir.setCarried(
      'budget',
      ir.sub(ir.carried('budget'), ir.loadRaw('i32.8_u', ir.carried('current'), Entry.taken)),
    )
    goTo(o, ir)
  })
}

/** S:I1:I2:imm10:imm11:0 of the 32-bit branches, where I = NOT(J XOR S). */
function longOffset(s: number, j: number, imm21: number): number {
  const i1 = 1 - ((j >>> 1) ^ s)
  const i2 = 1 - ((j & 1) ^ s)
  return signExtend((s << 24) | (i1 << 23) | (i2 << 22) | (imm21 << 1), 25)
}

branches.define({
  name: 'B',
  section: 'A7.7.12',
  timing: 'branch',
  syntax: 'B <target>',
  variants: { X: [0, 1] },
  encodings: [
    {
      form: 'T2',
      bits: '11100 iiiiiiiiiii',
      operands: (f, at) => target(at.address + 4 + signExtend(field(f, 'i') << 1, 12)),
      unpredictable: (_, at) => insideIt(at),
    },
    {
      form: 'T4',
      bits: '11110siiiiiiiiii 10j1jiiiiiiiiiii',
      operands: (f, at) => target(at.address + 4 + longOffset(field(f, 's'), field(f, 'j'), field(f, 'i'))),
      unpredictable: (_, at) => insideIt(at),
      syntax: 'B.W <target>',
    },
  ],
  meaning: goTo,
})

branches.define({
  name: 'B (conditional)',
  section: 'A7.7.12',
  timing: 'branchConditional',
  syntax: 'B<cond> <target>',
  variants: { X: [0, 1], C: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13] },
  encodings: [
    {
      form: 'T1',
      bits: '1101 cccc iiiiiiii',
      unless: (f) => field(f, 'c') >= 14,
      operands: (f, at) => ({
        ...target(at.address + 4 + signExtend(field(f, 'i') << 1, 9)),
        C: field(f, 'c'),
      }),
      unpredictable: (_, at) => at.itState !== 0,
    },
    {
      form: 'T3',
      bits: '11110scccciiiiii 10j0jiiiiiiiiiii',
      unless: (f) => field(f, 'c') >= 14,
      operands: (f, at) => {
        const j = field(f, 'j')
        const offset = (field(f, 's') << 20) | ((j & 1) << 19) | ((j >>> 1) << 18) | (field(f, 'i') << 1)
        return { ...target(at.address + 4 + signExtend(offset, 21)), C: field(f, 'c') }
      },
      unpredictable: (_, at) => at.itState !== 0,
      syntax: 'B<cond>.W <target>',
    },
  ],
  meaning: (o, ir) => goToIf(o, ir, conditionHolds(ir, o.C)),
})

branches.define({
  name: 'CBZ, CBNZ',
  section: 'A7.7.21',
  timing: 'compareAndBranch',
  syntax: 'CB<N>Z <n>, <target>',
  variants: { X: [0, 1], N: [0, 1] },
  encodings: [
    {
      form: 'T1',
      bits: '1011 o 0 i 1 iiiii nnn',
      operands: (f, at) => ({
        n: field(f, 'n'),
        ...target(at.address + 4 + field(f, 'i') * 2),
        N: field(f, 'o'),
      }),
      unpredictable: (_, at) => at.itState !== 0,
    },
  ],
  meaning: (o, ir) => goToIf(o, ir, o.N === 1 ? ir.ne(ir.reg(o.n), ir.i32(0)) : ir.eqz(ir.reg(o.n))),
})

const LR = State.registers + 4 * 14

branches.define({
  name: 'BL',
  section: 'A7.7.18',
  timing: 'branch',
  syntax: 'BL <target>',
  variants: { X: [0, 1] },
  encodings: [
    {
      form: 'T1',
      bits: '11110siiiiiiiiii 11j1jiiiiiiiiiii',
      operands: (f, at) => ({
        ...target(at.address + 4 + longOffset(field(f, 's'), field(f, 'j'), field(f, 'i'))),
        imm2: (at.address + 4) | 1,
      }),
      unpredictable: (_, at) => insideIt(at),
    },
  ],
  meaning: (o, ir) => {
    ir.setState(LR, o.imm2)
    goTo(o, ir)
  },
})

branches.define({
  name: 'BX',
  section: 'A7.7.20',
  timing: 'branchRegister',
  syntax: 'BX <m>',
  encodings: [
    {
      form: 'T1',
      bits: '010001110 mmmm 000',
      operands: (f) => ({ m: field(f, 'm') }),
      unpredictable: (f, at) => field(f, 'm') === 15 || insideIt(at),
    },
  ],
  meaning: ({ m }, ir) => branchExchangeTo(ir, ir.reg(m)),
})

branches.define({
  name: 'BLX (register)',
  section: 'A7.7.19',
  timing: 'branchRegister',
  syntax: 'BLX <m>',
  encodings: [
    {
      form: 'T1',
      bits: '010001111 mmmm 000',
      operands: (f, at) => ({ m: field(f, 'm'), imm: (at.address + 2) | 1 }),
      unpredictable: (f, at) => field(f, 'm') === 15 || insideIt(at),
    },
  ],
  meaning: ({ m, imm }, ir) => {
    const destination = ir.let(ir.reg(m))
    ir.setState(LR, imm)
    ir.if(ir.eqz(ir.and(destination, ir.i32(1))), () => {
      ir.setState(State.target, destination)
      ir.exit(ExitReason.invalidState, false)
    })
    branchTo(ir, ir.and(destination, ir.i32(-2)))
  },
})

/** `imm` is the address after the instruction, from which the table's offsets count, in half-words. */
branches.define({
  name: 'TBB, TBH',
  section: 'A7.7.185',
  timing: 'tableBranch',
  syntax: 'TB<B> [<n>, <m>]',
  variants: { T: [1, 2] },
  readsPc: ['n'],
  encodings: [
    {
      form: 'T1',
      bits: '111010001101nnnn 11110000000hmmmm',
      operands: (f, at) => ({
        n: field(f, 'n'),
        m: field(f, 'm'),
        imm: at.address + 4,
        T: field(f, 'h') === 1 ? 2 : 1,
      }),
      unpredictable: (f, at) => field(f, 'n') === 13 || [13, 15].includes(field(f, 'm')) || insideIt(at),
    },
  ],
  meaning: ({ n, m, imm, T }, ir) => {
    const size = T === 2 ? 2 : 1
    const offset = readMemory(
      ir,
      size,
      ir.add(ir.reg(n), size === 2 ? ir.shl(ir.reg(m), ir.i32(1)) : ir.reg(m)),
    )
    branchTo(ir, ir.add(imm, ir.shl(offset, ir.i32(1))))
  },
})
