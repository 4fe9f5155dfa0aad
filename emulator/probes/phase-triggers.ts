import type { Cycles } from '../cpu/bus.ts'
import type { PhaseListener } from './phases.ts'
import { add, addBetween, noReading, type Reading } from './readings.ts'
import type { PhaseSummary } from './rounds.ts'
import { CycleHistogram, type SavedHistogram } from './statistics.ts'
import { TriggerPoints, type SavedReturns, type Trigger, type TriggerTarget } from './trigger-points.ts'

interface SavedPhase {
  readonly cycles: SavedHistogram
  readonly since: Cycles | null
  readonly from: Reading
  readonly counts: Reading
}

/** Phases and returns in the order in which they were given. */
export interface SavedTriggers {
  readonly phases: readonly SavedPhase[]
  readonly returns: readonly SavedReturns[]
}

/** One phase, and what its passes took. */
class Phase {
  readonly #cycles = new CycleHistogram()
  #since: Cycles | undefined
  /** What had been counted when it began. */
  #from: Reading = noReading
  #counts: Reading = noReading

  constructor(
    readonly name: string,
    private readonly target: TriggerTarget,
    private readonly listener: PhaseListener,
  ) {}

  save(): SavedPhase {
    return {
      cycles: this.#cycles.save(),
      since: this.#since ?? null,
      from: this.#from,
      counts: this.#counts.slice(),
    }
  }

  restore({ cycles, since, from, counts }: SavedPhase): void {
    this.#cycles.restore(cycles)
    this.#since = since ?? undefined
    this.#from = from
    this.#counts = counts.slice()
  }

  begin(): void {
    if (this.#since !== undefined) return
    this.#since = this.target.now
    this.#from = this.#reading()
    this.listener.beginPhase(this.name, this.#since)
  }

  end(): void {
    if (this.#since === undefined) return
    const { now } = this.target
    const counts = addBetween(noReading, this.#from, this.#reading())
    this.#counts = add(this.#counts, counts)
    this.listener.endPhase(this.name, now, counts)
    this.#cycles.add(now - this.#since)
    this.#since = undefined
  }

  abandon(): void {
    if (this.#since === undefined) return
    this.#since = undefined
    this.listener.abandonPhase(this.name, this.target.now)
  }

  /** Undefined without a pass from begin to end. */
  summary(): PhaseSummary | undefined {
    const { count } = this.#cycles
    if (count === 0) return undefined
    return { name: this.name, passes: count, counts: this.#counts, ...this.#cycles.statistics() }
  }

  #reading(): Reading {
    return this.target.reading?.() ?? noReading
  }

  get trouble(): string | undefined {
    if (this.#cycles.count > 0) return undefined
    return this.#since === undefined
      ? 'never began: the firmware did not come by there'
      : 'began and never ended'
  }
}

/**
 * Begins and ends phases where the firmware comes by certain places or prints certain lines. Nothing is asked of the
 * firmware, and nothing costs it a cycle. They may overlap as they like. A phase that is open is not begun again; where
 * one place ends a phase and begins it, it ends first.
 */
export class PhaseTriggers {
  readonly #phases: readonly Phase[]
  readonly #points: TriggerPoints

  constructor(target: TriggerTarget, triggers: readonly Trigger[], listener: PhaseListener) {
    const points = new TriggerPoints(target)
    this.#points = points
    const phases = triggers.map(({ name, from, to }) => ({
      phase: new Phase(name, target, listener),
      from,
      to,
    }))
    this.#phases = phases.map(({ phase }) => phase)
    // Ends are attached first, so that they act first.
    for (const { phase, to } of phases) points.attach(to, () => phase.end())
    for (const { phase, from } of phases) points.attach(from, () => phase.begin())
  }

  save(): SavedTriggers {
    return {
      phases: this.#phases.map((phase) => phase.save()),
      returns: this.#points.save(),
    }
  }

  restore({ phases, returns }: SavedTriggers): void {
    if (phases.length !== this.#phases.length) throw new Error('other phases were asked for')
    phases.forEach((saved, n) => this.#phases[n]?.restore(saved))
    this.#points.restore(returns)
  }

  /** A line of the console is over. */
  line(text: string): void {
    this.#points.line(text)
  }

  /** The chip is reset: what is open will not end. */
  reset(): void {
    for (const phase of this.#phases) phase.abandon()
  }

  /** In the order in which they were given; each pass is a round. */
  summary(): readonly PhaseSummary[] {
    return this.#phases.flatMap((phase) => phase.summary() ?? [])
  }

  /** One line for each phase that has nothing to show. */
  troubles(): readonly string[] {
    return this.#phases.flatMap(({ name, trouble }) =>
      trouble === undefined ? [] : [`--phase ${name} ${trouble}`],
    )
  }
}
