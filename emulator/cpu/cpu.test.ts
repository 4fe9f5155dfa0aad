import { describe, expect, test } from 'vitest'
import { Scheduler } from '../time/scheduler.ts'
import { BusError } from './bus.ts'
import { CortexM4, type SavedCpu } from './cpu.ts'
import { Reg } from './exceptions/exception-test-bench.ts'
import { COLD, HIDDEN, PROFILE, RAM_BASE, SAVED, TABLE, UNCACHED } from './layout.ts'
import { pipelineTiming } from './timing/timing.ts'

const nowhere = (address: number): never => {
  throw new BusError(address)
}
const SYST_CSR = 0xe000_e010
const SYST_RVR = 0xe000_e014
const ACTLR = 0xe000_e008
const DEMCR = 0xe000_edfc
const DWT_CTRL = 0xe000_1000
const DWT_CYCCNT = 0xe000_1004
const DWT_COMP0 = 0xe000_1020

// What can be in the middle of something: a multiple, a divide, an IT block, a load from another line of flash, a call,
// floating point that a handler stacks lazily, and code in RAM.
const thread = [
  ...[0x3001], // 0x200 ADDS r0, #1
  ...[0xe891, 0x03fc], // LDM r1, {r2-r9}
  ...[0xfbba, 0xf2fb], // UDIV r2, r10, r11
  ...[0x2a05, 0xbf18, 0x3001], // CMP r2, #5; IT NE; ADDNE r0, #1
  ...[0x2b00, 0xbfbe, 0x3401, 0x3402, 0x3403], // CMP r3, #0; ITTT LT; three ADDLT
  ...[0xee30, 0x0a20], // VADD.F32 s0, s0, s1
  ...[0x4803, 0xe92d, 0x03fc], // LDR r0, [PC, #12]; PUSH {r2-r9}
  ...[0xe8bd, 0x03fc], // POP {r2-r9}
  ...[0x47e0], // BLX r12
  ...[0xe7e9], // B back
]
const handler = [0x3601, 0xee70, 0x0a20, 0x4770] // ADDS r6, #1; VADD.F32 s1, s0, s1; BX LR
const inRam = [0x3501, 0xbf00, 0x4770] // ADDS r5, #1; NOP; BX LR

interface Choice {
  readonly cacheOn?: boolean
  readonly actlr?: number
}

function processor({ cacheOn = true, actlr = 0 }: Choice = {}) {
  const scheduler = new Scheduler()
  const cpu = new CortexM4({
    bus: { read: nowhere, write: nowhere },
    scheduler,
    timing: pipelineTiming,
    profile: true,
  })
  const flash = new DataView(cpu.flash.buffer, cpu.flash.byteOffset)
  flash.setUint32(0, RAM_BASE + 0x1000, true)
  flash.setUint32(4, 0x201, true)
  for (let n = 2; n < 64; n++) flash.setUint32(4 * n, 0x401, true)
  thread.forEach((half, n) => flash.setUint16(0x200 + 2 * n, half, true))
  handler.forEach((half, n) => flash.setUint16(0x400 + 2 * n, half, true))
  inRam.forEach((half, n) =>
    new DataView(cpu.ram.buffer, cpu.ram.byteOffset).setUint16(0x800 + 2 * n, half, true),
  )
  cpu.reset(0)
  cpu.setInstructionCache(cacheOn)
  const { privateBus, state } = cpu
  privateBus.write(Reg.CPACR, 4, 0x00f0_0000)
  privateBus.write(ACTLR, 4, actlr)
  privateBus.write(DEMCR, 4, 1 << 24)
  privateBus.write(DWT_CTRL, 4, 1)
  privateBus.write(DWT_COMP0, 4, 0x1234)
  privateBus.write(SYST_RVR, 4, 96)
  privateBus.write(SYST_CSR, 4, 7)
  state.setRegister(1, RAM_BASE)
  state.setRegister(10, 0xffff_ffff)
  state.setRegister(11, 3)
  state.setRegister(12, RAM_BASE + 0x801)
  return { cpu, scheduler }
}

/** All that the processor is made of, but for the copy that says which pages have changed. */
function whole({ cpu, scheduler }: ReturnType<typeof processor>): Record<string, unknown> {
  const buffer = cpu.core.profile.buffer
  const region = (from: number, to: number): number => checksum(new Int32Array(buffer, from, (to - from) / 4))
  return {
    now: scheduler.now,
    scheduler: scheduler.save(),
    state: cpu.state.save(),
    memory: region(0x1000, TABLE),
    table: region(TABLE, COLD),
    cold: region(COLD, PROFILE),
    profile: region(PROFILE, UNCACHED),
    marks: region(UNCACHED, HIDDEN),
    hidden: region(HIDDEN, SAVED),
    exceptions: cpu.exceptions.save(),
    privateBus: cpu.privateBus.save(),
    cycles: cpu.privateBus.read(DWT_CYCCNT, 4),
    counters: cpu.counters(),
  }
}

/** The same, but for how reasons of cycles are counted: that depends on where it was stopped in a multiple. */
function seen(one: ReturnType<typeof processor>): Record<string, unknown> {
  const { now, memory, table, cold, exceptions, privateBus, cycles, counters } = whole(one)
  const { state } = one.cpu
  const registers = Array.from({ length: 15 }, (_, n) => state.register(n))
  const floats = Array.from({ length: 32 }, (_, n) => state.single(n))
  return {
    ...{ now, memory, table, cold, exceptions, privateBus, cycles, counters },
    registers: [...registers, state.pc, state.apsr, state.fpscr, state.itState],
    floats,
  }
}

function checksum(words: Int32Array): number {
  let sum = 0
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    if (word !== 0) sum = (Math.imul(sum ^ word, 0x0100_0193) + i) | 0
  }
  return sum
}

interface Saved {
  readonly cpu: SavedCpu
  readonly scheduler: ReturnType<Scheduler['save']>
}

const save = ({ cpu, scheduler }: ReturnType<typeof processor>): Saved => ({
  cpu: cpu.save(),
  scheduler: scheduler.save(),
})

function restore({ cpu, scheduler }: ReturnType<typeof processor>, saved: Saved): void {
  scheduler.restore(saved.scheduler)
  cpu.restore(saved.cpu)
}

describe('a processor that is saved', () => {
  test.each([
    ['with its instruction cache on', {}],
    ['with its instruction cache off', { cacheOn: false }],
    ['under ACTLR.DISMCYCINT and DISFOLD', { actlr: 5 }],
  ] as const)('%s goes on elsewhere as here, from each cycle', (_, choice) => {
    const saved: Saved[] = []
    const one = processor(choice)
    for (let cycle = 0; cycle < 700; cycle++) {
      one.cpu.execute(cycle)
      saved.push(save(one))
    }
    const unfinished = saved.filter(({ cpu }) => cpu.unfinished.now !== null)
    expect(unfinished.length).toBeGreaterThan(20)
    const lazily = saved.filter(({ cpu }) => cpu.exceptions.lazyStacking.context.fpccr & 1)
    expect(lazily.length).toBeGreaterThan(20)
    one.cpu.execute(1000)
    const expected = seen(one)
    // A new machine costs more than what is tested here: each is used again for some.
    let other = processor(choice)
    for (let n = 0; n < saved.length; n += 1 + ((n * 7) % 41)) {
      if (n % 5 === 0) other = processor(choice)
      for (const each of [other, one]) {
        restore(each, saved[n]!)
        each.cpu.execute(1000)
      }
      expect({ n, ...seen(other) }).toEqual({ n, ...expected })
      expect({ n, ...whole(other) }).toEqual({ n, ...whole(one) })
    }
  })

  test('goes back in the same machine, and on again, any number of times', () => {
    const one = processor()
    one.cpu.execute(333)
    const then = save(one)
    one.cpu.execute(900)
    const expected = whole(one)
    for (let n = 0; n < 3; n++) {
      restore(one, then)
      expect(one.scheduler.now).toBe(then.scheduler.now)
      one.cpu.execute(900)
      expect(whole(one)).toEqual(expected)
    }
  })

  test('shares what has not changed with the time before', () => {
    const one = processor()
    one.cpu.execute(2000)
    const first = one.cpu.save()
    one.cpu.execute(2100)
    const second = one.cpu.save()
    expect(second.core.code).toBe(first.core.code)
    expect(second.memory.flash).toBe(first.memory.flash)
    expect(second.memory.ram.pages.length).toBeGreaterThan(1)
    const changed = second.memory.ram.pages.filter((page) => !first.memory.ram.pages.includes(page))
    // The stack alone.
    expect(changed).toHaveLength(1)
  })

  test('is refused by one of another kind', () => {
    const { cpu, scheduler } = processor()
    const saved = cpu.save()
    const without = new CortexM4({ bus: { read: nowhere, write: nowhere }, scheduler })
    expect(() => without.restore(saved)).toThrow(/profile/)
    const smaller = new CortexM4({
      bus: { read: nowhere, write: nowhere },
      scheduler,
      profile: true,
      timing: { ...pipelineTiming, cacheBytes: 1024 },
    })
    expect(() => smaller.restore(saved)).toThrow(/instruction cache/)
  })
})
