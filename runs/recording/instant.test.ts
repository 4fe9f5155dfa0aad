import { describe, expect, it } from 'vitest'
import { UserError } from '../errors.ts'
import { parseInstant, parseSpan, parseStretch, spanText } from './instant.ts'

const END = 640_000_000

describe('times as they are written', () => {
  it.each([
    ['1s', 64_000_000],
    ['1.5 s', 96_000_000],
    ['20ms', 1_280_000],
    ['1us', 64],
    ['250ns', 16],
    ['3c', 3],
    ['1min30s', 5_760_000_000],
    [' 1 min 30 s ', 5_760_000_000],
    ['1h', 230_400_000_000],
  ])('%s', (text, cycles) => expect(parseSpan(text)).toBe(cycles))

  it.each(['', '5', 's', '1 parsec', '1s2', '-1s', '1e3s', '1..2s', '99999999h', '1 0s', '1constructor'])(
    'not %j',
    (text) => expect(() => parseSpan(text)).toThrow(UserError),
  )

  it('from the end', () => {
    expect(parseInstant('end', END)).toBe(END)
    expect(parseInstant('end-10ms', END)).toBe(END - 640_000)
    expect(parseInstant('0', END)).toBe(0)
    expect(() => parseInstant('11s', END)).toThrow('11s is not in the run, which goes from 0 to 10 s.')
    expect(() => parseInstant('end-11s', END)).toThrow('not in the run')
  })

  it('stretches', () => {
    expect(parseStretch('1s..2s', END)).toEqual({ from: 64_000_000, to: 128_000_000 })
    expect(parseStretch('1s+20ms', END)).toEqual({ from: 64_000_000, to: 65_280_000 })
    expect(parseStretch('..', END)).toEqual({ from: 0, to: END })
    expect(parseStretch('end-1s..', END)).toEqual({ from: END - 64_000_000, to: END })
    expect(parseStretch('9s+1h', END)).toEqual({ from: 576_000_000, to: END })
    for (const text of ['2s..1s', '1s..1s', '1s', '1s+', 'a..b'])
      expect(() => parseStretch(text, END)).toThrow(UserError)
  })
})

it('are written to the digit', () => {
  expect([0, 1, 16, 64, 1_280_000, 64_000_000, 79_012_345].map(spanText)).toEqual([
    '0 ns',
    '15.625 ns',
    '250 ns',
    '1 us',
    '20 ms',
    '1 s',
    '1.234568 s',
  ])
})
