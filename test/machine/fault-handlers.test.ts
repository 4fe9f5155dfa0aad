/** Faults that firmware has handlers of its own for, and those that only look so; ARMv7-M ARM B1.5.14, B1.5.15. */
import { describe, expect, it } from 'vitest'
import { exitCodeOf } from '../../src/cli/outcome.ts'
import { UserError } from '../../runs/errors.ts'
import type { RunReport } from '../../runs/report/run-report.ts'
import { simulate } from '../../src/files/simulate.ts'
import { compile } from '../cli/firmware.ts'

const SECOND = 64_000_000

/** `body` is main, `handlers` what comes before it; `set(n, handler)` puts a vector in. */
async function run(
  name: string,
  handlers: string,
  body: string,
  options = {},
  flags = '-O1 -g',
): Promise<RunReport> {
  const file = compile(
    name,
    `static void *table[64] __attribute__((aligned(256)));
     static void set(int n, void *handler) {
       if (!REG(0xE000ED08)) { for (int i = 0; i < 64; i++) table[i] = vectors[i]; REG(0xE000ED08) = (uint32_t)table; }
       table[n] = handler; }
     __attribute__((used)) static void step(uint32_t *frame) {
       REG(0xE000ED28) = REG(0xE000ED28); frame[6] += *(uint16_t *)frame[6] >> 11 >= 0x1d ? 4 : 2; }
     __attribute__((naked)) static void steps_over(void) { __asm__ volatile("mov r0, sp\\n b step"); }
     __attribute__((noinline)) int touch(void) { return REG(0x60000000); }
     ${handlers}
     int main(void) { ${body} }`,
    flags,
  )
  return simulate({ file, ...options })
}

function codeOf(report: RunReport): number {
  try {
    return exitCodeOf(report)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return error.exitCode
  }
}

const messages = ({ problems }: RunReport): string[] => problems.map(({ message }) => message)
const names = ({ fault }: RunReport): string[] =>
  (fault?.callStack ?? []).map((frame) => frame.function.replace(/\+0x.*/, ''))

/** The load in `touch`, with its own registers and call stack. */
function expectCrashInTouch(report: RunReport, last: RegExp): void {
  expect([report.run.stop, codeOf(report)]).toEqual(['fault', 3])
  expect(names(report)).toEqual(['touch', 'main', 'reset'])
  expect(report.fault).toMatchObject({
    bfar: 0x6000_0000,
    instruction: expect.stringMatching(/^ldr/i) as string,
  })
  expect(report.fault?.causes.at(-1)).toMatch(last)
}

describe('a HardFault handler of the firmware’s own', () => {
  it('runs, and the run goes on where it returns to (issue 9, hf)', async () => {
    const report = await run(
      'steps',
      '',
      'set(3, steps_over); touch(); touch(); print("end"); leave(7); return 0;',
    )
    expect([codeOf(report), report.console.text, report.fault]).toEqual([7, 'end', null])
    expect(report.interrupts).toEqual([{ number: 3, name: 'HardFault', count: 2 }])
    expect(messages(report)).toEqual([
      expect.stringMatching(
        /^BusFault: .*PRECISERR\) at 0x60000000 at 0x\w+ \(ldr.*left to the firmware's own handler$/,
      ),
    ])
    expect(report.problems[0]?.count).toBe(2)
  })

  it.each([
    ['spins', 'for (;;) ;'],
    ['sleeps', 'for (;;) __asm__ volatile("wfi");'],
  ])('that %s for ever after it has done something is where the firmware crashed', async (name, loop) => {
    const report = await run(
      name,
      `volatile int seen; static void hard(void) { seen++; ${loop} }`,
      'set(3, hard); return touch();',
      { seconds: 100 },
    )
    expectCrashInTouch(report, /its handler did not come back/)
    expect(report.run.cycles).toBeGreaterThan(SECOND)
    expect(report.run.cycles).toBeLessThan(SECOND + 10_000)
  })

  it('that prints has a second from its last byte on', async () => {
    const wait = 'for (volatile int i = 0; i < 4000000; i++) ;'
    const handlers = `static void hard(void) { for (int i = 0; i < 3; i++) { print("."); ${wait} } leave(9); }`
    const report = await run('prints', handlers, 'set(3, hard); return touch();')
    expect([report.run.stop, codeOf(report), report.console.text]).toEqual(['exit', 9, '...'])
    expect(report.run.cycles).toBeGreaterThan(1.5 * SECOND)
  })

  it('is where the firmware crashed if the time is over in it', async () => {
    const handlers = 'volatile int seen; static void hard(void) { seen++; for (;;) ; }'
    const report = await run('limit', handlers, 'set(3, hard); return touch();', { seconds: 0.01 })
    expect([report.run.stop, codeOf(report), names(report)[0]]).toEqual(['fault', 3, 'touch'])
    expect(Math.abs(report.run.cycles - 0.01 * SECOND)).toBeLessThan(20)
  })

  it('that stops at a BKPT has crashed', async () => {
    const handlers = 'volatile int seen; static void hard(void) { seen++; __asm__ volatile("bkpt #1"); }'
    expectCrashInTouch(await run('stops', handlers, 'set(3, hard); return touch();'), /stopped at a BKPT/)
  })

  it('that returns to the same instruction for ever has crashed', async () => {
    const handlers = 'volatile int seen; static void hard(void) { seen++; }'
    expectCrashInTouch(await run('returns', handlers, 'set(3, hard); return touch();'), /again and again/)
  })

  it('that faults locks up, told with the first fault’s registers', async () => {
    const handlers = 'static void hard(void) { REG(0x70000000) = 1; }'
    const report = await run('locks-up', handlers, 'set(3, hard); return touch();')
    expectCrashInTouch(report, /^Lockup: dataBus in a HardFault or NMI handler/)
  })

  it('that resets the chip: the firmware begins again, the fault is told', async () => {
    const handlers = `static int boots; static void hard(void) { REG(0xE000ED0C) = 0x05FA0004; for (;;) ; }`
    const report = await run('resets', handlers, 'if (boots++ == 1) leave(5); set(3, hard); return touch();')
    expect([codeOf(report), report.fault]).toEqual([5, null])
    expect(messages(report).at(-1)).toMatch(
      /PRECISERR\) at 0x60000000 .*whose handler let the chip be reset$/,
    )
  })
})

describe('a vector to an endless loop is no handler', () => {
  it.each([
    ['b-dot', 'while (1) ;', '-O1 -g'],
    ['wfi-loop', 'while (1) __asm__ volatile("wfi");', '-O1 -g'],
    ['wfe-loop', 'while (1) __asm__ volatile("wfe");', '-O1 -g'],
    ['masked', '__asm__ volatile("cpsid i"); while (1) ;', '-O1 -g'],
    ['not-optimised', 'while (1) { }', '-O0 -g'],
    ['breakpoint', '__asm__ volatile("bkpt #0"); while (1) ;', '-O1 -g'],
  ])('%s', async (name, loop, flags) => {
    const report = await run(
      name,
      `static void hard(void) { ${loop} }`,
      'set(3, hard); return touch();',
      {},
      flags,
    )
    expect([report.run.stop, codeOf(report)]).toEqual(['fault', 3])
    expect(report.fault?.bfar).toBe(0x6000_0000)
    expect(report.run.cycles).toBeLessThan(10_000)
    expect(messages(report).join()).not.toMatch(/own handler/)
  })

  it('nor is it for BusFault when that is enabled', async () => {
    const report = await run('enabled', '', 'REG(0xE000ED24) |= 7 << 16; return touch();')
    expectCrashInTouch(report, /PRECISERR/)
    expect(report.run.cycles).toBeLessThan(10_000)
    expect(report.interrupts).toMatchObject([{ name: 'BusFault', count: 1 }])
  })
})

describe('others', () => {
  it('a fault in the handler of another becomes a HardFault, which is handled too', async () => {
    const handlers = `volatile int seen; __attribute__((used)) static void twice(uint32_t *frame) { if (seen++ == 0) __asm__ volatile("udf #1"); step(frame); }
      __attribute__((naked)) static void usage(void) { __asm__ volatile("mov r0, sp\\n b twice"); }`
    const body =
      'set(3, steps_over); set(6, usage); REG(0xE000ED24) |= 1 << 18; __asm__ volatile("udf #2"); leave(seen); return 0;'
    const report = await run('nested', handlers, body)
    expect([codeOf(report), report.fault]).toEqual([1, null])
    expect(messages(report)).toEqual([
      expect.stringMatching(/udf #2\), left/i),
      expect.stringMatching(/udf #1\), left/i),
    ])
  })

  it('a fault in an NMI handler locks up', async () => {
    const handlers = 'static void nmi(void) { touch(); }'
    const report = await run(
      'nmi',
      handlers,
      'set(2, nmi); set(3, steps_over); REG(0xE000ED04) = 1u << 31; return 0;',
    )
    expect([report.run.stop, codeOf(report), names(report)[0]]).toEqual(['fault', 3, 'touch'])
    expect(report.fault?.causes.at(-1)).toMatch(/^Lockup/)
  })

  it('an NMI handler runs and returns', async () => {
    const report = await run(
      'nmi-runs',
      'volatile int seen; static void nmi(void) { seen = 6; }',
      'set(2, nmi); REG(0xE000ED04) = 1u << 31; __asm__ volatile("dsb\\n isb"); leave(seen); return 0;',
    )
    expect([codeOf(report), report.interrupts]).toEqual([6, [{ number: 2, name: 'NMI', count: 1 }]])
  })

  it('BKPT goes to DebugMonitor where that is enabled', async () => {
    const body =
      'set(12, steps_over); REG(0xE000EDFC) |= 1 << 16; __asm__ volatile("bkpt #1"); leave(4); return 0;'
    const report = await run('monitor', '', body)
    expect([codeOf(report), report.interrupts]).toEqual([4, [{ number: 12, name: 'DebugMonitor', count: 1 }]])
  })

  it('BKPT is a HardFault to firmware with a handler, and the end of others', async () => {
    const handled = await run(
      'bkpt-handled',
      '',
      'set(3, steps_over); __asm__ volatile("bkpt #1"); leave(4); return 0;',
    )
    expect([codeOf(handled), handled.interrupts]).toMatchObject([4, [{ name: 'HardFault', count: 1 }]])
    const other = await run('bkpt', '', '__asm__ volatile("bkpt #1"); leave(4); return 0;')
    expect(other.run.stop).toBe('breakpoint')
    expect(other.run.stopDetail).toMatch(/^BKPT at main\+0x\w+ /)
  })

  it('stores to flash that CONFIG.WEN forbids have no effect, and end a strict run', async () => {
    const body = 'REG(0xF0000) = 0x12345678; leave(REG(0xF0000) == 0xffffffff ? 3 : 4); return 0;'
    const report = await run('flash', '', body)
    expect([report.run.exitCode, messages(report)]).toEqual([
      3,
      [
        expect.stringMatching(
          /^NVMC: store to flash at 0x000f0000 while CONFIG.WEN is not Wen, ignored; by main\+0x\w+ \(0x\w+\)$/,
        ),
      ],
    ])
    const strict = await run('flash', '', body, { strict: true })
    expect([strict.run.stop, strict.run.stopDetail]).toEqual([
      'unmodelled',
      expect.stringMatching(/^--strict: NVMC: store to flash at 0x000f0000 .* at main/),
    ])
  })
})
