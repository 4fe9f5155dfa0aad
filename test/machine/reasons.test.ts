import { beforeAll, describe, expect, it } from 'vitest'
import { parsePhase } from '../../runs/simulation/phase-specs.ts'
import { noCycles, sumOf } from '../../emulator/cpu/timing/reasons.ts'
import { pipelineTiming, type TimingParameters } from '../../emulator/cpu/timing/timing.ts'
import { buildMicrobench } from '../../src/fidelity/firmware.ts'
import { simulate } from '../../src/files/simulate.ts'
import { compile } from '../cli/firmware.ts'
import { CYCLES_PER_SECOND, gestureFirmware, heldOut } from './gesture.ts'
import { addReasons, expectExactReasons } from './reasons.ts'
import { start } from './start.ts'

const bothKernels = ['reference', 'cmsis-nn'] as const

/** The sum of several. */
function together(all: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const sum = noCycles()
  for (const one of all) addReasons(sum, one)
  return Object.fromEntries(Object.entries(sum).filter(([, cycles]) => cycles !== 0))
}

describe.each(bothKernels)('a report of the gesture app with %s kernels', (kernels) => {
  it('has reasons that add up: of the run, of functions, of operators', async () => {
    const file = await gestureFirmware(kernels)
    const { run, reasons, functions, interpreters, phases } = await simulate({
      file,
      recording: await heldOut(),
      seconds: 11,
      phases: ['work=tflite::MicroInterpreter::Invoke', 'wait=rtc::wait_for_tick'].map(parsePhase),
    })
    for (const one of phases) expect([one.name, sumOf(one.reasons)]).toEqual([one.name, one.totalCycles])
    const phase = (name: string) => phases.find((one) => one.name === name)!.reasons
    expect(phases.map(({ source }) => source)).toEqual(expect.arrayContaining(['marker', 'option']))
    // Each look at the counters takes what was counted until then: the same as the interpreter's own.
    expect(phase('work')).toEqual(interpreters[0]!.reasons)
    expect(phase('wait')['sleep']).toBeGreaterThan(0.9 * run.sleepCycles)
    expect(sumOf(reasons)).toBe(run.cycles)
    expect(reasons['sleep']).toBe(run.sleepCycles)
    for (const one of functions) expect([one.name, sumOf(one.reasons)]).toEqual([one.name, one.selfCycles])
    const { exception = 0, sleep = 0 } = reasons
    expect(together([...functions.map((one) => one.reasons), { exception, sleep }])).toEqual(reasons)
    const [interpreter] = interpreters
    expect(interpreter?.operators).toHaveLength(3)
    expect(sumOf(interpreter!.reasons)).toBe(interpreter!.totalCycles)
    for (const one of interpreter!.operators) expect(sumOf(one.reasons)).toBe(one.totalCycles)
    expect(sumOf(interpreter!.own.reasons)).toBe(interpreter!.own.totalCycles)
    const parts = [...interpreter!.operators, interpreter!.own].map((one) => one.reasons)
    expect(together(parts)).toEqual(interpreter!.reasons)
  })
})

describe('reasons are exact', () => {
  let microbench = ''
  beforeAll(async () => {
    microbench = (await buildMicrobench()).elfPath
  })

  it.each<[string, Partial<TimingParameters>]>([
    ['as by default', {}],
    ['with every open wait', { peripheralWait: 1, loadOtherSlave: 1, dmaContention: 2, stackWait: 1 }],
    ['with another cache', { cacheWays: 2, cacheLineBytes: 32, cacheMissCycles: 6, cacheMissAhead: 0 }],
    ['with another pipeline', { fetchRestart: 0, loadToAddress: 1, storeAfterLoad: 1, refillDirect: 2 }],
    ['one cycle an instruction', { profile: 'oneCycle' }],
  ])('of every microbenchmark, %s', async (_, change) => {
    const running = await start(microbench, { profile: true, timing: { ...pipelineTiming, ...change } })
    expect(running.run(30 * CYCLES_PER_SECOND).kind).toBe('asleep-for-ever')
    expect(running.text).toMatch(/microbench end/)
    const reasons = expectExactReasons(running.machine)
    if (change.profile === undefined) expect(Math.min(reasons.divide, reasons.float)).toBeGreaterThan(0)
  })

  it('with EasyDMA in the way, and the same however a run is cut', async () => {
    const { recording } = await heldOut()
    const file = await gestureFirmware('cmsis-nn')
    const timing = { ...pipelineTiming, dmaContention: 2, peripheralWait: 1 }
    const whole = await start(file, { recording, profile: true, timing })
    const cut = await start(file, { recording, profile: true, timing })
    const end = CYCLES_PER_SECOND / 2
    whole.run(end)
    for (let at = 0; at < end; at += 4093) cut.run(Math.min(at + 4093, end))
    const reasons = expectExactReasons(whole.machine)
    expect(expectExactReasons(cut.machine)).toEqual(reasons)
    expect(cut.machine.cpu.reasons!.instructions()).toEqual(whole.machine.cpu.reasons!.instructions())
    expect(Math.min(reasons.contention, reasons.peripheral)).toBeGreaterThan(0)
  })

  it('with the cache off, on and off again, and code in RAM', async () => {
    const code = `
      volatile int sum;
      static unsigned short copy[128];
      __attribute__((noinline, aligned(4))) int f(int n) {
        int all = 0; for (int i = 0; i < n; i++) all += i / (n + 1) + i * i; return all; }
      static void work(void) {
        for (int i = 0; i < 50; i++) sum += i * i % 7;
        sum += ((int (*)(int))((unsigned)copy | 1))(40); }
      int main(void) {
        for (int i = 0; i < 128; i++) copy[i] = ((volatile unsigned short *)((unsigned)f & ~1u))[i];
        for (int i = 0; i < 20; i++) { REG(0x4001E540) = i & 1; work(); }
        leave(0); return 0; }`
    const running = await start(compile('reasons-cache', code, '-O1 -g'), { profile: true })
    expect(running.run()).toEqual({ kind: 'exit', code: 0 })
    const reasons = expectExactReasons(running.machine)
    expect(reasons.fetch).toBeGreaterThan(reasons.miss)
    expect(Math.min(reasons.miss, reasons.divide)).toBeGreaterThan(0)
  })
})
