import { describe, expect, it } from 'vitest'
import { Scheduler } from '../time/scheduler.ts'
import { Actlr } from './auxiliary-control.ts'
import { BusError } from './bus.ts'
import { CortexM4 } from './cpu.ts'
import { Reg } from './exception-test-bench.ts'
import { RAM_BASE } from './layout.ts'

const ACTLR = 0xe000_e008
const ADDS_R0_1 = 0x3001
const BRANCH_TO_SELF = 0xe7fe
const BX_LR = 0x4770
const NOP = 0xbf00
const nowhere = (address: number): never => {
  throw new BusError(address)
}

/** Code at 0x210 after NOPs; the handler of every exception at 0x400: NOP; BX LR. */
function processor(code: readonly number[]) {
  const scheduler = new Scheduler()
  const cpu = new CortexM4({ bus: { read: nowhere, write: nowhere }, scheduler, profile: true })
  const view = new DataView(cpu.flash.buffer, cpu.flash.byteOffset)
  view.setUint32(0, RAM_BASE + 0x1000, true)
  view.setUint32(4, 0x201, true)
  for (let n = 2; n < 64; n++) view.setUint32(4 * n, 0x401, true)
  const all = [...Array<number>(8).fill(NOP), ...code]
  all.forEach((half, n) => view.setUint16(0x200 + 2 * n, half, true))
  for (const [n, half] of [NOP, BX_LR].entries()) view.setUint16(0x400 + 2 * n, half, true)
  cpu.reset(0)
  for (let n = 0; n < 64; n++) new DataView(cpu.ram.buffer, cpu.ram.byteOffset).setUint32(4 * n, n, true)
  cpu.privateBus.write(Reg.ISER0, 4, 0xffff_ffff)
  cpu.privateBus.write(Reg.IPR0, 4, 0x0040_8000)
  cpu.privateBus.write(Reg.CPACR, 4, 0x00f0_0000)
  cpu.state.setRegister(1, RAM_BASE)
  cpu.state.setRegister(10, 0xffff_ffff)
  cpu.state.setRegister(11, 1)
  return { cpu, scheduler }
}
type Processor = ReturnType<typeof processor>

function pulse({ cpu }: Processor, irq = 0): void {
  cpu.setInterruptLine(irq, true)
  cpu.setInterruptLine(irq, false)
}

function identity({ cpu }: Processor): void {
  const { cycles, instructions, cpi, exception, sleep, lsu, fold } = cpu.counters()!
  expect(instructions + cpi + exception + sleep + lsu - fold).toBe(cycles)
}

const LDM = [0xe891, 0x03fc]
const UDIV = [0xfbba, 0xf2fb]

// What is interrupted, its cycles, and those it takes on return when `done` of them had passed.
const restarts = (cost: number) => () => cost
const continues = (cost: number) => (done: number) => Math.min(cost, cost - done + 1)
const cases = [
  ['LDM r1, {r2-r9}', LDM, 9, continues(9)],
  ['STM r1, {r2-r9}', [0xe881, 0x03fc], 9, continues(9)],
  ['PUSH {r2-r9}', [0xe92d, 0x03fc], 9, continues(9)],
  ['VLDM r1, {s0-s7}', [0xec91, 0x0a08], 9, continues(9)],
  ['UDIV r2, r10, r11 of 0xffffffff by 1', UDIV, 12, restarts(12)],
  ['LDRD r2, r3, [r1]', [0xe9d1, 0x2300], 3, restarts(3)],
  ['STRD r2, r3, [r1]', [0xe9c1, 0x2300], 3, restarts(3)],
] as const

/** An interrupt comes `done` cycles after the instruction before `after` began. */
function interrupted(code: readonly number[], cost: number, done: number, actlr = 0) {
  const one = processor([...code, ADDS_R0_1, BRANCH_TO_SELF])
  const { cpu, scheduler } = one
  cpu.privateBus.write(ACTLR, 4, actlr)
  const after = 0x210 + 2 * code.length
  const wide = 4
  let began = 0
  let entry = 0
  let left = 0
  let ended = 0
  cpu.exceptions.onEntry = (_, cycle) => (entry = cycle)
  cpu.exceptions.onReturn = (_, cycle) => (left = cycle)
  // Floating-point context and decoding first, so that the instruction costs what it costs.
  cpu.addProbe(after, () => (ended = scheduler.now))
  cpu.execute(60)
  expect(ended).toBeGreaterThan(0)
  cpu.state.pc = 0x200
  cpu.addProbe(after - wide, () => {
    began = scheduler.now
    scheduler.at(began + done, 'interrupt', () => pulse(one))
  })
  const from = scheduler.now
  cpu.execute(from + 200)
  identity(one)
  expect(began).toBeGreaterThan(from)
  expect(cpu.state.register(0)).toBe(2)
  return { latency: entry - began - done, again: ended - left - 10, total: ended - began, cost, cpu }
}

describe('an interrupt in the middle of an instruction', () => {
  it.each(cases)('%s: enters at once; on return it goes on or starts again', (_, code, cost, again) => {
    for (let done = 1; done < cost; done++) {
      const seen = interrupted(code, cost, done)
      expect([done, seen.latency, seen.again]).toEqual([done, 12, again(done)])
    }
    // In its last cycle it completes.
    expect(interrupted(code, cost, cost)).toMatchObject({ latency: 12, again: 0 })
  })

  it('LDM in an IT block starts again', () => {
    // CMP r6, r6; IT EQ; LDMEQ.
    for (let done = 1; done < 9; done++)
      expect(interrupted([0x42b6, 0xbf08, ...LDM], 9, done)).toMatchObject({ latency: 12, again: 9 })
  })

  it('ACTLR.DISMCYCINT: LDM and STM complete first; a divide does not', () => {
    for (let done = 1; done < 9; done++) {
      const late = { latency: 12 + 9 - done, again: 0 }
      expect(interrupted(LDM, 9, done, Actlr.DISMCYCINT)).toMatchObject(late)
      expect(interrupted(UDIV, 12, done, Actlr.DISMCYCINT)).toMatchObject({ latency: 12, again: 12 })
    }
  })
})

describe('interrupts within interrupts, at any cycle of long instructions', () => {
  /** LDM; UDIV; STM; LDRD; IT; LDM; VLDM; ADDS r0; B back. */
  const loop = [...LDM, ...UDIV, 0xe881, 0x03f0, 0xe9d1, 0x2300, 0xbf18, ...LDM, 0xec91, 0x0a08, ADDS_R0_1]
  const code = [...loop, 0xe000 | ((-loop.length - 2) & 0x7ff)]

  function run(periods: readonly number[], step: number) {
    const one = processor(code)
    const { cpu, scheduler } = one
    const entries: (readonly number[])[] = []
    cpu.exceptions.onEntry = (exception, cycle) => entries.push([exception, cycle])
    periods.forEach((period, irq) => {
      const again = (): void => {
        pulse(one, irq)
        scheduler.at(scheduler.now + period, 'pulse', again)
      }
      scheduler.at(period, 'pulse', again)
    })
    for (let at = step; at <= 20_000; at += step) {
      cpu.execute(at)
      if (step < 100) identity(one)
    }
    cpu.execute(20_000)
    identity(one)
    return {
      entries,
      now: scheduler.now,
      registers: [0, 2, 3, 9, 13].map((n) => cpu.state.register(n)),
      pc: cpu.state.pc,
    }
  }

  it.each([[[61, 97, 143]], [[37, 111, 401]], [[53, 59, 1009]]])(
    'periods %j: the same whether run at once or in slices',
    (periods) => {
      const whole = run(periods, 20_000)
      expect(whole.entries.length).toBeGreaterThan(300)
      for (const step of [1, 7, 61]) expect(run(periods, step)).toEqual(whole)
    },
  )
})
