import type { Ir } from '../ir.ts'
import { Entry, State } from '../layout.ts'

/** Words for the last instruction that an interrupt may abandon; offsets as in `State`. */
export const Interruptible = {
  /** Its number in this run of the interpreter. */
  number: State.scratch,
  /** Its entry in the table. */
  entry: State.scratch + 4,
  /** The budget before it. */
  budget: State.scratch + 8,
} as const

/** Says that an interrupt need not wait for this instruction; before anything else of its meaning. */
export function mayBeInterrupted(ir: Ir): void {
  const cost = ir.loadRaw('i32.8_u', ir.carried('current'), Entry.cost)
  ir.setState(Interruptible.number, ir.carried('instructions'))
  ir.setState(Interruptible.entry, ir.carried('current'))
  ir.setState(Interruptible.budget, ir.add(ir.carried('budget'), cost))
}
