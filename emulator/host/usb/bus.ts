import type { UsbDevice } from '../../nrf52840/usb-port.ts'
import { CYCLES_PER_FRAME } from '../../nrf52840/usb-port.ts'
import type { Alarm, SavedAlarm } from '../../time/alarm.ts'
import type { Timeline } from '../../time/timeline.ts'
import { transactionCycles } from './wire.ts'

const NOTHING = new Uint8Array()
/** What Linux gives a control transfer: USB_CTRL_GET_TIMEOUT. */
const CONTROL_TIMEOUT = 5000 * CYCLES_PER_FRAME
/** USB 2.0, 10.2.6: a host gives up a transfer after so many errors in a row. */
const MOST_UNANSWERED = 3

export interface ControlRequest {
  /** Whoever asked knows it by this. */
  readonly purpose: string
  readonly setup: Uint8Array
  /** What is sent in the data stage; empty where data come back or there are none. */
  readonly data: Uint8Array
}

export interface ControlResult {
  /** Silent: packets were not even answered with NAK. */
  readonly outcome: 'done' | 'stall' | 'timeout' | 'silent'
  readonly data: Uint8Array
}

/** An endpoint that is polled, or that has something to send. */
export interface Pipe {
  readonly endpoint: number
  readonly direction: 'in' | 'out'
  readonly kind: 'bulk' | 'interrupt'
  readonly maxPacket: number
  /** Frames from one poll to the next, of an interrupt endpoint. */
  readonly interval: number
}

interface OpenPipe extends Pipe {
  readonly toggle: 0 | 1
  /** Of OUT: what is still to be sent. */
  readonly queue: readonly Uint8Array[]
  readonly isHalted: boolean
}

interface Control {
  readonly request: ControlRequest
  readonly stage: 'setup' | 'data' | 'status'
  readonly toggle: 0 | 1
  readonly received: Uint8Array
  readonly sent: number
  /** Times that nobody answered, in a row. */
  readonly unanswered: number
}

/** On the wire: endpoint 0, or one of the pipes. */
type Running = 'control' | { readonly endpoint: number; readonly direction: 'in' | 'out' }

interface BusState {
  /** Of frames: none before a reset is over. */
  readonly since: number | undefined
  readonly address: number
  readonly maxPacket0: number
  readonly requests: readonly ControlRequest[]
  readonly control: Control | undefined
  readonly pipes: readonly OpenPipe[]
  readonly running: Running | undefined
  /** Cycles of the wire that transactions took. */
  readonly busyCycles: number
  readonly transactions: number
}

const IDLE: BusState = {
  since: undefined,
  address: 0,
  maxPacket0: 64,
  requests: [],
  control: undefined,
  pipes: [],
  running: undefined,
  busyCycles: 0,
  transactions: 0,
}

export interface BusListener {
  completed(purpose: string, result: ControlResult): void
  received(endpoint: number, bytes: Uint8Array): void
  /** All that was to be sent to an OUT endpoint is there. */
  sent(endpoint: number): void
  halted(endpoint: number, direction: 'in' | 'out'): void
}

/**
 * Transactions of a full-speed bus with one device, one after the other, each in its time on the wire. Approximated:
 * 1. A NAK takes no time: a transaction begins when the device is ready and the wire is free, where a real host asks again
 *    and again and finds it up to 7 us later. 2. Frames do not divide the wire: a transaction may go on across a SOF.
 * 3. Interrupt endpoints are asked at the beginning of a frame.
 */
export class UsbBus {
  /** Not saved: wiring. */
  device: UsbDevice | undefined
  #state = IDLE
  readonly #done: Alarm
  readonly #poll: Alarm
  readonly #timeout: Alarm

  constructor(
    private readonly time: Timeline,
    private readonly listener: BusListener,
  ) {
    this.#done = time.alarm('USB transaction', () => this.#finish())
    this.#poll = time.alarm('USB frame', () => this.next())
    this.#timeout = time.alarm('USB control timeout', () => this.#complete('timeout'))
  }

  get busyCycles(): number {
    return this.#state.busyCycles
  }

  get transactions(): number {
    return this.#state.transactions
  }

  /** Frames begin: a reset is over, and the device has address 0. */
  begin(): void {
    const { busyCycles, transactions } = this.#state
    this.stop()
    this.#state = { ...IDLE, since: this.time.now, busyCycles, transactions }
    this.device?.frames({ since: this.time.now, number: 0 })
  }

  /** Whatever was under way is over. */
  stop(): void {
    const { busyCycles, transactions } = this.#state
    for (const alarm of [this.#done, this.#poll, this.#timeout]) alarm.cancel()
    this.#state = { ...IDLE, busyCycles, transactions }
  }

  addressed(address: number): void {
    this.#state = { ...this.#state, address }
  }

  controlPackets(maxPacket0: number): void {
    this.#state = { ...this.#state, maxPacket0 }
  }

  request(request: ControlRequest): void {
    this.#state = { ...this.#state, requests: [...this.#state.requests, request] }
    this.next()
  }

  open(pipe: Pipe): void {
    const opened: OpenPipe = { ...pipe, toggle: 0, queue: [], isHalted: false }
    this.#state = { ...this.#state, pipes: [...this.#state.pipes, opened] }
    this.next()
  }

  /** To an OUT endpoint that is open. */
  send(endpoint: number, bytes: Uint8Array): void {
    this.#change(endpoint, 'out', (pipe) => ({
      ...pipe,
      queue: [...pipe.queue, ...packetsOf(bytes, pipe.maxPacket)],
    }))
    this.next()
  }

  /** CLEAR_FEATURE(ENDPOINT_HALT) was answered. */
  unhalt(endpoint: number, direction: 'in' | 'out'): void {
    this.#change(endpoint, direction, (pipe) => ({ ...pipe, isHalted: false, toggle: 0 }))
    this.next()
  }

  /** Something may be ready now. */
  next(): void {
    const { device } = this
    if (device === undefined || this.#state.running !== undefined || this.#state.since === undefined) return
    if (this.#nextControl(device)) return
    const ready = this.#state.pipes.filter(
      ({ endpoint, direction, queue, isHalted }) =>
        !isHalted && (direction === 'in' || queue.length > 0) && device.isReady(endpoint, direction),
    )
    const due = ready.find(
      ({ kind, interval }) => kind === 'bulk' || this.#nextPoll(interval) === this.time.now,
    )
    if (due) this.#begin(due, device)
    else if (ready.length > 0)
      this.#poll.at(Math.min(...ready.map(({ interval }) => this.#nextPoll(interval))))
  }

  #nextControl(device: UsbDevice): boolean {
    let { control } = this.#state
    if (control === undefined) {
      const [request, ...requests] = this.#state.requests
      if (request === undefined) return false
      control = { request, stage: 'setup', toggle: 1, received: NOTHING, sent: 0, unanswered: 0 }
      this.#state = { ...this.#state, control, requests }
      this.#timeout.after(CONTROL_TIMEOUT)
    }
    const direction = directionOf(control)
    if (control.stage !== 'setup' && !device.isReady(0, direction)) return false
    const outgoing =
      control.stage === 'setup'
        ? control.request.setup
        : control.stage === 'data' && direction === 'out'
          ? this.#packetOf(control)
          : NOTHING
    const answer =
      direction === 'in' && control.stage === 'data' ? device.in(this.#state.address, 0) : undefined
    this.#occupy('control', control.toggle, typeof answer === 'object' ? answer.bytes : outgoing)
    return true
  }

  #begin({ endpoint, direction, toggle, queue }: OpenPipe, device: UsbDevice): void {
    const answer = direction === 'in' ? device.in(this.#state.address, endpoint) : undefined
    const bytes = typeof answer === 'object' ? answer.bytes : (queue[0] ?? NOTHING)
    this.#occupy({ endpoint, direction }, toggle, bytes)
  }

  #occupy(running: Running, toggle: 0 | 1, bytes: Uint8Array): void {
    const cycles = transactionCycles(toggle, bytes)
    const { busyCycles, transactions } = this.#state
    this.#state = { ...this.#state, running, busyCycles: busyCycles + cycles, transactions: transactions + 1 }
    this.#done.after(cycles)
  }

  #finish(): void {
    const { running, control } = this.#state
    const { device } = this
    this.#state = { ...this.#state, running: undefined }
    if (device === undefined || running === undefined) return
    if (running !== 'control') this.#finishPipe(running.endpoint, running.direction, device)
    else if (control) this.#finishControl(control, device)
    this.next()
  }

  #finishPipe(endpoint: number, direction: 'in' | 'out', device: UsbDevice): void {
    const pipe = this.#pipe(endpoint, direction)
    if (pipe === undefined) return
    const { address } = this.#state
    if (direction === 'in') {
      const answer = device.in(address, endpoint)
      if (answer === 'stall') this.#halt(pipe)
      if (typeof answer !== 'object') return
      device.acknowledged(endpoint)
      // What it has had already is acknowledged and thrown away (USB 2.0, 8.6.2).
      if (answer.toggle !== pipe.toggle) return
      this.#change(endpoint, direction, flipped)
      this.listener.received(endpoint, answer.bytes)
      return
    }
    const [first = NOTHING, ...queue] = pipe.queue
    const answer = device.out(address, endpoint, { toggle: pipe.toggle, bytes: first })
    if (answer === 'stall') this.#halt(pipe)
    if (answer !== 'ack') return
    this.#change(endpoint, direction, (one) => ({ ...flipped(one), queue }))
    if (queue.length === 0) this.listener.sent(endpoint)
  }

  #halt({ endpoint, direction }: OpenPipe): void {
    this.#change(endpoint, direction, (pipe) => ({ ...pipe, isHalted: true, queue: [] }))
    this.listener.halted(endpoint, direction)
  }

  #finishControl(control: Control, device: UsbDevice): void {
    const { address } = this.#state
    const { request, stage } = control
    if (stage === 'setup') {
      if (device.setup(address, request.setup) === 'ack')
        this.#control({ ...control, stage: lengthOf(request) > 0 ? 'data' : 'status' })
      else this.#unanswered(control)
      return
    }
    const bytes = stage === 'data' ? this.#packetOf(control) : NOTHING
    const isIn = directionOf(control) === 'in'
    const answer = isIn ? device.in(address, 0) : device.out(address, 0, { toggle: control.toggle, bytes })
    if (answer === 'stall') this.#complete('stall')
    if (answer === undefined) this.#unanswered(control)
    if (answer === undefined || answer === 'nak' || answer === 'stall') return
    if (isIn) device.acknowledged(0)
    if (stage === 'status') this.#complete('done')
    else this.#dataMoved(control, typeof answer === 'object' ? answer.bytes : bytes, isIn)
  }

  #dataMoved(control: Control, bytes: Uint8Array, isIn: boolean): void {
    const length = lengthOf(control.request)
    const received = isIn
      ? Uint8Array.of(...control.received, ...bytes).subarray(0, length)
      : control.received
    const sent = control.sent + (isIn ? 0 : bytes.length)
    const isOver = isIn
      ? received.length >= length || bytes.length < this.#state.maxPacket0
      : sent >= control.request.data.length
    const toggle = isOver || control.toggle === 0 ? 1 : 0
    this.#control({ ...control, received, sent, toggle, unanswered: 0, stage: isOver ? 'status' : 'data' })
  }

  #unanswered(control: Control): void {
    const unanswered = control.unanswered + 1
    if (unanswered === MOST_UNANSWERED) this.#complete('silent')
    else this.#control({ ...control, unanswered })
  }

  #packetOf({ request, sent }: Control): Uint8Array {
    return request.data.subarray(sent, sent + this.#state.maxPacket0)
  }

  #control(control: Control): void {
    this.#state = { ...this.#state, control }
  }

  #complete(outcome: ControlResult['outcome']): void {
    const { control } = this.#state
    if (control === undefined) return
    this.#timeout.cancel()
    const isOnWire = this.#state.running === 'control'
    if (isOnWire) this.#done.cancel()
    this.#state = {
      ...this.#state,
      control: undefined,
      running: isOnWire ? undefined : this.#state.running,
    }
    this.listener.completed(control.request.purpose, { outcome, data: control.received })
    this.next()
  }

  #pipe(endpoint: number, direction: 'in' | 'out'): OpenPipe | undefined {
    return this.#state.pipes.find((one) => one.endpoint === endpoint && one.direction === direction)
  }

  #change(endpoint: number, direction: 'in' | 'out', change: (pipe: OpenPipe) => OpenPipe): void {
    const pipes = this.#state.pipes.map((one) =>
      one.endpoint === endpoint && one.direction === direction ? change(one) : one,
    )
    this.#state = { ...this.#state, pipes }
  }

  /** The present, or the beginning of the frame in which an endpoint of this interval is asked. */
  #nextPoll(interval: number): number {
    const { now } = this.time
    const since = this.#state.since ?? now
    const step = Math.max(1, interval) * CYCLES_PER_FRAME
    return since + step * Math.ceil((now - since) / step)
  }

  save(): { readonly state: BusState; readonly alarms: readonly (SavedAlarm | null)[] } {
    return { state: this.#state, alarms: this.#alarms.map((alarm) => alarm.save()) }
  }

  restore({ state, alarms }: ReturnType<UsbBus['save']>): void {
    this.#state = state
    this.#alarms.forEach((alarm, i) => alarm.restore(alarms[i] ?? null))
  }

  get #alarms(): readonly Alarm[] {
    return [this.#done, this.#poll, this.#timeout]
  }
}

const flipped = (pipe: OpenPipe): OpenPipe => ({ ...pipe, toggle: pipe.toggle === 0 ? 1 : 0 })

const lengthOf = ({ setup }: ControlRequest): number => (setup[6] ?? 0) | ((setup[7] ?? 0) << 8)

const isDeviceToHost = ({ setup }: ControlRequest): boolean => ((setup[0] ?? 0) & 0x80) !== 0

function directionOf({ request, stage }: Control): 'in' | 'out' {
  if (stage === 'setup') return 'out'
  const isIn = isDeviceToHost(request) && lengthOf(request) > 0
  return isIn === (stage === 'data') ? 'in' : 'out'
}

function packetsOf(bytes: Uint8Array, maxPacket: number): readonly Uint8Array[] {
  const packets: Uint8Array[] = []
  const step = Math.max(1, maxPacket)
  for (let at = 0; at < bytes.length; at += step) packets.push(bytes.slice(at, at + step))
  return packets
}
