import type { Ir, Value } from '../ir.ts'
import { RAM, RAM_BASE, State, TOUCHED } from '../layout.ts'
import { branchExchangeTo, reachMemory, readMemory, writeMemory } from './access.ts'
import { mayBeInterrupted, mayBeInterruptedOutsideRam } from './interruptible.ts'
import { field, insideIt } from './operands.ts'
import { InstructionGroup, type Encoding, type OperandSet } from './table.ts'

export const loadStoreMultiple = new InstructionGroup('load-store-multiple')

const PC_BIT = 0x8000

function popcount(value: number): number {
  let count = 0
  for (let rest = value; rest !== 0; rest &= rest - 1) count++
  return count
}

/** Whether the `count` words from `start` are aligned plain RAM that the fast path may use. */
function allInRam(ir: Ir, start: Value, count: Value, limits: number): Value {
  const first = ir.let(ir.rotateRight(ir.sub(start, ir.i32(RAM_BASE)), ir.i32(2)))
  const limit = ir.state(limits + 8)
  return ir.and(ir.ltU(first, limit), ir.ltU(ir.add(first, ir.sub(count, ir.i32(1))), limit))
}

/** Runs `transfer(register offset in State, address)` for each register of the list, lowest first. */
function eachRegister(
  ir: Ir,
  list: Value,
  start: Value,
  transfer: (register: Value, address: Value) => void,
): void {
  const left = ir.variable(list)
  const address = ir.variable(start)
  ir.doWhile(() => {
    const bits = ir.let(left.get())
    const at = ir.let(address.get())
    transfer(ir.shl(ir.op('i32.ctz', bits), ir.i32(2)), at)
    address.set(ir.add(at, ir.i32(4)))
    const rest = ir.let(ir.and(bits, ir.sub(bits, ir.i32(1))))
    left.set(rest)
    return rest
  })
}

/** imm: the list without PC; count: all of it; A: 1 when addresses grow from the base, 0 when they end there. */
function startAddress(o: OperandSet, ir: Ir, base: Value): Value {
  return o.A === 1 ? base : ir.sub(base, ir.shl(o.count, ir.i32(2)))
}

function writeBack(o: OperandSet, ir: Ir, base: Value, start: Value): void {
  if (o.W === 1) ir.setReg(o.n, o.A === 1 ? ir.add(base, ir.shl(o.count, ir.i32(2))) : start)
}

const list = (n: number, registers: number, A: number, W: number) => ({
  n,
  imm: registers & ~PC_BIT,
  count: popcount(registers),
  A,
  W,
})

const badLoad = (n: number, registers: number, wback: boolean): boolean =>
  n === 15 ||
  popcount(registers) < 2 ||
  (registers & 0xc000) === 0xc000 ||
  (registers & 0x2000) !== 0 ||
  (wback && ((registers >>> n) & 1) === 1)

const loads: readonly Encoding[] = [
  {
    form: 'T1',
    bits: '11001 nnn iiiiiiii',
    operands: (f) => ({
      ...list(field(f, 'n'), field(f, 'i'), 1, (field(f, 'i') >>> field(f, 'n')) & 1 ? 0 : 1),
      R: 0,
    }),
    unpredictable: (f) => field(f, 'i') === 0,
    syntax: 'LDM <n><wback>, <list>',
  },
  {
    form: 'POP T1',
    bits: '1011110 p iiiiiiii',
    operands: (f) => ({ ...list(13, field(f, 'i') | (field(f, 'p') << 15), 1, 1), R: field(f, 'p') }),
    unpredictable: (f, at) =>
      (field(f, 'i') === 0 && field(f, 'p') === 0) || (field(f, 'p') === 1 && insideIt(at)),
    syntax: 'POP <list>',
  },
  {
    form: 'T2',
    bits: '1110100010W1nnnn iiiiiiiiiiiiiiii',
    operands: (f) => ({
      ...list(field(f, 'n'), field(f, 'i'), 1, field(f, 'W')),
      R: (field(f, 'i') >>> 15) & 1,
    }),
    unpredictable: (f, at) =>
      badLoad(field(f, 'n'), field(f, 'i'), f['W'] === 1) || (field(f, 'i') > 0x7fff && insideIt(at)),
  },
  {
    form: 'DB T1',
    bits: '1110100100W1nnnn iiiiiiiiiiiiiiii',
    operands: (f) => ({
      ...list(field(f, 'n'), field(f, 'i'), 0, field(f, 'W')),
      R: (field(f, 'i') >>> 15) & 1,
    }),
    unpredictable: (f, at) =>
      badLoad(field(f, 'n'), field(f, 'i'), f['W'] === 1) || (field(f, 'i') > 0x7fff && insideIt(at)),
    syntax: 'LDMDB <n><wback>, <list>',
  },
]

loadStoreMultiple.define({
  name: 'LDM, POP',
  section: 'A7.7.41',
  timing: 'loadMultiple',
  syntax: 'LDM <n><wback>, <list>',
  variants: { A: [0, 1], W: [0, 1], R: [0, 1] },
  encodings: loads,
  meaning: (o, ir) => {
    const base = ir.let(ir.reg(o.n))
    const start = ir.let(startAddress(o, ir, base))
    const target = ir.variable(ir.i32(0))
    reachMemory(ir, start)
    const setRegister = (register: Value, value: Value): void =>
      ir.storeRaw('i32.32', register, State.registers, value)
    const lastAddress = (): Value => ir.add(start, ir.shl(ir.sub(o.count, ir.i32(1)), ir.i32(2)))
    ir.if(
      allInRam(ir, start, o.count, State.ramReadLimits),
      () => {
        mayBeInterrupted(ir)
        ir.if(o.imm, () =>
          eachRegister(ir, o.imm, ir.sub(start, ir.i32(RAM_BASE)), (register, at) =>
            setRegister(register, ir.loadRaw('i32.32', at, RAM)),
          ),
        )
        if (o.R === 1) target.set(ir.loadRaw('i32.32', ir.sub(lastAddress(), ir.i32(RAM_BASE)), RAM))
      },
      () => {
        mayBeInterruptedOutsideRam(ir, start, o.count)
        ir.if(o.imm, () =>
          eachRegister(ir, o.imm, start, (register, at) =>
            setRegister(register, readMemory(ir, 4, at, 'aligned')),
          ),
        )
        if (o.R === 1) target.set(readMemory(ir, 4, lastAddress(), 'aligned'))
      },
    )
    writeBack(o, ir, base, start)
    if (o.R === 1) branchExchangeTo(ir, target.get())
  },
})

const badStore = (n: number, registers: number, wback: boolean): boolean =>
  n === 15 ||
  popcount(registers) < 2 ||
  (registers & 0xa000) !== 0 ||
  (wback && ((registers >>> n) & 1) === 1)

loadStoreMultiple.define({
  name: 'STM, PUSH',
  section: 'A7.7.159',
  timing: 'storeMultiple',
  syntax: 'STM <n><wback>, <list>',
  variants: { A: [0, 1], W: [0, 1] },
  encodings: [
    {
      form: 'T1',
      bits: '11000 nnn iiiiiiii',
      operands: (f) => list(field(f, 'n'), field(f, 'i'), 1, 1),
      unpredictable: (f) => {
        const n = field(f, 'n')
        const registers = field(f, 'i')
        // The base in the list is UNKNOWN unless it is the lowest.
        return registers === 0 || (((registers >>> n) & 1) === 1 && (registers & ((1 << n) - 1)) !== 0)
      },
      syntax: 'STM <n>!, <list>',
    },
    {
      form: 'PUSH T1',
      bits: '1011010 p iiiiiiii',
      operands: (f) => list(13, field(f, 'i') | (field(f, 'p') << 14), 0, 1),
      unpredictable: (f) => field(f, 'i') === 0 && field(f, 'p') === 0,
      syntax: 'PUSH <list>',
    },
    {
      form: 'T2',
      bits: '1110100010W0nnnn iiiiiiiiiiiiiiii',
      operands: (f) => list(field(f, 'n'), field(f, 'i'), 1, field(f, 'W')),
      unpredictable: (f) => badStore(field(f, 'n'), field(f, 'i'), f['W'] === 1),
    },
    {
      form: 'DB T1',
      bits: '1110100100W0nnnn iiiiiiiiiiiiiiii',
      operands: (f) => list(field(f, 'n'), field(f, 'i'), 0, field(f, 'W')),
      unpredictable: (f) => badStore(field(f, 'n'), field(f, 'i'), f['W'] === 1),
      syntax: 'STMDB <n><wback>, <list>',
    },
  ],
  meaning: (o, ir) => {
    const base = ir.let(ir.reg(o.n))
    const start = ir.let(startAddress(o, ir, base))
    const read = (register: Value): Value => ir.loadRaw('i32.32', register, State.registers)
    reachMemory(ir, start)
    ir.if(o.imm, () => {
      ir.if(
        allInRam(ir, start, o.count, State.ramWriteLimits),
        () => {
          mayBeInterrupted(ir)
          eachRegister(ir, o.imm, ir.sub(start, ir.i32(RAM_BASE)), (register, at) => {
            ir.storeRaw('i32.32', at, RAM, read(register))
            ir.storeRaw('i32.8', ir.shrU(at, ir.i32(2)), TOUCHED, ir.i32(1))
          })
        },
        () => {
          mayBeInterruptedOutsideRam(ir, start, o.count)
          eachRegister(ir, o.imm, start, (register, at) => writeMemory(ir, 4, at, read(register), 'aligned'))
        },
      )
    })
    writeBack(o, ir, base, start)
  },
})
