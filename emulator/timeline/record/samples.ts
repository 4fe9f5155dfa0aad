import type { Cycles } from '../../cpu/bus.ts'
import type { Saved } from '../../snapshot/saved.ts'
import type { RecordingContext } from './source.ts'

interface Newest {
  readonly counts: number
  readonly takenCycle: Cycles
}

export type SavedSamples = readonly { readonly key: string; readonly newest: Newest }[]

/** Samples as the firmware fetches them, each once, though it reads their bytes one by one. */
export class SamplesRecorder implements Saved<SavedSamples> {
  readonly #newest = new Map<string, Newest>()

  constructor(private readonly context: RecordingContext) {}

  sample(sensor: string, channel: string, counts: number, sensitivity: number, takenCycle: Cycles): void {
    const key = `${sensor} ${channel}`
    const newest = this.#newest.get(key)
    if (newest?.takenCycle === takenCycle && newest.counts === counts) return
    this.#newest.set(key, { counts, takenCycle })
    const info = { id: `samples/${sensor}`, name: `${sensor}, samples`, group: 'sensors', unit: 'counts' }
    this.context.timeline.marks(info).spans.mark(channel, this.context.now, {
      value: counts,
      data: { takenCycle, value: counts * sensitivity },
    })
  }

  save(): SavedSamples {
    return [...this.#newest].map(([key, newest]) => ({ key, newest }))
  }

  restore(saved: SavedSamples): void {
    this.#newest.clear()
    for (const { key, newest } of saved) this.#newest.set(key, newest)
  }
}
