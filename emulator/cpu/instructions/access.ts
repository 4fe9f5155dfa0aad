import { countCycles, countLanding } from '../counting.ts'
import { ExitReason } from '../exit-reasons.ts'
import type { Ir, Value } from '../ir.ts'
import { Entry, FLASH, FLASH_BYTES, RAM, RAM_BASE, State, TABLE, TOUCHED } from '../layout.ts'

/** `aligned`: an unaligned address faults. `unprivileged`: as if in Thread mode without privilege (LDRT, STRT). */
export type AccessMode = 'normal' | 'aligned' | 'unprivileged'
export const accessModes: readonly AccessMode[] = ['normal', 'aligned', 'unprivileged']

type Size = 1 | 2 | 4
const log2 = { 1: 0, 2: 1, 4: 2 } as const
const loadName = { 1: 'i32.8_u', 2: 'i32.16_u', 4: 'i32.32' } as const
const storeName = { 1: 'i32.8', 2: 'i32.16', 4: 'i32.32' } as const

/** True for an aligned offset below the limit: rotation puts the bits that must be 0 on top. */
const within = (ir: Ir, offset: Value, size: Size, limits: number): Value => {
  const units = size === 1 ? offset : ir.rotateRight(offset, ir.i32(log2[size]))
  return ir.ltU(units, ir.state(limits + 4 * log2[size]))
}

/** After a call the carried values come from memory, where the host may have changed them: the deadline may have moved. */
function afterHost(ir: Ir): void {
  ir.setCarried('before', ir.add(ir.carried('before'), ir.state(State.budgetShift)))
  ir.if(ir.state(State.stop), () => ir.exit(ExitReason.fault, true))
}

/** Calls a function of the host that may change what is due, or fault. */
export function callHost(ir: Ir, name: string, ...args: Value[]): Value {
  ir.setState(State.budgetShift, ir.i32(0))
  const value = ir.call(name, ...args)
  afterHost(ir)
  return value
}

export function callHostVoid(ir: Ir, name: string, ...args: Value[]): void {
  ir.setState(State.budgetShift, ir.i32(0))
  ir.callVoid(name, ...args)
  afterHost(ir)
}

/** Of an access whose place in memory may cost something. */
export function reachMemory(ir: Ir, at: Value): void {
  if (ir.watchesSlaves) ir.callVoid('enterSlave', at)
}

/** Of data in flash: those of the line that was read last are there. */
export function waitForFlashLine(ir: Ir, at: Value, entry: Value, pay: (wait: Value) => void): void {
  const line = ir.let(ir.and(at, ir.state(State.flashLineMask)))
  ir.if(ir.ne(line, ir.state(State.flashLine)), () => {
    ir.setState(State.flashLine, line)
    const wait = ir.let(ir.state(State.flashReadWait))
    pay(wait)
    countCycles(ir, 'data', entry, wait)
  })
}

/** MemU[address, size] or MemA[address, size], zero-extended. */
export function readMemory(ir: Ir, size: Size, address: Value, mode: AccessMode = 'normal'): Value {
  const at = ir.let(address)
  reachMemory(ir, at)
  const result = ir.variable(ir.i32(0))
  const slow = (): void => {
    result.set(callHost(ir, 'readSlowly', at, ir.i32(size), ir.i32(accessModes.indexOf(mode))))
  }
  if (mode === 'unprivileged') slow()
  else {
    const inRam = ir.let(ir.sub(at, ir.i32(RAM_BASE)))
    ir.if(
      within(ir, inRam, size, State.ramReadLimits),
      () => result.set(ir.loadRaw(loadName[size], inRam, RAM)),
      () => {
        ir.if(
          within(ir, at, size, State.flashReadLimits),
          () => {
            result.set(ir.loadRaw(loadName[size], at, FLASH))
            waitForFlashLine(ir, at, ir.carried('current'), (wait) =>
              ir.setCarried('budget', ir.sub(ir.carried('budget'), wait)),
            )
          },
          slow,
        )
      },
    )
  }
  return ir.let(result.get())
}

/** MemU[address, size] or MemA[address, size] = value. */
export function writeMemory(
  ir: Ir,
  size: Size,
  address: Value,
  value: Value,
  mode: AccessMode = 'normal',
): void {
  const at = ir.let(address)
  const data = ir.let(value)
  reachMemory(ir, at)
  const slow = (): void => {
    callHostVoid(ir, 'writeSlowly', at, ir.i32(size), data, ir.i32(accessModes.indexOf(mode)))
  }
  if (mode === 'unprivileged') {
    slow()
    return
  }
  const inRam = ir.let(ir.sub(at, ir.i32(RAM_BASE)))
  ir.if(
    within(ir, inRam, size, State.ramWriteLimits),
    () => {
      ir.storeRaw(storeName[size], inRam, RAM, data)
      ir.storeRaw('i32.8', ir.shrU(inRam, ir.i32(2)), TOUCHED, ir.i32(1))
    },
    slow,
  )
}

/** BranchTo(): `address` has bit 0 clear. Charges what the target's place costs. */
export function branchTo(ir: Ir, address: Value): void {
  const at = ir.let(address)
  ir.if(
    ir.ltU(at, ir.i32(FLASH_BYTES)),
    () => ir.setCarried('next', ir.add(ir.shl(at, ir.i32(3)), ir.i32(TABLE))),
    () => {
      ir.setCarried('next', ir.call('entryOf', at))
      ir.if(ir.eqz(ir.carried('next')), () => {
        ir.setState(State.target, at)
        ir.exit(ExitReason.branchOutside, false)
      })
    },
  )
  chargeEntered(ir)
}

/** Charges what entering the next instruction by a branch adds. */
export function chargeEntered(ir: Ir): void {
  const next = ir.let(ir.carried('next'))
  const entered = ir.let(ir.loadRaw('i32.8_s', next, Entry.entered))
  ir.setCarried('budget', ir.sub(ir.carried('budget'), entered))
  countLanding(ir, next, entered)
}

/** BXWritePC(), A2.3.1: interworking branch, or exception return in Handler mode. */
export function branchExchangeTo(ir: Ir, value: Value): void {
  const target = ir.let(value)
  ir.if(ir.geU(target, ir.i32(0xf000_0000 | 0)), () => {
    ir.if(ir.state(State.handlerMode), () => {
      ir.setState(State.target, target)
      // The return itself fills the pipeline, beside unstacking.
      const refill = ir.loadRaw('i32.8_u', ir.carried('current'), Entry.taken)
      ir.setCarried('budget', ir.add(ir.carried('budget'), refill))
      ir.exit(ExitReason.exceptionReturn, false)
    })
  })
  ir.if(ir.eqz(ir.and(target, ir.i32(1))), () => {
    ir.setState(State.target, target)
    ir.exit(ExitReason.invalidState, false)
  })
  branchTo(ir, ir.and(target, ir.i32(-2)))
}
