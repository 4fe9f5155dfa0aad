import { countCycles } from '../counting.ts'
import { waitForFlashLine } from '../instructions/access.ts'
import { Ir, type Program, type Signatures, type Value } from '../ir.ts'
import { FLASH, RAM, RAM_BASE, State, TOUCHED } from '../layout.ts'
import type { ValueType } from './wasm/opcodes.ts'

/** A WebAssembly function that meanings may call. */
export interface HelperFunction {
  readonly name: string
  readonly params: readonly ValueType[]
  readonly result: ValueType | undefined
  readonly body: (ir: Ir, ...params: Value[]) => void
}

/** Functions of the host, imported by the interpreter. */
export const hostFunctions: readonly Omit<HelperFunction, 'body'>[] = [
  { name: 'decode', params: ['i32'], result: undefined },
  { name: 'entryOf', params: ['i32'], result: 'i32' },
  /** A line of code, entered with the instruction cache off; the cycles that entering it takes longer than charged */
  { name: 'uncachedLine', params: ['i32'], result: 'i32' },
  /** Before a line of flash is entered that is watched, see `Core.watchFlash` */
  { name: 'awaitFlash', params: [], result: undefined },
  /** The table entry of an instruction whose fetches are counted */
  { name: 'countFetches', params: ['i32'], result: undefined },
  /** address, size, index of the access mode */
  { name: 'hostRead', params: ['i32', 'i32', 'i32'], result: 'i32' },
  { name: 'hostWrite', params: ['i32', 'i32', 'i32', 'i32'], result: undefined },
  /** SYSm */
  { name: 'readSpecial', params: ['i32'], result: 'i32' },
  { name: 'writeSpecial', params: ['i32', 'i32'], result: undefined },
  /** 0 disable or 1 enable; bit 0 FAULTMASK, bit 1 PRIMASK */
  { name: 'changeProcessorState', params: ['i32', 'i32'], result: undefined },
  { name: 'sendEvent', params: [], result: undefined },
  /** No more branches can be written down */
  { name: 'drainBranches', params: [], result: undefined },
]

/** The FPU's slow path, on bits: operation, operands a, b, c. Gives the result and updates FPSCR. */
export const floatingPointHost: Omit<HelperFunction, 'body'> = {
  name: 'floatSlowly',
  params: ['i32', 'i32', 'i32', 'i32'],
  result: 'i32',
}

export function programOf(helper: HelperFunction, signatures: Signatures, counts = false): Program {
  const ir = new Ir(signatures, false, counts)
  helper.body(ir, ...helper.params.map((type, index) => ir.parameter(index, type)))
  return ir.program
}

const aligned = (ir: Ir, address: Value, size: Value): Value =>
  ir.eqz(ir.and(address, ir.sub(size, ir.i32(1))))

/** Unaligned access costs a further transaction for each aligned part; Cortex-M4 TRM 3.3.2. */
function chargeUnaligned(ir: Ir, address: Value, size: Value): void {
  const isOdd = ir.and(ir.eq(size, ir.i32(4)), ir.and(address, ir.i32(1)))
  const extra = ir.let(ir.select(isOdd, ir.i32(2), ir.i32(1)))
  ir.setState(State.budget, ir.sub(ir.state(State.budget), extra))
  countCycles(ir, 'unaligned', ir.state(State.current), extra)
}

const inside = (ir: Ir, offset: Value, size: Value, limit: Value): Value =>
  ir.and(ir.ltU(offset, limit), ir.op('i32.le_u', ir.add(offset, size), limit))

/** Accesses that the inline fast path leaves: unaligned ones in plain memory, and all that the host answers. */
const slowAccess: readonly HelperFunction[] = [
  {
    name: 'readSlowly',
    params: ['i32', 'i32', 'i32'],
    result: 'i32',
    body: (ir, address, size, mode) => {
      const half = (base: Value, offset: number): Value =>
        ir.select(
          ir.eq(size, ir.i32(4)),
          ir.loadRaw('i32.32', base, offset),
          ir.loadRaw('i32.16_u', base, offset),
        )
      const plain = ir.and(
        ir.eqz(mode),
        ir.eqz(ir.or(aligned(ir, address, size), ir.state(State.unalignedTrap))),
      )
      ir.if(plain, () => {
        const inRam = ir.let(ir.sub(address, ir.i32(RAM_BASE)))
        ir.if(inside(ir, inRam, size, ir.state(State.ramReadLimits)), () => {
          chargeUnaligned(ir, address, size)
          ir.return(half(inRam, RAM))
        })
        ir.if(inside(ir, address, size, ir.state(State.flashReadLimits)), () => {
          chargeUnaligned(ir, address, size)
          for (const at of [address, ir.sub(ir.add(address, size), ir.i32(1))])
            waitForFlashLine(ir, at, ir.state(State.current), (wait) =>
              ir.setState(State.budget, ir.sub(ir.state(State.budget), wait)),
            )
          ir.return(half(address, FLASH))
        })
      })
      ir.return(ir.call('hostRead', address, size, mode))
    },
  },
  {
    name: 'writeSlowly',
    params: ['i32', 'i32', 'i32', 'i32'],
    result: undefined,
    body: (ir, address, size, value, mode) => {
      const inRam = ir.let(ir.sub(address, ir.i32(RAM_BASE)))
      const plain = ir.and(
        ir.eqz(mode),
        ir.eqz(ir.or(aligned(ir, address, size), ir.state(State.unalignedTrap))),
      )
      ir.if(
        ir.and(plain, inside(ir, inRam, size, ir.state(State.ramWriteLimits))),
        () => {
          chargeUnaligned(ir, address, size)
          ir.if(
            ir.eq(size, ir.i32(4)),
            () => ir.storeRaw('i32.32', inRam, RAM, value),
            () => ir.storeRaw('i32.16', inRam, RAM, value),
          )
          ir.storeRaw('i32.8', ir.shrU(inRam, ir.i32(2)), TOUCHED, ir.i32(1))
          ir.storeRaw('i32.8', ir.shrU(ir.add(inRam, ir.sub(size, ir.i32(1))), ir.i32(2)), TOUCHED, ir.i32(1))
        },
        () => ir.callVoid('hostWrite', address, size, value, mode),
      )
    },
  },
]

/** Shift(), A7.4.2, by register or immediate amount 0 to 255; kind 0 LSL, 1 LSR, 2 ASR, 3 ROR. */
function shifted(ir: Ir, value: Value, kind: Value, amount: Value): Value {
  const below32 = ir.let(ir.ltU(amount, ir.i32(32)))
  const left = ir.select(below32, ir.shl(value, amount), ir.i32(0))
  const right = ir.select(below32, ir.shrU(value, amount), ir.i32(0))
  const arithmetic = ir.shrS(value, ir.select(below32, amount, ir.i32(31)))
  const rotated = ir.rotateRight(value, amount)
  const low = ir.and(kind, ir.i32(1))
  return ir.select(ir.and(kind, ir.i32(2)), ir.select(low, rotated, arithmetic), ir.select(low, right, left))
}

/** The bit shifted out last; `carry` when the amount is 0. */
function shiftedOut(ir: Ir, value: Value, kind: Value, amount: Value, carry: Value): Value {
  const wide = ir.let(ir.extendU(value))
  const shift64 = (name: 'i64.shl' | 'i64.shr_u' | 'i64.shr_s', source: Value, by: Value): Value =>
    ir.op(name, source, ir.extendU(ir.op('i32.and', by, ir.i32(63))))
  const upTo = (limit: number): Value => ir.select(ir.ltU(amount, ir.i32(limit)), amount, ir.i32(limit))
  const left = ir.wrap(ir.op('i64.shr_u', shift64('i64.shl', wide, upTo(33)), ir.i64(32n)))
  const right = ir.wrap(shift64('i64.shr_u', ir.op('i64.shl', wide, ir.i64(1n)), upTo(34)))
  const arithmetic = ir.wrap(shift64('i64.shr_s', ir.op('i64.shl', ir.extendS(value), ir.i64(1n)), upTo(34)))
  const rotated = ir.shrU(ir.rotateRight(value, amount), ir.i32(31))
  const low = ir.and(kind, ir.i32(1))
  const out = ir.select(
    ir.and(kind, ir.i32(2)),
    ir.select(low, rotated, arithmetic),
    ir.select(low, right, left),
  )
  return ir.select(amount, ir.and(out, ir.i32(1)), carry)
}

const shifts: readonly HelperFunction[] = [
  {
    name: 'shift',
    params: ['i32', 'i32', 'i32'],
    result: 'i32',
    body: (ir, value, kind, amount) => {
      ir.return(shifted(ir, value, kind, amount))
    },
  },
  {
    /** value, kind, amount, carry in; the carry out is in State.shifterCarry. */
    name: 'shiftWithCarry',
    params: ['i32', 'i32', 'i32', 'i32'],
    result: 'i32',
    body: (ir, value, kind, amount, carry) => {
      ir.setState(State.shifterCarry, shiftedOut(ir, value, kind, amount, carry))
      ir.return(shifted(ir, value, kind, amount))
    },
  },
]

export const helpers: readonly HelperFunction[] = [...slowAccess, ...shifts]
