import type { Cycles } from '../cpu/bus.ts'
import type { SampleGrid } from './sampler.ts'

export interface SampleFifoState {
  readonly cycles: readonly Cycles[]
  readonly taken: number
  readonly overrun: boolean
}

/** A FIFO of the moments of samples: brought up to the present when somebody looks, not as they happen. */
export class SampleFifo {
  #cycles: Cycles[] = []
  #taken = 0
  /** A sample found no room. A FIFO that stops then collects no more until it is set again (DocID025715, 3.2.2). */
  overrun = false

  constructor(private readonly grid: SampleGrid) {}

  get length(): number {
    return this.#cycles.length
  }

  get oldest(): Cycles | undefined {
    return this.#cycles[0]
  }

  restart(now: Cycles): void {
    this.#cycles = []
    this.overrun = false
    this.#taken = this.grid.count(now)
  }

  save(): SampleFifoState {
    return { cycles: [...this.#cycles], taken: this.#taken, overrun: this.overrun }
  }

  restore({ cycles, taken, overrun }: SampleFifoState): void {
    this.#cycles = [...cycles]
    this.#taken = taken
    this.overrun = overrun
  }

  shift(): void {
    this.#cycles.shift()
  }

  fill(now: Cycles, depth: number, stopsWhenFull: boolean): void {
    const count = this.grid.count(now)
    if (!stopsWhenFull && count - this.#taken > depth) {
      this.#taken = count - depth
      this.#cycles = []
      this.overrun = true
    }
    for (; this.#taken < count; this.#taken++) {
      if (this.#cycles.length >= depth) this.overrun = true
      if (this.overrun && stopsWhenFull) continue
      if (this.#cycles.length >= depth) this.#cycles.shift()
      this.#cycles.push(this.grid.cycleOf(this.#taken + 1))
    }
    if (this.#cycles.length < depth && !stopsWhenFull) this.overrun = false
  }
}
