/**
 * The folder "Inertial Signals" of the UCI HAR dataset, by its README.txt: a file for each axis, a row of 128 readings
 * for each window at 50 Hz, total_acc in g, body_gyro in rad/s; activities in y_SET.txt, subjects in subject_SET.txt.
 */
import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { LabelRuns } from '../../emulator/trace/labels.ts'
import { newHash } from '../../runs/bytes/host.ts'
import { UserError } from '../../runs/errors.ts'
import { numberOf } from '../../runs/sensor-log/cells.ts'
import { Column } from '../../runs/sensor-log/column.ts'
import type { LogChannel, LogOptions, SensorLog } from '../../runs/sensor-log/log.ts'
import { withFile } from './file-source.ts'
import { TextSource } from '../../runs/sensor-log/source.ts'
import { factorOf } from '../../runs/sensor-log/units.ts'
import { noticed } from '../../runs/sensor-log/values.ts'

const RATE_HZ = 50
const READINGS = 128
const GIVE = 'give the folder "Inertial Signals" of UCI HAR as it was unpacked'

interface Sensor {
  readonly files: string
  readonly kind: 'a' | 'g'
  readonly unit: 'g' | 'dps'
  readonly factor: number
}
const SENSORS: readonly Sensor[] = [
  { files: 'total_acc', kind: 'a', unit: 'g', factor: 1 },
  { files: 'body_gyro', kind: 'g', unit: 'dps', factor: factorOf('rads') },
]

export interface UciHar {
  readonly log: SensorLog
  readonly readingsOfWindow: number
  /** Of each window; empty where the folder above does not say. */
  readonly activities: readonly string[]
  readonly subjects: readonly string[]
}

interface Place {
  readonly folder: string
  /** train or test */
  readonly set: string
}

/** Of the whole dataset. */
const SETS = ['train', 'test']

/**
 * The signals in a folder, or in one of that name within it; undefined where there are none.
 * @throws UserError for the whole dataset, which is two recordings
 */
export async function findUciHar(folder: string): Promise<Place | undefined> {
  const place = await signalsIn(folder)
  if (place !== undefined) return place
  const sets: string[] = []
  for (const set of SETS) if ((await signalsIn(join(folder, set))) !== undefined) sets.push(set)
  const [first] = sets
  if (first === undefined) return undefined
  throw new UserError(
    `${folder}: is the dataset UCI HAR, found ${sets.join(' and ')}; which of its sets is missing: give one, such as "${join(folder, first)}"`,
  )
}

async function signalsIn(folder: string): Promise<Place | undefined> {
  for (const inside of [folder, join(folder, 'Inertial Signals')]) {
    const names = await readdir(inside).catch((): string[] => [])
    const set = names.flatMap((name) => /^total_acc_x_(\w+)\.txt$/.exec(name)?.[1] ?? [])[0]
    if (set !== undefined) return { folder: inside, set }
  }
  return undefined
}

type Options = Pick<LogOptions, 'asRecorded' | 'columns' | 'rateHz' | 'onProgress'>

/** Its windows, one after the other. @throws UserError */
export async function readUciHar(
  { folder, set }: Place,
  { asRecorded = false, columns, rateHz, onProgress }: Options = {},
): Promise<UciHar> {
  const refused = columns !== undefined ? '--columns' : rateHz !== undefined ? '--rate' : undefined
  if (refused !== undefined)
    throw new UserError(
      `${folder}: ${refused} is for tables; UCI HAR has its channels, at ${RATE_HZ} Hz: leave it out`,
    )
  const hash = newHash()
  const files = SENSORS.flatMap((sensor) =>
    ['x', 'y', 'z'].map((axis) => ({ ...sensor, axis, file: `${sensor.files}_${axis}_${set}.txt` })),
  )
  const channels: LogChannel[] = []
  for (const [done, { file, kind, axis, unit, factor }] of files.entries()) {
    onProgress?.(done / files.length, file)
    const { values, sha256 } = await readAxis(join(folder, file), asRecorded ? 1 : factor)
    hash.update(new TextEncoder().encode(sha256))
    channels.push({ name: `${kind}${axis}`, unit: asRecorded ? '' : unit, title: file, values })
  }
  const samples = channels[0]?.values.length ?? 0
  const odd = channels.find(({ values }) => values.length !== samples)
  if (odd !== undefined)
    throw new UserError(
      `${join(folder, odd.title)}: ${odd.values.length / READINGS} windows where ${channels[0]?.title ?? ''} has ${samples / READINGS}: ${GIVE}`,
    )
  const windows = samples / READINGS
  const above = dirname(folder)
  const names = new Map(
    (await linesOf(join(dirname(above), 'activity_labels.txt'))).map((line) => {
      const [number = '', name = ''] = line.trim().split(/\s+/)
      return [number, name] as const
    }),
  )
  const perWindow = async (name: string): Promise<readonly string[]> => {
    const lines = (await linesOf(join(above, name))).map((line) => line.trim())
    if (lines.length === 0 || lines.length === windows) return lines
    throw new UserError(`${join(above, name)}: ${lines.length} lines for ${windows} windows: ${GIVE}`)
  }
  const activities = (await perWindow(`y_${set}.txt`)).map((number) => names.get(number) ?? number)
  return {
    readingsOfWindow: READINGS,
    activities,
    subjects: await perWindow(`subject_${set}.txt`),
    log: {
      format: 'UCI HAR',
      sha256: hash.digest(),
      channels,
      times: Float64Array.from({ length: samples }, (_, at) => at / RATE_HZ),
      sampleRateHz: RATE_HZ,
      labels:
        activities.length === 0
          ? undefined
          : LabelRuns.of(activities.flatMap((activity) => Array.from({ length: READINGS }, () => activity))),
      ignored: [],
      notes: [
        {
          message: `${windows} windows of ${READINGS} readings, one after the other, though they overlap by half: each reading is felt twice`,
          count: windows,
          line: 0,
        },
        ...noticed(channels),
      ],
    },
  }
}

interface Axis {
  readonly values: Float64Array
  readonly sha256: string
}

async function readAxis(file: string, factor: number): Promise<Axis> {
  const column = new Column()
  let number = 0
  const sha256 = await eachLine(file, (lines) => {
    for (const line of lines) {
      number += 1
      if (line.trim() === '') continue
      const cells = line.trim().split(/\s+/)
      const values = cells.map((cell) => numberOf(cell, '.'))
      if (values.length !== READINGS || values.some(Number.isNaN))
        throw new UserError(
          `${file}: line ${number}: ${values.length} cells, ${values.filter(Number.isNaN).length} of them no numbers, where a window has ${READINGS} readings: ${GIVE}`,
        )
      for (const value of values) column.push(value * factor)
    }
  })
  return { values: column.take(), sha256 }
}

/** @returns the file's SHA-256 */
const eachLine = (file: string, take: (lines: readonly string[]) => void): Promise<string> =>
  withFile(file, GIVE, async (bytes) => {
    const source = new TextSource(bytes, { give: GIVE })
    for await (const lines of source.lines()) take(lines)
    return source.sha256
  })

/** None where there is no such file. */
async function linesOf(file: string): Promise<readonly string[]> {
  const names = await readdir(dirname(file)).catch((): string[] => [])
  if (!names.includes(basename(file))) return []
  const all: string[] = []
  await eachLine(file, (lines) => all.push(...lines.filter((line) => line.trim() !== '')))
  return all
}
