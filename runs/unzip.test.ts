import { zipSync } from 'fflate'
import { expect, test } from 'vitest'
import { UserError } from './errors.ts'
import { unzipWithin } from './unzip.ts'

const words = {
  tooLarge: (name: string, bytes: number, most: number) => new UserError(`${name}: ${bytes} of ${most}`),
  damaged: () => new UserError('damaged'),
}
const members = { a: new Uint8Array(1000).fill(1), b: new Uint8Array(9), constructor: new Uint8Array(3) }
const zip = zipSync(members)

test('gives what has a limit and keeps to it, and nothing else', () => {
  expect(unzipWithin(zip, { a: 1000 }, words)).toEqual({ a: members.a })
  expect(unzipWithin(zip, { none: 1 }, words)).toEqual({})
  expect(unzipWithin(zip, {}, words)).toEqual({})
  expect(() => unzipWithin(zip, { a: 999 }, words)).toThrow('a: 1000 of 999')
})

test('cut off anywhere it is damaged', () => {
  for (let length = 0; length < zip.length; length++)
    expect(() => unzipWithin(zip.subarray(0, length), { a: 1000 }, words)).toThrow('damaged')
})

/** A ZIP whose one member says that it is smaller, in both of its headers. */
function lying(bytes: number, says: number): Uint8Array {
  const bomb = zipSync({ a: new Uint8Array(bytes) }, { level: 9 })
  const view = new DataView(bomb.buffer, bomb.byteOffset, bomb.length)
  for (let at = 0; at + 28 < bomb.length; at++) {
    if (view.getUint32(at, true) === 0x0403_4b50) view.setUint32(at + 22, says, true)
    if (view.getUint32(at, true) === 0x0201_4b50) view.setUint32(at + 24, says, true)
  }
  return bomb
}

test('one that says itself smaller than it is gets no more than it said', () => {
  const bomb = lying(100_000_000, 10)
  const before = process.memoryUsage().arrayBuffers
  expect(bomb.length).toBeLessThan(400_000)
  let found: Uint8Array | undefined
  try {
    found = unzipWithin(bomb, { a: 1000 }, words)['a']
  } catch (error) {
    expect((error as Error).message).toBe('damaged')
  }
  expect(found?.length ?? 0).toBeLessThanOrEqual(10)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000)
})
