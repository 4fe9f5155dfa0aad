import { ByteBuffer } from 'flatbuffers'
import { UserError } from '../errors.ts'

const bytesOfOffset = 4

/**
 * Reads a FlatBuffer that may be damaged or hostile. Every access is checked against the end of the file, and
 * the elements visited are limited: vectors that share their bytes could otherwise be walked for ever.
 */
export class FlatBufferReader {
  readonly bytes: Uint8Array
  readonly buffer: ByteBuffer
  /** End of the last byte seen: the size of the model where the bytes go on behind it (a flash image). */
  extentBytes = 0
  readonly #name: string
  #elementsLeft: number

  constructor(bytes: Uint8Array, name: string) {
    this.bytes = bytes
    this.buffer = new ByteBuffer(bytes)
    this.#name = name
    this.#elementsLeft = 1024 + 4 * bytes.length
  }

  fail(problem: string): never {
    throw new UserError(`${this.#name}: ${problem}`)
  }

  /** Checks that [offset, offset + length) lies in the file, and returns offset. */
  within(offset: number, length: number, what: string): number {
    const end = offset + length
    if (offset < 0 || end > this.bytes.length) {
      this.fail(
        `${what} at byte ${offset} lies outside the file (${this.bytes.length} bytes): truncated or damaged`,
      )
    }
    this.extentBytes = Math.max(this.extentBytes, end)
    return offset
  }

  visit(elements: number, what: string): void {
    this.#elementsLeft -= elements
    if (this.#elementsLeft < 0) this.fail(`${what}: more elements than the file can hold; it is damaged`)
  }

  root(what: string): Table {
    const root = this.buffer.readUint32(this.within(0, bytesOfOffset, 'offset of the root table'))
    return new Table(this, root, what)
  }
}

/** One table. `id` is the place of a field in the schema; a field left out gives its default. */
export class Table {
  readonly #reader: FlatBufferReader
  readonly #at: number
  readonly #what: string
  readonly #vtable: number
  readonly #vtableBytes: number

  constructor(reader: FlatBufferReader, at: number, what: string) {
    const { buffer } = reader
    this.#reader = reader
    this.#at = reader.within(at, bytesOfOffset, what)
    this.#what = what
    this.#vtable = reader.within(at - buffer.readInt32(at), 4, `${what}: its table of fields`)
    this.#vtableBytes = buffer.readUint16(this.#vtable)
    reader.within(this.#vtable, this.#vtableBytes, `${what}: its table of fields`)
  }

  has(id: number): boolean {
    return this.#field(id) !== undefined
  }

  bool = (id: number): boolean => this.uint8(id, 0) !== 0
  int8 = (id: number, byDefault: number) => this.#scalar(id, 1, byDefault, (b, at) => b.readInt8(at))
  uint8 = (id: number, byDefault: number) => this.#scalar(id, 1, byDefault, (b, at) => b.readUint8(at))
  int32 = (id: number, byDefault: number) => this.#scalar(id, 4, byDefault, (b, at) => b.readInt32(at))
  uint32 = (id: number, byDefault: number) => this.#scalar(id, 4, byDefault, (b, at) => b.readUint32(at))
  float32 = (id: number, byDefault: number) => this.#scalar(id, 4, byDefault, (b, at) => b.readFloat32(at))
  uint64 = (id: number) => this.#scalar(id, 8, 0, (b, at) => Number(b.readUint64(at)))

  int32s = (id: number, name: string) => this.#numbers(id, name, 4, (b, at) => b.readInt32(at))
  float32s = (id: number, name: string) => this.#numbers(id, name, 4, (b, at) => b.readFloat32(at))
  int64s = (id: number, name: string) => this.#numbers(id, name, 8, (b, at) => Number(b.readInt64(at)))

  bytes(id: number, name: string): Uint8Array {
    const { start, length } = this.#vector(id, name, 1)
    return this.#reader.bytes.subarray(start, start + length)
  }

  /** Text for people: characters that would drive a terminal are replaced. */
  string(id: number, name: string): string {
    const bytes = this.bytes(id, name)
    this.#reader.visit(bytes.length, this.#name(name))
    return new TextDecoder().decode(bytes).replace(/[\p{Cc}\p{Cf}]/gu, '\ufffd')
  }

  table(id: number, name: string): Table | undefined {
    const at = this.#reference(id, name)
    return at === undefined ? undefined : new Table(this.#reader, at, this.#name(name))
  }

  /** A vector of tables; `name` is that of one of them, `tensor`. */
  tables(id: number, name: string): Table[] {
    const { start, length } = this.#vector(id, `list of ${name}s`, bytesOfOffset)
    this.#reader.visit(length, this.#name(`list of ${name}s`))
    return Array.from({ length }, (_, index) => {
      const slot = start + index * bytesOfOffset
      return new Table(
        this.#reader,
        slot + this.#reader.buffer.readUint32(slot),
        this.#name(`${name} ${index}`),
      )
    })
  }

  #name(name: string): string {
    return this.#what === 'model' ? name : `${this.#what}, ${name}`
  }

  #field(id: number): number | undefined {
    const slot = 4 + 2 * id
    if (slot + 2 > this.#vtableBytes) return undefined
    const offset = this.#reader.buffer.readUint16(this.#vtable + slot)
    return offset === 0 ? undefined : this.#at + offset
  }

  #scalar(id: number, size: number, byDefault: number, read: (b: ByteBuffer, at: number) => number): number {
    const at = this.#field(id)
    if (at === undefined) return byDefault
    return read(this.#reader.buffer, this.#reader.within(at, size, `${this.#what}: field ${id}`))
  }

  #reference(id: number, name: string): number | undefined {
    const field = this.#field(id)
    if (field === undefined) return undefined
    this.#reader.within(field, bytesOfOffset, this.#name(name))
    return field + this.#reader.buffer.readUint32(field)
  }

  #vector(id: number, name: string, elementBytes: number): { start: number; length: number } {
    const at = this.#reference(id, name)
    if (at === undefined) return { start: 0, length: 0 }
    this.#reader.within(at, 4, this.#name(name))
    const length = this.#reader.buffer.readUint32(at)
    this.#reader.within(at + 4, length * elementBytes, this.#name(`${name} of ${length} elements`))
    return { start: at + 4, length }
  }

  #numbers(id: number, name: string, size: number, read: (b: ByteBuffer, at: number) => number): number[] {
    const { start, length } = this.#vector(id, name, size)
    this.#reader.visit(length, this.#name(name))
    return Array.from({ length }, (_, index) => read(this.#reader.buffer, start + index * size))
  }
}
