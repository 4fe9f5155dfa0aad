import { describe, expect, it } from 'vitest'
import { techniqueIds } from '../../runs/lab-report/technique-ids.ts'
import { techniques } from './techniques/index.ts'
import { sensingSentence, whyNotFelt } from './sensing.ts'

const felt = {
  channels: ['ax', 'ay', 'az', 'gx', 'gy', 'gz'],
  units: ['g', 'g', 'g', 'dps', 'dps', 'dps'],
  sampleRateHz: 50,
}
const first = (count: number) => ({
  channels: felt.channels.slice(0, count),
  units: felt.units.slice(0, count),
})

describe('what the gesture app feels', () => {
  it.each([1, 119, 62.5, 9.9, 10.15])('%s Hz', (sampleRateHz) =>
    expect(whyNotFelt({ ...felt, sampleRateHz })).toBeNull(),
  )
  it.each([0.4, 12.5, 120, 200])('not %s Hz', (sampleRateHz) =>
    expect(whyNotFelt({ ...felt, sampleRateHz })).toContain(`the recordings have ${sampleRateHz} Hz`),
  )
  it.each([1, 2, 3, 6])('its first %i channels', (count) =>
    expect(whyNotFelt({ ...felt, ...first(count) })).toBeNull(),
  )
  it.each([
    [{ sampleRateHz: null }, /no column time_s/],
    [
      { channels: ['gx', 'gy', 'gz'], units: ['dps', 'dps', 'dps'] },
      /feels ax, .*; the recordings have gx, gy, gz/,
    ],
    [{ channels: ['ax', 'az'], units: ['g', 'g'] }, /the recordings have ax, az/],
    [{ channels: ['emg'], units: [''] }, /the recordings have emg/],
    [{ units: felt.units.map(() => '') }, /column ax does not say its unit: name it as ax_g or ax_ms2 are/],
  ])('not %j', (change, why) => expect(whyNotFelt({ ...felt, ...change })).toMatch(why))

  it('cuts off what its range does not hold', () => {
    const recordings = [0, 5].map((x) => ({
      id: '',
      split: 'train' as const,
      label: '',
      samples: [[x, 0, 0, 2000, 0, 0]],
    }))
    const dataset = { ...felt, labels: [], samples: 1, recordings }
    expect(sensingSentence(dataset, false)).toBe(
      'app gesture: its motion sensor is sampled at 50 Hz; 50.0 % of the samples are beyond 4 g or 2000 degrees a second, where it cuts off',
    )
    expect(sensingSentence({ ...dataset, sampleRateHz: 200 }, false)).toMatch(/^app infer: .* 119 at most/)
  })
})

it('the help lists the techniques that there are', () =>
  expect(techniqueIds).toEqual(techniques.map(({ id }) => id)))
