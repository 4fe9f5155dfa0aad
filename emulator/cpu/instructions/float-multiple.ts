import type { Ir, Register, Value } from '../ir.ts'
import { RAM, RAM_BASE, State, TOUCHED } from '../layout.ts'
import { reachMemory, readMemory, writeMemory } from './access.ts'
import { singleOf } from './float-registers.ts'
import { mayBeInterrupted, mayBeInterruptedOutsideRam } from './interruptible.ts'
import { InstructionGroup, type Decoded, type Encoding, type Fields } from './table.ts'

export const floatMultiple = new InstructionGroup('float-multiple')

/** P, U, W: increment after, the same with write-back, decrement before with write-back. */
const modes = { IA: '010', 'IA!': '011', 'DB!': '101' } as const
type Mode = keyof typeof modes

const imm8 = (fields: Fields): number => fields['i'] ?? 0
/** An odd imm8 with double registers is FLDMX or FSTMX: its last word only moves the base. */
const words = (fields: Fields, isDouble: boolean): number => (isDouble ? imm8(fields) & ~1 : imm8(fields))
const firstSingle = (fields: Fields, isDouble: boolean): number =>
  isDouble ? (fields['d'] ?? 0) * 2 : singleOf(fields, 'd')

/**
 * Operands: first single register x and the count of them, base n, and imm, the change of the base: where it is
 * negative it is also the offset of the first word.
 */
function encoding(
  load: 0 | 1,
  mode: Mode,
  isDouble: boolean,
  base: 'nnnn' | '1101',
  syntax: string,
): Encoding {
  const [p, u, w] = modes[mode]
  const d = isDouble ? '0' : 'D'
  const sign = mode === 'IA' ? 0 : mode === 'IA!' ? 4 : -4
  const baseOf = (fields: Fields): number => fields['n'] ?? 13
  return {
    form: `${isDouble ? 'T1' : 'T2'} ${mode}`,
    bits: `1110110${p} ${u}${d}${w}${load}${base} dddd101${isDouble ? 1 : 0} iiiiiiii`,
    ...(base === 'nnnn' && { unless: (fields) => isStackForm(load, mode, fields) }),
    operands: (fields): Decoded => ({
      n: baseOf(fields),
      imm: sign * imm8(fields),
      x: firstSingle(fields, isDouble),
      count: Math.min(words(fields, isDouble), 32 - firstSingle(fields, isDouble)),
    }),
    unpredictable: (fields) => {
      const count = words(fields, isDouble)
      return count === 0 || firstSingle(fields, isDouble) + count > 32 || baseOf(fields) === 15
    },
    syntax: `${syntax}, <${isDouble ? 'doubles' : 'singles'}>`,
  }
}

/** SEE VPOP, SEE VPUSH. */
const isStackForm = (load: 0 | 1, mode: Mode, fields: Fields): boolean =>
  fields['n'] === 13 && mode === (load === 1 ? 'IA!' : 'DB!')

const inBothSizes = (make: (isDouble: boolean) => Encoding): Encoding[] => [make(true), make(false)]

/** Runs `each` with the offset from the first word, for offsets from `first` up to `end`, in bytes. */
function forOffsets(ir: Ir, first: Value, end: Value, step: number, each: (offset: Value) => void): void {
  const offset = ir.variable(first)
  ir.if(ir.ltU(first, end), () =>
    ir.doWhile(() => {
      const here = ir.let(offset.get())
      each(here)
      offset.set(ir.add(here, ir.i32(step)))
      return ir.ltU(offset.get(), end)
    }),
  )
}

/** Between singles and RAM without checks: a word if their number is odd, then pairs. */
function copy(ir: Ir, load: boolean, registers: Value, inRam: Value, end: Value): void {
  const move = (size: 'i32.32' | 'i64.64', offset: Value): void => {
    const place = ir.let(ir.add(inRam, offset))
    const single = ir.let(ir.add(registers, offset))
    if (load) ir.storeRaw(size, single, State.singles, ir.loadRaw(size, place, RAM))
    else {
      ir.storeRaw(size, place, RAM, ir.loadRaw(size, single, State.singles))
      const [touch, ones] = size === 'i32.32' ? (['i32.8', 0x01] as const) : (['i32.16', 0x0101] as const)
      ir.storeRaw(touch, ir.shrU(place, ir.i32(2)), TOUCHED, ir.i32(ones))
    }
  }
  const odd = ir.let(ir.and(end, ir.i32(4)))
  ir.if(odd, () => move('i32.32', ir.i32(0)))
  forOffsets(ir, odd, end, 8, (offset) => move('i64.64', offset))
}

/** Offset in RAM of `count` words at `address`, and whether they are all there, aligned and open. */
function allInRam(ir: Ir, address: Value, count: Value, limits: number): { inRam: Value; holds: Value } {
  const inRam = ir.let(ir.sub(address, ir.i32(RAM_BASE)))
  const unit = ir.let(ir.rotateRight(inRam, ir.i32(2)))
  const limit = ir.let(ir.state(limits + 8))
  const holds = ir.and(ir.ltU(unit, limit), ir.op('i32.le_u', ir.add(unit, count), limit))
  return { inRam, holds }
}

interface Transfer {
  readonly n: Register
  readonly imm: Value
  readonly x: Value
  readonly count: Value
}

/** A fault leaves the base as it was, and the instruction starts afresh. */
function transfer(ir: Ir, operands: Transfer, limits: number, load: boolean): void {
  const { n, imm } = operands
  const base = ir.let(ir.reg(n))
  const change = ir.let(imm)
  const count = ir.let(operands.count)
  const address = ir.let(ir.add(base, ir.and(change, ir.shrS(change, ir.i32(31)))))
  const registers = ir.let(ir.shl(operands.x, ir.i32(2)))
  const { inRam, holds } = allInRam(ir, address, count, limits)
  const end = ir.let(ir.shl(count, ir.i32(2)))
  reachMemory(ir, address)
  ir.if(
    holds,
    () => {
      mayBeInterrupted(ir)
      copy(ir, load, registers, inRam, end)
    },
    () => {
      mayBeInterruptedOutsideRam(ir, address, count)
      forOffsets(ir, ir.i32(0), end, 4, (offset) => {
        const at = ir.add(address, offset)
        const single = ir.let(ir.add(registers, offset))
        if (load) ir.storeRaw('i32.32', single, State.singles, readMemory(ir, 4, at, 'aligned'))
        else writeMemory(ir, 4, at, ir.loadRaw('i32.32', single, State.singles), 'aligned')
      })
    },
  )
  ir.setReg(n, ir.add(base, change))
}

function define(name: string, section: string, load: boolean, encodings: readonly Encoding[]): void {
  floatMultiple.define({
    name,
    section,
    encodings,
    timing: load ? 'floatLoadMultiple' : 'floatStoreMultiple',
    syntax: name,
    floatingPoint: true,
    meaning: (operands, ir) =>
      transfer(ir, operands, load ? State.ramReadLimits : State.ramWriteLimits, load),
  })
}

const allModes = (load: 0 | 1): Encoding[] =>
  (['IA', 'IA!', 'DB!'] as const).flatMap((mode) => {
    const name = `V${load === 1 ? 'LD' : 'ST'}M${mode.slice(0, 2)}`
    const base = mode === 'IA' ? '<n>' : '<n>!'
    return inBothSizes((isDouble) => encoding(load, mode, isDouble, 'nnnn', `${name} ${base}`))
  })

define('VLDM', 'A7.7.235', true, allModes(1))
define('VSTM', 'A7.7.258', false, allModes(0))
define(
  'VPOP',
  'A7.7.251',
  true,
  inBothSizes((isDouble) => ({
    ...encoding(1, 'IA!', isDouble, '1101', ''),
    syntax: `VPOP <${isDouble ? 'doubles' : 'singles'}>`,
  })),
)
define(
  'VPUSH',
  'A7.7.252',
  false,
  inBothSizes((isDouble) => ({
    ...encoding(0, 'DB!', isDouble, '1101', ''),
    syntax: `VPUSH <${isDouble ? 'doubles' : 'singles'}>`,
  })),
)
