import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { decryptBlock, encryptBlock } from './aes.ts'
import { createTestBench } from './testing.ts'

const CC = 0x5002_b000
const [RNG_IMR, RNG_ISR, RNG_ICR, TRNG_VALID, EHR_DATA] = [0x100, 0x104, 0x108, 0x110, 0x114]
const [NOISE_SOURCE, SAMPLE_CNT, TRNG_DEBUG] = [0x12c, 0x130, 0x138]
const [KEY, IV, COUNTER, REMAINING, AES_CONTROL] = [0x400, 0x440, 0x460, 0x4bc, 0x4c0]
const [HASH_H, PAD_AUTO, HASH_CONTROL, PAD_FORCE, CUR_LEN] = [0x640, 0x684, 0x7c0, 0x7c8, 0x7cc]
const [CRYPTO_CTL, BUSY, IRR, IMR, ICR] = [0x900, 0x910, 0xa00, 0xa04, 0xa08]
const [SRC, SRC_SIZE, DST, DST_SIZE] = [0xc28, 0xc2c, 0xd28, 0xd2c]
const RAM = 0x2000_0000
const [IN, OUT] = [0x100, 0x800]
const [ECB, CBC, CTR, CBC_MAC, CMAC] = [0, 1, 2, 3, 7]

const hexBytes = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) ?? [], (byte) => parseInt(byte, 16))
const hex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
const words = (bytes: Uint8Array, littleEndian = true): number[] =>
  Array.from({ length: bytes.length / 4 }, (_, i) =>
    new DataView(bytes.buffer).getUint32(4 * i, littleEndian),
  )

function bench() {
  const made = createTestBench()
  const read = (offset: number): number => made.read(CC + offset)
  const write = (offset: number, value: number): void => made.write(CC + offset, value)
  const put = (offset: number, values: readonly number[]): void =>
    values.forEach((value, i) => write(offset + 4 * i, value))
  const feed = (bytes: Uint8Array): void => {
    made.ram.set(bytes, IN)
    write(SRC, RAM + IN)
    write(SRC_SIZE, bytes.length)
    while (read(BUSY) === 1) made.run(made.scheduler.nextDue)
  }
  return { ...made, read, write, put, feed }
}

// NIST SP 800-38A, F.1, F.2, F.5; SP 800-38B, D.1.
const NIST_KEY = hexBytes('2b7e151628aed2a6abf7158809cf4f3c')
const CLEAR = '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51'
const FROM_ZERO = '000102030405060708090a0b0c0d0e0f'

describe('AES of the CryptoCell', () => {
  const run = (
    mode: number,
    text: string,
    { decrypt = 0, iv = FROM_ZERO, counter = '', remaining = 0 } = {},
  ) => {
    const one = bench()
    one.write(CRYPTO_CTL, 1)
    one.put(KEY, words(NIST_KEY))
    one.put(IV, words(hexBytes(iv)))
    one.put(COUNTER, words(hexBytes(counter)))
    one.write(REMAINING, remaining)
    one.write(AES_CONTROL, (mode << 2) | decrypt)
    one.write(DST, RAM + OUT)
    one.write(DST_SIZE, text.length / 2)
    one.feed(hexBytes(text))
    const result = Uint8Array.from(
      [0, 1, 2, 3].flatMap((i) => {
        const word = one.read(IV + 4 * i)
        return [word & 0xff, (word >>> 8) & 0xff, (word >>> 16) & 0xff, word >>> 24]
      }),
    )
    return { out: hex(one.ram.slice(OUT, OUT + text.length / 2)), iv: hex(result), irr: one.read(IRR) }
  }

  it.each([
    ['ECB', ECB, {}, '3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf'],
    ['CBC', CBC, {}, '7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2'],
    [
      'CTR',
      CTR,
      { counter: 'f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff' },
      '874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff',
    ],
  ])('%s encrypts as NIST has it, and decrypts again', (_, mode, choices, cipher) => {
    expect(run(mode, CLEAR, choices)).toMatchObject({ out: cipher, irr: 0xc0 })
    expect(run(mode, cipher, { ...choices, decrypt: mode === CTR ? 0 : 1 }).out).toBe(CLEAR)
  })

  it('gives a CBC-MAC and a CMAC in the vector, and writes nothing', () => {
    expect(run(CBC_MAC, CLEAR)).toMatchObject({ iv: '5086cb9b507219ee95db113a917678b2', irr: 0x40 })
    const iv = '0'.repeat(32)
    expect(run(CMAC, CLEAR.slice(0, 32), { iv, remaining: 16 }).iv).toBe('070a16b46b4d4144f79bdd9dd04a287c')
    const forty = `${CLEAR}30c81c46a35ce411`
    expect(run(CMAC, forty, { iv, remaining: 40 }).iv).toBe('dfa66747de9ae63030ca32611497c827')
  })

  it('decrypts what was encrypted, whatever it was', () => {
    for (let i = 0; i < 50; i++) {
      const block = Uint8Array.from({ length: 16 }, (_, n) => (37 * i + n * n) & 0xff)
      expect(decryptBlock(NIST_KEY, encryptBlock(NIST_KEY, block))).toEqual(block)
    }
  })

  it('tells of modes and flows that it has not', () => {
    const one = bench()
    one.write(CRYPTO_CTL, 1)
    one.write(AES_CONTROL, 4 << 2)
    one.feed(new Uint8Array(16))
    one.write(CRYPTO_CTL, 0x10)
    one.write(SRC_SIZE, 16)
    expect([...one.chip.problems.keys()]).toEqual([
      'CRYPTOCELL: AES_CONTROL 0x10 is not modelled: bytes pass as they are',
      'CRYPTOCELL: CRYPTO_CTL 16 is not modelled: nothing happens',
    ])
    expect(one.read(0x0c00)).toBe(0)
    expect([...one.chip.unmodelled.keys()][0]).toBe('CC_HOST_RGF+0xc00')
  })
})

describe('hashes of the CryptoCell', () => {
  const START = {
    sha1: [1, '67452301efcdab8998badcfe10325476c3d2e1f0'],
    sha256: [2, '6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab5be0cd19'],
  } as const

  const digest = (name: keyof typeof START, parts: readonly Uint8Array[]): string => {
    const one = bench()
    const [mode, start] = START[name]
    one.write(CRYPTO_CTL, 7)
    one.write(HASH_CONTROL, mode)
    one.put(HASH_H, words(hexBytes(start), false))
    parts.forEach((part, i) => {
      one.write(PAD_AUTO, i === parts.length - 1 ? 1 : 0)
      if (part.length > 0) one.feed(part)
      else one.write(PAD_FORCE, 4)
    })
    expect(one.read(CUR_LEN)).toBe(parts.reduce((sum, { length }) => sum + length, 0))
    return words(hexBytes(start))
      .map((_, i) =>
        one
          .read(HASH_H + 4 * i)
          .toString(16)
          .padStart(8, '0'),
      )
      .join('')
  }

  it.each(['sha1', 'sha256'] as const)(
    '%s agrees with another implementation, in one piece or several',
    (name) => {
      const expected = (bytes: Uint8Array): string => createHash(name).update(bytes).digest('hex')
      for (const length of [0, 1, 3, 55, 56, 63, 64, 65, 119, 120, 200]) {
        const bytes = Uint8Array.from({ length }, (_, i) => (i * 7) & 0xff)
        expect(digest(name, [bytes])).toBe(expected(bytes))
      }
      const long = Uint8Array.from({ length: 300 }, (_, i) => i & 0xff)
      expect(digest(name, [long.slice(0, 128), long.slice(128, 256), long.slice(256)])).toBe(expected(long))
      expect(digest(name, [long.slice(0, 64), new Uint8Array()])).toBe(expected(long.slice(0, 64)))
    },
  )
})

describe('the random generator of the CryptoCell', () => {
  it('collects 192 bits in its sample times, interrupts, and goes on when they were read', () => {
    const { read, write, lines, run, scheduler } = bench()
    write(SAMPLE_CNT, 100)
    expect(read(SAMPLE_CNT)).toBe(100)
    write(TRNG_DEBUG, 2)
    write(IMR, 0xbf0)
    write(RNG_IMR, 0x3e)
    write(NOISE_SOURCE, 1)
    run(19_199)
    expect([read(TRNG_VALID), lines.size]).toEqual([0, 0])
    run(19_200)
    expect([read(TRNG_VALID), read(RNG_ISR), read(IRR), ...lines]).toEqual([1, 1, 0x400, 42])
    const first = [0, 1, 2, 3, 4, 5].map((i) => read(EHR_DATA + 4 * i))
    expect(new Set(first).size).toBe(6)
    expect(read(TRNG_VALID)).toBe(0)
    write(RNG_ICR, 0x3f)
    write(ICR, 0x400)
    expect(lines.size).toBe(0)
    run(2 * 19_200)
    const second = [0, 1, 2, 3, 4, 5].map((i) => read(EHR_DATA + 4 * i))
    expect(second).not.toEqual(first)
    write(NOISE_SOURCE, 0)
    expect(scheduler.nextDue).toBe(Infinity)
  })

  it('takes four times as long with its corrector, and its own seed for each chip', () => {
    const bits = (seed: number): number[] => {
      const one = createTestBench({ seed })
      one.write(CC + SAMPLE_CNT, 10)
      one.write(CC + NOISE_SOURCE, 1)
      expect(one.runUntil(CC + TRNG_VALID)).toBe(192 * 4 * 10)
      return [0, 1, 2].map((i) => one.read(CC + EHR_DATA + 4 * i))
    }
    expect(bits(1)).toEqual(bits(1))
    expect(bits(1)).not.toEqual(bits(2))
  })
})

it('is idle and in the state of a chip that was sold; its identity is not published', () => {
  const { read } = bench()
  expect([read(0x928), read(0xa24), read(0xa7c), read(0xa60)]).toEqual([0, 0, 1, 2])
})
