import { effect, signal, untracked } from '@preact/signals'
import { figuresOf, type StretchFigures } from '../../../../runs/session/timeline/figures.ts'
import type { Statistics } from '../../../../emulator/timeline/statistics.ts'
import type { ComparedAnswer } from '../../../../runs/session/timeline/protocol.ts'
import { measuredOf } from '../../../state/measured.ts'
import type { Extent } from '../model/camera.ts'
import { dependOn } from './depend-on.ts'
import type { TimelineState } from './timeline-state.ts'

const CALM_MILLISECONDS = 120
/** Awake: what is run again for a stretch that is only looked at, not selected. */
const MOST_TO_LOOK = 40_000_000

export interface Measured extends Extent {
  readonly statistics: Readonly<Record<string, Statistics>>
  readonly figures: StretchFigures | undefined
  /** Where a measurement lies over it. */
  readonly compared: ComparedAnswer | undefined
}

/** Statistics of the selection, or of what is in view. */
export class Measuring {
  readonly measured = signal<Measured | undefined>(undefined)
  /** Why there is none. */
  readonly why = signal('')
  readonly isBusy = signal(false)

  constructor(private readonly state: TimelineState) {}

  /** The stretch that is meant, in whole cycles. */
  get target(): Extent {
    const { selection, view, own: extent } = this.state
    if (selection.value) return selection.value
    const from = Math.min(Math.max(Math.floor(view.value.from), extent.value.from), extent.value.to - 1)
    return { from, to: Math.max(Math.min(Math.ceil(view.value.to), extent.value.to), from + 1) }
  }

  start(): () => void {
    let calm: ReturnType<typeof setTimeout> | undefined
    const stop = effect(() => {
      const { target } = this
      dependOn(measuredOf(this.state.run).facts.value)
      if (this.state.width.value === 0) return
      clearTimeout(calm)
      calm = setTimeout(() => void this.#measure(target), CALM_MILLISECONDS)
    })
    return () => {
      clearTimeout(calm)
      stop()
    }
  }

  async #measure({ from, to }: Extent): Promise<void> {
    const { state } = this
    const { run } = state
    const facts = untracked(() => run.facts.value)
    if (!facts || !(from < to) || to > facts.to) return
    const most = untracked(() => state.selection.value) ? undefined : MOST_TO_LOOK
    this.isBusy.value = true
    try {
      const answer = await run.link.call.measure(
        facts.tracks.map(({ id }) => id),
        from,
        to,
        most,
      )
      const isOver = untracked(() => measuredOf(run).facts.value !== undefined)
      const compared =
        isOver && answer ? await run.link.call.compareMeasured(from, to).catch(() => undefined) : undefined
      const { target } = untracked(() => ({ target: this.target }))
      if (target.from !== from || target.to !== to) return
      const report = run.report.value
      this.measured.value = answer && {
        from,
        to,
        statistics: answer.statistics,
        figures: figuresOf(answer.statistics, facts.supplyVolts, report?.power, facts.board),
        compared,
      }
      this.why.value = answer ? '' : 'Select a stretch to measure it'
    } catch (cause) {
      this.measured.value = undefined
      this.why.value = cause instanceof Error ? cause.message : String(cause)
    } finally {
      this.isBusy.value = false
    }
  }
}
