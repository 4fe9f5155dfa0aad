import { describe, expect, it } from 'vitest'
import { Scheduler } from '../../../time/scheduler.ts'
import { CortexM4 } from '../../cpu.ts'
import { pipelineTiming, type TimingParameters } from '../timing.ts'

const BASE = 0x100
const BKPT = 0xbeab

interface Place {
  /** Address of the first instruction. */
  readonly at?: number
  readonly cache?: boolean
  readonly change?: Partial<TimingParameters>
}

/** Cycles from the first half-word to the BKPT behind the last, R0 = 100, R1 to R7 in RAM. */
function cycles(code: readonly number[], { at = BASE, cache = true, change = {} }: Place = {}): number {
  const scheduler = new Scheduler()
  const timing = { ...pipelineTiming, cacheMissCycles: 0, ...change }
  const cpu = new CortexM4({ bus: { read: () => 0, write: () => undefined }, scheduler, timing })
  const flash = new DataView(cpu.flash.buffer, cpu.flash.byteOffset)
  flash.setUint32(0, 0x2000_2000, true)
  flash.setUint32(4, at | 1, true)
  const memory = at < 0x2000_0000 ? flash : new DataView(cpu.ram.buffer, cpu.ram.byteOffset)
  ;[...code, BKPT, BKPT, BKPT, BKPT].forEach((one, i) => memory.setUint16((at & 0xfffff) + 2 * i, one, true))
  cpu.onSemihosting = () => cpu.requestStop('done')
  cpu.reset(0)
  cpu.setInstructionCache(cache)
  cpu.state.setRegister(0, 100)
  for (let n = 1; n < 8; n++) cpu.state.setRegister(n, 0x2000_1000 + 64 * n)
  cpu.privateBus.write(0xe000_ed88, 4, 0xf0_0000)
  const begin = scheduler.now
  cpu.execute(1_000_000)
  // The BKPT is not executed but its half-word is.
  return scheduler.now - begin
}

const NOP_W = [0xf3af, 0x8000]
const ADDS_W = [0xf112, 0x0201] // adds.w r2, r2, #1
const LDR = (t: number, n: number): number => 0x6800 | (n << 3) | t
const STR = (t: number, n: number): number => 0x6000 | (n << 3) | t
const SUBS_R0 = 0x3801
const BNE = (halfwords: number): number => 0xd100 | ((halfwords - 2) & 0xff)
const repeat = (times: number, ...code: number[]): number[] =>
  Array.from({ length: times }, () => code).flat()

describe('the pipeline, by published measurements', () => {
  it('SUBS; BNE: 3.00 cycles an iteration, at any alignment (nRF52840, RIOT PR 17980; nrfx_coredep.h)', () => {
    for (const at of [BASE, BASE + 2, BASE + 4, BASE + 6, BASE + 14])
      expect(cycles([SUBS_R0, BNE(-1)], { at })).toBe(300 - 1)
  })

  it('SUBS; BHI without the cache: 7 cycles (nRF52805 to 820, nrfx_coredep.h)', () => {
    const loop = cycles([SUBS_R0, 0xd8fd], { cache: false })
    expect(Math.round(loop / 100)).toBe(7)
  })

  it('SUBS; BNE in RAM over the system bus: 4 cycles (modm PR 642)', () => {
    expect(Math.round(cycles([SUBS_R0, BNE(-1)], { at: 0x2000_0000 }) / 100)).toBe(4)
  })

  it('17 NOP.W; SUBS.W; BNE.W, aligned: 20 cycles (jnk0le, CM3_pipetest_tmpl.S)', () => {
    const loop = [...repeat(17, ...NOP_W), 0xf1b0, 0x0001, 0xf47f, 0xafda]
    const perIteration = (cycles(loop, { at: 0x108 }) + 1) / 100
    expect(perIteration).toBeCloseTo(20, 1)
  })

  it('N loads in a row take N + 1 cycles (TRM 3.3.2)', () => {
    for (let n = 1; n < 7; n++) expect(cycles(repeat(n, LDR(2, 1)))).toBe(n + 1)
  })

  it('a store after a load is free (jnk0le), stores follow each other at once (RIOT PR 17980)', () => {
    expect(cycles([LDR(2, 1), STR(3, 4)])).toBe(2)
    expect(cycles(repeat(4, STR(3, 4)))).toBe(4)
  })

  it('an address made of the result before costs a cycle (TRM 3.3.2)', () => {
    const addr = 0x3104 // adds r1, #4
    const other = 0x3504 // adds r5, #4
    expect(cycles([addr, LDR(2, 1)]) - cycles([other, LDR(2, 1)])).toBe(1)
  })

  it('loads by a base just written back overlap like others (TRM 3.3.2; jnk0le, AES), or not (his notes)', () => {
    const post = (t: number, n: number): number[] => [0xf850 | n, (t << 12) | 0xb04] // ldr.w rt, [rn], #4
    const chain = [2, 3, 4, 5].flatMap((t) => post(t, 1))
    expect(cycles(chain)).toBe(5)
    expect(cycles(chain, { change: { loadToAddress: 1 } })).toBe(8)
    const alternating = [...post(2, 1), ...post(3, 6), ...post(4, 1), ...post(5, 6)]
    expect(cycles(alternating, { change: { loadToAddress: 1 } })).toBe(5)
  })

  it('32-bit instructions at 2 mod 4 after a multi-cycle one: three or more cost a cycle (compendium.i-0.nl)', () => {
    const after = (count: number, at: number): number =>
      cycles([0xe8b1, 0x00fc, ...repeat(count, ...ADDS_W)], { at }) - 7 - count
    expect([1, 2, 3, 4, 6].map((count) => after(count, BASE))).toEqual([0, 0, 0, 0, 0])
    expect([1, 2, 3, 4, 6].map((count) => after(count, BASE + 2) - after(0, BASE + 2))).toEqual([
      0, 0, 1, 1, 1,
    ])
  })

  it('a run of 16-bit or of single loads does not hold the prefetch unit up (jnk0le, AES key schedule)', () => {
    // Four LDR.W, EOR.W, EORS and three EOR.W at 2 mod 4.
    const loads = [2, 3, 4, 5].flatMap((t) => [0xf8d1, (t << 12) | (4 * t)])
    const eors = repeat(3, 0xea82, 0x0203)
    expect(cycles([...loads, ...[0xea82, 0x0203], 0x4072, ...eors], { at: 0x108 })).toBe(5 + 1 + 1 + 3)
  })

  it('a branch not taken in 32-bit code takes two cycles (jnk0le)', () => {
    const wide = repeat(6, ...ADDS_W)
    const beq = [0xf000, 0x8002] // beq.w over the next, never taken
    expect(cycles([...wide, ...beq, ...wide]) - cycles([...wide, ...wide])).toBe(2)
  })

  it('a branch to a 32-bit instruction at 2 mod 4 costs a cycle (compendium.i-0.nl)', () => {
    // b over one or two half-words to adds.w
    const aligned = cycles([0xe000, 0xbf00, ...ADDS_W])
    const unaligned = cycles([0xe001, 0xbf00, 0xbf00, ...ADDS_W])
    expect(unaligned - aligned).toBe(1)
  })

  it('an IT folds onto a 16-bit instruction only (TRM table 3-1, note d)', () => {
    const it = [0xbf18, 0x2201] // it ne; movne r2, #1
    expect(cycles([0x2800, ...it])).toBe(2)
    expect(cycles([0xf1b0, 0x0f00, ...it])).toBe(3)
  })
})
