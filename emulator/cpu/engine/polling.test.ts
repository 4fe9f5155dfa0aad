import { describe, expect, it } from 'vitest'
import { Scheduler } from '../../time/scheduler.ts'
import { CortexM4 } from '../cpu.ts'

/** A register at 0x40000000 that becomes 1 at cycle `due`. */
function polling(code: readonly number[], due: number, steady: boolean) {
  const scheduler = new Scheduler()
  let value = 0
  let reads = 0
  const cpu = new CortexM4({
    bus: {
      read: () => {
        reads += 1
        return value
      },
      write: () => undefined,
      isSteady: () => steady,
    },
    scheduler,
    profile: true,
  })
  const halfwords = [0x0000, 0x2000, 0x0009, 0x0000, ...code]
  halfwords.forEach((one, i) =>
    new DataView(cpu.flash.buffer, cpu.flash.byteOffset).setUint16(2 * i, one, true),
  )
  scheduler.at(due, 'register', () => (value = 1))
  cpu.onSemihosting = () => cpu.requestStop('done')
  cpu.reset(0)
  cpu.execute(due + 1000)
  const counts = [...cpu.core.profile.slice(0, 64)]
  return {
    now: scheduler.now,
    instructions: cpu.state.instructions,
    counts,
    reads,
    r2: cpu.state.register(2),
  }
}

// movs r1, #1; lsls r1, #30; ldr r0, [r1]; cmp r0, #0; beq .-4; bkpt 0xab
const simple = [0x2101, 0x0789, 0x6808, 0x2800, 0xd0fc, 0xbeab]
// the same, counting its iterations in r2: movs r2, #0; movs r1, #1; lsls r1, #30; adds r2, #1; ldr; cmp; beq; bkpt
const counting = [0x2200, 0x2101, 0x0789, 0x3201, 0x6808, 0x2800, 0xd0fb, 0xbeab]

describe('a polling loop', () => {
  for (let due = 100_000; due < 100_012; due++)
    it(`ends as if executed when the register changes at ${due}`, () => {
      const executed = polling(simple, due, false)
      const skipped = polling(simple, due, true)
      expect({ ...skipped, reads: 0 }).toEqual({ ...executed, reads: 0 })
      expect(executed.reads).toBeGreaterThan(10_000)
      expect(skipped.reads).toBeLessThan(20)
    })

  it('is executed when its state changes from one iteration to the next', () => {
    const executed = polling(counting, 50_000, false)
    expect(polling(counting, 50_000, true)).toEqual(executed)
    expect(executed.r2).toBeGreaterThan(5000)
  })
})
