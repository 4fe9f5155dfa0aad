import type { SavedAlarm } from '../time/alarm.ts'
import { CYCLES_PER_MICROSECOND } from '../time/ratio-clock.ts'
import type { ChipContext } from './context.ts'
import { Peripheral } from './peripheral.ts'
import type { EventRegister, PeripheralState } from './peripheral.ts'

/** tactivate of PS 6.14.13, its maximum. */
const ACTIVATE_TIME = 500 * CYCLES_PER_MICROSECOND
/** NFCTAGSTATE. */
const DISABLED = 0
const RAMP_UP = 2
const IDLE = 3

const EVENTS = [
  ['READY', 0x100],
  ['FIELDDETECTED', 0x104],
  ['FIELDLOST', 0x108],
  ['TXFRAMESTART', 0x10c],
  ['TXFRAMEEND', 0x110],
  ['RXFRAMESTART', 0x114],
  ['RXFRAMEEND', 0x118],
  ['ERROR', 0x11c],
  ['RXERROR', 0x128],
  ['ENDRX', 0x12c],
  ['ENDTX', 0x130],
  ['AUTOCOLRESSTARTED', 0x138],
  ['COLLISION', 0x148],
  ['SELECTED', 0x14c],
  ['STARTED', 0x150],
] as const

interface NfctState extends PeripheralState {
  readonly ready: SavedAlarm | null
  readonly state: number
}

/**
 * NFCT, PS 6.14, where no reader's field ever comes: it senses, and can be activated and disabled. Approximated:
 * 1. A task that sends or receives waits for a frame for ever, which is told. 2. Settings of frames and identity are
 * storage. 3. SLEEP_A is not told from IDLE.
 */
export class Nfct extends Peripheral {
  readonly #ready: EventRegister
  readonly #ramp = this.chip.time.alarm('NFCT ready', () => {
    this.#state = IDLE
    this.#ready.fire()
  })
  #state = DISABLED

  constructor(chip: ChipContext) {
    super(chip, 'NFCT', 0x4000_5000)
    const activate = this.task('ACTIVATE', 0x000, () => this.#activate())
    this.task('DISABLE', 0x004, () => this.#disable())
    const sense = this.task('SENSE', 0x008, () => {
      this.#disable()
      chip.power.enter(this.name, 'sensing', chip.time.now)
    })
    const waits = (name: string) => (): void =>
      chip.problems.report(`NFCT: TASKS_${name} waits for a field: there is none`)
    this.task('STARTTX', 0x00c, waits('STARTTX'))
    const receive = this.task('ENABLERXDATA', 0x01c, waits('ENABLERXDATA'))
    this.task('GOIDLE', 0x024, () => undefined)
    this.task('GOSLEEP', 0x028, () => undefined)
    const events = EVENTS.map(([name, offset]) => this.event(name, offset))
    const named = (name: string): EventRegister => {
      const event = events[EVENTS.findIndex(([one]) => one === name)]
      if (event === undefined) throw new RangeError(`NFCT has no event ${name}`)
      return event
    }
    this.#ready = named('READY')
    this.shorts([
      [0, named('FIELDDETECTED'), activate],
      [1, named('FIELDLOST'), sense],
      [5, named('TXFRAMEEND'), receive],
    ])
    this.interrupts(this.maskOf(...events), { inten: true })
    const latched = { write: (bits: number, before: number): void => void (errors.value = before & ~bits) }
    const errors = this.register('ERRORSTATUS', 0x404, latched)
    this.register('FRAMESTATUS.RX', 0x40c)
    this.register('NFCTAGSTATE', 0x410, { readOnly: true, read: () => this.#state })
    this.register('SLEEPSTATE', 0x420, { readOnly: true })
    this.register('FIELDPRESENT', 0x43c, { readOnly: true })
    this.register('FRAMEDELAYMIN', 0x504, { reset: 0x480, mask: 0xffff })
    this.register('FRAMEDELAYMAX', 0x508, { reset: 0x1000, mask: 0xf_ffff })
    this.register('FRAMEDELAYMODE', 0x50c, { reset: 1, mask: 3 })
    this.register('PACKETPTR', 0x510)
    this.register('MAXLEN', 0x514, { mask: 0x1ff })
    this.register('TXD.FRAMECONFIG', 0x518, { reset: 0x17, mask: 0x17 })
    this.register('TXD.AMOUNT', 0x51c, { mask: 0xfff })
    this.register('RXD.FRAMECONFIG', 0x520, { reset: 0x15, mask: 0x15 })
    this.register('RXD.AMOUNT', 0x524, { readOnly: true })
    this.register('NFCID1_LAST', 0x590, { reset: 0x6363 })
    this.register('NFCID1_2ND_LAST', 0x594, { mask: 0xff_ffff })
    this.register('NFCID1_3RD_LAST', 0x598, { mask: 0xff_ffff })
    this.register('AUTOCOLRESCONFIG', 0x59c, { reset: 2, mask: 3 })
    this.register('SENSRES', 0x5a0, { reset: 1, mask: 0xffff })
    this.register('SELRES', 0x5a4, { mask: 0xff })
  }

  override reset(): void {
    this.#disable()
    super.reset()
  }

  override save(): NfctState {
    return { page: super.save().page, ready: this.#ramp.save(), state: this.#state }
  }

  override restore(state: NfctState): void {
    super.restore(state)
    this.#ramp.restore(state.ready)
    this.#state = state.state
  }

  #activate(): void {
    if (this.#ramp.isSet || this.#state === IDLE) return
    this.chip.power.enter(this.name, 'activated', this.chip.time.now)
    this.#state = RAMP_UP
    this.#ramp.after(ACTIVATE_TIME)
  }

  #disable(): void {
    this.#ramp.cancel()
    this.#state = DISABLED
    this.chip.power.enter(this.name, 'off', this.chip.time.now)
  }
}
