/**
 * Renode Sensor Data: what Renode plays to its sensors (renode/renode, tools/csv2resd; renode-infrastructure,
 * src/Emulator/Main/Utilities/RESD). Blocks of samples of one type and channel, little-endian, each with its times.
 */
import { readAll, type ByteSource } from '../bytes/byte-source.ts'
import { sha256Of } from '../bytes/host.ts'
import { latin1 } from '../bytes/text.ts'
import { UserError } from '../errors.ts'
import type { LogChannel, LogOptions, Note, SensorLog } from './log.ts'
import { CHANNELS_OF, typeName } from './resd-types.ts'
import type { ResdChannel } from './resd-types.ts'
import { blocksOf } from './resd-blocks.ts'
import type { ResdBlock } from './resd-blocks.ts'
import { goForward } from './times.ts'
import { noticed } from './values.ts'

const MAGIC = 'RESD'
const LARGEST = 1e9

/** By its first bytes. */
export const isResd = async (source: ByteSource): Promise<boolean> =>
  latin1(await source.read(0, MAGIC.length)) === MAGIC

/** @throws UserError naming the file and the block */
export async function readResd(source: ByteSource, options: LogOptions): Promise<SensorLog> {
  const { name: file, size } = source
  if (options.columns !== undefined || options.rateHz !== undefined)
    throw new UserError(`${file}: RESD says itself what it holds, and when: leave --columns and --rate out`)
  if (size > LARGEST)
    throw new UserError(
      `${file}: RESD of more than ${LARGEST / 1e9} GB; export it as CSV, which is read bit by bit`,
    )
  const bytes = await readAll(source)
  const blocks = blocksOf(file, bytes)
  const streams = streamsOf(file, blocks, options)
  const times = union(streams)
  const first = times[0] ?? 0
  // Samples of a file that has no lines.
  const timing = goForward(
    times.map((time) => (time - first) / 1e9),
    (row) => row + 1,
  )
  const channels = streams.flatMap((stream) => held(stream, times, options))
  const used = new Set(streams.flatMap((stream) => stream.blocks))
  return {
    format: 'RESD',
    sha256: sha256Of(bytes),
    channels,
    times: timing.times,
    sampleRateHz: times.length < 2 ? null : Number((1 / timing.stepSeconds).toPrecision(6)),
    labels: undefined,
    ignored: [...new Set(blocks.filter((block) => !used.has(block)).map(nameOf))],
    notes: [
      ...together(streams, times),
      ...timing.notes.map((note) => ({
        ...note,
        message: note.message.replace(/\bline (?=\d)/g, 'sample '),
        line: 0,
      })),
      ...noticed(channels),
    ],
  }
}

/** All blocks of one type and channel, one after the other. */
interface Stream {
  readonly blocks: readonly ResdBlock[]
  readonly channels: readonly ResdChannel[]
  /** Nanoseconds. */
  readonly times: Float64Array
}

const nameOf = ({ type, channel }: Pick<ResdBlock, 'type' | 'channel'>): string =>
  channel === 0 ? typeName(type) : `${typeName(type)} of channel ${channel}`

/** Of each type what is wanted of the lowest channel. */
function streamsOf(file: string, blocks: readonly ResdBlock[], { keep }: LogOptions): readonly Stream[] {
  const types = [...new Set(blocks.map(({ type }) => type))].sort((a, b) => a - b)
  const streams = types.flatMap((type): Stream[] => {
    const channels = (CHANNELS_OF[type]?.channels ?? []).filter(({ isMotion }) => isMotion || keep === 'all')
    if (channels.length === 0) return []
    const all = blocks.filter((block) => block.type === type)
    const lowest = Math.min(...all.map(({ channel }) => channel))
    const own = all.filter(({ channel, count }) => channel === lowest && count > 0)
    return own.length === 0 ? [] : [{ blocks: own, channels, times: timesOf(file, own) }]
  })
  if (streams.length > 0) return streams
  const names = [...new Set(blocks.map(nameOf))].join(', ') || 'no blocks'
  throw new UserError(
    `${file}: no samples of acceleration, angular rate or magnetic flux density: found ${names}; give a recording of a motion sensor`,
  )
}

function timesOf(file: string, blocks: readonly ResdBlock[]): Float64Array {
  const times = new Float64Array(blocks.reduce((sum, { count }) => sum + count, 0))
  let at = 0
  let newest = -1
  for (const block of blocks)
    for (let sample = 0; sample < block.count; sample++) {
      const time = block.timeOf(sample)
      if (time <= newest)
        throw new UserError(
          `${file}: block ${block.number} (${nameOf(block)}), sample ${sample + 1}: at ${time / 1e9} s, and the sample before it is at ${newest / 1e9} s: put the blocks in the order of time`,
        )
      newest = time
      times[at++] = time
    }
  return times
}

/** Every time at which any has a sample. */
function union(streams: readonly Stream[]): Float64Array {
  const [only] = streams
  if (only !== undefined && streams.every(({ times }) => sameTimes(times, only.times))) return only.times
  const all = new Float64Array(streams.reduce((sum, { times }) => sum + times.length, 0))
  let at = 0
  for (const { times } of streams) {
    all.set(times, at)
    at += times.length
  }
  all.sort()
  return all.filter((time, index) => time !== all[index - 1])
}

const sameTimes = (a: Float64Array, b: Float64Array): boolean =>
  a.length === b.length && a.every((time, at) => time === b[at])

/** What holds at each time; before the first sample, that. */
function held(
  { blocks, channels, times: own }: Stream,
  times: Float64Array,
  options: LogOptions,
): LogChannel[] {
  const rows = new Int32Array(times.length)
  for (let row = 0, sample = 0; row < times.length; row++) {
    while (sample + 1 < own.length && (own[sample + 1] ?? Infinity) <= (times[row] ?? 0)) sample += 1
    rows[row] = sample
  }
  return channels.map(({ name, unit, title, factor }, field) => {
    const raw = valuesOf(blocks, field, own.length)
    const isRaw = options.asRecorded === true
    return {
      name: isRaw ? title : name,
      unit: isRaw ? '' : unit,
      title,
      values: Float64Array.from(rows, (sample) => (raw[sample] ?? NaN) * (isRaw ? 1 : factor)),
    }
  })
}

function valuesOf(blocks: readonly ResdBlock[], field: number, count: number): Float64Array {
  const values = new Float64Array(count)
  let at = 0
  for (const block of blocks)
    for (let sample = 0; sample < block.count; sample++) values[at++] = block.valueOf(sample, field)
  return values
}

function together(streams: readonly Stream[], times: Float64Array): readonly Note[] {
  const apart = streams.filter((stream) => stream.times.length !== times.length)
  if (apart.length === 0) return []
  const names = streams.map(
    ({ blocks: [block], times: own }) => `${block ? nameOf(block) : ''} (${own.length})`,
  )
  return [
    {
      message: `samples at times of their own: ${names.join(', ')}: put together, each holds until the next of its kind`,
      count: apart.length,
      line: 0,
    },
  ]
}
