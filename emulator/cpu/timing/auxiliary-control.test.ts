import { describe, expect, it } from 'vitest'
import { Scheduler } from '../../time/scheduler.ts'
import { Actlr } from './auxiliary-control.ts'
import { BusError } from '../bus.ts'
import { CortexM4 } from '../cpu.ts'
import { Reg } from '../exceptions/exception-test-bench.ts'
import { RAM_BASE } from '../layout.ts'

const ACTLR = 0xe000_e008
const nowhere = (address: number): never => {
  throw new BusError(address)
}

/** NOPs that fill the prefetch buffer, the code, NOPs; R1 points to RAM, R3 is 8. */
function processor(code: readonly number[]) {
  const scheduler = new Scheduler()
  const cpu = new CortexM4({ bus: { read: nowhere, write: nowhere }, scheduler })
  const view = new DataView(cpu.flash.buffer, cpu.flash.byteOffset)
  view.setUint32(0, RAM_BASE + 0x1000, true)
  view.setUint32(4, 0x201, true)
  const NOP = 0xbf00
  const all = [...Array<number>(8).fill(NOP), ...code, ...Array<number>(4).fill(NOP), 0xe7fe]
  all.forEach((half, n) => view.setUint16(0x200 + 2 * n, half, true))
  cpu.reset(0)
  cpu.privateBus.write(Reg.CPACR, 4, 0x00f0_0000)
  cpu.privateBus.write(Reg.FPCCR, 4, 0)
  const [start, end] = [0x210, 0x210 + 2 * code.length]
  /** Cycles of the code, from the top. */
  const measure = (): number => {
    const seen = new Map<number, number>()
    const probes = [start, end].map((address) => [address, () => seen.set(address, scheduler.now)] as const)
    for (const [address, callback] of probes) cpu.addProbe(address, callback)
    cpu.state.pc = 0x200
    cpu.state.setRegister(1, RAM_BASE)
    cpu.state.setRegister(3, 8)
    cpu.execute(scheduler.now + 100)
    for (const [address, callback] of probes) cpu.removeProbe(address, callback)
    return (seen.get(end) ?? NaN) - (seen.get(start) ?? NaN)
  }
  return { cpu, measure, set: (actlr: number) => cpu.privateBus.write(ACTLR, 4, actlr) }
}

const STR = 0x6008
const STR_REGISTER = 0x50c8
const LDR = 0x680a
const ADDS = 0x3001
const VDIV = [0xee80, 0x0a81]
const VADD = [0xee72, 0x1a02]

describe('ACTLR, Cortex-M4 TRM 4.2: cycles with the bit clear and set', () => {
  it.each([
    ['DISDEFWBUF', 'STR; STR: each completes', [STR, STR], 2, 4],
    ['DISDEFWBUF', 'LDR; STR: nothing overlaps', [LDR, STR], 2, 4],
    ['DISDEFWBUF', 'STR; LDR: the load no more waits for the buffer', [STR, LDR], 4, 4],
    ['DISDEFWBUF', 'STR with register offset: its second cycle is the data phase', [STR_REGISTER], 2, 2],
    ['DISDEFWBUF', 'STM', [0xc10c], 3, 3],
    ['DISFOLD', 'CMP r0, #0; IT EQ; ADDEQ r1, #1', [0x2800, 0xbf08, 0x3101], 2, 3],
    ['DISFOLD', 'NOP after a load', [LDR, 0xbf00], 2, 2],
    ['DISOOFP', 'VDIV; 3 x ADDS', [...VDIV, ADDS, ADDS, ADDS], 4, 17],
    ['DISOOFP', 'VDIV; 3 x ADDS; VADD of other registers', [...VDIV, ADDS, ADDS, ADDS, ...VADD], 15, 18],
    ['DISMCYCINT', 'LDM', [0xc90c], 3, 3],
    ['DISFPCA', 'VADD', VADD, 1, 1],
  ] as const)('%s: %s', (bit, _, code, clear, set) => {
    const one = processor(code)
    expect(one.measure()).toBe(clear)
    one.set(Actlr[bit])
    expect(one.measure()).toBe(set)
    one.set(0)
    expect(one.measure()).toBe(clear)
  })

  it('has five bits; a reset clears them and what they changed', () => {
    const { cpu, measure, set } = processor([STR, STR])
    set(0xffff_ffff)
    expect(cpu.privateBus.read(ACTLR, 4)).toBe(0x307)
    expect(measure()).toBe(4)
    cpu.reset(0)
    expect(cpu.privateBus.read(ACTLR, 4)).toBe(0)
    expect(measure()).toBe(2)
  })

  it('changes at once what has been executed before: firmware that writes it', () => {
    // MOVW r2, #0xE008; MOVT r2, #0xE000; MOVS r0, #2; STR r0, [r2]; then STR; STR.
    const { measure } = processor([0xf24e, 0x0208, 0xf2ce, 0x0200, 0x2002, 0x6010, STR, STR])
    const [first, second] = [measure(), measure()]
    // The first time, STR [r2] itself still has the buffer.
    expect([first, second]).toEqual([3 + 1 + 4, 3 + 2 + 4])
  })
})

describe('ACTLR.DISFPCA', () => {
  it('leaves CONTROL.FPCA to software', () => {
    for (const [actlr, fpca] of [
      [0, 4],
      [Actlr.DISFPCA, 0],
    ] as const) {
      const { cpu, measure, set } = processor(VADD)
      cpu.privateBus.write(Reg.FPCCR, 4, 0xc000_0000)
      set(actlr)
      cpu.state.setSingle(4, 0x3f80_0000)
      measure()
      expect(cpu.state.single(3)).toBe(0x4000_0000)
      expect(cpu.exceptions.special.control).toBe(fpca)
    }
  })
})
