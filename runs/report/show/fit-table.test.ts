import { expect, it } from 'vitest'
import { fitTable, widthOf } from './fit-table.ts'
import { number, spare, table, text } from './style.ts'

const widest = (drawn: string): number => Math.max(...drawn.split('\n').map(widthOf))
const name = 'tflite::reference_integer_ops::DepthwiseConvPerChannel(long, list, of, arguments)'
const columns = [text('function'), number('cycles'), spare(number('entries')), text('why')]
const rows = [
  [name, '19 200 000 000', '1 234 567', 'because that is how it is: nobody has published anything else'],
]

it('leaves a table alone that has room, and one that is on no terminal', () => {
  expect(fitTable({ columns, rows }, 400)).toEqual({ columns, rows })
  expect(fitTable({ columns, rows }, Infinity)).toEqual({ columns, rows })
})

it.each([120, 100, 80, 60])('folds sentences, shortens names, then gives columns up: %d columns', (width) => {
  const drawn = table(columns, rows, { color: true, width })
  expect(widest(drawn)).toBeLessThanOrEqual(width)
  expect(drawn).toContain('19 200 000 000')
  for (const word of 'because that is how it is: nobody has published anything else'.split(' '))
    expect(drawn).toContain(word)
})

it('gives a spare column up last, and no other', () => {
  const { columns: left } = fitTable({ columns, rows }, 52)
  expect(left.map(({ title }) => title)).toEqual(['function', 'cycles', 'why'])
})

it('cuts names only as far as the columns that are left need', () => {
  const wide = [text('latency'), number('cycles'), spare(text('moved most by'))]
  const of = (operator: string) => [operator, '31 427', 'timing.loadOtherSlave (2 479)']
  const two = [of('operator 0 FULLY_CONNECTED'), of('operator 1 FULLY_CONNECTED')]
  const { columns: left, rows: narrowed } = fitTable({ columns: wide, rows: two }, 36)
  expect(left.map(({ title }) => title)).toEqual(['latency', 'cycles'])
  expect(narrowed.map(([operator]) => operator)).toEqual(two.map(([operator]) => operator))
})

it('keeps colours around each line', () => {
  const { rows: folded } = fitTable(
    { columns: [text('')], rows: [['\u001b[2mone two three four five six\u001b[22m']] },
    18,
  )
  expect(folded[0]?.[0]).toBe('\u001b[2mone two three four\u001b[22m\n\u001b[2mfive six\u001b[22m')
})
