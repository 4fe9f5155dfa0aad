import type { SavedAlarm } from '../time/alarm.ts'
import { CYCLES_PER_MICROSECOND } from '../time/ratio-clock.ts'
import type { AnalogInputs } from './analog.ts'
import type { ChipContext } from './context.ts'
import { Peripheral } from './peripheral.ts'
import type { EventRegister, PeripheralState, Register } from './peripheral.ts'

const ENABLE_LPCOMP = 1
const ENABLE_COMP = 2
/** tSTARTUP of LPCOMP (PS 6.13.2) and COMP with internal reference (PS 6.5.4). */
const LPCOMP_START = 140 * CYCLES_PER_MICROSECOND
const COMP_START = 3 * CYCLES_PER_MICROSECOND
/** REFSEL of LPCOMP: eighths, then odd sixteenths of VDD; 7 is the external reference. */
const LPCOMP_SIXTEENTHS = [2, 4, 6, 8, 10, 12, 14, 0, 1, 3, 5, 7, 9, 11, 13, 15]
const LPCOMP_EXTERNAL = 7
/** Half of LPCOMP's 50 mV hysteresis. */
const LPCOMP_HYSTERESIS = 0.025
const COMP_REFERENCES = [1.2, 1.8, 2.4, undefined, undefined]
const COMP_EXTERNAL = 5
const SPEEDS = ['low', 'normal', 'high']

interface ComparatorsState extends PeripheralState {
  readonly starting: SavedAlarm | null
  readonly running: boolean
  readonly above: boolean
}

/**
 * LPCOMP, PS 6.13, and COMP, PS 6.5, which share a page: ENABLE says which one it is. Approximated:
 * 1. A change of the input is seen at once: no propagation delay. 2. Differential COMP compares with EXTREFSEL without
 * hysteresis steps; ISOURCE does not exist on this chip. 3. COMP's start-up time is estimated.
 */
export class Comparators extends Peripheral {
  /** ANADETECT: wakes from System OFF. Not saved: wiring. */
  onDetect: () => void = () => undefined
  readonly #analog: AnalogInputs
  readonly #events: Readonly<Record<'ready' | 'down' | 'up' | 'cross', EventRegister>>
  readonly #result: Register
  readonly #enable: Register
  readonly #input: Register
  readonly #reference: Register
  readonly #external: Register
  readonly #detect: Register
  readonly #thresholds: Register
  readonly #mode: Register
  readonly #hysteresis: Register
  readonly #starting = this.chip.time.alarm('COMP/LPCOMP READY', () => {
    this.#running = true
    const { up } = this.#limits()
    this.#above = this.#volts() > up
    this.#events.ready.fire()
  })
  #running = false
  #above = false

  constructor(chip: ChipContext, analog: AnalogInputs) {
    super(chip, 'COMP/LPCOMP', 0x4001_3000)
    this.#analog = analog
    this.owner = 'LPCOMP'
    this.task('START', 0x000, () => this.#start())
    const stop = this.task('STOP', 0x004, () => this.#stop())
    const sample = this.task('SAMPLE', 0x008, () => (this.#result.value = Number(this.#above)))
    this.#events = {
      ready: this.event('READY', 0x100),
      down: this.event('DOWN', 0x104),
      up: this.event('UP', 0x108),
      cross: this.event('CROSS', 0x10c),
    }
    const { ready, down, up, cross } = this.#events
    this.shorts([
      [0, ready, sample],
      [1, ready, stop],
      [2, down, stop],
      [3, up, stop],
      [4, cross, stop],
    ])
    this.interrupts(this.maskOf(ready, down, up, cross), { inten: true })
    this.#result = this.register('RESULT', 0x400, { readOnly: true })
    this.#enable = this.register('ENABLE', 0x500, {
      mask: 3,
      write: (value) => {
        if (value === 0) this.#stop()
      },
    })
    const changed = (): void => this.#compare()
    this.#input = this.register('PSEL', 0x504, { mask: 7, write: changed })
    this.#reference = this.register('REFSEL', 0x508, { reset: 4, mask: 0xf, write: changed })
    this.#external = this.register('EXTREFSEL', 0x50c, { mask: 7, write: changed })
    this.#detect = this.register('ANADETECT', 0x520, { mask: 3 })
    this.#hysteresis = this.register('HYST', 0x538, { mask: 1, write: changed })
    this.owner = 'COMP'
    this.#thresholds = this.register('TH', 0x530, { mask: 0x3f3f, write: changed })
    this.#mode = this.register('MODE', 0x534, { mask: 0x103, write: changed })
    analog.onChange(changed)
  }

  override reset(): void {
    this.#stop()
    super.reset()
  }

  override save(): ComparatorsState {
    const [running, above] = [this.#running, this.#above]
    return { page: super.save().page, starting: this.#starting.save(), running, above }
  }

  override restore(state: ComparatorsState): void {
    super.restore(state)
    this.#starting.restore(state.starting)
    this.#running = state.running
    this.#above = state.above
  }

  /** What keeps running in System OFF. */
  get armed(): boolean {
    return this.#running && this.#enable.value === ENABLE_LPCOMP
  }

  get #isComp(): boolean {
    return this.#enable.value === ENABLE_COMP
  }

  #start(): void {
    if (this.#enable.value === 0 || this.#running || this.#starting.isSet) return
    const { power, time } = this.chip
    if (this.#isComp) power.enter('COMP', `running, ${SPEEDS[this.#mode.value & 3] ?? 'high'}`, time.now)
    else power.enter('LPCOMP', 'running', time.now)
    this.#starting.after(this.#isComp ? COMP_START : LPCOMP_START)
  }

  #stop(): void {
    const { power, time } = this.chip
    this.#starting.cancel()
    this.#running = false
    for (const part of ['COMP', 'LPCOMP']) power.enter(part, 'off', time.now)
  }

  #volts(): number {
    return this.#analog.volts(this.#input.value, this.chip.time.now)
  }

  #externalVolts(): number {
    return this.#analog.volts(this.#external.value, this.chip.time.now)
  }

  /** Above `up` the output rises, below `down` it falls. */
  #limits(): { up: number; down: number } {
    const { supplyVolts } = this.#analog
    const { value } = this.#reference
    if (!this.#isComp) {
      const reference =
        value === LPCOMP_EXTERNAL
          ? this.#externalVolts()
          : (supplyVolts * (LPCOMP_SIXTEENTHS[value] ?? 0)) / 16
      const half = this.#hysteresis.value === 1 ? LPCOMP_HYSTERESIS : 0
      return { up: reference + half, down: reference - half }
    }
    if ((this.#mode.value & 0x100) !== 0) {
      const half = this.#hysteresis.value === 1 ? 0.015 : 0
      return { up: this.#externalVolts() + half, down: this.#externalVolts() - half }
    }
    const reference =
      value === COMP_EXTERNAL ? this.#externalVolts() : (COMP_REFERENCES[value] ?? supplyVolts)
    const threshold = (field: number): number => (reference * (field + 1)) / 64
    return {
      up: threshold((this.#thresholds.value >>> 8) & 0x3f),
      down: threshold(this.#thresholds.value & 0x3f),
    }
  }

  #compare(): void {
    if (!this.#running) return
    const { up, down } = this.#limits()
    const volts = this.#volts()
    const above = volts > up || (this.#above && volts >= down)
    if (above === this.#above) return
    this.#above = above
    const selection = this.#detect.value
    if (selection === 0 || selection === (above ? 1 : 2)) this.onDetect()
    const event = above ? this.#events.up : this.#events.down
    event.fire()
    this.#events.cross.fire()
  }
}
