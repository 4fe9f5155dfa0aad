import type { HelperFunction } from './helpers.ts'
import { markUnsaved } from './count-slots.ts'
import {
  CLASSES,
  CODE_BYTES,
  COUNTS,
  Class,
  OPEN_COUNT,
  OPEN_LINES,
  OPEN_MARKS,
  PROFILE,
  SETTLED,
  State,
  TABLE,
} from '../layout.ts'

/**
 * Adds to `COUNTS` what has executed since the last time, looking only at lines of the instruction cache that have been
 * entered; without a cache at all code. The line that is executing stays open.
 * @param shift Lines are as long as `1 << shift` bytes of the table.
 */
export const settleCounts = (shift?: number): HelperFunction => ({
  name: 'settleCounts',
  params: [],
  result: undefined,
  body: (ir) => {
    const entry = ir.variable(ir.i32(TABLE))
    const settleUntil = (end: (at: ReturnType<typeof entry.get>) => ReturnType<typeof entry.get>): void =>
      ir.doWhile(() => {
        const at = ir.let(entry.get())
        const half = ir.let(ir.shrU(at, ir.i32(1)))
        const executions = ir.let(ir.loadRaw('i64.64', at, PROFILE - TABLE + 8))
        const settled = ir.let(ir.loadRaw('i64.64', half, SETTLED - TABLE / 2))
        ir.if(ir.op('i64.ne', executions, settled), () => {
          const place = ir.let(
            ir.loadRaw('i32.16_u', ir.shrU(at, ir.i32(2)), CLASSES - TABLE / 4 + Class.executed),
          )
          const more = ir.op('i64.sub', executions, settled)
          ir.storeRaw('i64.64', place, COUNTS, ir.op('i64.add', ir.loadRaw('i64.64', place, COUNTS), more))
          ir.storeRaw('i64.64', half, SETTLED - TABLE / 2, executions)
        })
        const next = ir.let(ir.add(at, ir.i32(16)))
        entry.set(next)
        return end(next)
      })
    if (shift === undefined) {
      settleUntil((next) => ir.ltU(next, ir.i32(TABLE + CODE_BYTES * 8)))
      return
    }
    const marks = OPEN_MARKS - (TABLE >>> shift)
    const left = ir.variable(ir.state(OPEN_COUNT))
    ir.if(left.get(), () =>
      ir.doWhile(() => {
        const index = ir.let(ir.sub(left.get(), ir.i32(1)))
        const line = ir.let(ir.loadRaw('i32.32', ir.shl(index, ir.i32(2)), OPEN_LINES))
        ir.storeRaw('i32.8', line, marks, ir.i32(0))
        markUnsaved(ir, line, shift)
        entry.set(ir.shl(line, ir.i32(shift)))
        settleUntil((next) => ir.eq(ir.shrU(next, ir.i32(shift)), line))
        left.set(index)
        return index
      }),
    )
    const executing = ir.let(ir.state(State.cacheLine))
    const isLine = ir.let(ir.ne(executing, ir.i32(-1)))
    ir.setState(OPEN_COUNT, isLine)
    ir.if(isLine, () => {
      ir.storeRaw('i32.8', executing, marks, ir.i32(1))
      ir.storeRaw('i32.32', ir.i32(0), OPEN_LINES, executing)
    })
  },
})
