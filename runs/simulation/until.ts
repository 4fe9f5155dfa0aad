import type { UntilReport } from '../report/run-report.ts'
import type { Piece } from './console-lines.ts'
import { withoutEscapes } from './escapes.ts'

const LONGEST_QUOTE = 200

export type SavedUntil = { readonly cycle: number; readonly line: string } | null

/**
 * Waits for a line of the console that matches, with or without its escape sequences. `^` and `$` are the line's own
 * ends: a piece of a line that is too long has only those that it really has.
 */
export class Until {
  #met: { readonly cycle: number; readonly line: string } | undefined

  constructor(readonly pattern: RegExp) {}

  save(): SavedUntil {
    return this.#met ?? null
  }

  restore(met: SavedUntil): void {
    this.#met = met ?? undefined
  }

  get isMet(): boolean {
    return this.#met !== undefined
  }

  /** @returns whether it is met now, and was not before */
  line({ text, isBegin, isEnd }: Piece, cycle: number): boolean {
    if (this.#met) return false
    const pattern = this.#within(isBegin, isEnd)
    const plain = withoutEscapes(text)
    if (!pattern.test(text) && !(plain !== text && pattern.test(plain))) return false
    this.#met = { cycle, line: plain.length > LONGEST_QUOTE ? `${plain.slice(0, LONGEST_QUOTE)}…` : plain }
    return true
  }

  #within(isBegin: boolean, isEnd: boolean): RegExp {
    const { source, flags } = this.pattern
    const before = isBegin ? '' : '(?<=[^])'
    const after = isEnd ? '' : '(?=[^])'
    return new RegExp(`${before}(?:${source})${after}`, flags.replace(/[gy]/g, ''))
  }

  report(): UntilReport {
    return {
      pattern: String(this.pattern),
      metCycle: this.#met?.cycle ?? null,
      line: this.#met?.line ?? null,
    }
  }
}
