/** Binaries that others built and published, for which nobody had this emulator in mind. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { NRF52840_DK } from '../../emulator/boards/nrf52840dk.ts'
import type { RunReport } from '../../runs/report/run-report.ts'
import { simulate } from '../../src/files/simulate.ts'
import type { SourcePackage } from '../../src/toolchain/sources/packages.ts'
import { fetched, hciUart, hciUsb, microPython } from './prebuilt.ts'
import { start } from './start.ts'

interface Run {
  readonly source: SourcePackage
  readonly file: string
  readonly seconds: number
  readonly typed?: string
}

/** Undefined where the package cannot be fetched. */
async function run({ source, file, seconds, typed }: Run): Promise<RunReport | undefined> {
  const folder = await fetched(source)
  if (folder === undefined) return undefined
  const stdin = typed === undefined ? undefined : Buffer.from(typed, 'latin1')
  return simulate({
    file: join(folder, file),
    board: NRF52840_DK,
    seconds,
    profile: false,
    ...(stdin && { stdin }),
  })
}

const exceptionsOf = ({ interrupts }: RunReport): string[] => interrupts.map(({ name }) => name)
const FAULTS = /HardFault|MemManage|BusFault|UsageFault/

describe('a Zephyr HEX of others', () => {
  it('is a Bluetooth controller that answers its host: HCI Reset and Read Local Version, in hexadecimal', async ({
    skip,
  }) => {
    const report = await run({
      source: hciUart,
      file: 'zephyr_4_4_0_hci_uart_nrf52dk_default/firmware.hex',
      seconds: 0.4,
      // Bluetooth Core Specification, Vol 4, Part A (H4) and Part E, 7.3.2 and 7.4.1.
      typed: '\x01\x03\x0c\x00\x01\x01\x10\x00',
    })
    if (!report) return skip('the package cannot be fetched')
    const said = Buffer.from(report.console.text, 'latin1').toString('hex')
    expect(said).toMatch(/^040e0401030c00040e0c01011000/)
    expect(exceptionsOf(report)).toEqual(
      expect.arrayContaining(['PendSV', 'POWER_CLOCK', 'UARTE0', 'RNG', 'RTC0']),
    )
    expect(exceptionsOf(report).join()).not.toMatch(FAULTS)
  })

  it('comes up for USB, finds no cable, and sleeps', async ({ skip }) => {
    const report = await run({
      source: hciUsb,
      file: 'zephyr_4_4_0_hci_usb_nrf52840dk_default/firmware.hex',
      seconds: 0.5,
    })
    if (!report) return skip('the package cannot be fetched')
    expect(exceptionsOf(report).join()).not.toMatch(FAULTS)
    expect(exceptionsOf(report)).not.toContain('USBD')
    expect(report.run.sleepCycles / report.run.cycles).toBeGreaterThan(0.98)
  })

  it('is enumerated by a USB host', async ({ skip }) => {
    const folder = await fetched(hciUsb)
    if (folder === undefined) return skip('the package cannot be fetched')
    const { machine } = await start(join(folder, 'zephyr_4_4_0_hci_usb_nrf52840dk_default/firmware.hex'), {
      board: NRF52840_DK,
      usb: 'host',
    })
    machine.run(0.5 * 64_000_000)
    const { device, configuration, strings, configuredCycle } = machine.usb!.state
    // samples/bluetooth/hci_usb of Zephyr, and the Bluetooth Core Specification, Vol 4, Part B.
    expect(device).toMatchObject({ vendorId: 0x2fe3, productId: 0x000b, usbVersion: '2.0' })
    expect(strings).toMatchObject({ manufacturer: 'Zephyr Project', product: 'Zephyr USBD BT HCI' })
    expect(configuration?.interfaces[0]).toMatchObject({ classCode: 0xe0, subclass: 1, protocol: 1 })
    expect(configuredCycle).toBeGreaterThan(0)
    expect(machine.interrupts.map(({ name }) => name).join()).not.toMatch(FAULTS)
  })
})

it('MicroPython for an nRF51 computes at its prompt', async ({ skip }) => {
  const report = await run({
    source: microPython,
    file: 'uflash/micropython-microbit-v1.1.1.hex',
    seconds: 1.5,
    typed: 'print(6*7)\r\nimport math\r\nmath.sin(1)\r\n',
  })
  if (!report) return skip('the package cannot be fetched')
  expect(report.console.text.replaceAll('\r', '').split('\n').slice(0, 7)).toEqual([
    expect.stringMatching(/MicroPython v1\.9\.2.*with nRF51822$/),
    'Type "help()" for more information.',
    '>>> print(6*7)',
    '42',
    '>>> import math',
    '>>> math.sin(1)',
    // Python's own, to the six digits of single precision.
    '0.841471',
  ])
  expect(exceptionsOf(report).join()).not.toMatch(FAULTS)
})
