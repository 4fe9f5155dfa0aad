/** The user's own recordings: CSV files in a folder, labelled by sub-folder or by a table of labels. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { parse } from 'csv-parse/sync'
import { UserError } from '../../errors.ts'
import type { Recording } from './dataset.ts'
import type { Dataset } from './windows.ts'

export interface LoadOptions {
  /** Labels in the order of the model's outputs; those of the data, sorted, unless said. */
  readonly labels?: readonly string[]
  /** Longer recordings are cut into windows of so many samples; all must be of one length unless said. */
  readonly windowSamples?: number
  /** Recordings that each label needs, five unless said: one for each fold. */
  readonly leastPerLabel?: number
}

const timeColumns = ['time', 'time_s', 'time_ms', 'timestamp', 't']
const leastPerLabel = 5

/**
 * `folder/label/name.csv`, or any CSV files below `folder` with `labelsFile`: a table of columns file, label and
 * perhaps split (train or heldout). A file is one recording: a header, a row for each sample, a column for each
 * channel; columns of time are left out. Throws UserError naming the file, and the line where there is one.
 */
export async function loadDataset(
  folder: string,
  labelsFile?: string,
  options: LoadOptions = {},
): Promise<Dataset> {
  const files = await csvFiles(folder)
  const wanted = labelsFile === undefined ? byFolder(folder, files) : await byTable(folder, files, labelsFile)
  const read: (Recording & { readonly channels: readonly string[]; readonly path: string })[] = []
  for (const { file, label, split } of wanted) {
    const path = join(folder, file)
    const { channels, samples } = parseSamples(await readRecording(path), path)
    read.push({ id: file, label, split, samples, channels, path })
  }
  const [first] = read
  if (first === undefined) throw new UserError(`${folder}: no recordings; expected CSV files`)
  for (const { path, channels } of read) {
    if (channels.join() !== first.channels.join()) {
      throw new UserError(
        `${path}: columns ${channels.join(', ')}, but ${first.path} has ${first.channels.join(', ')}: record all with the same channels`,
      )
    }
  }
  const samples = options.windowSamples ?? first.samples.length
  const recordings = read.flatMap(({ id, label, split, samples: rows, path }): Recording[] => {
    const windows = Math.floor(rows.length / samples)
    if (options.windowSamples === undefined ? rows.length !== samples : windows === 0) {
      const instead = `${rows.length} samples where ${samples} are wanted`
      throw new UserError(
        `${path}: ${instead}: cut the recordings to one length, or say how long a window is`,
      )
    }
    return Array.from({ length: windows }, (_, window) => {
      return { id, label, split, samples: rows.slice(window * samples, (window + 1) * samples) }
    })
  })
  const labels = checkLabels(folder, recordings, options)
  return { labels, channels: first.channels, samples, recordings }
}

async function readRecording(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    const why = { EISDIR: 'is a folder', EACCES: 'may not be read' }[code] ?? String(cause)
    throw new UserError(`${path}: ${why}; a recording is a CSV file`, undefined, { cause })
  })
}

async function csvFiles(folder: string): Promise<string[]> {
  const found = await stat(folder).catch(() => undefined)
  if (found === undefined) throw new UserError(`${folder}: no such folder; give a folder of CSV recordings`)
  if (!found.isDirectory()) throw new UserError(`${folder}: not a folder; give a folder of CSV recordings`)
  const names = await readdir(folder, { recursive: true })
  return names
    .filter((name) => name.toLowerCase().endsWith('.csv'))
    .map((name) => name.split(sep).join('/'))
    .sort()
}

interface Wanted {
  readonly file: string
  readonly label: string
  readonly split: Recording['split']
}

function byFolder(folder: string, files: readonly string[]): Wanted[] {
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

function parseTable(text: string, name: string): string[][] {
  try {
    return parse(text, { skip_empty_lines: true, trim: true, bom: true })
  } catch (cause) {
    throw new UserError(`${name}: ${cause instanceof Error ? cause.message : String(cause)}`, undefined, {
      cause,
    })
  }
}

function parseSamples(text: string, path: string): { channels: string[]; samples: number[][] } {
  const [header = [], ...rows] = parseTable(text, path)
  const columns = header.flatMap((title, at) =>
    timeColumns.includes(title.toLowerCase()) ? [] : [{ title, at }],
  )
  if (header.length > 0 && header.every((title) => Number.isFinite(Number(title)))) {
    throw new UserError(`${path}: the first line has numbers alone; expected the names of the columns`)
  }
  if (columns.length === 0)
    throw new UserError(`${path}: no columns; expected a header and one column for each channel`)
  if (rows.length === 0) throw new UserError(`${path}: no samples below the header`)
  const samples = rows.map((row, index) =>
    columns.map(({ title, at }) => {
      const field = row[at] ?? ''
      const value = field === '' ? NaN : Number(field)
      if (!Number.isFinite(value)) {
        throw new UserError(`${path}, line ${index + 2}: ${title} is "${field}", not a number`)
      }
      return value
    }),
  )
  return { channels: columns.map(({ title }) => title), samples }
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
      const instead = count === 0 ? 'no recording' : `only ${count} recordings`
      throw new UserError(`${folder}: ${instead} of "${label}"; each label needs ${least} or more`)
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
