import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { HistoryReport } from '../../runs/budget/history-report.ts'
import type { Comparison } from '../../runs/compare/comparison.ts'
import { commandSchemas } from '../../runs/report/schema/command-schemas.ts'
import type { BudgetRow, CheckReport } from '../../runs/budget/check-report.ts'
import { writeProject } from './firmware.ts'

const root = join(import.meta.dirname, '..', '..')
const command = join(root, 'dist', 'cli', 'main.js')
const folder = mkdtempSync(join(tmpdir(), 'boardless-check-git-'))
afterAll(() => rmSync(folder, { recursive: true }))

const repository = join(folder, 'repository')
/** Below its root, as in a project that has more than firmware. */
const cwd = join(repository, 'device')

const environment = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }
const git = (...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args], {
    cwd: repository,
    encoding: 'utf8',
    env: environment,
  }).trim()
const commit = (subject: string): string => {
  git('add', '-A')
  git('commit', '-q', '-m', subject)
  return git('rev-parse', 'HEAD')
}

const boardless = (where: string, ...args: readonly string[]) =>
  spawnSync(process.execPath, [command, ...args], { cwd: where, encoding: 'utf8', env: environment })

function check(where: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = boardless(where, 'check', ...args, '--format', 'json')
  const said = stderr.split('\n').filter((line) => line.startsWith('boardless: '))
  return { status, said, report: stdout === '' ? undefined : (JSON.parse(stdout) as CheckReport) }
}
const rowOf = (report: CheckReport | undefined, budget: string): BudgetRow =>
  report!.targets[0]!.rows.find((row) => row.budget === budget)!

const program = ({ rounds = 8, table = 'static const', arena = 1024, comment = '' } = {}): string => `
${table} int scale[64] = { 1, 2, 3, 4 };
unsigned char tensor_arena[${arena}];
static volatile int sink;
__attribute__((noinline)) static int preprocess(int x) {
  int sum = 0;
  for (int i = 0; i < 64; i++)
    sum += x * ((const volatile int *)scale)[i];${comment}
  for (int j = 0; j < ${rounds}; j++)
    sum = (sum << 1) ^ ((const volatile int *)scale)[j];
  return sum;
}
int main(void) {
  for (int i = 0; i < 10; i++) { sink = preprocess(i) + sink; ((volatile unsigned char *)tensor_arena)[i] = i; }
  print("done\\n");
  leave(0);
}`
const lineOf = (text: string): number =>
  readFileSync(join(cwd, 'main.c'), 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(text)) + 1

const config = {
  targets: {
    app: {
      build: 'sh build.sh',
      firmware: 'app.elf',
      budgets: { 'measure preprocess': '+0', flash: '+64 B', 'static RAM': '+0', console: 'done' },
    },
  },
}

let first: string
beforeAll(() => {
  mkdirSync(cwd, { recursive: true })
  git('init', '-q', '-b', 'main')
  writeFileSync(join(repository, '.gitignore'), '*.elf\n')
  writeFileSync(join(cwd, 'boardless.config.json'), JSON.stringify(config))
  writeProject(cwd, program())
  first = commit('device: first')
})

describe('check --baseline-from', () => {
  it('builds and runs the commit, names it, and leaves nothing behind', () => {
    const { status, report } = check(cwd, '--baseline-from', 'main')
    expect(status).toBe(0)
    expect(report!.base).toEqual({
      kind: 'commit',
      commit: first,
      name: expect.stringMatching(
        new RegExp(`^${first.slice(0, 9)} of \\d{4}-\\d\\d-\\d\\d, device: first$`),
      ) as string,
    })
    expect(report!.config).toBe('device/boardless.config.json')
    expect(report!.head).toEqual({ commit: first, modifiedFiles: 0 })
    expect(git('worktree', 'list').split('\n')).toHaveLength(1)
    expect(git('status', '--porcelain')).toBe('')
  })

  it('finds one loop more, with its line and its reason', () => {
    writeProject(cwd, program({ rounds: 24 }))
    const { status, report } = check(cwd, '--baseline-from', 'main')
    expect(status).toBe(1)
    expect(report!.worst).toEqual({ target: 'app', budget: 'measure preprocess' })
    expect(report!.head.modifiedFiles).toBe(1)
    const { because, difference, reproduce } = rowOf(report, 'measure preprocess')
    expect(difference).toBeGreaterThan(0)
    expect(reproduce).toBe("boardless check app --only 'measure preprocess' --baseline-from main")
    const of = (kind: string) => because.filter((one) => one.kind === kind)
    expect(of('reason').map(({ name }) => name)).toContain('issue')
    expect(of('function')[0]).toMatchObject({ name: 'preprocess', difference: 10 * difference! })
    const lines = of('line').map(({ place }) => place!.line)
    expect([lineOf('sum << 1'), lineOf('int j = 0')].sort()).toEqual([...lines].sort())
    expect(of('line')[0]!.place!.file).toMatch(/main\.c$/)
  })

  it('finds a table that moved to RAM, with where it went', () => {
    writeProject(cwd, program({ table: 'static' }))
    const { status, report } = check(cwd, '--baseline-from', 'main')
    expect(status).toBe(1)
    const row = rowOf(report, 'static RAM')
    expect(row.difference).toBe(256)
    expect(row.because).toEqual([
      {
        kind: 'symbol',
        name: 'scale',
        difference: 256,
        unit: 'B',
        detail: expect.stringMatching(/^moved from \.text to \.data$/) as string,
        place: { file: expect.stringMatching(/main\.c$/) as string, line: lineOf('int scale') },
      },
    ])
  })

  it('finds a table that moved to flash, with the reason of the cycles', () => {
    writeProject(cwd, program({ table: 'static' }))
    commit('device: the table in RAM')
    writeProject(cwd, program())
    const { report } = check(cwd, '--baseline-from', 'HEAD')
    const { because } = rowOf(report, 'measure preprocess')
    expect(because.find(({ kind }) => kind === 'reason')!.name).toBe('data in flash')
    expect(because.find(({ kind }) => kind === 'symbol')).toMatchObject({
      name: 'scale',
      detail: 'moved from .data to .text',
    })
    expect(because.find(({ kind }) => kind === 'line')!.place!.line).toBe(lineOf('scale)[i]'))
    commit('device: the table in flash')
  })

  it('finds a larger arena, with the line that declares it', () => {
    writeProject(cwd, program({ arena: 4096 }))
    const { status, report } = check(cwd, '--baseline-from', 'HEAD')
    expect(status).toBe(1)
    expect(rowOf(report, 'static RAM').because[0]).toMatchObject({
      kind: 'symbol',
      name: 'tensor_arena',
      difference: 3072,
      place: { line: lineOf('tensor_arena[4096]') },
    })
    git('checkout', '-q', '.')
  })

  it('is exactly no difference for what is a comment', () => {
    writeProject(cwd, program({ comment: ' // says nothing' }))
    const { status, report } = check(cwd, '--baseline-from', first)
    expect(status).toBe(0)
    expect(report!.targets[0]!.rows.map(({ difference }) => difference)).toEqual([0, 0, 0, null])
    git('checkout', '-q', '.')
  })

  it('of what is no commit, does not build, or has not the file says so, and exits with 4', () => {
    expect(check(cwd, '--baseline-from', 'mian')).toMatchObject({
      status: 4,
      said: [expect.stringContaining('mian: no such commit')],
    })
    expect(check(cwd, '--baseline-from', '--output=x')).toMatchObject({ status: 4 })
    writeFileSync(join(cwd, 'main.c'), 'int main(void) { return nothing; }')
    const broken = commit('device: broken')
    writeProject(cwd, program())
    commit('device: mended')
    const { status, said } = check(cwd, '--baseline-from', broken)
    expect([status, said.length]).toEqual([4, 1])
    expect(said[0]).toContain(
      `${broken.slice(0, 9)} cannot be had as a base, and nothing takes its place: app: the build command failed`,
    )
    expect(git('worktree', 'list').split('\n')).toHaveLength(1)
  })

  it('of a shallow clone says that it is one', () => {
    const clone = join(folder, 'shallow')
    execFileSync('git', ['clone', '-q', '--depth=1', `file://${repository}`, clone], { env: environment })
    const { status, said } = check(join(clone, 'device'), '--baseline-from', first)
    expect(status).toBe(4)
    expect(said[0]).toContain('This clone is shallow')
  })

  it('outside of a repository says so', () => {
    const outside = join(folder, 'outside')
    mkdirSync(outside)
    writeFileSync(join(outside, 'boardless.config.json'), JSON.stringify(config))
    expect(check(outside, '--baseline-from', 'main')).toMatchObject({
      status: 4,
      said: [expect.stringContaining('is in no git repository')],
    })
  })
})

describe('a committed baseline', () => {
  it('is named with its commit, and explains what moved by what is in the cache', () => {
    expect(boardless(cwd, 'check', '--update').status).toBe(0)
    const text = readFileSync(join(cwd, 'boardless.baseline.json'), 'utf8')
    expect(text).not.toContain(folder)
    expect(check(cwd).report!.base!.name).toBe('boardless.baseline.json, not committed as it is')
    const id = commit('device: baseline')
    expect(check(cwd).report!.base).toMatchObject({
      commit: id,
      name: expect.stringContaining(id.slice(0, 9)) as string,
    })
    writeProject(cwd, program({ rounds: 24 }))
    const { status, report } = check(cwd)
    expect(status).toBe(1)
    expect(rowOf(report, 'measure preprocess').because.some(({ kind }) => kind === 'line')).toBe(true)
  })

  it('without the cache says which function, and which command says the line', () => {
    const cache = join(folder, 'cache')
    mkdirSync(cache)
    const { stdout } = spawnSync(process.execPath, [command, 'check', '--format', 'json'], {
      cwd,
      encoding: 'utf8',
      env: { ...environment, BOARDLESS_CACHE: cache },
    })
    const { because, unknown } = rowOf(JSON.parse(stdout) as CheckReport, 'measure preprocess')
    expect(because.find(({ kind }) => kind === 'function')).toMatchObject({ name: 'preprocess' })
    expect(unknown).toMatch(/--baseline-from [0-9a-f]{9} says which lines moved$/)
    git('checkout', '-q', '.')
    expect(existsSync(join(cwd, 'boardless.baseline.json'))).toBe(true)
  })
})

describe('history', () => {
  const history = (...args: readonly string[]): HistoryReport => {
    const { status, stdout, stderr } = boardless(cwd, 'history', ...args, '--format', 'json')
    expect([status, stderr.replace(/^history of .*\n/gm, '')]).toEqual([0, ''])
    return JSON.parse(stdout) as HistoryReport
  }
  const subjectsOf = ({ commits, moves }: HistoryReport): readonly string[] =>
    [...new Set(moves.map(({ commit: id }) => id))].map(
      (id) => commits.find((one) => one.commit === id)!.subject,
    )

  it('has each commit, says which moved a figure and by what, and which has none', () => {
    const found = history('app', '--figure', 'measure preprocess', '--figure', 'static RAM')
    expect(found.commits.map(({ subject }) => subject)).toEqual([
      'device: first',
      'device: the table in RAM',
      'device: the table in flash',
      'device: broken',
      'device: mended',
      'device: baseline',
    ])
    expect(found.commits.map(({ cannot }) => cannot !== null)).toEqual([
      false,
      false,
      false,
      true,
      false,
      false,
    ])
    expect(subjectsOf(found)).toEqual(['device: the table in flash', 'device: the table in RAM'])
    const ram = found.figures.find(({ name }) => name === 'static RAM')!
    expect(ram.spread).toBe(256)
    expect(ram.values[3]).toBeNull()
    const move = found.moves.find(({ figure, difference }) => figure === 'static RAM' && difference === 256)!
    expect(move.because[0]).toMatchObject({ kind: 'symbol', name: 'scale' })
    const validate = new Ajv2020({ strict: true }).compile(commandSchemas)
    validate(found)
    expect(validate.errors).toBeNull()
  })

  it('bisects to the commit that moved one, and measures no more than it must', () => {
    for (let i = 0; i < 8; i++) {
      writeProject(cwd, program({ rounds: i < 5 ? 8 : 12, comment: ` // ${i}` }))
      commit(`device: step ${i}`)
    }
    const found = history('--last', '8', '--bisect', '--figure', 'measure preprocess')
    expect(subjectsOf(found)).toEqual(['device: step 5'])
    expect(found.commits.filter(({ isMeasured }) => isMeasured).length).toBeLessThan(8)
    const move = found.moves[0]!
    expect(found.commits.find((one) => one.commit === move.since)!.subject).toBe('device: step 4')
  })

  it('is charted for people, in Markdown and in CSV', () => {
    const args = ['history', '--last', '4', '--figure', 'measure preprocess']
    const { stdout } = boardless(cwd, ...args)
    expect(stdout).toMatch(/^app: 4 commits; 1 of 1 figures moved$/m)
    expect(stdout).toMatch(/measure preprocess +▁███ /)
    expect(stdout).toMatch(/device: step 5$/m)
    expect(boardless(cwd, ...args, '--format', 'markdown').stdout).toContain('| measure preprocess | ▁███ |')
    expect(boardless(cwd, ...args, '--format', 'csv').stdout.split('\n')).toHaveLength(6)
  })

  it.each([
    [['nothing'], 2, 'nothing: no such target.'],
    [['--figure', 'inferense'], 2, '--figure: there is no figure inferense. Did you mean inference?'],
    [['--to', 'mian'], 4, 'mian: no such commit'],
  ])('of %j says what is wrong', (args, code, line) => {
    const { status, stderr } = boardless(cwd, 'history', ...args)
    expect([status, stderr]).toEqual([code, expect.stringContaining(`boardless: ${line}`)])
  })
})

describe('compare', () => {
  it('takes commits', () => {
    const { status, stdout } = boardless(cwd, 'compare', 'HEAD~7', 'HEAD', '--format', 'json')
    expect(status).toBe(0)
    const { a, b, headline, lines } = JSON.parse(stdout) as Comparison
    expect([a.name, b.name]).toEqual(['HEAD~7', 'HEAD'])
    expect(headline.worst!.figure.name).toBe('measured preprocess')
    expect(lines!.length).toBeGreaterThan(0)
  })

  it('takes a commit and a report', () => {
    const elf = join(cwd, 'app.elf')
    execFileSync('sh', ['build.sh'], { cwd })
    expect(
      boardless(cwd, 'run', elf, '--measure', 'preprocess', '--json', join(folder, 'now.json'), '-q').status,
    ).toBe(0)
    const { stdout } = boardless(cwd, 'compare', 'HEAD', join(folder, 'now.json'))
    expect(stdout).toContain('0 worse, 0 better, 7 the same')
  })

  it('refuses options that would change nothing', () => {
    const { status, stderr } = boardless(cwd, 'compare', 'HEAD', 'HEAD~1', '--for', '1s')
    expect([status, stderr]).toEqual([
      2,
      'boardless: a commit is run as the config says: --for would change nothing. Leave it out.\n',
    ])
    const files = boardless(
      cwd,
      'compare',
      join(folder, 'now.json'),
      join(folder, 'now.json'),
      '--target',
      'app',
    )
    expect(files.stderr).toContain('--target is of commits, and none is compared.')
  })
})
