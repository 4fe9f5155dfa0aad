/** Calls and coverage of a recorded run, exported and asked for; read by other programs' readers. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lcovParser } from '@friedemannsommer/lcov-parser'
import { Ajv } from 'ajv'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunReport } from '../../runs/report/run-report.ts'
import { findPython } from '../python.ts'
import { compile } from './firmware.ts'

const root = join(import.meta.dirname, '..', '..')
const command = join(root, 'dist', 'cli', 'main.js')
const folder = mkdtempSync(join(tmpdir(), 'boardless-export-functions-'))
afterAll(() => rmSync(folder, { recursive: true }))

const found = await findPython('test/formats/requirements.txt')
const python = 'python' in found ? found.python : ''

const boardless = (...args: readonly string[]) =>
  spawnSync(process.execPath, [command, ...args], { cwd: folder, encoding: 'utf8', maxBuffer: 1e8 })
const inFolder = (name: string): string => readFileSync(join(folder, name), 'utf8')

/** @returns what it wrote */
function exported(run: string, format: string, name: string, ...args: readonly string[]): string {
  const { status, stderr } = boardless('export', run, '--to', format, '--out', name, ...args)
  expect([status, stderr]).toEqual([0, expect.stringContaining(`${name}: `)])
  return inFolder(name)
}

const source = `
volatile uint32_t sink, calls;
static inline __attribute__((always_inline)) void inlined(uint32_t n) { for (uint32_t i = 0; i < n; i++) sink += i; }
__attribute__((noinline)) void leaf(uint32_t n) { calls++; inlined(n); }
__attribute__((noinline)) void work(uint32_t n) { inlined(2); leaf(n); }
__attribute__((noinline)) void never(void) { sink = 1; }
int main(void) { for (uint32_t i = 0; i < 400; i++) work(i & 15); if (calls == 0) never(); leave(0); return 0; }`

const reports = new Map<string, RunReport>()
beforeAll(() => {
  const file = compile('export-functions', source, '-O1 -g')
  for (const [name, ...args] of [['with', '--functions'], ['without']] as const) {
    const record = ['--record', `${name}.boardless`, '--json', `${name}.json`]
    expect(boardless('run', file, '-q', ...record, ...args).status).toBe(0)
    reports.set(name, JSON.parse(inFolder(`${name}.json`)) as RunReport)
  }
})

const stacksOf = (text: string): ReadonlyMap<string, number> =>
  new Map(
    text
      .trim()
      .split('\n')
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  )
const sumOf = (stacks: ReadonlyMap<string, number>): number =>
  [...stacks.values()].reduce((sum, one) => sum + one, 0)

describe.each(['with', 'without'])('a run that was recorded %s functions', (name) => {
  const run = `${name}.boardless`

  it('has collapsed stacks that add up to its cycles, each once', () => {
    const text = exported(run, 'collapsed', `${name}.folded`)
    const stacks = stacksOf(text)
    expect(stacks.size).toBe(text.trim().split('\n').length)
    expect(sumOf(stacks)).toBe(reports.get(name)!.run.cycles)
    for (const path of ['reset;main;work;inlined', 'reset;main;work;leaf;inlined'])
      expect([...stacks.keys()]).toContain(path)
    const [leaf] = reports.get(name)!.functions.filter((one) => one.name === 'leaf')
    const spent = [...stacks].filter(([path]) => path.includes(';leaf'))
    expect(sumOf(new Map(spent))).toBe(leaf!.selfCycles)
  })

  it('has the charge of the board by stack', () => {
    const stacks = stacksOf(exported(run, 'collapsed', `${name}-charge.folded`, '--weight', 'charge'))
    const { averageMicroamps } = reports.get(name)!.power.board
    const picocoulombs = (averageMicroamps * reports.get(name)!.run.cycles) / 64
    expect(sumOf(stacks) / picocoulombs).toBeCloseTo(1, 3)
  })

  it("has events that are valid by speedscope's own schema, every frame closed", () => {
    const schema = JSON.parse(
      readFileSync(join(root, 'node_modules/speedscope/dist/release/file-format-schema.json'), 'utf8'),
    ) as object
    const profile = JSON.parse(
      exported(run, 'speedscope', `${name}.speedscope.json`, '--in', '1000c..9000c'),
    ) as {
      readonly shared: { readonly frames: readonly { readonly name: string }[] }
      readonly profiles: readonly [
        {
          readonly startValue: number
          readonly endValue: number
          readonly events: readonly { type: 'O' | 'C'; frame: number; at: number }[]
        },
      ]
    }
    const validate = new Ajv({ strict: false }).compile(schema)
    expect(validate(profile), JSON.stringify(validate.errors)).toBe(true)
    const [{ startValue, endValue, events }] = profile.profiles
    expect([startValue, endValue]).toEqual([1000, 9000])
    const open: number[] = []
    for (const { type, frame } of events)
      if (type === 'O') open.push(frame)
      else expect(open.pop()).toBe(frame)
    expect(open).toEqual([])
    const nameOf = (frame: number) => profile.shared.frames[frame]!.name
    const leaves = events.filter(({ type, frame }) => type === 'O' && nameOf(frame) === 'leaf')
    expect(leaves.length).toBeGreaterThan(10)
  })

  it('has coverage that @friedemannsommer/lcov-parser reads', async () => {
    const [section] = await lcovParser({ from: exported(run, 'lcov', `${name}.info`) })
    const hits = new Map(section!.functions.details.map((one) => [one.name, one.hit]))
    expect([hits.get('leaf'), hits.get('work'), hits.get('never')]).toEqual([400, 400, 0])
  })

  it.skipIf(python === '')('has calls as slices in Perfetto', async () => {
    exported(run, 'perfetto', `${name}.pftrace`, '--functions', '--in', '1000c..9000c')
    const { stdout } = await execa(python, [join(root, 'test/formats/read_perfetto.py')], {
      inputFile: join(folder, `${name}.pftrace`),
    })
    const { tracks } = JSON.parse(stdout) as {
      tracks: { name: string; events: [number, string, string][] }[]
    }
    const slices = tracks.filter((one) => one.name === 'functions').flatMap(({ events }) => events)
    const count = (of: string) =>
      slices.filter(([, kind, what]) => kind === 'slice_begin' && what === of).length
    expect(count('leaf')).toBeGreaterThan(10)
    expect(count('inlined')).toBeGreaterThanOrEqual(2 * count('leaf') - 2)
  })

  it('lists calls of a stretch, nested, and what they cover of it', () => {
    const json = (...args: readonly string[]) => {
      const stretch = ['--in', '1000c..9000c', '--limit', '500', '--json', '-']
      return JSON.parse(boardless('query', run, ...args, ...stretch).stdout) as {
        readonly rows: readonly Readonly<Record<string, string | number>>[]
      }
    }
    const { rows } = json('list', 'functions')
    const names = rows.map((row) => String(row['name']))
    expect(names.slice(0, 60).join('\n')).toContain('work\n  inlined\n  leaf\n    inlined\n')
    const leaves = rows.filter((row) => String(row['name']).trim() === 'leaf')
    // The stretch may end in the middle of a call: how long that is, is not said.
    for (const { beginCycle, cycles, text } of rows)
      expect(typeof cycles === 'number' ? Number(beginCycle) + cycles <= 9100 : text === 'goes on').toBe(true)
    const stats = json('stats', 'functions').rows.filter((row) => row['what'] === 'leaf')
    // One that is under way at an end of the stretch counts where it ends, and covers what lies within.
    const times = stats.reduce((sum, row) => sum + Number(row['times']), 0)
    expect(Math.abs(times - leaves.length)).toBeLessThanOrEqual(1)
  })
})

it.each([
  [
    'a weight of what has none',
    ['export', 'with.boardless', '--to', 'vcd', '--weight', 'charge'],
    /--weight is of speedscope and collapsed; vcd has none/,
  ],
  [
    'a weight that there is not',
    ['export', 'with.boardless', '--to', 'collapsed', '--weight', 'time'],
    /cycles/,
  ],
])('%s is said in one line', (_, args, message) => {
  const { status, stderr } = boardless(...args)
  expect(stderr).toMatch(message)
  expect(status).toBe(2)
})
