/** Bytes of one transfer that are kept. */
export const MOST_BYTES = 64

/** `: 0a 1f`, and how many there were where not all are shown; nothing where there are none. */
export const bytesAsText = (bytes: readonly number[], count = bytes.length): string => {
  if (count === 0) return ''
  const shown = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
  return `: ${shown}${count > bytes.length ? ` ... ${count} bytes` : ''}`
}

/** Text of bytes, others than ASCII's printable ones as escapes. */
export const visibleText = (bytes: readonly number[]): string =>
  bytes
    .map((byte) => {
      if (byte === 0x0a) return '\\n'
      if (byte === 0x0d) return '\\r'
      return byte >= 0x20 && byte < 0x7f
        ? String.fromCharCode(byte)
        : `\\x${byte.toString(16).padStart(2, '0')}`
    })
    .join('')
