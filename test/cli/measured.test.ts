import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunReport } from '../../runs/report/run-report.ts'

const root = join(import.meta.dirname, '..', '..')
const command = join(root, 'dist', 'cli', 'main.js')
const folder = mkdtempSync(join(tmpdir(), 'boardless-measured-'))
afterAll(() => rmSync(folder, { recursive: true }))

const boardless = (...args: readonly string[]) =>
  spawnSync(process.execPath, [command, ...args], { cwd: folder, encoding: 'utf8', maxBuffer: 1e8 })
const fine = (...args: readonly string[]): string => {
  const { status, stdout, stderr } = boardless(...args)
  expect([status, stderr.includes('error')]).toEqual([0, false])
  return stdout
}

/** The exported current as another program would have measured it: see measure.py. */
const measure = (name: string, options: Readonly<Record<string, number>>): void => {
  const script = join(root, 'test', 'measured', 'measure.py')
  execFileSync('python3', [script, 'run.csv', name, JSON.stringify(options)], { cwd: folder })
}

interface Compared {
  readonly fromCycle: number
  readonly toCycle: number
  readonly offsetCycles: number
  readonly scale: number
  readonly scaleKnown: boolean
  readonly correlation: number
  readonly gain: number
  readonly offsetMicroamps: number
  readonly rows: readonly Readonly<Record<string, number | string>>[]
  readonly notes: readonly string[]
}
const compared = (...args: readonly string[]): Compared =>
  JSON.parse(fine('query', 'run.boardless', 'current', ...args, '--json', '-')) as Compared

const SECOND = 64_000_000
let report: RunReport
beforeAll(() => {
  spawnSync(process.execPath, ['setup.mjs', 'build'], { cwd: root })
  fine('run', 'gesture', '--for', '12s', '--record', 'run.boardless', '--json', 'run.json', '-q')
  report = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as RunReport
  fine('export', 'run.boardless', '--to', 'csv', '--out', 'run.csv', '-q')
})

describe('a measured current', () => {
  it('is found with its offset, gain and drift, through noise', () => {
    const made = { rate: 10_000, begin: 1.25, drift: 4e-5, gain: 1.08, offset: 20, noise: 30, seconds: 10 }
    measure('desk.csv', made)
    const found = compared('--measured', 'desk.csv')
    expect(Math.abs(found.offsetCycles / SECOND - made.begin)).toBeLessThan(1e-4)
    expect(Math.abs(found.scale - 1 - made.drift)).toBeLessThan(1e-5)
    expect(Math.abs(found.gain / made.gain - 1)).toBeLessThan(0.005)
    expect(Math.abs(found.offsetMicroamps - made.offset)).toBeLessThan(30)
    expect(found.correlation).toBeGreaterThan(0.99)
    const [whole] = found.rows
    expect(Number(whole!['differenceMicroamps'])).toBeCloseTo(
      0.08 * Number(whole!['estimatedMicroamps']) + 20,
      -1,
    )
    expect(whole!['inside']).toBe('yes')
    expect(found.notes[0]).toMatch(/the board's clock is 4\d\.\d ppm faster/)
  })

  it('of an RC oscillator, from a moment that is known', () => {
    measure('slow.csv', { rate: 5000, begin: 2, drift: -0.012, gain: 0.5, offset: 0, noise: 100, seconds: 9 })
    fine('query', 'run.boardless', 'mark', 'trigger', '--at', '2s', '-q')
    const found = compared('--measured', 'slow.csv', '--align', 'marker:trigger')
    expect(found.offsetCycles).toBe(2 * SECOND)
    expect(Math.abs(found.scale - 0.988)).toBeLessThan(3e-5)
    expect(found.rows[0]!['inside']).toBe('below')
    expect(Math.abs(found.gain / 0.5 - 1)).toBeLessThan(0.01)
  })

  it('of the run itself is as it is estimated, between the ends of the report', () => {
    const found = compared('--measured', 'run.csv', '--align', 'start', '--column', 'board (uA)')
    const [whole, ...phases] = found.rows
    expect(found.scale).toBeCloseTo(1, 8)
    const { board } = report.power
    expect(whole!['estimatedMicroamps']).toBeCloseTo(board.averageMicroamps, 3)
    expect(whole!['measuredMicroamps']).toBeCloseTo(board.averageMicroamps, 3)
    expect(Number(whole!['lowMicroamps']) / board.lowMicroamps).toBeCloseTo(1, 4)
    expect(Number(whole!['highMicroamps']) / board.highMicroamps).toBeCloseTo(1, 4)
    expect(phases.map(({ what }) => what)).toContain('inference')
    for (const { measuredMicroamps, estimatedMicroamps } of phases)
      expect(Number(measuredMicroamps) / Number(estimatedMicroamps)).toBeCloseTo(1, 3)
    const inference = report.power.phases.find(({ phase }) => phase === 'inference')!
    const row = phases.find(({ what }) => what === 'inference')!
    expect(Number(row['lowMicroamps']) / inference.lowMicroamps).toBeCloseTo(1, 3)
    expect(Number(row['highMicroamps']) / inference.highMicroamps).toBeCloseTo(1, 3)
  })

  it('goes out beside the estimate', () => {
    fine(
      'export',
      'run.boardless',
      '--to',
      'csv',
      '--measured',
      'desk.csv',
      '--in',
      '5s..5.01s',
      '--out',
      'both.csv',
    )
    const [titles, ...rows] = readFileSync(join(folder, 'both.csv'), 'utf8').trim().split('\n')
    expect(titles).toMatch(/^time \(s\),time \(cycles\),board \(uA\),measured \(uA\),/)
    const column = titles!.split(',').indexOf('measured (uA)')
    expect(new Set(rows.map((row) => row.split(',')[column])).size).toBeGreaterThan(90)
    fine(
      'export',
      'run.boardless',
      '--to',
      'perfetto',
      '--measured',
      'desk.csv',
      '--in',
      '5s..5.1s',
      '--out',
      'both.pftrace',
    )
    expect(readFileSync(join(folder, 'both.pftrace'), 'latin1')).toContain('measured')
  })

  it.each<[string, readonly string[], RegExp]>([
    ['no such file', ['--measured', 'none.csv'], /none\.csv/],
    ['no table', ['--measured', 'run.json'], /run\.json/],
    [
      'no such way',
      ['--measured', 'desk.csv', '--align', 'atuo'],
      /no way "atuo" to align\. Did you mean auto\?/,
    ],
    [
      'no such marker',
      ['--measured', 'desk.csv', '--align', 'marker:trgger'],
      /no marker "trgger"\. Did you mean trigger\?/,
    ],
    [
      'no such line',
      ['--measured', 'desk.csv', '--align', 'console:zzz'],
      /no line of the console matches \/zzz\//,
    ],
    ['no channels', ['--measured', 'desk.csv', '--align', 'edge'], /no digital channel/],
    ['nothing measured', ['--align', 'auto'], /give it with --measured FILE/],
    ['another current', ['--measured', 'noise.csv'], /nowhere like the estimated one/],
    ['beside the stretch', ['--measured', 'desk.csv', '--in', '..1s'], /does not lie over that stretch/],
  ])('is refused in one line: %s', (_, args, message) => {
    const noise = Array.from({ length: 5000 }, (_, i) => `${i},${(i * 7919) % 1013}`).join('\n')
    writeFileSync(join(folder, 'noise.csv'), `Timestamp(ms),Current(uA)\n${noise}\n`)
    const { status, stderr } = boardless('query', 'run.boardless', 'current', ...args)
    expect(status).toBe(2)
    expect(stderr).toMatch(message)
    expect(stderr.trim()).not.toContain('\n')
  })
})

describe('markers', () => {
  it('are in the file until they are taken out, and nothing else changes', () => {
    const before = readFileSync(join(folder, 'run.boardless'))
    fine(
      'query',
      'run.boardless',
      'mark',
      'window',
      '--at',
      '3s',
      '--to',
      '4s',
      '--note',
      'the \u001b[31mfirst',
      '-q',
    )
    const listed = fine('query', 'run.boardless', 'markers')
    expect(listed).toMatch(/window\s+3\.000000\s+1 s\s+the/)
    expect(listed).not.toContain('\u001b[31m')
    const stats = JSON.parse(
      fine('query', 'run.boardless', 'stats', 'processor', '--in', 'window', '--json', '-'),
    ) as Compared
    expect([stats.fromCycle, stats.toCycle]).toEqual([3 * SECOND, 4 * SECOND])
    const from = JSON.parse(
      fine('query', 'run.boardless', 'tracks', '--from', 'window', '--to', '3.5s', '--json', '-'),
    ) as Compared
    expect([from.fromCycle, from.toCycle]).toEqual([3 * SECOND, 3.5 * SECOND])
    fine('export', 'run.boardless', '--to', 'csv-events', '--in', 'window', '--out', 'window.csv', '-q')
    fine('query', 'run.boardless', 'unmark', 'window', '-q')
    expect(readFileSync(join(folder, 'run.boardless')).equals(before)).toBe(true)
  })

  it.each<[readonly string[], RegExp]>([
    [['mark'], /mark by what name\?/],
    [['mark', 'a'], /mark where\?/],
    [['mark', '1s', '--at', '1s'], /begins with a letter/],
    [['mark', '../a', '--at', '1s'], /begins with a letter/],
    [['mark', 'a', '--at', '99s'], /not in the run/],
    [['mark', 'a', '--at', '2s', '--to', '1s'], /not after it begins/],
    [['unmark', 'b'], /no marker "b"/],
    [['current', '--at', '1s'], /--at is of mark/],
    [['stats', '--in', '1s..2s', '--from', '1s'], /--in is a stretch already/],
  ])('%j is refused in one line, and the file stays', (args, message) => {
    const before = readFileSync(join(folder, 'run.boardless'))
    const { status, stderr } = boardless('query', 'run.boardless', ...args)
    expect([status, stderr.trim().includes('\n')]).toEqual([2, false])
    expect(stderr).toMatch(message)
    expect(readFileSync(join(folder, 'run.boardless')).equals(before)).toBe(true)
  })
})
