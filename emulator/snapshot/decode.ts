import { aligned, ARRAYS, HEADER_BYTES, MAGIC, VERSION } from './encoding.ts'
import type { PlainArray, Special } from './encoding.ts'
import type { Plain } from './saved.ts'

/** Nothing of ours comes near. */
const DEEPEST = 1000

/** Damaged, or not written by `encodePlain`. */
export class EncodingError extends Error {
  override readonly name = 'EncodingError'
}

/**
 * What `encodePlain` was given: equal in all that it is made of, and shared where that was.
 * @throws EncodingError for bytes that are cut off, damaged or of another version
 */
export const decodePlain = (bytes: Uint8Array): Plain => new PlainSeries(() => bytes).read(0)

interface Part {
  value: unknown
  /** The value has been read: it is plain now. */
  isRead: boolean
  readonly shared: readonly unknown[]
  readonly contents: Uint8Array
  readonly made: Plain[]
  readonly isMade: boolean[]
  readonly open: Set<number>
  readonly arrays: Map<string, PlainArray>
}

type Record = { [key: string]: unknown }

/** What `encodeSeries` was given, one at a time, each with the parts that it refers to. */
export class PlainSeries {
  readonly #parts = new Map<number, Part>()
  readonly #bytesOf: (part: number) => Uint8Array | undefined
  #depth = 0

  /** @param bytesOf a part, by its number; asked for once each */
  constructor(bytesOf: (part: number) => Uint8Array | undefined) {
    this.#bytesOf = bytesOf
  }

  /** @throws EncodingError */
  read(number: number): Plain {
    const part = this.#part(number)
    part.value = part.isRead ? part.value : this.#read(part.value, part)
    part.isRead = true
    return part.value as Plain
  }

  #part(number: number): Part {
    const known = this.#parts.get(number)
    if (known) return known
    const bytes = Number.isInteger(number) && number >= 0 ? this.#bytesOf(number) : undefined
    if (!bytes) throw new EncodingError('it refers to what is not there')
    const part = parsed(bytes)
    this.#parts.set(number, part)
    return part
  }

  /** In place: what has been parsed is nobody else's, and most of it is plain already. */
  #read(written: unknown, part: Part): Plain {
    if (typeof written !== 'object' || written === null) return written as Plain
    if (this.#depth > DEEPEST) throw new EncodingError('it is nested too deep')
    this.#depth += 1
    const made = this.#object(written, part)
    this.#depth -= 1
    return made
  }

  #object(written: object, part: Part): Plain {
    if (Array.isArray(written)) {
      const items = written as unknown[]
      for (let i = 0; i < items.length; i++) {
        const item = items[i]
        if (typeof item === 'object' && item !== null) items[i] = this.#read(item, part)
      }
      return items as Plain
    }
    if (Object.hasOwn(written, '$')) return this.#special(written as Special, part)
    const members = written as Record
    for (const key in members) {
      const member = members[key]
      if (typeof member === 'object' && member !== null) define(members, key, this.#read(member, part))
    }
    return members as Plain
  }

  #special(special: Special, part: Part): Plain {
    switch (special.$) {
      case 'undefined':
        return undefined
      case 'number':
        return Number(special.is)
      case 'bigint':
        if (!/^-?\d+$/.test(special.is)) throw new EncodingError('a number is damaged')
        return BigInt(special.is)
      case 'shared':
        return this.#shared(special.is, special.part === undefined ? part : this.#part(special.part))
      case 'object':
        return this.#entries(special.is, part)
      default:
        return arrayOf(special, special.part === undefined ? part : this.#part(special.part))
    }
  }

  #entries(entries: unknown, part: Part): Plain {
    if (!Array.isArray(entries)) throw new EncodingError('an object is damaged')
    const made: Record = {}
    for (const entry of entries as unknown[]) {
      if (!Array.isArray(entry)) throw new EncodingError('an object is damaged')
      define(made, String(entry[0]), this.#read(entry[1], part))
    }
    return made as Plain
  }

  #shared(number: number, part: Part): Plain {
    if (part.isMade[number]) return part.made[number]
    const { shared, open } = part
    if (!Number.isInteger(number) || number < 0 || number >= shared.length || open.has(number))
      throw new EncodingError('what stands in several places is damaged')
    open.add(number)
    const made = this.#read(shared[number], part)
    open.delete(number)
    part.made[number] = made
    part.isMade[number] = true
    return made
  }
}

/** `__proto__` is a key like others. */
function define(record: Record, key: string, value: unknown): void {
  if (key !== '__proto__') record[key] = value
  else Object.defineProperty(record, key, { value, enumerable: true, writable: true, configurable: true })
}

function arrayOf(
  { $: name, at, length }: Extract<Special, { at: number }>,
  { arrays, contents }: Part,
): PlainArray {
  const key = `${name} ${at} ${length}`
  const known = arrays.get(key)
  if (known) return known
  const type = Object.hasOwn(ARRAYS, name) ? ARRAYS[name] : undefined
  const isPlace = [at, length].every((one) => Number.isInteger(one) && one >= 0)
  if (!type || !isPlace || at + length * type.BYTES_PER_ELEMENT > contents.length)
    throw new EncodingError('an array is damaged, or the data are cut off')
  const from = contents.byteOffset + at
  const made = new type(contents.buffer.slice(from, from + length * type.BYTES_PER_ELEMENT) as ArrayBuffer)
  arrays.set(key, made)
  return made
}

function parsed(bytes: Uint8Array): Part {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < HEADER_BYTES || view.getUint32(0, true) !== MAGIC)
    throw new EncodingError('not plain data of ours')
  const version = view.getUint32(4, true)
  if (version !== VERSION) throw new EncodingError(`version ${version}, and this reads version ${VERSION}`)
  const length = view.getUint32(8, true)
  if (HEADER_BYTES + length > bytes.length) throw new EncodingError('it is cut off')
  const { value, shared } = jsonOf(bytes.subarray(HEADER_BYTES, HEADER_BYTES + length))
  return {
    value,
    shared,
    isRead: false,
    contents: bytes.subarray(aligned(HEADER_BYTES + length)),
    made: [],
    isMade: [],
    open: new Set(),
    arrays: new Map(),
  }
}

function jsonOf(text: Uint8Array): { readonly value: unknown; readonly shared: readonly unknown[] } {
  let parsed: unknown
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text))
  } catch (cause) {
    throw new EncodingError('its text is damaged', { cause })
  }
  if (!isRecord(parsed) || !Array.isArray(parsed['shared'])) throw new EncodingError('its text is damaged')
  return { value: parsed['value'], shared: parsed['shared'] as unknown[] }
}

const isRecord = (value: unknown): value is Readonly<Record> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
