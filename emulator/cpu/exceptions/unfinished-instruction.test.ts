import { describe, expect, it } from 'vitest'
import { Scheduler } from '../../time/scheduler.ts'
import { Actlr } from '../timing/auxiliary-control.ts'
import { BusError, type Bus } from '../bus.ts'
import { CortexM4 } from '../cpu.ts'
import { Reg } from './exception-test-bench.ts'
import { RAM_BASE, entryOf } from '../layout.ts'

const ACTLR = 0xe000_e008
const ADDS_R0_1 = 0x3001
const BRANCH_TO_SELF = 0xe7fe
const BX_LR = 0x4770
const NOP = 0xbf00
const nowhere = (address: number): never => {
  throw new BusError(address)
}

/** Code at 0x210 after NOPs; the handler of every exception at 0x400: NOP; BX LR. */
function processor(code: readonly number[], bus: Bus = { read: nowhere, write: nowhere }) {
  const scheduler = new Scheduler()
  const cpu = new CortexM4({ bus, scheduler, profile: true })
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
// ICI counts double registers: an odd word is moved again.
const continuesDoubles = (cost: number) => (done: number) =>
  Math.min(cost, cost - done + 1 + ((done - 1) & 1))
const cases = [
  ['LDM r1, {r2-r9}', LDM, 9, continues(9)],
  ['STM r1, {r2-r9}', [0xe881, 0x03fc], 9, continues(9)],
  ['PUSH {r2-r9}', [0xe92d, 0x03fc], 9, continues(9)],
  ['VLDM r1, {s0-s7}', [0xec91, 0x0a08], 9, continuesDoubles(9)],
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

describe('what an abandoned instruction leaves behind', () => {
  const SP = RAM_BASE + 0x1000
  const word = (cpu: CortexM4, address: number): number => cpu.readMemory(address, 4)

  /** Stops in the handler, `done` cycles after the instruction began; register n holds 0x100 + n. */
  function inHandler(code: readonly number[], done: number, prepare?: (cpu: CortexM4) => void) {
    const one = processor([...code, ADDS_R0_1, BRANCH_TO_SELF])
    const { cpu, scheduler } = one
    cpu.state.pc = 0x210
    for (let n = 2; n < 13; n++) cpu.state.setRegister(n, 0x100 + n)
    prepare?.(cpu)
    cpu.core.decoder.decode(entryOf(0x210))
    scheduler.at(scheduler.now + done, 'interrupt', () => pulse(one))
    cpu.addProbe(0x402, () => cpu.requestStop('in the handler'))
    expect(cpu.execute(1000)).toMatchObject({ kind: 'requested' })
    const frame = cpu.state.register(13)
    const xpsr = word(cpu, frame + 28)
    return { ...one, frame, pc: word(cpu, frame + 24), ici: (xpsr >>> 12) & 0xf, it: xpsr & 0x0600_0c00 }
  }
  const finish = ({ cpu, scheduler }: Processor): unknown => cpu.execute(scheduler.now + 100)

  it('LDM: registers so far are loaded, ICI names the next, the return address is its own', () => {
    for (let done = 2; done < 9; done++) {
      const one = inHandler(LDM, done)
      const words = done - 1
      expect(one).toMatchObject({ pc: 0x210, ici: 2 + words, it: 0 })
      for (let n = 2; n < 10; n++)
        expect([n, n < 4 ? word(one.cpu, one.frame + 4 * n) : one.cpu.state.register(n)]).toEqual([
          n,
          n < 2 + words ? n - 2 : 0x100 + n,
        ])
      // What has been loaded is not loaded again.
      for (let n = 0; n < 8; n++) one.cpu.writeMemory(RAM_BASE + 4 * n, 4, 0x50 + n)
      finish(one)
      const loaded = [2, 3, 4, 5, 6, 7, 8, 9].map((n) => one.cpu.state.register(n))
      expect(loaded).toEqual(Array.from({ length: 8 }, (_, n) => (n < words ? n : 0x50 + n)))
      identity(one)
    }
  })

  it('before its first word it begins anew, without ICI', () => {
    expect(inHandler(LDM, 1)).toMatchObject({ pc: 0x210, ici: 0, it: 0 })
  })

  it('STM!: words so far are stored, the base is written back at the end only', () => {
    const one = inHandler([0xe8a1, 0x03fc], 4)
    expect(one).toMatchObject({ pc: 0x210, ici: 5 })
    expect([0, 1, 2, 3].map((n) => word(one.cpu, RAM_BASE + 4 * n))).toEqual([0x102, 0x103, 0x104, 3])
    expect(word(one.cpu, one.frame + 4)).toBe(RAM_BASE)
    finish(one)
    expect(one.cpu.state.register(1)).toBe(RAM_BASE + 32)
    expect(word(one.cpu, RAM_BASE + 28)).toBe(0x109)
  })

  it('PUSH: the frame goes below what it pushes; POP takes it back', () => {
    for (let done = 1; done < 9; done++) {
      const one = inHandler([0xe92d, 0x03fc], done)
      expect(one.frame).toBe(SP - 0x20 - (done > 1 ? 32 : 0))
      finish(one)
      expect(one.cpu.state.register(13)).toBe(SP - 32)
      expect([0, 1, 7].map((n) => word(one.cpu, SP - 32 + 4 * n))).toEqual([0x102, 0x103, 0x109])
    }
  })

  it('POP with PC: is interrupted up to its last word', () => {
    for (let done = 1; done < 9; done++) {
      // POP {r2-r7, pc} to the ADDS.
      const one = inHandler([0xbdfc], done, (cpu) => {
        cpu.state.setRegister(13, RAM_BASE + 0x800)
        for (let n = 0; n < 6; n++) cpu.writeMemory(RAM_BASE + 0x800 + 4 * n, 4, n)
        cpu.writeMemory(RAM_BASE + 0x818, 4, 0x213)
      })
      const words = Math.min(done - 1, 7)
      expect([done, one.pc, one.ici]).toEqual([
        done,
        words < 7 ? 0x210 : 0x212,
        words === 0 || words === 7 ? 0 : [2, 3, 4, 5, 6, 7, 15][words],
      ])
      finish(one)
      expect([7, 13].map((n) => one.cpu.state.register(n))).toEqual([5, RAM_BASE + 0x81c])
      expect(one.cpu.state.register(0)).toBe(1)
    }
  })

  it('LDM that has loaded its own base begins anew with the base that it had', () => {
    // LDM r4, {r2-r5}
    for (let done = 1; done < 5; done++) {
      const one = inHandler([0xe894, 0x003c], done, (cpu) => cpu.state.setRegister(4, RAM_BASE))
      expect(one.ici).toBe([0, 0, 3, 4, 0][done])
      expect(one.cpu.state.register(4)).toBe(RAM_BASE)
      finish(one)
      expect([2, 3, 4, 5].map((n) => one.cpu.state.register(n))).toEqual([0, 1, 2, 3])
    }
  })

  it('in an IT block it begins anew under its ITSTATE', () => {
    // IT EQ; LDMEQ, from the flags of CMP r0, r0 before.
    const one = inHandler([0x4280, 0xbf08, ...LDM], 6)
    expect(one).toMatchObject({ pc: 0x214, ici: 0 })
    expect(word(one.cpu, one.frame + 28) & 0x0600_fc00).toBe(0x0000_0800)
    finish(one)
    expect(one.cpu.state.register(9)).toBe(7)
  })

  it('VLDM: ICI counts double registers', () => {
    const one = inHandler([0xec91, 0x0a08], 6)
    expect(one).toMatchObject({ pc: 0x210, ici: 2 })
    finish(one)
    expect([0, 4, 5, 7].map((n) => one.cpu.state.single(n))).toEqual([0, 4, 5, 7])
  })

  it('UDIV and LDRD have had no effect', () => {
    const divide = inHandler(UDIV, 5, (cpu) => {
      cpu.state.setRegister(10, 0xffff_ffff)
      cpu.state.setRegister(11, 1)
    })
    expect([divide.pc, word(divide.cpu, divide.frame + 8)]).toEqual([0x210, 0x102])
    finish(divide)
    expect(divide.cpu.state.register(2)).toBe(0xffff_ffff)
    const one = inHandler([0xe9d1, 0x2300], 2)
    expect([one.pc, word(one.cpu, one.frame + 8)]).toEqual([0x210, 0x102])
    finish(one)
    expect([2, 3].map((n) => one.cpu.state.register(n))).toEqual([0, 1])
  })

  it('a return with ICI to an instruction that cannot go on is a UsageFault, INVSTATE', () => {
    for (const [code, fault] of [
      [LDM, 0],
      [UDIV, 0x0002_0000],
    ] as const) {
      const one = inHandler(code, 3)
      one.cpu.privateBus.write(Reg.SHCSR, 4, 0x0007_0000)
      one.cpu.writeMemory(one.frame + 28, 4, (word(one.cpu, one.frame + 28) & ~0xfc00) | 0x3000)
      finish(one)
      expect(one.cpu.exceptions.status.cfsr).toBe(fault)
    }
  })
})

describe('multiples on a peripheral bus', () => {
  const END = 0x4000_1000

  it.each([
    ['LDM r1!, {r2-r5}', [0xe8b1, 0x003c], END - 8, 2],
    ['LDMDB r1, {r2-r5}', [0xe911, 0x003c], END + 4, 3],
    ['STMDB r1!, {r2-r9}', [0xe921, 0x03fc], END + 4, 7],
    ['VLDMIA r1!, {d1-d2}', [0xecb1, 0x1b04], END - 8, 2],
    ['VSTMIA r1!, {s1-s3}', [0xece1, 0x0a03], END - 4, 1],
    ['VSTMDB r1!, {d0-d7}', [0xed21, 0x0b10], END + 4, 15],
  ] as const)('%s that faults halfway leaves the base and the PC', (_, code, base, words) => {
    const accesses: number[] = []
    const access = (address: number): number => {
      if (address >= END) throw new BusError(address)
      return accesses.push(address)
    }
    const { cpu } = processor(code, { read: access, write: access })
    cpu.state.setRegister(1, base)
    cpu.privateBus.write(Reg.SHCSR, 4, 0x0007_0000)
    cpu.addProbe(0x400, () => cpu.requestStop('BusFault'))
    cpu.execute(1000)
    expect(accesses).toHaveLength(words)
    expect([cpu.exceptions.status.bfar, cpu.exceptions.status.cfsr & 0x8200]).toEqual([END, 0x8200])
    expect(cpu.state.register(1)).toBe(base)
    expect(cpu.readMemory(cpu.state.register(13) + 24, 4)).toBe(0x210)
  })

  it('move each word in its own cycle, and an interrupt that one of them raises does not wait', () => {
    const accesses: (readonly [string, number, number])[] = []
    const scheduler = new Scheduler()
    const bus = {
      read: (address: number) => {
        accesses.push(['read', address, scheduler.now])
        return address & 0xff
      },
      write: (address: number, _: number, value: number) => {
        accesses.push(['write', address, scheduler.now])
        if (value === 0x104) cpu.setInterruptLine(0, true)
      },
    }
    const cpu = new CortexM4({ bus, scheduler, profile: true })
    const view = new DataView(cpu.flash.buffer, cpu.flash.byteOffset)
    view.setUint32(0, RAM_BASE + 0x1000, true)
    for (let n = 1; n < 64; n++) view.setUint32(4 * n, 0x401, true)
    // LDM r1, {r6-r9}; STM r1, {r2-r5}; B .; the handler: B .
    ;[0xe891, 0x03c0, 0xe881, 0x003c, BRANCH_TO_SELF].forEach((h, n) =>
      view.setUint16(0x200 + 2 * n, h, true),
    )
    view.setUint16(0x400, BRANCH_TO_SELF, true)
    view.setUint32(4, 0x201, true)
    cpu.reset(0)
    cpu.privateBus.write(Reg.ISER0, 4, 1)
    cpu.state.setRegister(1, 0x4000_2000)
    for (let n = 2; n < 6; n++) cpu.state.setRegister(n, 0x100 + n)
    cpu.core.decoder.decode(entryOf(0x200))
    let entry = 0
    cpu.exceptions.onEntry = (_, cycle) => (entry = cycle)
    cpu.execute(100)
    const first = accesses[0]?.[2] ?? 0
    expect(accesses).toEqual([
      ...[0, 4, 8, 12].map((at, i) => ['read', 0x4000_2000 + at, first + i]),
      ...[0, 4, 8].map((at, i) => ['write', 0x4000_2000 + at, first + 5 + i]),
    ])
    expect(entry).toBe(first + 7 + 12)
    expect([6, 7, 8, 9].map((n) => cpu.state.register(n))).toEqual([0, 4, 8, 12])
    expect((cpu.readMemory(RAM_BASE + 0x1000 - 4, 4) >>> 12) & 0xf).toBe(5)
    const { cycles, instructions, cpi, exception, sleep, lsu, fold } = cpu.counters()!
    expect(instructions + cpi + exception + sleep + lsu - fold).toBe(cycles)
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
