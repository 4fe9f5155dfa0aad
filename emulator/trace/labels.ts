import { lastAt } from '../last-at.ts'

/** What a recording says of a stretch of time: one label all along, none at all, or not the same all along. */
export type LabelOver =
  { readonly kind: 'one'; readonly label: string } | { readonly kind: 'none' } | { readonly kind: 'several' }

export const UNLABELLED: LabelOver = { kind: 'none' }
export const SEVERAL: LabelOver = { kind: 'several' }

export const oneLabel = (label: string | undefined): LabelOver =>
  label === undefined || label === '' ? UNLABELLED : { kind: 'one', label }

export const sameLabel = (a: LabelOver, b: LabelOver): boolean =>
  a.kind === b.kind && (a.kind !== 'one' || b.kind !== 'one' || a.label === b.label)

/** The label of each sample, kept by where it changes. */
export class LabelRuns {
  /** Not saved: the recording, as all of this. */
  readonly #starts: number[] = []
  /** Not saved: the recording. */
  readonly #labels: LabelOver[] = []
  /** Not saved: the recording. Each label once: a piece of a text may keep the whole of it alive. */
  readonly #known = new Map<string, LabelOver>()
  /** Not saved: the recording. */
  #length = 0
  /** Not saved: where the latest look-up ended, for the next one to begin. */
  #last = 0

  static of(labels: Iterable<string>): LabelRuns {
    const runs = new LabelRuns()
    for (const label of labels) runs.push(label)
    return runs
  }

  /** Samples that have been labelled. */
  get length(): number {
    return this.#length
  }

  /** Of the next sample; empty where it has none. */
  push(label: string): void {
    let one = this.#known.get(label)
    if (!one) this.#known.set(label, (one = oneLabel(label)))
    if (this.#labels.at(-1) !== one) {
      this.#starts.push(this.#length)
      this.#labels.push(one)
    }
    this.#length += 1
  }

  /** Every label there is, in the order of the first sample of each. */
  get names(): readonly string[] {
    return [...new Set(this.#labels.flatMap((one) => (one.kind === 'one' ? one.label : [])))]
  }

  /** Of the samples that stay when some are left out. */
  without(leavesOut: (sample: number) => boolean): LabelRuns {
    const left = new LabelRuns()
    for (let sample = 0; sample < this.#length; sample++) {
      const label = this.at(sample)
      if (!leavesOut(sample)) left.push(label.kind === 'one' ? label.label : '')
    }
    return left
  }

  at(sample: number): LabelOver {
    return this.#labels[this.#runAt(sample)] ?? UNLABELLED
  }

  /** From one sample to another, both included. */
  over(first: number, last: number): LabelOver {
    const run = this.#runAt(first)
    return this.#runAt(last) === run ? (this.#labels[run] ?? UNLABELLED) : SEVERAL
  }

  #runAt(sample: number): number {
    const start = (run: number): number => this.#starts[run] ?? Infinity
    if (start(this.#last) <= sample && sample < start(this.#last + 1)) return this.#last
    this.#last = Math.max(lastAt(this.#starts.length, start, sample), 0)
    return this.#last
  }
}

/** A label over both of two stretches. */
export const overBoth = (a: LabelOver, b: LabelOver): LabelOver => (sameLabel(a, b) ? a : SEVERAL)
