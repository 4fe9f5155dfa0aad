import type { Plain } from './saved.ts'

/*
 * Plain data as bytes: a magic number, a version, the length of a JSON text, the text, and behind it the contents of
 * typed arrays, each at a multiple of eight. All numbers are little-endian. In the text an object with the key `$` is
 * something that JSON has not: see `Special`. What stands in several places is written once.
 */

const MAGIC = 0x4e4c_5042 // "BPLN"
const VERSION = 1
const HEADER_BYTES = 12
/** Nothing of ours comes near. */
const DEEPEST = 1000

const ARRAYS = { Uint8Array, Int32Array, Uint32Array, Float64Array, BigUint64Array } as const
type ArrayName = keyof typeof ARRAYS
type PlainArray = InstanceType<(typeof ARRAYS)[ArrayName]>

type Special =
  /** undefined */
  | { readonly $: 'undefined' }
  /** NaN, an infinity, -0 */
  | { readonly $: 'number'; readonly is: string }
  | { readonly $: 'bigint'; readonly is: string }
  /** A typed array: where it begins among the contents, in bytes, and its length in elements. */
  | { readonly $: ArrayName; readonly at: number; readonly length: number }
  /** One of `shared`. */
  | { readonly $: 'shared'; readonly is: number }
  /** An object that has the key `$` itself. */
  | { readonly $: 'object'; readonly is: readonly (readonly [string, unknown])[] }

/** Damaged, or not written by `encodePlain`. */
export class EncodingError extends Error {
  override readonly name = 'EncodingError'
}

const arrayName = (value: object): ArrayName | undefined =>
  (Object.keys(ARRAYS) as ArrayName[]).find((name) => value instanceof ARRAYS[name])

const aligned = (bytes: number): number => (bytes + 7) & ~7

/** @throws TypeError for what is not plain: a function, an instance of a class */
export function encodePlain(value: Plain): Uint8Array<ArrayBuffer> {
  const writer = new Writer(value)
  const text = new TextEncoder().encode(JSON.stringify({ value: writer.value, shared: writer.shared }))
  const start = aligned(HEADER_BYTES + text.length)
  const bytes = new Uint8Array(start + writer.size)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, MAGIC, true)
  view.setUint32(4, VERSION, true)
  view.setUint32(8, text.length, true)
  bytes.set(text, HEADER_BYTES)
  for (const { array, at } of writer.arrays)
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), start + at)
  return bytes
}

class Writer {
  readonly value: unknown
  readonly shared: unknown[] = []
  readonly arrays: { readonly array: PlainArray; readonly at: number }[] = []
  size = 0
  readonly #several: ReadonlySet<object>
  readonly #numbers = new Map<object, number>()
  readonly #places = new Map<PlainArray, number>()

  constructor(value: Plain) {
    this.#several = inSeveralPlaces(value)
    this.value = this.#write(value)
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
    let number = this.#numbers.get(value)
    if (number === undefined) {
      number = this.shared.length
      this.#numbers.set(value, number)
      this.shared.push(null)
      this.shared[number] = this.#members(value)
    }
    return { $: 'shared', is: number } satisfies Special
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
    let at = this.#places.get(array)
    if (at === undefined) {
      at = this.size
      this.#places.set(array, at)
      this.arrays.push({ array, at })
      this.size = aligned(at + array.byteLength)
    }
    return { $: name, at, length: array.length }
  }
}

/** Objects that are reached by more than one way. @throws TypeError for what is not plain, or contains itself */
function inSeveralPlaces(value: Plain): ReadonlySet<object> {
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
  visit(value)
  return several
}

/**
 * What `encodePlain` was given: equal in all that it is made of, and shared where that was.
 * @throws EncodingError for bytes that are cut off, damaged or of another version
 */
export function decodePlain(bytes: Uint8Array): Plain {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < HEADER_BYTES || view.getUint32(0, true) !== MAGIC)
    throw new EncodingError('not plain data of ours')
  const version = view.getUint32(4, true)
  if (version !== VERSION) throw new EncodingError(`version ${version}, and this reads version ${VERSION}`)
  const length = view.getUint32(8, true)
  if (HEADER_BYTES + length > bytes.length) throw new EncodingError('it is cut off')
  const parsed = parse(bytes.subarray(HEADER_BYTES, HEADER_BYTES + length))
  return new Reader(parsed.shared, bytes.subarray(aligned(HEADER_BYTES + length))).read(parsed.value)
}

function parse(text: Uint8Array): { readonly value: unknown; readonly shared: readonly unknown[] } {
  let parsed: unknown
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text))
  } catch (cause) {
    throw new EncodingError('its text is damaged', { cause })
  }
  if (!isRecord(parsed) || !Array.isArray(parsed['shared'])) throw new EncodingError('its text is damaged')
  return { value: parsed['value'], shared: parsed['shared'] as unknown[] }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

class Reader {
  readonly #made: (Plain | undefined)[]
  readonly #isMade: boolean[] = []
  readonly #open = new Set<number>()
  #depth = 0
  readonly #arrays = new Map<string, PlainArray>()

  constructor(
    readonly shared: readonly unknown[],
    readonly contents: Uint8Array,
  ) {
    this.#made = new Array<Plain | undefined>(shared.length)
  }

  read(written: unknown): Plain {
    if (this.#depth > DEEPEST) throw new EncodingError('it is nested too deep')
    this.#depth += 1
    const made = this.#read(written)
    this.#depth -= 1
    return made
  }

  #read(written: unknown): Plain {
    if (Array.isArray(written)) return written.map((one) => this.read(one))
    if (!isRecord(written)) return written as Plain
    if (!Object.hasOwn(written, '$')) return this.#record(Object.entries(written))
    return this.#special(written as unknown as Special)
  }

  #record(entries: readonly (readonly [string, unknown])[]): Plain {
    const made: Record<string, Plain> = {}
    for (const [key, one] of entries)
      Object.defineProperty(made, key, {
        value: this.read(one),
        enumerable: true,
        writable: true,
        configurable: true,
      })
    return made
  }

  #special(special: Special): Plain {
    switch (special.$) {
      case 'undefined':
        return undefined
      case 'number':
        return Number(special.is)
      case 'bigint':
        if (!/^-?\d+$/.test(special.is)) throw new EncodingError('a number is damaged')
        return BigInt(special.is)
      case 'shared':
        return this.#shared(special.is)
      case 'object':
        if (!Array.isArray(special.is)) throw new EncodingError('an object is damaged')
        return this.#record(special.is)
      default:
        return this.#array(special)
    }
  }

  #shared(number: number): Plain {
    if (this.#isMade[number]) return this.#made[number]
    if (!Number.isInteger(number) || number < 0 || number >= this.shared.length || this.#open.has(number))
      throw new EncodingError('what stands in several places is damaged')
    this.#open.add(number)
    const made = this.read(this.shared[number])
    this.#open.delete(number)
    this.#made[number] = made
    this.#isMade[number] = true
    return made
  }

  #array({ $: name, at, length }: Extract<Special, { at: number }>): Plain {
    const key = `${name} ${at} ${length}`
    const known = this.#arrays.get(key)
    if (known) return known
    const type = Object.hasOwn(ARRAYS, name) ? ARRAYS[name] : undefined
    const isPlace = [at, length].every((one) => Number.isInteger(one) && one >= 0)
    if (!type || !isPlace || at + length * type.BYTES_PER_ELEMENT > this.contents.length)
      throw new EncodingError('an array is damaged, or the data are cut off')
    const from = this.contents.byteOffset + at
    const made = new type(
      this.contents.buffer.slice(from, from + length * type.BYTES_PER_ELEMENT) as ArrayBuffer,
    )
    this.#arrays.set(key, made)
    return made
  }
}
