import type { Cycles } from '../cpu/bus.ts'
import { addBetween, noReading, type Reading } from './readings.ts'
import { CycleHistogram, type CycleStatistics, type SavedHistogram } from './statistics.ts'
import { TriggerPoints, type SavedReturns, type Trigger, type TriggerTarget } from './trigger-points.ts'

/** What passages are measured by. All of it at the same moment. */
export interface PassageTarget extends TriggerTarget {
  readonly instructions: number
  /** Picoamps times cycles since the start. */
  boardCharge(): number
  /** Counts that the reasons of cycles are made of; undefined where they are not counted. */
  reading(): Reading | undefined
}

/** What the passages from one place to another took, each and together. */
export interface PassageSummary {
  readonly name: string
  readonly cycles: CycleStatistics
  readonly instructions: CycleStatistics
  /** In picocoulombs, of the board. */
  readonly charge: CycleStatistics
  /** Of all passages together; undefined where they were not counted. */
  readonly reading: Reading | undefined
}

interface Moment {
  readonly now: Cycles
  readonly instructions: number
  readonly charge: number
  readonly reading: Reading | undefined
}

interface SavedPassage {
  readonly cycles: SavedHistogram
  readonly instructions: SavedHistogram
  readonly charge: SavedHistogram
  readonly sum: Reading
  readonly since: Moment | null
}

export interface SavedPassages {
  readonly passages: readonly SavedPassage[]
  readonly returns: readonly SavedReturns[]
}

/** A picoamp for a cycle of 64 MHz is so many picocoulombs. */
const PICOCOULOMBS = 1 / 64_000_000

class Passage {
  readonly #cycles = new CycleHistogram()
  readonly #instructions = new CycleHistogram()
  readonly #charge = new CycleHistogram()
  #sum: Reading = noReading
  #since: Moment | undefined

  constructor(
    readonly name: string,
    private readonly target: PassageTarget,
  ) {}

  begin(): void {
    this.#since ??= this.#present()
  }

  end(): void {
    const since = this.#since
    if (!since) return
    const { now, instructions, charge, reading } = this.#present()
    this.#cycles.add(now - since.now)
    this.#instructions.add(instructions - since.instructions)
    this.#charge.add(Math.max(Math.round((charge - since.charge) * PICOCOULOMBS), 0))
    if (reading && since.reading) this.#sum = addBetween(this.#sum, since.reading, reading)
    this.#since = undefined
  }

  abandon(): void {
    this.#since = undefined
  }

  get trouble(): string | undefined {
    if (this.#cycles.count > 0) return undefined
    return this.#since === undefined
      ? 'never began: the firmware did not come by there'
      : 'began and never ended'
  }

  summary(): PassageSummary {
    return {
      name: this.name,
      cycles: this.#cycles.statistics(),
      instructions: this.#instructions.statistics(),
      charge: this.#charge.statistics(),
      reading: this.#sum.length > 0 ? this.#sum : undefined,
    }
  }

  save(): SavedPassage {
    return {
      cycles: this.#cycles.save(),
      instructions: this.#instructions.save(),
      charge: this.#charge.save(),
      sum: this.#sum,
      since: this.#since ?? null,
    }
  }

  restore({ cycles, instructions, charge, sum, since }: SavedPassage): void {
    this.#cycles.restore(cycles)
    this.#instructions.restore(instructions)
    this.#charge.restore(charge)
    this.#sum = sum
    this.#since = since ?? undefined
  }

  #present(): Moment {
    const { target } = this
    const { now, instructions } = target
    return { now, instructions, charge: target.boardCharge(), reading: target.reading() }
  }
}

/**
 * Measures from one place or line to another, each passage by itself. One that is open is not begun again, so that of
 * calls within calls the outermost counts; where one place ends a passage and begins it, it ends first.
 */
export class Passages {
  readonly #passages: readonly Passage[]
  readonly #points: TriggerPoints

  constructor(target: PassageTarget, triggers: readonly Trigger[]) {
    const points = new TriggerPoints(target)
    const all = triggers.map(({ name, from, to }) => ({ passage: new Passage(name, target), from, to }))
    for (const { passage, to } of all) points.attach(to, () => passage.end())
    for (const { passage, from } of all) points.attach(from, () => passage.begin())
    this.#points = points
    this.#passages = all.map(({ passage }) => passage)
  }

  /** A line of the console is over. */
  line(text: string): void {
    this.#points.line(text)
  }

  /** The chip is reset: what is open will not end. */
  reset(): void {
    for (const passage of this.#passages) passage.abandon()
  }

  /** Those with a passage from begin to end, in the order in which they were given. */
  summary(): readonly PassageSummary[] {
    return this.#passages.filter(({ trouble }) => trouble === undefined).map((one) => one.summary())
  }

  /** One line for each that has nothing to show. */
  troubles(): readonly string[] {
    return this.#passages.flatMap(({ name, trouble }) =>
      trouble === undefined ? [] : [`--measure ${name} ${trouble}`],
    )
  }

  save(): SavedPassages {
    return { passages: this.#passages.map((one) => one.save()), returns: this.#points.save() }
  }

  restore({ passages, returns }: SavedPassages): void {
    if (passages.length !== this.#passages.length) throw new Error('other passages were asked for')
    passages.forEach((saved, n) => this.#passages[n]?.restore(saved))
    this.#points.restore(returns)
  }
}
