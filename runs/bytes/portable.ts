import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { Inflate } from 'fflate'
import type { Host } from './host.ts'

/** Of packages that run anywhere: in a page. Node has its own, ten times as fast. */
export const portableHost: Host = {
  newHash() {
    const hash = sha256.create()
    return { update: (bytes) => hash.update(bytes), digest: () => bytesToHex(hash.digest()) }
  },
  unzlib,
}

/** Of what is compressed, so much at a time: at most a thousand times as much comes of it. */
const PIECE = 16 * 1024
const HEADER = 2
const CHECKSUM = 4
const DEFLATE = 8
const MOST_WINDOW = 7
const HAS_DICTIONARY = 0x20

/** RFC 1950, with its checksum. */
function unzlib(bytes: Uint8Array, most: number): Uint8Array {
  const [method = 0, flags = 0] = bytes
  const isSound = (method & 15) === DEFLATE && method >> 4 <= MOST_WINDOW
  if (!isSound || (method * 256 + flags) % 31 !== 0 || flags & HAS_DICTIONARY)
    throw new Error('no zlib stream')
  const pieces: Uint8Array[] = []
  let length = 0
  const inflate = new Inflate((piece) => {
    length += piece.length
    if (length > most) throw new Error(`more than ${most} bytes`)
    pieces.push(piece)
  })
  for (let at = HEADER; at < bytes.length; at += PIECE)
    inflate.push(bytes.subarray(at, at + PIECE), at + PIECE >= bytes.length)
  const whole = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  if (!endsWith(bytes, adler32(whole))) throw new Error('damaged: the checksum differs')
  return whole
}

/** The stream may have something behind it, and where it ends is not told. */
function endsWith(bytes: Uint8Array, checksum: number): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let at = bytes.length - CHECKSUM; at > HEADER; at--) if (view.getUint32(at) === checksum) return true
  return false
}

/** RFC 1950, 8.2: the two sums stay below 2^32 for so many bytes. */
const WITHOUT_REMAINDER = 5552
const BASE = 65_521

function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0]
  for (let at = 0; at < bytes.length; at += WITHOUT_REMAINDER) {
    const end = Math.min(at + WITHOUT_REMAINDER, bytes.length)
    for (let i = at; i < end; i++) {
      a += bytes[i] ?? 0
      b += a
    }
    a %= BASE
    b %= BASE
  }
  return b * 65_536 + a
}
