/**
 * `.ppk2`, what Nordic's Power Profiler saves: a ZIP of session.raw (frames), metadata.json and minimap.raw (an overview
 * of at most 10 000 elements, which the program shows before it has read the frames).
 */

export const SESSION = 'session.raw'
export const METADATA = 'metadata.json'
export const MINIMAP = 'minimap.raw'
export const FORMAT_VERSION = 2

/** A float32 of microamperes, little-endian, then two bits for each digital channel in a big-endian uint16. */
export const FRAME_BYTES = 6
export const BITS_AT = 4
export const DIGITAL_CHANNELS = 8

/** What two bits say of a channel; 0 says nothing. */
export const CHANNEL = { low: 1, high: 2, both: 3 } as const

/** Those that the program offers. */
export const RATES: readonly number[] = [100_000, 10_000, 1000, 100, 10, 1]

export interface Metadata {
  readonly metadata: { readonly samplesPerSecond: number; readonly startSystemTime?: number }
  readonly formatVersion: number
}
