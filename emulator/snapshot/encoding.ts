/*
 * Plain data as bytes: a magic number, a version, the length of a JSON text, the text, and behind it the contents of
 * typed arrays, each at a multiple of eight. All numbers are little-endian. In the text an object with the key `$` is
 * something that JSON has not: see `Special`. What stands in several places is written once. Of a series of data each
 * has its own bytes, the part of that number: what an earlier one has already is referred to.
 */

export const MAGIC = 0x4e4c_5042 // "BPLN"
export const VERSION = 1
export const HEADER_BYTES = 12

export const ARRAYS = { Uint8Array, Int32Array, Uint32Array, Float64Array, BigUint64Array } as const
export type ArrayName = keyof typeof ARRAYS
export type PlainArray = InstanceType<(typeof ARRAYS)[ArrayName]>

/** `part`: which of the series has it; where it is left out, the one that says so. */
export type Special =
  /** undefined */
  | { readonly $: 'undefined' }
  /** NaN, an infinity, -0 */
  | { readonly $: 'number'; readonly is: string }
  | { readonly $: 'bigint'; readonly is: string }
  /** A typed array: where it begins among the contents, in bytes, and its length in elements. */
  | { readonly $: ArrayName; readonly at: number; readonly length: number; readonly part?: number }
  /** One of `shared`. */
  | { readonly $: 'shared'; readonly is: number; readonly part?: number }
  /** An object that has the key `$` itself. */
  | { readonly $: 'object'; readonly is: readonly (readonly [string, unknown])[] }

export const aligned = (bytes: number): number => (bytes + 7) & ~7
