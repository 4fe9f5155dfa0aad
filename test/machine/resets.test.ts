/** What is said of a chip that is reset while it runs. */
import { describe, expect, it } from 'vitest'
import { renderReport } from '../../runs/report/show/render.ts'
import { simulate } from '../../src/files/simulate.ts'
import { compile } from '../cli/firmware.ts'

const MILLISECOND = 64_000
const AIRCR = 'REG(0xE000ED0C) = 0x05FA0004; for (;;) ;'

const trace =
  'REG(0xE000EDFC) |= 1u << 24; REG(0xE0000FB0) = 0xC5ACCE55; REG(0xE0000E80) = 1; REG(0xE0000E00) = 7;'

describe('resets', () => {
  it('by SYSRESETREQ: how often, where, when first and last', async () => {
    const file = compile(
      'resets-itself',
      `__attribute__((noinline)) void again(void) { ${AIRCR} } int main(void) { for (volatile int i = 0; i < 1000; i++) ; again(); return 0; }`,
    )
    const report = await simulate({ file, seconds: 0.1 })
    const [one, ...others] = report.resets
    expect(others).toEqual([])
    expect(one).toMatchObject({ reason: 'software', exception: null })
    expect(one!.function).toMatch(/^again/)
    // The same each time, so that the last one is as many periods after the first.
    const period = one!.firstCycle
    expect(one!.count).toBe(Math.floor((100 * MILLISECOND) / period))
    expect(one!.lastCycle).toBeLessThanOrEqual(100 * MILLISECOND)
    expect(one!.lastCycle).toBeGreaterThan(100 * MILLISECOND - 2 * period)
    const text = renderReport(report, { color: false, width: 100 })
    expect(text).toMatch(/was reset +\d+ times: SYSRESETREQ at again/)
    expect(text).toMatch(/Memory {2}high water .*, over all \d+ starts/)
  })

  it('by the watchdog, where the processor hung', async () => {
    const file = compile(
      'watchdog-bites',
      'int main(void) { if (REG(0x40000400) & 2) for (;;) __asm__ volatile("wfi"); REG(0x40010504) = 327; REG(0x40010000) = 1; for (;;) ; }',
    )
    const { resets } = await simulate({ file, seconds: 0.5 })
    expect(resets).toMatchObject([{ reason: 'watchdog', count: 1 }])
    expect(resets[0]!.function).toMatch(/^main/)
    // (CRV + 1) / 32 768 s and two cycles more; nRF52840 PS, WDT.
    expect(resets[0]!.firstCycle / 64e6).toBeCloseTo(330 / 32_768, 4)
  })

  it('in a handler: of which exception', async () => {
    const file = compile(
      'resets-in-handler',
      `void handler(void) { ${AIRCR} }
       int main(void) { if (REG(0x40000400) & 4) for (;;) __asm__ volatile("wfi");
         static void *table[64] __attribute__((aligned(256))); for (int i = 0; i < 64; i++) table[i] = (void *)handler;
         REG(0xE000ED08) = (uint32_t)table; __asm__ volatile("svc 0"); return 0; }`,
    )
    expect((await simulate({ file, seconds: 0.01 })).resets).toMatchObject([
      { reason: 'software', exception: 'SVCall', count: 1 },
    ])
  })

  it('cut off a phase, which is not counted, and is said', async () => {
    const file = compile(
      'resets-in-phase',
      `static const char work[] = "work";
       int main(void) { ${trace}
         REG(0xE0000004) = (uint32_t)work; for (volatile int i = 0; i < 100; i++) ; REG(0xE0000008) = (uint32_t)work;
         REG(0xE0000004) = (uint32_t)work; for (volatile int i = 0; i < 5000; i++) ;
         if (!(REG(0x40000400) & 4)) { ${AIRCR} }
         REG(0xE0000008) = (uint32_t)work; leave(0); return 0; }`,
    )
    const { phases, problems, power } = await simulate({ file, seconds: 1 })
    expect(phases).toMatchObject([{ name: 'work', passes: 3 }])
    expect(power.phases).toMatchObject([{ phase: 'work', passes: 3 }])
    expect(problems.map(({ message }) => message)).toContain(
      'phase work was under way when the chip was reset; it is not counted',
    )
  })

  it('without end: the run ends', async () => {
    const file = compile('resets-at-once', `int main(void) { ${AIRCR} }`)
    const { run, resets } = await simulate({ file, seconds: 3600, profile: false })
    expect([run.stop, resets[0]!.count]).toEqual(['reset-loop', 5000])
  })
})
