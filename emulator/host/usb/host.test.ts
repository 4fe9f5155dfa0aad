import { describe, expect, it } from 'vitest'
import type { Handshake, UsbData, UsbDevice } from '../../nrf52840/usb-port.ts'
import { Scheduler } from '../../time/scheduler.ts'
import { className } from './class-names.ts'
import { readConfiguration, readDevice, readString } from './descriptors.ts'
import { UsbHost } from './host.ts'

const SECOND = 64_000_000
const DEVICE = [18, 1, 0x10, 2, 0, 0, 0, 8, 0x9a, 0x23, 0x29, 0, 0, 1, 0, 2, 0, 1]
const HID = [9, 4, 0, 0, 1, 3, 1, 1, 0, 9, 0x21, 0x11, 1, 0, 1, 0x22, 45, 0, 7, 5, 0x81, 3, 8, 0, 10]
const DISK = [9, 4, 1, 0, 2, 8, 6, 0x50, 0, 7, 5, 0x82, 2, 64, 0, 0, 7, 5, 0x02, 2, 64, 0, 0]
const DFU = [9, 4, 2, 0, 0, 0xfe, 1, 1, 0, 9, 0x21, 1, 0, 1, 0, 4, 0, 1]
const configurationOf = (...interfaces: number[][]): number[] => {
  const all = interfaces.flat()
  return [9, 2, 9 + all.length, 0, interfaces.length, 1, 0, 0x80, 25, ...all]
}

/** A device that answers as it is told, at once. */
class MadeUp implements UsbDevice {
  isPulledUp = true
  readonly requests: string[] = []
  readonly sent: number[][] = []
  /** Packets that wait in its IN endpoints. */
  readonly waiting = new Map<number, number[][]>()
  answers: (setup: readonly number[]) => number[] | 'stall' | undefined = () => undefined
  onSent: (endpoint: number, bytes: readonly number[]) => void = () => undefined
  readonly #toggles = new Map<number, 0 | 1>()
  #address = 0
  #setup: number[] = []
  #left: number[] = []
  #isStalled = false

  constructor(private readonly maxPacket0 = 8) {}

  busReset(): void {
    this.#address = 0
  }
  frames(): void {
    // heard of
  }
  resume(): void {
    // never suspended
  }
  setup(address: number, packet: Uint8Array): 'ack' | undefined {
    if (address !== this.#address) return undefined
    this.#setup = [...packet]
    this.requests.push(Buffer.from(packet).toString('hex'))
    const answer = this.answers(this.#setup)
    this.#isStalled = answer === 'stall'
    this.#left = Array.isArray(answer) ? answer : []
    return 'ack'
  }
  isReady(endpoint: number, direction: 'in' | 'out'): boolean {
    return endpoint === 0 || direction === 'out' || (this.waiting.get(endpoint)?.length ?? 0) > 0
  }
  in(_: number, endpoint: number): UsbData | 'nak' | 'stall' | undefined {
    if (endpoint !== 0) {
      const first = this.waiting.get(endpoint)?.[0]
      return first ? { toggle: this.#toggles.get(endpoint) ?? 0, bytes: Uint8Array.from(first) } : 'nak'
    }
    if (this.#isStalled) return 'stall'
    return { toggle: 1, bytes: Uint8Array.from(this.#left.slice(0, this.maxPacket0)) }
  }
  acknowledged(endpoint: number): void {
    if (endpoint === 0) this.#left = this.#left.slice(this.maxPacket0)
    else {
      this.waiting.get(endpoint)?.shift()
      this.#toggles.set(endpoint, this.#toggles.get(endpoint) === 1 ? 0 : 1)
    }
    if (endpoint === 0 && this.#setup[0] === 0 && this.#setup[1] === 5) this.#address = this.#setup[2] ?? 0
  }
  out(_: number, endpoint: number, { bytes }: UsbData): Handshake | undefined {
    if (endpoint === 0) return this.#isStalled ? 'stall' : 'ack'
    this.sent.push([...bytes])
    this.onSent(endpoint, [...bytes])
    return 'ack'
  }
}

/** On a host, until a time. */
const plugged = (device: MadeUp, seconds = 1): UsbHost => {
  const scheduler = new Scheduler()
  const host = new UsbHost({ scheduler, isThere: true, onConsole: () => undefined })
  host.connect(device)
  host.pullUp(true)
  while (scheduler.nextDue <= seconds * SECOND) {
    scheduler.now = scheduler.nextDue
    scheduler.runDue()
  }
  return host
}

const answering =
  (configuration: readonly number[], strings: Readonly<Record<number, string>> = {}) =>
  ([type, request, index = 0, kind]: readonly number[]): number[] | 'stall' | undefined => {
    if (type !== 0x80 || request !== 6) return undefined
    if (kind === 1) return DEVICE
    if (kind === 2) return [...configuration]
    if (index === 0) return [4, 3, 9, 4]
    const text = strings[index]
    return text === undefined
      ? 'stall'
      : [2 + 2 * text.length, 3, ...Array.from(text).flatMap((one) => [one.charCodeAt(0), 0])]
  }

describe('enumeration', () => {
  it('asks as Linux does, and takes packets of eight bytes', () => {
    const device = new MadeUp()
    device.answers = answering(configurationOf(DFU), { 2: 'A thing' })
    const { state } = plugged(device)
    expect(device.requests).toEqual([
      '8006000100004000', // the first 64 bytes of the device descriptor, and a reset
      '0005010000000000',
      '8006000100001200',
      '8006000200000900',
      '8006000200001b00',
      '800600030000ff00',
      '800602030904ff00',
      '0009010000000000',
    ])
    expect(state).toMatchObject({ resets: 2, strings: { product: 'A thing' }, failure: undefined })
    expect(
      state.configuration?.interfaces.map((one) => className(one.classCode, one.subclass, one.protocol)),
    ).toEqual(['DFU, run-time'])
  })

  it('does without strings that are not given', () => {
    const device = new MadeUp()
    device.answers = answering(configurationOf(DFU))
    const { state } = plugged(device)
    expect(state.strings).toEqual({})
    expect(state.configuredCycle).toBeGreaterThan(0)
  })

  it.each([
    ['STALL', 'stall' as const, 'GET_DESCRIPTOR(device): it answered with STALL'],
    ['nonsense', [1, 2, 3], 'GET_DESCRIPTOR(device): what it answered is no such descriptor'],
    ['nothing', [], 'GET_DESCRIPTOR(device): what it answered is no such descriptor'],
  ])('gives up a device that answers %s, after three attempts', (_, answer, failure) => {
    const device = new MadeUp()
    device.answers = () => answer
    const { state } = plugged(device, 3)
    expect(state).toMatchObject({ failure, attempts: 3, resets: 3 })
  })

  it('a device that is unplugged is forgotten', () => {
    const device = new MadeUp()
    device.answers = answering(configurationOf(DFU))
    const host = plugged(device)
    host.pullUp(false)
    expect(host.state).toMatchObject({ device: undefined, isAttached: false, configuredCycle: undefined })
  })
})

it('keeps what a keyboard reports, in the frames in which it is asked', () => {
  const device = new MadeUp()
  device.answers = answering(configurationOf(HID))
  device.waiting.set(1, [
    [0, 0, 4, 0, 0, 0, 0, 0],
    [0, 0, 0, 0, 0, 0, 0, 0],
  ])
  const { state } = plugged(device)
  expect(device.requests.slice(-2)).toEqual(['210a000000000000', '8106002200002d00'])
  expect(state.reportCount).toBe(2)
  expect(state.reports.map(({ bytes }) => bytes[2])).toEqual([4, 0])
  const [first, second] = state.reports.map(({ cycle }) => cycle)
  // Every tenth frame, and a stuffed bit more or less.
  expect(Math.abs(second! - first! - 640_000)).toBeLessThan(10)
})

describe('a disk', () => {
  const block = (change: (bytes: Uint8Array) => void): Uint8Array => {
    const bytes = new Uint8Array(512)
    change(bytes)
    return bytes
  }
  const text = (bytes: Uint8Array, at: number, value: string): void =>
    bytes.set(
      Array.from(value).map((one) => one.charCodeAt(0)),
      at,
    )
  const boot = block((bytes) => {
    // Sectors of 512, one a cluster, one reserved, two tables of one, 64 root entries, 100 sectors.
    bytes.set([0, 2, 1, 1, 0, 2, 64, 0, 100, 0, 0xf8, 1, 0], 11)
    text(bytes, 43, 'NO NAME    ')
    bytes.set([0x55, 0xaa], 510)
  })
  const folder = block((bytes) => {
    text(bytes, 0, 'SOME DISK  ')
    bytes[11] = 8
    text(bytes, 32, 'INFO_UF2TXT')
    bytes.set([200, 0, 0, 0], 32 + 28)
    bytes[64] = 0xe5
    text(bytes, 96, 'LIB        ')
    bytes[96 + 11] = 0x10
  })

  /** Bulk-Only Transport over blocks; what is not given is empty. */
  const disk = (blocks: Readonly<Record<number, Uint8Array>>, isReadyAfter = 0): MadeUp => {
    const device = new MadeUp()
    let refusals = isReadyAfter
    device.answers = answering(configurationOf(HID, DISK))
    const answer = (bytes: readonly number[]): number[] | undefined => {
      switch (bytes[15]) {
        case 0x12:
          return [...Buffer.from('\0\0\0\0\x1f\0\0\0Maker   A disk          1.00', 'latin1')]
        case 0x00:
          return refusals-- > 0 ? undefined : []
        case 0x03:
          return new Array<number>(18).fill(0)
        case 0x25:
          return [0, 0, 0, 99, 0, 0, 2, 0]
        case 0x28:
          return [...(blocks[Buffer.from(bytes).readUInt32BE(17)] ?? new Uint8Array(512))]
        default:
          return undefined
      }
    }
    const queue: number[][] = []
    device.waiting.set(2, queue)
    device.onSent = (_, bytes) => {
      const data = answer(bytes)
      for (let at = 0; at < (data?.length ?? 0); at += 64) queue.push(data!.slice(at, at + 64))
      queue.push([0x55, 0x53, 0x42, 0x53, ...bytes.slice(4, 8), 0, 0, 0, 0, data === undefined ? 1 : 0])
    }
    return device
  }

  it('says who it is, how large, and what its root folder lists', () => {
    const { state } = plugged(disk({ 0: boot, 3: folder }, 2))
    expect(state.disk).toMatchObject({
      vendor: 'Maker',
      product: 'A disk',
      blocks: 100,
      blockBytes: 512,
      volume: { kind: 'FAT12', label: 'SOME DISK', rootBlock: 3 },
      files: [
        { name: 'INFO_UF2.TXT', bytes: 200 },
        { name: 'LIB/', bytes: 0 },
      ],
      failure: undefined,
    })
  })

  it('behind a table of partitions', () => {
    const table = block((bytes) => {
      bytes.set([6, 0, 0, 0, 10, 0, 0, 0], 446 + 4)
      bytes.set([0x55, 0xaa], 510)
    })
    const { state } = plugged(disk({ 0: table, 10: boot, 13: folder }))
    expect(state.disk).toMatchObject({
      volume: { rootBlock: 13 },
      files: [{ name: 'INFO_UF2.TXT' }, { name: 'LIB/' }],
    })
  })

  it('without a file system, without a medium, or with a folder that lies outside of it', () => {
    expect(plugged(disk({})).state.disk).toMatchObject({ blocks: 100, volume: undefined, step: 'over' })
    expect(plugged(disk({}, 9)).state.disk?.failure).toBe('no medium is ready')
    const far = block((bytes) => {
      bytes.set(boot)
      bytes.set([255, 255], 14)
    })
    expect(plugged(disk({ 0: far })).state.disk).toMatchObject({ volume: undefined, step: 'over' })
  })
})

describe('descriptors that are damaged', () => {
  it('of every length, with every byte wrong: no error, and what is whole', () => {
    const whole = configurationOf(HID, DISK, DFU)
    for (let length = 0; length <= whole.length; length++) {
      const cut = Uint8Array.from(whole.slice(0, length))
      const found = readConfiguration(cut)
      expect(found === undefined).toBe(length < 9)
      expect(readDevice(cut)).toBeUndefined()
      readString(cut)
      for (const value of [0, 1, 255]) {
        const wrong = Uint8Array.from(whole)
        wrong[length] = value
        readConfiguration(wrong)
      }
    }
    expect(
      readConfiguration(Uint8Array.from(whole))?.interfaces.map(({ endpoints }) => endpoints.length),
    ).toEqual([1, 2, 0])
  })
})
