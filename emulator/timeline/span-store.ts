import type { Cycles } from '../cpu/bus.ts'
import type { Plain } from '../snapshot/saved.ts'
import type { Span } from './span.ts'
import { FIRST_ROOM, grown, roomAfter } from './track.ts'

export interface SavedSpanStore {
  readonly first: number
  readonly begins: Float64Array
  readonly ends: Float64Array
  readonly kinds: Float64Array
  readonly countsAs: Float64Array
  /** NaN where there is none. */
  readonly values: Float64Array
  readonly texts: readonly (string | undefined)[]
  readonly data: readonly Plain[]
}

/** Spans by number, in arrays: they come and go too often to be objects. */
export class SpanStore {
  /** Number of the first that is kept. */
  first = 0
  length = 0
  #begins = new Float64Array(FIRST_ROOM)
  #ends = new Float64Array(FIRST_ROOM)
  #kinds = new Float64Array(FIRST_ROOM)
  #countsAs = new Float64Array(FIRST_ROOM)
  #values = new Float64Array(FIRST_ROOM)
  #texts: (string | undefined)[] = []
  #data: Plain[] = []

  /** @param value NaN for none @returns its number */
  add(begin: Cycles, end: Cycles, kind: number, value: number): number {
    const i = this.length
    if (i === this.#begins.length) this.#grow(roomAfter(i))
    this.#begins[i] = begin
    this.#ends[i] = end
    this.#kinds[i] = kind
    this.#countsAs[i] = kind
    this.#values[i] = value
    this.#texts.push(undefined)
    this.#data.push(undefined)
    this.length = i + 1
    return this.first + i
  }

  has(number: number): boolean {
    return number >= this.first && number < this.first + this.length
  }

  beginOf(number: number): Cycles {
    return this.#begins[number - this.first] ?? 0
  }

  endOf(number: number): Cycles {
    return this.#ends[number - this.first] ?? 0
  }

  kindOf(number: number): number {
    return this.#kinds[number - this.first] ?? 0
  }

  countsAsOf(number: number): number {
    return this.#countsAs[number - this.first] ?? 0
  }

  /** NaN for none. */
  valueOf(number: number): number {
    return this.#values[number - this.first] ?? NaN
  }

  end(number: number, cycle: Cycles): void {
    this.#ends[number - this.first] = cycle
  }

  setCountsAs(number: number, kind: number): void {
    this.#countsAs[number - this.first] = kind
  }

  setValue(number: number, value: number): void {
    this.#values[number - this.first] = value
  }

  setText(number: number, text: string): void {
    this.#texts[number - this.first] = text
  }

  setData(number: number, data: Plain): void {
    this.#data[number - this.first] = data
  }

  get(number: number): Span {
    const i = number - this.first
    const value = this.#values[i] ?? NaN
    return {
      number,
      begin: this.#begins[i] ?? 0,
      end: this.#ends[i] ?? 0,
      kind: this.#kinds[i] ?? 0,
      countsAs: this.#countsAs[i] ?? 0,
      value: Number.isNaN(value) ? undefined : value,
      text: this.#texts[i],
      data: this.#data[i],
    }
  }

  *[Symbol.iterator](): Iterator<Span> {
    for (let i = 0; i < this.length; i++) yield this.get(this.first + i)
  }

  /** Forgets those before a number. */
  drop(before: number): void {
    const count = before - this.first
    for (const array of [this.#begins, this.#ends, this.#kinds, this.#countsAs, this.#values])
      array.copyWithin(0, count, this.length)
    this.#texts = this.#texts.slice(count)
    this.#data = this.#data.slice(count)
    this.first = before
    this.length -= count
  }

  #grow(room: number): void {
    this.#begins = grown(this.#begins, room)
    this.#ends = grown(this.#ends, room)
    this.#kinds = grown(this.#kinds, room)
    this.#countsAs = grown(this.#countsAs, room)
    this.#values = grown(this.#values, room)
  }

  get bytes(): number {
    return 5 * this.#begins.byteLength
  }

  save(): SavedSpanStore {
    const kept = (array: Float64Array): Float64Array => array.slice(0, this.length)
    return {
      first: this.first,
      begins: kept(this.#begins),
      ends: kept(this.#ends),
      kinds: kept(this.#kinds),
      countsAs: kept(this.#countsAs),
      values: kept(this.#values),
      texts: [...this.#texts],
      data: [...this.#data],
    }
  }

  restore(saved: SavedSpanStore): void {
    this.first = saved.first
    this.length = saved.begins.length
    const room = Math.max(FIRST_ROOM, this.length)
    this.#begins = grown(saved.begins, room)
    this.#ends = grown(saved.ends, room)
    this.#kinds = grown(saved.kinds, room)
    this.#countsAs = grown(saved.countsAs, room)
    this.#values = grown(saved.values, room)
    this.#texts = [...saved.texts]
    this.#data = [...saved.data]
  }
}
