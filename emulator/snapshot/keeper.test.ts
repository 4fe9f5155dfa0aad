import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { SnapshotKeeper } from './keeper.ts'

const SECOND = 64_000_000
/** Beside its contents. */
const TYPED_ARRAY = 200

/** Of 100 pages of a kilobyte, `changing` are new in each. */
function* snapshots(changing: number) {
  let pages = Array.from({ length: 100 }, () => new Uint8Array(1024))
  for (let second = 0; ; second++) {
    pages = pages.map((page, i) => (i < changing ? new Uint8Array(1024) : page))
    yield { cycle: second * SECOND + 3, memory: { pages } }
  }
}

/** @param seconds how long the run is */
function kept(seconds: number, budgetBytes: number, changing = 4) {
  const keeper = new SnapshotKeeper<{ cycle: number; memory: { pages: Uint8Array[] } }>({
    every: SECOND,
    budgetBytes,
  })
  for (const snapshot of snapshots(changing)) {
    if (snapshot.cycle >= seconds * SECOND) break
    expect(keeper.due).toBeLessThanOrEqual(snapshot.cycle)
    keeper.add(snapshot)
  }
  return keeper
}

/** What is really held. */
const held = (keeper: ReturnType<typeof kept>): number =>
  new Set(keeper.snapshots.flatMap(({ memory }) => memory.pages)).size * 1024

describe('snapshots that are kept', () => {
  test('are all of them while there is room', () => {
    const keeper = kept(60, 1e9)
    expect(keeper.snapshots.map(({ cycle }) => cycle)).toEqual(
      Array.from({ length: 60 }, (_, i) => i * SECOND + 3),
    )
    expect(keeper.due).toBe(60 * SECOND)
  })

  test('of a day stay within their bytes, the first and the newest among them', () => {
    const keeper = kept(86_400, 4e6)
    expect(held(keeper)).toBeLessThan(4e6)
    expect(keeper.bytes).toBeLessThanOrEqual(4e6)
    expect(keeper.bytes).toBeGreaterThanOrEqual(held(keeper))
    const cycles = keeper.snapshots.map(({ cycle }) => cycle)
    expect(cycles[0]).toBe(3)
    expect(cycles.at(-1)).toBe(86_399 * SECOND + 3)
    expect(cycles.length).toBeGreaterThan(100)
    // 200 have room; laid out at best, each is ln(43200) / 100 = 0.107 of the way from the nearer end apart.
    cycles.slice(1).forEach((cycle, i) => {
      const before = cycles[i]!
      const fromEnds = Math.min(cycle - cycles[0]!, cycles.at(-1)! - before)
      expect((cycle - before) / (fromEnds + SECOND)).toBeLessThan(0.2 + 1)
      if (fromEnds > 1000 * SECOND) expect((cycle - before) / fromEnds).toBeLessThan(0.2)
    })
  })

  test('keep the first and the newest whatever they take', () => {
    const keeper = kept(50, 10)
    expect(keeper.snapshots.map(({ cycle }) => cycle)).toEqual([3, 49 * SECOND + 3])
  })

  test('count what they share once, also where a list has grown', () => {
    const keeper = new SnapshotKeeper<{ cycle: number; pages: Uint8Array[] }>({ every: 1, budgetBytes: 1e9 })
    const [a, b, c] = [new Uint8Array(1000), new Uint8Array(1000), new Uint8Array(1000)]
    keeper.add({ cycle: 0, pages: [a, c] })
    const first = keeper.bytes
    keeper.add({ cycle: 1, pages: [a, b, c] })
    const second = keeper.bytes - first
    keeper.add({ cycle: 2, pages: [a, b, c] })
    const third = keeper.bytes - first - second
    // Of the third the lists only. The first list is a place shorter.
    expect([first - third, second - third]).toEqual([2 * (1000 + TYPED_ARRAY) - 8, 1000 + TYPED_ARRAY])
  })
})

/** What is held now. */
const memory = (): number => {
  setFlagsFromString('--expose_gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

test('the bytes that are counted are those that are taken, of pages and of plain data alike', () => {
  const shared = Array.from({ length: 500 }, (_, i) => ({ i, page: new Uint8Array(256) }))
  let seed = 1
  const next = (): number => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0)
  const snapshot = (cycle: number) => ({
    cycle,
    shared: [...shared],
    pages: Array.from({ length: 8 }, () => new Float64Array(64).fill(next())),
    words: Array.from({ length: 200 }, next),
    places: Array.from({ length: 100 }, () => ({ executed: next() & 0xff, landed: 7, share: next() / 3 })),
    console: Buffer.alloc(2000, `${next()} `).toString('latin1'),
  })
  const keeper = new SnapshotKeeper<ReturnType<typeof snapshot>>({ every: 1, budgetBytes: 1e9 })
  keeper.add(snapshot(0))
  const before = { counted: keeper.bytes, held: memory() }
  for (let cycle = 1; cycle <= 1500; cycle++) keeper.add(snapshot(cycle))
  const held = memory() - before.held
  const counted = keeper.bytes - before.counted
  expect(held).toBeGreaterThan(20e6)
  expect(counted / held).toBeGreaterThan(0.85)
  expect(counted / held).toBeLessThan(1.15)
})

describe('the nearest', () => {
  test('is the last one at or before a cycle', () => {
    const keeper = new SnapshotKeeper<{ cycle: number }>({ every: 10, budgetBytes: 1e9 })
    expect(keeper.nearest(5)).toBeUndefined()
    for (const cycle of [5, 10, 27, 30]) keeper.add({ cycle })
    expect([4, 5, 9, 10, 26, 27, 1e9].map((cycle) => keeper.nearest(cycle)?.cycle)).toEqual([
      undefined,
      5,
      5,
      10,
      10,
      27,
      30,
    ])
  })

  test('a run that is gone through again adds nothing', () => {
    const keeper = new SnapshotKeeper<{ cycle: number }>({ every: 10, budgetBytes: 1e9 })
    for (const cycle of [0, 10, 20, 0, 10, 20, 30]) keeper.add({ cycle })
    expect(keeper.snapshots.map(({ cycle }) => cycle)).toEqual([0, 10, 20, 30])
  })
})
