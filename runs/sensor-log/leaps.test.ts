import { expect, test } from 'vitest'
import { leaps } from './leaps.ts'
import { loadSensorLog } from '../../src/files/sensor-log.ts'

const channel = (values: readonly number[]) => [
  { name: 'ax', unit: 'g', title: 'ax_g', values: Float64Array.from(values) },
]
const line = (row: number): string => `line ${row + 2}`
const told = (values: readonly number[]): readonly string[] =>
  leaps(channel(values), line).map(({ message, count }) => `${count}: ${message}`)

/** A slow movement with a little noise that is the same each time. */
const movement = Array.from({ length: 400 }, (_, i) => Math.sin(i / 20) + 0.01 * ((i * 7919) % 13))
const changed = (change: (values: number[]) => void): readonly number[] => {
  const values = [...movement]
  change(values)
  return values
}

test('a movement, however fast, is none', () => {
  expect(told(movement)).toEqual([])
  expect(
    told(movement.map((value, i) => value + (i > 100 && i < 140 ? 5 * Math.sin((i - 100) / 3) : 0))),
  ).toEqual([])
  expect(told(Array.from({ length: 400 }, () => 1))).toEqual([])
  expect(told([0, 0, 100, 0, 0])).toEqual([])
})

test('a sample that stands out alone is told with its line', () => {
  const spikes = changed((values) => {
    values[50] = 16
    values[200] = -16
  })
  expect(told(spikes)).toEqual([
    '2: a sample that stands out alone, 10 times what is usual or more: ax_g (line 52, line 202); played as it is',
  ])
})

test('so is a step from which nothing comes back, of many the first three', () => {
  const jump = changed((values) => values.forEach((value, i) => (values[i] = i >= 300 ? value + 9 : value)))
  expect(told(jump)).toEqual([
    '1: a jump between two samples, 10 times what is usual or more: ax_g (line 302); played as it is',
  ])
  const many = Array.from({ length: 2000 }, (_, i) => movement[i % 400]! * 0.01 + (i % 300 === 299 ? 8 : 0))
  expect(told(many)[0]).toContain('6: a sample that stands out alone')
  expect(told(many)[0]).toContain('(line 301, line 601, line 901 and 3 more)')
})

test('recordings of people moving have none', async () => {
  for (const file of ['heldout', 'recordings']) {
    const log = await loadSensorLog(`traces/basic-motions/${file}.csv`, { keep: 'motion', needsTime: true })
    expect(log.notes.filter(({ message }) => /stands out|jump/.test(message))).toEqual([])
  }
})
