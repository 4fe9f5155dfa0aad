import { describe, expect, it } from 'vitest'
import { Scheduler } from '../../time/scheduler.ts'
import { CortexM4 } from '../cpu.ts'

const LOOP = 0x40
const END = 0x60
const COUNT = 100

/** SUBS; ten NOPs over three lines; BNE; BKPT. */
function looping() {
  const scheduler = new Scheduler()
  const cpu = new CortexM4({ bus: { read: () => 0, write: () => undefined }, scheduler })
  const code = new DataView(cpu.flash.buffer, cpu.flash.byteOffset)
  code.setUint32(0, 0x2000_1000, true)
  code.setUint32(4, LOOP | 1, true)
  for (let at = LOOP; at < END; at += 2) code.setUint16(at, 0xbf00, true)
  code.setUint16(LOOP, 0x3801, true)
  code.setUint16(END, 0xd100 | (((LOOP - END - 4) >> 1) & 0xff), true)
  code.setUint16(END + 2, 0xbeab, true)
  cpu.onSemihosting = () => cpu.requestStop('done')
  cpu.reset(0)
  return {
    cpu,
    code,
    /** Cycles of a hundred iterations. */
    run: (cacheOn: boolean): number => {
      cpu.setInstructionCache(cacheOn)
      cpu.state.pc = LOOP
      cpu.state.setRegister(0, COUNT)
      const begin = scheduler.now
      cpu.execute(begin + 1_000_000)
      return scheduler.now - begin
    },
  }
}

describe('code with the instruction cache off, on and off again', () => {
  it('takes each time what it takes where the cache was never switched', () => {
    const never = looping().run(false)
    const always = looping()
    always.run(true)
    const warm = always.run(true)
    expect(never).toBeGreaterThan(warm)

    const { run } = looping()
    expect(run(false)).toBe(never)
    run(true)
    expect(run(true)).toBe(warm)
    expect(run(false)).toBe(never)
    run(true)
    expect(run(true)).toBe(warm)
  })

  it('is decoded anew in both ways when it changes in between', () => {
    const { cpu, code, run } = looping()
    const before = [run(false), run(true), run(true)]
    // UDIV R3, R0, R0 in place of two NOPs
    code.setUint16(LOOP + 8, 0xfbb0, true)
    code.setUint16(LOOP + 10, 0xf3f0, true)
    cpu.invalidateCode(LOOP + 8, 4)
    const after = [run(false), run(true), run(true)]
    const fresh = looping()
    fresh.code.setUint16(LOOP + 8, 0xfbb0, true)
    fresh.code.setUint16(LOOP + 10, 0xf3f0, true)
    expect(after).toEqual([fresh.run(false), fresh.run(true), fresh.run(true)])
    expect(after).not.toEqual(before)
  })

  it('calls probes in both ways, set while either was in force', () => {
    const { cpu, run } = looping()
    run(true)
    run(false)
    let calls = 0
    cpu.addProbe(END, () => (calls += 1))
    run(false)
    expect(calls).toBe(COUNT)
    run(true)
    expect(calls).toBe(2 * COUNT)
  })
})
