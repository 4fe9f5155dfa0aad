import { describe, expect, it } from 'vitest'
import { Scheduler } from '../../time/scheduler.ts'
import { CortexM4 } from '../cpu.ts'
import { RAM_BASE } from '../layout.ts'
import { oneCycleTiming } from '../timing/timing.ts'
import { Reg } from '../exceptions/exception-test-bench.ts'

const USER = 0x100
const KERNEL = 0x2000
const READ_ONLY = 6
const FULL = 3

/**
 * An operating system under PRIVDEFENA: flash below 4 kB and RAM are the application's, what is above is the system's.
 * The application does R4 system calls, then `last`.
 */
function system(last: number) {
  const scheduler = new Scheduler()
  const cpu = new CortexM4({
    bus: { read: () => 0, write: () => undefined },
    scheduler,
    timing: oneCycleTiming,
  })
  const put = (offset: number, halfwords: readonly number[]): void => {
    const view = new DataView(cpu.flash.buffer, cpu.flash.byteOffset)
    halfwords.forEach((one, i) => view.setUint16(offset + 2 * i, one, true))
  }
  const word = (value: number): number[] => [value & 0xffff, value >>> 16]
  put(0, [...word(RAM_BASE + 0x1000), ...word(USER | 1)])
  put(4 * 4, word((KERNEL + 0x100) | 1)) // MemManage
  put(4 * 11, word(KERNEL | 1)) // SVCall
  // movs r0, 1; msr CONTROL, r0; isb; svc 0; subs r4, 1; bne svc; last
  put(USER, [0x2001, 0xf380, 0x8814, 0xf3bf, 0x8f6f, 0xdf00, 0x3c01, 0xd1fc, last])
  put(KERNEL, [0x3501, 0x3601, 0x4770]) // adds r5, 1; adds r6, 1; bx lr
  put(KERNEL + 0x100, [0xbeab])
  cpu.onSemihosting = () => cpu.requestStop('done')
  cpu.reset(0)
  const region = (n: number, base: number, log2: number, permission: number): void => {
    cpu.privateBus.write(Reg.MPU_RBAR, 4, base | 0x10 | n)
    cpu.privateBus.write(Reg.MPU_RASR, 4, (permission << 24) | ((log2 - 1) << 1) | 1)
  }
  region(0, 0, 12, READ_ONLY)
  region(1, RAM_BASE, 18, FULL)
  cpu.privateBus.write(Reg.MPU_CTRL, 4, 5)
  cpu.privateBus.write(Reg.SHCSR, 4, 0x1_0000)
  cpu.state.setRegister(7, KERNEL | 1)
  const decoded: number[] = []
  cpu.core.decoder.onDecoded = (address) => decoded.push(address)
  const run = (calls: number): void => {
    cpu.state.setRegister(4, calls)
    while (cpu.execute(scheduler.now + 1e6).kind !== 'requested');
  }
  return { cpu, scheduler, decoded, run }
}

const BKPT = 0xbeab
const BX_R7 = 0x4738

describe('code of a system and its application', () => {
  it('is decoded once, however often the privilege changes', () => {
    const once = system(BKPT)
    once.run(2)
    const often = system(BKPT)
    often.run(500)
    expect(often.cpu.state.register(5)).toBe(500)
    expect(often.decoded.length).toBe(once.decoded.length)
    expect(new Set(often.decoded).size).toBeGreaterThan(8)
  })

  it('stays decoded while the unit is off for a moment, as where regions are exchanged', () => {
    const { cpu, decoded, run } = system(BKPT)
    run(2)
    const before = decoded.length
    for (const control of [0, 5, 0, 5]) cpu.privateBus.write(Reg.MPU_CTRL, 4, control, true)
    cpu.state.pc = USER
    run(3)
    expect(cpu.state.register(5)).toBe(5)
    expect(decoded.length).toBe(before)
  })

  it('of the system faults in the application, decoded before or not', () => {
    for (const calls of [1, 50]) {
      const { cpu, run } = system(BX_R7)
      run(calls)
      expect(cpu.exceptions.status.cfsr).toBe(1) // IACCVIOL
      expect(cpu.exceptions.activeException).toBe(4)
      expect(cpu.state.register(5)).toBe(calls)
    }
  })

  it('goes on the same out of a snapshot of either mode', () => {
    const whole = system(BX_R7)
    whole.run(20)
    for (const cycles of [40, 57, 60, 90]) {
      const one = system(BX_R7)
      one.cpu.state.setRegister(4, 20)
      one.cpu.execute(cycles)
      const other = system(BX_R7)
      const [cpu, time] = [one.cpu.save(), one.scheduler.save()]
      other.scheduler.restore(time)
      other.cpu.restore(cpu)
      while (other.cpu.execute(other.scheduler.now + 1e6).kind !== 'requested');
      expect([other.cpu.state.register(5), other.scheduler.now]).toEqual([20, whole.scheduler.now])
      expect(other.cpu.exceptions.status.cfsr).toBe(1)
    }
  })
})
