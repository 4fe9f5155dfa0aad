import { signal } from '@preact/signals'
import type { Hit } from '../../../../runs/session/timeline/protocol.ts'
import type { TimelineState } from './timeline-state.ts'

/** What was looked for, and which of it is in view. */
export class Search {
  readonly text = signal('')
  readonly hits = signal<readonly Hit[]>([])
  readonly at = signal(-1)
  readonly isBusy = signal(false)

  constructor(private readonly state: TimelineState) {}

  async find(text: string): Promise<void> {
    if (text === this.text.value) return
    this.text.value = text
    this.isBusy.value = true
    const { hits } = await this.state.run.link.call.find(text)
    if (text !== this.text.value) return
    this.isBusy.value = false
    this.hits.value = hits
    this.at.value = -1
  }

  /** To the next, or the one before: the first time to the nearest behind the middle of the view. */
  step(direction: 1 | -1): void {
    const { value: hits } = this.hits
    if (hits.length === 0) return
    const { from, to } = this.state.view.value
    const first = hits.findIndex(({ begin }) => begin >= (from + to) / 2)
    const next =
      this.at.value >= 0
        ? this.at.value + direction
        : direction > 0
          ? Math.max(first, 0)
          : (first < 0 ? hits.length : first) - 1
    this.at.value = (next + hits.length) % hits.length
    const hit = hits[this.at.value]
    if (!hit) return
    this.state.show((hit.begin + hit.end) / 2)
    this.state.select(hit.begin, Math.max(hit.end, hit.begin + 1))
  }
}
