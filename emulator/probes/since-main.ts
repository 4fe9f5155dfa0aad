import type { Address } from '../cpu/bus.ts'
import type { TouchedRam } from './memory.ts'
import type { ProbeTarget } from './target.ts'

/**
 * Parts what was written before `main` began (start-up code that clears .bss) from what was written since: at the last
 * time that it began, where there was more than one.
 */
export class SinceMain {
  readonly #touched: TouchedRam
  readonly #before: Uint8Array
  #begun = false

  /** @param main address of its first instruction; undefined where it is not known */
  constructor(target: ProbeTarget, touched: TouchedRam, main: Address | undefined) {
    this.#touched = touched
    this.#before = new Uint8Array(touched.words.length)
    if (main !== undefined) target.addProbe(main, () => this.#begin())
  }

  /** Ever written. */
  get ever(): TouchedRam {
    const { base, words } = this.#touched
    return { base, words: words.map((value, i) => value | (this.#before[i] ?? 0)) }
  }

  /** Undefined where `main` never began. */
  get sinceMain(): TouchedRam | undefined {
    return this.#begun ? this.#touched : undefined
  }

  #begin(): void {
    const { words } = this.#touched
    words.forEach((value, i) => (this.#before[i] = (this.#before[i] ?? 0) | value))
    words.fill(0)
    this.#begun = true
  }
}
