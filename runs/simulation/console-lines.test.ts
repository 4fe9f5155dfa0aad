import { describe, expect, it } from 'vitest'
import { ConsoleLines, type Piece } from './console-lines.ts'
import { Until } from './until.ts'

const MEBIBYTE = 1024 * 1024

function pieces(text: string | Uint8Array): { told: Piece[]; lines: ConsoleLines } {
  const told: Piece[] = []
  const lines = new ConsoleLines((piece) => told.push(piece))
  for (const byte of Buffer.from(text)) lines.add(byte)
  return { told, lines }
}

const linesOf = (text: string | Uint8Array): string[] => pieces(text).told.map((piece) => piece.text)

describe('lines', () => {
  it.each([
    ['a\nb\n', ['a', 'b']],
    ['a\r\nb\r\n', ['a', 'b']],
    ['a\rb\r', ['a', 'b']],
    ['a\n\nb\n', ['a', '', 'b']],
    ['a\r\r\nb\n', ['a', '', 'b']],
    ['größe\n', ['größe']],
  ])('%j', (text, lines) => expect(linesOf(text)).toEqual(lines))

  it('invalid UTF-8 is U+FFFD', () => {
    expect(linesOf(Uint8Array.of(0x61, 0xff, 0xc3, 0x0a))).toEqual(['a��'])
  })

  it('the last one is told when the run ends, and there is none behind an end of line', () => {
    const { told, lines } = pieces('a\nprompt> ')
    expect(lines.open?.text).toBe('prompt> ')
    lines.end()
    expect(told.map(({ text }) => text)).toEqual(['a', 'prompt> '])
    lines.end()
    expect(told).toHaveLength(2)
  })

  it('longer than a mebibyte comes in pieces that overlap, and nothing is told twice', () => {
    const text = 'x'.repeat(MEBIBYTE - 3) + 'needle' + 'y'.repeat(10)
    const { told, lines } = pieces(text)
    lines.end()
    expect(told.map(({ isBegin, isEnd }) => [isBegin, isEnd])).toEqual([
      [true, false],
      [false, true],
    ])
    expect(told.map((piece) => piece.text.slice(piece.again)).join('')).toBe(text)
    expect(told[1]?.text).toContain('needle')
  })
})

describe('a pattern', () => {
  const isMet = (pattern: RegExp, text: string): boolean => {
    const until = new Until(pattern)
    const lines = new ConsoleLines((piece) => until.line(piece, 0))
    for (const byte of Buffer.from(text)) lines.add(byte)
    lines.end()
    return until.isMet
  }

  it.each([
    [/^hello$/, 'hello from firmware\n', false],
    [/^hello$/, 'hello\r\n', true],
    [/^hello$/, 'say hello\n', false],
    [/^hello$/, 'hel\nlo\n', false],
    [/hello/, 'hel\nlo\n', false],
    [/a|b$/, 'b\n', true],
    [/^> $/, 'one\n> ', true],
    [/größe/, 'größe 4\n', true],
    [/^ok$/, '\u001b[32mok\u001b[0m\n', true],
    [/\[32mok/, '\u001b[32mok\u001b[0m\n', true],
    [/x/g, 'x\n', true],
    [/x/y, 'ax\n', true],
    [/(a)\1/, 'aa\n', true],
    [/needle/, `${'x'.repeat(MEBIBYTE - 3)}needle\n`, true],
    [/^needle/, `${'x'.repeat(MEBIBYTE - 4096)}needle${'x'.repeat(4096)}\n`, false],
    [/needle$/, `${'x'.repeat(MEBIBYTE - 6)}needley\n`, false],
    [/^x+$/, `${'x'.repeat(100_000)}\n`, true],
  ])('%s', (pattern, text, met) => expect(isMet(pattern, text)).toBe(met))
})
