import '../../src/files/host.ts'
import { describe, expect, it } from 'vitest'
import { parseImage } from './image.ts'
import { findVectorTable, splitAt } from './memory-map.ts'
import type { Segment } from './memory-map.ts'

const words = (...values: number[]): number[] =>
  values.flatMap((value) => [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24])

/** `offset` bytes of something else, a vector table whose handlers follow it, and 256 bytes of code. */
const image = (address: number, offset: number, { stackPointer = 0x2004_0000, fill = 0 } = {}): Segment => {
  const code = address + offset + 0x100
  const table = words(stackPointer, code + 1, code + 3, code + 5, ...new Array<number>(60).fill(0))
  return {
    address,
    bytes: Uint8Array.from([
      ...new Array<number>(offset).fill(fill),
      ...table,
      ...new Array<number>(256).fill(0),
    ]),
  }
}

describe('the vector table', () => {
  it.each([
    ['at 0', image(0, 0), 0],
    ["where Arduino's boot loader leaves off", image(0x1_0000, 0), 0x1_0000],
    ['behind an MCUboot header', image(0xc000, 0x200), 0xc200],
    [
      "behind the file's own headers, as GNU ld links an image at 0x27000 for pages of 64 kB",
      image(0x2_0000, 0x7000),
      0x2_7000,
    ],
    ['behind flash that was never written', image(0, 0x1_0000, { fill: 0xff }), 0x1_0000],
  ])('%s', (_, segment, expected) => {
    expect(findVectorTable([segment], 'a.hex')).toBe(expected)
  })

  it.each([
    ['a stack pointer outside RAM', image(0xc000, 0x200, { stackPointer: 0x3000_0000 })],
    ['no alignment that VTOR takes', image(0xc000, 0x204)],
    ['nothing but zeros', { address: 0, bytes: new Uint8Array(1000) }],
  ])('is none with %s', (_, segment) => {
    expect(() => findVectorTable([segment], 'a.hex')).toThrow(/^a.hex: no vector table/)
  })

  it('begins a segment of its own', () => {
    const whole = image(0xc000, 0x200)
    const [header, rest] = splitAt([whole], 0xc200)
    expect([header?.address, header?.bytes.length, rest?.address]).toEqual([0xc000, 0x200, 0xc200])
    expect(splitAt([whole], 0xc000)).toEqual([whole])
  })
})

it('a HEX file with an MCUboot header starts behind it', () => {
  const { address, bytes } = image(0xc000, 0x200)
  const record = (at: number, data: Uint8Array): string => {
    const line = Uint8Array.from([data.length, at >> 8, at & 255, 0, ...data])
    const sum = line.reduce((a, b) => a + b, 0)
    return `:${Buffer.from([...line, -sum & 255])
      .toString('hex')
      .toUpperCase()}`
  }
  const lines = []
  for (let i = 0; i < bytes.length; i += 16) lines.push(record(address + i, bytes.subarray(i, i + 16)))
  const parsed = parseImage(Buffer.from([...lines, ':00000001FF', ''].join('\n')), 'signed.hex')
  expect(parsed.vectorTable).toBe(0xc200)
  expect(parsed.segments.map((segment) => segment.address)).toEqual([0xc000, 0xc200])
})
