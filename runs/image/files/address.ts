/** `0x10000`, or in decimal; undefined for what is no address. */
export function parseAddress(text: string): number | undefined {
  const value = /^(0x[0-9a-f]+|\d+)$/i.test(text.trim()) ? Number(text) : NaN
  return value <= 0xffff_ffff ? value : undefined
}
