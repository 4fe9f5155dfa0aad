import { parse } from 'csv-parse/sync'
import { expect, it } from 'vitest'
import { seededRandom } from '../../src/model/random.ts'
import { cellsOf } from './cells.ts'

// csv-parse itself, of every line: what is cut without it is cut as it would.
it.each([',', ';', '\t', '|'] as const)(
  'cells in quotes, separated by %j, are those of csv-parse',
  (separator) => {
    const random = seededRandom(11)
    const pieces = ['"', '""', separator, 'a', '1.5', ' ', '\t', 'b c', '\u00a0', '\v', 'é', ',', ';', '"x"']
    const outcome = (cells: () => unknown): unknown => {
      try {
        return cells()
      } catch (cause) {
        return cause instanceof Error ? cause.message : String(cause)
      }
    }
    const sound = ['"a"', ' "b, c" ', '"say ""so"""', '1.5', ' 2', '', '""', '"\t;|,é"', 'é ', '""""']
    let read = 0
    for (let i = 0; i < 6_000; i++) {
      const some = (most: number, of: readonly string[]): readonly string[] =>
        Array.from(
          { length: 1 + Math.floor(most * random()) },
          () => of[Math.floor(random() * of.length)] ?? '',
        )
      const line = i % 2 ? some(9, pieces).join('') : some(5, sound).join(separator)
      if (!line.includes('"')) continue
      const options = { delimiter: separator, relax_column_count: true, trim: true }
      const expected = outcome(() => parse(line, options)[0] ?? [])
      if (typeof expected !== 'string') read += 1
      expect([line, outcome(() => cellsOf(line, { kind: 'cells', separator, decimal: '.' }))]).toEqual([
        line,
        expected,
      ])
    }
    expect(read).toBeGreaterThan(2000)
  },
)
