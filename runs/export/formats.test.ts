import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { parse } from 'csv-parse/sync'
import { lcovParser } from '@friedemannsommer/lcov-parser'
import { describe, expect, it } from 'vitest'
import { END, board, example, level, measured } from '../../test/formats/example.ts'
import { weightsOf, weightsOfTree } from './call-tree.ts'
import type { CallEvent, CallTree } from './call-tree.ts'
import type { RunReport } from '../report/run-report.ts'
import { EXPORT_FORMATS, exportFormat } from './formats.ts'
import type { ExportOptions, ExportSource } from './formats.ts'
import { whole } from './output.ts'
import { cyclesOfNanoseconds, microampsText, nanoseconds, picoseconds, secondsText } from './time.ts'

const text = (id: string, source: ExportSource, options?: ExportOptions): string =>
  new TextDecoder().decode(whole(exportFormat(id).write(source, options)))

describe('time', () => {
  it('is exact in seconds, picoseconds and, to a whole one, nanoseconds', () => {
    expect([0, 1, 64_000_000, 64_000_001, 32].map(secondsText)).toEqual([
      '0',
      '0.000000015625',
      '1',
      '1.000000015625',
      '0.0000005',
    ])
    expect(picoseconds(2 ** 50)).toBe(String(2n ** 50n * 15_625n))
    expect(nanoseconds(64_000_000)).toBe(1e9)
    const year = 365 * 86_400 * 64e6
    for (const from of [0, 5_529_600_000_000]) {
      const cycles = Array.from({ length: 1000 }, (_, at) => from + at)
      expect(cycles.map((cycle) => cyclesOfNanoseconds(nanoseconds(cycle)))).toEqual(cycles)
      expect(new Set(cycles.map(nanoseconds)).size).toBe(1000)
    }
    expect(secondsText(year + 1)).toBe('31536000.000000015625')
  })

  it('is beside microamperes of whole picoamperes, exact too', () => {
    expect([0, 1, -1, 1_000_000, 12_345_678, 1_500_000.5].map(microampsText)).toEqual([
      '0',
      '0.000001',
      '-0.000001',
      '1',
      '12.345678',
      '1.5000005',
    ])
  })
})

const rows = (csv: string): Record<string, string>[] => parse(csv, { columns: true })

describe('csv, read by csv-parse', () => {
  it('has levels side by side, and what is folded with its extremes', () => {
    const timeline = { ...example, tracks: [board, level] }
    const table = rows(text('csv', { timeline }))
    expect(Object.keys(table[0]!)).toEqual([
      'time (s)',
      'time (cycles)',
      'board (uA)',
      'board minimum (uA)',
      'board maximum (uA)',
      'FIFO fill',
    ])
    expect(table.map((row) => Object.values(row).join(' '))).toEqual([
      '0 0 2 2 2 0',
      '0.000000109375 7 2 2 2 3',
      '0.000005 320 4.000001 4.000001 4.000001 3',
      '0.00001 640 7 7 7 3',
      '0.0001 6400 1.5000005 1 3 3',
      '0.0002 12800 0.4 0.4 0.4 3',
      '0.001 64000 0.4 0.4 0.4 3',
    ])
    const plain = rows(text('csv', { timeline: { ...example, tracks: [measured] } }))
    expect(plain.map(Object.values)).toEqual([
      ['0', '0', '2.1'],
      ['0.001', '64000', '2.1'],
    ])
  })

  it('has a row for each state, span and mark, whatever text is in it', () => {
    const table = rows(text('csv-events', { timeline: example }))
    const of = (track: string) => table.filter((row) => row['track'] === track)
    expect(of('console')[0]).toMatchObject({
      kind: 'mark',
      'begin (s)': '0.000002',
      name: 'line',
      text: 'hallo, "Welt" µ',
    })
    expect(of('phase')[1]).toMatchObject({
      group: 'run/phases',
      depth: '1',
      name: 'CONV_2D',
      'lasted (cycles)': '100',
      'data (JSON)': '{"index":0,"cyclesPerMac":1.5,"first":true}',
    })
    expect(of('phase').at(-1)).toMatchObject({ count: '3', 'lasted (cycles)': '5000' })
    expect(of('interrupts')[0]).toMatchObject({ value: '12', 'unit of value': 'cycles' })
    expect(of('state').map((row) => `${row['name']} ${row['lasted (cycles)']}`)).toEqual([
      'run 1',
      'sleep 6399',
      'run 4000',
      'sleep 2400',
      `sleep ${END - 12_800}`,
    ])
  })
})

const open = (frame: number, cycle: number): CallEvent => ({ kind: 'open', frame, cycle })
const close = (frame: number, cycle: number): CallEvent => ({ kind: 'close', frame, cycle })
const EVENTS = [open(0, 10), open(1, 20), close(1, 50), open(1, 60), open(2, 70), close(2, 75)]
const CALLS: CallTree = {
  unit: 'cycles of 64 MHz',
  title: 'app.elf',
  frames: [
    { name: 'main', file: 'main.cc', line: 12 },
    { name: 'Eval<int; char>(Node *)' },
    { name: 'µ\n"x"', file: 'C:\\x.c' },
  ],
  from: 0,
  to: 100,
  events: EVENTS,
  weights: weightsOf(EVENTS, 100),
}

describe('calls', () => {
  it("are valid by speedscope's own schema (npm speedscope 1.25.0), every frame closed", () => {
    const schema = JSON.parse(
      readFileSync('node_modules/speedscope/dist/release/file-format-schema.json', 'utf8'),
    ) as object
    const validate = new Ajv({ strict: false }).compile(schema)
    for (const calls of [CALLS, { ...CALLS, events: undefined }]) {
      const file: unknown = JSON.parse(text('speedscope', { calls }))
      expect(validate(file), JSON.stringify(validate.errors)).toBe(true)
    }
    const { profiles, shared } = JSON.parse(text('speedscope', { calls: CALLS })) as {
      profiles: [{ unit: string; name: string; events: { type: string; frame: number; at: number }[] }]
      shared: { frames: unknown }
    }
    expect(shared.frames).toEqual(CALLS.frames)
    expect(profiles[0].name).toContain('cycles')
    expect(profiles[0].events.slice(-2)).toEqual([
      { type: 'C', frame: 1, at: 100 },
      { type: 'C', frame: 0, at: 100 },
    ])
  })

  it('are collapsed to cycles of their own, which add up to the stretch', () => {
    expect(text('collapsed', { calls: CALLS })).toBe(
      'main 20\nmain;Eval<int: char>(Node *) 65\nmain;Eval<int: char>(Node *);µ "x" 5\n',
    )
  })
})

describe('a tree that was kept as sums', () => {
  it('has the weights of its events', () => {
    const nodes = [
      { frame: 0, parent: -1, selfCycles: 20 },
      { frame: 1, parent: 0, selfCycles: 65 },
      { frame: 2, parent: 1, selfCycles: 5 },
      { frame: 2, parent: 0, selfCycles: 0 },
    ]
    expect([...weightsOfTree(nodes)]).toEqual(CALLS.weights)
  })
})

describe('reports, read by csv-parse', () => {
  const spread = { count: 6, totalCycles: 60, minimumCycles: 9, medianCycles: 10, maximumCycles: 11 }
  const operator = {
    ...spread,
    index: '0',
    kernel: 'Eval, int8',
    type: 'FULLY_CONNECTED',
    outputShape: [1, 16],
    macs: 9600,
    cyclesPerMac: 3.25,
    share: 0.75,
    reasons: { issue: 40, data: 20 },
  }
  const report = {
    run: { cycles: 1000 },
    reasons: { issue: 700, sleep: 300 },
    interpreters: [
      {
        name: 'model',
        own: { ...spread, totalCycles: 20, share: 0.25, reasons: { issue: 20 } },
        operators: [operator],
      },
    ],
    functions: [
      {
        name: 'Eval<int, char>',
        address: 0x1234,
        selfCycles: 60,
        share: 0.06,
        instructions: 50,
        entries: 6,
        reasons: { issue: 60 },
      },
    ],
    phases: [{ ...spread, name: 'inference', passes: 6, source: 'marker' }],
  } as unknown as RunReport

  it('have operators and what is beside them, functions and phases, with units', () => {
    const operators = rows(text('csv-operators', { report }))
    expect(operators).toMatchObject([
      {
        interpreter: 'model',
        operator: 'FULLY_CONNECTED',
        kernel: 'Eval, int8',
        'output shape': '1x16',
        MACs: '9600',
        'cycles per MAC': '3.25',
        'total (cycles)': '60',
        'median (cycles)': '10',
      },
      {
        interpreter: 'model',
        operator: 'interpreter',
        kernel: '',
        MACs: '',
        'total (cycles)': '20',
        'share (of 1)': '0.25',
      },
    ])
    expect(rows(text('csv-functions', { report }))).toMatchObject([
      { function: 'Eval<int, char>', 'address (hex)': '0x00001234', 'self (cycles)': '60', entries: '6' },
    ])
    expect(rows(text('csv-phases', { report }))).toMatchObject([
      { phase: 'inference', passes: '6', 'maximum (cycles)': '11', 'error of median (cycles)': '0' },
    ])
  })

  it('have the reasons of cycles, which add up', () => {
    const table = rows(text('csv-reasons', { report }))
    expect(table.map((row) => [row['of'], row['name'], row['total (cycles)']])).toEqual([
      ['run', '', '1000'],
      ['operator', '0 FULLY_CONNECTED', '60'],
      ['interpreter', 'model', '20'],
      ['function', 'Eval<int, char>', '60'],
    ])
    for (const row of table) {
      const [, , , total, ...reasons] = Object.values(row).map(Number)
      expect(reasons.reduce((sum, cycles) => sum + cycles, 0)).toBe(total)
    }
    const without = { ...report, reasons: {}, interpreters: [], functions: [] } as unknown as RunReport
    expect(() => text('csv-reasons', { report: without })).toThrow(/the report has none/)
  })
})

describe('lcov', () => {
  const lines = [
    { file: 'b.c', line: 3, executions: 0 },
    { file: 'a.c', line: 7, executions: 2 },
    { file: 'a.c', line: 2, executions: 1 },
    { file: 'a.c', line: 7, executions: 40 },
  ]
  const functions = [
    { name: 'f', file: 'a.c', line: 2, executions: 1 },
    { name: 'g<int, 3>', file: 'b.c', line: 3, executions: 0 },
  ]

  it('is read by @friedemannsommer/lcov-parser 5.0.2', async () => {
    const coverage = { title: 'app.elf', lines, functions }
    const sections = await lcovParser({ from: text('lcov', { coverage }) })
    expect(
      sections.map(({ path, lines: { details, hit, instrumented } }) => ({
        path,
        details,
        hit,
        instrumented,
      })),
    ).toMatchObject([
      {
        path: 'a.c',
        details: [
          { line: 2, hit: 1 },
          { line: 7, hit: 42 },
        ],
        hit: 2,
        instrumented: 2,
      },
      { path: 'b.c', details: [{ line: 3, hit: 0 }], hit: 0, instrumented: 1 },
    ])
    expect(sections.map(({ functions: { details } }) => details)).toMatchObject([
      [{ name: 'f', line: 2, hit: 1 }],
      [{ name: 'g<int; 3>', line: 3, hit: 0 }],
    ])
  })
})

describe('the formats', () => {
  it('have each an id of their own, and say in one line what they lack', () => {
    expect(new Set(EXPORT_FORMATS.map(({ id }) => id)).size).toBe(EXPORT_FORMATS.length)
    for (const { id, write } of EXPORT_FORMATS)
      expect(() => write({}), id).toThrow(
        expect.objectContaining({ message: expect.stringMatching(`^${id} needs [^\n]+$`) as string }),
      )
    expect(() => exportFormat('perfeto')).toThrow('no format "perfeto". Did you mean perfetto?')
  })

  it('refuse a .ppk2 that cannot be', () => {
    const of =
      (options: ExportOptions, timeline = example) =>
      () =>
        text('ppk2', { timeline }, options)
    expect(of({ samplesPerSecond: 44_100 })).toThrow(
      /44100 samples a second: the probe has 100000, .*; choose/,
    )
    expect(of({}, { ...example, to: 86_400 * 64e6 })).toThrow(
      /86400 s at 100000 .* are 51\.8 GB.*: export a shorter/,
    )
    expect(of({ level: 'current.bord' })).toThrow(
      'no current "current.bord" on the timeline. Did you mean current.board?',
    )
    expect(of({ pins: ['pins.P0.15'] })).toThrow(/no pin "pins.P0.15" on the timeline/)
    expect(of({}, { ...example, tracks: [level] })).toThrow('ppk2 needs a current, and the timeline has none')
  })
})
