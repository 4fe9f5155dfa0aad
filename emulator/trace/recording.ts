import type { Cycles } from '../cpu/bus.ts'
import { lastAt } from '../last-at.ts'
import { CYCLES_PER_SECOND } from '../time/ratio-clock.ts'
import { LabelRuns, UNLABELLED, overBoth } from './labels.ts'
import type { LabelOver } from './labels.ts'
import { SURROUNDINGS, SURROUNDING_UNITS } from './surroundings.ts'
import type { Surrounding } from './surroundings.ts'

/** What a motion sensor feels, in the units that everything downstream uses. */
const MOTION = ['ax', 'ay', 'az', 'gx', 'gy', 'gz', 'mx', 'my', 'mz'] as const
/** What a recording can hold. */
export const CHANNELS = [...MOTION, ...SURROUNDINGS] as const
export type Channel = (typeof CHANNELS)[number]
export const CHANNEL_UNITS = { a: 'g', g: 'dps', m: 'gauss' } as const

/** What happens after the last sample: the run stops, the recording begins anew, or the last sample stays. */
export type EndPolicy = 'stop' | 'loop' | 'hold'

export interface RecordingOptions {
  readonly endPolicy?: EndPolicy
  /** Cycle of the first sample. */
  readonly startCycle?: Cycles
  /** Line of each row in its file, from 1, for messages; default: the header is line 1 and rows follow. */
  readonly lineOf?: (row: number) => number
}

/** A recording that cannot be used: what is wrong and where in the file. */
export class RecordingError extends Error {
  constructor(
    message: string,
    readonly line: number,
    readonly column?: string,
  ) {
    super(message)
    this.name = 'RecordingError'
  }
}

/** Standard gravity (CGPM 1901). */
const METRES_PER_SECOND_SQUARED_PER_G = 9.80665
/** Of columns of time. */
export const SECONDS_PER_UNIT: Readonly<Record<string, number>> = { time_s: 1, time_ms: 1e-3, time_us: 1e-6 }
/** By the kind of channel and the unit at the end of its column's name: factors to `CHANNEL_UNITS`. */
export const SCALES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  a: { g: 1, ms2: 1 / METRES_PER_SECOND_SQUARED_PER_G },
  g: { dps: 1, rads: 180 / Math.PI },
  m: { gauss: 1 },
}

interface ChannelColumn {
  readonly index: number
  readonly name: string
  readonly channel: Channel
  readonly scale: number
}

/** What sensors feel. */
export interface Motion {
  /** In g, dps or gauss; 0 for a channel that is not there. The same whenever it is asked. */
  valueAt(channel: Channel, cycle: Cycles): number
  /** In `SURROUNDING_UNITS`; undefined for what is not there. */
  surroundingAt?(what: Surrounding, cycle: Cycles): number | undefined
}

/** Samples of what a sensor felt, at any rate, even or uneven. Between samples the last one holds. */
export class Recording implements Motion {
  readonly endPolicy: EndPolicy
  /** Length of one pass in cycles, the last sample held for as long as the one before it. */
  readonly durationCycles: Cycles
  readonly #startCycle: Cycles
  /** Not saved: the recording. */
  readonly #cycles: Float64Array
  /** Not saved: where the latest look-up ended, for the next one to begin. */
  #last = 0

  constructor(
    readonly channels: ReadonlyMap<Channel, Float64Array>,
    /** Time of each sample in seconds from the first. Not saved: the recording. */
    readonly times: Float64Array,
    /** Label of each sample; undefined without a label column. */
    readonly labels: LabelRuns | undefined,
    options: RecordingOptions = {},
  ) {
    this.endPolicy = options.endPolicy ?? 'hold'
    this.#startCycle = options.startCycle ?? 0
    this.#cycles = times.map(cyclesOf)
    const end = this.#cycles.at(-1) ?? 0
    this.durationCycles = end + (end - (this.#cycles.at(-2) ?? end - CYCLES_PER_SECOND))
  }

  get sampleCount(): number {
    return this.times.length
  }

  /** Cycle at which the run stops; Infinity unless the end policy is stop. */
  get endCycle(): Cycles {
    return this.endPolicy === 'stop' ? this.#startCycle + this.durationCycles : Infinity
  }

  /** Index of the sample that holds at a cycle; before the first one, the first. */
  sampleAt(cycle: Cycles): number {
    let offset = Math.max(0, cycle - this.#startCycle)
    if (this.endPolicy === 'loop') offset %= this.durationCycles
    return this.#find(offset)
  }

  /** Value of a channel at a cycle in g, dps or gauss; 0 for a channel that was not recorded. */
  valueAt(channel: Channel, cycle: Cycles): number {
    return this.channels.get(channel)?.[this.sampleAt(cycle)] ?? 0
  }

  surroundingAt(what: Surrounding, cycle: Cycles): number | undefined {
    return this.channels.get(what)?.[this.sampleAt(cycle)]
  }

  /** What was labelled from one cycle up to, but not including, another; an empty stretch is its first cycle. */
  labelOver(begin: Cycles, end: Cycles): LabelOver {
    if (!this.labels) return UNLABELLED
    const newest = this.sampleCount - 1
    const last = Math.max(begin, end - 1)
    const [from, to] = [this.sampleAt(begin), this.sampleAt(last)]
    switch (this.#passOf(last) - this.#passOf(begin)) {
      case 0:
        return this.labels.over(from, to)
      case 1:
        return overBoth(this.labels.over(from, newest), this.labels.over(0, to))
      default:
        return this.labels.over(0, newest)
    }
  }

  /** How often the recording has begun anew. */
  #passOf(cycle: Cycles): number {
    if (this.endPolicy !== 'loop') return 0
    return Math.floor(Math.max(0, cycle - this.#startCycle) / this.durationCycles)
  }

  /** Last index whose time is not after `offset`; successive look-ups are mostly near each other. */
  #find(offset: number): number {
    const at = (index: number): number => this.#cycles[index] ?? Infinity
    if (at(this.#last) <= offset && offset < at(this.#last + 1)) return this.#last
    this.#last = Math.max(lastAt(this.#cycles.length, at, offset), 0)
    return this.#last
  }
}

/**
 * Makes a recording of the rows of a table: one time column (`time_s`, `time_ms` or `time_us`), channels with their
 * units (`ax_g` or `ax_ms2`, `gx_dps` or `gx_rads`, `mx_gauss`, and y and z likewise), an optional `label`;
 * surroundings as `temperature_c`, `humidity_pct`, `pressure_hpa`, `light_lux`, `red_lux`, `proximity_pct`.
 * @throws RecordingError with the line and column of the first thing that is wrong.
 */
export const recordingFromRows = (
  header: readonly string[],
  rows: readonly (readonly string[])[],
  options: RecordingOptions = {},
): Recording => {
  const lineOf = options.lineOf ?? ((row: number): number => row + 2)
  const names = header.map((name) => name.trim())
  const time = timeColumn(names)
  const columns = channelColumns(names)
  if (rows.length === 0) throw new RecordingError('the recording has no samples', 1)
  const times = new Float64Array(rows.length)
  const values = columns.map(() => new Float64Array(rows.length))
  let previous = 0
  rows.forEach((row, i) => {
    const line = lineOf(i)
    if (row.length !== names.length) {
      throw new RecordingError(`${row.length} fields where the header has ${names.length}`, line)
    }
    times[i] = number(row[time.index], time.name, line) * time.scale
    const at = cyclesOf((times[i] ?? 0) - (times[0] ?? 0))
    if (i > 0 && at <= previous) throw new RecordingError('time does not increase', line, time.name)
    if (at > Number.MAX_SAFE_INTEGER) throw new RecordingError('more than four years', line, time.name)
    previous = at
    columns.forEach(({ index, name, scale }, c) => {
      const samples = values[c]
      if (samples) samples[i] = number(row[index], name, line) * scale
    })
  })
  const first = times[0] ?? 0
  const label = names.indexOf('label')
  return new Recording(
    new Map(columns.map(({ channel }, c) => [channel, values[c] ?? new Float64Array()])),
    times.map((seconds) => seconds - first),
    label < 0 ? undefined : LabelRuns.of(rows.map((row) => row[label]?.trim() ?? '')),
    options,
  )
}

/** Whole cycles, for samples closer than which there is no telling apart. */
const cyclesOf = (seconds: number): Cycles => Math.round(seconds * CYCLES_PER_SECOND)

const number = (cell: string | undefined, column: string, line: number): number => {
  const text = (cell ?? '').trim()
  const value = text === '' ? NaN : Number(text)
  if (!Number.isFinite(value)) {
    throw new RecordingError(text === '' ? 'empty cell' : `"${text}" is not a number`, line, column)
  }
  return value
}

const timeColumn = (names: readonly string[]): { index: number; name: string; scale: number } => {
  const index = names.findIndex((name) => SECONDS_PER_UNIT[name] !== undefined)
  const name = names[index]
  if (name === undefined) throw new RecordingError('no column time_s, time_ms or time_us', 1)
  return { index, name, scale: SECONDS_PER_UNIT[name] ?? 1 }
}

const channelColumns = (names: readonly string[]): ChannelColumn[] => {
  const columns = names.flatMap((name, index) => {
    if (name === 'label' || SECONDS_PER_UNIT[name] !== undefined) return []
    return [channelColumn(name, index)]
  })
  for (const [i, { channel, name }] of columns.entries()) {
    if (columns.findIndex((other) => other.channel === channel) !== i) {
      throw new RecordingError(`${channel} is there twice`, 1, name)
    }
  }
  for (const [kind, unit] of Object.entries(CHANNEL_UNITS)) {
    const present = columns.filter(({ channel }) => /^.[xyz]$/.test(channel) && channel.startsWith(kind))
    const missing = ['x', 'y', 'z'].find(
      (axis) => !present.some(({ channel }) => channel === `${kind}${axis}`),
    )
    if (present.length > 0 && missing !== undefined) {
      throw new RecordingError(`no column ${kind}${missing}_${unit}`, 1)
    }
  }
  if (columns.length === 0)
    throw new RecordingError('no sensor columns: expected ax_g, ay_g, az_g or others', 1)
  return columns
}

const channelColumn = (name: string, index: number): ChannelColumn => {
  const [channelName = '', unit] = name.split('_')
  const channel = CHANNELS.find((known) => known === channelName)
  if (channel === undefined) throw new RecordingError(`unknown column "${name}"`, 1, name)
  const surrounding = SURROUNDINGS.find((one) => one === channel)
  const scales = surrounding ? { [SURROUNDING_UNITS[surrounding]]: 1 } : (SCALES[channel[0] ?? ''] ?? {})
  const scale = scales[unit ?? '']
  if (scale === undefined || name !== `${channelName}_${unit ?? ''}`) {
    const known = Object.keys(scales).map((suffix) => `${channel}_${suffix}`)
    throw new RecordingError(`unit of "${name}" is not known; use ${known.join(' or ')}`, 1, name)
  }
  return { index, name, channel, scale }
}
