import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { UserError } from '../../../runs/errors.ts'
import { checkShape, loadDataset, type LoadOptions } from './load-dataset.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'boardless-'))
})
afterEach(() => rm(folder, { recursive: true }))

const rows = (count: number, value: (row: number) => string = (row) => `${row / 10},${row},-${row}`) =>
  ['time_s,x,y', ...Array.from({ length: count }, (_, row) => value(row)), ''].join('\n')

async function write(files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
  }
}

/** Five recordings of each of two labels. */
const good = () =>
  Object.fromEntries(
    ['rest', 'wave'].flatMap((label) => Array.from({ length: 5 }, (_, n) => [`${label}/${n}.csv`, rows(8)])),
  )
const load = (options?: LoadOptions) => loadDataset(folder, undefined, options)

describe('loadDataset', () => {
  it('takes labels from sub-folders, leaves the time out, and sorts', async () => {
    await write({ ...good(), 'rest/notes.txt': 'not a recording' })
    const dataset = await load()
    expect(dataset).toMatchObject({ labels: ['rest', 'wave'], channels: ['x', 'y'], samples: 8 })
    expect(dataset.recordings.map(({ id, label }) => `${label} ${id}`).slice(3, 7)).toEqual([
      'rest rest/3.csv',
      'rest rest/4.csv',
      'wave wave/0.csv',
      'wave wave/1.csv',
    ])
    expect(dataset.recordings[0]!.samples.slice(0, 2)).toEqual([
      [0, -0],
      [1, -1],
    ])
  })

  it('takes labels and the split from a table in the same folder', async () => {
    const names = Array.from({ length: 10 }, (_, n) => `${n}.csv`)
    const table = names.map((name, n) => `${name},${n % 2 ? 'wave' : 'rest'},${n < 4 ? 'heldout' : 'train'}`)
    await write(Object.fromEntries(names.map((name) => [name, rows(8)])))
    await write({ 'labels.csv': ['file,label,split', ...table].join('\n') })
    const { recordings, labels } = await loadDataset(folder, join(folder, 'labels.csv'), {
      labels: ['wave', 'rest'],
    })
    expect(labels).toEqual(['wave', 'rest'])
    expect(recordings.filter(({ split }) => split === 'heldout').map(({ label }) => label)).toEqual([
      'rest',
      'wave',
      'rest',
      'wave',
    ])
  })

  it('cuts long recordings into windows that keep the name of their file', async () => {
    await write({ ...good(), 'wave/long.csv': rows(19) })
    const { recordings, samples } = await load({ windowSamples: 4 })
    expect(samples).toBe(4)
    expect(recordings.filter(({ id }) => id === 'wave/long.csv').map((one) => one.samples[0]![0])).toEqual([
      0, 4, 8, 12,
    ])
  })

  const sensed = (header: string, row: (at: number) => string): Record<string, string> =>
    Object.fromEntries(
      ['rest', 'wave'].flatMap((label) =>
        Array.from({ length: 5 }, (_, n) => [
          `${label}/${n}.csv`,
          [header, ...Array.from({ length: 4 }, (_, at) => row(at)), ''].join('\n'),
        ]),
      ),
    )

  it('takes what the motion sensor gives in its units and order, at the rate of the column of time', async () => {
    await write(
      sensed('gz_rads,time_ms,az_g,ay_ms2,ax_ms2', (at) => `3.141592653589793,${20 * at},1,-9.80665,19.6133`),
    )
    const dataset = await load()
    expect(dataset).toMatchObject({
      channels: ['ax', 'ay', 'az', 'gz'],
      units: ['g', 'g', 'g', 'dps'],
      sampleRateHz: 50,
    })
    expect(dataset.recordings[0]!.samples[0]!.map((value) => Number(value.toFixed(9)))).toEqual([
      2, -1, 1, 180,
    ])
    expect(await load({ asRecorded: true })).toMatchObject({
      channels: ['gz_rads', 'az_g', 'ay_ms2', 'ax_ms2'],
    })
  })

  it('takes the signals of UCI HAR: a window each, a subject of an activity together', async () => {
    const signals = (row: string, windows: number) =>
      Object.fromEntries(
        ['total_acc', 'body_gyro'].flatMap((sensor) =>
          ['x', 'y', 'z'].map((axis) => [
            `Inertial Signals/${sensor}_${axis}_test.txt`,
            `${row}\n`.repeat(windows),
          ]),
        ),
      )
    await write({
      ...signals(Array.from({ length: 128 }, (_, n) => n).join(' '), 6),
      'y_test.txt': '1\n1\n2\n1\n2\n2\n',
      'subject_test.txt': '4\n4\n4\n7\n7\n7\n',
    })
    const dataset = await load({ leastPerLabel: 2 })
    expect(dataset).toMatchObject({ labels: ['1', '2'], samples: 128, sampleRateHz: 50 })
    expect(dataset.channels).toEqual(['ax', 'ay', 'az', 'gx', 'gy', 'gz'])
    expect(dataset.recordings.map(({ id }) => id)).toEqual([
      ...['subject 4, 1', 'subject 4, 1', 'subject 4, 2', 'subject 7, 1', 'subject 7, 2', 'subject 7, 2'],
    ])
    const halves = await load({ leastPerLabel: 2, windowSamples: 64 })
    expect(halves.recordings.map((one) => one.samples[0]?.[0]).slice(0, 2)).toEqual([0, 64])
    await expect(load({ leastPerLabel: 3 })).rejects.toThrow(/only 2 recordings of "1"/)
  })

  it('leaves other columns as they are, and says where there is no rate', async () => {
    await write(sensed('timestamp,emg_mv,ax_mg', (at) => `${at},1,2`))
    expect(await load()).toMatchObject({ channels: ['emg_mv', 'ax'], units: ['', 'g'], sampleRateHz: null })
    await write(sensed('ax_g,ax_ms2', () => '1,2'))
    await expect(load()).rejects.toThrow(/column "ax_ms2": ax is there twice/)
  })

  it.each<[string, Record<string, string>, LoadOptions | undefined, RegExp]>([
    [
      'another length',
      { 'wave/9.csv': rows(7) },
      undefined,
      /wave.9\.csv: 7 samples where 8 are wanted: cut/,
    ],
    ['too short for a window', {}, { windowSamples: 9 }, /0\.csv: 8 samples where 9 are wanted/],
    ['other channels', { 'wave/9.csv': 'x,z\n1,2\n' }, undefined, /9\.csv: columns x, z, but .* has x, y/],
    [
      'NaN',
      { 'wave/9.csv': rows(8, (r) => `0,${r === 2 ? 'NaN' : 1},2`) },
      undefined,
      /9\.csv: line 4, column x: "NaN" is not a number/,
    ],
    [
      'a gap',
      { 'wave/9.csv': rows(8, (r) => `0,1,${r === 7 ? '' : 2}`) },
      undefined,
      /line 9, column y: the cell is empty/,
    ],
    [
      'infinity',
      { 'wave/9.csv': rows(8, () => '0,1e999,2') },
      undefined,
      /line 2, column x: "1e999" is not a number/,
    ],
    [
      'a ragged row',
      { 'wave/9.csv': `${rows(7)}1,2\n` },
      undefined,
      /9\.csv: line 9: 2 cells where the header has 3/,
    ],
    [
      'no header',
      { 'wave/9.csv': '1,2\n3,4\n' },
      undefined,
      /9\.csv: the columns have no names: found 2 columns/,
    ],
    ['no rows', { 'wave/9.csv': 'x,y\n' }, undefined, /9\.csv: no samples: .* found "x,y"/],
    ['an empty file', { 'wave/9.csv': '' }, undefined, /9\.csv: is empty/],
    ['no sub-folder', { 'loose.csv': rows(8) }, undefined, /loose\.csv: no label; put it in a sub-folder/],
    ['a class missing', {}, { labels: ['rest', 'wave', 'run'] }, /no recording of "run"/],
    [
      'too few of a class',
      { 'run/0.csv': rows(8) },
      undefined,
      /only 1 recording of "run"; each label needs 5/,
    ],
    [
      'a class without recordings',
      { 'd/notes.txt': '' },
      undefined,
      /\/d: no recordings; put some there or take the folder away/,
    ],
    [
      'the odd one by its length, though it is the first',
      { 'rest/!.csv': rows(1) },
      undefined,
      /!\.csv: 1 sample where 8 are wanted: .*--window SAMPLES/,
    ],
    [
      'the odd one by its columns, though it is the first',
      { 'rest/!.csv': 'x,z\n1,2\n' },
      undefined,
      /!\.csv: columns x, z, but .* has x, y/,
    ],
    [
      'another rate',
      { 'rest/!.csv': rows(8, (r) => `${r / 50},1,2`) },
      undefined,
      /!\.csv: 50 Hz, but 10 of 11 recordings have 10 Hz/,
    ],
    [
      'no time where others have one',
      { 'wave/9.csv': rows(8, () => '1,2').replace('time_s,', '') },
      undefined,
      /9\.csv: no time, but 10 of 11 recordings have 10 Hz/,
    ],
    [
      'time that stands still',
      { 'wave/9.csv': rows(8, (r) => `${Math.min(r, 5) / 10},1,2`) },
      undefined,
      /9\.csv: 6 samples where 8 are wanted/,
    ],
    ['a label not named', {}, { labels: ['rest', 'run'] }, /label "wave" is none of rest, run/],
  ])('%s is named', async (_, files, options, message) => {
    await write({ ...good(), ...files })
    const error: unknown = await load(options).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(UserError)
    expect((error as Error).message).toMatch(message)
    expect((error as Error).message).not.toContain('\n')
  })

  it.each([
    ['file,label\nrest/0.csv,rest\nrest/9.csv,rest\n', /line 3: there is no recording "rest\/9.csv"/],
    ['file,label\nrest/0.csv,rest\nrest/0.csv,wave\n', /line 3: recording "rest\/0.csv" has a label already/],
    ['file,label\nrest/0.csv,\n', /line 2: recording "rest\/0.csv" has no label/],
    ['file,label\nrest/0.csv,rest\n', /no label for recording "rest\/1.csv"/],
    ['file,label,split\nrest/0.csv,rest,test\n', /split "test" is neither/],
    ['name,class\nrest/0.csv,rest\n', /no columns "file" and "label"/],
  ])('a table of labels that does not match: %#', async (table, message) => {
    await write({ ...good(), 'labels.csv': table })
    await expect(loadDataset(folder, join(folder, 'labels.csv'))).rejects.toThrow(message)
  })

  it('names a folder or table that is not there, one label alone, no recordings', async () => {
    await expect(loadDataset(join(folder, 'none'))).rejects.toThrow(/none: no such folder/)
    await expect(load()).rejects.toThrow(/no recordings/)
    await expect(loadDataset(folder, join(folder, 'l.csv'))).rejects.toThrow(/l\.csv: no such file/)
    await write(Object.fromEntries(Object.entries(good()).slice(0, 5)))
    await expect(load()).rejects.toThrow(/only the label "rest"/)
  })

  it('names a folder that is called like a recording', async () => {
    await write({ ...good(), 'rest/9.csv/notes.txt': '' })
    const error: unknown = await load().catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(UserError)
    expect((error as UserError).message).toMatch(/9\.csv: is a folder: give a recording/)
  })

  it('data that does not fit a model', async () => {
    await write(good())
    const dataset = await load()
    expect(() => checkShape(dataset, 'm.tflite', 16, 2)).not.toThrow()
    expect(() => checkShape(dataset, 'm.tflite', 600, 2)).toThrow(
      /takes 600 values; .* 8 samples of 2 channels, 16 values/,
    )
    expect(() => checkShape(dataset, 'm.tflite', 16, 3)).toThrow(/3 outputs; the recordings have 2 labels/)
  })
})
