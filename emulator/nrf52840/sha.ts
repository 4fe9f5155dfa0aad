const rotateLeft = (value: number, by: number): number => ((value << by) | (value >>> (32 - by))) >>> 0
const rotateRight = (value: number, by: number): number => rotateLeft(value, 32 - by)

const isPrime = (n: number): boolean => {
  for (let factor = 2; factor * factor <= n; factor++) if (n % factor === 0) return false
  return true
}

/** The first 32 bits of the fractional part of the cube root of each of the first 64 primes (FIPS 180-4, 4.2.2). */
const K: readonly number[] = (() => {
  const found: number[] = []
  for (let n = 2; found.length < 64; n++) if (isPrime(n)) found.push(fraction(n))
  return found
})()

/** Exact: the whole number r with r^3 <= n 2^96 < (r + 1)^3, less its whole part. */
function fraction(n: number): number {
  const cube = BigInt(n) << 96n
  let [low, high] = [0n, 1n << 40n]
  while (high - low > 1n) {
    const middle = (low + high) >> 1n
    if (middle ** 3n <= cube) low = middle
    else high = middle
  }
  return Number(low & 0xffff_ffffn)
}

const wordAt = (block: Uint8Array, i: number): number =>
  new DataView(block.buffer, block.byteOffset).getUint32(4 * i)

/** One block of 64 bytes, SHA-1: FIPS 180-4, 6.1.2. @returns the next five words of the state */
export const sha1Block = (state: readonly number[], block: Uint8Array): number[] => {
  const w = Array.from({ length: 16 }, (_, i) => wordAt(block, i))
  for (let t = 16; t < 80; t++)
    w.push(rotateLeft((w[t - 3] ?? 0) ^ (w[t - 8] ?? 0) ^ (w[t - 14] ?? 0) ^ (w[t - 16] ?? 0), 1))
  let [a = 0, b = 0, c = 0, d = 0, e = 0] = state
  w.forEach((word, t) => {
    const [f, k] =
      t < 20
        ? [(b & c) ^ (~b & d), 0x5a82_7999]
        : t < 40
          ? [b ^ c ^ d, 0x6ed9_eba1]
          : t < 60
            ? [(b & c) ^ (b & d) ^ (c & d), 0x8f1b_bcdc]
            : [b ^ c ^ d, 0xca62_c1d6]
    const next = (rotateLeft(a, 5) + f + e + k + word) >>> 0
    ;[a, b, c, d, e] = [next, a, rotateLeft(b, 30), c, d]
  })
  return [a, b, c, d, e].map((value, i) => (value + (state[i] ?? 0)) >>> 0)
}

/** One block of 64 bytes, SHA-224 and SHA-256: FIPS 180-4, 6.2.2. @returns the next eight words of the state */
export const sha256Block = (state: readonly number[], block: Uint8Array): number[] => {
  const w = Array.from({ length: 16 }, (_, i) => wordAt(block, i))
  for (let t = 16; t < 64; t++) {
    const [two, fifteen] = [w[t - 2] ?? 0, w[t - 15] ?? 0]
    const s0 = rotateRight(fifteen, 7) ^ rotateRight(fifteen, 18) ^ (fifteen >>> 3)
    const s1 = rotateRight(two, 17) ^ rotateRight(two, 19) ^ (two >>> 10)
    w.push((s1 + (w[t - 7] ?? 0) + s0 + (w[t - 16] ?? 0)) >>> 0)
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state
  w.forEach((word, t) => {
    const s1 = rotateRight(e, 6) ^ rotateRight(e, 11) ^ rotateRight(e, 25)
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (K[t] ?? 0) + word) >>> 0
    const s0 = rotateRight(a, 2) ^ rotateRight(a, 13) ^ rotateRight(a, 22)
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) >>> 0
    ;[a, b, c, d, e, f, g, h] = [(t1 + t2) >>> 0, a, b, c, (d + t1) >>> 0, e, f, g]
  })
  return [a, b, c, d, e, f, g, h].map((value, i) => (value + (state[i] ?? 0)) >>> 0)
}

/** What follows the last bytes of a message of so many bytes: FIPS 180-4, 5.1.1. */
export const shaPadding = (bytes: number): Uint8Array => {
  const padding = new Uint8Array(((119 - (bytes % 64)) % 64) + 9)
  padding[0] = 0x80
  const view = new DataView(padding.buffer)
  view.setUint32(padding.length - 8, Math.floor(bytes / 2 ** 29))
  view.setUint32(padding.length - 4, (bytes * 8) >>> 0)
  return padding
}
