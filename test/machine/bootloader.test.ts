/** Firmware behind a bootloader that has not run here: it begins as that leaves the board. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { NANO_33_BLE_SENSE } from '../../emulator/boards/nano33blesense.ts'
import { NRF52840_DK } from '../../emulator/boards/nrf52840dk.ts'
import { XIAO_NRF52840_SENSE } from '../../emulator/boards/xiaonrf52840sense.ts'
import { openRun } from '../../runs/recording/open-run.ts'
import { beginRecording } from '../../runs/recording/record.ts'
import { Replay } from '../../runs/recording/replay.ts'
import { renderReport } from '../../runs/report/show/render.ts'
import type { RunReport } from '../../runs/report/run-report.ts'
import { loadDemangler } from '../../src/files/demangler.ts'
import { firmwareToKeep } from '../../src/files/recorded-run.ts'
import { simulate } from '../../src/files/simulate.ts'
import { compile, compileAt, toBinary } from '../cli/firmware.ts'

const shown = (report: RunReport): string => renderReport(report, { color: false, width: 400 })

const says = `
static void say(const char *name, uint32_t value) {
  char line[] = "                   0x00000000\\n"; int n = 0;
  while (name[n]) { line[n] = name[n]; n++; }
  for (int i = 0; i < 8; i++) line[21 + i] = "0123456789abcdef"[(value >> (28 - 4 * i)) & 15];
  print(line);
}
`

/** Arduino's initVariant ends what the bootloader left receiving: ArduinoCore-mbed, variants/ARDUINO_NANO33BLE/variant.cpp. */
const initVariant = 'REG(0x40002004) = 1; while (!REG(0x40002144)) ; print("went on\\n");'

const sketch = (name: string, origin: number, body: string, before = ''): string =>
  compileAt(origin, name, `${says}${before} int main(void) { ${body} leave(0); return 0; }`)

/** Read off the bootloader of the Nano 33 BLE as it ran on this emulator: cases/README.md of the issue. */
const LEFT: readonly (readonly [name: string, address: number, value: number])[] = [
  ['VTOR', 0xe000_ed08, 0x1_0000],
  ['UARTE0.ENABLE', 0x4000_2500, 8],
  ['UARTE0.PSEL.TXD', 0x4000_250c, 0x23],
  ['UARTE0.PSEL.RXD', 0x4000_2514, 0x2a],
  ['UARTE0.BAUDRATE', 0x4000_2524, 0x0027_5000],
  ['UARTE0.RXD.MAXCNT', 0x4000_2538, 1],
  ['UARTE0.RXSTARTED', 0x4000_214c, 1],
  ['RTC1.INTENSET', 0x4001_1304, 0x1_0000],
  ['RTC1.EVTEN', 0x4001_1340, 0x1_0000],
  ['RTC1.CC[0]', 0x4001_1540, 0x3f44],
  ['CLOCK.LFCLKSTAT', 0x4000_0418, 0x1_0001],
  ['CLOCK.HFCLKSTAT', 0x4000_040c, 0x1_0000],
  ['PWM0.ENABLE', 0x4001_c500, 1],
  ['PWM3.ENABLE', 0x4002_d500, 1],
  ['PWM0.PSEL.OUT[0]', 0x4001_c560, 0x0d],
  ['NVMC.ICACHECNF', 0x4001_e540, 1],
  ['MPU.CTRL', 0xe000_ed94, 5],
  ['SYST.CSR', 0xe000_e010, 4],
  ['NVIC.ISER[0]', 0xe000_e100, 0],
  ['P0.DIR', 0x5000_0514, 0x2000],
  ['P1.DIR', 0x5000_0814, 0x0208],
]

describe('an image at 0x10000 of the Nano 33 BLE Sense', () => {
  it('begins with what its bootloader left, at each reset', async () => {
    const body = LEFT.map(([name, address]) => `say("${name}", REG(${address}u));`).join(' ')
    const again = 'if (!(REG(0x40000400) & 4)) REG(0xE000ED0C) = 0x05FA0004;'
    const { console, run, resets } = await simulate({ file: sketch('left', 0x1_0000, `${body} ${again}`) })
    const expected = LEFT.map(
      ([name, , value]) => `${name.padEnd(19)}0x${value.toString(16).padStart(8, '0')}\n`,
    )
    expect(console.text).toBe(expected.join('').repeat(2))
    expect(resets).toMatchObject([{ reason: 'software', count: 1 }])
    expect(run.began).toMatchObject({
      how: 'left-by-bootloader',
      vectorTable: 0x1_0000,
      bootloader: "Arduino's bootloader",
    })
  })

  it('has its real-time counter running on', async () => {
    const body = 'uint32_t a = REG(0x40011504); while (REG(0x40011504) == a) ; say("COUNTER", a);'
    const { console, run } = await simulate({ file: sketch('counts', 0x1_0000, body) })
    expect(console.text).toMatch(/0x0000412c/)
    expect(run.cycles).toBeLessThan(10_000)
  })

  it('goes on where a sketch ends the receiver, within four frames at 9600 baud', async () => {
    const file = sketch('init-variant', 0x1_0000, initVariant)
    const report = await simulate({ file, seconds: 1 })
    expect(report.console.text).toBe('went on\n')
    // 4 frames of 10 bits; PS 6.33.4.
    expect(report.run.seconds * 1000).toBeCloseTo((4 * 10) / 9.6, 1)
    expect(report.board.instructionCache).toBe('on')
    expect(report.problems).toEqual([])
    expect(shown(report)).toMatch(
      /began +at 0x00010000, as Arduino's bootloader leaves the board: UARTE0 receiving/,
    )

    const bare = await simulate({ file, seconds: 1, boot: 'none' })
    expect(bare.console.text).toBe('')
    expect(bare.run.stopDetail).toMatch(/waits for UARTE0\.EVENTS_RXTO .* UARTE0 is disabled/)
    expect(bare.run.began.how).toBe('bare')
    expect(bare.problems).toEqual([])
    const elsewhere = await simulate({ file, seconds: 1, board: NRF52840_DK })
    expect(elsewhere.problems[0]?.message).toMatch(/linked at 0x10000, behind a bootloader that is not there/)
  })

  it('draws what the clock, the receiver and the converter draw', async () => {
    const file = sketch('idle', 0x1_0000, 'for (;;) __asm__ volatile("wfi");')
    const microamps = async (boot?: 'none'): Promise<number> =>
      (await simulate({ file, seconds: 1, ...(boot && { boot }) })).power.chip.averageMicroamps
    // HFCLK for the receiver: hundreds of microamps (PS, Current consumption); bare, System ON.
    expect(await microamps()).toBeGreaterThan(100)
    expect(await microamps('none')).toBeLessThan(5)
  })

  it('is run again, from a recording, as it was', async () => {
    const bin = toBinary(
      sketch(
        'recorded',
        0x1_0000,
        `${initVariant} for (int i = 0; i < 300000; i++) __asm__ volatile("nop");`,
      ),
    )
    const { hooks, finish } = beginRecording([])
    const options = { file: bin, seconds: 1 }
    const report = await simulate({ ...options, ...hooks })
    expect(report.run.stop).toBe('exit')
    const bytes = await finish(options, report, () => firmwareToKeep(bin))
    const replay = new Replay(
      (await openRun(bytes, 'a.boardless', { prepare: loadDemangler })).run,
      'a.boardless',
    )
    for (const cycle of [1, 100_000, 400_000]) {
      replay.goTo(cycle)
      const { machine } = replay.run
      expect([machine.now >= cycle, machine.options.leftBy?.name]).toEqual([true, "Arduino's bootloader"])
    }
    replay.goBefore(0)
    let ending
    while ((ending ??= replay.run.advance(Infinity)) === undefined);
    expect(replay.run.machine.now).toBe(report.run.cycles)
  })
})

describe('with what really lies below', () => {
  // It waits a millisecond, leaves UARTE0 on, and starts what is at 0x10000.
  const loader = `
    int main(void) {
      for (volatile int i = 0; i < 8000; i++) ;
      print("loader\\n"); REG(0x40002500) = 8; REG(0xE000ED08) = 0x10000;
      __asm__ volatile("msr msp, %0\\n bx %1" : : "r"(REG(0x10000)), "r"(REG(0x10004)));
      return 0;
    }`

  it('that runs first, and its state is its own', async () => {
    const bootFile = compile('loader', loader)
    const file = sketch(
      'behind',
      0x1_0000,
      'say("ENABLE", REG(0x40002500)); say("ICACHECNF", REG(0x4001E540));',
    )
    const report = await simulate({ file, bootFile, seconds: 1 })
    expect(report.console.text).toMatch(/^loader\nENABLE +0x00000008\nICACHECNF +0x00000000\n$/)
    expect(report.run.began).toMatchObject({ how: 'reset', vectorTable: 0, leaves: [] })
    expect(report.firmware).toMatchObject({ file: 'loader.elf + behind.elf', format: 'several' })
    expect(report.functions.map(({ name }) => name)).toContain('say')
    expect(shown(report)).toMatch(/firmware +loader\.elf +sha256 [0-9a-f]{16}\n +behind\.elf +sha256/)
  })
})

describe('XIAO', () => {
  it('begins nearly as after a reset at 0x27000, and says that a SoftDevice it calls is not there', async () => {
    const body = 'say("VTOR", REG(0xE000ED08)); say("RVR", REG(0xE000E014)); __asm__ volatile("svc #0x12");'
    const file = sketch('xiao', 0x2_7000, body)
    const report = await simulate({ file, board: XIAO_NRF52840_SENSE, seconds: 0.1 })
    expect(report.console.text).toMatch(/VTOR +0x00027000\nRVR +0x0000f9ff/)
    expect(report.run.began.bootloader).toBe("Adafruit's UF2 bootloader")
    expect(report.problems).toEqual([])
    const calls = sketch('xiao-calls', 0x2_7000, 'say("x", 0); __asm__ volatile("svc #0x10");')
    const called = await simulate({ file: calls, board: XIAO_NRF52840_SENSE, seconds: 0.1 })
    expect(called.problems[0]?.message).toMatch(
      /calls a SoftDevice \(svc 0x10\).*0x27000, behind S140 7; none is there/,
    )
  })
})

it('a fault ends the run at once with --on-fault stop', async () => {
  const handler = `void Hard(void) { print("handler\\n"); leave(0); }`
  const file = compile(
    'on-fault',
    `${handler} int main(void) { REG(0xE000ED08) = 0x20000000;
    for (int i = 0; i < 16; i++) REG(0x20000000 + 4 * i) = (uint32_t)vectors[i];
    REG(0x2000000C) = (uint32_t)Hard; (void)REG(0x60000000); return 0; }`,
  )
  expect((await simulate({ file, seconds: 1 })).console.text).toBe('handler\n')
  const stopped = await simulate({ file, seconds: 1, onFault: 'stop' })
  expect([stopped.run.stop, stopped.console.text]).toEqual(['fault', ''])
  expect(stopped.fault?.summary).toMatch(/crashed at main.*BusFault/)
})

it('every board with a bootloader looks for applications in flash, behind it', () => {
  for (const { bootloader } of [NANO_33_BLE_SENSE, XIAO_NRF52840_SENSE]) {
    expect(bootloader?.applicationAt).toBeGreaterThan(0)
    expect(bootloader?.writes.at(-1)).toEqual([0xe000_ed08, bootloader?.applicationAt])
  }
  expect(
    readFileSync(new URL('../../emulator/boards/arduino-bootloader.ts', import.meta.url), 'utf8'),
  ).toMatch(/arduino\/ArduinoCore-mbed/)
})
