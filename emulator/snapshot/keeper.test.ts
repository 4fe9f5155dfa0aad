import { expect, it } from 'vitest'
import { SnapshotKeeper } from './keeper.ts'

interface Pages {
  readonly pages: readonly Uint8Array[]
}

const keeper = (options: {
  readonly mostBytes?: number
  readonly most?: number
  readonly interval?: number
}) => new SnapshotKeeper<Pages>(({ pages }) => pages, options)

it('one is wanted at once, then in each interval', () => {
  const kept = keeper({ interval: 100 })
  expect(kept.nextDue).toBe(0)
  kept.add({ cycle: 0, instructions: 0, snapshot: { pages: [] } })
  expect(kept.nextDue).toBe(100)
  kept.add({ cycle: 130, instructions: 5, snapshot: { pages: [] } })
  expect(kept.nextDue).toBe(200)
  expect(() => kept.add({ cycle: 130, instructions: 5, snapshot: { pages: [] } })).toThrow(RangeError)
})

it('the nearest is the last at or before', () => {
  const kept = keeper({})
  for (const cycle of [0, 10, 20, 30]) kept.add({ cycle, instructions: cycle, snapshot: { pages: [] } })
  expect([-1, 0, 9, 10, 29, 30, 99].map((cycle) => kept.nearest(cycle)?.cycle)).toEqual([
    undefined,
    0,
    0,
    10,
    20,
    30,
    30,
  ])
})

it('pages that several have count once, and until the last of them is gone', () => {
  const shared = new Uint8Array(1000)
  const kept = keeper({ mostBytes: 1250 })
  for (let i = 0; i < 10; i++)
    kept.add({ cycle: i, instructions: i, snapshot: { pages: [shared, new Uint8Array(100)] } })
  expect(kept.kept).toHaveLength(2)
  expect(kept.bytes).toBe(1200)
  expect(kept.kept.map(({ cycle }) => cycle)).toEqual([0, 9])
})

it('a day is bounded, and as much is executed between any two, roughly', () => {
  const kept = keeper({ most: 256 })
  // Busy for an hour in the middle, else nearly asleep.
  let instructions = 0
  for (let second = 0; second < 86_400; second++) {
    kept.add({ cycle: second, instructions, snapshot: { pages: [] } })
    instructions += second >= 40_000 && second < 43_600 ? 50_000_000 : 200_000
  }
  expect(kept.kept).toHaveLength(256)
  expect(kept.kept[0]?.cycle).toBe(0)
  expect(kept.kept.at(-1)?.cycle).toBe(86_399)
  const gaps = kept.kept.slice(1).map((one, i) => one.instructions - kept.kept[i]!.instructions)
  const even = instructions / 255
  expect(Math.max(...gaps)).toBeLessThan(4 * even)
  const rest = gaps.slice(0, -20)
  expect(Math.max(...rest)).toBeLessThan(2.5 * even)
})
