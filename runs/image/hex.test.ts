import '../../src/files/host.ts'
import { describe, expect, it } from 'vitest'
import { parseHex } from './hex.ts'
import { parseImage } from './image.ts'

// Checksums by hand: two's complement of the sum of a record's bytes (Intel HEX specification).
const vectors = ':080000000000042009000000C3'
const code = ':02000800FEE711'
const end = ':00000001FF'
const good = [':080000000000042009000000CB', ':02000800FEE711', end]

describe('Intel HEX', () => {
  it('joins records, accepts CRLF and blank lines', () => {
    const segments = parseHex(good.join('\r\n') + '\r\n\r\n', 'a.hex')
    expect(segments).toHaveLength(1)
    expect([...segments[0]!.bytes]).toEqual([0, 0, 4, 0x20, 9, 0, 0, 0, 0xfe, 0xe7])
    expect(parseImage(Buffer.from(good.join('\n')), 'a.hex').vectorTable).toBe(0)
  })

  it('accepts UICR records', () => {
    const uicr = [':020000041000EA', ':0410140000E00F00E9']
    const segments = parseHex([...good.slice(0, 2), ...uicr, end].join('\n'), 'a.hex')
    expect(segments.map(({ address }) => address)).toEqual([0, 0x1000_1014])
  })

  it.each([
    [
      'a bad checksum, by line',
      [good[0]!, '', code.replace(/..$/, '12'), end],
      /a\.hex: line 3 has checksum 12, its bytes add up to 11\./,
    ],
    ['the checksum of the first line', [vectors, end], /line 1 has checksum C3, its bytes add up to CB/],
    ['a cut line', [good[0]!, ':02000', end], /line 2 is cut short/],
    ['a wrong length', [good[0]!, ':03000800FEE710', end], /line 2: Mismatched record length/],
    ['something else in between', [good[0]!, 'oops', end], /line 2 is not an Intel HEX record: "oops"/],
    ['no end record', good.slice(0, 2), /No EOF record/],
    ['an unknown record', [':00000009F7', end], /line 1: Invalid record type 0x09/],
    ['data after the end', [end, ...good], /line 1|EOF/],
    ['no data', [end], /without data/],
    ['outside flash', [':020000040800F2', ':02000800FEE711', end], /outside the nRF52840's flash/],
  ])('refuses %s', (_, lines, expected) => {
    expect(() => parseHex(lines.join('\n'), 'a.hex')).toThrow(expected)
  })
})
