import { execFileSync, spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BudgetRow, CheckReport } from '../../runs/budget/check-report.ts'
import { commandSchemas } from '../../runs/report/schema/command-schemas.ts'
import { compile } from './firmware.ts'

const root = join(import.meta.dirname, '..', '..')
const command = join(root, 'dist', 'cli', 'main.js')
const folder = mkdtempSync(join(tmpdir(), 'boardless-check-'))
afterAll(() => rmSync(folder, { recursive: true }))

const boardless = (cwd: string, ...args: readonly string[]) =>
  spawnSync(process.execPath, [command, ...args], { cwd, encoding: 'utf8' })

/** Exit code, the report, and the lines of standard error that are no progress. */
function check(cwd: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = boardless(cwd, 'check', ...args, '--format', 'json')
  const said = stderr.split('\n').filter((line) => line.startsWith('boardless: '))
  return { status, said, report: stdout === '' ? undefined : (JSON.parse(stdout) as CheckReport) }
}

const rowsOf = (report: CheckReport | undefined): readonly BudgetRow[] =>
  report!.targets.flatMap(({ rows }) => rows)

const rowOf = (report: CheckReport | undefined, budget: string): BudgetRow =>
  rowsOf(report).find((row) => row.budget === budget)!

let serial = 0
function project(config: object | string, name = 'boardless.config.json'): string {
  const made = join(folder, `p${serial++}`)
  mkdirSync(made)
  writeFileSync(join(made, name), typeof config === 'string' ? config : JSON.stringify(config, undefined, 2))
  return made
}

const program = ({ rounds = 100, table = 'static const', more = '' } = {}): string => `
${table} int weights[64] = { 1, 2, 3, 4 };
static volatile int sink;
${more}
__attribute__((noinline)) static int filter(int x) {
  int sum = 0;
  for (int i = 0; i < ${rounds}; i++)
    sum += x * ((volatile const int *)weights)[i & 63];
  return sum;
}
int main(void) {
  for (int i = 0; i < 10; i++) sink = filter(i) + sink;
  print("done\\n");
  leave(0);
}`

let elf: string
beforeAll(() => {
  elf = compile('check', program())
})

const budgets = { 'measure filter': 5_000, flash: '+0', console: '^done$' }

describe('check', () => {
  it.each([
    ['boardless.config.json', (target: object) => JSON.stringify({ targets: { app: target } })],
    [
      'boardless.config.ts',
      (target: object) =>
        `import { defineConfig, type BoardlessConfig } from 'boardless'\nconst config: BoardlessConfig = { targets: { app: ${JSON.stringify(target)} } }\nexport default defineConfig(config)\n`,
    ],
    [
      'boardless.config.js',
      (target: object) => `export default { targets: { app: ${JSON.stringify(target)} } }\n`,
    ],
    [
      'boardless.config.mjs',
      (target: object) => `export default { targets: { app: ${JSON.stringify(target)} } }\n`,
    ],
    ['boardless.config.yaml', (target: object) => `targets:\n  app: ${JSON.stringify(target)}\n`],
  ])('reads %s', (name, write) => {
    const cwd = project(write({ firmware: elf, budgets: { flash: '1 kB', console: '^done$' } }), name)
    expect(check(cwd)).toMatchObject({ status: 0, report: { worst: null, counts: { passed: 2 } } })
  })

  it('prints what holds and what does not, the worst first, and exits with 1', () => {
    const cwd = project({
      targets: { app: { firmware: elf, budgets: { flash: 100, 'measure filter': 10, seconds: 1 } } },
    })
    const { status, stdout } = boardless(cwd, 'check')
    expect(status).toBe(1)
    expect(stdout).toMatch(
      /^ {2}worst: app: measure filter: [\d ]+ cycles, [\d ]+ cycles or [\d .]+ % over its limit of 10 cycles$/m,
    )
    expect(stdout).toContain('2 failed, 1 passed')
    expect(stdout).toContain("boardless check app --only 'measure filter'")
    const again = check(cwd, 'app', '--only', 'measure filter')
    expect([again.status, rowsOf(again.report).length]).toEqual([1, 1])
  })

  it('writes what its schema says, to the byte the same, with runs from the cache and made anew', () => {
    const cwd = project({ targets: { app: { firmware: elf, budgets } } })
    const [first, second, third] = [[], [], ['--no-cache']].map(
      (args) => boardless(cwd, 'check', '--format', 'json', ...args).stdout,
    )
    expect(second).toBe(first)
    expect(third).toBe(first)
    const validate = new Ajv2020({ strict: true }).compile(commandSchemas)
    validate(JSON.parse(first!))
    expect(validate.errors).toBeNull()
    expect(first).not.toContain(cwd)
  })

  it('builds first, and says in one line that it cannot', () => {
    const cwd = project({
      targets: {
        app: {
          firmware: 'out/app.elf',
          build: `mkdir -p out && cp ${elf} out/app.elf`,
          budgets: { flash: 4096 },
        },
      },
    })
    expect(check(cwd).status).toBe(0)
    const broken = project({
      targets: {
        app: {
          firmware: 'a.elf',
          build: 'echo "main.c:3: error: no such thing" >&2; exit 3',
          budgets: { flash: 1 },
        },
      },
    })
    expect(check(broken)).toMatchObject({
      status: 2,
      said: [
        'boardless: app: the build command failed (exit code 3): main.c:3: error: no such thing. To see all of it: echo "main.c:3: error: no such thing" >&2; exit 3',
      ],
    })
    const lacking = project({
      targets: { app: { firmware: 'a.elf', build: 'no-such-tool-here', budgets: { flash: 1 } } },
    })
    expect(check(lacking).status).toBe(4)
  })

  it.each([
    ['nothing here', {}, 'no boardless.config.ts, .js, .mjs, .json or .yaml here'],
    ['what is no JSON', { 'boardless.config.json': '{' }, 'boardless.config.json: is not JSON: '],
    ['what is no YAML', { 'boardless.config.yaml': 'a: [' }, 'boardless.config.yaml: is not YAML: '],
    [
      'what throws',
      { 'boardless.config.mjs': 'throw new Error("oh")' },
      'boardless.config.mjs: cannot be loaded: oh.',
    ],
    [
      'what is no TypeScript',
      { 'boardless.config.ts': 'export default {' },
      'boardless.config.ts: cannot be loaded: ',
    ],
    [
      'two of them',
      { 'boardless.config.js': '', 'boardless.config.json': '' },
      'boardless.config.js and boardless.config.json: which?',
    ],
    ['an empty one', { 'boardless.config.yaml': '' }, 'boardless.config.yaml: give a config'],
    [
      'a missing file',
      { 'boardless.config.json': '{"targets":{"app":{"firmware":"no.elf","budgets":{"flash":1}}}}' },
      'app: ',
    ],
    [
      'no such board',
      {
        'boardless.config.json':
          '{"targets":{"app":{"firmware":"no.elf","board":"xioa","budgets":{"flash":1}}}}',
      },
      'app: --board xioa: unknown board. Did you mean xiao?',
    ],
  ] as const)('of %s says one line, and exits with 2', (_, files, line) => {
    const cwd = join(folder, `b${serial++}`)
    mkdirSync(cwd)
    for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text)
    const { status, said } = check(cwd)
    expect([status, said.length]).toEqual([2, 1])
    expect(said[0]).toContain(`boardless: ${line}`)
  })

  it('offers the nearest name of a target, a budget and a reporter', () => {
    const cwd = project({ targets: { gesture: { firmware: elf, budgets: { flash: 1 } } } })
    expect(check(cwd, 'gestre').said).toEqual(['boardless: gestre: no such target. Did you mean gesture?'])
    expect(check(cwd, '--only', 'flsh').said).toEqual([
      'boardless: --only flsh: no such budget. Did you mean flash?',
    ])
    expect(boardless(cwd, 'check', '--reporter', 'prety').stderr).toContain('Did you mean pretty?')
  })
})

describe('reporters', () => {
  it('are several at once, each where it is sent', () => {
    const cwd = project({ targets: { app: { firmware: elf, budgets: { flash: 100 } } } })
    const summary = join(cwd, 'summary.md')
    const names = ['json', 'junit', 'markdown', 'gitlab', 'bencher', 'sarif']
    const { status, stdout } = spawnSync(
      process.execPath,
      [
        command,
        'check',
        '--reporter',
        'pretty',
        '--reporter',
        'github',
        ...names.flatMap((name) => ['--reporter', `${name}=out.${name}`]),
      ],
      { cwd, encoding: 'utf8', env: { ...process.env, GITHUB_STEP_SUMMARY: summary } },
    )
    expect(status).toBe(1)
    expect(stdout).toContain('worst: app: flash')
    expect(stdout).toMatch(/^::error file=boardless\.config\.json,line=6,title=app%3A flash::/m)
    expect(names.map((name) => readFileSync(join(cwd, `out.${name}`), 'utf8').length > 0)).toEqual(
      names.map(() => true),
    )
    expect(readFileSync(summary, 'utf8')).toBe(readFileSync(join(cwd, 'out.markdown'), 'utf8'))
  })

  it('do not mix on standard output, and are tried before anything runs', () => {
    const cwd = project({ targets: { app: { firmware: 'none.elf', budgets: { flash: 100 } } } })
    const { status, stderr } = boardless(cwd, 'check', '--reporter', 'json', '--reporter', 'junit')
    expect([status, stderr]).toEqual([
      2,
      'boardless: json and junit cannot both go to standard output; give one of them a file, as in junit=FILE.\n',
    ])
    expect(boardless(cwd, 'check', '--reporter', 'json=no/such/folder.json').stderr).toContain(
      'no such folder',
    )
  })

  it.skipIf(!existsSync('/dev/full'))('of a full disk says so, and exits with 2', () => {
    const cwd = project({ targets: { app: { firmware: elf, budgets: { flash: 100 } } } })
    const { status, stderr } = spawnSync('sh', ['-c', `${process.execPath} ${command} check > /dev/full`], {
      cwd,
      encoding: 'utf8',
    })
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining('standard output cannot be written: disk full'),
    ])
  })
})

describe('a baseline', () => {
  it('is written, is the same again, and is held against', () => {
    const cwd = project({
      targets: { app: { firmware: elf, budgets: { 'measure filter': '+0', flash: '+0' } } },
    })
    expect(check(cwd).status).toBe(1)
    expect(boardless(cwd, 'check', '--update').status).toBe(0)
    const file = join(cwd, 'boardless.baseline.json')
    const text = readFileSync(file, 'utf8')
    expect(text).toMatch(/^ {8}"measure filter": \d+,$/m)
    boardless(cwd, 'check', '--update')
    expect(readFileSync(file, 'utf8')).toBe(text)
    expect(readdirSync(cwd).sort()).toEqual(['boardless.baseline.json', 'boardless.config.json'])
    expect(check(cwd)).toMatchObject({
      status: 0,
      report: { base: { kind: 'file' }, counts: { passed: 2, improved: 0 } },
    })
  })

  it('is lowered by what got better alone', () => {
    const cwd = project({
      targets: { app: { firmware: 'app.elf', budgets: { 'measure filter': '+0', flash: '+0' } } },
    })
    copyFileSync(elf, join(cwd, 'app.elf'))
    boardless(cwd, 'check', '--update')
    const before = JSON.parse(readFileSync(join(cwd, 'boardless.baseline.json'), 'utf8')) as {
      targets: { app: { figures: Record<string, number> } }
    }
    copyFileSync(
      compile('faster', program({ rounds: 90, more: 'int const more[16] __attribute__((used)) = { 1 };' })),
      join(cwd, 'app.elf'),
    )
    const { status, stderr } = boardless(cwd, 'check', '--ratchet')
    expect(status).toBe(1)
    expect(stderr).toContain('boardless.baseline.json: app: measure filter')
    const after = JSON.parse(readFileSync(join(cwd, 'boardless.baseline.json'), 'utf8')) as typeof before
    expect(after.targets.app.figures['measure filter']).toBeLessThan(
      before.targets.app.figures['measure filter']!,
    )
    expect(after.targets.app.figures['flash']).toBe(before.targets.app.figures['flash'])
  })

  it.each([
    [
      'boardless.config.ts',
      `export default { targets: { other: { firmware: 'app.elf', budgets: { 'measure filter': 7777 } },\n app: { firmware: 'app.elf', budgets: { // not too slow\n 'measure filter': { max: '9_999', severity: 'soft' }, flash: 7777 } } } }\n`,
      `'measure filter': { max: 'N cycles', severity: 'soft' }`,
    ],
    [
      'boardless.config.yaml',
      `targets:\n  app:\n    firmware: app.elf\n    budgets:\n      measure filter: 9999 # not too slow\n      flash: 7777\n`,
      'measure filter: N # not too slow',
    ],
    [
      'boardless.config.json',
      `{ "targets": { "app": { "firmware": "app.elf", "budgets": { "measure filter": 9999, "flash": 7777 } } } }`,
      '"measure filter": N,',
    ],
  ])('takes the limits in %s with it', (name, text, line) => {
    const cwd = project(text, name)
    copyFileSync(elf, join(cwd, 'app.elf'))
    boardless(cwd, 'check', '--update')
    copyFileSync(compile('quicker', program({ rounds: 90 })), join(cwd, 'app.elf'))
    const { status, stderr } = boardless(cwd, 'check', 'app', '--ratchet')
    expect(status).toBe(0)
    expect(stderr).toContain(`${name}: app: measure filter`)
    const { value } = rowOf(check(cwd, 'app').report, 'measure filter')
    const after = readFileSync(join(cwd, name), 'utf8')
    expect(after).toContain(line.replace('N', String(value)))
    expect(after.split('\n')).toHaveLength(text.split('\n').length)
    expect(after.match(/9_?999/)).toBeNull()
  })

  it.each([
    ['{', 'is not JSON. Write it again: boardless check --update.'],
    ['[]', 'is no baseline.'],
    ['{"kind":"baseline","schemaVersion":7}', 'is a baseline of version 7, and this tool reads version 1.'],
    ['{"kind":"baseline","schemaVersion":1,"targets":{"app":{}}}', 'is not whole.'],
  ])('of %s says so', (text, line) => {
    const cwd = project({ targets: { app: { firmware: elf, budgets: { flash: '+0' } } } })
    writeFileSync(join(cwd, 'boardless.baseline.json'), text)
    const { status, said } = check(cwd)
    expect([status, said.length]).toEqual([2, 1])
    expect(said[0]).toContain(`boardless: boardless.baseline.json: ${line}`)
    expect(boardless(cwd, 'check', '--update').status).toBe(0)
    expect(check(cwd).status).toBe(0)
  })

  it('of another board or timing model is not held against', () => {
    const target = { firmware: elf, budgets: { flash: '+0' } }
    const cwd = project({ targets: { app: target } })
    boardless(cwd, 'check', '--update')
    const write = (more: object): void =>
      writeFileSync(
        join(cwd, 'boardless.config.json'),
        JSON.stringify({ targets: { app: { ...target, ...more } } }),
      )
    write({ board: 'xiao' })
    expect(check(cwd)).toMatchObject({
      status: 2,
      said: [expect.stringContaining('app: it is of Arduino Nano 33 BLE Sense')],
    })
    write({ timing: 'zero-wait' })
    expect(check(cwd)).toMatchObject({ status: 2, said: [expect.stringContaining('another timing model')] })
  })

  it('can be written by two at once, and is whole', () => {
    const cwd = project({ targets: { app: { firmware: elf, budgets: { flash: '+0' } } } })
    const one = `${process.execPath} ${command} check --update --no-cache -q`
    execFileSync('sh', ['-c', `${one} & ${one} & wait`], { cwd })
    expect(check(cwd).status).toBe(0)
    expect(readdirSync(cwd).sort()).toEqual(['boardless.baseline.json', 'boardless.config.json'])
  })
})
