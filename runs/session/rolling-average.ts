import { BOARD } from '../../emulator/timeline/record/currents.ts'
import type { Timeline } from '../../emulator/timeline/timeline.ts'
import { CYCLES_PER_SECOND } from '../../emulator/time/ratio-clock.ts'

/** Of the board's current over the last second at most. Only reads: the ledger's sums are the run's own. */
export class RollingAverage {
  #known: { readonly cycle: number; readonly charge: bigint }[] = [{ cycle: 0, charge: 0n }]

  constructor(private readonly timeline: Timeline) {}

  microamps(): number {
    const { until } = this.timeline
    if (until > (this.#known.at(-1)?.cycle ?? 0)) {
      const whole = this.timeline.statistics(BOARD.id, 0, until)
      if (whole.kind === 'level') this.#known.push({ cycle: until, charge: whole.sum })
    }
    const old = this.#known.findLastIndex(({ cycle }) => cycle <= until - CYCLES_PER_SECOND)
    if (old > 0) this.#known = this.#known.slice(old)
    const [first, last] = [this.#known[0], this.#known.at(-1)]
    if (!first || !last || first.cycle === last.cycle) return 0
    return Number(last.charge - first.charge) / (last.cycle - first.cycle) / 1e6
  }
}
