import { SEVERAL, UNLABELLED, sameLabel } from '../trace/labels.ts'
import type { LabelOver } from '../trace/labels.ts'

/** Passes of one phase. */
interface Passes {
  /** In the round under way. */
  inRound: number
  /** Of the newest pass, */
  label: LabelOver
  /** and how many passes it has held for, this one included. */
  held: number
}

export interface SavedWindowLabels {
  readonly phases: readonly (readonly [name: string, passes: Readonly<Passes>])[]
  readonly first: string | null
  readonly collects: string | null
  readonly passesOfWindow: number | null
}

/**
 * What the windows that a firmware classifies were labelled, one window a round.
 *
 * The phase that collects is the one that the second round begins with; while there is no second round, the one that
 * the first began with. A window is made of its passes: as many as the first round has of them, or as many as the round
 * itself has if these are more, and it ends with the round. So where later rounds have fewer passes windows overlap, and
 * a round without any has no window of its own.
 * A window has a label where all its passes, from begin to end, lie under that one label. Where some lie under another
 * one, or under none, it spans several.
 */
export class WindowLabels {
  readonly #phases = new Map<string, Passes>()
  #first: string | undefined
  #collects: string | undefined
  #passesOfWindow: number | undefined

  save(): SavedWindowLabels {
    return {
      phases: Array.from(this.#phases, ([name, passes]) => [name, { ...passes }] as const),
      first: this.#first ?? null,
      collects: this.#collects ?? null,
      passesOfWindow: this.#passesOfWindow ?? null,
    }
  }

  restore({ phases, first, collects, passesOfWindow }: SavedWindowLabels): void {
    this.#phases.clear()
    for (const [name, passes] of phases) this.#phases.set(name, { ...passes })
    this.#first = first ?? undefined
    this.#collects = collects ?? undefined
    this.#passesOfWindow = passesOfWindow ?? undefined
  }

  pass(name: string, label: LabelOver): void {
    this.#first ??= name
    if (this.#collects !== undefined && name !== this.#collects) return
    let passes = this.#phases.get(name)
    if (!passes) this.#phases.set(name, (passes = { inRound: 0, label, held: 0 }))
    passes.inRound += 1
    passes.held = sameLabel(passes.label, label) ? passes.held + 1 : 1
    passes.label = label
  }

  /** Before the label of a round is asked for: by what the next one begins with. */
  nextRoundBeginsWith(name: string): void {
    if (this.#collects !== undefined) return
    this.#collects = name
    for (const other of this.#phases.keys()) if (other !== name) this.#phases.delete(other)
  }

  /** Of the window that ends with the round under way. */
  ofRound(): LabelOver {
    const passes = this.#phases.get(this.#collects ?? this.#first ?? '')
    if (!passes || passes.inRound === 0) return UNLABELLED
    return passes.held >= Math.max(passes.inRound, this.#passesOfWindow ?? 0) ? passes.label : SEVERAL
  }

  endRound(): void {
    const passes = this.#phases.get(this.#collects ?? '')
    if (!passes) return
    this.#passesOfWindow ??= passes.inRound
    passes.inRound = 0
  }
}
