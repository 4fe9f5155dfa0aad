import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Comparison } from '../../runs/compare/comparison.ts'
import { bundled } from '../../runs/image/files/bundle.ts'
import { commandSchemas } from '../../runs/report/schema/command-schemas.ts'
import { compile, toBinary, toHex } from './firmware.ts'

const root = join(import.meta.dirname, '..', '..')
const command = join(root, 'dist', 'cli', 'main.js')
const folder = mkdtempSync(join(tmpdir(), 'boardless-compare-'))
afterAll(() => rmSync(folder, { recursive: true }))

const boardless = (...args: readonly string[]) =>
  spawnSync(process.execPath, [command, ...args], { cwd: folder, encoding: 'utf8' })

const compare = (...args: readonly string[]): string => {
  const { status, stdout, stderr } = boardless('compare', ...args)
  expect([status, stderr.replace(/^.*: running.*\n/gm, '')]).toEqual([0, ''])
  return stdout
}

const program = (rounds: number): string => `
static volatile int sink;
__attribute__((noinline)) static int filter(int x) {
  int sum = 0;
  for (int i = 0; i < ${rounds}; i++)
    sum += x * i;
  return sum;
}
int main(void) {
  for (int i = 0; i < 10; i++) sink = filter(i) + sink;
  print("done\\n");
  leave(0);
}`

let before: string
let after: string
beforeAll(() => {
  before = compile('before', program(100))
  after = compile('after', program(110))
  for (const [name, elf] of [
    ['a', before],
    ['b', after],
  ] as const) {
    const { status } = boardless('run', elf, '--json', `${name}.json`, '--record', `${name}.boardless`, '-q')
    expect(status).toBe(0)
  }
})

describe('compare', () => {
  it('of firmware, recorded runs and reports has the same figures', () => {
    const found = [
      compare(before, after, '--format', 'json'),
      compare('a.boardless', 'b.boardless', '--format', 'json'),
      compare('a.json', 'b.json', '--format', 'json'),
      compare(before, 'b.json', '--format', 'json'),
    ].map((text) => JSON.parse(text) as Comparison)
    const [first] = found
    for (const one of found) {
      expect(one.figures).toEqual(first!.figures)
      expect(one.reasons).toEqual(first!.reasons)
    }
    expect(found[1]!.lines).toEqual(first!.lines)
    expect(found[1]!.memory).toEqual(first!.memory)
    expect(found.map(({ lines }) => lines === null)).toEqual([false, false, true, true])
    expect(found[2]!.unknown).toHaveLength(2)
    const validate = new Ajv2020({ strict: true }).compile(commandSchemas)
    for (const one of found) expect([validate(one), validate.errors]).toEqual([true, null])
  })

  it('says what got dearer, by function, line and reason, in 80 columns', () => {
    const text = compare('a.boardless', 'b.boardless')
    expect(text).toMatch(/^a and b, boardless [\d.]+\n/)
    expect(text).toMatch(/^ +board +Arduino Nano 33 BLE Sense · nRF52840, Cortex-M4F at 64 MHz/m)
    expect(text).toMatch(/worst +cycles awake \+\d+ cycles, \+\d+\.\d %/)
    expect(text).toMatch(/from .*issue \+\d+.* filter \+\d+ · (after|before)\.c:\d+ \+\d+/)
    expect(text).toMatch(/^ {2}filter +[\d ]+ +[\d ]+ +\+\d+ +\+\d+\.\d %/m)
    expect(text).toContain('1 000 → 1 100 times')
  })

  it('of one run twice says that nothing differs', () => {
    const text = compare(before, before)
    expect(text).toContain('no difference: every figure')
    expect(text).not.toContain('Functions')
  })

  it('writes where it is told, in the format of the name', () => {
    for (const [file, begins] of [
      ['c.md', '# a and b\n'],
      ['c.html', '<!doctype html>'],
      ['c.json', '{\n  "schemaVersion": 1,\n  "kind": "comparison"'],
      ['c.txt', 'a and b, '],
    ] as const) {
      expect(compare('a.json', 'b.json', '--out', file)).toBe('')
      expect(readFileSync(join(folder, file), 'utf8').startsWith(begins)).toBe(true)
    }
    expect(compare('a.json', 'b.json', '--format', 'markdown')).toBe(
      readFileSync(join(folder, 'c.md'), 'utf8'),
    )
    expect(compare('a.json', 'b.json', '-q')).toBe('')
  })

  it('of a HEX file has what it says', () => {
    const text = compare(toHex(before), 'b.json', '--top', '1')
    expect(text).toContain('cycles awake')
    expect(text).toContain('has no debug information')
  })

  it('of several files kept as one zip takes them for firmware', () => {
    const parts = [{ file: 'before.bin', bytes: readFileSync(toBinary(before)), at: 0 }]
    writeFileSync(join(folder, 'kept.zip'), bundled(parts).bytes)
    expect(compare('kept.zip', 'a.json')).toMatch(/^kept\.zip and a,/)
  })

  it('names files of one name by their folders', () => {
    for (const name of ['old', 'new']) {
      mkdirSync(join(folder, name))
      writeFileSync(join(folder, name, 'run.json'), readFileSync(join(folder, 'a.json')))
    }
    expect(compare('old/run.json', 'new/run.json')).toMatch(/^old\/run and new\/run,/)
    expect(compare('a.json', 'a.json')).toMatch(/^a\.json \(A\) and a\.json \(B\),/)
  })

  it('says what undermines it', () => {
    writeFileSync(
      join(folder, 'other.json'),
      readFileSync(join(folder, 'b.json'), 'utf8').replace('"Arduino Nano 33 BLE Sense"', '"another"'),
    )
    expect(compare('a.json', 'other.json')).toContain(
      '! board: a and other differ: currents and pins are those of different boards',
    )
  })

  it.each([
    ['a file that is not there', ['a.json', 'none.json'], 'none.json: cannot be read'],
    ['firmware that is not there', ['a.json', 'none.elf'], 'none.elf: no such file'],
    ['an app of no such name', ['a.json', 'gestrue'], 'Did you mean gesture?'],
    ['an empty file', ['a.json', 'empty.json'], 'empty.json: empty. Give a report'],
    ['a cut report', ['a.json', 'cut.json'], 'cut.json: not JSON'],
    ['JSON of something else', ['a.json', 'else.json'], 'else.json: not a RunReport'],
    ['a list of reports', ['list.json', 'a.json'], 'list.json: a list of reports, and one is read'],
    ['an older report', ['old.json', 'a.json'], 'its report is of version 3, and this tool reads version 4'],
    ['half a report', ['half.json', 'a.json'], 'its report is not whole: '],
    ['a cut recording', ['a.json', 'cut.boardless'], 'cut.boardless: '],
    ['a picture', ['picture.png', 'a.json'], 'picture.png: not an ELF, HEX, UF2 or raw binary file'],
    ['options of runs that are over', ['a.json', 'b.json', '--for', '1s'], '--for would change nothing'],
    ['one output for two runs', ['gesture', 'a.json', '--record', 'x.boardless'], '--record is of one run'],
    ['a format that there is none of', ['a.json', 'b.json', '--format', 'pdf'], '--format'],
    ['a place that cannot be written', ['a.json', 'b.json', '--out', 'none/x.md'], 'none'],
    ['one run', ['a.json'], 'missing required argument'],
  ])('refuses %s in one line', (_, args, message) => {
    const write = (name: string, text: string | Uint8Array): void => writeFileSync(join(folder, name), text)
    write('empty.json', '')
    write('cut.json', readFileSync(join(folder, 'a.json'), 'utf8').slice(0, 900))
    write('else.json', '{"name": "x"}')
    write('list.json', '[]')
    write('old.json', '{"schemaVersion": 3}')
    write('half.json', '{"schemaVersion": 4}')
    write('cut.boardless', readFileSync(join(folder, 'a.boardless')).subarray(0, 500))
    write('picture.png', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10))
    const { status, stdout, stderr } = boardless('compare', ...args)
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })
})
