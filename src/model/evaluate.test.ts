import { describe, expect, it } from 'vitest'
import { accuracyOf, differenceOf, outcomesOf, type Outcome } from './evaluate.ts'
import { seededRandom } from './random.ts'
import { proportion } from './statistics.ts'
import { splitDataset, testWindows, varyInput, type Dataset } from './data/windows.ts'

const outcome = (id: number, correct: number, total = 10): Outcome => ({ id: String(id), correct, total })

describe('accuracyOf', () => {
  it('weighs recordings alike, over runs, and says the same interval each time', () => {
    const outcomes = [outcome(1, 10), outcome(2, 5), outcome(1, 8), outcome(2, 5), outcome(3, 0)]
    const accuracy = accuracyOf(outcomes)
    expect(accuracy).toMatchObject({ value: 0.4667, recordings: 3, windows: 50, method: 'bootstrap' })
    expect(accuracyOf([...outcomes])).toEqual(accuracy)
  })

  it('covers the true share in about 95 of 100 sets of recordings', () => {
    const random = seededRandom(7)
    const truth = 0.8
    const sets = 200
    let covered = 0
    for (let set = 0; set < sets; set++) {
      // Recordings differ: each has a share of its own, 0.6 to 1.
      const shares = Array.from({ length: 60 }, () => truth - 0.2 + 0.4 * random())
      const outcomes = shares.map((share, id) =>
        outcome(
          id,
          Array.from({ length: 10 }, () => Number(random() < share)).reduce((a, b) => a + b, 0),
        ),
      )
      const [low, high] = accuracyOf(outcomes).interval95
      covered += Number(low <= truth && truth <= high)
    }
    // Binomial with p = 0.95: 180 and 199 are 3 standard deviations (3.1) away.
    expect(covered).toBeGreaterThanOrEqual(180)
    expect(covered).toBeLessThanOrEqual(199)
  })

  it('does not claim certainty from a perfect score', () => {
    const accuracy = accuracyOf(Array.from({ length: 60 }, (_, id) => outcome(id, 10)))
    expect(accuracy).toMatchObject({ value: 1, method: 'wilson', interval95: proportion(60, 60).interval95 })
  })

  it('needs outcomes', () => expect(() => accuracyOf([])).toThrow('no outcomes'))
})

describe('differenceOf', () => {
  it('is paired by recording', () => {
    const before = Array.from({ length: 30 }, (_, id) => outcome(id, id % 10))
    const after = before.map(({ id, correct }) => ({ id, correct: correct + 1, total: 10 }))
    expect(differenceOf(before, after)).toEqual({ value: 0.1, interval95: [0.1, 0.1], recordings: 30 })
    expect(() => differenceOf(before, after.slice(1))).toThrow('recording 0 was tested once only')
  })
})

const dataset: Dataset = {
  labels: ['a', 'b'],
  channels: ['x', 'y', 'z'],
  samples: 8,
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
