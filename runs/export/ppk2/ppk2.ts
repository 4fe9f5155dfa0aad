/** Writes a current, and up to eight pins, as a capture of Nordic's Power Profiler Kit II. */
import { Zip, ZipDeflate } from 'fflate'
import { CYCLES_PER_SECOND } from '../../../emulator/time/ratio-clock.ts'
import { UserError } from '../../errors.ts'
import { NO_DATE } from '../../zip.ts'
import type { Piece } from '../output.ts'
import type { LevelTrack, StateTrack, TimelineView } from '../timeline-view.ts'
import {
  BITS_AT,
  DIGITAL_CHANNELS,
  FORMAT_VERSION,
  FRAME_BYTES,
  METADATA,
  MINIMAP,
  RATES,
  SESSION,
} from './layout.ts'
import type { Metadata } from './layout.ts'
import { Minimap } from './minimap.ts'
import { averages, digital } from './samples.ts'

export interface Ppk2Options {
  /** Default: 100 000, as the probe has it. */
  readonly samplesPerSecond?: number
  /** Milliseconds since 1970; default: the program takes the time at which it opens the file. */
  readonly startSystemTime?: number
}

/** Bytes in a member of a ZIP without its 64-bit extension, which the reader may not have. */
const MOST_BYTES = 0xffff_ffff
const FRAMES_A_PIECE = 16_384

/**
 * @param current in pA
 * @param pins at most eight: D0 to D7
 * @throws UserError for a rate that the probe does not have, more pins, or a stretch that is too long
 */
export function* ppk2(
  { from, to }: Pick<TimelineView, 'from' | 'to'>,
  current: LevelTrack,
  pins: readonly StateTrack[],
  { samplesPerSecond = 100_000, startSystemTime }: Ppk2Options = {},
): Generator<Piece> {
  check(to - from, samplesPerSecond, pins.length)
  const width = CYCLES_PER_SECOND / samplesPerSecond
  const zip = new ZipPieces()
  const minimap = new Minimap()
  zip.begin(SESSION)
  let frames = new FrameBuffer()
  const channels = pins.map((pin) => digital(pin.pieces(from, to), width))
  let sample = 0
  for (const average of averages(current.pieces(from, to), width)) {
    const microamps = average / 1e6
    frames.add(microamps, bitsOf(channels))
    minimap.add(microamps, (sample * 1e6) / samplesPerSecond)
    sample += 1
    if (!frames.isFull) continue
    yield* zip.add(frames.bytes)
    frames = new FrameBuffer()
  }
  yield* zip.add(frames.bytes, true)
  const metadata: Metadata = {
    metadata: { samplesPerSecond, ...(startSystemTime !== undefined && { startSystemTime }) },
    formatVersion: FORMAT_VERSION,
  }
  zip.begin(METADATA)
  yield* zip.add(encoded(JSON.stringify(metadata)), true)
  zip.begin(MINIMAP)
  yield* zip.add(encoded(minimap.json()), true)
  yield* zip.end()
}

function check(cycles: number, samplesPerSecond: number, pins: number): void {
  if (!RATES.includes(samplesPerSecond))
    throw new UserError(
      `a .ppk2 of ${samplesPerSecond} samples a second: the probe has ${RATES.join(', ')}; choose one of these`,
    )
  if (pins > DIGITAL_CHANNELS)
    throw new UserError(`${pins} pins in a .ppk2: it has ${DIGITAL_CHANNELS} channels; name up to as many`)
  const bytes = Math.ceil((cycles / CYCLES_PER_SECOND) * samplesPerSecond) * FRAME_BYTES
  if (bytes > MOST_BYTES)
    throw new UserError(
      `${(cycles / CYCLES_PER_SECOND).toFixed(0)} s at ${samplesPerSecond} samples a second are ${(bytes / 1e9).toFixed(1)} GB, and a .ppk2 holds 4.2: export a shorter stretch, or fewer samples a second`,
    )
}

const bitsOf = (channels: readonly Iterator<number>[]): number =>
  channels.reduce((bits, channel, at) => {
    const next = channel.next()
    return next.done === true ? bits : bits | (next.value << (2 * at))
  }, 0)

class FrameBuffer {
  readonly #bytes = new Uint8Array(FRAMES_A_PIECE * FRAME_BYTES)
  readonly #view = new DataView(this.#bytes.buffer)
  #length = 0

  add(microamps: number, bits: number): void {
    this.#view.setFloat32(this.#length, microamps, true)
    this.#view.setUint16(this.#length + BITS_AT, bits)
    this.#length += FRAME_BYTES
  }

  get isFull(): boolean {
    return this.#length === this.#bytes.length
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }
}

/** A ZIP that is written while its members come. */
class ZipPieces {
  #ready: Uint8Array[] = []
  #member: ZipDeflate | undefined
  readonly #zip = new Zip((error, piece) => {
    if (error) throw error
    this.#ready.push(piece)
  })

  begin(name: string): void {
    this.#member = new ZipDeflate(name, { level: 6 })
    this.#member.mtime = NO_DATE
    this.#zip.add(this.#member)
  }

  add(bytes: Uint8Array, isLast = false): Iterable<Uint8Array> {
    this.#member?.push(bytes, isLast)
    return this.#taken()
  }

  end(): Iterable<Uint8Array> {
    this.#zip.end()
    return this.#taken()
  }

  #taken(): Iterable<Uint8Array> {
    const ready = this.#ready
    this.#ready = []
    return ready
  }
}

const encoded = (text: string): Uint8Array => new TextEncoder().encode(text)
