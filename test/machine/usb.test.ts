/** Firmware that drives USBD as the stacks of others do, and a USB host at the other end. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { NRF52840_DK } from '../../emulator/boards/nrf52840dk.ts'
import { SpanTrack } from '../../emulator/timeline/tracks.ts'
import { Recorder } from '../../emulator/timeline/record/recorder.ts'
import type { MachineOptions } from '../../emulator/machine.ts'
import { renderReport } from '../../runs/report/show/render.ts'
import { simulate } from '../../src/files/simulate.ts'
import { compile } from '../cli/firmware.ts'
import { start, type Running } from './start.ts'

const source = readFileSync(join(import.meta.dirname, 'firmware/usb-serial.c'), 'utf8')
const SECOND = 64_000_000
const LOTS = Array.from({ length: 1000 }, (_, i) =>
  i % 50 === 49 ? '\n' : 'abcdefghijklmnopqrstuvwxyz'[i % 26],
).join('')

const built = (style: number): string =>
  compile(`usb-serial-${style}`, source, `-O2 -g -fno-tree-loop-distribute-patterns -DSTYLE=${style}`)

const serial = (style: number, options: Partial<MachineOptions> = {}): Promise<Running> =>
  start(
    compile(`usb-serial-${style}`, source, `-O2 -g -fno-tree-loop-distribute-patterns -DSTYLE=${style}`),
    options,
  )

describe.each([
  [1, 'TinyUSB'],
  [2, 'nrfx under Zephyr'],
  [3, 'nrfx under mbed'],
])('a serial port as %i, %s', (style) => {
  it('is enumerated, opened, and is the console in both directions', async () => {
    const running = await serial(style)
    const { machine } = running
    machine.run(SECOND / 2)
    const { device, strings, console, configuredCycle, openedCycle } = machine.usb!.state
    expect(device).toMatchObject({ vendorId: 0x2341, productId: 0x805a, usbVersion: '2.0', maxPacket0: 64 })
    expect(strings).toEqual({ manufacturer: 'Boardless', product: 'Serial port', 'serial number': '12345' })
    expect(console).toEqual({ control: 0, in: 2, out: 2 })
    // 100 ms until the plug sits still, twice 50 ms of reset, twice 10 and once 2 ms of recovery.
    expect(configuredCycle! / 64_000).toBeGreaterThan(222)
    expect(openedCycle! / 64_000).toBeLessThan(230)
    expect(running.text).toBe(`hello\r\n115200 baud\r\n${LOTS}`)
    machine.input({ kind: 'console', bytes: Buffer.from('some words\r\n') })
    machine.run(SECOND)
    expect(running.text.slice(-12)).toBe('SOME WORDS\r\n')
    expect(machine.problems).toEqual([])
    // Before the reset, where that is heard of.
    expect(running.word('suspends')).toBe(style === 1 ? 0 : 1)
    // From the end of the first reset at 151 ms on, but for the second, which stops them for 50 ms; where they do not
    // interrupt, what is seen of them by the way.
    const sofs = running.word('sofs')
    if (style === 3) expect([797, 798, 799]).toContain(sofs)
    else expect(sofs).toBeLessThan(100)
  })

  it('asks in vain where nobody is, and is suspended', async () => {
    const running = await serial(style, { usb: 'none' })
    running.machine.run(SECOND)
    expect(running.text).toBe('')
    expect(running.word('suspends')).toBe(style === 1 ? 0 : 1)
    expect(running.machine.usb!.state).toMatchObject({ isAttached: true, resets: 0, device: undefined })
  })
})

it('what is typed before the port is open arrives when it is', async () => {
  const running = await serial(1, { stdin: Buffer.from('typed early\n') })
  running.machine.run(SECOND)
  expect(running.text.endsWith('TYPED EARLY\n')).toBe(true)
})

it('a board that is not fed by USB has no power at its connector, unless it is said', async () => {
  const { machine } = await serial(1, { board: NRF52840_DK })
  machine.run(SECOND / 4)
  expect(machine.usb).toBeUndefined()
  const { machine: fed } = await serial(1, { board: NRF52840_DK, usb: 'host' })
  fed.run(SECOND / 2)
  expect(fed.usb!.state.device?.vendorId).toBe(0x2341)
})

it('goes on from a snapshot, in the middle of enumeration and of a transfer, to the byte', async () => {
  const whole = await serial(2, { stdin: Buffer.from('abc') })
  whole.machine.run(SECOND)
  const text = whole.text
  for (const at of [0.11, 0.1605, 0.2225, 0.2232, 0.2235, 0.224]) {
    const first = await serial(2, { stdin: Buffer.from('abc') })
    first.machine.run(at * SECOND)
    const second = await serial(2, { stdin: Buffer.from('abc') })
    second.machine.restore(first.machine.save())
    second.machine.run(SECOND)
    expect(first.text + second.text).toBe(text)
    expect(second.machine.usb!.traffic).toEqual(whole.machine.usb!.traffic)
  }
})

it('an unaligned word to where no peripheral is, which mbed stores at each reset of the bus, is no fault', async () => {
  const { machine, word } = await start(
    compile(
      'unaligned',
      'volatile uint32_t after; int main(void) { REG(0x40036FFF) = 0; after = 1 + REG(0x40036FFD); return 0; }',
    ),
  ).then((running) => ({ machine: running.machine, word: () => running.word('after') }))
  machine.run(SECOND / 100)
  expect(machine.interrupts).toEqual([])
  expect(word()).toBe(1)
})

it('a device that never answers is given up, with the reason', async () => {
  const silent = compile(
    'usb-silent',
    `int main(void) {
       REG(0x40000000) = 1; while (!REG(0x40000100)) ;
       REG(0x40027500) = 1; REG(0x40027504) = 1;
       return 0;
     }`,
  )
  const { machine } = await start(silent)
  machine.run(20 * SECOND, true)
  expect(machine.usb!.state).toMatchObject({
    attempts: 3,
    failure: 'GET_DESCRIPTOR(device): NAK for 5 s',
    device: undefined,
  })
})

it('begins as stacks expect it: VBUS, READY, a reset within 100 ms, and a SETUP packet', async () => {
  const running = await start(
    compile(
      'usb-begins',
      `volatile uint32_t seen[8];
       int main(void) {
         seen[0] = REG(0x40000438); seen[1] = REG(0x4000011C);
         REG(0x40000000) = 1; while (!REG(0x40000100)) ;
         REG(0x40027500) = 1; while (!(REG(0x40027400) & 0x800)) ; seen[2] = REG(0x40027400); REG(0x40027400) = 0x800;
         REG(0x40027504) = 1; while (!REG(0x40027100)) ; seen[3] = REG(0x40027100);
         while (!REG(0x4002715C)) ; seen[4] = REG(0x40027480); seen[5] = REG(0x40027484);
         return 0;
       }`,
    ),
  )
  running.machine.run(0.101 * SECOND)
  expect(Array.from({ length: 4 }, (_, i) => running.word('seen', i))).toEqual([3, 1, 0x800, 1])
  running.machine.run(0.2 * SECOND)
  // GET_DESCRIPTOR.
  expect([running.word('seen', 4), running.word('seen', 5)]).toEqual([0x80, 6])
})

it('is on a track of the timeline, packet by packet', async () => {
  const { machine } = await serial(1)
  const recorder = new Recorder(machine)
  machine.run(SECOND / 2)
  recorder.finish()
  const track = recorder.timeline.tracks.get('bus/USBD')
  if (!(track instanceof SpanTrack)) throw new Error('no track')
  const marks = [...track.spans.spansIn(0, Infinity)].map(({ kind, ...mark }) => ({
    ...mark,
    name: track.spans.names[kind]?.name,
  }))
  expect(marks.slice(0, 3)).toMatchObject([
    { name: 'reset' },
    { name: 'SETUP 0', text: '80 06 00 01 00 00 40 00' },
    { name: 'IN 0', value: 18, text: '12 01 00 02 ef 02 01 40 41 23 5a 80 00 01 01 02 ... 18 bytes' },
  ])
  expect(marks.some(({ name }) => name === 'IN 2')).toBe(true)
})

it('frames that nobody hears of cost nothing: a device that sleeps is not woken', async () => {
  const { machine } = await serial(1)
  machine.run(SECOND / 2)
  const before = machine.instructions
  machine.run(10 * SECOND, true)
  expect(machine.instructions - before).toBeLessThan(10)
})

describe('the report', () => {
  const plain = { color: false, width: 100 } as never

  it('has who it is, when it was configured and opened, and what its console took', async () => {
    const report = await simulate({
      file: built(3),
      stdin: Buffer.from('abc'),
      until: /HELLO|baud/,
      profile: false,
    })
    expect(report.run.stop).toBe('until')
    expect(report.usb).toMatchObject({
      connector: 'host',
      resets: 2,
      failure: null,
      device: { vendorId: 0x2341, productId: 0x805a, product: 'Serial port', maxPower: 100, canWakeUp: true },
      serial: { interface: 0, baud: 115_200, fromBoardBytes: 20, toBoardBytes: 3 },
      hid: null,
      disk: null,
    })
    expect(report.usb?.interfaces.map(({ name }) => name)).toEqual(['CDC ACM', 'CDC data'])
    const text = renderReport(report, plain)
    expect(text).toMatch(/USB +Serial port, Boardless \(2341:805a\), configured after 22\d\.\d ms\n/)
    expect(text).toMatch(/its serial port is the console: open after 22\d\.\d ms, 115200 baud, 20 B from the/)
    expect(report.power.parts.map(({ part }) => part)).toEqual(expect.arrayContaining(['USBD', 'USBREG']))
  })

  it('says that nobody is there, of a power bank', async () => {
    const report = await simulate({ file: built(1), usb: 'none', seconds: 1, profile: false })
    expect(report.usb).toMatchObject({ connector: 'none', device: null, configuredCycle: null, serial: null })
    const text = renderReport(report, plain).replaceAll(/\s+/g, ' ')
    expect(text).toMatch(/nobody enumerates it: --usb none is a power bank/)
    expect(text).toMatch(/nobody is at the USB connector.* waits for ever/)
  })

  it('is without it where the firmware leaves USB alone', async () => {
    const report = await simulate({
      file: compile('no-usb', 'int main(void) { return 0; }'),
      profile: false,
      seconds: 0.1,
    })
    expect(report.usb).toBeNull()
  })

  it('a loop that waits for a reset of the bus: who could end it', async () => {
    const file = compile(
      'usb-waits',
      'int main(void) { REG(0x40000000) = 1; REG(0x40027500) = 1; REG(0x40027504) = 1; while (!REG(0x40027100)) ; return 0; }',
    )
    const { run } = await simulate({ file, usb: 'none', seconds: 1, profile: false })
    expect(run.waiting?.reads).toMatchObject([
      {
        name: 'USBD.EVENTS_USBRESET',
        value: 0,
        state: 'USBD is suspended',
        endsBy: 'a USB host (--usb host)',
      },
    ])
  })
})
