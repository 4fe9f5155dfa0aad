/** Small deterministic generator (xoshiro128**, Blackman and Vigna), so that a seed names a case. */
export class Random {
  readonly #s = new Uint32Array(4)

  constructor(seed: number) {
    let z = seed >>> 0
    for (let i = 0; i < 4; i++) {
      z = (z + 0x9e37_79b9) >>> 0
      let x = Math.imul(z ^ (z >>> 16), 0x21f0_aaad)
      x = Math.imul(x ^ (x >>> 15), 0x735a_2d97)
      this.#s[i] = x ^ (x >>> 15)
    }
  }

  /** 32 random bits, unsigned. */
  word(): number {
    const s = this.#s
    const [a = 0, b = 0, c = 0, d = 0] = s
    const scrambled = Math.imul(b, 5)
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0
    const top = d ^ b
    s[0] = a ^ top
    s[1] = b ^ c ^ a
    s[2] = c ^ a ^ (b << 9)
    s[3] = (top << 11) | (top >>> 21)
    return result
  }

  /** 0 to limit - 1. */
  below(limit: number): number {
    return Math.floor((this.word() / 2 ** 32) * limit)
  }

  /** True once in `n`. */
  oneIn(n: number): boolean {
    return this.below(n) === 0
  }

  pick<T>(from: readonly T[]): T {
    const one = from[this.below(from.length)]
    if (one === undefined) throw new Error('nothing to pick from')
    return one
  }
}

/** FNV-1a of a text and a number: a seed. */
export function seedOf(text: string, ...numbers: number[]): number {
  let hash = 0x811c_9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x0100_0193)
  for (const number of numbers)
    for (let shift = 0; shift < 32; shift += 8)
      hash = Math.imul(hash ^ ((number >>> shift) & 0xff), 0x0100_0193)
  return hash >>> 0
}
