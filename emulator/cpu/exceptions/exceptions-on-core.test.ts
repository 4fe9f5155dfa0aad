import { describe, expect, it } from 'vitest'
import { Scheduler } from '../../time/scheduler.ts'
import { BusError } from '../bus.ts'
import { CortexM4 } from '../cpu.ts'
import { Reg } from './exception-test-bench.ts'
import { RAM_BASE } from '../layout.ts'

const nowhere = (address: number): never => {
  throw new BusError(address)
}

/** The whole processor with half-words of code: the thread at 0x200, the handler of every exception at 0x400. */
function processor(thread: readonly number[], handler: readonly number[]) {
  const scheduler = new Scheduler()
  const cpu = new CortexM4({ bus: { read: nowhere, write: nowhere }, scheduler })
  const view = new DataView(cpu.flash.buffer, cpu.flash.byteOffset)
  view.setUint32(0, RAM_BASE + 0x1000, true)
  view.setUint32(4, 0x201, true)
  for (let n = 2; n < 64; n++) view.setUint32(4 * n, 0x401, true)
  thread.forEach((half, n) => view.setUint16(0x200 + 2 * n, half, true))
  handler.forEach((half, n) => view.setUint16(0x400 + 2 * n, half, true))
  cpu.reset(0)
  cpu.privateBus.write(Reg.ISER0, 4, 0xffff_ffff)
  cpu.privateBus.write(Reg.CPACR, 4, 0x00f0_0000)
  return { cpu, scheduler, state: cpu.state }
}

/** Pulses interrupt 0 again and again, `period` cycles apart. */
function pulse(cpu: CortexM4, scheduler: Scheduler, period: number): void {
  const again = (): void => {
    cpu.setInterruptLine(0, true)
    cpu.setInterruptLine(0, false)
    scheduler.at(scheduler.now + period, 'pulse', again)
  }
  scheduler.at(period, 'pulse', again)
}

const ADDS_R6_1 = 0x3601
const BX_LR = 0x4770
const WFI = 0xbf30
const branch = (halfWords: number): number => 0xe000 | ((halfWords - 2) & 0x7ff)

describe('interrupts on the running processor', () => {
  it('takes an interrupt at the first boundary after its cycle, 12 cycles before the handler', () => {
    // ADDS r0, #1 is one cycle, so at most the branch delays the interrupt.
    for (let at = 50; at < 60; at++) {
      const { cpu, scheduler } = processor([0x3001, branch(-1)], [ADDS_R6_1, BX_LR])
      const entries: number[] = []
      cpu.exceptions.onEntry = (_, cycle) => entries.push(cycle)
      scheduler.at(at, 'interrupt', () => {
        cpu.setInterruptLine(0, true)
        cpu.setInterruptLine(0, false)
      })
      cpu.execute(1000)
      expect(cpu.state.register(6)).toBe(1)
      expect(entries).toHaveLength(1)
      expect(entries[0]! - at).toBeGreaterThanOrEqual(12)
      expect(entries[0]! - at).toBeLessThan(12 + 4)
    }
  })

  it('gives the thread its floating-point registers back, whatever the handler does', () => {
    // VADD.F32 s0, s0, s1; ADDS r0, #1; handler: VSUB.F32 s0, s0, s0; VSUB.F32 s1, s1, s1.
    const handler = [ADDS_R6_1, 0xee30, 0x0a40, 0xee70, 0x0ae0, BX_LR]
    for (const fpccr of [0xc000_0000, 0x8000_0000]) {
      const { cpu, scheduler, state } = processor([0xee30, 0x0a20, 0x3001, branch(-3)], handler)
      cpu.privateBus.write(Reg.FPCCR, 4, fpccr)
      state.setSingle(1, 0x3f80_0000)
      pulse(cpu, scheduler, 211)
      cpu.execute(50_000)
      while (cpu.state.pc >= 0x400) cpu.execute(scheduler.now + 1)
      const float = new Float32Array(Int32Array.of(state.single(0)).buffer)[0]!
      expect(state.register(6)).toBeGreaterThan(200)
      if (cpu.exceptions.activeException === 0)
        expect(Math.abs(float - state.register(0))).toBeLessThanOrEqual(1)
    }
  })

  it('keeps ITSTATE across interrupts inside an IT block', () => {
    // CMP r2, #0; ITTT NE; ADDNE r0, #1; ADDNE r3, #1; ADDNE r5, #1; ADDS r4, #1; B
    const code = [0x2a00, 0xbf1e, 0x3001, 0x3301, 0x3501, 0x3401, branch(-6)]
    for (const period of [61, 67, 71, 73]) {
      const { cpu, scheduler, state } = processor(code, [ADDS_R6_1, 0x2e01, BX_LR])
      pulse(cpu, scheduler, period)
      cpu.execute(20_000)
      expect(state.register(6)).toBeGreaterThan(200)
      expect(state.register(4)).toBeGreaterThan(100)
      expect([0, 3, 5].map((n) => state.register(n))).toEqual([0, 0, 0])
    }
  })

  it('sleeps in WFI until the interrupt, and CYCCNT does not count meanwhile', () => {
    const { cpu, scheduler, state } = processor([WFI, 0x3001, branch(-2)], [ADDS_R6_1, BX_LR])
    cpu.privateBus.write(Reg.DEMCR, 4, 1 << 24)
    cpu.privateBus.write(Reg.DWT_CTRL, 4, 1)
    scheduler.at(10_000, 'interrupt', () => {
      cpu.setInterruptLine(0, true)
      cpu.setInterruptLine(0, false)
    })
    // Back in WFI, nothing is scheduled that could wake it.
    expect(cpu.execute(20_000)).toEqual({ kind: 'asleepForEver' })
    expect([0, 6].map((n) => state.register(n))).toEqual([1, 1])
    expect(cpu.privateBus.read(Reg.DWT_CYCCNT, 4)).toBeLessThan(100)
    expect(cpu.sleepCycles).toBeGreaterThan(9_900)
    expect(scheduler.now).toBeLessThan(10_100)
  })

  it('ticks SysTick exactly, at any instruction the counter runs out in', () => {
    const { cpu, state } = processor([0x3001, branch(-1)], [ADDS_R6_1, BX_LR])
    cpu.privateBus.write(Reg.SYST_RVR, 4, 999)
    cpu.privateBus.write(Reg.SYST_CVR, 4, 0)
    cpu.privateBus.write(Reg.SYST_CSR, 4, 7)
    cpu.execute(100_500)
    expect(state.register(6)).toBe(100)
  })
})

describe('faults on the running processor', () => {
  it('takes MemManage for a store into a region closed by the MPU, and the rest of RAM stays usable', () => {
    // STR r0, [r1]; STR r0, [r2]; B .
    const { cpu, state } = processor([0x6010, 0x6008, branch(0)], [branch(0)])
    state.setRegister(0, 42)
    state.setRegister(1, RAM_BASE + 0x400)
    state.setRegister(2, RAM_BASE + 0x100)
    cpu.privateBus.write(Reg.SHCSR, 4, 0x0007_0000)
    cpu.privateBus.write(Reg.MPU_RBAR, 4, (RAM_BASE + 0x400) | 0x10)
    cpu.privateBus.write(Reg.MPU_RASR, 4, 0x0000_0009)
    cpu.privateBus.write(Reg.MPU_CTRL, 4, 5)
    cpu.execute(200)
    expect(cpu.readMemory(RAM_BASE + 0x100, 4)).toBe(42)
    expect(cpu.readMemory(RAM_BASE + 0x400, 4)).toBe(0)
    expect(cpu.exceptions.activeException).toBe(4)
    expect(cpu.exceptions.status.cfsr).toBe(0x82)
    expect(cpu.exceptions.status.mmfar).toBe(RAM_BASE + 0x400)
    expect(cpu.readMemory(RAM_BASE + 0x1000 - 8, 4)).toBe(0x202)
  })

  it('locks up on an undefined instruction in HardFault', () => {
    const { cpu } = processor([0xde00], [0xde00])
    expect(cpu.execute(1000)).toMatchObject({ kind: 'lockup' })
    expect(cpu.state.pc).toBe(0x400)
  })

  it('SVC returns to the next instruction', () => {
    // SVC 0; ADDS r0, #1; B .
    const { cpu, state } = processor([0xdf00, 0x3001, branch(0)], [ADDS_R6_1, BX_LR])
    cpu.execute(200)
    expect([0, 6].map((n) => state.register(n))).toEqual([1, 1])
  })
})
