/**
 * Converts BasicMotions to the recordings in traces/basic-motions.
 * Run: node src/model/data/basic-motions.ts (needs python3 with pip; the download is checked and kept in the cache).
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { execa } from 'execa'
import { ExitCode, UserError } from '../../../runs/errors.ts'
import { cacheDirectory } from '../../toolchain/cache/cache.ts'
import { writeFolder } from '../../write-whole.ts'
import { seededRandom, shuffled } from '../random.ts'

export const sktime = {
  requirement: 'sktime==1.2.0',
  wheel: 'sktime-1.2.0-py3-none-any.whl',
  sha256: 'dbffc6731d2d683b668dceb5e2bbc5804bebc8446b4c580803a281684d90e4ae',
} as const

/** Rest, an everyday movement in the background, and the deliberate movement of the wrist to be told apart. */
export const gestureLabels = ['standing', 'walking', 'badminton'] as const
export const channelColumns = ['ax_ms2', 'ay_ms2', 'az_ms2', 'gx_rads', 'gy_rads', 'gz_rads'] as const
export const samplePeriodSeconds = 0.1
const samplesPerRecording = 100
const playbackSeed = 20260601

export interface SourceRecording {
  readonly split: 'train' | 'heldout'
  readonly label: string
  /** channels[channel][sample], in the order of channelColumns. */
  readonly channels: readonly (readonly number[])[]
}

/** Parses a .ts file of the time series archive: dimensions separated by ':', the label last. */
export function parseTs(text: string, name: string, split: SourceRecording['split']): SourceRecording[] {
  const lines = text.split(/\r?\n/)
  const start = lines.findIndex((line) => line.trim().toLowerCase() === '@data')
  if (start < 0) throw new UserError(`${name}: no @data line; expected a time series archive (.ts) file`)
  return lines.slice(start + 1).flatMap((line, index) => {
    if (line.trim() === '') return []
    const where = `${name}, line ${start + index + 2}`
    const dimensions = line.trim().split(':')
    const label = dimensions.pop()?.toLowerCase() ?? ''
    if (dimensions.length !== channelColumns.length) {
      throw new UserError(`${where}: ${dimensions.length} dimensions, expected ${channelColumns.length}`)
    }
    const channels = dimensions.map((dimension, channel) => {
      const values = dimension.split(',').map((field) => (field.trim() === '' ? NaN : Number(field)))
      const wrong = values.findIndex((value) => !Number.isFinite(value))
      if (wrong >= 0) throw new UserError(`${where}: dimension ${channel}, sample ${wrong} is not a number`)
      if (values.length !== samplesPerRecording) {
        throw new UserError(
          `${where}: dimension ${channel} has ${values.length} samples, expected ${samplesPerRecording}`,
        )
      }
      return values
    })
    return [{ split, label, channels }]
  })
}

const time = (sample: number) => (sample * samplePeriodSeconds).toFixed(1)
const sampleFields = (recording: SourceRecording, sample: number) =>
  recording.channels.map((values) => String(values[sample]))

/** All recordings as one table, with the archive's own split into training and test recordings. */
export function recordingsCsv(recordings: readonly SourceRecording[]): string {
  const rows = recordings.flatMap((recording, index) =>
    Array.from({ length: samplesPerRecording }, (_, sample) =>
      [index, recording.split, time(sample), ...sampleFields(recording, sample), recording.label].join(),
    ),
  )
  return [`recording,split,time_s,${channelColumns.join()},label`, ...rows, ''].join('\n')
}

/** The held-out recordings one after the other, in a fixed shuffled order: what the board's sensor is played. */
export function playbackCsv(recordings: readonly SourceRecording[]): string {
  const heldOut = recordings.filter(({ split }) => split === 'heldout')
  const rows = shuffled(heldOut, seededRandom(playbackSeed)).flatMap((recording, place) =>
    Array.from({ length: samplesPerRecording }, (_, sample) =>
      [
        time(place * samplesPerRecording + sample),
        ...sampleFields(recording, sample),
        recording.label,
      ].join(),
    ),
  )
  return [`time_s,${channelColumns.join()},label`, ...rows, ''].join('\n')
}

/** Path of the wheel, downloaded through pip (which checks the hash) unless it is in the cache. */
async function fetchWheel(): Promise<string> {
  const cache = join(cacheDirectory(), 'sktime-1.2.0')
  const wheel = join(cache, sktime.wheel)
  if (await hasHash(wheel, sktime.sha256)) return wheel
  await mkdir(cache, { recursive: true })
  const requirements = join(cache, 'requirements.txt')
  await writeFile(requirements, `${sktime.requirement} --hash=sha256:${sktime.sha256}\n`)
  const pip = [
    '-m',
    'pip',
    'download',
    '--quiet',
    '--disable-pip-version-check',
    '--no-deps',
    '--only-binary=:all:',
    '--require-hashes',
  ]
  await execa('python3', [...pip, '--dest', cache, '-r', requirements]).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message.split('\n').at(-1) : String(cause)
    throw new UserError(
      `cannot fetch ${sktime.requirement} with pip (${reason}): check python3, pip and the network`,
      ExitCode.environment,
      { cause },
    )
  })
  return wheel
}

async function hasHash(path: string, sha256: string): Promise<boolean> {
  if (!existsSync(path)) return false
  return (
    createHash('sha256')
      .update(await readFile(path))
      .digest('hex') === sha256
  )
}

async function readSource(wheel: string): Promise<SourceRecording[]> {
  const read = async (part: string, split: SourceRecording['split']) => {
    const member = `sktime/datasets/data/BasicMotions/BasicMotions_${part}.ts`
    const unzip =
      'import sys, zipfile; sys.stdout.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]).decode())'
    const { stdout } = await execa('python3', ['-c', unzip, wheel, member], { maxBuffer: 1e8 })
    return parseTs(stdout, `BasicMotions_${part}.ts`, split)
  }
  return [...(await read('TRAIN', 'train')), ...(await read('TEST', 'heldout'))]
}

/** Fetches the source and writes recordings.csv and heldout.csv into `folder`. */
export async function convertBasicMotions(folder: string): Promise<void> {
  const source = await readSource(await fetchWheel())
  const recordings = source.filter(({ label }) => gestureLabels.some((wanted) => wanted === label))
  await writeFolder(folder, {
    'recordings.csv': recordingsCsv(recordings),
    'heldout.csv': playbackCsv(recordings),
  })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    await convertBasicMotions('traces/basic-motions')
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = error.exitCode
  }
}
