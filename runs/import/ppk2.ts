/** Reads captures of Nordic's Power Profiler Kit II, at any of its rates. */
import type { Cycles } from '../../emulator/cpu/bus.ts'
import { CYCLES_PER_SECOND } from '../../emulator/time/ratio-clock.ts'
import { UserError } from '../errors.ts'
import { unzipWithin } from '../unzip.ts'
import {
  BITS_AT,
  CHANNEL,
  DIGITAL_CHANNELS,
  FORMAT_VERSION,
  FRAME_BYTES,
  METADATA,
  SESSION,
} from '../export/ppk2/layout.ts'
import type { StatePiece, StateTrack } from '../export/timeline-view.ts'
import { CHANGES, HIGH, LOW } from '../export/wires.ts'
import { MEASURED } from './measured-current.ts'
import type { MeasuredCurrent, MeasuredOptions } from './measured-current.ts'
import { SampledLevel } from './sampled-level.ts'

/** 55 minutes at 100 000 samples a second: all of it is in memory. */
const MOST_SESSION = 2e9
const MOST_METADATA = 1e6
/** The probe measures one; whoever has more has a damaged file. */
const MOST_MICROAMPS = 1e8
const FASTEST = 1_000_000
const SAVE_AGAIN = 'save it again with nRF Connect Power Profiler'

/** @throws UserError */
export function readPpk2(
  file: string,
  zip: Uint8Array,
  { startCycle = 0 }: MeasuredOptions,
): Omit<MeasuredCurrent, 'sha256'> {
  const members = unzipped(file, zip)
  const session = member(file, members, SESSION)
  const rate = rateOf(file, member(file, members, METADATA))
  if (session.length === 0 || session.length % FRAME_BYTES !== 0)
    throw new UserError(
      `${file}: ${SESSION} has ${session.length} bytes, which are no whole samples of ${FRAME_BYTES}: ${SAVE_AGAIN}`,
    )
  const view = new DataView(session.buffer, session.byteOffset, session.length)
  const count = session.length / FRAME_BYTES
  const microampsOf = (sample: number): number => view.getFloat32(sample * FRAME_BYTES, true)
  const cycleOf = (sample: number): Cycles => startCycle + Math.round((sample * CYCLES_PER_SECOND) / rate)
  const missing = checked(file, count, microampsOf)
  const picoampsOf = (sample: number): number => Math.round(microampsOf(sample) * 1e6)
  const bitsOf = (sample: number): number => view.getUint16(sample * FRAME_BYTES + BITS_AT)
  return {
    format: 'Power Profiler',
    current: new SampledLevel(MEASURED, { count, cycleOf, picoampsOf }),
    pins: pinsOf(count, cycleOf, bitsOf),
    samples: count,
    from: startCycle,
    to: cycleOf(count),
    samplesPerSecond: rate,
    notes:
      missing.count === 0
        ? []
        : [
            {
              message: `${missing.count} of ${count} samples were lost, first ${missing.first}: what was before goes on`,
              count: missing.count,
              line: 0,
            },
          ],
  }
}

type Members = Readonly<Record<string, Uint8Array>>

const unzipped = (file: string, zip: Uint8Array): Members =>
  unzipWithin(
    zip,
    { [SESSION]: MOST_SESSION, [METADATA]: MOST_METADATA },
    {
      tooLarge: (name, bytes, most) =>
        new UserError(
          `${file}: ${name} is of ${(bytes / 1e9).toFixed(1)} GB, more than is read (${most / 1e9} GB): save a part of it, or at fewer samples a second`,
        ),
      damaged: (why) => new UserError(`${file}: not a whole ZIP, perhaps cut off: ${why}; ${SAVE_AGAIN}`),
    },
  )

function member(file: string, members: Members, name: string): Uint8Array {
  const bytes = members[name]
  if (bytes === undefined)
    throw new UserError(`${file}: a ZIP without ${name}: no capture of the Power Profiler (.ppk2)`)
  return bytes
}

function rateOf(file: string, bytes: Uint8Array): number {
  const wrong = (what: string): UserError => new UserError(`${file}: ${METADATA} ${what}: ${SAVE_AGAIN}`)
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw wrong('is not JSON')
  }
  const root = record(json)
  const version = root?.['formatVersion'] ?? FORMAT_VERSION
  if (typeof version !== 'number' || version > FORMAT_VERSION)
    throw new UserError(
      `${file}: format version ${JSON.stringify(version)}; versions up to ${FORMAT_VERSION} are read: ${SAVE_AGAIN} of 2023 to 2026`,
    )
  const rate = record(root?.['metadata'])?.['samplesPerSecond']
  if (typeof rate !== 'number' || !(rate > 0) || rate > FASTEST)
    throw wrong(
      `has samplesPerSecond ${rate === undefined ? 'missing' : JSON.stringify(rate)}, which is no rate`,
    )
  return rate
}

const record = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined

/** @returns samples that the probe lost, which are NaN */
function checked(
  file: string,
  count: number,
  microampsOf: (sample: number) => number,
): { readonly count: number; readonly first: number } {
  let [missing, first] = [0, 0]
  for (let sample = 0; sample < count; sample++) {
    const value = microampsOf(sample)
    if (Math.abs(value) <= MOST_MICROAMPS) continue
    if (!Number.isNaN(value))
      throw new UserError(`${file}: sample ${sample} is ${value} uA: ${SESSION} is damaged; ${SAVE_AGAIN}`)
    if (missing === 0) first = sample
    missing += 1
  }
  if (missing === count)
    throw new UserError(`${file}: none of its ${count} samples was measured; record again`)
  return { count: missing, first }
}

const NOT_DRIVEN = 'not measured'
const STATES: Readonly<Record<number, string>> = {
  [CHANNEL.low]: LOW,
  [CHANNEL.high]: HIGH,
  [CHANNEL.both]: CHANGES,
}

function pinsOf(
  count: number,
  cycleOf: (sample: number) => Cycles,
  bitsOf: (sample: number) => number,
): readonly StateTrack[] {
  let seen = 0
  for (let sample = 0; sample < count; sample++) seen |= bitsOf(sample)
  return Array.from({ length: DIGITAL_CHANNELS }, (_, channel) => channel).flatMap(
    (channel): StateTrack[] => {
      const at = (sample: number): number => (bitsOf(sample) >> (2 * channel)) & CHANNEL.both
      if (((seen >> (2 * channel)) & CHANNEL.both) === 0) return []
      const info = { id: `measured.D${channel}`, name: `D${channel}`, group: 'measured/pins', unit: '' }
      return [{ kind: 'state', info, pieces: (from, to) => runs(count, cycleOf, at, from, to) }]
    },
  )
}

/** Samples alike are one piece. */
function* runs(
  count: number,
  cycleOf: (sample: number) => Cycles,
  at: (sample: number) => number,
  from: Cycles,
  to: Cycles,
): Generator<StatePiece> {
  for (let first = 0; first < count;) {
    const bits = at(first)
    let after = first + 1
    while (after < count && at(after) === bits) after += 1
    const [begin, end] = [Math.max(cycleOf(first), from), Math.min(cycleOf(after), to)]
    if (begin < end)
      yield { begin, end, states: [{ state: STATES[bits] ?? NOT_DRIVEN, cycles: end - begin }] }
    first = after
  }
}
