import { zipSync } from 'fflate'

/** In local time, which is what a zip holds: a file's bytes do not depend on where or when it was made. */
export const NO_DATE = new Date(1980, 0, 1)

/** The same members give the same bytes, whenever and wherever. */
export const zipped = (members: Readonly<Record<string, Uint8Array>>): Uint8Array =>
  zipSync(members, { mtime: NO_DATE, level: 6 })

/** A member, or where there is none the end. */
const BEGINS = [
  [0x50, 0x4b, 3, 4],
  [0x50, 0x4b, 5, 6],
]

/** By its first four bytes. */
export const isZip = (bytes: Uint8Array): boolean =>
  BEGINS.some((begin) => begin.every((byte, at) => bytes[at] === byte))
