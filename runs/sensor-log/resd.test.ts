import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { UserError } from '../errors.ts'
import { loadRecording } from '../../src/files/recording.ts'
import type { LogOptions, SensorLog } from './log.ts'
import { loadSensorLog } from '../../src/files/sensor-log.ts'

/**
 * Written by Renode's own tool, csv2resd of renode/renode at 06854d4d1def596a9a88aa841030c600df2249d3, of tables of ours:
 * acceleration at 100 Hz from 5 ms on, in micro-g: 0, 1000, 1000000; -500000, 2000, 999999; 2000000, -3000, -1000000.
 */
const MOTION =
  '524553440100000002020000003c00000000000000404b4c00000000008096980000000000000000000000000000000000e803000040420f00e05ef8ffd00700003f420f0080841e0048f4ffffc0bdf0ff'

/**
 * By the same tool: that acceleration; angular rate with timestamps, 5 ms + 2 ms and 5 ms + 5 ms, and in a second block at
 * 20 ms; magnetic flux density and voltage of channel 0 and temperature of channel 3 at 5 and 15 ms; acceleration of
 * channel 1 at 50 Hz.
 */
const EVERYTHING =
  '524553440100000002020000003c00000000000000404b4c00000000008096980000000000000000000000000000000000e803000040420f00e05ef8ffd00700003f420f0080841e0048f4ffffc0bdf0ff01030000003800000000000000404b4c0000000000000000000000000080841e0000000000a0860100000000006079feff404b4c00000000002fcb0400ffffffff0200000001080000003800000000000000404b4c00000000000000000000000000000000000000000050c30000589effffa0860100809698000000000051c30000589effffa086010001010003002800000000000000404b4c00000000000000000000000000000000000000000025620000809698000000000024faffff01040000002800000000000000404b4c000000000000000000000000000000000000000000a05a32008096980000000000a05a320002020001003c000000000000000000000000000000002d310100000000000000000000000000000000e803000040420f00e05ef8ffd00700003f420f0080841e0048f4ffffc0bdf0ff01030000002400000000000000002d31010000000000000000000000000000000000000000070000000800000009000000'

const folder = mkdtempSync(join(tmpdir(), 'boardless-resd-'))
afterAll(() => rmSync(folder, { recursive: true }))

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))
const write = (content: Uint8Array): string => {
  const file = join(folder, 'log.resd')
  writeFileSync(file, content)
  return file
}
const read = (content: Uint8Array, options: Partial<LogOptions> = {}): Promise<SensorLog> =>
  loadSensorLog(write(content), { keep: 'motion', needsTime: true, ...options })

const values = (log: SensorLog): Readonly<Record<string, readonly number[]>> =>
  Object.fromEntries(
    log.channels.map(({ name, values: all }) => [name, Array.from(all, (value) => Number(value.toFixed(9)))]),
  )
const times = (log: SensorLog): readonly number[] =>
  Array.from(log.times ?? [], (time) => Number(time.toFixed(9)))

const refusal = async (content: Uint8Array, options: Partial<LogOptions> = {}): Promise<string> => {
  const error: unknown = await read(content, options).then(
    () => 'accepted',
    (caught: unknown) => caught,
  )
  if (!(error instanceof UserError)) throw error
  expect(error.message).not.toContain('\n')
  return error.message.replaceAll(`${folder}/`, '')
}

const header = '5245534401000000'
const u64 = (value: number | bigint): string => {
  const view = Buffer.alloc(8)
  view.writeBigUInt64LE(BigInt(value))
  return view.toString('hex')
}
/** Of channel 0. @param kind 01 with timestamps, 02 at a constant frequency */
const block = (kind: string, type: string, body: string, size = body.length / 2): string =>
  [kind, type, '0000', u64(size), body].join('')
const xyz = '00000000e8030000d0070000'

describe('RESD', () => {
  it('at a constant frequency is a recording like others', async () => {
    const log = await read(bytes(MOTION))
    expect(log).toMatchObject({ format: 'RESD', sampleRateHz: 100, ignored: [], notes: [] })
    expect(times(log)).toEqual([0, 0.01, 0.02])
    expect(values(log)).toEqual({ ax: [0, -0.5, 2], ay: [0.001, 0.002, -0.003], az: [1, 0.999999, -1] })
    expect(log.channels.map(({ unit }) => unit)).toEqual(['g', 'g', 'g'])
    const { recording, facts } = await loadRecording(write(bytes(MOTION)), { atEnd: 'stop' })
    expect(recording.endCycle).toBe(0.03 * 64e6)
    expect(recording.valueAt('ax', 0.01 * 64e6)).toBe(-0.5)
    expect(facts).toMatchObject({ format: 'RESD', rows: 3, sampleRateHz: 100 })
  })

  it('of several sensors, with timestamps and in several blocks, is put together', async () => {
    const log = await read(bytes(EVERYTHING))
    expect(times(log)).toEqual([0, 0.002, 0.005, 0.01, 0.015, 0.02])
    const found = values(log)
    expect(found['ax']).toEqual([0, 0, 0, -0.5, -0.5, 2])
    // 1 rad/s is 180/pi degrees a second; before the first sample that is taken.
    const dps = (rads: number): number => Number(((rads * 180) / Math.PI).toFixed(9))
    expect(found['gx']).toEqual([dps(1), dps(1), dps(3.14159), dps(3.14159), dps(7e-5), dps(7e-5)])
    expect(found['gz']).toEqual([dps(-1), dps(-1), dps(2e-5), dps(2e-5), dps(9e-5), dps(9e-5)])
    // 50 000 nT are 50 uT, half a gauss.
    expect(found['mx']).toEqual([0.5, 0.5, 0.5, 0.50001, 0.50001, 0.50001])
    expect(log.ignored).toEqual(['temperature of channel 3', 'voltage', 'acceleration of channel 1'])
    expect(log.notes.map(({ message }) => message)[0]).toBe(
      'samples at times of their own: acceleration (3), angular rate (3), magnetic flux density (2): put together, each holds until the next of its kind',
    )
  })

  it('has its temperature where everything is wanted, and its own numbers as recorded', async () => {
    const all = await read(bytes(EVERYTHING), { keep: 'all' })
    expect(values(all)['temperature']).toEqual([25.125, 25.125, 25.125, -1.5, -1.5, -1.5])
    const raw = await read(bytes(MOTION), { keep: 'all', asRecorded: true })
    expect(values(raw)['acceleration x (ug)']).toEqual([0, -500_000, 2_000_000])
  })

  it('tells of gaps by sample', async () => {
    const at = (ms: number): string => u64(ms * 1e6) + xyz
    const body = u64(0) + u64(0) + [0, 10, 20, 30, 40, 500].map(at).join('')
    const log = await read(bytes(header + block('01', '0200', body)))
    expect(log.notes.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^1 gap in time, first at sample 6, the longest of 460 ms at sample 6/),
    )
  })

  const good = u64(0) + u64(1e7) + u64(0)
  it.each([
    ['52455344', 'RESD cut off within its header'],
    ['5245534402000000', 'RESD of version 2; version 1 is read'],
    ['5245534401000100', 'RESD whose header does not end with zeros'],
    [header, 'no samples of acceleration, angular rate or magnetic flux density: found no blocks'],
    [`${header}0202`, 'block 1: cut off within its header at byte 8'],
    [
      header + block('02', '0200', good, 1000),
      'block 1 (acceleration) says that it has 1000 bytes, and the file has 24 more',
    ],
    [header + block('02', '0200', good, 2 ** 60), 'bytes, and the file has 24 more'],
    [header + block('02', '0200', u64(0)), 'block 1 (acceleration) ends before its period'],
    [header + block('02', '0200', u64(0) + u64(1)), 'block 1 (acceleration) ends before its metadata'],
    [header + block('02', '0200', u64(0) + u64(0) + u64(0) + xyz), 'has a period of 0'],
    [
      header + block('02', '0200', u64(2n ** 63n) + u64(1) + u64(0)),
      'has a start of 9223372036854776000 ns, more than 104 days',
    ],
    [
      header + block('02', '0200', u64(0) + u64(2 ** 52) + u64(0) + xyz.repeat(4)),
      'ends more than 104 days after',
    ],
    [
      header + block('02', '0200', u64(0) + u64(1) + u64(99) + xyz),
      'says that it has 99 bytes of metadata, and has 12 more',
    ],
    [header + block('02', '0200', `${good}00`), 'has 1 bytes of samples, which are no whole ones of 12'],
    [header + block('02', '0400', `${good}00000000`), 'found voltage; give a recording of a motion sensor'],
    [header + block('07', '0200', `${good}${xyz}`), 'found acceleration; give'],
    [
      header + block('02', '0200', good + xyz) + block('02', '0200', good + xyz),
      'block 2 (acceleration), sample 1: at 0 s, and the sample before it is at 0 s',
    ],
  ])('refuses %s', async (hex, message) => {
    expect(await refusal(bytes(hex))).toContain(message)
  })

  it('refuses each way of being cut off that is not between blocks, and what the user says of its columns', async () => {
    const whole = bytes(EVERYTHING)
    const ends = new Set<number>()
    for (let at = 8; at < whole.length;) {
      at += 13 + new DataView(whole.buffer).getUint32(at + 5, true)
      ends.add(at)
    }
    for (let length = 4; length < whole.length; length++)
      if (!ends.has(length))
        expect(await refusal(whole.subarray(0, length))).toMatch(/^log.resd: (block|RESD|no samples)/)
    expect(await refusal(bytes(MOTION), { rateHz: 100 })).toContain('leave --columns and --rate out')
  })

  it('does not matter to its samples what metadata says', async () => {
    const metadata = Buffer.from('name\0\u000bwalk\0', 'latin1').toString('hex')
    const body = u64(0) + u64(1e7) + u64(metadata.length / 2) + metadata + xyz + xyz
    expect(values(await read(bytes(header + block('02', '0200', body))))['ay']).toEqual([0.001, 0.001])
  })
})
