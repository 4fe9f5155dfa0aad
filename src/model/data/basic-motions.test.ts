import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { ExitCode, UserError } from '../../../runs/errors.ts'
import { convertBasicMotions, parseTs, playbackCsv, recordingsCsv } from './basic-motions.ts'
import { parseRecordings } from './dataset.ts'

const dimension = (value: number) => Array.from({ length: 100 }, () => value).join()
const line = [1, 2, 3, 4, 5, 5.8e-5].map(dimension).join(':')
const file = `@problemName x\n@data\n${line}:Walking\n`

describe('parseTs', () => {
  it('reads dimensions and the label', () => {
    const [recording] = parseTs(file, 'x.ts', 'train')
    expect(recording?.label).toBe('walking')
    expect(recording?.channels.map((values) => [values.length, values[99]])).toEqual([
      [100, 1],
      [100, 2],
      [100, 3],
      [100, 4],
      [100, 5],
      [100, 5.8e-5],
    ])
  })

  it.each([
    ['', 'no @data line'],
    [`@data\n${dimension(1)}:Walking`, 'x.ts, line 2: 1 dimensions, expected 6'],
    [`@data\n${line.replace('3', '?')}:Walking`, 'dimension 2, sample 0 is not a number'],
    [`@data\n${line.replace('1,', '')}:Walking`, 'dimension 0 has 99 samples'],
  ])('refuses %#', (text, message) => {
    expect(() => parseTs(text, 'x.ts', 'train')).toThrow(UserError)
    expect(() => parseTs(text, 'x.ts', 'train')).toThrow(message)
  })
})

it('writes small numbers without an exponent', () => {
  expect(recordingsCsv(parseTs(file, 'x.ts', 'train')).split('\n')[1]).toBe(
    '0,train,0.0,1,2,3,4,5,0.000058,walking',
  )
})

describe('the recordings in traces/basic-motions', () => {
  const text = readFileSync('traces/basic-motions/recordings.csv', 'utf8')
  const recordings = parseRecordings(text, 'recordings.csv')

  it('are 60: three classes of ten to train and ten held out', () => {
    const counts = new Map<string, number>()
    for (const { label, split, samples } of recordings) {
      expect(samples).toHaveLength(100)
      counts.set(`${label} ${split}`, (counts.get(`${label} ${split}`) ?? 0) + 1)
    }
    expect(Object.fromEntries(counts)).toEqual({
      'standing train': 10,
      'walking train': 10,
      'badminton train': 10,
      'standing heldout': 10,
      'walking heldout': 10,
      'badminton heldout': 10,
    })
  })

  it('are played held-out only, 10 a second, each recording whole', () => {
    const playback = readFileSync('traces/basic-motions/heldout.csv', 'utf8').trim().split('\n')
    expect(playback).toHaveLength(1 + 30 * 100)
    const values = (csv: string[]) => new Set(csv.map((row) => row.split(',').slice(-7).join()))
    const heldOut = text.split('\n').filter((row) => row.includes(',heldout,'))
    expect(values(playback.slice(1))).toEqual(values(heldOut))
    expect(playback[3000]?.split(',')[0]).toBe('299.9')
    const labels = playback.slice(1).map((row) => row.split(',').at(-1))
    for (let start = 0; start < 3000; start += 100) {
      expect(new Set(labels.slice(start, start + 100)).size).toBe(1)
    }
  })
})

it('plays the held-out recordings in the same order every time', () => {
  const recordings = parseTs(file, 'x.ts', 'heldout')
  expect(playbackCsv(recordings)).toBe(playbackCsv(recordings))
  expect(playbackCsv(recordings).split('\n')[100]).toMatch(/^9\.9,/)
})

it('says so when the source can be neither found nor fetched, and writes nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'boardless-'))
  vi.stubEnv('XDG_CACHE_HOME', folder)
  vi.stubEnv('PATH', folder)
  try {
    const failure = convertBasicMotions(join(folder, 'traces'))
    await expect(failure).rejects.toThrow('cannot fetch sktime==1.2.0 with pip')
    await expect(failure).rejects.toMatchObject({ exitCode: ExitCode.environment })
    expect(existsSync(join(folder, 'traces'))).toBe(false)
  } finally {
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true })
  }
})
