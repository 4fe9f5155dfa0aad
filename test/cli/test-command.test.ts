import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { compile } from './firmware.ts'

const root = join(import.meta.dirname, '..', '..')
const command = join(root, 'dist', 'cli', 'main.js')
const scratch = mkdtempSync(join(tmpdir(), 'boardless-test-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
beforeAll(() => spawnSync(process.execPath, ['setup.mjs', 'build'], { cwd: root }))

const made = {
  passes: compile('passes', 'int main(void) { print("fine\\n"); leave(0); return 0; }'),
  fails: compile('fails', 'int main(void) { print("1 < 2 & \\"so\\"\\n"); leave(3); return 0; }'),
  crashes: compile('crashes', 'int main(void) { REG(0x30000000) = 1; leave(0); return 0; }'),
  spins: compile('forever', 'int main(void) { print("begun\\n"); for (;;) ; }'),
}
const folder = dirname(made.passes)
const no = join(folder, 'no.elf')
writeFileSync(no, 'no firmware')

const test = (...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [command, 'test', ...args.map((one) => (one.startsWith(folder) ? basename(one) : one))],
    { cwd: folder, encoding: 'utf8' },
  )
  return { status, stdout, stderr }
}

it('passes what exits with 0, and fails what does not, in the order of the files', () => {
  const { status, stdout, stderr } = test(made.fails, made.passes, made.crashes, made.spins)
  expect([status, stderr]).toEqual([1, ''])
  expect(stdout.split('\n')).toEqual([
    'FAILED  fails.elf: the firmware itself exited with 3',
    expect.stringMatching(/^ok {6}passes\.elf {2}\S+ us$/),
    expect.stringMatching(/^FAILED {2}crashes\.elf: the firmware crashed at main/),
    expect.stringMatching(/^FAILED {2}forever\.elf: .*it never ended\. Give --until, or --for/),
    '1 passed, 3 failed',
    '',
  ])
  expect(test(made.passes, made.passes)).toMatchObject({ status: 0 })
})

it('passes what prints what is waited for, and what runs as long as it is to', () => {
  expect(test('--until', 'begun', made.spins)).toMatchObject({ status: 0 })
  expect(test('--for', '1ms', made.spins)).toMatchObject({ status: 0 })
  const { status, stdout } = test('--until', 'done', '--for', '1ms', made.spins)
  expect([status, stdout]).toEqual([1, expect.stringContaining('--until /done/ was not met')])
})

it('says what could not be run, and runs the others', () => {
  const { status, stdout } = test(no, join(folder, 'nowhere.elf'), made.passes)
  expect(status).toBe(2)
  expect(stdout).toMatch(
    /^NOT RUN no\.elf: .*\nNOT RUN nowhere\.elf: no such file.*\nok +passes\.elf.*\n1 passed, 0 failed, 2 not run\n$/,
  )
})

it('writes JUnit and JSON, the same each time and with any number of threads', () => {
  const write = (jobs: string): string => {
    const [junit, json] = [join(scratch, `${jobs}.xml`), join(scratch, `${jobs}.json`)]
    test('--jobs', jobs, '--junit', junit, '--json', json, made.fails, made.passes, no)
    return readFileSync(junit, 'utf8') + readFileSync(json, 'utf8')
  }
  const text = write('1')
  expect(write('3')).toBe(text)
  const xml = text.slice(0, text.indexOf('\n{'))
  expect(xml).toContain('<testsuites name="boardless test" tests="3" failures="1" errors="1">')
  expect(xml).toContain('<failure message="fails.elf: the firmware itself exited with 3">')
  expect(xml).toContain('<system-out>1 &lt; 2 &amp; "so"</system-out>')
})

it.each([
  ['a board', ['--board', 'uno'], /^boardless: --board uno: unknown board\.[^\n]*\n$/],
  ['a recording', ['--recording', 'nowhere.csv'], /^boardless: nowhere\.csv: [^\n]*\n$/],
  ['a number of threads', ['--jobs', '0'], /^boardless: [^\n]*--jobs[^\n]*\n$/],
  ['a place for JUnit', ['--junit', '/nowhere/a.xml'], /^boardless: [^\n]*\/nowhere[^\n]*\n$/],
])('refuses what is not %s', (_, args, message) => {
  const { status, stdout, stderr } = test(...args, made.passes)
  expect([status, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(message)
})

it('is ended by Ctrl-C with 130', async () => {
  const child = spawn(process.execPath, [command, 'test', '--for', '1h', made.spins, made.spins, made.spins])
  setTimeout(() => child.kill('SIGINT'), 1500)
  expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(130)
})
