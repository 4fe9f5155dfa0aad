import { expect, it } from 'vitest'
import { visible, visibleLines, visibleText } from './visible.ts'

it('shows what would steer a terminal by its number, and leaves other text as it is', () => {
  expect(visibleText('\u001b[31mred\u0007 \u009b31m \u007f')).toBe('\\x1b[31mred\\x07 \\x9b31m \\x7f')
  expect(visibleText('a\nb\tc\rd')).toBe('a\\nb\\tc\\rd')
  expect(visibleText('\u202egnp.exe \u2028 \ud800 \u{e0041}')).toBe(
    '\\u202egnp.exe \\u2028 \\ud800 \\u{e0041}',
  )
  expect(visibleText('größer 25 µA, 手势, \\x1b')).toBe('größer 25 µA, 手势, \\x1b')
})

it('leaves the lines of several', () => {
  expect(visibleLines('a\r\n\tb\r\r\nc\rd\u001b')).toBe('a\n\tb\nc\\x0dd\\x1b')
})

it('goes through everything in plain data', () => {
  const report = {
    name: '\u001b[2J',
    rows: [{ label: 'a\nb', count: 3, none: null }],
    map: { '\u0007': true },
  }
  expect(visible(report)).toEqual({
    name: '\\x1b[2J',
    rows: [{ label: 'a\\nb', count: 3, none: null }],
    map: { '\\x07': true },
  })
})
