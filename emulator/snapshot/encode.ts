import { aligned, ARRAYS, HEADER_BYTES, MAGIC, VERSION } from './encoding.ts'
import type { ArrayName, PlainArray, Special } from './encoding.ts'
import type { Plain } from './saved.ts'

const arrayName = (value: object): ArrayName | undefined =>
  (Object.keys(ARRAYS) as ArrayName[]).find((name) => value instanceof ARRAYS[name])

/** @throws TypeError for what is not plain: a function, an instance of a class */
export function encodePlain(value: Plain): Uint8Array<ArrayBuffer> {
  const [bytes] = encodeSeries([value])
  return bytes ?? new Uint8Array()
}

/**
 * Each on its own: what one shares with an earlier one is in the earlier one's bytes. `PlainSeries` reads them.
 * @throws TypeError as `encodePlain`
 */
export function encodeSeries(values: readonly Plain[]): Uint8Array<ArrayBuffer>[] {
  const writer = new Writer(values)
  return values.map((value, part) => bytesOf(writer.part(value, part)))
}

function bytesOf({ value, shared, arrays, size }: WrittenPart): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(JSON.stringify({ value, shared }))
  const start = aligned(HEADER_BYTES + text.length)
  const bytes = new Uint8Array(start + size)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, MAGIC, true)
  view.setUint32(4, VERSION, true)
  view.setUint32(8, text.length, true)
  bytes.set(text, HEADER_BYTES)
  for (const { array, at } of arrays)
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), start + at)
  return bytes
}

interface WrittenPart {
  readonly value: unknown
  readonly shared: readonly unknown[]
  readonly arrays: readonly { readonly array: PlainArray; readonly at: number }[]
  readonly size: number
}

interface Place {
  readonly part: number
  readonly at: number
}

class Writer {
  readonly #several: ReadonlySet<object>
  readonly #numbers = new Map<object, Place>()
  readonly #places = new Map<PlainArray, Place>()
  #part = 0
  #shared: unknown[] = []
  #arrays: { readonly array: PlainArray; readonly at: number }[] = []
  #size = 0

  constructor(values: readonly Plain[]) {
    this.#several = inSeveralPlaces(values)
  }

  part(value: Plain, part: number): WrittenPart {
    this.#part = part
    this.#shared = []
    this.#arrays = []
    this.#size = 0
    const written = this.#write(value)
    return { value: written, shared: this.#shared, arrays: this.#arrays, size: this.#size }
  }

  /** Nothing for what is in the part that is being written. */
  #of({ part }: Place): { readonly part?: number } {
    return part === this.#part ? {} : { part }
  }

  #write(value: Plain): unknown {
    switch (typeof value) {
      case 'undefined':
        return { $: 'undefined' } satisfies Special
      case 'bigint':
        return { $: 'bigint', is: String(value) } satisfies Special
      case 'number': {
        const isCommon = Number.isFinite(value) && !Object.is(value, -0)
        return isCommon
          ? value
          : ({ $: 'number', is: Object.is(value, -0) ? '-0' : String(value) } satisfies Special)
      }
      case 'object':
        return value === null ? null : this.#object(value)
      case 'string':
      case 'boolean':
        return value
      default:
        throw new TypeError(`not plain: a ${typeof value}`)
    }
  }

  #object(value: object & Plain): unknown {
    const name = arrayName(value)
    if (name !== undefined) return this.#array(value as PlainArray, name)
    if (!this.#several.has(value)) return this.#members(value)
    let place = this.#numbers.get(value)
    if (!place) {
      place = { part: this.#part, at: this.#shared.length }
      this.#numbers.set(value, place)
      this.#shared.push(null)
      this.#shared[place.at] = this.#members(value)
    }
    return { $: 'shared', is: place.at, ...this.#of(place) } satisfies Special
  }

  #members(value: object): unknown {
    if (Array.isArray(value)) return value.map((one: Plain) => this.#write(one))
    const entries = Object.entries(value as Readonly<Record<string, Plain>>).map(
      ([key, one]) => [key, this.#write(one)] as const,
    )
    const isPlainKey = ([key]: readonly [string, unknown]): boolean => key !== '$' && key !== '__proto__'
    return entries.every(isPlainKey)
      ? Object.fromEntries(entries)
      : ({ $: 'object', is: entries } satisfies Special)
  }

  #array(array: PlainArray, name: ArrayName): Special {
    let place = this.#places.get(array)
    if (!place) {
      place = { part: this.#part, at: this.#size }
      this.#places.set(array, place)
      this.#arrays.push({ array, at: place.at })
      this.#size = aligned(place.at + array.byteLength)
    }
    return { $: name, at: place.at, length: array.length, ...this.#of(place) }
  }
}

/** Objects that are reached by more than one way. @throws TypeError for what is not plain, or contains itself */
function inSeveralPlaces(values: readonly Plain[]): ReadonlySet<object> {
  const seen = new Set<object>()
  const several = new Set<object>()
  const open = new Set<object>()
  const visit = (one: Plain): void => {
    if (typeof one !== 'object' || one === null || arrayName(one) !== undefined) return
    if (open.has(one)) throw new TypeError('not plain: it contains itself')
    if (seen.has(one)) {
      several.add(one)
      return
    }
    const prototype: unknown = Object.getPrototypeOf(one)
    if (!Array.isArray(one) && prototype !== Object.prototype && prototype !== null)
      throw new TypeError(`not plain: an instance of ${one.constructor.name}`)
    seen.add(one)
    open.add(one)
    for (const member of Object.values(one) as Plain[]) visit(member)
    open.delete(one)
  }
  values.forEach(visit)
  return several
}
