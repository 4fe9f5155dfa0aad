import type { SavedAlarm } from '../time/alarm.ts'
import { CYCLES_PER_MICROSECOND } from '../time/ratio-clock.ts'
import type { ChipContext } from './context.ts'
import { Peripheral } from './peripheral.ts'
import type { EventRegister, PeripheralState, Register } from './peripheral.ts'

/** tTEMP of PS 6.28.2. */
const MEASUREMENT_TIME = 36 * CYCLES_PER_MICROSECOND
/** Reset values of the slope, offset and switch-over registers (PS 6.28.1). */
const CALIBRATION: readonly (readonly [name: string, offset: number, reset: number])[] = [
  ...[0x326, 0x348, 0x3aa, 0x40e, 0x4bd, 0x5a3].map((value, i) => [`A${i}`, 0x520 + 4 * i, value] as const),
  ...[0x3fef, 0x3fbe, 0x3fbe, 0x012, 0x124, 0x27c].map(
    (value, i) => [`B${i}`, 0x540 + 4 * i, value] as const,
  ),
  ...[0xe2, 0x00, 0x19, 0x3c, 0x50].map((value, i) => [`T${i}`, 0x560 + 4 * i, value] as const),
]

interface TempState extends PeripheralState {
  readonly measurement: SavedAlarm | null
}

/** TEMP, PS 6.28: quarters of a degree. Approximated: 1. Calibration registers do not change the result. */
export class Temp extends Peripheral {
  readonly #measurement = this.chip.time.alarm(this.name, () => this.#measured())
  readonly #celsius: (cycle: number) => number
  readonly #ready: EventRegister
  readonly #result: Register

  constructor(chip: ChipContext, celsius: (cycle: number) => number) {
    super(chip, 'TEMP', 0x4000_c000)
    this.#celsius = celsius
    this.#ready = this.event('DATARDY', 0x100)
    this.task('START', 0x000, () => {
      chip.power.enter(this.name, 'running', chip.time.now)
      this.#measurement.after(MEASUREMENT_TIME)
    })
    this.task('STOP', 0x004, () => {
      this.#measurement.cancel()
      chip.power.enter(this.name, 'off', chip.time.now)
    })
    this.interrupts(this.maskOf(this.#ready))
    this.#result = this.register('TEMP', 0x508, { readOnly: true })
    for (const [name, offset, reset] of CALIBRATION) this.register(name, offset, { reset })
  }

  override reset(): void {
    super.reset()
    this.#measurement.cancel()
  }

  override save(): TempState {
    return { page: super.save().page, measurement: this.#measurement.save() }
  }

  override restore(state: TempState): void {
    super.restore(state)
    this.#measurement.restore(state.measurement)
  }

  #measured(): void {
    const { power, time } = this.chip
    this.#result.value = Math.round(4 * this.#celsius(time.now)) >>> 0
    power.enter(this.name, 'off', time.now)
    this.#ready.fire()
  }
}
