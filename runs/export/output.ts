import { joined } from '../../emulator/joined.ts'

/** What a format writes, piece by piece: a file may be larger than memory. */
export type Piece = string | Uint8Array

const LETTERS = 64 * 1024

/** Many short texts as few long ones. */
export function* gathered(texts: Iterable<string>): Generator<string> {
  let waiting: string[] = []
  let length = 0
  for (const text of texts) {
    waiting.push(text)
    length += text.length
    if (length < LETTERS) continue
    yield waiting.join('')
    waiting = []
    length = 0
  }
  if (length > 0) yield waiting.join('')
}

/** All of it in one, as UTF-8: for what is small, and for tests. */
export function whole(pieces: Iterable<Piece>): Uint8Array {
  const encoder = new TextEncoder()
  return joined(Array.from(pieces, (piece) => (typeof piece === 'string' ? encoder.encode(piece) : piece)))
}
