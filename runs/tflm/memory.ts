/** As many bytes as there are; none where no memory is. */
export type ReadMemory = (address: number, length: number) => Uint8Array

/** The word at an address; undefined where there is none. */
export function word(read: ReadMemory, address: number | undefined): number | undefined {
  if (address === undefined || address % 4 !== 0) return undefined
  const bytes = read(address, 4)
  return bytes.length < 4 ? undefined : new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true)
}

/** Text up to a NUL, at most 200 characters of it; undefined where it is not text. */
export function textAt(read: ReadMemory, address: number): string | undefined {
  const bytes = read(address, 200)
  const end = bytes.indexOf(0)
  const text = String.fromCharCode(...bytes.subarray(0, end < 0 ? undefined : end))
  return /^[\x20-\x7e]+$/.test(text) ? text : undefined
}

const RAM = { start: 0x2000_0000, end: 0x2004_0000 }

export const isInRam = (address: number): boolean => address >= RAM.start && address <= RAM.end

/** Of the memory that an address is in, as far as that is one that is read. */
export const startOfMemory = (address: number): number => (isInRam(address) ? RAM.start : 0)
