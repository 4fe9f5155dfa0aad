import type { Cycles } from '../../cpu/bus.ts'
import type { Saved } from '../../snapshot/saved.ts'
import type { Spans } from '../spans.ts'
import type { RecordingContext } from './source.ts'

interface Newest {
  readonly name: string
  readonly sensitivity: number
  counts: number
  takenCycle: Cycles
}

export type SavedSamples = readonly {
  readonly sensor: string
  readonly channel: string
  readonly newest: Readonly<Newest>
}[]

/**
 * Samples as the firmware fetches them, each once, though it reads their bytes one by one: the value in counts of the
 * name's sensitivity, and as data the cycle at which the sensor took it.
 */
export class SamplesRecorder implements Saved<SavedSamples> {
  readonly #newest = new Map<string, Map<string, Newest>>()
  /** Not saved: found again on the timeline. */
  readonly #tracks = new Map<string, Spans>()

  constructor(private readonly context: RecordingContext) {}

  sample(sensor: string, channel: string, counts: number, sensitivity: number, takenCycle: Cycles): void {
    let ofSensor = this.#newest.get(sensor)
    if (!ofSensor) this.#newest.set(sensor, (ofSensor = new Map<string, Newest>()))
    let newest = ofSensor.get(channel)
    if (newest?.takenCycle === takenCycle && newest.counts === counts) return
    if (!newest || newest.sensitivity !== sensitivity) {
      const name = newest ? `${channel}, ${sensitivity} a count` : channel
      ofSensor.set(channel, (newest = { name, sensitivity, counts, takenCycle }))
      this.#spans(sensor).name(name, 0, { channel, sensitivity })
    }
    newest.counts = counts
    newest.takenCycle = takenCycle
    this.#spans(sensor).mark(newest.name, this.context.now, { value: counts, data: takenCycle })
  }

  #spans(sensor: string): Spans {
    let spans = this.#tracks.get(sensor)
    if (!spans) {
      const info = { id: `samples/${sensor}`, name: `${sensor}, samples`, group: 'sensors', unit: 'counts' }
      ;({ spans } = this.context.timeline.marks({ ...info, decoded: 'samples' }))
      this.#tracks.set(sensor, spans)
    }
    return spans
  }

  save(): SavedSamples {
    return [...this.#newest].flatMap(([sensor, channels]) =>
      [...channels].map(([channel, newest]) => ({ sensor, channel, newest: { ...newest } })),
    )
  }

  restore(saved: SavedSamples): void {
    this.#tracks.clear()
    this.#newest.clear()
    for (const { sensor, channel, newest } of saved) {
      const channels = this.#newest.get(sensor) ?? new Map<string, Newest>()
      this.#newest.set(sensor, channels.set(channel, { ...newest }))
    }
  }
}
