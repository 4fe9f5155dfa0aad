import { Agenda } from '../time/agenda.ts'
import type { SavedCall } from '../time/agenda.ts'
import type { SavedAlarm } from '../time/alarm.ts'
import { CYCLES_PER_MICROSECOND } from '../time/ratio-clock.ts'
import type { ChipContext } from './context.ts'
import { packetTimes } from './radio-packet.ts'
import { Peripheral } from './peripheral.ts'
import type { EventRegister, PeripheralState, Register } from './peripheral.ts'

const STATE = {
  disabled: 0,
  rxRampUp: 1,
  rxIdle: 2,
  rx: 3,
  rxDisable: 4,
  txRampUp: 9,
  txIdle: 10,
  tx: 11,
  txDisable: 12,
} as const
type State = (typeof STATE)[keyof typeof STATE]
/** tTXEN, tRXEN, with fast ramp-up, and for IEEE 802.15.4 (PS 6.18.15.8). */
const RAMP_UP = 140 * CYCLES_PER_MICROSECOND
const RAMP_UP_154 = 130 * CYCLES_PER_MICROSECOND
const RAMP_UP_FAST = 40 * CYCLES_PER_MICROSECOND
/** tTXDIS: 6 us at 1 Mbit/s, 4 at 2, 21 for IEEE 802.15.4; tRXDIS: 0, 0, 0.5. */
const TX_DISABLE = new Map([
  [1, 4],
  [4, 4],
  [15, 21],
])
const RX_DISABLE = new Map([[15, 0.5]])
const RSSI_TIME = 0.25 * CYCLES_PER_MICROSECOND
const CCA_TIME = 128 * CYCLES_PER_MICROSECOND
const IEEE_802_15_4 = 15
const WEAKEST_SIGNAL = 127

const EVENTS = {
  READY: 0x100, ADDRESS: 0x104, PAYLOAD: 0x108, END: 0x10c, DISABLED: 0x110, DEVMATCH: 0x114, DEVMISS: 0x118,
  RSSIEND: 0x11c, BCMATCH: 0x128, CRCOK: 0x130, CRCERROR: 0x134, FRAMESTART: 0x138, EDEND: 0x13c, EDSTOPPED: 0x140,
  CCAIDLE: 0x144, CCABUSY: 0x148, CCASTOPPED: 0x14c, RATEBOOST: 0x150, TXREADY: 0x154, RXREADY: 0x158,
  MHRMATCH: 0x15c, PHYEND: 0x16c,
} as const // prettier-ignore
type EventName = keyof typeof EVENTS

/** Registers that are only stored: name, offset, reset value. */
const STORED = [
  ['PDUSTAT', 0x414], ['FREQUENCY', 0x508, 2], ['BASE0', 0x51c], ['BASE1', 0x520], ['PREFIX0', 0x524],
  ['PREFIX1', 0x528], ['TXADDRESS', 0x52c], ['RXADDRESSES', 0x530], ['CRCPOLY', 0x538], ['CRCINIT', 0x53c],
  ['TIFS', 0x544], ['DATAWHITEIV', 0x554, 0x40], ['DACNF', 0x640], ['MHRMATCHCONF', 0x644],
  ['MHRMATCHMAS', 0x648], ['SFD', 0x660, 0xa7], ['CCACTRL', 0x66c],
] as const // prettier-ignore

/** What happens later. */
type Step = 'READY' | 'ADDRESS' | 'PAYLOAD' | 'END' | 'DISABLED' | 'RSSIEND' | 'EDEND' | 'CCAIDLE'

interface RadioState extends PeripheralState {
  readonly state: State
  readonly steps: readonly SavedCall<Step>[]
  readonly counting: SavedAlarm | null
  readonly addressAt: number
}

/**
 * RADIO, PS 6.18, as a model of time and power. Approximated:
 * 1. Nobody else is on the air: a receiver waits until it is stopped, RSSI and energy are the weakest, the channel is
 *    clear. 2. Packets sent go nowhere; their length is read from RAM when they begin. 3. Lengths on the air of the
 *    Bluetooth long range modes follow the coding with S = 8 and 2. 4. TIFS is not enforced.
 */
export class Radio extends Peripheral {
  readonly #on: Readonly<Record<EventName, EventRegister>>
  readonly #packetPointer: Register
  readonly #txPower: Register
  readonly #mode: Register
  readonly #configuration: readonly [pcnf0: Register, pcnf1: Register, crc: Register]
  readonly #bitCounter: Register
  readonly #rampUp: Register
  readonly #energyCount: Register
  readonly #hfxo: () => boolean
  #state: State = STATE.disabled
  readonly #pending = new Agenda<Step>(
    (callback) => this.chip.time.alarm(this.name, callback),
    (step) => this.#take(step),
  )
  readonly #counting = this.chip.time.alarm('RADIO BCMATCH', () => this.#on.BCMATCH.fire())
  #addressAt = 0

  constructor(chip: ChipContext, hfxoRunning: () => boolean) {
    super(chip, 'RADIO', 0x4000_1000)
    this.#hfxo = hfxoRunning
    const on = {} as Record<EventName, EventRegister>
    for (const name of Object.keys(EVENTS) as EventName[]) on[name] = this.event(name, EVENTS[name])
    this.#on = on
    const txEnable = this.task('TXEN', 0x000, () => this.#enable('tx'))
    const rxEnable = this.task('RXEN', 0x004, () => this.#enable('rx'))
    const start = this.task('START', 0x008, () => this.#start())
    const stop = this.task('STOP', 0x00c, () => this.#stop())
    const disable = this.task('DISABLE', 0x010, () => this.#disable())
    const rssiStart = this.task('RSSISTART', 0x014, () => this.#later(RSSI_TIME, 'RSSIEND'))
    const rssiStop = this.task('RSSISTOP', 0x018, () => undefined)
    const countStart = this.task('BCSTART', 0x01c, () => this.#count())
    this.task('BCSTOP', 0x020, () => this.#counting.cancel())
    const energyStart = this.task('EDSTART', 0x024, () =>
      this.#later((this.#energyCount.value + 1) * CCA_TIME, 'EDEND'),
    )
    this.task('EDSTOP', 0x028, () => on.EDSTOPPED.fire())
    const clearStart = this.task('CCASTART', 0x02c, () => this.#later(CCA_TIME, 'CCAIDLE'))
    this.task('CCASTOP', 0x030, () => on.CCASTOPPED.fire())
    this.shorts([
      [0, on.READY, start],
      [1, on.END, disable],
      [2, on.DISABLED, txEnable],
      [3, on.DISABLED, rxEnable],
      [4, on.ADDRESS, rssiStart],
      [5, on.END, start],
      [6, on.ADDRESS, countStart],
      [8, on.DISABLED, rssiStop],
      [11, on.RXREADY, clearStart],
      [12, on.CCAIDLE, txEnable],
      [13, on.CCABUSY, disable],
      [14, on.FRAMESTART, countStart],
      [15, on.READY, energyStart],
      [16, on.EDEND, disable],
      [17, on.CCAIDLE, stop],
      [18, on.TXREADY, start],
      [19, on.RXREADY, start],
      [20, on.PHYEND, disable],
      [21, on.PHYEND, start],
    ])
    this.interrupts(this.maskOf(...Object.values(on)))
    for (const [name, offset] of [
      ['CRCSTATUS', 0x400],
      ['RXMATCH', 0x408],
      ['RXCRC', 0x40c],
      ['DAI', 0x410],
    ] as const) {
      this.register(name, offset, { readOnly: true })
    }
    this.#packetPointer = this.register('PACKETPTR', 0x504)
    this.#txPower = this.register('TXPOWER', 0x50c, { mask: 0xff })
    this.#mode = this.register('MODE', 0x510, { mask: 0xf })
    this.#configuration = [
      this.register('PCNF0', 0x514),
      this.register('PCNF1', 0x518),
      this.register('CRCCNF', 0x534, { mask: 0x303 }),
    ]
    this.register('RSSISAMPLE', 0x548, { readOnly: true, read: () => WEAKEST_SIGNAL })
    this.register('STATE', 0x550, { readOnly: true, read: () => this.#state })
    this.#bitCounter = this.register('BCC', 0x560)
    this.registerArray('DAB', 8, 0x600)
    this.registerArray('DAP', 8, 0x620)
    this.#rampUp = this.register('MODECNF0', 0x650, { reset: 0x200, mask: 0x301 })
    this.#energyCount = this.register('EDCNT', 0x664, { mask: 0x1f_ffff })
    this.register('EDSAMPLE', 0x668, { readOnly: true })
    for (const [name, offset, reset = 0] of STORED) this.register(name, offset, { reset })
    this.register('POWER', 0xffc, {
      reset: 1,
      mask: 1,
      write: (value) => {
        if (value === 0) this.#switchOff()
      },
    })
  }

  override reset(): void {
    this.#cancel()
    this.#state = STATE.disabled
    super.reset()
  }

  override save(): RadioState {
    return {
      page: super.save().page,
      state: this.#state,
      steps: this.#pending.save(),
      counting: this.#counting.save(),
      addressAt: this.#addressAt,
    }
  }

  override restore(state: RadioState): void {
    super.restore(state)
    this.#state = state.state
    this.#pending.restore(state.steps)
    this.#counting.restore(state.counting)
    this.#addressAt = state.addressAt
  }

  /** POWER = 0 puts every register back to its reset value. */
  #switchOff(): void {
    this.reset()
    this.#enter(STATE.disabled, 'off')
  }

  #cancel(): void {
    this.#pending.cancel()
    this.#counting.cancel()
  }

  #enter(state: State, power: string): void {
    this.#state = state
    this.chip.power.enter(this.name, power, this.chip.time.now)
  }

  #later(cycles: number, step: Step): void {
    this.#pending.at(Math.round(this.chip.time.now + cycles), step)
  }

  #take(step: Step): void {
    switch (step) {
      case 'READY':
        this.#rampedUp()
        break
      case 'ADDRESS':
        this.#addressAt = this.chip.time.now
        this.#on.ADDRESS.fire()
        this.#on.FRAMESTART.fire()
        break
      case 'END':
        this.#enter(STATE.txIdle, 'idle')
        this.#on.END.fire()
        this.#on.PHYEND.fire()
        break
      case 'DISABLED':
        this.#enter(STATE.disabled, 'off')
        this.#on.DISABLED.fire()
        break
      default:
        this.#on[step].fire()
    }
  }

  #enable(direction: 'tx' | 'rx'): void {
    if (!this.#hfxo())
      this.chip.problems.report('RADIO: enabled while HFXO does not run; no peer would hear it')
    this.#cancel()
    this.#enter(direction === 'tx' ? STATE.txRampUp : STATE.rxRampUp, 'rampUp')
    const slow = this.#mode.value === IEEE_802_15_4 ? RAMP_UP_154 : RAMP_UP
    const time = (this.#rampUp.value & 1) === 1 ? RAMP_UP_FAST : slow
    this.#later(time, 'READY')
  }

  #rampedUp(): void {
    const transmits = this.#state === STATE.txRampUp
    this.#enter(transmits ? STATE.txIdle : STATE.rxIdle, 'idle')
    this.#on.READY.fire()
    this.#on[transmits ? 'TXREADY' : 'RXREADY'].fire()
  }

  #start(): void {
    if (this.#state === STATE.rxIdle) this.#enter(STATE.rx, 'receive')
    else if (this.#state === STATE.txIdle) this.#transmit()
  }

  #transmit(): void {
    const { dataRam } = this.chip
    const pointer = this.#packetPointer.value
    if (!dataRam.holds(this.name, pointer, 4)) return
    const decibels = (this.#txPower.value << 24) >> 24
    // 0xFF is the old name of -40 dBm.
    this.#enter(STATE.tx, `transmit ${decibels === -1 ? -40 : decibels} dBm`)
    const [pcnf0, pcnf1, crc] = this.#configuration
    const configuration = { mode: this.#mode.value, pcnf0: pcnf0.value, pcnf1: pcnf1.value, crc: crc.value }
    const times = packetTimes(configuration, (offset) => dataRam.read(pointer + offset))
    this.#later(times.address, 'ADDRESS')
    this.#later(times.payload, 'PAYLOAD')
    this.#later(times.end, 'END')
  }

  /** BCC counts bits from the event that started it. */
  #count(): void {
    if (this.#state !== STATE.tx) return
    const bits = this.#bitCounter.value
    const twoMegabit = this.#mode.value === 1 || this.#mode.value === 4
    const bit = (this.#mode.value === IEEE_802_15_4 ? 4 : twoMegabit ? 0.5 : 1) * CYCLES_PER_MICROSECOND
    this.#counting.at(this.#addressAt + bits * bit)
  }

  #stop(): void {
    if (this.#state !== STATE.rx && this.#state !== STATE.tx) return
    this.#cancel()
    this.#enter(this.#state === STATE.rx ? STATE.rxIdle : STATE.txIdle, 'idle')
  }

  #disable(): void {
    const wasTransmitter = this.#state >= STATE.txRampUp
    if (this.#state === STATE.disabled) {
      this.#on.DISABLED.fire()
      return
    }
    this.#cancel()
    this.#state = wasTransmitter ? STATE.txDisable : STATE.rxDisable
    const times = wasTransmitter ? TX_DISABLE : RX_DISABLE
    const microseconds = times.get(this.#mode.value) ?? (wasTransmitter ? 6 : 0)
    this.#later(microseconds * CYCLES_PER_MICROSECOND, 'DISABLED')
  }
}
