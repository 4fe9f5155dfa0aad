import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { pipelineTiming } from '../../../emulator/cpu/timing/timing.ts'
import { emulateMicrobench } from '../../fidelity/emulate.ts'
import { buildMicrobench } from '../../fidelity/firmware.ts'
import type { MicrobenchOutput } from '../../fidelity/measurement.ts'
import type { Uncertainty } from '../../fidelity/parameters/uncertainty.ts'
import { main } from '../program.ts'

const folder = mkdtempSync(join(tmpdir(), 'boardless-fidelity-'))
const path = (name: string): string => join(folder, name)

/** Runs the command in this process. */
async function boardless(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const text = { out: '', err: '' }
  const into = (stream: 'out' | 'err') => (chunk: string | Uint8Array) => {
    text[stream] += String(chunk)
    return true
  }
  vi.spyOn(process.stdout, 'write').mockImplementation(into('out'))
  vi.spyOn(process.stderr, 'write').mockImplementation(into('err'))
  const code = await main(['node', 'boardless', ...args])
  vi.restoreAllMocks()
  return { code, ...text }
}

afterEach(() => vi.restoreAllMocks())

let elf = ''
let log = ''
beforeAll(async () => {
  elf = (await buildMicrobench()).elfPath
  log = print(await emulateMicrobench(elf, pipelineTiming))
})

/** As the firmware prints it. */
const print = ({ part, kernels, measurements }: MicrobenchOutput): string =>
  [
    `microbench 1 part ${part} kernels ${kernels}`,
    ...measurements.map(({ kernel, cycles, bodies }) => `${kernel} ${cycles} ${bodies}`),
    `microbench end ${measurements.length}`,
    '',
  ].join('\n')

describe('boardless fidelity', () => {
  it('prints each rule and a summary, and writes JSON', async () => {
    const json = path('fidelity.json')
    const { code, out } = await boardless('fidelity', '--json', json)
    expect(code).toBe(0)
    expect(out).toMatch(/riot_17980_gpio +5 +0 +exact +5 \(RIOT 17980\)/)
    expect(out).toMatch(/\d+ kernels: \d+ of \d+ exact rules met/)
    const written = JSON.parse(readFileSync(json, 'utf8')) as { rules: unknown[]; schemaVersion: number }
    expect(written.schemaVersion).toBe(1)
    expect(written.rules.length).toBeGreaterThan(80)
  })

  it('fails under --strict when a parameter breaks an exact rule, and says which', async () => {
    const { code, err } = await boardless('fidelity', '--strict', '--set', 'timing.pipelinedLoad=0')
    expect(code).toBe(1)
    expect(err).toMatch(/--strict: \d+ of the exact rules are not met: .*ldr_ldr/)
    expect(err.trimEnd().split('\n').at(-1)).toMatch(/^boardless: --strict/)
  })

  it('imports the log of a board and compares with it', async () => {
    const captured = path('board.json')
    writeFileSync(path('log.txt'), log.replace(/^ldr 32 16$/m, 'ldr 48 16'))
    const imported = await boardless(
      'fidelity',
      '--import',
      path('log.txt'),
      '--board',
      'A board',
      '--out',
      captured,
    )
    expect(imported.code).toBe(0)
    const { code, out } = await boardless('fidelity', '--against', captured)
    expect(code).toBe(0)
    expect(out).toContain('measured on A board (part 52840)')
    expect(out).toMatch(/^ +ldr +2 +3 /m)
    expect(out).toMatch(/the board agrees on (\d+) of \d+/)
  })

  it.each([
    [['--set', 'timing.nonsense=1'], 2, 'There is no timing.nonsense.'],
    [['--set', 'timing.cacheWays=3'], 2, '--set timing.cacheWays: 1, 2 or 4'],
    [['--set', 'timing.refillDirect=x'], 2, 'whole number'],
    [['--against', 'nowhere.json'], 2, 'nowhere.json: cannot be read: no such file'],
    [['--import', 'nowhere.log'], 2, '--import needs --board NAME'],
    [['--import', 'nowhere.log', '--board', 'x'], 2, 'nowhere.log: cannot be read'],
    [['--board', 'x'], 2, '--board and --out belong to --import'],
    [['--markdown', 'x.md', '--set', 'timing.refillDirect=2'], 2, '--markdown is of the default parameters'],
  ])('refuses %j', async (args, expected, message) => {
    const { code, err } = await boardless('fidelity', ...args)
    expect(code).toBe(expected)
    expect(err).toContain(message)
    expect(existsSync('x.md')).toBe(false)
  })
})

describe('boardless run --uncertainty', () => {
  const upToHeader = ['--until', 'microbench 1 part', '--no-profile']

  it('gives every latency an interval that holds it', () => {
    const json = path('uncertainty.json')
    // Its threads are of compiled code.
    const root = join(import.meta.dirname, '..', '..', '..')
    spawnSync(process.execPath, ['setup.mjs', 'build'], { cwd: root })
    const args = ['run', elf, ...upToHeader, '--uncertainty', json]
    const command = [join(root, 'dist', 'cli', 'main.js'), ...args]
    const { status, stdout: out, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, expect.not.stringContaining('boardless: ')])
    expect(out).toContain('open parameters of the timing model at both ends of their ranges')
    const { latencies } = JSON.parse(readFileSync(json, 'utf8')) as Uncertainty
    expect(latencies.map(({ kind }) => kind)).toEqual(['awake'])
    for (const { cycles, lowestCycles, highestCycles, dominant } of latencies) {
      expect(lowestCycles).toBeLessThan(cycles)
      expect(highestCycles).toBeGreaterThan(cycles)
      expect(out).toContain(
        dominant?.parameter === 'cache' ? 'the cache (' : `timing.${dominant?.parameter} (`,
      )
    }
  })
})
