/** What is exported, read by other programs' readers. */
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import { whole } from '../../runs/export/output.ts'
import type { Piece } from '../../runs/export/output.ts'
import { perfetto } from '../../runs/export/perfetto/perfetto.ts'
import { ppk2 } from '../../runs/export/ppk2/ppk2.ts'
import { vcd } from '../../runs/export/vcd.ts'
import { findPython } from '../python.ts'
import { END, board, example, led, sda } from './example.ts'

const found = await findPython('test/formats/requirements.txt')
const python = 'python' in found ? found.python : ''
if ('missing' in found) console.warn(`other programs' readers are left out: ${found.missing}`)

async function read<T>(script: string, pieces: Iterable<Piece>): Promise<T> {
  const { stdout } = await execa(python, [`test/formats/${script}`], { input: whole(pieces) })
  return JSON.parse(stdout) as T
}

interface PerfettoTrack {
  readonly uuid: string
  readonly name: string
  readonly parent_uuid?: string
  readonly child_ordering: string
  readonly sibling_order_rank: number
  readonly counter?: { readonly unit_name: string; readonly y_axis_share_key?: string }
  readonly events: readonly (readonly unknown[])[]
}

describe.skipIf(python === '')('perfetto 0.59.1 (PyPI), its protobuf descriptors', () => {
  const traced =
    python === ''
      ? undefined
      : read<{ tracks: PerfettoTrack[]; names: number }>('read_perfetto.py', perfetto(example))
  const track = async (name: string): Promise<PerfettoTrack> =>
    (await traced)!.tracks.find((one) => one.name === name)!

  it('reads groups within the run, in the order of the timeline', async () => {
    const { tracks } = (await traced)!
    const parent = (name: string): string | undefined => {
      const { parent_uuid: uuid } = tracks.find((one) => one.name === name)!
      return tracks.find((one) => one.uuid === uuid)?.name
    }
    expect(parent('app.elf')).toBeUndefined()
    expect(parent('current')).toBe('app.elf')
    expect(parent('board')).toBe('current')
    expect(parent('phases')).toBe('run')
    expect(parent('phase')).toBe('phases')
    expect(new Set(tracks.map((one) => one.child_ordering))).toEqual(new Set(['EXPLICIT']))
    const ranks = ['board', 'measured', 'FIFO fill', 'state', 'P0.13 LED', 'phase', 'interrupts', 'console']
    const found = await Promise.all(ranks.map(async (name) => (await track(name)).sibling_order_rank))
    expect(found).toEqual([...found].sort((a, b) => a - b))
  })

  it('reads counters with their unit, an estimate and its measurement on one axis, and what is folded as three', async () => {
    const { counter, events } = await track('board')
    expect(counter).toEqual({ unit_name: 'µA', y_axis_share_key: 'board current' })
    expect((await track('measured')).counter).toEqual(counter)
    expect(events).toEqual([
      [0, 'counter', 2],
      [5000, 'counter', 4.000001],
      [10_000, 'counter', 7],
      [100_000, 'counter', 1.5000005],
      [200_000, 'counter', 0.4],
      [1_000_000, 'counter', 0.4],
    ])
    expect((await track('board minimum')).events[3]).toEqual([100_000, 'counter', 1])
    expect((await track('board maximum')).events[3]).toEqual([100_000, 'counter', 3])
    expect((await track('FIFO fill')).events.at(-1)).toEqual([1_000_000, 'counter', 3])
  })

  it('reads states and spans as slices that nest, with what they carry', async () => {
    expect((await track('state')).events.slice(2, 6)).toEqual([
      [16, 'slice_begin', 'sleep', {}], // cycle 1, 15.625 ns
      [100_000, 'slice_end'],
      [100_000, 'slice_begin', 'run | sleep', { 'run (cycles)': 4000, 'sleep (cycles)': 2400 }],
      [200_000, 'slice_end'],
    ])
    const { tracks } = (await traced)!
    const lanes = tracks.filter(({ name }) => name === 'phase')
    expect(lanes.map(({ events }) => events)).toEqual([
      [
        [1563, 'slice_begin', 'inference', {}],
        [1563, 'slice_begin', 'CONV_2D', { index: 0, cyclesPerMac: 1.5, first: true }],
        [3125, 'slice_end'],
        [3125, 'slice_begin', 'CONV_2D', {}],
        [4688, 'slice_end'],
        [78_125, 'slice_end'],
        [100_000, 'slice_begin', '3 × inference', { count: 3, 'busy (cycles)': 5000 }],
        [200_000, 'slice_end'],
      ],
      [
        [77_969, 'slice_begin', 'output', {}], // ends after what it began in
        [93_750, 'slice_end'],
      ],
    ])
    expect((await track('interrupts')).events[0]?.[3]).toEqual({ 'value (cycles)': 12 })
  })

  it('reads marks as instants with their text', async () => {
    expect((await track('console')).events).toEqual([
      [2000, 'instant', 'hallo, "Welt" µ', { kind: 'line' }],
      [2031, 'slice_begin', 'zwei', { kind: 'line' }],
      [2656, 'slice_end'],
    ])
  })
})

interface Vcd {
  readonly timescale: string
  readonly variables: readonly { scope: string; name: string; type: string; bits: number; code: string }[]
  readonly changes: readonly (readonly [number, string, string | number])[]
  readonly end: number
}

describe.skipIf(python === '')('pyvcd 0.5.1 (PyPI)', () => {
  const dumped = python === '' ? undefined : read<Vcd>('read_vcd.py', vcd(example))
  const changes = async (name: string): Promise<unknown> => {
    const { variables, changes: all } = (await dumped)!
    const { code } = variables.find((one) => one.name === name)!
    return all.filter((change) => change[1] === code).map(([time, , value]) => [time, value])
  }

  it('reads a picosecond as the timescale, and each time exactly', async () => {
    const { timescale, end, changes: all } = (await dumped)!
    expect(timescale).toBe('1 ps')
    expect(end).toBe(END * 15_625)
    const times = all.map(([time]) => time)
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(times.every((time) => time % 15_625 === 0)).toBe(true)
  })

  it('reads pins as wires, levels as reals, states, spans and marks as strings', async () => {
    const { variables } = (await dumped)!
    expect(variables.map(({ scope, name, type }) => `${scope} ${name} ${type}`)).toEqual([
      'current board_uA real',
      'current measured_uA real',
      'buffers FIFO_fill real',
      'processor state string',
      'pins P0.13_LED wire',
      'pins P0.14 wire',
      'run/phases phase_0 string',
      'run/phases phase_1 string',
      'run interrupts string',
      'run console_event event',
      'run console string',
    ])
    expect(await changes('P0.13_LED')).toEqual([
      [0, '0'],
      [15_625_000, '1'],
      [15_640_625, '0'],
    ])
    expect(await changes('P0.14')).toEqual([
      [0, 'z'],
      [10_000_000, '1'],
      [20_000_000, 'x'],
      [30_000_000, '0'],
    ])
    expect(await changes('board_uA')).toEqual([
      [0, 2],
      [5_000_000, 4.000001],
      [10_000_000, 7],
      [100_000_000, 1.5000005],
      [200_000_000, 0.4],
    ])
    expect(await changes('state')).toEqual([
      [0, 'run'],
      [15_625, 'sleep'],
      [100_000_000, 'run|sleep'],
      [200_000_000, 'sleep'],
    ])
    expect(await changes('phase_1')).toEqual([
      [0, '-'],
      [1_562_500, 'CONV_2D'],
      [3_125_000, '-'],
      [3_125_000, 'CONV_2D'],
      [4_687_500, '-'],
      [77_968_750, 'output'],
      [93_750_000, '-'],
    ])
    expect(await changes('console')).toEqual([
      [2_000_000, 'line_hallo,_"Welt"_'],
      [2_031_250, 'line_zwei'],
      [2_656_250, '-'],
    ])
  })
})

interface Ppk2 {
  readonly members: readonly string[]
  readonly dates: readonly (readonly number[])[]
  readonly microamps: readonly number[]
  readonly bits: readonly number[]
  readonly metadata: unknown
  readonly minimap: {
    readonly data: { length: number; min: { x: number; y: number }[]; max: { x: number; y: number }[] }
    readonly numberOfTimesToFold: number
  }
}

describe.skipIf(python === '')(
  "Python's zipfile and struct, by the layout of Nordic's pc-nrfconnect-ppk",
  () => {
    it('read samples averaged over 10 us, pins by two bits each, and the overview', async () => {
      const capture = await read<Ppk2>(
        'read_ppk2.py',
        ppk2(example, board, [led, sda], { startSystemTime: 5 }),
      )
      expect(capture.members).toEqual(['session.raw', 'metadata.json', 'minimap.raw'])
      expect(capture.dates).toEqual(Array.from({ length: 3 }, () => [1980, 1, 1, 0, 0, 0]))
      expect(capture.metadata).toEqual({
        metadata: { samplesPerSecond: 100_000, startSystemTime: 5 },
        formatVersion: 2,
      })
      const expected = [
        3.0000005, // half of 2 and half of 4.000001
        ...Array.from({ length: 9 }, () => 7),
        ...Array.from({ length: 10 }, () => 1.5000005),
        ...Array.from({ length: 80 }, () => 0.4),
      ]
      expect(capture.microamps).toEqual(expected.map(Math.fround))
      // LED in the lowest two bits, P0.14 above: 1 low, 2 high, 3 both, 0 not driven.
      expect(capture.bits.slice(0, 5)).toEqual([0b00_01, 0b10_11, 0b11_01, 0b01_01, 0b01_01])
      expect(capture.minimap.numberOfTimesToFold).toBe(1)
      expect(capture.minimap.data.length).toBe(100)
      expect(capture.minimap.data.max[1]).toEqual({ x: 10, y: 7000 })
    })

    it('read an overview of at most 10 000 elements of a capture of 35 000 samples', async () => {
      const cycles = 35_000 * 640
      const ramp = { ...board, pieces: () => steps }
      const steps = Array.from({ length: 35_000 }, (_, at) => {
        const picoamps = (at + 1) * 1e6
        return {
          begin: at * 640,
          end: (at + 1) * 640,
          minimum: picoamps,
          average: picoamps,
          maximum: picoamps,
        }
      })
      const { minimap, microamps } = await read<Ppk2>('read_ppk2.py', ppk2({ from: 0, to: cycles }, ramp, []))
      expect(microamps).toHaveLength(35_000)
      const { length, min, max } = minimap.data
      expect(minimap.numberOfTimesToFold).toBe(4)
      expect([length, min.length, max.length]).toEqual([8750, 8750, 8750])
      expect(min[1]).toEqual({ x: 55, y: 5000 })
      expect(max[1]).toEqual({ x: 55, y: 8000 })
      expect(max.at(-1)).toEqual({ x: 349_975, y: 35_000_000 })
    })
  },
)
