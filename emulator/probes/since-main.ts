import type { Address } from '../cpu/bus.ts'
import type { TouchedRam } from './memory.ts'
import type { ProbeTarget } from './target.ts'

export interface SavedSinceMain {
  readonly before: Uint8Array
  readonly earlier: Uint8Array
  readonly begun: boolean
  readonly inMain: boolean
}

/**
 * Parts what was written before `main` began (start-up code that clears .bss) from what was written since: at the last
 * time that it began, where there was more than one.
 */
export class SinceMain {
  readonly #touched: TouchedRam
  readonly #before: Uint8Array
  /** Since `main` began in starts before this one. */
  readonly #earlier: Uint8Array
  #begun = false
  #inMain = false
  /** While nothing has changed since. */
  #saved: SavedSinceMain | undefined

  /** @param main address of its first instruction; undefined where it is not known */
  constructor(target: ProbeTarget, touched: TouchedRam, main: Address | undefined) {
    this.#touched = touched
    this.#before = new Uint8Array(touched.words.length)
    this.#earlier = new Uint8Array(touched.words.length)
    if (main !== undefined) target.addProbe(main, () => this.#begin())
  }

  save(): SavedSinceMain {
    this.#saved ??= {
      before: this.#before.slice(),
      earlier: this.#earlier.slice(),
      begun: this.#begun,
      inMain: this.#inMain,
    }
    return this.#saved
  }

  /** What is touched is the machine's own to restore. */
  restore(saved: SavedSinceMain): void {
    this.#before.set(saved.before)
    this.#earlier.set(saved.earlier)
    this.#begun = saved.begun
    this.#inMain = saved.inMain
    this.#saved = saved
  }

  /** Ever written. */
  get ever(): TouchedRam {
    const { base, words } = this.#touched
    return { base, words: words.map((value, i) => value | (this.#before[i] ?? 0)) }
  }

  /** Undefined where `main` never began. */
  get sinceMain(): TouchedRam | undefined {
    const { base, words } = this.#touched
    if (!this.#begun) return undefined
    return { base, words: this.#earlier.map((value, i) => value | (this.#inMain ? (words[i] ?? 0) : 0)) }
  }

  /** The chip is reset: start-up code writes again. */
  reset(): void {
    const { words } = this.#touched
    if (this.#inMain) merge(this.#earlier, words)
    this.#startOver()
    this.#inMain = false
  }

  /** A loop may come back to the first instruction of `main`: that begins nothing. */
  #begin(): void {
    if (this.#inMain) return
    this.#startOver()
    this.#begun = this.#inMain = true
  }

  #startOver(): void {
    this.#saved = undefined
    merge(this.#before, this.#touched.words)
    this.#touched.words.fill(0)
  }
}

function merge(into: Uint8Array, words: Uint8Array): void {
  for (let i = 0; i < into.length; i++) into[i] = (into[i] ?? 0) | (words[i] ?? 0)
}
