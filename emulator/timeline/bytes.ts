/** Bytes of one transfer that are kept. */
export const MOST_BYTES = 64

/** `: 0a 1f`, and how many there were where not all are shown; nothing where there are none. */
export const bytesAsText = (bytes: readonly number[], count = bytes.length): string => {
  if (count === 0) return ''
  const shown = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
  return `: ${shown}${count > bytes.length ? ` ... ${count} bytes` : ''}`
}

/** Text of the first of some bytes, others than ASCII's printable ones as escapes. */
export const visibleText = (bytes: readonly number[], count = bytes.length): string => {
  const texts: string[] = []
  for (let i = 0; i < count; i++) texts.push(VISIBLE[bytes[i] ?? 0] ?? '')
  return texts.join('')
}

const visibleByte = (byte: number): string => {
  if (byte === 0x0a) return '\\n'
  if (byte === 0x0d) return '\\r'
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`
}

const VISIBLE = Array.from({ length: 256 }, (_, byte) => visibleByte(byte))

/** In a string, of which there may be thousands, what an I2C transfer moved: the register, or 0x100, then the bytes. */
export const packTwoWire = (register: number | undefined, bytes: readonly number[]): string =>
  String.fromCharCode(register ?? NO_REGISTER, ...bytes)

export const unpackTwoWire = (
  packed: string,
): { readonly register: number | undefined; readonly bytes: readonly number[] } => {
  const [register = NO_REGISTER, ...bytes] = Array.from(packed, (character) => character.charCodeAt(0))
  return { register: register === NO_REGISTER ? undefined : register, bytes }
}

const NO_REGISTER = 0x100
