/** Firmware that drives USBD as the stacks of others do, and a USB host at the other end. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { NRF52840_DK } from '../../emulator/boards/nrf52840dk.ts'
import type { MachineOptions } from '../../emulator/machine.ts'
import { compile } from '../cli/firmware.ts'
import { start, type Running } from './start.ts'

const source = readFileSync(join(import.meta.dirname, 'firmware/usb-serial.c'), 'utf8')
const SECOND = 64_000_000
const LOTS = Array.from({ length: 1000 }, (_, i) =>
  i % 50 === 49 ? '\n' : 'abcdefghijklmnopqrstuvwxyz'[i % 26],
).join('')

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

it('frames that nobody hears of cost nothing: a device that sleeps is not woken', async () => {
  const { machine } = await serial(1)
  machine.run(SECOND / 2)
  const before = machine.instructions
  machine.run(10 * SECOND, true)
  expect(machine.instructions - before).toBeLessThan(10)
})
