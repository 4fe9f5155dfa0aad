import type { SavedAlarm } from '../time/alarm.ts'
import { CYCLES_PER_MICROSECOND } from '../time/ratio-clock.ts'
import type { AnalogInputs } from './analog.ts'
import type { ChipContext } from './context.ts'
import { Peripheral } from './peripheral.ts'
import type { EventRegister, PeripheralState, Register } from './peripheral.ts'

const CHANNELS = 8
/** tACQ by CONFIG.TACQ, and tCONV (below 2 us), of PS 6.23.8. */
const ACQUISITION = [3, 5, 10, 15, 20, 40].map((us) => us * CYCLES_PER_MICROSECOND)
const CONVERSION = 2 * CYCLES_PER_MICROSECOND
/** estimate: the specification gives no time. */
const CALIBRATION = 1000 * CYCLES_PER_MICROSECOND
const GAINS = [1 / 6, 1 / 5, 1 / 4, 1 / 3, 1 / 2, 1, 2, 4]
const INTERNAL_REFERENCE = 0.6
const RESOLUTIONS = [8, 10, 12, 14]
const PSEL_VDD = 9
const PSEL_VDDHDIV5 = 13
const PCLK16M = 4

interface Channel {
  readonly positive: Register
  readonly negative: Register
  readonly config: Register
  readonly limit: Register
  readonly above: EventRegister
  readonly below: EventRegister
}

/** Where a scan is: `queue` has the numbers of its channels, `burst` the conversions of this one. */
interface Scan {
  readonly queue: readonly number[]
  readonly at: number
  readonly burst: number
}

interface SaadcState extends PeripheralState {
  readonly started: boolean
  readonly address: number
  readonly length: number
  readonly count: number
  readonly scan: Scan
  readonly period: number
  readonly conversion: SavedAlarm | null
  readonly timer: SavedAlarm | null
  readonly calibration: SavedAlarm | null
  readonly sum: number
  readonly summed: number
}

/**
 * SAADC, PS 6.23. Approximated:
 * 1. No noise, offset or gain error; the input's resistors (RESP, RESN) are ignored. A single-ended result is never
 *    negative.
 * 2. START takes no time; calibration takes an estimated millisecond. Results are in RAM when they are converted.
 * 3. Continuous sampling (SAMPLERATE.MODE) scans every enabled channel; the specification allows one only.
 * 4. SAMPLE during a scan is ignored and reported.
 */
export class Saadc extends Peripheral {
  readonly #analog: AnalogInputs
  readonly #channels: readonly Channel[]
  readonly #events: Readonly<
    Record<'started' | 'end' | 'done' | 'result' | 'calibrated' | 'stopped', EventRegister>
  >
  readonly #enable: Register
  readonly #resolution: Register
  readonly #oversample: Register
  readonly #sampleRate: Register
  readonly #pointer: Register
  readonly #maxCount: Register
  readonly #amount: Register
  #started = false
  #address = 0
  #length = 0
  #count = 0
  #scan: Scan = { queue: [], at: 0, burst: 0 }
  /** Cycles from sample to sample. */
  #period = 0
  readonly #conversion = this.chip.time.alarm('SAADC conversion', () => this.#converted())
  readonly #timer = this.chip.time.alarm('SAADC sample rate', () => this.#tick())
  readonly #calibration = this.chip.time.alarm('SAADC calibration', () => this.#events.calibrated.fire())
  #sum = 0
  #summed = 0

  constructor(chip: ChipContext, analog: AnalogInputs) {
    super(chip, 'SAADC', 0x4000_7000)
    this.#analog = analog
    this.task('START', 0x000, () => this.#start())
    this.task('SAMPLE', 0x004, () => this.#sample())
    this.task('STOP', 0x008, () => this.#stop())
    this.task('CALIBRATEOFFSET', 0x00c, () => this.#calibrate())
    this.#events = {
      started: this.event('STARTED', 0x100),
      end: this.event('END', 0x104),
      done: this.event('DONE', 0x108),
      result: this.event('RESULTDONE', 0x10c),
      calibrated: this.event('CALIBRATEDONE', 0x110),
      stopped: this.event('STOPPED', 0x114),
    }
    const limits = Array.from({ length: CHANNELS }, (_, i) => ({
      above: this.event(`CH[${i}].LIMITH`, 0x118 + 8 * i),
      below: this.event(`CH[${i}].LIMITL`, 0x11c + 8 * i),
    }))
    const all = [...Object.values(this.#events), ...limits.flatMap(({ above, below }) => [above, below])]
    this.interrupts(this.maskOf(...all), { inten: true })
    this.register('STATUS', 0x400, { readOnly: true, read: () => Number(this.#conversion.isSet) })
    this.#enable = this.register('ENABLE', 0x500, { mask: 1, write: (value) => this.#switch(value) })
    this.#channels = limits.map((events, i) => ({
      ...events,
      positive: this.register(`CH[${i}].PSELP`, 0x510 + 16 * i, { mask: 0x1f }),
      negative: this.register(`CH[${i}].PSELN`, 0x514 + 16 * i, { mask: 0x1f }),
      config: this.register(`CH[${i}].CONFIG`, 0x518 + 16 * i, { reset: 0x2_0000, mask: 0x117_1733 }),
      limit: this.register(`CH[${i}].LIMIT`, 0x51c + 16 * i, { reset: 0x7fff_8000 }),
    }))
    this.#resolution = this.register('RESOLUTION', 0x5f0, { reset: 1, mask: 7 })
    this.#oversample = this.register('OVERSAMPLE', 0x5f4, { mask: 0xf })
    this.#sampleRate = this.register('SAMPLERATE', 0x5f8, { mask: 0x17ff })
    this.#pointer = this.register('RESULT.PTR', 0x62c)
    this.#maxCount = this.register('RESULT.MAXCNT', 0x630, { mask: 0x7fff })
    this.#amount = this.register('RESULT.AMOUNT', 0x634, { readOnly: true })
  }

  override reset(): void {
    super.reset()
    this.#halt()
  }

  override save(): SaadcState {
    return {
      page: super.save().page,
      started: this.#started,
      address: this.#address,
      length: this.#length,
      count: this.#count,
      scan: this.#scan,
      period: this.#period,
      conversion: this.#conversion.save(),
      timer: this.#timer.save(),
      calibration: this.#calibration.save(),
      sum: this.#sum,
      summed: this.#summed,
    }
  }

  override restore(state: SaadcState): void {
    super.restore(state)
    this.#started = state.started
    this.#address = state.address
    this.#length = state.length
    this.#count = state.count
    this.#scan = state.scan
    this.#period = state.period
    this.#conversion.restore(state.conversion)
    this.#timer.restore(state.timer)
    this.#calibration.restore(state.calibration)
    this.#sum = state.sum
    this.#summed = state.summed
  }

  #halt(): void {
    for (const alarm of [this.#conversion, this.#timer, this.#calibration]) alarm.cancel()
    this.#started = false
    this.#sum = this.#summed = 0
  }

  #enter(state: string): void {
    this.chip.power.enter(this.name, state, this.chip.time.now)
  }

  #switch(enabled: number): void {
    if (enabled === 0) this.#halt()
    this.#enter(enabled === 0 ? 'off' : 'idle')
  }

  #start(): void {
    if (this.#enable.value === 0) {
      this.unheard('START')
      return
    }
    if (!this.chip.dataRam.holds(this.name, this.#pointer.value, 2 * this.#maxCount.value)) return
    this.#address = this.#pointer.value
    this.#length = this.#maxCount.value
    this.#count = 0
    this.#amount.value = 0
    this.#started = true
    this.#enter('running')
    this.#events.started.fire()
  }

  #stop(): void {
    if (this.#enable.value === 0) return
    this.#halt()
    this.#enter('idle')
    this.#events.stopped.fire()
  }

  #calibrate(): void {
    if (this.#enable.value === 0 || this.#calibration.isSet) return
    this.#calibration.after(CALIBRATION)
  }

  #sample(): void {
    if (!this.#started) return
    const { value } = this.#sampleRate
    if ((value & 0x1000) === 0) this.#beginScan()
    else if (!this.#timer.isSet) {
      this.#period = Math.max((value & 0x7ff) * PCLK16M, 80 * PCLK16M)
      this.#tick()
    }
  }

  #tick(): void {
    this.#timer.after(this.#period)
    this.#beginScan()
  }

  #beginScan(): void {
    if (this.#conversion.isSet) {
      this.chip.problems.report('SAADC: SAMPLE before the last scan was over is ignored')
      return
    }
    const enabled = this.#channels.flatMap((channel, i) => (channel.positive.value === 0 ? [] : [i]))
    this.#convert({ queue: enabled, at: 0, burst: 0 })
  }

  #channelOf({ queue, at }: Scan): Channel | undefined {
    const index = queue[at]
    return index === undefined ? undefined : this.#channels[index]
  }

  /** One conversion; a burst does all of an oversampled result at once. */
  #convert(scan: Scan): void {
    const channel = this.#channelOf(scan)
    if (channel === undefined) return
    this.#scan = scan
    const time = (ACQUISITION[(channel.config.value >>> 16) & 7] ?? ACQUISITION[2] ?? 0) + CONVERSION
    this.#conversion.after(time)
  }

  #converted(): void {
    const { queue, at, burst } = this.#scan
    const channel = this.#channelOf(this.#scan)
    if (channel === undefined) return
    this.#events.done.fire()
    this.#sum += this.#measure(channel)
    this.#summed += 1
    const wanted = 2 ** this.#oversample.value
    const bursts = (channel.config.value & (1 << 24)) !== 0
    if (this.#summed >= wanted) this.#deliver(channel)
    if (!this.#started) return
    if (bursts && burst + 1 < wanted) this.#convert({ queue, at, burst: burst + 1 })
    else this.#convert({ queue, at: at + 1, burst: 0 })
  }

  #input(selection: number): number {
    const { supplyVolts } = this.#analog
    if (selection >= 1 && selection <= 8) return this.#analog.volts(selection - 1, this.chip.time.now)
    if (selection === PSEL_VDD) return supplyVolts
    return selection === PSEL_VDDHDIV5 ? supplyVolts / 5 : 0
  }

  /** RESULT = (V(P) - V(N)) x gain / reference x 2^(resolution - m), m = 1 for differential (PS 6.23.2). */
  #measure({ positive, negative, config }: Channel): number {
    const bits = RESOLUTIONS[this.#resolution.value] ?? 14
    const differential = (config.value & (1 << 20)) !== 0
    const gain = GAINS[(config.value >>> 8) & 7] ?? 1
    const reference = (config.value & (1 << 12)) === 0 ? INTERNAL_REFERENCE : this.#analog.supplyVolts / 4
    const volts = this.#input(positive.value) - (differential ? this.#input(negative.value) : 0)
    const span = 2 ** (differential ? bits - 1 : bits)
    const result = Math.round(((volts * gain) / reference) * span)
    return Math.max(differential ? -span : 0, Math.min(span - 1, result))
  }

  #deliver(channel: Channel): void {
    const result = Math.round(this.#sum / this.#summed)
    this.#sum = this.#summed = 0
    this.chip.dataRam.write(this.#address + 2 * this.#count, [result & 0xff, (result >> 8) & 0xff])
    this.#count += 1
    this.#amount.value = this.#count
    this.#events.result.fire()
    const { limit, above, below } = channel
    if (result > limit.value >> 16) above.fire()
    if (result < (limit.value << 16) >> 16) below.fire()
    if (this.#count < this.#length) return
    this.#timer.cancel()
    this.#started = false
    this.#events.end.fire()
  }
}
