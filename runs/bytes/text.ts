// A mark at the beginning stays: it is a character of what was read.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** What is no UTF-8 becomes U+FFFD. */
export const utf8 = (bytes: Uint8Array): string => decoder.decode(bytes)

/** Two digits a byte. */
export const hexadecimalOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

const PIECE = 8192

/** A character for each byte, ISO 8859-1: what browsers call latin1 is windows-1252. */
export function latin1(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += PIECE)
    text += String.fromCharCode(...bytes.subarray(at, at + PIECE))
  return text
}
