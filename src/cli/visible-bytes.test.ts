import { describe, expect, it } from 'vitest'
import { VisibleBytes } from './visible-bytes.ts'

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'utf8'))
const shown = (...pieces: readonly Iterable<number>[]): string => {
  const screen = new VisibleBytes()
  return pieces.map((piece) => screen.add(piece)).join('') + screen.end()
}

describe('the console on a terminal', () => {
  it('shows escape sequences instead of obeying them', () => {
    expect(shown(bytes('\u001b[31mred\u001b]0;owned\u0007\n'))).toBe('\\x1b[31mred\\x1b]0;owned\\x07\n')
    expect(shown(bytes('\u009b31m'), [0x9b])).toBe('\\x9b31m\\x9b')
  })

  it('has line ends and tabs; a return begins a new line', () => {
    expect(shown(bytes('a\tb\r\nc\r\r\nd\ne'))).toBe('a\tb\nc\nd\ne')
    expect(shown(bytes(' 10 %\r 20 %\r'), bytes('done\n'))).toBe(' 10 %\n 20 %\ndone\n')
  })

  it('puts a character together that comes in pieces', () => {
    const [first = 0, ...rest] = bytes('手')
    expect(shown([first], rest, bytes('ä'))).toBe('手ä')
  })

  it('shows bytes that are no UTF-8 by their number', () => {
    expect(shown([0xff, 0x41, 0xc3, 0x41, 0xc0, 0x80])).toBe('\\xffA\\xc3A\\xc0\\x80')
    expect(shown([0xed, 0xa0, 0x80])).toBe('\\xed\\xa0\\x80')
    expect(shown([0xe2, 0x82])).toBe('\\xe2\\x82')
    expect(shown(bytes('\ufffd'))).toBe('\ufffd')
  })
})
