import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { pipelineTiming } from '../../emulator/cpu/timing/timing.ts'
import { summarize } from '../../emulator/power/summary.ts'
import { compile } from '../cli/firmware.ts'
import { start, type Running } from './start.ts'

const scenarios = [
  'rtc',
  'rtc, constant latency',
  'timer',
  'SEVONPEND',
  'no SEVONPEND',
  'SEV',
  'SLEEPONEXIT',
  'masked',
  'off',
  'watchdog paused',
  'watchdog awake',
] as const

const MICROSECOND = 64
const SECOND = 64_000_000
const RTC0 = 1 << 11
/** Cortex-M4 TRM 3.9.1. */
const EXCEPTION_ENTRY = 12
/** nRF52840 PS 5.3, device start-up times: tIDLE2CPU and tOFF2ON. */
const IDLE_TO_CPU = 3 * MICROSECOND
const OFF_TO_ON = 16.5 * MICROSECOND

const zeroWaitStates = { ...pipelineTiming, flashReadWait: 0, flashFetchWait: 0, cacheMissCycles: 0 }

let elf = ''
beforeAll(() => {
  elf = compile('sleep', readFileSync(join(import.meta.dirname, 'firmware', 'sleep.c'), 'utf8'), '-O1 -g')
})

async function startAs(scenario: (typeof scenarios)[number]): Promise<Running> {
  const running = await start(elf, { timing: zeroWaitStates })
  const { ram } = running.machine.cpu
  new DataView(ram.buffer, ram.byteOffset).setUint32(
    running.address('scenario') - 0x2000_0000,
    scenarios.indexOf(scenario),
    true,
  )
  return running
}

/** Cycles from the event that raises an interrupt line to the first instruction of the handler. */
async function latency(scenario: (typeof scenarios)[number]): Promise<{ first: number; running: Running }> {
  const running = await startAs(scenario)
  const { machine } = running
  let raised = 0
  let first: number | undefined
  const setInterruptLine = machine.cpu.setInterruptLine.bind(machine.cpu)
  machine.cpu.setInterruptLine = (irq, level) => {
    if (level) raised = machine.chip.context.time.now
    setInterruptLine(irq, level)
  }
  machine.addProbe(running.address('handler'), () => (first ??= machine.now - raised))
  expect(running.run()).toEqual({ kind: 'exit', code: 0 })
  return { first: first ?? Infinity, running }
}

describe('waking', () => {
  it('from System ON idle takes tIDLE2CPU before the exception entry; SLEEPENTER and SLEEPEXIT tell of it', async () => {
    const { first, running } = await latency('rtc')
    expect(first).toBe(IDLE_TO_CPU + EXCEPTION_ENTRY)
    expect([running.word('seen', 0), running.word('seen', 1)]).toEqual([1, 1])
  })

  it.each(['rtc, constant latency', 'timer'] as const)(
    'takes no more than the entry with the clock running: %s',
    async (scenario) => {
      expect((await latency(scenario)).first).toBe(EXCEPTION_ENTRY)
    },
  )

  it('happens when WFI meets PRIMASK, without the handler; ARMv7-M ARM B1.5.19', async () => {
    const running = await startAs('masked')
    expect(running.run()).toEqual({ kind: 'exit', code: 0 })
    expect([running.word('seen', 0), running.word('seen', 1)]).toEqual([0, 1])
  })
})

describe('WFE', () => {
  it('wakes with SEVONPEND when a disabled interrupt becomes pending, and leaves it so', async () => {
    const running = await startAs('SEVONPEND')
    expect(running.run()).toEqual({ kind: 'exit', code: 0 })
    expect(running.word('seen', 0)).toBe(0)
    expect(running.word('seen', 1)).toBe(RTC0)
    expect(running.word('seen', 2)).toBe(10)
  })

  it('sleeps through the same without SEVONPEND, until an enabled interrupt 1 ms after the start', async () => {
    const running = await startAs('no SEVONPEND')
    expect(running.run()).toEqual({ kind: 'exit', code: 0 })
    expect(running.word('seen', 0)).toBe(1)
    expect(running.word('seen', 1)).toBe(RTC0)
    expect(running.word('seen', 2)).toBeGreaterThan(11)
  })

  it('falls through once after SEV, and sleeps the second time', async () => {
    const running = await startAs('SEV')
    expect(running.run()).toEqual({ kind: 'exit', code: 0 })
    expect(running.word('seen', 0)).toBeLessThan(3)
    expect(running.word('seen', 1)).toBe(10)
  })
})

it('SLEEPONEXIT keeps Thread mode from running until a handler clears it', async () => {
  const running = await startAs('SLEEPONEXIT')
  expect(running.run()).toEqual({ kind: 'exit', code: 0 })
  expect(running.word('seen', 0)).toBe(3)
})

describe('System OFF', () => {
  it('ends with a reset in tOFF2ON when GPIO senses; what is retained is there, and nothing else', async () => {
    const running = await startAs('off')
    const { machine } = running
    expect(running.run()).toEqual({ kind: 'asleep-for-ever' })
    expect(machine.chip.isOff).toBe(true)
    const off = machine.now
    const before = summarize(machine.ledger, off).chip.chargeMicrocoulombs
    const pressed = off + 10 * SECOND
    machine.scheduler.at(pressed, 'button', () => machine.chip.gpio.drive(11, true))
    machine.scheduler.at(pressed + 100, 'button bounces', () => machine.chip.gpio.drive(11, false))
    machine.scheduler.at(pressed + 200, 'button again', () => machine.chip.gpio.drive(11, true))
    let on: number | undefined
    machine.addProbe(running.address('reset'), () => (on ??= machine.now))
    // The scenario is kept by nothing: .bss lost its supply.
    machine.addProbe(running.address('reset'), () =>
      machine.cpu.writeMemory(running.address('scenario'), 4, 8),
    )
    expect(running.run(pressed + SECOND)).toEqual({ kind: 'exit', code: 0 })
    expect(on).toBe(pressed + OFF_TO_ON)
    expect(running.word('seen', 0)).toBe(1 << 16)
    expect(running.word('seen', 1)).toBe(0x5a)
    expect(running.word('seen', 2)).toBe(0x600d_f00d)
    expect(running.word('seen', 3)).toBe(0xffff_ffff)
    expect(running.word('seen', 4)).toBe(0)
    // 0.40 uA and 4 of 256 kB of the 1.46 uA that all of RAM takes, for ten seconds.
    const drawn = summarize(machine.ledger, machine.now).parts.find(({ part }) => part === 'POWER')
    expect(drawn?.states.find(({ state }) => state === 'systemOff')?.cycles).toBe(10 * SECOND + OFF_TO_ON)
    const charge = summarize(machine.ledger, machine.now).chip.chargeMicrocoulombs - before
    expect(charge).toBeGreaterThan(10 * (0.4 + (1.46 * 4) / 256))
    expect(charge).toBeLessThan(10 * (0.4 + (1.46 * 4) / 256) + 0.2)
  })
})

describe('the watchdog', () => {
  it('stands still while the processor sleeps, where CONFIG says so', async () => {
    const running = await startAs('watchdog paused')
    expect(running.run()).toEqual({ kind: 'exit', code: 0 })
    expect([running.word('seen', 0), running.word('seen', 1)]).toEqual([0, 1])
  })

  it('else resets it in its sleep', async () => {
    const running = await startAs('watchdog awake')
    expect(running.run()).toEqual({ kind: 'exit', code: 0 })
    expect(running.word('seen', 0)).toBe(1 << 1)
  })
})
