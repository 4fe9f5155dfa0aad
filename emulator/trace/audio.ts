import type { Cycles } from '../cpu/bus.ts'
import { CYCLES_PER_SECOND } from '../time/ratio-clock.ts'
import { RecordingError } from './recording.ts'
import type { EndPolicy } from './recording.ts'

/** The rate that a PDM microphone and TFLM's micro_speech work at. */
export const AUDIO_RATE = 16_000

export interface AudioOptions {
  /** Default: stop. */
  readonly endPolicy?: EndPolicy
  /** Cycle of the first sample. */
  readonly startCycle?: Cycles
}

/** What a microphone hears: one channel of 16-bit samples at 16 kHz; between samples a straight line. */
export class AudioRecording {
  readonly endPolicy: EndPolicy
  readonly durationCycles: Cycles
  readonly #startCycle: Cycles

  /** @throws RecordingError for another rate, or no samples. */
  constructor(
    /** Not saved: the recording. */
    readonly samples: Int16Array,
    rate: number,
    options: AudioOptions = {},
  ) {
    if (rate !== AUDIO_RATE) {
      throw new RecordingError(`${rate} samples a second; convert it to ${AUDIO_RATE}, mono, 16 bits`, 1)
    }
    if (samples.length === 0) throw new RecordingError('the recording has no samples', 1)
    this.endPolicy = options.endPolicy ?? 'stop'
    this.#startCycle = options.startCycle ?? 0
    this.durationCycles = (samples.length * CYCLES_PER_SECOND) / AUDIO_RATE
  }

  /** Cycle at which the run stops; Infinity unless the end policy is stop. */
  get endCycle(): Cycles {
    return this.endPolicy === 'stop' ? this.#startCycle + this.durationCycles : Infinity
  }

  /** Signed 16 bits. Before the first sample, and after the last one unless it loops, there is silence. */
  sampleAt(cycle: Cycles): number {
    let offset = cycle - this.#startCycle
    if (offset < 0) return 0
    if (this.endPolicy === 'loop') offset %= this.durationCycles
    const position = (offset * AUDIO_RATE) / CYCLES_PER_SECOND
    const index = Math.floor(position)
    const before = this.samples[index]
    if (before === undefined) return 0
    const after = this.samples[index + 1] ?? (this.endPolicy === 'loop' ? (this.samples[0] ?? 0) : before)
    return Math.round(before + (after - before) * (position - index))
  }
}
