import { describe, expect, it } from 'vitest'
import { Scheduler } from '../../time/scheduler.ts'
import { BusError } from '../bus.ts'
import { CortexM4 } from '../cpu.ts'
import { Reg } from '../exceptions/exception-test-bench.ts'
import { RAM_BASE } from '../layout.ts'

const CPICNT = 0xe000_1008
const LSUCNT = 0xe000_1014
const FOLDCNT = 0xe000_1018
const nowhere = (address: number): never => {
  throw new BusError(address)
}

/** Runs code at 0x200; the handler of every exception, at 0x400, is BX LR. R1 points to RAM. */
function processor(code: readonly number[], profile = true) {
  const scheduler = new Scheduler()
  const unmodelled: string[] = []
  const onUnmodelled = (name: string): number => unmodelled.push(name)
  const cpu = new CortexM4({ bus: { read: nowhere, write: nowhere }, scheduler, profile, onUnmodelled })
  const view = new DataView(cpu.flash.buffer, cpu.flash.byteOffset)
  view.setUint32(0, RAM_BASE + 0x1000, true)
  view.setUint32(4, 0x201, true)
  for (let n = 2; n < 64; n++) view.setUint32(4 * n, 0x401, true)
  code.forEach((half, n) => view.setUint16(0x200 + 2 * n, half, true))
  view.setUint16(0x400, 0x4770, true)
  cpu.reset(0)
  cpu.privateBus.write(Reg.ISER0, 4, 0xffff_ffff)
  cpu.privateBus.write(Reg.DEMCR, 4, 1 << 24)
  cpu.state.setRegister(1, RAM_BASE)
  const read = (address: number): number => cpu.privateBus.read(address, 4)
  const enable = (bits: number): void => cpu.privateBus.write(Reg.DWT_CTRL, 4, bits)
  const all = () => ({
    cpi: read(CPICNT),
    exc: read(Reg.DWT_EXCCNT),
    sleep: read(Reg.DWT_SLEEPCNT),
    lsu: read(LSUCNT),
    fold: read(FOLDCNT),
  })
  return { cpu, scheduler, read, enable, all, unmodelled }
}

const ALL = 0x003e_0001
const BRANCH_TO_SELF = 0xe7fe
const NOP = 0xbf00

describe('DWT counters, ARMv7-M ARM C1.8.2', () => {
  it.each([
    ['MUL: one cycle', [0x4358], {}],
    ['LDR, then an instruction that is not memory: TRM 2', [0x680a, 0x3001], { lsu: 1 }],
    ['LDR; LDR: TRM 3', [0x680a, 0x680b], { lsu: 1 }],
    ['STR: TRM 1', [0x6008], {}],
    ['STM of three: TRM 4', [0xc11c], { lsu: 3 }],
    ['CMP; IT EQ folded; ADDEQ', [0x2800, 0xbf08, 0x3001], { fold: 1 }],
    ['CMP; IT NE folded; ADDNE skipped', [0x2800, 0xbf18, 0x3001], { fold: 1 }],
    ['CMP; IT NE; LDRNE skipped takes one cycle', [0x2800, 0xbf18, 0x680a], { fold: 1 }],
    ['B to the next but one: TRM 1 + P', [0xe000, NOP], { cpi: 1 }],
    ['UDIV of 0 by 1: TRM 2', [0xfbb0, 0xf2f1], { cpi: 1 }],
    ['SVC: entry and return, TRM 12 and 10, beside which BX LR fills the pipeline', [0xdf00], { exc: 22 }],
  ] as const)('%s', (_, code, expected) => {
    const { cpu, enable, all } = processor([NOP, NOP, ...code, NOP, NOP, BRANCH_TO_SELF])
    const end = 0x200 + 2 * (2 + code.length)
    let seen: unknown
    cpu.addProbe(0x204, () => enable(ALL))
    cpu.addProbe(end, () => (seen = all()))
    cpu.execute(100)
    expect(seen).toEqual({ cpi: 0, exc: 0, sleep: 0, lsu: 0, fold: 0, ...expected })
  })

  it('each stands still until its own bit enables it', () => {
    const { cpu, scheduler, enable, read } = processor([0x680a, 0xbf18, 0x3001, 0xe7fb])
    const bits = [
      [CPICNT, 17],
      [LSUCNT, 20],
      [FOLDCNT, 21],
    ] as const
    for (const [address, bit] of bits) {
      enable(1 << bit)
      const before = bits.map(([one]) => read(one))
      cpu.execute(scheduler.now + 50)
      const after = bits.map(([one]) => read(one))
      bits.forEach(([one], i) => expect(after[i] === before[i]).toBe(one !== address))
    }
  })

  it('wraps at 8 bits, and the identity holds of the registers modulo 256', () => {
    // LDR; CMP; IT NE; ADDNE; WFI; B back: an interrupt every 50 cycles wakes it.
    const { cpu, scheduler, enable, all, read } = processor([0x680a, 0x2800, 0xbf18, 0x3001, 0xbf30, 0xe7f9])
    const again = (): void => {
      cpu.setInterruptLine(0, true)
      cpu.setInterruptLine(0, false)
      scheduler.at(scheduler.now + 50, 'pulse', again)
    }
    scheduler.at(50, 'pulse', again)
    enable(ALL)
    const instructions = cpu.state.instructions
    for (let at = 1000; at <= 100_000; at += 999) {
      cpu.execute(at)
      const { cpi, exc, sleep, lsu, fold } = all()
      const others = read(Reg.DWT_CYCCNT) - (cpu.state.instructions - instructions)
      expect((cpi + exc + sleep + lsu - fold) & 0xff).toBe(others & 0xff)
      expect(sleep).toBe(0)
    }
    const { cycles, sleep } = cpu.counters() ?? { cycles: 0, sleep: 0 }
    expect(read(Reg.DWT_CYCCNT)).toBe(cycles - sleep)
    expect(sleep).toBeGreaterThan(10_000)
  })

  it('are reported as not modelled without the profile, but for EXCCNT and SLEEPCNT', () => {
    const { cpu, enable, all, unmodelled } = processor([BRANCH_TO_SELF], false)
    enable(ALL)
    cpu.execute(100)
    expect(all()).toMatchObject({ cpi: 0, lsu: 0, fold: 0 })
    expect(unmodelled).toEqual(['DWT_CPICNT', 'DWT_LSUCNT', 'DWT_FOLDCNT'])
    expect(cpu.counters()).toBeUndefined()
  })

  it('follows code in RAM that is replaced by code of another kind', () => {
    const { cpu, scheduler } = processor([BRANCH_TO_SELF])
    const view = new DataView(cpu.ram.buffer, cpu.ram.byteOffset)
    const execute = (half: number): void => {
      view.setUint16(0x100, half, true)
      view.setUint16(0x102, BRANCH_TO_SELF, true)
      cpu.state.pc = RAM_BASE + 0x100
      cpu.execute(scheduler.now + 20)
    }
    const loads = (): number => {
      const { lsu, cpi, cycles, instructions } = cpu.counters()!
      expect(instructions + cpi + lsu).toBe(cycles)
      return lsu
    }
    execute(0xc91c)
    expect(loads()).toBe(3)
    execute(0x4358)
    expect(loads()).toBe(3)
  })
})
