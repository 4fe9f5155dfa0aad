import type { UsbDevice, UsbHostPort } from '../../nrf52840/usb-port.ts'
import { CYCLES_PER_FRAME } from '../../nrf52840/usb-port.ts'
import type { Alarm, SavedAlarm } from '../../time/alarm.ts'
import type { Scheduler } from '../../time/scheduler.ts'
import { Timeline } from '../../time/timeline.ts'
import { UsbBus, type ControlResult } from './bus.ts'
import { readConfiguration, readDevice, readString } from './descriptors.ts'
import type {
  ConfigurationDescriptor,
  DeviceDescriptor,
  EndpointDescriptor,
  InterfaceDescriptor,
} from './descriptors.ts'
import {
  beginMassStorage,
  nextCommand,
  received,
  type MassStorageState,
  type MassStorageTurn,
} from './mass-storage.ts'
import * as requests from './requests.ts'

/** USB 2.0, 7.1.7.3: TATTDB, TDRSTR of a root port, TRSTRCY; 9.2.6.3: TDSETADDR. */
const DEBOUNCE = 100 * CYCLES_PER_FRAME
const RESET = 50 * CYCLES_PER_FRAME
const RECOVERY = 10 * CYCLES_PER_FRAME
const ADDRESS_RECOVERY = 2 * CYCLES_PER_FRAME

const ADDRESS = 1
const MOST_ATTEMPTS = 3
const DTR_AND_RTS = 3
/** Of the console: what terminal programs for microcontrollers open a port with. */
export const SERIAL_BAUD = 115_200
/** Of a HID's reports, so many are kept. */
const MOST_REPORTS = 16

const DEVICE = 1
const CONFIGURATION = 2
const STRING = 3

/** What the host waits for by the clock. */
type Wait = 'debounce' | 'reset' | 'recovery' | 'address'

export interface HidReport {
  readonly cycle: number
  readonly interface: number
  readonly bytes: Uint8Array
}

/** What the host knows of what is plugged into it, and has done with it. */
export interface UsbHostState {
  /** When the pull-up was first seen; of the present attachment. */
  readonly attachedCycle: number | undefined
  readonly isAttached: boolean
  readonly resets: number
  readonly attempts: number
  readonly waitsFor: Wait | undefined
  readonly isAddressed: boolean
  readonly device: DeviceDescriptor | undefined
  readonly configuration: ConfigurationDescriptor | undefined
  readonly strings: Readonly<Record<string, string>>
  readonly language: number
  readonly configuredCycle: number | undefined
  /** Interfaces of the serial port that is the console. */
  readonly console: { readonly control: number; readonly in: number; readonly out: number } | undefined
  /** The serial port was opened: DTR. */
  readonly openedCycle: number | undefined
  readonly receivedBytes: number
  readonly sentBytes: number
  /** Typed before the port was open. */
  readonly typed: readonly Uint8Array[]
  readonly reports: readonly HidReport[]
  readonly reportCount: number
  /** The first disk. */
  readonly disk: MassStorageState | undefined
  /** Why it could not be enumerated or configured. */
  readonly failure: string | undefined
}

const NOBODY: UsbHostState = {
  attachedCycle: undefined,
  isAttached: false,
  resets: 0,
  attempts: 0,
  waitsFor: undefined,
  isAddressed: false,
  device: undefined,
  configuration: undefined,
  strings: {},
  language: requests.LANGUAGE,
  configuredCycle: undefined,
  console: undefined,
  openedCycle: undefined,
  receivedBytes: 0,
  sentBytes: 0,
  typed: [],
  reports: [],
  reportCount: 0,
  disk: undefined,
  failure: undefined,
}

export interface UsbHostOptions {
  readonly scheduler: Scheduler
  /** False: a power bank, or a charger. */
  readonly isThere: boolean
  /** A byte of the serial port that is the console. */
  readonly onConsole: (byte: number) => void
}

/**
 * A computer at the other end of the USB cable, as Linux goes about it: it resets, asks for the device descriptor, resets
 * again, gives an address, reads descriptors and strings, chooses the first configuration, and opens the first CDC ACM
 * port as its console, with DTR and RTS. Approximated: 1. It does the next thing at once; a real one takes its time.
 * 2. It never suspends the bus. 3. Isochronous endpoints are never asked, and no alternate setting is chosen.
 */
export class UsbHost implements UsbHostPort {
  readonly stateVersion = 1
  /** Not saved: as given. */
  readonly #options: UsbHostOptions
  readonly #time: Timeline
  /** Not saved: wiring. */
  #device: UsbDevice | undefined
  readonly #bus: UsbBus
  readonly #wait: Alarm
  #state = NOBODY

  constructor(options: UsbHostOptions) {
    this.#options = options
    this.#time = new Timeline(options.scheduler)
    this.#bus = new UsbBus(this.#time, {
      completed: (purpose, result) => this.#completed(purpose, result),
      received: (endpoint, bytes) => this.#received(endpoint, bytes),
      sent: () => undefined,
      halted: (endpoint, direction) => this.#bus.request(requests.clearHalt(endpoint, direction)),
    })
    this.#wait = this.#time.alarm('USB host', () => this.#waited())
  }

  get state(): UsbHostState {
    return this.#state
  }

  get isThere(): boolean {
    return this.#options.isThere
  }

  /** Cycles for which the wire was busy, without start-of-frame packets, and transactions on it. */
  get traffic(): { readonly busyCycles: number; readonly transactions: number } {
    return { busyCycles: this.#bus.busyCycles, transactions: this.#bus.transactions }
  }

  connect(device: UsbDevice): void {
    this.#device = this.#bus.device = device
  }

  pullUp(on: boolean): void {
    this.#wait.cancel()
    this.#bus.stop()
    const { resets, receivedBytes, sentBytes, typed } = this.#state
    this.#state = { ...NOBODY, resets, receivedBytes, sentBytes, typed }
    if (!on) return
    this.#set({ attachedCycle: this.#time.now, isAttached: true })
    if (this.#options.isThere) this.#after('debounce', DEBOUNCE)
  }

  ready(): void {
    this.#bus.next()
  }

  /** The bus is never suspended but before its first reset, where nobody is to be woken. */
  wakeUp(): void {
    // nothing to do
  }

  /** What is typed at the console; it waits until the port is open. */
  type(bytes: Uint8Array): void {
    const { console, openedCycle, typed } = this.#state
    if (console === undefined || openedCycle === undefined) this.#set({ typed: [...typed, bytes] })
    else this.#send(console.out, bytes)
  }

  save(): {
    readonly state: UsbHostState
    readonly bus: ReturnType<UsbBus['save']>
    readonly wait: SavedAlarm | null
  } {
    return { state: this.#state, bus: this.#bus.save(), wait: this.#wait.save() }
  }

  restore({ state, bus, wait }: ReturnType<UsbHost['save']>): void {
    this.#state = state
    this.#bus.restore(bus)
    this.#wait.restore(wait)
  }

  #set(changed: Partial<UsbHostState>): void {
    this.#state = { ...this.#state, ...changed }
  }

  #after(waitsFor: Wait, cycles: number): void {
    this.#set({ waitsFor })
    this.#wait.after(cycles)
  }

  #waited(): void {
    const { waitsFor, isAddressed } = this.#state
    this.#set({ waitsFor: undefined })
    switch (waitsFor) {
      case 'debounce':
        this.#reset()
        break
      case 'reset':
        this.#bus.begin()
        this.#after('recovery', RECOVERY)
        break
      case 'recovery':
        // The first descriptor tells how large endpoint 0's packets are; behind it the device is reset again.
        this.#bus.controlPackets(this.#state.device?.maxPacket0 ?? 64)
        if (this.#state.device === undefined)
          this.#bus.request(requests.getDescriptor('first', DEVICE, 0, 64))
        else this.#bus.request(requests.setAddress(ADDRESS))
        break
      case 'address':
        if (isAddressed) this.#bus.request(requests.getDescriptor('device', DEVICE, 0, 18))
        break
      case undefined:
    }
  }

  #reset(): void {
    this.#set({ resets: this.#state.resets + 1, isAddressed: false })
    this.#bus.stop()
    this.#device?.frames(undefined)
    this.#device?.busReset()
    this.#after('reset', RESET)
  }

  #completed(purpose: string, { outcome, data }: ControlResult): void {
    const [what = '', ...of] = purpose.split(' ')
    const isDone = outcome === 'done'
    switch (what) {
      case 'first':
        this.#firstDescriptor(outcome, data)
        break
      case 'address':
        if (!isDone) this.#again(`SET_ADDRESS: ${why(outcome)}`)
        else {
          this.#set({ isAddressed: true })
          this.#bus.addressed(ADDRESS)
          this.#after('address', ADDRESS_RECOVERY)
        }
        break
      case 'device': {
        const device = isDone ? readDevice(data) : undefined
        if (device === undefined) this.#again(`GET_DESCRIPTOR(device): ${wrong(outcome)}`)
        else {
          this.#set({ device })
          this.#bus.request(requests.getDescriptor('header', CONFIGURATION, 0, 9))
        }
        break
      }
      case 'header': {
        const bytes = isDone ? readConfiguration(data)?.totalBytes : undefined
        if (bytes === undefined) this.#again(`GET_DESCRIPTOR(configuration): ${wrong(outcome)}`)
        else this.#bus.request(requests.getDescriptor('configuration', CONFIGURATION, 0, bytes))
        break
      }
      case 'configuration': {
        const configuration = isDone ? readConfiguration(data) : undefined
        if (configuration === undefined) this.#again(`GET_DESCRIPTOR(configuration): ${wrong(outcome)}`)
        else {
          this.#set({ configuration })
          this.#askStrings(configuration)
        }
        break
      }
      case 'languages':
        if (isDone && data.length >= 4) this.#set({ language: (data[2] ?? 0) | ((data[3] ?? 0) << 8) })
        this.#askNamed()
        break
      case 'string': {
        const text = isDone ? readString(data) : undefined
        if (text !== undefined) this.#set({ strings: { ...this.#state.strings, [of.join(' ')]: text } })
        break
      }
      case 'configure':
        if (isDone) this.#configured()
        else this.#again(`SET_CONFIGURATION: ${why(outcome)}`)
        break
      case 'line':
        if (purpose === 'line state') this.#opened()
        break
      case 'halt':
        this.#bus.unhalt(Number(of[1]), of[0] === 'in' ? 'in' : 'out')
        break
      default:
    }
  }

  #firstDescriptor(outcome: ControlResult['outcome'], data: Uint8Array): void {
    // Eight bytes suffice: of an endpoint 0 of eight bytes no more comes.
    const maxPacket0 = data[7] ?? 0
    if (outcome !== 'done' || data[1] !== DEVICE || ![8, 16, 32, 64].includes(maxPacket0)) {
      this.#again(`GET_DESCRIPTOR(device): ${wrong(outcome)}`)
      return
    }
    const padded = Uint8Array.of(...data.subarray(0, 18), ...new Uint8Array(Math.max(0, 18 - data.length)))
    this.#set({ device: readDevice(padded) })
    this.#reset()
  }

  /** From the reset on, or no more. */
  #again(failure: string): void {
    const attempts = this.#state.attempts + 1
    this.#set({ attempts, device: undefined, configuration: undefined })
    if (attempts < MOST_ATTEMPTS) this.#reset()
    else this.#set({ failure })
  }

  #askStrings(configuration: ConfigurationDescriptor): void {
    const { device } = this.#state
    const isNamed = [device?.manufacturerIndex, device?.productIndex, device?.serialNumberIndex].some(Boolean)
    if (isNamed) this.#bus.request(requests.getDescriptor('languages', STRING, 0, 255))
    else this.#bus.request(requests.setConfiguration(configuration.value))
  }

  #askNamed(): void {
    const { device, configuration, language } = this.#state
    for (const [name, index] of [
      ['manufacturer', device?.manufacturerIndex],
      ['product', device?.productIndex],
      ['serial number', device?.serialNumberIndex],
    ] as const) {
      if (index) this.#bus.request(requests.getDescriptor(`string ${name}`, STRING, index, 255, language))
    }
    this.#bus.request(requests.setConfiguration(configuration?.value ?? 1))
  }

  #configured(): void {
    const interfaces = (this.#state.configuration?.interfaces ?? []).filter(
      ({ alternate }) => alternate === 0,
    )
    this.#set({ configuredCycle: this.#time.now, console: consoleOf(interfaces) })
    const { console } = this.#state
    if (console) {
      this.#bus.request(requests.setLineCoding(console.control, SERIAL_BAUD))
      this.#bus.request(requests.setControlLineState(console.control, DTR_AND_RTS))
    }
    const disk = interfaces.find(
      (one) => one.classCode === MASS_STORAGE && one.subclass === SCSI && one.protocol === BULK_ONLY,
    )
    const [into, out] = disk ? [bulkOf(disk, 'in'), bulkOf(disk, 'out')] : []
    if (disk && into && out) {
      this.#bus.open({ ...into, kind: 'bulk' })
      this.#bus.open({ ...out, kind: 'bulk' })
      this.#turn(nextCommand(beginMassStorage(disk.number, into.endpoint, out.endpoint)))
    }
    for (const { number, classCode, endpoints, reportDescriptorBytes } of interfaces) {
      if (classCode !== HID) continue
      this.#bus.request(requests.setIdle(number))
      this.#bus.request(requests.getReportDescriptor(number, reportDescriptorBytes))
      for (const one of endpoints)
        if (one.direction === 'in' && one.type === 'interrupt') this.#bus.open({ ...one, kind: 'interrupt' })
    }
  }

  #opened(): void {
    const { console, configuration, typed } = this.#state
    if (console === undefined) return
    const endpoints = configuration?.interfaces.flatMap((one) => one.endpoints) ?? []
    for (const [endpoint, direction] of [
      [console.in, 'in'],
      [console.out, 'out'],
    ] as const) {
      const found = endpoints.find((one) => one.endpoint === endpoint && one.direction === direction)
      if (found) this.#bus.open({ ...found, kind: 'bulk' })
    }
    this.#set({ openedCycle: this.#time.now, typed: [] })
    for (const bytes of typed) this.#send(console.out, bytes)
  }

  #send(endpoint: number, bytes: Uint8Array): void {
    this.#set({ sentBytes: this.#state.sentBytes + bytes.length })
    this.#bus.send(endpoint, bytes)
  }

  #received(endpoint: number, bytes: Uint8Array): void {
    const { console, receivedBytes } = this.#state
    if (endpoint === console?.in) {
      this.#set({ receivedBytes: receivedBytes + bytes.length })
      for (const byte of bytes) this.#options.onConsole(byte)
      return
    }
    const { disk } = this.#state
    if (endpoint === disk?.in) this.#turn(received(disk, bytes))
    else this.#report(endpoint, bytes)
  }

  #turn({ state, send }: MassStorageTurn): void {
    this.#set({ disk: state })
    if (send) this.#bus.send(state.out, send)
  }

  #report(endpoint: number, bytes: Uint8Array): void {
    const { configuration, reports, reportCount } = this.#state
    const from = configuration?.interfaces.find(
      ({ classCode, endpoints }) =>
        classCode === HID && endpoints.some((one) => one.endpoint === endpoint && one.direction === 'in'),
    )
    if (from === undefined) return
    const report = { cycle: this.#time.now, interface: from.number, bytes }
    this.#set({
      reportCount: reportCount + 1,
      reports: reports.length < MOST_REPORTS ? [...reports, report] : reports,
    })
  }
}

const HID = 3
const COMMUNICATIONS = 2
const ACM = 2
const CDC_DATA = 0x0a
const MASS_STORAGE = 8
const SCSI = 6
const BULK_ONLY = 0x50

const bulkOf = (
  { endpoints }: InterfaceDescriptor,
  direction: 'in' | 'out',
): EndpointDescriptor | undefined =>
  endpoints.find((one) => one.type === 'bulk' && one.direction === direction && one.maxPacket > 0)

/** The first CDC ACM function that has a bulk endpoint each way. */
function consoleOf(interfaces: readonly InterfaceDescriptor[]): UsbHostState['console'] {
  for (const { number, classCode, subclass, subordinates } of interfaces) {
    if (classCode !== COMMUNICATIONS || subclass !== ACM) continue
    const data = interfaces.find(
      (one) =>
        one.classCode === CDC_DATA &&
        (subordinates.length === 0 ? one.number > number : subordinates.includes(one.number)),
    )
    const [into, out] = data ? [bulkOf(data, 'in')?.endpoint, bulkOf(data, 'out')?.endpoint] : []
    if (into !== undefined && out !== undefined) return { control: number, in: into, out }
  }
  return undefined
}

const why = (outcome: ControlResult['outcome']): string =>
  outcome === 'timeout' ? 'NAK for 5 s' : outcome === 'silent' ? 'nobody answered' : 'it answered with STALL'

const wrong = (outcome: ControlResult['outcome']): string =>
  outcome === 'done' ? 'what it answered is no such descriptor' : why(outcome)
