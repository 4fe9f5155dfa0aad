import { attribute, type DebugInfo, type Entry, type Unit } from './debug-info.ts'

/** A unit's entries, one after the other. */
export class Walk {
  readonly #info: DebugInfo
  readonly #unit: Unit
  #offset: number
  #isOver = false
  /** Of the entry that `next` gave last. */
  at = 0

  constructor(info: DebugInfo, unit: Unit) {
    this.#info = info
    this.#unit = unit
    this.#offset = unit.first
  }

  /** `next` was asked for what is beyond the unit. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Undefined at the null entry that ends a list, and at the end of the unit. */
  next(): Entry | undefined {
    if (this.#offset >= this.#unit.end) {
      this.#isOver = true
      return undefined
    }
    this.at = this.#offset
    const entry = this.#info.entry(this.#unit, this.at)
    this.#offset = entry?.next ?? this.at + 1
    return entry
  }

  skipChildren(entry: Entry): void {
    if (!entry.hasChildren) return
    const sibling = entry.values.get(attribute.sibling)?.number
    if (sibling !== undefined && sibling > this.#offset && sibling <= this.#unit.end) {
      this.#offset = sibling
      return
    }
    for (let depth = 1; depth > 0 && this.#offset < this.#unit.end;) {
      const inner = this.next()
      if (inner === undefined) depth--
      else if (inner.hasChildren) depth++
    }
  }
}
