import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { strToU8, zipSync } from 'fflate'
import { afterAll, describe, expect, it } from 'vitest'
import { END, board, example, led, measured, sda } from '../../test/formats/example.ts'
import { UserError } from '../errors.ts'
import { csvLevels } from '../export/csv-timeline.ts'
import { whole } from '../export/output.ts'
import { ppk2 } from '../export/ppk2/ppk2.ts'
import { withFile } from '../../src/files/file-source.ts'
import { GIVE } from './measured-current.ts'
import type { MeasuredCurrent, MeasuredOptions } from './measured-current.ts'
import { readMeasuredCurrent } from './read-measured.ts'

const folder = mkdtempSync(join(tmpdir(), 'boardless-measured-'))
afterAll(() => rmSync(folder, { recursive: true }))

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}
const readFile = (path: string, options?: MeasuredOptions): Promise<MeasuredCurrent> =>
  withFile(path, `give ${GIVE}`, (source) => readMeasuredCurrent(source, options))
const read = (
  name: string,
  content: string | Uint8Array,
  options?: MeasuredOptions,
): Promise<MeasuredCurrent> => readFile(file(name, content), options)

const pieces = ({ current, from, to }: MeasuredCurrent): unknown =>
  Array.from(current.pieces(from, to), ({ begin, end, average }) => [begin, end, average])

/** The one line that is said, without the folder. */
const refusal = async (
  name: string,
  content: string | Uint8Array,
  options?: MeasuredOptions,
): Promise<string> => {
  const error: unknown = await read(name, content, options).then(
    () => 'accepted',
    (cause: unknown) => cause,
  )
  if (!(error instanceof UserError)) throw error
  expect(error.message).not.toContain('\n')
  return error.message.replace(`${folder}/`, '')
}

const MS = 64_000

describe('.ppk2', () => {
  it('of another writer, at another rate, with a sample that was lost', async () => {
    const capture = await read('python.ppk2', execFileSync('python3', ['test/formats/write_ppk2.py']), {
      startCycle: 1000,
    })
    expect(capture).toMatchObject({
      format: 'Power Profiler',
      samples: 30,
      samplesPerSecond: 1000,
      from: 1000,
      to: 1000 + 30 * MS,
    })
    expect(capture.notes.map(({ message }) => message)).toEqual([
      '1 of 30 samples were lost, first 5: what was before goes on',
    ])
    const found = pieces(capture) as number[][]
    expect(found).toHaveLength(29)
    expect(found[0]).toEqual([1000, 1000 + MS, 100_000_000])
    expect(found[4]).toEqual([1000 + 4 * MS, 1000 + 6 * MS, 102_000_000])
    expect(found[28]).toEqual([1000 + 29 * MS, 1000 + 30 * MS, 114_500_000])
    expect(capture.pins.map(({ info }) => info.name)).toEqual(['D1'])
    expect(
      [...capture.pins[0]!.pieces(1000, capture.to)].map(({ begin, states }) => [begin, states[0]?.state]),
    ).toEqual([
      [1000, 'low'],
      [1000 + 10 * MS, 'high'],
      [1000 + 20 * MS, 'changes'],
    ])
  })

  it('of ours, and any stretch of it', async () => {
    const capture = await read('own.ppk2', whole(ppk2(example, board, [led, sda])))
    expect(pieces(capture)).toEqual([
      [0, 640, 3_000_000], // 3.0000005 uA: float32s are 2^-22 apart there, so 3.00000047
      [640, 6400, 7_000_000],
      [6400, 12_800, 1_500_000],
      [12_800, END, 400_000],
    ])
    const some = [...capture.current.pieces(700, 6500)].map(({ begin, end }) => [begin, end])
    expect(some).toEqual([
      [700, 6400],
      [6400, 6500],
    ])
    expect([...capture.current.pieces(END, END + 10)]).toEqual([])
    // What is read can be written again.
    const again = whole(ppk2({ from: 0, to: END }, capture.current, capture.pins))
    expect(pieces(await read('again.ppk2', again))).toEqual(pieces(capture))
    const [d0, d1] = capture.pins.map((pin) =>
      [...pin.pieces(0, 2560)].map(({ begin, states }) => [begin, states[0]?.state]),
    )
    expect(d0).toEqual([
      [0, 'low'],
      [640, 'changes'],
      [1280, 'low'],
    ])
    expect(d1).toEqual([
      [0, 'not measured'],
      [640, 'high'],
      [1280, 'changes'],
      [1920, 'low'],
    ])
  })

  const metadata = (text: string): Uint8Array => strToU8(text)
  const META = metadata('{"metadata":{"samplesPerSecond":100000},"formatVersion":2}')
  const zip = (members: Record<string, Uint8Array>): Uint8Array => zipSync(members)
  const frames = (...microamps: number[]): Uint8Array => {
    const view = new DataView(new ArrayBuffer(6 * microamps.length))
    microamps.forEach((value, at) => view.setFloat32(6 * at, value, true))
    return new Uint8Array(view.buffer)
  }

  it.each([
    ['empty zip', zip({}), /a ZIP without session.raw/],
    [
      'no session',
      zip({ 'metadata.json': META }),
      /a ZIP without session.raw: no capture of the Power Profiler/,
    ],
    ['no metadata', zip({ 'session.raw': frames(1) }), /a ZIP without metadata.json/],
    [
      'not JSON',
      zip({ 'session.raw': frames(1), 'metadata.json': metadata('{') }),
      /metadata.json is not JSON: save it again/,
    ],
    [
      'no rate',
      zip({ 'session.raw': frames(1), 'metadata.json': metadata('{"metadata":{}}') }),
      /samplesPerSecond missing, which is no rate/,
    ],
    [
      'rate 0',
      zip({ 'session.raw': frames(1), 'metadata.json': metadata('{"metadata":{"samplesPerSecond":0}}') }),
      /samplesPerSecond 0, which is no rate/,
    ],
    [
      'null',
      zip({ 'session.raw': frames(1), 'metadata.json': metadata('null') }),
      /samplesPerSecond missing/,
    ],
    [
      'newer',
      zip({ 'session.raw': frames(1), 'metadata.json': metadata('{"formatVersion":3}') }),
      /format version 3; versions up to 2 are read/,
    ],
    [
      'half a frame',
      zip({ 'session.raw': frames(1).subarray(1), 'metadata.json': META }),
      /session.raw has 5 bytes, which are no whole samples of 6/,
    ],
    ['no frame', zip({ 'session.raw': frames(), 'metadata.json': META }), /session.raw has 0 bytes/],
    [
      'damaged',
      zip({ 'session.raw': frames(1, 1e30), 'metadata.json': META }),
      /sample 1 is 1.0*\d*e\+30 uA: session.raw is damaged/,
    ],
    [
      'all lost',
      zip({ 'session.raw': frames(NaN), 'metadata.json': META }),
      /none of its 1 samples was measured/,
    ],
  ])('refuses %s', async (name, content, message) => {
    expect(await refusal(name, content)).toMatch(message)
  })

  it('refuses every way of being cut off, and members that claim to be larger than is read', async () => {
    const good = zip({ 'session.raw': frames(1, 2, 3, 4), 'metadata.json': META })
    for (let length = 4; length < good.length; length += 7)
      expect(await refusal('cut.ppk2', good.subarray(0, length))).toMatch(
        /^cut.ppk2: (not a whole ZIP|a ZIP without|session.raw has|metadata.json)/,
      )
    const bomb = good.slice()
    const central = bomb.findLastIndex(
      (_, at) => bomb[at] === 0x50 && bomb[at + 1] === 0x4b && bomb[at + 2] === 1,
    )
    const first = bomb.findIndex((_, at) => bomb[at] === 0x50 && bomb[at + 1] === 0x4b && bomb[at + 2] === 1)
    expect(first).toBeLessThan(central)
    new DataView(bomb.buffer).setUint32(first + 24, 0xf000_0000, true)
    expect(await refusal('bomb.ppk2', bomb)).toMatch(/session.raw is of 4\.0 GB, more than is read \(2 GB\)/)
  })
})

describe('CSV', () => {
  it.each([
    [
      'Power Profiler',
      'Timestamp(ms),Current(uA),D0-D7\n0,100.000,0-------\n0.01,101.500,1-------\n0.02,101.500,1-------\n',
    ],
    [
      'our own',
      'time (s),time (cycles),board (uA)\r\n0,0,100\r\n0.00001,640,101.5\r\n0.00002,1280,101.5\r\n',
    ],
    [
      'Otii',
      'Timestamp (s),Main Current (A),Main Voltage (V)\n5.0,0.0001,3.3\n5.00001,0.0001015,3.3\n5.00002,0.0001015,3.3\n',
    ],
    ['semicolons and commas', 'time [us];current_nA\n0;100000,0\n10;101500,0\n20;101500,0\n'],
    [
      'Joulescope statistics',
      '#time,current,voltage,power,charge,energy\n0.00000,0.0001,3.3,0,0,0\n0.00001,0.0001015,3.3,0,0,0\n0.00002,0.0001015,3.3,0,0,0\n',
    ],
    [
      'Joulescope waveform',
      '# time,JS220-001122.i,JS220-001122.v\n0.0e+00,1.0e-04,3.3\n1.0e-05,1.015e-04,3.3\n2.0e-05,1.015e-04,3.3\n',
    ],
  ])('of %s', async (_, csv) => {
    const capture = await read('capture.csv', csv, { startCycle: 64 })
    expect(pieces(capture)).toEqual([
      [64, 704, 100_000_000],
      [704, 1984, 101_500_000],
    ])
    expect(capture).toMatchObject({ samples: 3, samplesPerSecond: 100_000, from: 64, to: 1984 })
    expect(capture.notes).toEqual([])
  })

  it('of ours comes back to the picoampere', async () => {
    const csv = whole(csvLevels({ ...example, tracks: [measured] }))
    expect(pieces(await read('own.csv', csv))).toEqual([[0, 2 * END, 2_100_000]]) // the last row holds as long as the one before
  })

  it('of several currents, the one that is named', async () => {
    const csv = 'time (s),board (uA),chip (uA)\n0,5,1\n1,5,1\n'
    expect(await refusal('two.csv', csv)).toBe(
      'two.csv: 2 currents: board (uA), chip (uA); name the column that is wanted',
    )
    expect(pieces(await read('two.csv', csv, { column: 'chip (uA)' }))).toEqual([[0, 128_000_000, 1_000_000]])
    expect(await refusal('two.csv', csv, { column: 'chip (u)' })).toBe(
      'two.csv: no current in column "chip (u)". Did you mean chip (uA)?',
    )
  })

  it.each([
    ['', 'x.csv: is empty: give a .ppk2, or CSV with columns such as Timestamp(ms) and Current(uA)'],
    ['hello\nworld\n', 'x.csv: no line has numbers in columns; found "hello"; give'],
    [
      '0,1\n1,2\n',
      'x.csv: the columns have no titles: found 2 columns without a header (first row: 0, 1); give',
    ],
    [
      'time (s),current\n0,1\n1,2\n',
      'x.csv: no column of a current with its unit: found time (s), current (first row: 0, 1); give',
    ],
    [
      'time,current (mA)\n0,1\n1,2\n',
      'x.csv: column time does not say its unit; write it into the title, such as time (s)',
    ],
    ['n,current (mA)\n0,1\n1,2\n', 'x.csv: no column of time: found n, current (mA)'],
    [
      'time (s),current (mA)\n0,1\n1,x\n',
      'x.csv: line 3, column current (mA): "x" is not a number: mend the line',
    ],
    ['time (s),current (mA)\n0,1\n0,2\n0,3\n', 'x.csv: line 3, column time (s): time does not increase'],
  ])('refuses %j', async (csv, message) => {
    expect(await refusal('x.csv', csv)).toContain(message)
  })

  it('is refused where there is no file', async () => {
    await expect(readFile(join(folder, 'none.ppk2'))).rejects.toThrow(
      /none.ppk2: no such file: give a .ppk2, or CSV/,
    )
  })
})
