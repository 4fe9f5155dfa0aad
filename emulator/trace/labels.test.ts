import { describe, expect, it } from 'vitest'
import { LabelRuns } from './labels.ts'

describe('labels of samples', () => {
  it('are kept by where they change', () => {
    const runs = LabelRuns.of(['a', 'a', '', 'b', 'a'])
    expect(runs.length).toBe(5)
    expect(runs.names).toEqual(['a', 'b'])
    expect([0, 1, 2, 3, 4].map((sample) => runs.at(sample))).toMatchObject([
      { label: 'a' },
      { label: 'a' },
      { kind: 'none' },
      { label: 'b' },
      { label: 'a' },
    ])
    expect(runs.over(0, 1)).toMatchObject({ label: 'a' })
    expect(runs.over(1, 2)).toEqual({ kind: 'several' })
    expect(runs.over(0, 4)).toEqual({ kind: 'several' })
  })

  it('are held once each, however often they change', () => {
    const runs = LabelRuns.of(['walking', 'standing', 'walking', 'standing'])
    expect(runs.at(2)).toBe(runs.at(0))
    expect(runs.at(3)).toBe(runs.at(1))
  })
})
