import { COUNTS_BYTES } from '../layout.ts'
import { fixedReasons } from './reasons.ts'
import { cyclesOf, nothing, plain, totalOf, type Landing, type Spent } from './spent.ts'

/** The class of what costs nothing, and of an instruction that takes one cycle to issue: places in `COUNTS`. */
export const NOTHING = 0
export const PLAIN = 8

const MOST = COUNTS_BYTES / 8
/** So many are kept for executions. */
const KEPT = MOST / 2

const keyOf = (spent: Spent): string => fixedReasons.map((reason) => spent[reason] ?? 0).join()

/** The different costs that code has, each with its reasons. The interpreter counts by class instead of by reason. */
export class CostClasses {
  readonly #landings: Landing[] = []
  /** Not saved: made of the landings. */
  readonly #spent: Spent[] = []
  /** Not saved: made of the landings: for each class one for each of `fixedReasons`. */
  readonly #cycles: number[] = []
  /** Not saved: made of the landings. */
  readonly #places = new Map<string, number>()

  constructor() {
    this.of(nothing)
    this.of(plain)
  }

  /** The place of a cost's count in `COUNTS`. */
  of(spent: Spent): number {
    const key = keyOf(spent)
    return this.#places.get(key) ?? this.#add(key, spent === nothing ? [] : [{ offset: 0, spent }])
  }

  /** The same for a landing. Of very many different ones, all is the first instruction's. */
  ofLanding(landing: Landing): number {
    const [first] = landing
    if (!first) return NOTHING
    if (landing.length === 1 && first.offset === 0) return this.of(first.spent)
    const key = landing.map(({ offset, spent }) => `${offset}:${keyOf(spent)}`).join(' ')
    return (
      this.#places.get(key) ??
      (this.#spent.length < KEPT ? this.#add(key, landing) : this.of(totalOf(landing)))
    )
  }

  #add(key: string, landing: Landing): number {
    if (this.#spent.length === MOST) throw new RangeError(`more than ${MOST} different costs`)
    const place = 8 * this.#spent.length
    this.#landings.push(landing)
    const spent = totalOf(landing)
    this.#spent.push(spent)
    for (const reason of fixedReasons) this.#cycles.push(spent[reason] ?? 0)
    this.#places.set(key, place)
    return place
  }

  landingAt(place: number): Landing {
    return this.#landings[place / 8] ?? []
  }

  spentAt(place: number): Spent {
    return this.#spent[place / 8] ?? nothing
  }

  cyclesAt(place: number): number {
    return cyclesOf(this.spentAt(place))
  }

  get count(): number {
    return this.#spent.length
  }

  /** Adds to `sums`, one for each of `fixedReasons`, the cycles of as many executions of each class. */
  addUp(times: Float64Array, from: number, sums: Float64Array): void {
    const cycles = this.#cycles
    const width = fixedReasons.length
    for (let at = from, row = 0; at < times.length && row < cycles.length; at++, row += width) {
      const count = times[at] ?? 0
      if (count === 0) continue
      for (let i = 0; i < width; i++) sums[i] = (sums[i] ?? 0) + count * (cycles[row + i] ?? 0)
    }
  }

  save(): readonly Landing[] {
    return [...this.#landings]
  }

  restore(landings: readonly Landing[]): void {
    this.#landings.length = 0
    this.#spent.length = 0
    this.#cycles.length = 0
    this.#places.clear()
    this.of(nothing)
    for (const landing of landings.slice(1)) this.ofLanding(landing)
  }
}
