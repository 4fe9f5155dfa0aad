import type { ChipContext } from './context.ts'
import { Peripheral } from './peripheral.ts'
import type { EventRegister, PeripheralState, Register } from './peripheral.ts'
import type { Frames, Handshake, UsbData, UsbDevice, UsbHostPort } from './usb-port.ts'
import { UsbdControl, type SavedControl } from './usbd-control.ts'
import { ISO, UsbdDma, type Channel, type DmaRegisters, type SavedUsbdDma } from './usbd-dma.ts'
import { BUFFER_BYTES, ISO_BYTES, UsbdEndpoint, type SavedEndpoint } from './usbd-endpoints.ts'
import { UsbdLine, type SavedUsbdLine } from './usbd-line.ts'

const ENDPOINTS = 8
const SOF_EVENT = 0x154
const CAUSE = { isoOutCrc: 1 << 0, suspend: 1 << 8, resume: 1 << 9, wakeUpAllowed: 1 << 10, ready: 1 << 11 }
const RESUME_STATE = 1
const NO_ISO_DATA = 0x1_0000
/** An undocumented pair, index and data, by which nrfx disarms an IN endpoint whose transfer it gives up. */
const INDEX = 0x800
const DATA = 0x804
const DISARM_EP0 = { index: 0x7b4, bit: 1 << 2 }
const DISARM_EP1 = { index: 0x7b6, bit: 1 << 1 }

interface UsbdState extends PeripheralState {
  readonly control: SavedControl
  readonly in: readonly SavedEndpoint[]
  readonly out: readonly SavedEndpoint[]
  readonly dma: SavedUsbdDma
  readonly line: SavedUsbdLine
  readonly isReady: boolean
}

export interface UsbdOptions {
  /** 5 V is on VBUS. */
  readonly vbus: boolean
  readonly host: UsbHostPort
  /** The USB regulator is to be on, or off. */
  readonly onRegulator: (on: boolean) => void
  readonly hfxoRunning: () => boolean
}

/**
 * USBD, PS 6.35. Approximated:
 * 1. It is ready (EVENTCAUSE.READY) as soon as it is enabled, which is not published; with VBUS or without, as Zephyr
 *    waits for it where no cable is.
 * 2. It works without HFXO, which PS wants, and that is reported: sketches of Arduino's first core for the Nano 33 BLE
 *    never start it.
 * 3. DPDMDRIVE of J and K does nothing. LOWPOWER allows waking at once when it is left, and is 0 again when the bus wakes:
 *    nrfx starts no EasyDMA before.
 * 4. What comes to a full buffer (STARTEPIN before the host has fetched what was there) replaces it.
 * 5. Bits are never wrong: ISOOUTCRC never comes, and nothing is sent twice.
 */
export class Usbd extends Peripheral implements UsbDevice {
  readonly #options: UsbdOptions
  readonly #control: UsbdControl
  /** By number; 0 is of the control endpoint, 8 isochronous. */
  readonly #in: readonly UsbdEndpoint[]
  readonly #out: readonly UsbdEndpoint[]
  readonly #dma: UsbdDma
  readonly #line: UsbdLine
  readonly #events: Readonly<
    Record<
      'reset' | 'started' | 'dataDone' | 'endIsoIn' | 'endIsoOut' | 'sof' | 'usbEvent' | 'setup' | 'data',
      EventRegister
    >
  >
  readonly #endIn: readonly EventRegister[]
  readonly #endOut: readonly EventRegister[]
  readonly #channels: Readonly<Record<'in' | 'out', readonly DmaRegisters[]>>
  readonly #enable: Register
  readonly #pullUp: Register
  readonly #cause: Register
  readonly #captured: Register
  readonly #dataStatus: Register
  readonly #address: Register
  readonly #inEnabled: Register
  readonly #outEnabled: Register
  readonly #isoOutSize: Register
  readonly #isoSplit: Register
  readonly #isoResponse: Register
  readonly #lowPower: Register
  readonly #lineState: Register
  #isReady = false

  constructor(chip: ChipContext, options: UsbdOptions) {
    super(chip, 'USBD', 0x4002_7000)
    this.#options = options
    this.#control = new UsbdControl((address) => (this.#address.value = address))
    const endpoints = (control: UsbdEndpoint): readonly UsbdEndpoint[] => [
      control,
      ...Array.from({ length: ENDPOINTS - 1 }, () => new UsbdEndpoint()),
      new UsbdEndpoint(ISO_BYTES),
    ]
    this.#in = endpoints(this.#control.in)
    this.#out = endpoints(this.#control.out)
    const startIn = (endpoint: number) => (): void => this.#start({ direction: 'in', endpoint })
    const startOut = (endpoint: number) => (): void => this.#start({ direction: 'out', endpoint })
    for (let i = 0; i < ENDPOINTS; i++) {
      this.task(`STARTEPIN[${i}]`, 0x004 + 4 * i, startIn(i))
      this.task(`STARTEPOUT[${i}]`, 0x028 + 4 * i, startOut(i))
    }
    this.task('STARTISOIN', 0x024, startIn(ISO))
    this.task('STARTISOOUT', 0x048, startOut(ISO))
    const receive = this.task('EP0RCVOUT', 0x04c, () => this.#openControl())
    const status = this.task('EP0STATUS', 0x050, () => {
      this.#control.allowStatus()
      this.#options.host.ready()
    })
    this.task('EP0STALL', 0x054, () => {
      this.#control.stall()
      this.#options.host.ready()
    })
    this.task('DPDMDRIVE', 0x058, () => this.#drive())
    this.task('DPDMNODRIVE', 0x05c, () => undefined)
    this.#events = {
      reset: this.event('USBRESET', 0x100),
      started: this.event('STARTED', 0x104),
      dataDone: this.event('EP0DATADONE', 0x128),
      endIsoIn: this.event('ENDISOIN', 0x12c),
      endIsoOut: this.event('ENDISOOUT', 0x150),
      sof: this.event('SOF', SOF_EVENT),
      usbEvent: this.event('USBEVENT', 0x158),
      setup: this.event('EP0SETUP', 0x15c),
      data: this.event('EPDATA', 0x160),
    }
    const endIn = this.events('ENDEPIN', ENDPOINTS, 0x108)
    const endOut = this.events('ENDEPOUT', ENDPOINTS, 0x130)
    this.#endIn = [...endIn, this.#events.endIsoIn]
    this.#endOut = [...endOut, this.#events.endIsoOut]
    const [endOut0 = this.#events.data] = endOut
    this.shorts([
      [0, this.#events.dataDone, startIn(0)],
      [1, this.#events.dataDone, startOut(0)],
      [2, this.#events.dataDone, status],
      [3, endOut0, status],
      [4, endOut0, receive],
    ])
    this.interrupts(this.maskOf(...Object.values(this.#events), ...endIn, ...endOut), { inten: true })
    const cleared = (register: () => Register) => (value: number, previous: number) =>
      void (register().value = (previous & ~value) >>> 0)
    this.#cause = this.register('EVENTCAUSE', 0x400, { write: cleared(() => this.#cause) })
    const halted = (all: readonly UsbdEndpoint[]) => (i: number) => ({
      readOnly: true,
      read: () => Number(all[i]?.isHalted ?? false),
    })
    this.registerArray('HALTED.EPIN[]', ENDPOINTS, 0x420, halted(this.#in))
    this.registerArray('HALTED.EPOUT[]', ENDPOINTS, 0x444, halted(this.#out))
    this.#captured = this.register('EPSTATUS', 0x468, { write: cleared(() => this.#captured) })
    this.#dataStatus = this.register('EPDATASTATUS', 0x46c, { write: cleared(() => this.#dataStatus) })
    this.#address = this.register('USBADDR', 0x470, { readOnly: true })
    const setup = ['BMREQUESTTYPE', 'BREQUEST', 'WVALUEL', 'WVALUEH', 'WINDEXL', 'WINDEXH', 'WLENGTHL']
    ;[...setup, 'WLENGTHH'].forEach((name, i) =>
      this.register(name, 0x480 + 4 * i, { readOnly: true, read: () => this.#control.setup[i] ?? 0 }),
    )
    this.registerArray('SIZE.EPOUT[]', ENDPOINTS, 0x4a0, (i) => ({
      read: () => this.#out[i]?.size ?? 0,
      write: () => this.#open(i),
    }))
    this.#isoOutSize = this.register('SIZE.ISOOUT', 0x4c0, { reset: NO_ISO_DATA, readOnly: true })
    this.#enable = this.register('ENABLE', 0x500, { mask: 1, write: (value) => this.#switch(value === 1) })
    this.#pullUp = this.register('USBPULLUP', 0x504, {
      mask: 1,
      write: (value, previous) => {
        if (value !== previous) this.#attach()
      },
    })
    this.#lineState = this.register('DPDMVALUE', 0x508, { mask: 0x1f })
    this.#declareToggle()
    this.#inEnabled = this.register('EPINEN', 0x510, {
      reset: 1,
      mask: 0x1ff,
      write: () => options.host.ready(),
    })
    this.#outEnabled = this.register('EPOUTEN', 0x514, {
      reset: 1,
      mask: 0x1ff,
      write: () => options.host.ready(),
    })
    this.register('EPSTALL', 0x518, { mask: 0x187, read: () => 0, write: (value) => this.#stall(value) })
    this.#isoSplit = this.register('ISOSPLIT', 0x51c, { mask: 0xffff })
    this.register('FRAMECNTR', 0x520, { readOnly: true, read: () => this.#line.frameNumber })
    this.#lowPower = this.register('LOWPOWER', 0x52c, {
      mask: 1,
      write: (...values) => this.#rest(...values),
    })
    this.#isoResponse = this.register('ISOINCONFIG', 0x530, { mask: 1 })
    this.#channels = { in: this.#declareChannels('IN', 0x600), out: this.#declareChannels('OUT', 0x700) }
    this.#dma = new UsbdDma(chip, {
      registers: ({ direction, endpoint }) => this.#registersOf(direction, endpoint),
      started: (channel) => {
        this.#captured.value = (this.#captured.value | bitOf(channel)) >>> 0
        this.#events.started.fire()
      },
      ended: (...transfer) => this.#moved(...transfer),
    })
    this.#line = new UsbdLine(chip, {
      sof: this.#events.sof,
      isHeard: () => (this.interruptEnable & this.#events.sof.bit) !== 0 || this.#events.sof.isRouted,
      suspended: () => {
        this.#fireCause(CAUSE.suspend)
        this.#reportPower()
      },
    })
    options.host.connect(this)
  }

  /** PPI listens to other events than before. */
  routesChanged(): void {
    this.#line.listen()
  }

  override readWord(offset: number): number {
    if (offset === SOF_EVENT) this.#line.settle()
    return super.readWord(offset)
  }

  override isSteady(offset: number): boolean {
    return offset !== SOF_EVENT && super.isSteady(offset)
  }

  override writeWord(offset: number, value: number): void {
    this.#line.settle()
    this.#options.onRegulator(this.#enable.value === 1)
    super.writeWord(offset, value)
    this.#line.listen()
    if (offset === DATA) this.#disarm(super.readWord(INDEX), value)
  }

  override reset(): void {
    const wasPulledUp = this.isPulledUp
    super.reset()
    this.#off()
    this.#options.onRegulator(false)
    if (wasPulledUp) this.#options.host.pullUp(false)
  }

  override save(): UsbdState {
    return {
      page: super.save().page,
      control: this.#control.save(),
      in: this.#in.slice(1).map((one) => one.save()),
      out: this.#out.slice(1).map((one) => one.save()),
      dma: this.#dma.save(),
      line: this.#line.save(),
      isReady: this.#isReady,
    }
  }

  override restore(state: UsbdState): void {
    super.restore(state)
    this.#control.restore(state.control)
    state.in.forEach((one, i) => this.#in[i + 1]?.restore(one))
    state.out.forEach((one, i) => this.#out[i + 1]?.restore(one))
    this.#dma.restore(state.dma)
    this.#line.restore(state.line)
    this.#isReady = state.isReady
  }

  // What the host sees.

  get isPulledUp(): boolean {
    return this.#options.vbus && this.#isReady && this.#pullUp.value === 1
  }

  busReset(): void {
    // That something happens again on the bus is a RESUME condition, too.
    this.resume()
    this.#line.off()
    this.#clear()
    this.#inEnabled.value = this.#outEnabled.value = 1
    this.#reportPower()
    this.chip.listeners.usb?.busReset()
    this.#events.reset.fire()
  }

  frames(frames: Frames | undefined): void {
    this.#line.frames(frames)
    this.#reportPower()
  }

  resume(): void {
    if (!this.#line.isSuspended) return
    this.#line.isSuspended = false
    this.#lowPower.value = 0
    this.#fireCause(CAUSE.resume)
    this.#reportPower()
  }

  setup(address: number, packet: Uint8Array): 'ack' | undefined {
    if (this.isPulledUp && !this.#options.hfxoRunning())
      this.chip.problems.report(
        'USBD: in use without HFXO, which the Product Specification wants: TASKS_HFCLKSTART',
      )
    if (!this.#hears(address)) return undefined
    this.#control.begin(packet)
    this.chip.listeners.usb?.packet('SETUP', 0, packet)
    this.#events.setup.fire()
    return 'ack'
  }

  isReady(endpoint: number, direction: 'in' | 'out'): boolean {
    if (!this.isPulledUp) return false
    if (endpoint === 0) return this.#control.isReady(direction)
    const one = this.#enabled(endpoint, direction)
    if (one === undefined) return false
    if (one.isHalted || endpoint === ISO) return true
    return direction === 'in' ? one.isFull : one.isOpen && !one.isFull
  }

  in(address: number, endpoint: number): UsbData | 'nak' | 'stall' | undefined {
    if (!this.#hears(address)) return undefined
    if (endpoint === 0) return this.#control.answerIn()
    const one = this.#enabled(endpoint, 'in')
    if (one === undefined) return undefined
    if (endpoint === ISO) return this.#isoIn(one)
    if (one.isHalted) return 'stall'
    return one.isFull ? { toggle: one.toggle, bytes: one.content } : 'nak'
  }

  acknowledged(endpoint: number): void {
    if (endpoint === 0) {
      this.#tellOfIn(0, this.#control.answerIn())
      if (this.#control.acknowledged()) this.#events.dataDone.fire()
      return
    }
    const one = this.#in[endpoint]
    if (one === undefined) return
    this.#tellOfIn(endpoint, { toggle: one.toggle, bytes: one.content })
    one.isFull = false
    one.toggle = one.toggle === 0 ? 1 : 0
    this.#fireData({ direction: 'in', endpoint })
  }

  out(address: number, endpoint: number, data: UsbData): Handshake | undefined {
    if (!this.#hears(address)) return undefined
    if (endpoint === 0) {
      const { handshake, isData } = this.#control.takeOut(data)
      if (handshake === 'ack') this.chip.listeners.usb?.packet('OUT', 0, data.bytes)
      if (isData) this.#events.dataDone.fire()
      return handshake
    }
    const one = this.#enabled(endpoint, 'out')
    if (one === undefined) return undefined
    if (endpoint === ISO) {
      this.#isoOut(one, data.bytes)
      return undefined
    }
    if (one.isHalted) return 'stall'
    if (!one.isOpen || one.isFull) return 'nak'
    // Sent again, as its handshake was lost: taken and thrown away (USB 2.0, 8.6.2).
    if (data.toggle !== one.toggle) return 'ack'
    one.toggle = one.toggle === 0 ? 1 : 0
    one.isOpen = false
    one.fill(data.bytes.slice(0, BUFFER_BYTES))
    this.chip.listeners.usb?.packet('OUT', endpoint, data.bytes)
    this.#fireData({ direction: 'out', endpoint })
    return 'ack'
  }

  #tellOfIn(endpoint: number, answer: UsbData | 'nak' | 'stall'): void {
    if (typeof answer === 'object') this.chip.listeners.usb?.packet('IN', endpoint, answer.bytes)
  }

  #hears(address: number): boolean {
    return this.isPulledUp && address === this.#address.value
  }

  #enabled(endpoint: number, direction: 'in' | 'out'): UsbdEndpoint | undefined {
    const [all, enabled] = direction === 'in' ? [this.#in, this.#inEnabled] : [this.#out, this.#outEnabled]
    return (enabled.value & (1 << endpoint)) === 0 ? undefined : all[endpoint]
  }

  #isoIn(one: UsbdEndpoint): UsbData | undefined {
    if (!one.isFull) return this.#isoResponse.value === 1 ? { toggle: 0, bytes: new Uint8Array() } : undefined
    one.isFull = false
    return { toggle: 0, bytes: one.content }
  }

  /** No handshake: what comes is there with the next SOF. */
  #isoOut(one: UsbdEndpoint, bytes: Uint8Array): void {
    one.fill(bytes.slice(0, this.#isoCapacity))
    this.#isoOutSize.value = bytes.length === 0 ? NO_ISO_DATA : Math.min(bytes.length, this.#isoCapacity)
  }

  get #isoCapacity(): number {
    return this.#isoSplit.value === 0x80 ? ISO_BYTES >> 1 : ISO_BYTES
  }

  // What firmware does.

  #switch(on: boolean): void {
    this.#options.onRegulator(on)
    if (on === this.#isReady) return
    if (!on) {
      const wasPulledUp = this.isPulledUp
      this.#off()
      if (wasPulledUp) this.#options.host.pullUp(false)
      return
    }
    this.#isReady = true
    this.#reportPower()
    this.#fireCause(CAUSE.ready)
    if (this.isPulledUp) this.#attach()
  }

  #attach(): void {
    if (this.#pullUp.value === 1 && !this.#options.vbus)
      this.chip.problems.report(
        'USBD: D+ is to be pulled up, and no power is at the USB connector (--usb host)',
      )
    if (!this.#isReady) return
    if (this.isPulledUp) this.#line.idle()
    else this.#line.off()
    this.#reportPower()
    this.#options.host.pullUp(this.isPulledUp)
  }

  #off(): void {
    this.#isReady = false
    this.#line.off()
    this.#dma.stop()
    this.#clear()
    this.#reportPower()
  }

  #clear(): void {
    this.#address.value = 0
    this.#isoOutSize.value = NO_ISO_DATA
    this.#control.clear()
    for (const one of [...this.#in, ...this.#out]) one.clear()
  }

  #start(channel: Channel): void {
    if (this.#enable.value === 0) this.unheard(`STARTEP${channel.direction.toUpperCase()}`)
    else this.#dma.start(channel)
  }

  #moved({ direction, endpoint }: Channel, pointer: number, length: number): void {
    const { dataRam } = this.chip
    const one = (direction === 'in' ? this.#in : this.#out)[endpoint]
    if (one === undefined) return
    if (direction === 'in') {
      const most = endpoint === ISO ? this.#isoCapacity : BUFFER_BYTES
      one.fill(Uint8Array.from({ length: Math.min(length, most) }, (_, i) => dataRam.read(pointer + i)))
      this.#endIn[endpoint]?.fire()
    } else {
      if (length > 0) dataRam.write(pointer, one.bytes.slice(0, length))
      one.isFull = false
      // Endpoint 0 takes more with EP0RCVOUT; the others at once.
      if (endpoint === ISO) this.#isoOutSize.value = NO_ISO_DATA
      else if (endpoint !== 0) one.isOpen = true
      this.#endOut[endpoint]?.fire()
    }
    this.#options.host.ready()
  }

  #openControl(): void {
    this.#control.out.isOpen = true
    this.#control.out.isFull = false
    this.#options.host.ready()
  }

  /** SIZE.EPOUT written: what is in the buffer is dropped, and the host may send. */
  #open(endpoint: number): void {
    const one = this.#out[endpoint]
    if (one === undefined || endpoint === 0) return
    one.isFull = false
    one.isOpen = true
    one.size = 0
    this.#options.host.ready()
  }

  #stall(value: number): void {
    const one = (value & 0x80 ? this.#in : this.#out)[value & 7]
    if (one === undefined) return
    one.isHalted = (value & 0x100) !== 0
    this.#options.host.ready()
  }

  #disarm(index: number, value: number): void {
    const endpoint = index === DISARM_EP0.index ? 0 : (index - DISARM_EP1.index) / 2 + 1
    const bit = endpoint === 0 ? DISARM_EP0.bit : DISARM_EP1.bit
    const one = endpoint < ENDPOINTS ? this.#in[endpoint] : undefined
    if (one !== undefined && (value & bit) !== 0) one.isFull = false
  }

  #drive(): void {
    const { isSuspended } = this.#line
    if (isSuspended && this.#lowPower.value === 0 && this.#lineState.value === RESUME_STATE)
      this.#options.host.wakeUp()
  }

  #rest(value: number, previous: number): void {
    this.#reportPower()
    if (value === 0 && previous === 1 && this.#line.isSuspended) this.#fireCause(CAUSE.wakeUpAllowed)
  }

  #fireCause(bit: number): void {
    this.#cause.value = (this.#cause.value | bit) >>> 0
    this.#events.usbEvent.fire()
  }

  #fireData(channel: Channel): void {
    this.#dataStatus.value = (this.#dataStatus.value | bitOf(channel)) >>> 0
    this.#events.data.fire()
  }

  #reportPower(): void {
    const state =
      !this.#isReady || !this.#options.vbus ? 'off' : this.#line.isSuspended ? 'suspended' : 'active'
    for (const part of ['USBD', 'USBREG']) this.chip.power.enter(part, state, this.chip.time.now)
  }

  #declareToggle(): void {
    const reset = 0x100
    const register = this.register('DTOGGLE', 0x50c, {
      reset,
      mask: 0x387,
      read: () => {
        const one = (register.value & 0x80 ? this.#in : this.#out)[register.value & 7]
        return (register.value & 0x87) | ((1 + (one?.toggle ?? 0)) << 8)
      },
      write: (value) => {
        const one = (value & 0x80 ? this.#in : this.#out)[value & 7]
        const to = (value >>> 8) & 3
        if (one !== undefined && (to === 1 || to === 2)) one.toggle = to === 1 ? 0 : 1
      },
    })
  }

  #declareChannels(direction: 'IN' | 'OUT', offset: number): readonly DmaRegisters[] {
    const channel = (name: string, at: number, mask: number): DmaRegisters => ({
      pointer: this.register(`${name}.PTR`, at),
      maxCount: this.register(`${name}.MAXCNT`, at + 4, { mask }),
      amount: this.register(`${name}.AMOUNT`, at + 8, { readOnly: true }),
    })
    return [
      ...Array.from({ length: ENDPOINTS }, (_, i) =>
        channel(`EP${direction}[${i}]`, offset + 0x14 * i, 0x7f),
      ),
      channel(`ISO${direction}`, offset + 0xa0, 0x3ff),
    ]
  }

  #registersOf(direction: 'in' | 'out', endpoint: number): DmaRegisters {
    const found = this.#channels[direction][endpoint]
    if (found === undefined) throw new RangeError(`endpoint ${endpoint}`)
    return found
  }
}

/** In EPSTATUS and EPDATASTATUS. */
const bitOf = ({ direction, endpoint }: Channel): number =>
  1 << (direction === 'in' ? endpoint : 16 + endpoint)
