/** What is said of firmware that waits when its time is over. */
import { describe, expect, it } from 'vitest'
import type { RunReport } from '../../runs/report/run-report.ts'
import { simulate } from '../../src/files/simulate.ts'
import { compile } from '../cli/firmware.ts'

const waits = async (name: string, source: string, seconds = 1): Promise<RunReport['run']> =>
  (await simulate({ file: compile(`waits-${name}`, source), seconds, profile: false })).run

describe('a loop', () => {
  it('that polls an event: which', async () => {
    const { waiting, stopDetail } = await waits(
      'event',
      'int main(void) { while (!REG(0x40002144)) ; return 0; }',
    )
    expect(waiting).toMatchObject({
      kind: 'loop',
      isUnchanging: true,
      reads: [{ address: 0x4000_2144, name: 'UARTE0.EVENTS_RXTO', value: 0 }],
    })
    expect(waiting?.reads[0]).toMatchObject({
      state: 'UARTE0 is disabled',
      endsBy: 'TASKS_STOPRX while its receiver runs',
    })
    expect(stopDetail).toMatch(
      /; waits for UARTE0\.EVENTS_RXTO \(0x40002144\), always 0; UARTE0 is disabled; what ends it: TASKS_STOPRX while its receiver runs; in a loop at main.* since 250\.0 ms or before$/,
    )
  })

  it.each([
    [
      'a receiver',
      'REG(0x40002500) = 8; REG(0x40002514) = 10; REG(0x40002534) = 0x20000000; REG(0x40002538) = 1; REG(0x40002000) = 1;',
      0x4000_2110,
      'UARTE0 is receive',
      /as many bytes on its RX pin/,
    ],
    ['a counter that was never started', '', 0x4001_1140, 'RTC1 was never started', /COUNTER at that CC/],
    ['what is not modelled', '', 0x4002_6000, 'FPU is not modelled: nothing in it happens', null],
    ['a reader of NFC', 'REG(0x40005008) = 1;', 0x4000_5104, 'NFCT is sensing', /a field of a reader/],
    ['a pin', '', 0x5000_0510, null, /another level on a pin/],
  ])(
    'that polls %s: how that stands, and what would end it',
    async (name, before, address, state, endsBy) => {
      const { waiting } = await waits(
        name.replaceAll(' ', '-'),
        `int main(void) { ${before} while (!REG(${address})) ; return 0; }`,
      )
      expect(waiting?.reads).toMatchObject([
        { address, state, endsBy: endsBy && (expect.stringMatching(endsBy) as string) },
      ])
    },
  )

  it('that polls a variable, through a function: whose', async () => {
    const { waiting } = await waits(
      'variable',
      `volatile int ready; __attribute__((noinline)) int isReady(void) { __asm__ volatile("nop"); return ready; }
       int main(void) { while (!isReady()) ; return 0; }`,
    )
    expect(waiting).toMatchObject({
      kind: 'loop',
      isUnchanging: true,
      reads: [
        {
          name: 'ready',
          value: 0,
          state: null,
          endsBy: "an exception's handler that writes it; no interrupt of a peripheral is enabled",
        },
      ],
    })
    expect(waiting!.function).toMatch(/^(main|isReady)/)
  })

  it('that polls with a time-out counts, and is still in the loop', async () => {
    const { waiting } = await waits(
      'counted',
      'int main(void) { for (uint32_t n = 0; n < 4000000000u && !REG(0x40002144); n++) __asm__ volatile("" : "+r"(n)); return 0; }',
    )
    expect(waiting).toMatchObject({
      kind: 'loop',
      isUnchanging: false,
      reads: [{ name: 'UARTE0.EVENTS_RXTO', value: null }],
    })
  })

  it('with long delays between polls', async () => {
    const { waiting } = await waits(
      'delays',
      'int main(void) { while (!REG(0x40002144)) for (int i = 0; i < 2000; i++) __asm__ volatile("nop"); return 0; }',
    )
    expect(waiting).toMatchObject({ isUnchanging: true, reads: [{ name: 'UARTE0.EVENTS_RXTO' }] })
  })

  it('that reads much: what peripherals say first, and not all of it', async () => {
    const { waiting, stopDetail } = await waits(
      'much',
      'volatile int a, b, c; int main(void) { while (!a && !b && !c && !REG(0xE000E180) && !REG(0x40002144)) ; return 0; }',
    )
    expect(waiting?.reads).toHaveLength(5)
    expect(stopDetail).toMatch(
      /; waits for UARTE0\.EVENTS_RXTO .*, and for a .*, and for 3 more \(--json\); in a loop/,
    )
  })

  it('of a processor register', async () => {
    const { waiting } = await waits(
      'systick',
      'int main(void) { while (!(REG(0xE000E010) & 0x10000)) ; return 0; }',
    )
    expect(waiting).toMatchObject({
      reads: [{ address: 0xe000_e010, name: expect.stringMatching(/CSR|CTRL/) as string }],
    })
  })

  it('without end, that reads nothing', async () => {
    const { waiting, stopDetail } = await waits('nothing', 'int main(void) { for (;;) ; }')
    expect(waiting).toMatchObject({ kind: 'loop', isUnchanging: true, reads: [] })
    expect(stopDetail).toMatch(/which reads nothing and never ends$/)
  })

  it('of half a second only, and work that goes on, is no waiting', async () => {
    expect((await waits('little', 'int main(void) { for (;;) ; }', 0.2)).waiting).toBeNull()
    const work =
      'volatile uint32_t a[4096]; int main(void) { for (uint32_t n = 1;; n++) for (int i = 0; i < 4096; i++) { a[i] += n; if (n & 1) a[i] ^= i; else a[i] *= 3; } }'
    const { waiting } = await waits('work', work)
    expect(waiting?.isUnchanging ?? false).toBe(false)
    expect(waiting?.reads ?? []).toEqual([])
  })
})

describe('sleep', () => {
  const rtc = 'REG(0x40000008) = 1; REG(0x40011000) = 1; REG(0x40011540) = 80000; REG(0x40011304) = 1u << 16;'

  it('says what can wake it, and costs what System ON costs', async () => {
    const run = await waits(
      'rtc',
      `int main(void) { ${rtc} REG(0xE000E100) = 1u << 17; for (;;) __asm__ volatile("wfi"); }`,
    )
    expect(run).toMatchObject({
      stop: 'time',
      nothingWakesSinceCycle: null,
      waiting: { kind: 'asleep', wakes: ['RTC1.EVENTS_COMPARE[0]'] },
    })
    expect(run.stopDetail).toMatch(/what can wake it: RTC1\.EVENTS_COMPARE\[0\]/)
  })

  it.each([
    ['wfe', 'for (;;) __asm__ volatile("wfe");', 'asleep', 2.35],
    ['wfi', 'for (;;) __asm__ volatile("wfi");', 'asleep', 2.35],
    ['masked', '__asm__ volatile("cpsid i"); for (;;) __asm__ volatile("wfi");', 'asleep', 2.35],
    ['off', 'REG(0x40000500) = 1; for (;;) __asm__ volatile("wfe");', 'off', 0.4],
  ])('for ever (%s) goes on to its end at what Nordic publishes', async (name, body, kind, microamps) => {
    const file = compile(`for-ever-${name}`, `int main(void) { ${body} }`)
    const { run, power } = await simulate({ file, seconds: 10 })
    expect(run).toMatchObject({ stop: 'time', seconds: 10, waiting: { kind, wakes: [] } })
    expect(run.stopDetail).toMatch(/and nothing could wake it/)
    // ION_RAMON_EVENT and IOFF_RAMOFF_RESET, nRF52840 PS.
    expect(power.chip.averageMicroamps).toBeCloseTo(microamps, 1)
    expect(power.awakeShare).toBeLessThan(1e-5)
    const until = await simulate({ file, seconds: 10, until: /never/ })
    expect(until.run).toMatchObject({ stop: 'time', seconds: 10, until: { metCycle: null } })
  })
})

/** RTC0 compares after 100 ticks of 32 768 Hz, and its interrupt is enabled. */
const compare = `REG(0x40000008) = 1; REG(0x4000B540) = 100; REG(0x4000B304) = 1 << 16; REG(0xE000E408) = 0xE0E0E0E0;
  REG(0xE000E100) = 1 << 11; REG(0x4000B000) = 1;`

it.each([
  ['BASEPRI above it, WFI', '__asm__ volatile("msr basepri, %0" : : "r"(0x40));', 'wfi'],
  ['FAULTMASK, WFI', '__asm__ volatile("cpsid f");', 'wfi'],
  ['PRIMASK, WFE', '__asm__ volatile("cpsid i");', 'wfe'],
])('an interrupt that may not be taken is no hope: %s', async (name, mask, sleep) => {
  const body = `${mask} ${compare} for (;;) { __asm__ volatile("${sleep}"); print("woke"); }`
  const { waiting, stopDetail } = await waits(name.replace(/\W+/g, '-'), `int main(void) { ${body} }`)
  expect(waiting).toMatchObject({ kind: 'asleep', wakes: [] })
  expect(stopDetail).toMatch(/asleep at main.*; no interrupt that could wake it is enabled$/)
})

it('SEVONPEND: WFE is woken by what PRIMASK holds off', async () => {
  const body = `__asm__ volatile("cpsid i"); REG(0xE000ED10) = 1 << 4; ${compare} REG(0x4000B540) = 0xffffff; for (;;) __asm__ volatile("wfe");`
  const { waiting } = await waits('sevonpend', `int main(void) { ${body} }`)
  expect(waiting).toMatchObject({ kind: 'asleep', wakes: ['RTC0.EVENTS_COMPARE[0]'] })
})
