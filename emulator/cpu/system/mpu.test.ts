import { describe, expect, it, vi } from 'vitest'
import { Reg, STACK_TOP, TestBench } from '../exceptions/exception-test-bench.ts'
import { FLASH_BYTES, RAM_BASE, RAM_BYTES, State } from '../layout.ts'

const FULL = 3
const PRIVILEGED = 1
const READ_ONLY = 6
const XN = 1 << 28

/** Puts a region in place as CMSIS does: RNR in RBAR, then RASR. */
function region(bench: TestBench, n: number, base: number, log2: number, permission: number, more = 0): void {
  bench.bus.write(Reg.MPU_RBAR, 4, base | 0x10 | n)
  bench.bus.write(Reg.MPU_RASR, 4, (permission << 24) | ((log2 - 1) << 1) | 1 | more)
}

const enable = (bench: TestBench, control = 5): void => bench.bus.write(Reg.MPU_CTRL, 4, control)
const limits = (bench: TestBench, which: number): number[] =>
  [0, 4, 8].map((n) => bench.state.word(which + n))
const allowed = (
  bench: TestBench,
  address: number,
  kind: 'read' | 'write' | 'execute',
  privileged = true,
): boolean => bench.exceptions.check(address, 4, kind, privileged)

describe('MPU, B3.5', () => {
  it('allows all but execution of peripherals when it is off', () => {
    const bench = new TestBench()
    expect(allowed(bench, 0x4000_0000, 'write', false)).toBe(true)
    expect([0x4000_0000, 0xa000_0000, 0xe000_e000].some((at) => allowed(bench, at, 'execute'))).toBe(false)
    expect([0, 0x2000_0000, 0x6000_0000, 0x9000_0000].every((at) => allowed(bench, at, 'execute'))).toBe(true)
    expect(limits(bench, State.ramWriteLimits)).toEqual([RAM_BYTES, RAM_BYTES / 2, RAM_BYTES / 4])
    expect(limits(bench, State.flashReadLimits)).toEqual([FLASH_BYTES, FLASH_BYTES / 2, FLASH_BYTES / 4])
  })

  // AP, privileged read and write, unprivileged read and write; table B3-15.
  it.each([
    [0, false, false, false, false],
    [1, true, true, false, false],
    [2, true, true, true, false],
    [3, true, true, true, true],
    [5, true, false, false, false],
    [6, true, false, true, false],
    [7, true, false, true, false],
  ])('AP %i', (permission, privilegedRead, privilegedWrite, read, write) => {
    const bench = new TestBench()
    region(bench, 0, RAM_BASE, 18, permission)
    enable(bench, 1)
    expect(allowed(bench, RAM_BASE, 'read', true)).toBe(privilegedRead)
    expect(allowed(bench, RAM_BASE, 'write', true)).toBe(privilegedWrite)
    expect(allowed(bench, RAM_BASE, 'read', false)).toBe(read)
    expect(allowed(bench, RAM_BASE, 'write', false)).toBe(write)
    expect(allowed(bench, RAM_BASE, 'execute', false)).toBe(read)
  })

  it('falls back to the default map for privileged code only, under PRIVDEFENA', () => {
    const bench = new TestBench()
    enable(bench, 1)
    expect(allowed(bench, RAM_BASE, 'read')).toBe(false)
    enable(bench, 5)
    expect(allowed(bench, RAM_BASE, 'write')).toBe(true)
    expect(allowed(bench, RAM_BASE, 'read', false)).toBe(false)
    expect(allowed(bench, 0x4000_0000, 'execute')).toBe(false)
  })

  it('lets the highest region number win where regions overlap', () => {
    const bench = new TestBench()
    region(bench, 0, RAM_BASE, 18, FULL)
    region(bench, 5, RAM_BASE + 0x400, 10, READ_ONLY)
    enable(bench)
    expect(allowed(bench, RAM_BASE + 0x3fc, 'write')).toBe(true)
    expect(allowed(bench, RAM_BASE + 0x400, 'write')).toBe(false)
    expect(allowed(bench, RAM_BASE + 0x7ff, 'write')).toBe(false)
    expect(allowed(bench, RAM_BASE + 0x800, 'write')).toBe(true)
    expect(bench.exceptions.check(RAM_BASE + 0x3fe, 4, 'write')).toBe(false)
  })

  it('leaves out disabled subregions, an eighth each', () => {
    const bench = new TestBench()
    region(bench, 0, RAM_BASE, 10, 0, 0b0000_0110 << 8)
    enable(bench)
    const writable = Array.from({ length: 8 }, (_, n) => allowed(bench, RAM_BASE + 0x80 * n, 'write'))
    expect(writable).toEqual([false, true, true, false, false, false, false, false])
  })

  it('has no subregions below 256 bytes and no regions below 32', () => {
    const bench = new TestBench()
    region(bench, 0, RAM_BASE, 7, 0, 0xff << 8)
    region(bench, 1, RAM_BASE + 0x1000, 4, 0)
    enable(bench)
    expect(allowed(bench, RAM_BASE, 'read')).toBe(false)
    expect(allowed(bench, RAM_BASE + 0x1000, 'read')).toBe(true)
  })

  it('covers all memory with a region of 4 GB, but not the private peripheral bus', () => {
    const bench = new TestBench()
    region(bench, 0, 0, 32, 0)
    enable(bench)
    expect(allowed(bench, 0xffff_fff0, 'read')).toBe(false)
    expect(allowed(bench, 0, 'read')).toBe(false)
    expect(allowed(bench, Reg.MPU_CTRL, 'write')).toBe(true)
  })

  it('is off in HardFault unless HFNMIENA is set', () => {
    for (const [control, open] of [
      [5, true],
      [7, false],
    ] as const) {
      const bench = new TestBench()
      region(bench, 0, RAM_BASE + 0x8000, 12, 0)
      enable(bench, control)
      bench.exceptions.raise({ kind: 'divideByZero' })
      expect(bench.exceptions.activeException).toBe(3)
      expect(allowed(bench, RAM_BASE + 0x8000, 'write')).toBe(open)
    }
  })

  it('forbids execution by XN', () => {
    const bench = new TestBench()
    region(bench, 0, RAM_BASE, 18, FULL, XN)
    enable(bench)
    expect(allowed(bench, RAM_BASE, 'execute')).toBe(false)
    expect(allowed(bench, RAM_BASE, 'read')).toBe(true)
  })

  it('reads back regions through RNR, and writes four at once through the aliases', () => {
    const bench = new TestBench()
    const { bus } = bench
    bus.write(Reg.MPU_RBAR, 4, 0x2000_0000 | 0x10 | 3)
    bus.write(Reg.MPU_RASR, 4, 0x0300_0023)
    bus.write(Reg.MPU_RBAR_A1, 4, 0x2000_0100 | 0x10 | 4)
    bus.write(Reg.MPU_RASR_A1, 4, 0x0600_0011)
    bus.write(Reg.MPU_RNR, 4, 3)
    expect(bus.read(Reg.MPU_RBAR, 4)).toBe(0x2000_0003)
    expect(bus.read(Reg.MPU_RASR, 4)).toBe(0x0300_0023)
    bus.write(Reg.MPU_RNR, 4, 4)
    expect(bus.read(Reg.MPU_RBAR, 4)).toBe(0x2000_0104)
    expect(bus.read(Reg.MPU_RASR, 4)).toBe(0x0600_0011)
  })
})

describe('the fast path under the MPU', () => {
  it('stays open as far as every access is allowed', () => {
    const bench = new TestBench()
    region(bench, 0, RAM_BASE + 0x800, 5, 0)
    enable(bench)
    expect(limits(bench, State.ramWriteLimits)).toEqual([0x800, 0x400, 0x200])
    expect(limits(bench, State.ramReadLimits)).toEqual([0x800, 0x400, 0x200])
    expect(limits(bench, State.flashReadLimits)).toEqual([FLASH_BYTES, FLASH_BYTES / 2, FLASH_BYTES / 4])
    enable(bench, 0)
    expect(limits(bench, State.ramWriteLimits)).toEqual([RAM_BYTES, RAM_BYTES / 2, RAM_BYTES / 4])
  })

  it('closes for unprivileged code and opens again in a handler', () => {
    const bench = new TestBench()
    region(bench, 0, RAM_BASE, 18, PRIVILEGED)
    enable(bench)
    bench.exceptions.writeSpecial(20, 1)
    expect(limits(bench, State.ramWriteLimits)).toEqual([0, 0, 0])
    expect(limits(bench, State.flashReadLimits)).toEqual([0, 0, 0])
    bench.bus.write(Reg.ICSR, 4, 1 << 28, true)
    bench.exceptions.takePending()
    expect(limits(bench, State.ramWriteLimits)).toEqual([RAM_BYTES, RAM_BYTES / 2, RAM_BYTES / 4])
  })

  it('looks at few places when a context switch moves a guard', () => {
    const bench = new TestBench()
    region(bench, 0, 0, 20, READ_ONLY)
    region(bench, 1, RAM_BASE, 18, PRIVILEGED, XN)
    enable(bench)
    bench.bus.write(Reg.MPU_RNR, 4, 2)
    const nextPlace = vi.spyOn(bench.exceptions.mpu, 'nextPlace')
    for (let i = 0; i < 100; i++) {
      bench.bus.write(Reg.MPU_RBAR, 4, RAM_BASE + 0x8000 + 64 * i)
      bench.bus.write(Reg.MPU_RASR, 4, 0x1500_000b)
    }
    expect(limits(bench, State.ramWriteLimits)[0]).toBe(0x8000 + 64 * 99)
    expect(nextPlace.mock.calls.length).toBeLessThan(200 * 12)
    expect(bench.invalidated).toEqual(['20000000+40000'])
    enable(bench, 0)
    nextPlace.mockClear()
    bench.bus.write(Reg.MPU_RBAR, 4, RAM_BASE + 0x9000)
    expect(nextPlace).not.toHaveBeenCalled()
  })

  it('is saved where it is partly open', () => {
    const bench = new TestBench()
    region(bench, 0, RAM_BASE + 0x800, 5, 0)
    enable(bench)
    const other = new TestBench()
    other.state.restore(bench.state.save())
    expect(limits(other, State.ramWriteLimits)).toEqual([0x800, 0x400, 0x200])
  })

  it('invalidates just the code whose permission to execute changed', () => {
    const bench = new TestBench()
    region(bench, 0, RAM_BASE + 0x800, 8, READ_ONLY)
    enable(bench)
    expect(bench.invalidated).toEqual([])
    region(bench, 0, RAM_BASE + 0x800, 8, FULL, XN)
    expect(bench.invalidated).toEqual(['20000800+100'])
    region(bench, 0, RAM_BASE + 0x800, 8, FULL)
    expect(bench.invalidated).toEqual(['20000800+100', '20000800+100'])
  })
})

describe('MPU faults of the exception model itself', () => {
  it('takes MSTKERR when the stack may not be written, from Thread mode without privilege', () => {
    const bench = new TestBench()
    bench.bus.write(Reg.SHCSR, 4, 0x0007_0000)
    region(bench, 0, RAM_BASE, 18, FULL)
    region(bench, 1, STACK_TOP - 0x1000, 12, PRIVILEGED)
    enable(bench)
    bench.exceptions.writeSpecial(20, 1)
    bench.exceptions.raise({ kind: 'supervisorCall' })
    expect(bench.exceptions.status.cfsr).toBe(1 << 4)
    expect(bench.exceptions.activeException).toBe(4)
    expect(bench.exceptions.nvic.isPending(11)).toBe(true)
  })

  it('takes MUNSTKERR when the frame may not be read', () => {
    const bench = new TestBench()
    bench.bus.write(Reg.SHCSR, 4, 0x0007_0000)
    bench.exceptions.raise({ kind: 'supervisorCall' })
    region(bench, 0, STACK_TOP - 0x1000, 12, 0)
    enable(bench)
    bench.exceptions.returnFromException(0xffff_fff9)
    expect(bench.exceptions.status.cfsr).toBe(1 << 3)
    expect(bench.exceptions.activeException).toBe(4)
  })
})
