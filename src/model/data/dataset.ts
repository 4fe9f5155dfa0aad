import { parse } from 'csv-parse/sync'
import { UserError } from '../../../runs/errors.ts'
import { factorOf, unitsOf } from '../../../runs/sensor-log/units.ts'

export interface Recording {
  readonly id: string
  readonly split: 'train' | 'heldout'
  readonly label: string
  /** Sample by sample, each [ax, ay, az, gx, gy, gz] in g and degrees per second, as the LSM9DS1 gives them. */
  readonly samples: readonly (readonly number[])[]
}

export const channels = ['ax', 'ay', 'az', 'gx', 'gy', 'gz'] as const
export const channelUnits = ['g', 'g', 'g', 'dps', 'dps', 'dps'] as const

interface ChannelColumn {
  readonly column: number
  readonly factor: number
}

/**
 * Reads a table of recordings: columns recording, split (train or heldout), time_s, one for each channel with
 * its unit (ax_g or ax_ms2, gx_dps or gx_rads), label. Throws UserError naming file, line and column.
 */
export function parseRecordings(csv: string, name: string): Recording[] {
  const rows = parseTable(csv, name)
  const header = rows[0]
  if (header === undefined || rows.length < 2) throw new UserError(`${name}: no rows; expected recordings`)
  const place = (wanted: string) => {
    const at = header.indexOf(wanted)
    if (at < 0) throw new UserError(`${name}: no column "${wanted}" in the header`)
    return at
  }
  const [id, split, label] = [place('recording'), place('split'), place('label')]
  const columns = channels.map((channel, index) => channelColumn(header, channel, index, name))

  const recordings = new Map<string, Recording & { samples: number[][] }>()
  rows.slice(1).forEach((row, index) => {
    const where = `${name}, line ${index + 2}`
    const key = row[id] ?? ''
    const recording = recordings.get(key) ?? {
      id: key,
      split: parseSplit(row[split] ?? '', where),
      label: row[label] ?? '',
      samples: [],
    }
    recordings.set(key, recording)
    if (recording.label !== row[label] || recording.split !== row[split]) {
      throw new UserError(`${where}: recording ${key} changes its label or split half-way`)
    }
    recording.samples.push(
      columns.map(
        ({ column, factor }) => parseNumber(row[column] ?? '', where, header[column] ?? '') * factor,
      ),
    )
  })
  return [...recordings.values()]
}

export function parseTable(csv: string, name: string): string[][] {
  try {
    return parse(csv, { skip_empty_lines: true, trim: true, bom: true })
  } catch (cause) {
    throw new UserError(`${name}: ${cause instanceof Error ? cause.message : String(cause)}`, undefined, {
      cause,
    })
  }
}

function channelColumn(header: string[], channel: string, index: number, name: string): ChannelColumn {
  const column = header.findIndex((title) => title.startsWith(`${channel}_`))
  if (column < 0) throw new UserError(`${name}: no column "${channel}_${channelUnits[index]}" in the header`)
  const title = header[column] ?? ''
  const unit = title.slice(channel.length + 1)
  const fitting = unitsOf(channel.startsWith('a') ? 'a' : 'g')
  if (!fitting.includes(unit)) {
    throw new UserError(`${name}: column "${title}" has the unit "${unit}"; use ${fitting.join(' or ')}`)
  }
  return { column, factor: factorOf(unit) }
}

function parseSplit(text: string, where: string): Recording['split'] {
  if (text !== 'train' && text !== 'heldout') {
    throw new UserError(`${where}: split "${text}" is neither train nor heldout`)
  }
  return text
}

export function parseNumber(text: string, where: string, column: string): number {
  const value = text === '' ? NaN : Number(text)
  if (!Number.isFinite(value)) throw new UserError(`${where}: ${column} is "${text}", not a number`)
  return value
}

/** Per-channel scaling: normalised = (value - mean) / std. */
export interface Normalisation {
  readonly mean: readonly number[]
  readonly std: readonly number[]
}

/** Mean and standard deviation (of the population) of each channel, rounded to float32 as firmware holds them. */
export function measureNormalisation(recordings: readonly Recording[]): Normalisation {
  const samples = recordings.flatMap((recording) => recording.samples)
  const statistic = (of: (values: number[]) => number) =>
    (samples[0] ?? []).map((_, channel) => Math.fround(of(samples.map((sample) => sample[channel] ?? 0))))
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const std = (values: number[]) => {
    const centre = mean(values)
    return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)))
  }
  return { mean: statistic(mean), std: statistic((values) => std(values) || 1) }
}

/** One window as the model takes it: row by row, sample after sample, each its normalised channels. */
export function toInput(samples: readonly (readonly number[])[], { mean, std }: Normalisation): Float32Array {
  return Float32Array.from(
    samples.flatMap((sample) =>
      sample.map((value, channel) => (value - (mean[channel] ?? 0)) / (std[channel] ?? 1)),
    ),
  )
}
