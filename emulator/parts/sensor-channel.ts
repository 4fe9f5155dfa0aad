import type { Cycles } from '../cpu/bus.ts'
import type { PowerLedger } from '../power/reporting.ts'
import type { Timeline } from '../time/timeline.ts'
import type { Channel, Motion } from '../trace/recording.ts'

/** Samples that the sensor's full scale could not show. */
export interface Clipping {
  readonly channel: Channel
  readonly fullScale: number
  readonly firstCycle: Cycles
  samples: number
  /** Largest magnitude that was clipped, in the channel's unit. */
  worst: number
}

/** The firmware fetches counts of the sample that a sensor took at a cycle. */
export type SampleTold = (channel: Channel, counts: number, sensitivity: number, cycle: Cycles) => void

const LARGEST = 32767
const SMALLEST = -32768

export interface DigitizerState {
  readonly clipping: readonly Clipping[]
  readonly lastCounted: readonly (readonly [channel: Channel, cycle: Cycles])[]
}

/** Turns what the recording says into the counts of a 16-bit sensor, and keeps account of what did not fit. */
export class Digitizer {
  readonly clipping = new Map<Channel, Clipping>()
  readonly #lastCounted = new Map<Channel, Cycles>()

  /** @param onSample told of each value, in the channel's unit a count, and the moment of its sample */
  constructor(
    private readonly recording: Motion | undefined,
    private readonly onSample?: SampleTold,
  ) {}

  /**
   * @param sensitivity unit per LSB
   * @param fullScale in the channel's unit; larger magnitudes are counted as clipped
   * @param cycle the moment of the sample
   */
  counts(channel: Channel, sensitivity: number, fullScale: number, cycle: Cycles): number {
    const value = this.recording?.valueAt(channel, cycle) ?? 0
    if (Math.abs(value) > fullScale) this.#clip(channel, fullScale, cycle, Math.abs(value))
    const counts = Math.max(SMALLEST, Math.min(LARGEST, Math.round(value / sensitivity)))
    this.onSample?.(channel, counts, sensitivity, cycle)
    return counts
  }

  save(): DigitizerState {
    const clipping = [...this.clipping.values()].map((entry) => ({ ...entry }))
    return { clipping, lastCounted: [...this.#lastCounted] }
  }

  restore(state: DigitizerState): void {
    this.clipping.clear()
    this.#lastCounted.clear()
    for (const entry of state.clipping) this.clipping.set(entry.channel, { ...entry })
    for (const [channel, cycle] of state.lastCounted) this.#lastCounted.set(channel, cycle)
  }

  #clip(channel: Channel, fullScale: number, cycle: Cycles, magnitude: number): void {
    if (this.#lastCounted.get(channel) === cycle) return
    this.#lastCounted.set(channel, cycle)
    const known = this.clipping.get(channel)
    if (known) {
      known.samples += 1
      known.worst = Math.max(known.worst, magnitude)
    } else {
      this.clipping.set(channel, { channel, fullScale, firstCycle: cycle, samples: 1, worst: magnitude })
    }
  }
}

export interface SensorClock {
  readonly now: Cycles
}

/** What the dies of one package share. Its digitizer is saved by the package. */
export interface SensorEnvironment {
  readonly clock: SensorClock
  readonly digitizer: Digitizer
  readonly power: PowerLedger
  /** Degrees Celsius. */
  readonly temperature: (cycle: Cycles) => number
  /** For what must happen without being asked; interrupt pins stay still without it. */
  readonly schedule?: Pick<Timeline, 'alarm'> | undefined
  /** An interrupt pin of the accelerometer and gyroscope has changed. */
  readonly onInterrupt?: (pin: 1 | 2, level: boolean) => void
  /** Supplied, booted and reachable over the bus. */
  readonly answers: () => boolean
}
