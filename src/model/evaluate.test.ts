import { describe, expect, it } from 'vitest'
import { accuracyOf, differenceOf, outcomesOf, type Outcome } from './evaluate.ts'
import { seededRandom } from './random.ts'
import { proportion } from './statistics.ts'
import { splitDataset, testWindows, varyInput, type Dataset } from './data/windows.ts'

const outcome = (id: number, correct: number, total = 10): Outcome => ({ id: String(id), correct, total })

describe('accuracyOf', () => {
  const runOf = (...shares: readonly number[]) => shares.map((share, id) => outcome(id, share))
  const width = ([low, high]: readonly [number, number]) => high - low

  it('weighs recordings alike, over runs', () => {
    const outcomes = [outcome(1, 10), outcome(2, 5), outcome(3, 0), outcome(1, 8), outcome(2, 5)]
    expect(accuracyOf(outcomes)).toMatchObject({ value: 0.4667, recordings: 3, windows: 50, runs: 1 })
    expect(accuracyOf([...outcomes, outcome(3, 0)])).toMatchObject({ runs: 2 })
  })

  it('has one interval, monotone and continuous up to a perfect score', () => {
    const wrong = [0, 1, 2, 3, 5, 10, 20, 40, 80]
    const intervals = wrong.map((of) => {
      const first = Array.from({ length: 60 }, (_, id) => outcome(id, id < of ? 9 : 10))
      return accuracyOf([...first, ...first]).interval95
    })
    expect(intervals[0]).toEqual(proportion(60, 60).interval95)
    for (const [index, interval] of intervals.slice(1).entries()) {
      expect(interval[0]).toBeLessThanOrEqual(intervals[index]?.[0] ?? 0)
      expect(interval[1]).toBeLessThanOrEqual(intervals[index]?.[1] ?? 0)
    }
    // 1199 of 1200 windows: Wilson of 60 recordings of that share, 93.8 to 100 %.
    const perfect = Array.from({ length: 60 }, (_, id) => outcome(id, 10))
    const [low, high] = accuracyOf([...perfect, outcome(0, 9), ...perfect.slice(1)]).interval95
    expect([low, high]).toEqual([expect.closeTo(0.938, 2), expect.closeTo(1, 3)])
  })

  it('is wider where runs differ', () => {
    const same = accuracyOf([...runOf(9, 9, 8, 8), ...runOf(9, 9, 8, 8)]).interval95
    const apart = accuracyOf([...runOf(9, 9, 9, 9), ...runOf(8, 8, 8, 8)]).interval95
    expect(width(apart)).toBeGreaterThan(width(same))
  })

  it.each([
    [0.8, 0.4],
    [0.97, 0.06],
  ])('covers a true share of %d in at least 93 of 100 sets of recordings', (truth, apart) => {
    const random = seededRandom(7)
    const sets = 200
    let covered = 0
    for (let set = 0; set < sets; set++) {
      // Recordings differ: each has a share of its own.
      const shares = Array.from({ length: 60 }, () => truth + apart * (random() - 0.5))
      const outcomes = shares.map((share, id) =>
        outcome(
          id,
          Array.from({ length: 10 }, () => Number(random() < share)).reduce((a, b) => a + b, 0),
        ),
      )
      const [low, high] = accuracyOf(outcomes).interval95
      covered += Number(low <= truth && truth <= high)
    }
    expect(covered).toBeGreaterThanOrEqual(186)
  })

  it('does not claim certainty from a perfect score', () => {
    const accuracy = accuracyOf(Array.from({ length: 60 }, (_, id) => outcome(id, 10)))
    expect(accuracy).toMatchObject({ value: 1, interval95: proportion(60, 60).interval95 })
  })

  it('needs outcomes', () => expect(() => accuracyOf([])).toThrow('no outcomes'))
})

describe('differenceOf', () => {
  const sixty = (correct: (id: number) => number) =>
    Array.from({ length: 60 }, (_, id) => outcome(id, correct(id)))

  it('is paired by recording', () => {
    const before = sixty((id) => id % 10)
    const after = before.map(({ id, correct }) => ({ id, correct: correct + 1, total: 10 }))
    const { value, interval95, recordings } = differenceOf(before, after)
    expect([value, recordings]).toEqual([0.1, 60])
    expect(interval95[0]).toBeGreaterThan(0.05)
    expect(() => differenceOf(before, after.slice(1))).toThrow('recording 0 was tested once only')
  })

  it('knows no difference to the rule of three at best', () => {
    const same = sixty(() => 10)
    const { value, interval95 } = differenceOf([...same, ...same], [...same, ...same])
    // Bonett and Price 2012, 0 of 60 discordant either way: sqrt(2 / 62) / sqrt(62), 3.2 %, by 1.96 or by t.
    expect([value, ...interval95]).toEqual([0, expect.closeTo(-0.046, 3), expect.closeTo(0.046, 3)])
  })

  it('is wider where runs disagree', () => {
    const [before, after] = [sixty(() => 8), sixty((id) => (id % 2 ? 9 : 8))]
    const agreeing = differenceOf([...before, ...before], [...after, ...after]).interval95
    const apart = differenceOf([...before, ...before], [...before, ...sixty(() => 9)]).interval95
    expect(apart[1] - apart[0]).toBeGreaterThan(agreeing[1] - agreeing[0])
  })

  it('covers the truth where few recordings tell', () => {
    const random = seededRandom(3)
    const sets = 200
    let covered = 0
    for (let set = 0; set < sets; set++) {
      const lost = Array.from({ length: 60 }, () => random() < 0.01)
      const [low, high] = differenceOf(
        sixty(() => 10),
        sixty((id) => (lost[id] ? 0 : 10)),
      ).interval95
      covered += Number(low <= -0.01 && -0.01 <= high)
    }
    expect(covered).toBeGreaterThanOrEqual(186)
  })
})

const dataset: Dataset = {
  labels: ['a', 'b'],
  channels: ['x', 'y', 'z'],
  units: ['', '', ''],
  samples: 8,
  sampleRateHz: null,
  recordings: Array.from({ length: 12 }, (_, n) => ({
    id: String(n),
    label: n % 2 ? 'b' : 'a',
    split: n < 4 ? 'heldout' : 'train',
    samples: Array.from({ length: 8 }, (_, row) => [100 * n + row, row, -row]),
  })),
}

describe('windows', () => {
  it('are tested once over all folds, with both labels in each, and never in training', () => {
    const tested = [0, 1, 2].flatMap((fold) => {
      const { training, tests } = splitDataset(dataset, { kind: 'fold', fold, folds: 3 }, 5)
      expect(new Set(tests.map(({ label }) => label)).size).toBe(2)
      expect(training.some(({ id }) => tests.some((test) => test.id === id))).toBe(false)
      return tests.map(({ id }) => id)
    })
    expect(tested.sort()).toEqual(dataset.recordings.map(({ id }) => id).sort())
    expect(splitDataset(dataset, { kind: 'heldout' }, 1).tests.map(({ id }) => id)).toEqual([
      '0',
      '1',
      '2',
      '3',
    ])
  })

  it('of half the length stay on one side of a split', () => {
    const half = varyInput(dataset, 'half-window')
    expect([half.samples, half.recordings.length]).toEqual([4, 24])
    expect(half.recordings[1]!.samples[0]).toEqual([4, 4, -4])
    const { training, tests } = splitDataset(half, { kind: 'fold', fold: 0, folds: 3 }, 5)
    expect(tests).toHaveLength(8)
    expect(training.some(({ id }) => tests.some((test) => test.id === id))).toBe(false)
  })

  it('of half the rate and half the channels', () => {
    const slow = varyInput(dataset, 'half-rate')
    expect([slow.samples, slow.recordings[0]!.samples.map((row) => row[1])]).toEqual([4, [0, 2, 4, 6]])
    const few = varyInput(dataset, 'half-channels')
    expect([few.channels, few.recordings[0]!.samples[3]]).toEqual([
      ['x', 'y'],
      [3, 3],
    ])
    expect(varyInput(dataset, 'full')).toBe(dataset)
  })

  it('are turned for the test, and outcomes count them by recording', () => {
    const plain = { mean: [0, 0, 0], std: [1, 1, 1] }
    const windows = testWindows(dataset.recordings.slice(0, 2), dataset.labels, plain, 4)
    expect(windows.map(({ id, label, input }) => [id, label, input[1]])).toEqual(
      ['0', '1'].flatMap((id, label) => [0, 2, 4, 6].map((first) => [id, label, first])),
    )
    const outcomes = outcomesOf((input) => Number((input[1] ?? 0) > 2), windows)
    expect(outcomes).toEqual([outcome(0, 2, 4), outcome(1, 2, 4)])
  })
})
