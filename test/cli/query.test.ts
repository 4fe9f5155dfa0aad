import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunReport } from '../../runs/report/run-report.ts'

const root = join(import.meta.dirname, '..', '..')
const command = join(root, 'dist', 'cli', 'main.js')
const folder = mkdtempSync(join(tmpdir(), 'boardless-query-'))
afterAll(() => rmSync(folder, { recursive: true }))

const boardless = (...args: readonly string[]) =>
  spawnSync(process.execPath, [command, ...args], { cwd: folder, encoding: 'utf8', maxBuffer: 1e8 })

interface Answer {
  readonly question: string
  readonly fromCycle: number
  readonly toCycle: number
  readonly rows: readonly Readonly<Record<string, string | number | null>>[]
}

interface Traced {
  readonly instruction: string
  readonly changed: string
  readonly cycles: number
  readonly accesses: readonly { kind: string; address: string; bytes: number; value: string; name: string }[]
  readonly reasons: Readonly<Record<string, number>>
}

const asked = (...args: readonly string[]): Answer => {
  const { status, stdout, stderr } = boardless('query', 'run.boardless', ...args, '--json', '-')
  expect([status, stderr]).toEqual([0, ''])
  return JSON.parse(stdout) as Answer
}

let report: RunReport
beforeAll(() => {
  spawnSync(process.execPath, ['setup.mjs', 'build'], { cwd: root })
  const args = ['run', 'gesture', '--for', '12s', '--record', 'run.boardless', '--json', 'run.json', '-q']
  const { status, stderr } = boardless(...args)
  expect([status, stderr]).toEqual([0, ''])
  report = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as RunReport
})

describe('a recorded run', () => {
  it('prints its report as the run did', () => {
    const { stdout } = boardless('query', 'run.boardless')
    expect(stdout).toContain('Arduino Nano 33 BLE Sense · nRF52840')
  })

  it('has the charge of its report, over all of it and in parts of it', () => {
    const board = (answer: Answer): number =>
      Number(answer.rows.find(({ track }) => track === 'current/board')?.['chargeMicrocoulombs'])
    const whole = board(asked('current'))
    expect(whole / report.run.seconds).toBeCloseTo(report.power.board.averageMicroamps, 4)
    const parts = ['..3.123s', '3.123s..9.9455s', '9.9455s..'].map((part) =>
      board(asked('current', '--in', part)),
    )
    expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(whole, 6)
  })

  it('lists what its report counts', () => {
    const phase = report.phases.find(({ name }) => name === 'inference')!
    const listed = asked('phase', 'inference')
    expect(listed.rows.map(({ cycles }) => cycles)).toEqual([phase.totalCycles])
    expect(listed.rows.map((row) => row['reasons'])).toEqual([phase.reasons])
    for (const row of asked('phase').rows) {
      const spent = Object.values(row['reasons'] as unknown as Record<string, number>)
      expect(spent.reduce((sum, one) => sum + one, 0)).toBe(row['cycles'])
    }
    const { rows } = asked('inference', '1')
    const [interpreter] = report.interpreters
    expect(rows[0]?.['cycles']).toBe(interpreter!.totalCycles)
    expect(rows.slice(1).map(({ cycles }) => cycles)).toEqual(
      interpreter!.operators.map(({ totalCycles }) => totalCycles),
    )
  })

  it('lists the console with its times', () => {
    const { rows } = asked('console', '--text', 'prediction')
    expect(rows).toHaveLength(1)
    expect(rows[0]!['text']).toContain('prediction: ')
  })

  it('tells of interrupts and their latency', () => {
    const { rows } = asked('interrupts')
    const counted = report.interrupts.find(({ name }) => name === 'RTC1')!
    const rtc = rows.find(({ exception }) => exception === 'RTC1')!
    expect(rtc['times']).toBe(counted.count)
    // Twelve cycles of entry at zero wait states, Cortex-M4 TRM 3.9.1, and more where one was under way.
    expect(rtc['leastLatencyCycles']).toBeGreaterThanOrEqual(12)
  })

  it('tells of the worst of one interrupt, and when it was', () => {
    const [worst] = asked('interrupts').rows
    const name = String(worst!['exception'])
    const listed = asked('interrupts', name).rows
    expect(listed[0]!['latencyCycles']).toBe(worst!['worstLatencyCycles'])
    expect(listed).toHaveLength(Math.min(50, Number(worst!['times'])))
    expect(Number(listed[0]!['beginCycle'])).toBeLessThan(report.run.cycles)
  })

  it('knows what everything was at a moment', () => {
    const { rows } = asked('at', '11.5s')
    const of = (track: string) => rows.find((row) => row['track'] === track)?.['is']
    expect([of('processor'), of('cache'), of('pin/P0.22')]).toEqual(['sleep', 'on', 'high'])
  })

  it('is followed an instruction at a time: cycles add up, registers are those that were', () => {
    const inference = report.phases.find(({ name }) => name === 'inference')!
    const begin = Number(asked('phase', 'inference').rows[0]!['beginCycle'])
    const { rows } = asked('trace', '--in', `${begin}c+${inference.totalCycles}c`, '--limit', '100000')
    const last = rows.at(-1)!
    expect(rows[0]!['cycle']).toBeGreaterThanOrEqual(begin)
    rows
      .slice(1)
      .forEach((row, i) => expect(row['cycle']).toBe(Number(rows[i]!['cycle']) + Number(rows[i]!['cycles'])))
    expect(Number(last['cycle']) + Number(last['cycles'])).toBeGreaterThanOrEqual(
      begin + inference.totalCycles,
    )
    expect(rows.some(({ place }) => String(place).includes('MicroInterpreter::Invoke'))).toBe(true)
    // After LDR, MOV and the like the destination is what changed.
    const moves = rows.filter(({ instruction }) => /^movs? r\d+, #\d+$/.test(String(instruction)))
    expect(moves.length).toBeGreaterThan(10)
    for (const { instruction, changed } of moves) {
      const [, register = '', value = ''] = /^movs? (r\d+), #(\d+)$/.exec(String(instruction)) ?? []
      const found = new RegExp(`\\b${register} (0x[0-9a-f]+)`).exec(String(changed))?.[1]
      if (found !== undefined) expect(Number(found)).toBe(Number(value))
    }
  })

  it('is followed with what it reads and writes, and why it takes so long', () => {
    const [inference] = asked('phase', 'inference').rows
    const [from, cycles] = [Number(inference!['beginCycle']), Number(inference!['cycles'])]
    const { rows } = asked('trace', '--in', `${from}c+${cycles}c`, '--limit', '100000') as unknown as {
      rows: readonly Traced[]
    }
    for (const { reasons, cycles: all } of rows)
      expect(Object.values(reasons).reduce((sum, one) => sum + one, 0)).toBe(all)
    // A word that a load alone has read is in its register then, and what a store has written was in its own.
    const loads = rows.flatMap(({ instruction, changed, accesses }) => {
      const [, register] = /^ldr(?:\.w)? (r\d+), \[[^;]*$/.exec(instruction) ?? []
      const now = new RegExp(`\\b${register} (0x[0-9a-f]{8})`).exec(changed)?.[1]
      return now !== undefined && !instruction.includes('#-') ? [{ now, accesses }] : []
    })
    expect(loads.length).toBeGreaterThan(500)
    for (const { now, accesses } of loads) {
      const reads = accesses.filter(({ kind, bytes }) => kind === 'read' && bytes === 4)
      expect(reads.map(({ value }) => value)).toContain(now)
    }
    const pushes = rows.filter(({ instruction }) => /^push \{[^;]*$/.test(instruction))
    expect(pushes.length).toBeGreaterThan(5)
    for (const { instruction, changed, accesses } of pushes) {
      const sp = Number(/\bsp (0x[0-9a-f]+)/.exec(changed)?.[1])
      const registers = instruction.split(',').length
      expect(accesses.map(({ kind, address, name }) => [kind, Number(address), name])).toEqual(
        Array.from({ length: registers }, (_, i) => ['write', sp + 4 * i, 'stack']),
      )
    }
    expect(
      rows.every(
        ({ instruction, accesses }) =>
          !/^(adds?|movs?|cmp) [^;]*$/.test(instruction) || accesses.length === 0,
      ),
    ).toBe(true)
  })

  it('names the registers that it reads and writes', () => {
    const { rows } = asked('trace', '--in', '0.0351s+60us', '--limit', '3000') as unknown as {
      rows: readonly Traced[]
    }
    const names = new Set(rows.flatMap(({ accesses }) => accesses.map(({ kind, name }) => `${kind} ${name}`)))
    expect([...names].filter((name) => name.includes('TWIM'))).toContain('write TWIM0.TASKS_STARTTX')
  })

  it('goes to other programs, in part and whole', () => {
    const { status, stderr } = boardless('export', 'run.boardless', '--to', 'csv', '--in', '9.9s..10s')
    expect([status, stderr]).toEqual([
      0,
      'boardless: run.csv: levels at each change, for spreadsheets, pandas\n',
    ])
    expect(readFileSync(join(folder, 'run.csv'), 'utf8')).toMatch(/^time/)
  })
})

describe('one line and exit code 2', () => {
  beforeAll(() => {
    const whole = readFileSync(join(folder, 'run.boardless'))
    writeFileSync(join(folder, 'cut.boardless'), whole.subarray(0, whole.length - 100))
    writeFileSync(join(folder, 'text.boardless'), 'hello')
    const args = [
      'run',
      'gesture',
      '--for',
      '1s',
      '--record',
      'bare.boardless',
      '--record-without',
      'firmware',
      '-q',
    ]
    expect(boardless(...args).status).toBe(0)
  })

  it.each<[string, readonly string[], RegExp]>([
    ['no file', ['query', 'none.boardless'], /none\.boardless: no such file\. Give a \.boardless file/],
    ['no run', ['query', 'text.boardless'], /not a run that was recorded/],
    ['half a run', ['query', 'cut.boardless'], /cut off or damaged/],
    ['no question', ['query', 'run.boardless', 'curent'], /no question "curent"\. Did you mean current\?/],
    ['no track', ['query', 'run.boardless', 'list', 'consle'], /no track "consle"\. Did you mean console\?/],
    ['no subject', ['query', 'run.boardless', 'list'], /list of what\? Give a track/],
    [
      'no such inference',
      ['query', 'run.boardless', 'inference', '9'],
      /there is no number 9 of the inferences there: 1 in all/,
    ],
    [
      'a time outside',
      ['query', 'run.boardless', 'at', '13s'],
      /13s is not in the run, which goes from 0 to 12 s/,
    ],
    ['a stretch backwards', ['query', 'run.boardless', 'current', '--in', '2s..1s'], /not after it begins/],
    ['no firmware', ['query', 'bare.boardless', 'at', '0.5s'], /recorded without its firmware/],
    ['no format', ['export', 'run.boardless', '--to', 'perfeto'], /Did you mean perfetto\?/],
    [
      'calls of what cannot be run again',
      ['export', 'bare.boardless', '--to', 'speedscope'],
      /functions are run again for that, and the run was recorded without its firmware/,
    ],
    [
      'no part',
      ['run', 'gesture', '--record', 'a', '--record-without', 'all'],
      /give firmware, inputs, or both/,
    ],
    [
      'standard output',
      ['run', 'gesture', '--record', '-'],
      /a \.boardless file is a zip, not for a terminal/,
    ],
    ['no place', ['run', 'gesture', '--record', 'none/a.boardless'], /none\/a\.boardless: cannot be written/],
  ])('for %s', (_, args, message) => {
    const before = readdirSync(folder)
    const { status, stdout, stderr } = boardless(...args)
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(stderr).toMatch(message)
    expect(readdirSync(folder)).toEqual(before)
  })
})
