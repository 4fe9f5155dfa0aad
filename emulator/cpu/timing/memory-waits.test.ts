import { describe, expect, it } from 'vitest'
import { Scheduler } from '../../time/scheduler.ts'
import { CortexM4 } from '../cpu.ts'
import { ramSlave } from './ram-slaves.ts'
import { pipelineTiming, type TimingParameters } from './timing.ts'

const PERIPHERAL = 0x4000_0000
const BUSY = 5000
const RAM_CODE = 0x2000_4000
const FLASH_CODE = 0x100
const STR_R1_R0 = 0x6001
const LDR_R2_R3 = 0x681a
const LDR_R2_R4 = 0x6822
const STR_R2_R3 = 0x601a
const STR_R2_R4 = 0x6022
const NOP = 0xbf00
const BX_R5 = 0x4728
const BKPT = 0xbeab

/** R0 a peripheral; R3 and R4 in two slaves of RAM, R5 code in flash. A write to the peripheral is `onWrite`'s. */
function bench(timing: Partial<TimingParameters>, onWrite: (cpu: CortexM4, now: number) => void) {
  const scheduler = new Scheduler()
  const cpu: CortexM4 = new CortexM4({
    bus: { read: () => 0, write: () => onWrite(cpu, scheduler.now) },
    scheduler,
    timing: { ...pipelineTiming, ...timing },
    profile: true,
  })
  const put = (address: number, ...code: number[]): void => {
    const inRam = address >= 0x2000_0000
    const memory = inRam ? cpu.ram : cpu.flash
    const view = new DataView(memory.buffer, memory.byteOffset)
    code.forEach((one, i) => view.setUint16((address & 0xf_ffff) + 2 * i, one, true))
  }
  cpu.onSemihosting = () => cpu.requestStop('done')
  const run = (from: number, cacheOn = true): number => {
    cpu.setInstructionCache(cacheOn)
    cpu.state.pc = from
    cpu.state.setRegister(0, PERIPHERAL)
    cpu.state.setRegister(3, 0x2000_0000)
    cpu.state.setRegister(4, 0x2000_8000)
    cpu.state.setRegister(5, FLASH_CODE | 1)
    const begin = scheduler.now
    cpu.execute(begin + 1_000_000)
    return scheduler.now - begin
  }
  put(0, 0x1000, 0x2000, FLASH_CODE | 1, 0)
  cpu.reset(0)
  return { cpu, scheduler, put, run }
}

describe('while the flash is busy', () => {
  const flashBusy = (cpu: CortexM4, now: number): void => cpu.flashBusy(now + BUSY)

  it('code in flash waits until it is ready', () => {
    const { put, run } = bench({}, flashBusy)
    put(FLASH_CODE, STR_R1_R0, NOP, NOP, BKPT)
    expect(run(FLASH_CODE)).toBeGreaterThanOrEqual(BUSY)
  })

  it.each([true, false])('code in RAM goes on, with the cache %s', (cacheOn) => {
    const { put, run } = bench({}, flashBusy)
    put(RAM_CODE, STR_R1_R0, ...new Array<number>(100).fill(NOP), BKPT)
    expect(run(RAM_CODE, cacheOn)).toBeLessThan(150)
  })

  it.each([true, false])(
    'it waits when it gets to flash, and no more than that, with the cache %s',
    (cacheOn) => {
      const { put, run, cpu, scheduler } = bench({}, flashBusy)
      put(RAM_CODE, STR_R1_R0, ...new Array<number>(100).fill(NOP), BX_R5)
      put(FLASH_CODE, NOP, NOP, NOP, NOP, BKPT)
      const first = run(RAM_CODE, cacheOn)
      expect(first).toBeGreaterThan(BUSY)
      expect(first).toBeLessThan(BUSY + 40)
      const begin = scheduler.now
      cpu.state.pc = FLASH_CODE
      cpu.execute(begin + 1000)
      expect(scheduler.now - begin).toBeLessThan(20)
      const { cycles, instructions, cpi, lsu, fold, exception, sleep } =
        cpu.counters() ?? expect.fail('no profile')
      expect(instructions + cpi + exception + sleep + lsu - fold).toBe(cycles)
    },
  )
})

describe('EasyDMA at a RAM slave', () => {
  const transfer = (cpu: CortexM4): void => cpu.dmaTransfer(0x2000_0100)
  const loop = (load: number, dmaContention: number): number => {
    const { put, run, cpu } = bench({ dmaContention, peripheralWait: 0 }, transfer)
    put(FLASH_CODE, STR_R1_R0, load, STR_R1_R0, load, NOP, BKPT)
    run(FLASH_CODE)
    const cycles = run(FLASH_CODE)
    const counts = cpu.counters() ?? expect.fail('no profile')
    const { instructions, cpi, lsu, fold, exception, sleep } = counts
    expect(instructions + cpi + exception + sleep + lsu - fold).toBe(counts.cycles)
    return cycles
  }

  it('does not hold up the processor, which has priority (nRF52840 PS, AHB multilayer)', () => {
    expect(loop(LDR_R2_R3, 0)).toBe(loop(LDR_R2_R4, 0))
  })

  it('does by as much as a transfer under way is assumed to, in the same slave only', () => {
    expect(loop(LDR_R2_R4, 1)).toBe(loop(LDR_R2_R4, 0))
    expect(loop(LDR_R2_R3, 1) - loop(LDR_R2_R3, 0)).toBe(2)
  })
})

describe('data in flash', () => {
  const LDRB = (byte: number): number => 0x7802 | (byte << 6) // ldrb r2, [r0, #byte]
  const LDRH_R1 = 0x880a // ldrh r2, [r1]
  const cycles = (flashReadWait: number, ...code: number[]): number => {
    const { put, run } = bench({ flashReadWait }, () => undefined)
    put(FLASH_CODE, 0x4828, 0x4929, ...code, NOP, BKPT) // ldr r0, =0x1000; ldr r1, =0x100f
    put(FLASH_CODE + 0xa4, 0x1000, 0, 0x100f, 0)
    run(FLASH_CODE)
    return run(FLASH_CODE)
  }
  const waits = (...code: number[]): number => cycles(3, ...code) - cycles(0, ...code)

  it('wait once for each line of 16 bytes that is not the one read last, literals too', () => {
    expect(waits()).toBe(0) // theirs was the last line of the run before
    const literals = 3
    expect(waits(LDRB(0))).toBe(literals + 3)
    expect(waits(LDRB(0), LDRB(1), LDRB(15))).toBe(literals + 3)
    expect(waits(LDRB(15), LDRB(16), LDRB(17))).toBe(literals + 6)
    expect(waits(LDRB(0), LDRB(16), LDRB(0), LDRB(16))).toBe(literals + 12)
  })

  it('wait for both lines of an unaligned access across them', () => {
    const literals = 3
    expect(waits(LDRH_R1)).toBe(literals + 6)
    expect(waits(LDRH_R1, LDRB(16))).toBe(literals + 6)
    expect(waits(LDRH_R1, LDRB(0))).toBe(literals + 9)
  })
})

describe('accesses to two memories', () => {
  const ADDS_R6 = 0x3601
  const cycles = (loadOtherSlave: number, ...code: number[]): number => {
    const { put, run } = bench({ loadOtherSlave }, () => undefined)
    put(FLASH_CODE, ...code, NOP, BKPT)
    run(FLASH_CODE)
    return run(FLASH_CODE)
  }
  const further = (...code: number[]): number => cycles(1, ...code) - cycles(0, ...code)

  it('take no longer, unless the parameter says so: then one for each change (jnk0le, AES on an STM32F407)', () => {
    expect(cycles(0, LDR_R2_R3, LDR_R2_R4)).toBe(cycles(0, LDR_R2_R3, LDR_R2_R3))
    expect(further(LDR_R2_R3, LDR_R2_R3, LDR_R2_R3)).toBe(0)
    // Each runs twice: the first access comes after the last one.
    expect(further(LDR_R2_R3, LDR_R2_R4)).toBe(2)
    expect(further(LDR_R2_R3, LDR_R2_R4, LDR_R2_R3)).toBe(2)
    expect(further(LDR_R2_R3, ADDS_R6, LDR_R2_R4)).toBe(2)
    expect(further(LDR_R2_R3, STR_R2_R4, STR_R2_R3)).toBe(2)
  })
})

describe('slaves of RAM, nRF52840 PS, Memory', () => {
  it.each([
    [0x2000_0000, 0],
    [0x2000_1fff, 0],
    [0x2000_2000, 1],
    [0x2000_ffff, 7],
    [0x2001_0000, 8],
    [0x2003_ffff, 8],
    [0x0080_2000, 1],
    [0x2004_0000, undefined],
    [0x0000_0000, undefined],
  ])('%i is in slave %s', (address, slave) => {
    expect(ramSlave(address)).toBe(slave)
  })
})
