import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { strToU8, unzipSync, zipSync } from 'fflate'
import { bytesSource } from '../../runs/bytes/byte-source.ts'
import { UserError } from '../../runs/errors.ts'
import { csvLevels } from '../../runs/export/csv-timeline.ts'
import { whole } from '../../runs/export/output.ts'
import { ppk2 } from '../../runs/export/ppk2/ppk2.ts'
import { readMeasuredCurrent } from '../../runs/import/read-measured.ts'
import { readSensorLog } from '../../runs/sensor-log/sensor-log.ts'
import { seededRandom } from '../../src/model/random.ts'
import { projectRoot } from '../../src/toolchain/paths.ts'
import { END, board, example, led, measured, sda } from './example.ts'

type Random = () => number

interface Input {
  readonly name: string
  readonly bytes: Uint8Array
  /** Everything is read that a run, or whoever compares, would read of it. */
  readonly read: (bytes: Uint8Array) => Promise<unknown>
}

export interface InputChoices {
  readonly cases: number
  readonly first: number
  readonly seed: number
  readonly keepGoing: boolean
  readonly onProgress: (text: string) => void
  readonly onWrong: (text: string) => void
}

const FILE = 'damaged'
/** Of processor's time, and of memory beside what was there: far beyond what a whole file of this size takes. */
const MOST_SECONDS = 5
const MOST_BYTES = 1e9
const MOST_PIECES = 10_000
/** Of a message: a title is in it as it stands where an option is to name it. */
const LONGEST = 20_000

const RESD =
  '524553440100000002020000003c00000000000000404b4c00000000008096980000000000000000000000000000000000e803000040420f00e05ef8ffd00700003f420f0080841e0048f4ffffc0bdf0ff01030000003800000000000000404b4c0000000000000000000000000080841e0000000000a0860100000000006079feff404b4c00000000002fcb0400ffffffff02000000'
const EDGE_IMPULSE = {
  protected: { ver: 'v1', alg: 'none' },
  signature: '0',
  payload: {
    device_type: 'X',
    interval_ms: 10,
    sensors: ['x', 'y', 'z'].map((axis) => ({ name: `acc${axis.toUpperCase()}`, units: 'm/s2' })),
    values: Array.from({ length: 20 }, (_, i) => [i / 10, -i, 9.81]),
  },
}

const measuredInput = (name: string, bytes: Uint8Array): Input => ({
  name,
  bytes,
  read: async (damaged) => {
    const { current, pins, from, to } = await readMeasuredCurrent(bytesSource(FILE, damaged))
    let pieces = 0
    for (const track of [current, ...pins]) {
      const all = track.pieces(from, to)[Symbol.iterator]()
      while (all.next().done !== true && pieces < MOST_PIECES) pieces += 1
    }
    return pieces
  },
})

const logInput = (name: string, bytes: Uint8Array): Input => ({
  name,
  bytes,
  read: async (damaged) => {
    const source = bytesSource(FILE, damaged)
    await readSensorLog(source, { keep: 'motion', needsTime: true })
    return readSensorLog(source, { keep: 'all' })
  },
})

function inputs(): readonly Input[] {
  const trace = readFileSync(join(projectRoot(), 'traces', 'basic-motions', 'recordings.csv'), 'latin1')
  return [
    measuredInput('.ppk2', Uint8Array.from(whole(ppk2({ from: 0, to: END / 50 }, board, [led, sda])))),
    measuredInput('current CSV', Uint8Array.from(whole(csvLevels({ ...example, tracks: [measured] })))),
    measuredInput(
      'Power Profiler CSV',
      strToU8(
        `Timestamp(ms),Current(uA),D0-D7\n${Array.from({ length: 40 }, (_, i) => `${i / 10},${i * 3.5},00000001`).join('\n')}\n`,
      ),
    ),
    logInput('RESD', Uint8Array.from(Buffer.from(RESD, 'hex'))),
    logInput('CSV', strToU8(trace.split('\n').slice(0, 60).join('\n'))),
    logInput('Edge Impulse JSON', strToU8(JSON.stringify(EDGE_IMPULSE))),
  ]
}

const below = (random: Random, count: number): number => Math.floor(random() * count)
const oneOf = <T>(random: Random, list: readonly [T, ...T[]]): T =>
  list[below(random, list.length)] ?? list[0]

/** In place of a number in text. */
const STRANGE = [
  'NaN', 'Infinity', '-1', '1e308', '-1e308', '1e-320', '9007199254740993', '4294967296', '99999999999999999999999',
  '0', '', '"', '"a', 'null', '[]', '{}', '0x10', '1,5', '1.2.3', '-', '\u0000', 'a'.repeat(5000),
] as const // prettier-ignore

const spliced = (bytes: Uint8Array, at: number, without: number, added: Uint8Array): Uint8Array =>
  Uint8Array.from(Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + without)]))

/** Each gives another file, of which as much is whole as can be: so that what reads it comes far. */
const mutations: readonly [Mutation, ...Mutation[]] = [
  (bytes, random) => bytes.subarray(0, below(random, bytes.length + 1)),
  (bytes, random) => {
    const copy = bytes.slice()
    for (let flips = 1 + below(random, 8); flips > 0 && copy.length > 0; flips--) {
      const at = below(random, copy.length)
      copy[at] = (copy[at] ?? 0) ^ (1 << below(random, 8))
    }
    return copy
  },
  (bytes, random) => {
    const written = new DataView(new ArrayBuffer(8))
    const value = oneOf(random, [NaN, -1, 0, 2 ** 31, 2 ** 32 - 1, 2 ** 53, 1e300, -Infinity])
    if (random() < 0.5) written.setFloat64(0, value, true)
    else
      written.setBigUint64(0, oneOf(random, [0n, 2n ** 64n - 1n, 2n ** 63n, 2n ** 32n, 2n ** 31n - 1n]), true)
    const length = oneOf(random, [1, 2, 4, 8])
    return spliced(bytes, below(random, bytes.length + 1), length, new Uint8Array(written.buffer, 0, length))
  },
  (bytes, random) => {
    const [from, length] = [below(random, bytes.length + 1), below(random, 64)]
    return spliced(
      bytes,
      below(random, bytes.length + 1),
      random() < 0.5 ? length : 0,
      bytes.slice(from, from + length),
    )
  },
  (bytes, random) => {
    const text = Buffer.from(bytes).toString('latin1')
    const numbers = [...text.matchAll(/-?\d+(\.\d+)?/g)]
    const found = numbers[below(random, numbers.length)]
    if (!found) return bytes
    return spliced(bytes, found.index, found[0].length, Buffer.from(oneOf(random, STRANGE), 'latin1'))
  },
  (bytes, random) => {
    const lines = Buffer.from(bytes).toString('latin1').split('\n')
    const at = below(random, lines.length)
    const cells = (lines[at] ?? '').split(',')
    if (random() < 0.5) cells.splice(below(random, cells.length), 1)
    else cells.splice(below(random, cells.length), 0, oneOf(random, STRANGE))
    lines[at] = cells.join(',')
    return Uint8Array.from(Buffer.from(lines.join('\n'), 'latin1'))
  },
]
type Mutation = (bytes: Uint8Array, random: Random) => Uint8Array

const changed = (bytes: Uint8Array, random: Random): Uint8Array => {
  let now = bytes
  for (let times = 1 + below(random, 3); times > 0; times--) now = oneOf(random, mutations)(now, random)
  return now
}

/** Within a ZIP its members are changed, or it itself. */
function damaged(bytes: Uint8Array, random: Random): Uint8Array {
  if (bytes[0] !== 0x50 || random() < 0.3) return changed(bytes, random)
  const members = unzipSync(bytes)
  const name = Object.keys(members)[below(random, Object.keys(members).length)] ?? ''
  return zipSync({ ...members, [name]: changed(members[name] ?? new Uint8Array(), random) }, { level: 1 })
}

/** What is wrong with how a file was read; undefined where it was read, or refused in one line. */
async function wrongWith(input: Input, bytes: Uint8Array): Promise<string | undefined> {
  const before = process.memoryUsage.rss()
  const began = process.cpuUsage()
  let wrong: string | undefined
  try {
    await input.read(bytes)
  } catch (error) {
    if (!(error instanceof UserError))
      wrong = error instanceof Error ? (error.stack ?? error.message) : String(error)
    else if (error.message.includes('\n') || error.message.length > LONGEST)
      wrong = `no one line: ${error.message}`
    else if (!error.message.startsWith(FILE)) wrong = `it does not name the file: ${error.message}`
  }
  const seconds = process.cpuUsage(began).user / 1e6
  if (seconds > MOST_SECONDS) wrong ??= `it took ${seconds.toFixed(0)} s`
  const grown = process.memoryUsage.rss() - before
  if (grown > MOST_BYTES) wrong ??= `it took ${(grown / 1e6).toFixed(0)} MB`
  return wrong
}

/**
 * Damages measured currents and recordings in all ways that damage comes in, and reads them: each is read, or refused in
 * one line.
 * @returns how many files, and how many of them otherwise
 */
export async function fuzzInputs(
  choices: InputChoices,
): Promise<{ readonly files: number; readonly wrong: number }> {
  const all = inputs()
  for (const input of all) {
    const wrong = await input.read(input.bytes).then(
      () => undefined,
      (cause: unknown) => cause,
    )
    if (wrong !== undefined) throw new Error(`${input.name} is whole, and cannot be read`, { cause: wrong })
  }
  let [files, failing] = [0, 0]
  for (let n = choices.first; n < choices.first + choices.cases; n++) {
    const input = all[n % all.length]
    if (!input) continue
    choices.onProgress(`file ${n}, ${failing} neither read nor refused: ${input.name}`)
    const bytes = damaged(input.bytes, seededRandom(choices.seed * 1_000_003 + n))
    const wrong = await wrongWith(input, bytes)
    files += 1
    if (wrong === undefined) continue
    failing += 1
    choices.onWrong(`${input.name}, file ${n} of seed ${choices.seed}: ${wrong}`)
    if (!choices.keepGoing) break
  }
  return { files, wrong: failing }
}
