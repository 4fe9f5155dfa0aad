import { describe, expect, it } from 'vitest'
import { createTestBench } from './testing.ts'

const WDT = 0x4001_0000
const TIMEOUT = WDT + 0x100
const CRV = WDT + 0x504
const CONFIG = WDT + 0x50c
const LFCLKSTAT = 0x4000_0418
const TICK = 15625 / 8

const bench = (config: number) => {
  const resets: number[] = []
  const made = createTestBench({ onResetRequest: () => void resets.push(made.scheduler.now) })
  const { write } = made
  write(CRV, 32_767)
  write(CONFIG, config)
  write(WDT, 1)
  return { ...made, resets }
}

describe('WDT and sleep', () => {
  it('starts the low-frequency clock', () => {
    const { read, run } = bench(1)
    run(64_000)
    expect(read(LFCLKSTAT) >>> 16).toBe(1)
  })

  it('runs on while the processor sleeps, as it does after reset', () => {
    const { chip, run, runUntil, resets } = bench(1)
    chip.processorSleeps(true)
    expect(runUntil(TIMEOUT)).toBe(64_000_000)
    run(70_000_000)
    expect(resets).toEqual([64_000_000 + Math.ceil(2 * TICK)])
  })

  it('stands still with CONFIG.SLEEP = 0', () => {
    const { chip, run, runUntil } = bench(0)
    run(10_000_000)
    chip.processorSleeps(true)
    run(500_000_000)
    chip.processorSleeps(false)
    expect(runUntil(TIMEOUT)).toBe(500_000_000 + 54_000_000)
  })
})
