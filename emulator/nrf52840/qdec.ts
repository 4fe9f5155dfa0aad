import type { SavedAlarm } from '../time/alarm.ts'
import { CYCLES_PER_MICROSECOND } from '../time/ratio-clock.ts'
import type { ChipContext } from './context.ts'
import type { Gpio } from './gpio.ts'
import { Peripheral } from './peripheral.ts'
import type { EventRegister, PeripheralState, Register } from './peripheral.ts'

const DISCONNECTED = 0x8000_0000
/** SAMPLEPER 0; each further step doubles it. */
const SHORTEST_PERIOD = 128 * CYCLES_PER_MICROSECOND
const REPORT_SAMPLES = [10, 40, 80, 120, 160, 200, 240, 280, 1]
/** Where a sample's two phases stand in turn: A and B as two bits (PS 6.18.1, sampled value encoding). */
const TURN = [0, 1, 3, 2]
const DOUBLE = 2
/** Of ACC and ACCDBL. */
const HIGHEST = 1023
const LOWEST = -1024
const MOST_DOUBLES = 15

interface QdecState extends PeripheralState {
  readonly next: SavedAlarm | null
  readonly previous: number
  readonly samples: number
}

/**
 * QDEC, PS 6.18. Approximated: 1. The LED pin is driven from START to STOP, not just LEDPRE before each sample.
 * 2. The debounce filter (DBFEN) samples once: edges here have no bounces.
 */
export class Qdec extends Peripheral {
  readonly #gpio: Gpio
  readonly #next = this.chip.time.alarm(this.name, () => this.#take())
  readonly #events: Readonly<Record<'sample' | 'report' | 'overflow' | 'double' | 'stopped', EventRegister>>
  readonly #enable: Register
  readonly #ledPolarity: Register
  readonly #period: Register
  readonly #sample: Register
  readonly #report: Register
  readonly #sum: Register
  readonly #doubles: Register
  readonly #pins: Readonly<Record<'led' | 'a' | 'b', Register>>
  /** A and B at the sample before. */
  #previous = 0
  /** Since the last report. */
  #samples = 0

  constructor(chip: ChipContext, gpio: Gpio) {
    super(chip, 'QDEC', 0x4001_2000)
    this.#gpio = gpio
    this.task('START', 0x000, () => this.#start())
    const stop = this.task('STOP', 0x004, () => {
      const ran = this.#next.isSet
      this.#halt()
      if (ran) this.#events.stopped.fire()
    })
    const clearSum = this.task('RDCLRACC', 0x00c, () => this.#read(this.#sum, sumRead))
    const clearDoubles = this.task('RDCLRDBL', 0x010, () => this.#read(this.#doubles, doublesRead))
    const clearBoth = this.task('READCLRACC', 0x008, () => {
      clearSum()
      clearDoubles()
    })
    this.#events = {
      sample: this.event('SAMPLERDY', 0x100),
      report: this.event('REPORTRDY', 0x104),
      overflow: this.event('ACCOF', 0x108),
      double: this.event('DBLRDY', 0x10c),
      stopped: this.event('STOPPED', 0x110),
    }
    const { sample, report, overflow, double, stopped } = this.#events
    this.shorts([
      [0, report, clearBoth],
      [1, sample, stop],
      [2, report, clearSum],
      [3, report, stop],
      [4, double, clearDoubles],
      [5, double, stop],
      [6, sample, clearBoth],
    ])
    this.interrupts(this.maskOf(sample, report, overflow, double, stopped))
    this.#enable = this.register('ENABLE', 0x500, {
      mask: 1,
      write: (value) => {
        if (value === 0) this.#halt()
      },
    })
    this.#ledPolarity = this.register('LEDPOL', 0x504, { mask: 1 })
    this.#period = this.register('SAMPLEPER', 0x508, { mask: 0xf })
    this.#sample = this.register('SAMPLE', 0x50c, { readOnly: true })
    this.#report = this.register('REPORTPER', 0x510, { mask: 0xf })
    this.#sum = this.register('ACC', 0x514, { readOnly: true })
    const sumRead = this.register('ACCREAD', 0x518, { readOnly: true })
    const reset = 0xffff_ffff
    this.#pins = {
      led: this.register('PSEL.LED', 0x51c, { reset }),
      a: this.register('PSEL.A', 0x520, { reset }),
      b: this.register('PSEL.B', 0x524, { reset }),
    }
    this.register('DBFEN', 0x528, { mask: 1 })
    this.register('LEDPRE', 0x540, { reset: 0x10, mask: 0x1ff })
    this.#doubles = this.register('ACCDBL', 0x544, { readOnly: true })
    const doublesRead = this.register('ACCDBLREAD', 0x548, { readOnly: true })
  }

  override reset(): void {
    this.#halt()
    super.reset()
  }

  override save(): QdecState {
    const [previous, samples] = [this.#previous, this.#samples]
    return { page: super.save().page, next: this.#next.save(), previous, samples }
  }

  override restore(state: QdecState): void {
    super.restore(state)
    this.#next.restore(state.next)
    this.#previous = state.previous
    this.#samples = state.samples
  }

  get #periodCycles(): number {
    return SHORTEST_PERIOD * 2 ** Math.min(this.#period.value, 10)
  }

  #start(): void {
    if (this.#enable.value === 0) {
      this.unheard('START')
      return
    }
    if (this.#next.isSet) return
    this.#samples = 0
    this.#previous = this.#phases()
    this.#light(this.#ledPolarity.value === 1)
    this.chip.power.enter(this.name, 'running', this.chip.time.now)
    this.#next.after(this.#periodCycles)
  }

  #halt(): void {
    if (!this.#next.isSet) return
    this.#next.cancel()
    this.#light(undefined)
    this.chip.power.enter(this.name, 'off', this.chip.time.now)
  }

  #light(level: boolean | undefined): void {
    const { value } = this.#pins.led
    if (value < DISCONNECTED) this.#gpio.takeOver(value & 0x3f, level)
  }

  #phases(): number {
    const level = ({ value }: Register): number =>
      value < DISCONNECTED ? Number(this.#gpio.level(value & 0x3f)) : 0
    return (level(this.#pins.a) << 1) | level(this.#pins.b)
  }

  #take(): void {
    const phases = this.#phases()
    const moved = (TURN.indexOf(phases) - TURN.indexOf(this.#previous)) & 3
    this.#previous = phases
    const step = moved === 3 ? -1 : moved
    this.#sample.value = step >>> 0
    this.#accumulate(step)
    this.#samples += 1
    // Before the events: one of them may stop it.
    this.#next.after(this.#periodCycles)
    this.#events.sample.fire()
    if (this.#samples < (REPORT_SAMPLES[this.#report.value] ?? 1)) return
    this.#samples = 0
    const isTurned = this.#sum.value !== 0
    if (this.#doubles.value !== 0) this.#events.double.fire()
    if (isTurned) this.#events.report.fire()
  }

  /** A double transition has no direction; what would leave the register's range is left out (PS 6.18.3). */
  #accumulate(step: number): void {
    if (step === DOUBLE) {
      if (this.#doubles.value < MOST_DOUBLES) this.#doubles.value += 1
      else this.#events.overflow.fire()
      return
    }
    const sum = (this.#sum.value | 0) + step
    if (sum > HIGHEST || sum < LOWEST) this.#events.overflow.fire()
    else this.#sum.value = sum >>> 0
  }

  #read(from: Register, to: Register): void {
    to.value = from.value
    from.value = 0
  }
}
