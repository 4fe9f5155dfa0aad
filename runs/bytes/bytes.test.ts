import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { deflateSync, inflateSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/model/random.ts'
import { blobSource, bytesSource, fileName, readAll } from './byte-source.ts'
import { nodeHost } from '../../src/files/host.ts'
import { newHash, provideHost, sha256Of } from './host.ts'
import { portableHost } from './portable.ts'
import { latin1, utf8 } from './text.ts'

const random = seededRandom(7)
const someBytes = (length: number): Uint8Array =>
  Uint8Array.from({ length }, () => Math.floor(256 * random()))

describe.each([
  ['anywhere', portableHost],
  ['in Node', nodeHost],
])('sha256 %s', (_, host) => {
  beforeAll(() => provideHost(host))
  const text = (content: string): Uint8Array => new TextEncoder().encode(content)

  // FIPS 180-4, examples of NIST.
  it.each([
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
  ])('of %j is that of the standard', (content, expected) => {
    expect(sha256Of(text(content))).toBe(expected)
  })

  it('is the same in pieces', () => {
    for (let i = 0; i < 200; i++) {
      const bytes = someBytes(Math.floor(300 * random()))
      const hash = newHash()
      const cut = Math.floor(random() * bytes.length)
      hash.update(bytes.subarray(0, cut))
      hash.update(bytes.subarray(cut))
      expect(hash.digest()).toBe(createHash('sha256').update(bytes).digest('hex'))
    }
  })
})

describe('text', () => {
  it('is what Node makes of the same bytes, a mark at the beginning too', () => {
    const alphabet = [0x61, 0x80, 0xbf, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0xff, 0xef, 0xbb, 0]
    for (let i = 0; i < 2000; i++) {
      const bytes = someBytes(12).map((byte) => alphabet[byte % alphabet.length] ?? 0)
      expect(utf8(bytes)).toBe(Buffer.from(bytes).toString('utf8'))
    }
    expect(utf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe('\uFEFFa')
  })

  it('has a character for each byte', () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => i)
    expect(latin1(bytes)).toBe(Buffer.from(bytes).toString('latin1'))
  })
})

describe('sources', () => {
  it.each(['a.elf', '/x/y/a.elf', 'folder/', '/x/folder//', '', '/', 'a\\b.elf'])('name of %s', (path) => {
    expect(fileName(path)).toBe(basename(path))
  })

  it('give what there is, from bytes as from a blob', async () => {
    const bytes = someBytes(1000)
    for (const source of [bytesSource('a', bytes), blobSource('a', new Blob([bytes]))]) {
      expect(source.size).toBe(1000)
      expect(await readAll(source)).toEqual(bytes)
      expect(await source.read(990, 100)).toEqual(bytes.subarray(990))
      expect(await source.read(1000, 5)).toEqual(new Uint8Array())
      expect(await source.read(3, 4)).toEqual(bytes.subarray(3, 7))
    }
  })

  it('of a blob that can no longer be read says so', async () => {
    const gone = {
      size: 4,
      slice: () => ({ arrayBuffer: () => Promise.reject(new Error('NotReadableError')) }),
    }
    await expect(blobSource('walk.csv', gone as unknown as Blob).read(0, 4)).rejects.toThrow(
      /^walk\.csv: cannot be read; it may have changed: choose it again\.$/,
    )
  })
})

describe.each([
  ['anywhere', portableHost],
  ['in Node', nodeHost],
])('zlib %s', (_, { unzlib }) => {
  const plain = Uint8Array.from({ length: 200_000 }, (_, i) => (i * i) >> (i % 13))
  const small = new TextEncoder().encode('debug information, and debug information')

  it.each([0, 1, 6, 9])('gives back what Node packed at level %i', (level) => {
    for (const bytes of [plain, small, new Uint8Array(), new Uint8Array(1_000_000)])
      expect(Buffer.compare(unzlib(deflateSync(bytes, { level }), 1 << 20), bytes)).toBe(0)
  })

  it('leaves what is behind the stream', () => {
    for (const behind of [1, 3, 4, 100, 40_000]) {
      const packed = Buffer.concat([deflateSync(small), someBytes(behind)])
      expect(Buffer.from(unzlib(packed, 1000)).toString()).toBe(Buffer.from(small).toString())
    }
  })

  it('refuses what is cut off anywhere, as Node does', () => {
    const packed = deflateSync(small)
    for (let length = 0; length < packed.length; length++) {
      const cut = packed.subarray(0, length)
      expect(() => inflateSync(cut)).toThrow()
      expect(() => unzlib(cut, 1000)).toThrow()
    }
  })

  it('refuses what Node refuses, and gives the same otherwise, where one bit is wrong', () => {
    const packed = deflateSync(small)
    const outcome = (make: () => Uint8Array): string => {
      try {
        return Buffer.from(make()).toString('hex')
      } catch {
        return 'refused'
      }
    }
    for (let bit = 0; bit < 8 * packed.length; bit++) {
      const damaged = Uint8Array.from(packed)
      damaged[bit >> 3]! ^= 1 << (bit & 7)
      const [ours, node] = [outcome(() => unzlib(damaged, 1000)), outcome(() => inflateSync(damaged))]
      expect([bit, ours]).toEqual([bit, node])
    }
  })

  it('stops at the limit, and soon', () => {
    const bomb = deflateSync(new Uint8Array(1 << 28))
    expect(bomb.length).toBeLessThan(300_000)
    const before = process.memoryUsage().arrayBuffers
    expect(() => unzlib(bomb, 1 << 20)).toThrow(/1048576 bytes/)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100e6)
  })
})
