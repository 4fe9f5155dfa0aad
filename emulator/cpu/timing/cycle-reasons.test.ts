import { describe, expect, it } from 'vitest'
import { Scheduler } from '../../time/scheduler.ts'
import { CortexM4 } from '../cpu.ts'
import { addBetween, noReading } from '../../probes/readings.ts'
import type { Reading } from './cycle-reasons.ts'
import { allReasons, sumOf, type CyclesByReason } from './reasons.ts'
import { pipelineTiming, type TimingParameters } from './timing.ts'

const BEFORE = 0x200
const BASE = 0x210
const RAM = 0x2000_1000
const PERIPHERAL = 0x4000_0000
const BKPT = 0xbeab
const NOP = 0xbf00

interface Options {
  readonly timing?: Partial<TimingParameters>
  readonly cacheOff?: boolean
  readonly isSteady?: boolean
  readonly onWrite?: (cpu: CortexM4, now: number) => void
  /** Cycles at which the run is interrupted, and goes on. */
  readonly slice?: number
  readonly handler?: readonly number[]
  readonly prepare?: (cpu: CortexM4, scheduler: Scheduler) => void
}

/** Code behind eight NOPs, before a BKPT. R0 is 100, R1 in RAM, R2 a peripheral, R3 7, R4 in RAM; flash data at 0x1000. */
function bench(code: readonly number[], options: Options = {}) {
  const { timing = {}, isSteady = false } = options
  const scheduler = new Scheduler()
  const cpu: CortexM4 = new CortexM4({
    bus: {
      read: () => (scheduler.now > 5000 ? 1 : 0),
      isSteady: () => isSteady,
      write: () => options.onWrite?.(cpu, scheduler.now),
    },
    scheduler,
    timing: { ...pipelineTiming, cacheMissCycles: 0, ...timing },
    profile: true,
  })
  const flash = new DataView(cpu.flash.buffer, cpu.flash.byteOffset)
  for (let i = 0; i < 64; i++) flash.setUint32(4 * i, 0x401, true)
  flash.setUint32(0, 0x2000_2000, true)
  flash.setUint32(4, BEFORE | 1, true)
  const handler = options.handler ?? [0x4770]
  handler.forEach((one, i) => flash.setUint16(0x400 + 2 * i, one, true))
  ;[...Array<number>(8).fill(NOP), ...code, BKPT].forEach((one, i) =>
    flash.setUint16(BEFORE + 2 * i, one, true),
  )
  cpu.onSemihosting = () => cpu.requestStop('done')
  cpu.reset(0)
  cpu.setInstructionCache(options.cacheOff !== true)
  ;[100, RAM, PERIPHERAL, 7, RAM + 0x40].forEach((value, n) => cpu.state.setRegister(n, value))
  cpu.privateBus.write(0xe000_ed88, 4, 0xf0_0000)
  cpu.privateBus.write(0xe000_ef34, 4, 0)
  let begin: Reading | undefined
  const probe = (): void => {
    begin = cpu.reading()
    cpu.removeProbe(BASE, probe)
    options.prepare?.(cpu, scheduler)
  }
  cpu.addProbe(BASE, probe)
  const end = scheduler.now + 100_000
  while (scheduler.now < end && cpu.execute(scheduler.now + (options.slice ?? 100_000)).kind === 'reached');
  const passed = addBetween(noReading, begin!, cpu.reading()!)
  return { cpu, scheduler, reasons: cpu.reasons!.of(passed) }
}

const some = (cycles: CyclesByReason): Partial<CyclesByReason> =>
  Object.fromEntries(allReasons.filter((one) => cycles[one] !== 0).map((one) => [one, cycles[one]]))

const of = (code: readonly number[], options?: Options): Partial<CyclesByReason> =>
  some(bench(code, options).reasons)

const ADDS_R0 = 0x3001
const LDR_R5_R1 = 0x680d
const LDR_R6_R4 = 0x6826
const STR_R5_R1 = 0x600d
const STR_R5_R1_R0 = 0x500d
const LDR_R5_R2 = 0x6815
const STR_R5_R2 = 0x6015

describe('the reasons of cycles, by the manual', () => {
  it.each<[string, readonly number[], Partial<CyclesByReason>, Options?]>([
    ['3 x ADDS: TRM table 3-1', [ADDS_R0, ADDS_R0, ADDS_R0], { issue: 3 }],
    ['LDR: 2', [LDR_R5_R1], { issue: 1, load: 1 }],
    ['LDR; LDR: 3, TRM 3.3.2', [LDR_R5_R1, LDR_R6_R4], { issue: 2, load: 1 }],
    [
      'ADDS r1; LDR [r1]: waits for its address, TRM 3.3.2',
      [0x3104, LDR_R5_R1],
      { issue: 2, load: 1, interlock: 1 },
    ],
    ['STR: 1, TRM 3.3.2', [STR_R5_R1], { issue: 1 }],
    ['STR with register offset: 2', [0x2000, STR_R5_R1_R0], { issue: 2, store: 1, interlock: 1 }],
    ['STR; LDR: the write buffer goes first', [STR_R5_R1, LDR_R6_R4], { issue: 2, load: 1, writeBuffer: 1 }],
    [
      'STR; STR under ACTLR.DISDEFWBUF',
      [STR_R5_R1, STR_R5_R1],
      { issue: 2, writeBuffer: 2 },
      { timing: { storeWait: 1 } },
    ],
    ['LDM of 3: 1 + N', [0xc9e0], { issue: 1, load: 3 }],
    ['STM of 2: 1 + N', [0xc160], { issue: 1, store: 2 }],
    ['B: 1 + P', [0xe7ff], { issue: 1, refill: 1 }],
    ['CBZ not taken', [0xb100], { issue: 1 }],
    ['CMP; IT EQ; ADDEQ: IT folds, TRM table 3-1 note d', [0x2864, 0xbf08, ADDS_R0], { issue: 2 }],
    ['CMP; IT EQ; LDREQ that fails: 1, TRM 3.3.1', [0x2800, 0xbf08, LDR_R5_R1], { issue: 2 }],
    ['LDR at 1 mod 4: three transfers, TRM 3.3.2', [0xf8d1, 0x5001], { issue: 1, load: 1, unaligned: 2 }],
    ['LDR at 2 mod 4: two', [0xf8d1, 0x5002], { issue: 1, load: 1, unaligned: 1 }],
    ['VMLA: 3, TRM table 7-1', [0xee00, 0x0a81], { issue: 1, float: 2 }],
    ['VDIV; VADD: 14 and 1', [0xee80, 0x0a81, 0xee70, 0x1a02], { issue: 2, float: 13 }],
    [
      'a peripheral with two wait states',
      [LDR_R5_R2],
      { issue: 1, load: 1, peripheral: 2 },
      { timing: { peripheralWait: 2 } },
    ],
    ['a literal, and the next one of its line', [0x4d00, 0x4e00], { issue: 2, load: 1, data: 3 }],
  ])('%s', (_, code, expected, options) => {
    expect(of(code, options)).toEqual(expected)
  })

  it('UDIV: 2 to 12 by its operands', () => {
    const { issue, divide, ...rest } = of([0xfbb0, 0xf5f3])
    expect(rest).toEqual({})
    expect(issue).toBe(1)
    expect(divide).toBeGreaterThanOrEqual(1)
    expect(divide).toBeLessThanOrEqual(11)
  })

  it('SUBS; BNE: 99 times taken', () => {
    const { cpu, reasons } = bench([0x3801, 0xd1fd])
    expect(some(reasons)).toEqual({ issue: 200, refill: 99 })
    const loop = cpu.reasons!.instructions().filter(({ address }) => address >= BASE)
    expect(loop.map(({ executions, reasons }) => [executions, some(reasons)])).toEqual([
      [100, { issue: 100 }],
      [100, { issue: 100, refill: 99 }],
    ])
  })

  it('what a loop waits for when it is entered from above only is counted once', () => {
    // adds r1, #0; loop: ldr r5, [r1]; subs r0, #1; bne loop
    const { reasons } = bench([0x1c09, LDR_R5_R1, 0x3801, 0xd1fc])
    expect(some(reasons)).toEqual({ issue: 301, load: 100, interlock: 1, refill: 99 })
  })

  it('SUBS; BHI without the cache: 7 cycles (nrfx_coredep.h), of which 2 issue and 1 refills', () => {
    const { issue, fetch = 0, refill = 0, ...rest } = of([0x3801, 0xd8fd], { cacheOff: true })
    expect(rest).toEqual({})
    expect(issue).toBe(200)
    expect(Math.round((200 + fetch + refill) / 100)).toBe(7)
    expect(refill).toBeGreaterThanOrEqual(99)
  })

  it('a miss for each line that is entered the first time', () => {
    // From 0x210, where the probe is, 0x220, 0x230 and 0x240, where the BKPT is.
    const nops = Array<number>(24).fill(NOP)
    expect(of(nops, { timing: { cacheMissCycles: 3, cacheMissAhead: 0 } })).toEqual({ issue: 24, miss: 12 })
  })

  it('EasyDMA at the same RAM', () => {
    // loop: ldr r5, [r1]; subs r0, #1; bne loop
    const prepare = (cpu: CortexM4, scheduler: Scheduler): void => {
      for (const after of [50, 100, 150])
        scheduler.at(scheduler.now + after, 'DMA', () => cpu.dmaTransfer(RAM))
    }
    // A transfer is met by the load alone.
    const { contention = 0, ...rest } = of([LDR_R5_R1, 0x3801, 0xd1fc], {
      prepare,
      timing: { dmaContention: 3 },
    })
    expect(rest).toEqual({ issue: 300, load: 100, refill: 99 })
    expect([0, 3, 6, 9]).toContain(contention)
    const everywhere = (cpu: CortexM4, scheduler: Scheduler): void => {
      for (let after = 50; after < 250; after++)
        scheduler.at(scheduler.now + after, 'DMA', () => cpu.dmaTransfer(RAM))
    }
    const met = of([LDR_R5_R1, 0x3801, 0xd1fc], { prepare: everywhere, timing: { dmaContention: 3 } })
    expect(met.contention).toBeGreaterThanOrEqual(30)
    expect((met.contention ?? 0) % 3).toBe(0)
  })

  it('another memory than before', () => {
    const prepare = (cpu: CortexM4): void => cpu.state.setRegister(4, 0x2000_8000)
    const code = [LDR_R6_R4, LDR_R5_R1]
    expect(of(code, { prepare, timing: { loadOtherSlave: 2 } })).toEqual({ issue: 2, load: 1, contention: 4 })
  })

  it('flash that is being erased', () => {
    const onWrite = (cpu: CortexM4, now: number): void => cpu.flashBusy(now + 500)
    const { issue, busy } = of([STR_R5_R2, NOP, NOP], { onWrite })
    expect([issue, busy]).toEqual([3, 500])
  })

  it('SVC: 12 in, 10 out, TRM 3.9.1', () => {
    const { exception, ...rest } = of([0xdf00])
    expect(exception).toBe(22)
    // SVC; BX LR, whose refill is the return's.
    expect(rest).toEqual({ issue: 2 })
  })

  it('WFI: until the interrupt', () => {
    const prepare = (cpu: CortexM4, scheduler: Scheduler): void => {
      cpu.privateBus.write(0xe000_e100, 4, 1)
      scheduler.at(scheduler.now + 1001, 'interrupt', () => cpu.setInterruptLine(0, true))
    }
    const handler = [0x4770]
    const { sleep, exception } = of([0xb672, 0xbf30], { prepare, handler })
    expect([sleep, exception]).toEqual([999, undefined])
  })
})

describe('however a run is gone through', () => {
  /** ldr r5, [r2]; cmp r5, #0; beq loop */
  const polling = [LDR_R5_R2, 0x2d00, 0xd0fc]

  it('polling that is skipped has the reasons of polling that is executed', () => {
    const prepare = (_: CortexM4, scheduler: Scheduler): void => {
      scheduler.at(5001, 'the register changes', () => undefined)
    }
    const executed = bench(polling, { prepare })
    const skipped = bench(polling, { prepare, isSteady: true })
    expect(executed.scheduler.now).toBeGreaterThan(5000)
    expect(skipped.reasons).toEqual(executed.reasons)
    expect(skipped.cpu.reasons!.instructions()).toEqual(executed.cpu.reasons!.instructions())
  })

  /** subs r0; ldm r1, {r5-r7}; udiv; ldrd; push {r5, lr}; bl f; pop {r5, pc} is f's. */
  const mixed = [0x2000 | 40, 0xc9e0, 0x390c, 0xfbb0, 0xf5f3, 0xe9d1, 0x5600, 0xc1e0, 0x390c, 0x3801, 0xd1f5]

  it.each([1, 2, 3, 7])('slices of %i cycles', (slice) => {
    const whole = bench(mixed)
    const sliced = bench(mixed, { slice })
    expect(sliced.reasons).toEqual(whole.reasons)
    expect(sliced.cpu.reasons!.instructions()).toEqual(whole.cpu.reasons!.instructions())
  })

  it('what an exception breaks off is told from what is done', () => {
    let periods = 0
    const prepare = (cpu: CortexM4, scheduler: Scheduler): void => {
      cpu.privateBus.write(0xe000_e100, 4, 1)
      const again = (): void => {
        if (periods++ > 200) return
        cpu.privateBus.write(0xe000_e200, 4, 1)
        scheduler.at(scheduler.now + 53, 'interrupt', again)
      }
      scheduler.at(scheduler.now + 53, 'interrupt', again)
    }
    const { cpu, reasons } = bench(mixed, { prepare })
    const undisturbed = bench(mixed).reasons
    expect(reasons.interrupted).toBeGreaterThan(0)
    expect(reasons.exception).toBeGreaterThan(0)
    for (const reason of ['load', 'store', 'data', 'unaligned'] as const)
      expect([reason, reasons[reason]]).toEqual([reason, undisturbed[reason]])
    for (const one of cpu.reasons!.instructions()) expect(sumOf(one.reasons)).toBe(one.cycles)
  })
})
