import type { Ir, Value } from './ir.ts'
import { CLASSES, COLUMNS, COLUMN_BYTES, COUNTS, Class, PROFILE, State, TABLE, counted } from './layout.ts'
import type { Counted } from './layout.ts'

/*
 * What the interpreter counts so that each cycle has its reason; emitted only where the profile is on. Cycles that are
 * known before code executes are counted by class (`CostClasses`), all others in columns by instruction.
 */

const addTo = (ir: Ir, address: Value, offset: number, amount: Value): void =>
  ir.storeRaw('i64.64', address, offset, ir.op('i64.add', ir.loadRaw('i64.64', address, offset), amount))

const one = (ir: Ir): Value => ir.i64(1n)

/** An instruction, by its table address, takes further cycles for a reason. */
export function countCycles(ir: Ir, what: Counted, entry: Value, cycles: Value): void {
  if (!ir.counts) return
  const column = counted.indexOf(what)
  const amount = ir.let(ir.extendS(cycles))
  addTo(ir, ir.i32(0), State.totals + 8 * column, amount)
  const row = ir.let(ir.shrU(entry, ir.i32(1)))
  addTo(ir, row, COLUMNS + column * COLUMN_BYTES - TABLE / 2, amount)
}

const classOf = (ir: Ir, entry: Value, which: number): Value =>
  ir.let(ir.loadRaw('i32.16_u', ir.shrU(entry, ir.i32(2)), CLASSES - TABLE / 4 + which))

/** An execution fails its condition: it is of the class of one cycle, and none of the instruction's own. */
export function countSkipped(ir: Ir, entry: Value, plain: number): void {
  if (!ir.counts) return
  addTo(ir, classOf(ir, entry, Class.executed), COUNTS, ir.i64(-1n))
  addTo(ir, ir.i32(plain), COUNTS, one(ir))
  const column = COLUMNS + counted.indexOf('skipped') * COLUMN_BYTES - TABLE / 2
  addTo(ir, ir.let(ir.shrU(entry, ir.i32(1))), column, one(ir))
}

function noteLanding(ir: Ir, entry: Value): void {
  ir.setState(State.landedOn, entry)
  ir.setState(State.landedCount, ir.carried('instructions'))
}

/** A branch lands on an instruction, whose cycles include what that adds. */
export function countLanding(ir: Ir, entry: Value, cycles: Value): void {
  if (!ir.counts) {
    ir.if(cycles, () => noteLanding(ir, entry))
    return
  }
  const landed = classOf(ir, entry, Class.landed)
  ir.if(landed, () => {
    noteLanding(ir, entry)
    addTo(ir, landed, COUNTS, one(ir))
    addTo(ir, ir.let(ir.shrU(entry, ir.i32(1))), COLUMNS - TABLE / 2, one(ir))
    addTo(ir, entry, PROFILE - TABLE, ir.extendS(cycles))
    ir.setCarried('before', ir.sub(ir.carried('before'), cycles))
  })
}
