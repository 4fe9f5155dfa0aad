import { countCycles } from '../counting.ts'
import { ExitReason } from '../exit-reasons.ts'
import type { Ir, Value } from '../ir.ts'
import { FLASH_BYTES, State } from '../layout.ts'

/** Words for an instruction that an interrupt may abandon; offsets as in `State`. */
export const Interruptible = {
  /** Its cycles beyond those in the table, when it left the interpreter. */
  further: State.scratch,
  /** Table address of one whose time has passed already: it only has its effects left. */
  paid: State.scratch + 4,
} as const

/** More cycles than any run of the interpreter has. */
const ALWAYS = 0x4000_0000

/**
 * Before any effect of an instruction of several cycles: if something is due before it ends, the host lets it go on,
 * cycle by cycle. @param further Cycles that it takes beyond those in the table: charged here where `charge` says so.
 */
export function mayBeInterrupted(ir: Ir, further: Value = ir.i32(0), charge = false): void {
  const left = ir.let(ir.sub(ir.carried('budget'), further))
  ir.if(
    ir.ltS(left, ir.i32(0)),
    () => {
      ir.if(
        ir.eq(ir.state(Interruptible.paid), ir.carried('current')),
        () => {
          ir.setState(Interruptible.paid, ir.i32(0))
          ir.setCarried('budget', ir.i32(0))
          ir.setCarried('before', ir.i32(0))
        },
        () => {
          ir.setState(Interruptible.further, further)
          ir.exit(ExitReason.underWay, true)
        },
      )
    },
    charge
      ? () => {
          ir.setCarried('budget', left)
          countCycles(ir, 'divide', ir.carried('current'), further)
        }
      : undefined,
  )
}

/** Of words one after the other: see `waitForFlashLine`. */
function waitsForFlash(ir: Ir, start: Value, count: Value): Value {
  const mask = ir.state(State.flashLineMask)
  const first = ir.let(ir.and(start, mask))
  const last = ir.and(ir.sub(ir.add(start, ir.shl(count, ir.i32(2))), ir.i32(4)), mask)
  const further = ir.op('i32.div_u', ir.sub(last, first), ir.sub(ir.i32(0), mask))
  const lines = ir.add(further, ir.ne(first, ir.state(State.flashLine)))
  return ir.mul(lines, ir.state(State.flashReadWait))
}

/** The same for words at `start`, not in open RAM: on a peripheral bus each has its own cycle, so that the host goes. */
export function mayBeInterruptedOutsideRam(ir: Ir, start: Value, count: Value): void {
  const inFlash = ir.ltU(start, ir.i32(FLASH_BYTES))
  const waits = ir.select(inFlash, waitsForFlash(ir, start, count), ir.i32(0))
  const isPeripheral = ir.geU(start, ir.i32(0x4000_0000))
  mayBeInterrupted(ir, ir.let(ir.select(isPeripheral, ir.i32(ALWAYS), waits)))
}
