import { describe, expect, it } from 'vitest'
import { Scheduler } from '../../time/scheduler.ts'
import { CortexM4 } from '../cpu.ts'
import { cacheGeometry } from './instruction-cache.ts'
import { pipelineTiming, type TimingParameters } from './timing.ts'

const ROUNDS = 10

function processor(at: number, code: readonly number[], change: Partial<TimingParameters> = {}) {
  const scheduler = new Scheduler()
  const timing = { ...pipelineTiming, ...change }
  const cpu = new CortexM4({ bus: { read: () => 0, write: () => undefined }, scheduler, timing })
  const flash = new DataView(cpu.flash.buffer, cpu.flash.byteOffset)
  flash.setUint32(0, 0x2000_1000, true)
  flash.setUint32(4, at | 1, true)
  code.forEach((one, i) => flash.setUint16(at + 2 * i, one, true))
  cpu.onSemihosting = () => cpu.requestStop('done')
  cpu.reset(0)
  return { cpu, scheduler, flash }
}

/** `lines` branches, each a cache's size after the one before, in a loop of ten rounds. */
function conflicting(lines: number, enabled: boolean, cacheWays = 2) {
  const { cpu, scheduler, flash: code } = processor(0x10, [], { cacheWays })
  const stride = pipelineTiming.cacheBytes / cacheWays
  const put = (address: number, ...halfwords: number[]): void =>
    halfwords.forEach((one, i) => code.setUint16(address + 2 * i, one, true))
  /** B.W */
  const branch = (from: number, to: number): number[] => {
    const offset = to - from - 4
    const sign = offset < 0 ? 1 : 0
    const j = (bit: number): number => 1 ^ sign ^ ((offset >> bit) & 1)
    return [
      0xf000 | (sign << 10) | ((offset >> 12) & 0x3ff),
      0x9000 | (j(23) << 13) | (j(22) << 11) | ((offset >> 1) & 0x7ff),
    ]
  }
  put(0x10, 0x200a, 0xbf00, ...branch(0x14, 0x20)) // movs r0, #10; nop; b 0x20
  for (let i = 0; i < lines; i++) {
    const at = 0x20 + i * stride
    const last = i === lines - 1
    if (last)
      put(at, 0x3801, 0xd000 | 0x02, ...branch(at + 4, 0x20), 0xbeab) // subs; beq +; b 0x20; bkpt
    else put(at, ...branch(at, at + stride))
  }
  cpu.setInstructionCache(enabled, true)
  cpu.execute(1_000_000)
  const { hits, misses } = cpu.cacheCounters
  return { hits, misses, cycles: scheduler.now }
}

describe('the instruction cache', () => {
  it('holds as many conflicting lines as it has ways', () => {
    const { misses } = conflicting(2, true)
    // the first line, and the two of the loop, once each
    expect(misses).toBe(3)
    expect(conflicting(1, true, 1).misses).toBe(2)
    expect(conflicting(2, true, 1).misses).toBe(1 + 2 * ROUNDS)
  })

  it('misses every time when one line more than its ways conflicts, each for its cycles', () => {
    const fits = conflicting(2, true)
    const thrashes = conflicting(3, true)
    expect(thrashes.misses).toBe(1 + 3 * ROUNDS)
    const extraBranches = ROUNDS * 2
    expect(thrashes.cycles - fits.cycles).toBe(
      extraBranches + (thrashes.misses - fits.misses) * pipelineTiming.cacheMissCycles,
    )
  })

  it('hides what the prefetch unit looks ahead of a line entered from above, not of a branch target', () => {
    const NOP = 0xbf00
    const inLines = (lines: number, ...first: number[]): number[] => [
      ...first,
      ...new Array<number>(8 * lines - first.length).fill(NOP),
      0xbeab,
    ]
    const cycles = (code: readonly number[], cacheMissAhead: number): number => {
      const { cpu, scheduler } = processor(0x20, code, { cacheMissAhead })
      cpu.setInstructionCache(true)
      cpu.execute(1000)
      return scheduler.now
    }
    const hidden = (code: readonly number[], ahead: number): number => cycles(code, 0) - cycles(code, ahead)
    // eight lines and the BKPT's; into the first leads a reset
    expect(hidden(inLines(8), 2)).toBe(2 * 8)
    // B to the third line
    expect(hidden(inLines(8, 0xe000 | 14), 2)).toBe(2 * 6)
    expect(hidden(inLines(8), 9)).toBe(pipelineTiming.cacheMissCycles * 8)
  })

  it('counts nothing while it is off, and fetches wait', () => {
    const off = conflicting(2, false)
    expect(off).toMatchObject({ hits: 0, misses: 0 })
    expect(off.cycles).toBeGreaterThan(conflicting(2, true).cycles)
  })

  it('counts the words fetched, those beyond a taken branch too, while profiling is on', () => {
    const COUNT = 100
    const run = (profiling: boolean) => {
      const { cpu } = processor(0x20, [0x2000 | COUNT, 0xbf00, 0x3801, 0xd1fd, 0xbeab]) // movs; nop; subs; bne; bkpt
      cpu.setInstructionCache(true, profiling)
      cpu.execute(1_000_000)
      return cpu.cacheCounters
    }
    // A word for MOVS and NOP, one an iteration for the loop, one for the BKPT. A branch finds the two words behind
    // it asked for: one while SUBS executes and one when it landed; in the cycle of the branch its target has the bus.
    expect(run(true)).toMatchObject({ misses: 1, hits: 1 + COUNT + 1 + 2 * (COUNT - 1) - 1 })
    expect(run(false)).toMatchObject({ misses: 0, hits: 0 })
  })

  it.each([
    [{ cacheBytes: 3000 }, 'cacheBytes'],
    [{ cacheWays: 3 }, 'cacheWays'],
    [{ cacheLineBytes: 10 }, 'cacheLineBytes'],
    [{ cacheBytes: 2 ** 30 }, 'cacheBytes'],
  ])('refuses %o', (change, name) => {
    expect(() => cacheGeometry({ ...pipelineTiming, ...change })).toThrow(name)
  })
})
