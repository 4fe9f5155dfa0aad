/** Our own firmware against its committed baselines, and what is planted in it. */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseBaseline } from '../../runs/budget/baseline.ts'
import type { BudgetRow, CheckReport } from '../../runs/budget/check-report.ts'
import { findCompiler } from '../../src/toolchain/compile/compiler.ts'

const root = join(import.meta.dirname, '..', '..')
const command = join(root, 'dist', 'cli', 'main.js')
const folder = mkdtempSync(join(tmpdir(), 'boardless-own-'))
afterAll(() => rmSync(folder, { recursive: true }))

const environment = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }
function check(cwd: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [command, 'check', ...args, '--format', 'json'],
    {
      cwd,
      encoding: 'utf8',
      env: environment,
    },
  )
  if (stdout === '') throw new Error(stderr)
  return { status, report: JSON.parse(stdout) as CheckReport }
}

describe('our apps', () => {
  const file = 'firmware/boardless.baseline.json'
  const baseline = parseBaseline(readFileSync(join(root, file), 'utf8'), file)

  it('cost what their baselines say, to the cycle', async () => {
    const { name } = await findCompiler(process.env)
    const compilers = new Set(Object.values(baseline.targets).map(({ compiler }) => compiler))
    const { status, report } = check(root)
    const failing = report.targets.flatMap(({ name: target, rows }) =>
      rows.filter(({ outcome }) => outcome !== 'passed').map(({ message }) => `${target}: ${message}`),
    )
    // Another compiler makes other code, which is said and is no fault of ours.
    if (compilers.has(name)) expect([status, failing]).toEqual([0, []])
    else
      expect(report.targets.map(({ notes }) => notes[0])).toEqual(
        report.targets.map(() => expect.stringContaining('compiler: ') as string),
      )
  })
})

const config = {
  targets: {
    gesture: {
      app: 'gesture',
      sources: 'firmware',
      model: 'models/gesture/gesture_int8.tflite',
      recording: 'traces/basic-motions/heldout.csv',
      for: '12s',
      budgets: { 'phase preprocess': '+0', inference: '+0', 'static RAM': '+0', flash: '+10 %' },
    },
  },
}

describe('what is planted in the gesture app', () => {
  const classifier = join(folder, 'firmware', 'gesture', 'classifier.h')
  const original = readFileSync(join(root, 'firmware', 'gesture', 'classifier.h'), 'utf8')
  const rowOf = ({ targets }: CheckReport, budget: string): BudgetRow =>
    targets[0]!.rows.find((row) => row.budget === budget)!

  beforeAll(() => {
    for (const path of ['firmware', 'models/gesture', 'traces/basic-motions/heldout.csv'])
      cpSync(join(root, path), join(folder, path), { recursive: true })
    writeFileSync(join(folder, 'boardless.config.json'), JSON.stringify(config))
    for (const args of [
      ['init', '-q'],
      ['add', '-A'],
      ['-c', 'user.name=A', '-c', 'user.email=a@example.org', 'commit', '-q', '-m', 'first'],
    ])
      execFileSync('git', args, { cwd: folder, env: environment })
  })

  it('as one loop more in preprocessing is found with its line and reason', () => {
    const lines = original.split('\n')
    const at = lines.findIndex((line) => line.includes('value = normalised(bits'))
    expect(at).toBeGreaterThan(0)
    const planted = '      for (volatile int again = 0; again < 4; again = again + 1) {}'
    writeFileSync(classifier, [...lines.slice(0, at), planted, ...lines.slice(at)].join('\n'))
    const { status, report } = check(folder, '--baseline-from', 'HEAD')
    expect(status).toBe(1)
    expect(report.worst).toEqual({ target: 'gesture', budget: 'phase preprocess' })
    const { because } = rowOf(report, 'phase preprocess')
    expect(because.find(({ kind }) => kind === 'line')!.place).toEqual({
      file: 'firmware/gesture/classifier.h',
      line: at + 1,
    })
    expect(because.filter(({ kind }) => kind === 'reason').map(({ name }) => name)).toContain('issue')
    writeFileSync(classifier, original)
  })

  it('as a larger arena is found with the array that grew', () => {
    writeFileSync(join(folder, 'boardless.config.json'), JSON.stringify(config))
    execFileSync(process.execPath, [command, 'check', '--update', '-q'], { cwd: folder })
    writeFileSync(
      join(folder, 'boardless.config.json'),
      JSON.stringify({ targets: { gesture: { ...config.targets.gesture, arena: 20_480 } } }),
    )
    const { status, report } = check(folder)
    expect(status).toBe(1)
    expect(rowOf(report, 'static RAM')).toMatchObject({ difference: 4096 })
    expect(rowOf(report, 'static RAM').because[0]).toMatchObject({
      kind: 'symbol',
      difference: 4096,
      name: expect.stringContaining('tensor_arena') as string,
      place: { file: 'firmware/runtime/inference.cc' },
    })
  })
})
