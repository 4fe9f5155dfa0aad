import { stripVTControlCharacters } from 'node:util'
import { expect, it } from 'vitest'
import { withoutEscapes } from './escapes.ts'

const [ESC, CSI, BEL, ST] = ['\x1b', '\x9b', '\x07', '\x9c']

it.each([
  'Done',
  `${ESC}[32mDone${ESC}[0m`,
  `${CSI}1;31mFAIL${CSI}0m [x]`,
  `${ESC}[2J${ESC}[H${ESC}[?25lready${ESC}[K`,
  `${ESC}]0;title${BEL}after`,
  `${ESC}]8;;https://example.org${ESC}\\link${ESC}]8;;${ESC}\\`,
  `${ESC}]0;title${ST}after`,
  `a${ESC}7 b${ESC}8 c${ESC}= d${ESC}> e${ESC}c f`,
  `${ESC}[38;5;196mred${ESC}[48;2;1;2;3mgreen`,
  `${ESC}[Aup${ESC}[10;20Hat${ESC}[1nx`,
  '[0m is text without its escape',
])('leaves of %j what Node leaves', (text) => {
  expect(withoutEscapes(text)).toBe(stripVTControlCharacters(text))
})

// ECMA-48, 5.3 to 5.6: what Node does not know of, or takes a letter too many for.
it('knows sequences with private parameters, intermediates, and strings for the device', () => {
  expect(withoutEscapes(`a${ESC}[>4;2mb${ESC}[4 qc${ESC}Pq#1${ESC}\\d${ESC}(Be${ESC}8c`)).toBe('abcdec')
})
