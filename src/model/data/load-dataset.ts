/** The user's own recordings: files in a folder, labelled by sub-folder or by a table of labels. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, extname, join, relative, sep } from 'node:path'
import { UserError } from '../../../runs/errors.ts'
import type { LogChoices } from '../../../runs/sensor-log/choices.ts'
import type { Note } from '../../../runs/sensor-log/log.ts'
import { findUciHar, readUciHar, type UciHar } from '../../files/uci-har.ts'
import { parseTable, type Recording } from './dataset.ts'
import { readRecordingFile, type RecordingFile } from './recording-file.ts'
import type { Dataset } from './windows.ts'

export interface LoadOptions {
  /** Labels in the order of the model's outputs; those of the data, sorted, unless said. */
  readonly labels?: readonly string[]
  /** Longer recordings are cut into windows of so many samples; all must be of one length unless said. */
  readonly windowSamples?: number
  /** Recordings that each label needs, five unless said: one for each fold. */
  readonly leastPerLabel?: number
  /** Values stay in the units of their columns. */
  readonly asRecorded?: boolean
  /** What the user says of all of them. */
  readonly log?: LogChoices | undefined
  /** What was noticed of a recording. */
  readonly onNotes?: ((path: string, notes: readonly Note[]) => void) | undefined
}

const leastPerLabel = 5
/** Rates that differ by less are one: clocks of loggers are not better. */
const rateTolerance = 0.05

interface Read extends RecordingFile {
  readonly id: string
  readonly label: string
  readonly split: Recording['split']
  readonly path: string
}

/**
 * `folder/label/name.csv`, or any recordings below `folder` with `labelsFile`: a table of columns file, label and
 * perhaps split (train or heldout). A file is one recording, as readRecordingFile reads it. What differs between
 * files is said of the one that is not as most are. Throws UserError naming the file, and the line where there is one.
 */
export async function loadDataset(
  folder: string,
  labelsFile?: string,
  options: LoadOptions = {},
): Promise<Dataset> {
  const place = await findUciHar(folder)
  if (place !== undefined) {
    const { asRecorded, log } = options
    return uciHarDataset(folder, await readUciHar(place, { ...log, asRecorded }), options)
  }
  const files = await recordingFiles(folder)
  const wanted =
    labelsFile === undefined ? await byFolder(folder, files) : await byTable(folder, files, labelsFile)
  const read: Read[] = []
  for (const { file, label, split } of wanted) {
    const path = join(folder, file)
    const asRecorded = options.asRecorded === true
    const recording = await readRecordingFile(path, { ...options.log, asRecorded })
    if (recording.notes.length > 0) options.onNotes?.(path, recording.notes)
    read.push({ id: file, label, split, path, ...recording })
  }
  const named = (one: Read): string => one.channels.join()
  const usual = mostOf(read, (a, b) => named(a) === named(b))
  if (usual === undefined)
    throw new UserError(`${folder}: no recordings; expected CSV files, or others of docs/recordings.md`)
  for (const one of read) {
    if (named(one) !== named(usual)) {
      throw new UserError(
        `${one.path}: columns ${one.channels.join(', ')}, but ${usual.path} has ${usual.channels.join(', ')}: record all with the same channels`,
      )
    }
  }
  const recordings = cut(read, options)
  const sampleRateHz = commonRate(read)
  const labels = checkLabels(folder, recordings, options)
  const samples = recordings[0]?.samples.length ?? 0
  return { labels, channels: usual.channels, units: usual.units, samples, sampleRateHz, recordings }
}

/** A subject's windows of an activity are one recording: they overlap, and so stay together. */
function uciHarDataset(
  folder: string,
  { log, readingsOfWindow, ...of }: UciHar,
  options: LoadOptions,
): Dataset {
  const { activities, subjects } = of
  if (activities.length === 0)
    throw new UserError(
      `${folder}: no y_train.txt or y_test.txt beside the signals, which says the activities`,
    )
  const recordings = activities.map((label, window): Recording => {
    const samples = Array.from({ length: readingsOfWindow }, (_, at) =>
      log.channels.map(({ values }) => values[window * readingsOfWindow + at] ?? NaN),
    )
    return { id: `subject ${subjects[window] ?? window}, ${label}`, label, split: 'train', samples }
  })
  const windows = recordings.flatMap((recording) => {
    const samples = options.windowSamples ?? readingsOfWindow
    return Array.from({ length: Math.floor(readingsOfWindow / samples) }, (_, part) => {
      return { ...recording, samples: recording.samples.slice(part * samples, (part + 1) * samples) }
    })
  })
  return {
    labels: checkLabels(folder, windows, options),
    channels: log.channels.map(({ name }) => name),
    units: log.channels.map(({ unit }) => unit),
    samples: options.windowSamples ?? readingsOfWindow,
    sampleRateHz: log.sampleRateHz,
    recordings: windows,
  }
}

/** Windows of one length: that of most recordings, unless said. */
function cut(read: readonly Read[], { windowSamples }: LoadOptions): Recording[] {
  const alike = (a: Read, b: Read): boolean => a.samples.length === b.samples.length
  const usual = mostOf(read, alike)
  const samples = windowSamples ?? usual?.samples.length ?? 0
  return read.flatMap(({ id, label, split, samples: rows, path }): Recording[] => {
    const windows = Math.floor(rows.length / samples)
    if (windowSamples === undefined ? rows.length !== samples : windows === 0) {
      throw new UserError(
        `${path}: ${count(rows.length, 'sample')} where ${samples} are wanted: ` +
          (windowSamples === undefined
            ? 'cut the recordings to one length, or cut windows of them with --window SAMPLES'
            : 'record longer, or take the file away'),
      )
    }
    return Array.from({ length: windows }, (_, window) => {
      return { id, label, split, samples: rows.slice(window * samples, (window + 1) * samples) }
    })
  })
}

/** @returns the middle of all, null where no recording has a time */
function commonRate(read: readonly Read[]): number | null {
  const timed = read.filter(({ samples }) => samples.length > 1)
  const alike = (a: Read, b: Read): boolean =>
    a.sampleRateHz === null || b.sampleRateHz === null
      ? a.sampleRateHz === b.sampleRateHz
      : Math.abs(a.sampleRateHz / b.sampleRateHz - 1) <= rateTolerance
  const usual = mostOf(timed, alike)
  if (usual === undefined) return null
  const odd = timed.find((one) => !alike(one, usual))
  if (odd !== undefined) {
    const said = ({ sampleRateHz: rate }: Read): string => (rate === null ? 'no time' : `${rate} Hz`)
    const most = timed.filter((one) => alike(one, usual)).length
    throw new UserError(
      `${odd.path}: ${said(odd)}, but ${most} of ${timed.length} recordings have ${said(usual)}: record all at one rate`,
    )
  }
  const rates = timed.flatMap(({ sampleRateHz: rate }) => rate ?? []).sort((a, b) => a - b)
  return rates[Math.floor(rates.length / 2)] ?? null
}

/** The first of those that most others are like. */
function mostOf(read: readonly Read[], alike: (a: Read, b: Read) => boolean): Read | undefined {
  let most: { readonly one: Read; readonly like: number } | undefined
  for (const one of read) {
    if (most !== undefined && alike(most.one, one)) continue
    const like = read.filter((other) => alike(one, other)).length
    if (most === undefined || like > most.like) most = { one, like }
  }
  return most?.one
}

const count = (many: number, what: string): string => `${many} ${what}${many === 1 ? '' : 's'}`

/** By preference: text files beside recordings are notes, and without any they are the recordings. */
const EXTENSIONS: readonly (readonly string[])[] = [
  ['.csv', '.tsv', '.json', '.resd'],
  ['.txt', '.log'],
]
const NO_RECORDINGS = ['metadata.json', 'package.json']

async function recordingFiles(folder: string): Promise<string[]> {
  const found = await stat(folder).catch(() => undefined)
  if (found === undefined) throw new UserError(`${folder}: no such folder; give a folder of recordings`)
  if (!found.isDirectory()) throw new UserError(`${folder}: not a folder; give a folder of recordings`)
  const names = (await readdir(folder, { recursive: true })).map((name) => name.split(sep).join('/')).sort()
  const byPreference = EXTENSIONS.map((extensions) =>
    names.filter(
      (name) => extensions.includes(extname(name).toLowerCase()) && !NO_RECORDINGS.includes(basename(name)),
    ),
  )
  return byPreference.find(({ length }) => length > 0) ?? []
}

interface Wanted {
  readonly file: string
  readonly label: string
  readonly split: Recording['split']
}

async function byFolder(folder: string, files: readonly string[]): Promise<Wanted[]> {
  await checkFolders(folder, files)
  return files.map((file) => {
    const parts = file.split('/')
    const label = parts.at(-2)
    if (label === undefined) {
      throw new UserError(
        `${join(folder, file)}: no label; put it in a sub-folder named after its label, or give a table of labels`,
      )
    }
    return { file, label, split: parts.includes('heldout') && parts.length > 2 ? 'heldout' : 'train' }
  })
}

/** A class without recordings is forgotten rather than meant. */
async function checkFolders(folder: string, files: readonly string[]): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true })
  const empty = entries.find(
    (entry) =>
      entry.isDirectory() &&
      !entry.name.startsWith('.') &&
      !files.some((file) => file.startsWith(`${entry.name}/`)),
  )
  if (empty !== undefined && files.length > 0)
    throw new UserError(`${join(folder, empty.name)}: no recordings; put some there or take the folder away`)
}

async function byTable(folder: string, files: readonly string[], labelsFile: string): Promise<Wanted[]> {
  const text = await readFile(labelsFile, 'utf8').catch((cause: unknown) => {
    throw new UserError(`${labelsFile}: no such file; give a table of columns file and label`, undefined, {
      cause,
    })
  })
  const [header = [], ...rows] = parseTable(text, labelsFile)
  const [fileAt, labelAt, splitAt] = ['file', 'label', 'split'].map((name) => header.indexOf(name))
  if (fileAt === undefined || labelAt === undefined || fileAt < 0 || labelAt < 0) {
    throw new UserError(`${labelsFile}: no columns "file" and "label" in the header`)
  }
  const seen = new Set<string>()
  const wanted = rows.map((row, index): Wanted => {
    const where = `${labelsFile}, line ${index + 2}`
    const [file = '', label = ''] = [row[fileAt], row[labelAt]]
    const split = splitAt === undefined || splitAt < 0 ? 'train' : row[splitAt]
    if (!files.includes(file)) throw new UserError(`${where}: there is no recording "${file}" in ${folder}`)
    if (seen.has(file)) throw new UserError(`${where}: recording "${file}" has a label already`)
    if (label === '') throw new UserError(`${where}: recording "${file}" has no label`)
    if (split !== 'train' && split !== 'heldout') {
      throw new UserError(`${where}: split "${split ?? ''}" is neither train nor heldout`)
    }
    seen.add(file)
    return { file, label, split }
  })
  const table = relative(folder, labelsFile).split(sep).join('/')
  const unlabelled = files.find((file) => !seen.has(file) && file !== table)
  if (unlabelled !== undefined) {
    throw new UserError(
      `${labelsFile}: no label for recording "${unlabelled}"; add a line or take the file away`,
    )
  }
  return wanted
}

function checkLabels(
  folder: string,
  recordings: readonly Recording[],
  options: LoadOptions,
): readonly string[] {
  const found = [...new Set(recordings.map(({ label }) => label))].sort()
  const labels = options.labels ?? found
  const unknown = recordings.find(({ label }) => !labels.includes(label))
  if (unknown !== undefined) {
    throw new UserError(
      `${join(folder, unknown.id)}: label "${unknown.label}" is none of ${labels.join(', ')}: name it among the labels or take the file away`,
    )
  }
  if (labels.length < 2) {
    throw new UserError(`${folder}: only the label "${labels.join()}"; a classifier needs two or more`)
  }
  const least = options.leastPerLabel ?? leastPerLabel
  for (const label of labels) {
    const count = new Set(recordings.filter((one) => one.label === label).map(({ id }) => id)).size
    if (count < least) {
      const instead =
        count === 0 ? 'no recording' : `only ${count} ${count === 1 ? 'recording' : 'recordings'}`
      throw new UserError(
        `${folder}: ${instead} of "${label}"; each label needs ${least} or more, one for each fold`,
      )
    }
  }
  return labels
}

/** Throws UserError where the data cannot be given to a model of that many inputs and classes. */
export function checkShape(dataset: Dataset, model: string, inputs: number, classes: number): void {
  const { samples, channels, labels } = dataset
  if (samples * channels.length !== inputs) {
    throw new UserError(
      `${model}: takes ${inputs} values; the recordings have ${samples} samples of ${channels.length} channels, ${samples * channels.length} values: cut windows that fit`,
    )
  }
  if (labels.length !== classes) {
    throw new UserError(
      `${model}: has ${classes} outputs; the recordings have ${labels.length} labels (${labels.join(', ')})`,
    )
  }
}
