/** The blocks of a RESD file, read as far as each is understood; what is damaged is refused with its place. */
import { UserError } from '../errors.ts'
import { CHANNELS_OF, typeName } from './resd-types.ts'

export interface ResdBlock {
  /** From 1. */
  readonly number: number
  readonly type: number
  readonly channel: number
  /** 0 where its samples are not read. */
  readonly count: number
  /** Nanoseconds since the beginning of the recording. */
  readonly timeOf: (sample: number) => number
  /** @param field x is 0 */
  readonly valueOf: (sample: number, field: number) => number
}

const HEADER = 8
const VERSION = 1
const BLOCK_HEADER = 13
const ARBITRARY_TIMESTAMPS = 1
const CONSTANT_FREQUENCY = 2
const TIME = 8
/** Nanoseconds in a double are whole up to there: 104 days. */
const LATEST = Number.MAX_SAFE_INTEGER
const MOST_BLOCKS = 1_000_000
const AGAIN = 'make it again, for example with csv2resd'

/** @throws UserError */
export function blocksOf(file: string, bytes: Uint8Array): readonly ResdBlock[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.byteLength < HEADER) throw new UserError(`${file}: RESD cut off within its header: ${AGAIN}`)
  const version = view.getUint8(4)
  if (version !== VERSION)
    throw new UserError(`${file}: RESD of version ${version}; version ${VERSION} is read: ${AGAIN}`)
  if (view.getUint8(5) !== 0 || view.getUint16(6) !== 0)
    throw new UserError(`${file}: RESD whose header does not end with zeros: damaged; ${AGAIN}`)
  const blocks: ResdBlock[] = []
  let at = HEADER
  while (at < view.byteLength) {
    if (blocks.length >= MOST_BLOCKS)
      throw new UserError(`${file}: more than ${MOST_BLOCKS} blocks: ${AGAIN}, with more samples in each`)
    const reader = new BlockReader(file, view, at, blocks.length + 1)
    blocks.push(reader.block())
    at = reader.end
  }
  return blocks
}

/** One block, from its header on. */
class BlockReader {
  readonly end: number
  readonly #kind: number
  readonly #type: number
  readonly #channel: number
  #at: number

  constructor(
    private readonly file: string,
    private readonly view: DataView,
    begin: number,
    private readonly number: number,
  ) {
    if (begin + BLOCK_HEADER > view.byteLength)
      throw new UserError(`${file}: block ${number}: cut off within its header at byte ${begin}: ${AGAIN}`)
    this.#kind = view.getUint8(begin)
    this.#type = view.getUint16(begin + 1, true)
    this.#channel = view.getUint16(begin + 3, true)
    this.#at = begin + BLOCK_HEADER
    const left = view.byteLength - this.#at
    const size = whole(view, begin + 5)
    if (size > left)
      throw this.#wrong(`says that it has ${size} bytes, and the file has ${left} more: cut off, or damaged`)
    this.end = this.#at + size
  }

  block(): ResdBlock {
    const { number } = this
    const known = CHANNELS_OF[this.#type]
    const isKnown = this.#kind === ARBITRARY_TIMESTAMPS || this.#kind === CONSTANT_FREQUENCY
    const unread = {
      number,
      type: this.#type,
      channel: this.#channel,
      count: 0,
      timeOf: () => 0,
      valueOf: () => 0,
    }
    if (known === undefined || known.channels.length === 0 || !isKnown) return unread
    const start = this.#time('start')
    const period = this.#kind === CONSTANT_FREQUENCY ? this.#time('period') : undefined
    if (period === 0) throw this.#wrong('has a period of 0')
    this.#skipMetadata()
    const width = known.bytes + (period === undefined ? TIME : 0)
    const samples = this.#at
    const left = this.end - samples
    if (left % width !== 0)
      throw this.#wrong(`has ${left} bytes of samples, which are no whole ones of ${width}`)
    const count = left / width
    const { view } = this
    const field = samples + (period === undefined ? TIME : 0)
    const timeOf = (sample: number): number =>
      start + (period === undefined ? whole(view, samples + sample * width) : sample * period)
    const last = count === 0 ? start : timeOf(count - 1)
    if (last > LATEST) throw this.#wrong('ends more than 104 days after the beginning')
    return {
      ...unread,
      count,
      timeOf,
      valueOf: (sample, of) => view.getInt32(field + sample * width + 4 * of, true),
    }
  }

  #time(what: string): number {
    if (this.#at + TIME > this.end) throw this.#wrong(`ends before its ${what}`)
    const time = whole(this.view, this.#at)
    this.#at += TIME
    if (time > LATEST) throw this.#wrong(`has a ${what} of ${time} ns, more than 104 days`)
    return time
  }

  /** Keys with values that nobody needs. */
  #skipMetadata(): void {
    if (this.#at + 8 > this.end) throw this.#wrong('ends before its metadata')
    const size = whole(this.view, this.#at)
    const left = this.end - this.#at - 8
    if (size > left) throw this.#wrong(`says that it has ${size} bytes of metadata, and has ${left} more`)
    this.#at += 8 + size
  }

  #wrong(what: string): UserError {
    return new UserError(`${this.file}: block ${this.number} (${typeName(this.#type)}) ${what}: ${AGAIN}`)
  }
}

/** 64 bits, unsigned; beyond 2^53 near enough to be too large. */
const whole = (view: DataView, at: number): number =>
  view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true)
