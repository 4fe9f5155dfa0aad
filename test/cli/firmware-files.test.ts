/** Firmware in the formats that people have, from the command line. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zipSync } from 'fflate'
import { beforeAll, describe, expect, it } from 'vitest'
import { uf2Blocks, uf2Of } from '../../runs/image/files/testing.ts'
import type { RunReport } from '../../runs/report/run-report.ts'
import { compile, compileAt, toBinary, toHex } from './firmware.ts'

const root = join(import.meta.dirname, '..', '..')
const command = join(root, 'dist', 'cli', 'main.js')
const folder = mkdtempSync(join(tmpdir(), 'boardless-files-'))

function boardless(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [command, ...args], { encoding: 'utf8' })
}

function run(...args: readonly string[]): { status: number | null; stderr: string; report: RunReport } {
  const json = join(mkdtempSync(join(folder, 'r')), 'report.json')
  const result = boardless('run', ...args, '--json', json)
  const text = result.status === 2 ? 'null' : readFileSync(json, 'utf8')
  return { ...result, report: JSON.parse(text) as RunReport }
}

const write = (name: string, bytes: Uint8Array): string => {
  const file = join(folder, name)
  writeFileSync(file, bytes)
  return file
}

const hello = 'int main(void) { print("hello\\n"); leave(0); return 0; }'
let sketch: string
let sketchBin: Uint8Array

beforeAll(() => {
  spawnSync(process.execPath, ['setup.mjs', 'build'], { cwd: root })
  sketch = compileAt(0x1_0000, 'sketch', hello)
  sketchBin = readFileSync(toBinary(sketch))
})

describe('the same firmware runs the same', () => {
  it('as ELF, HEX, BIN, UF2 and DFU package', () => {
    const manifest = { manifest: { application: { bin_file: 'a.bin', dat_file: 'a.dat' } } }
    const files = [
      sketch,
      toHex(sketch),
      write('sketch.bin', sketchBin),
      write('sketch.uf2', uf2Of(uf2Blocks(0x1_0000, sketchBin))),
      write(
        'sketch.zip',
        zipSync({ 'manifest.json': new TextEncoder().encode(JSON.stringify(manifest)), 'a.bin': sketchBin }),
      ),
    ]
    const runs = files.map((file) => run(file))
    expect(runs.map(({ status }) => status)).toEqual([0, 0, 0, 0, 0])
    expect(runs.map(({ report }) => report.firmware.format)).toEqual(['elf', 'hex', 'bin', 'uf2', 'dfu'])
    for (const { report } of runs) {
      expect(report.console.text).toBe('hello\n')
      expect(report.run).toEqual(runs[0]!.report.run)
    }
    expect(runs.map(({ stderr }) => stderr.split('\n').length - 1)).toEqual([0, 0, 1, 0, 1])
    expect(runs[2]!.stderr).toMatch(
      /^boardless: .*sketch\.bin goes to 0x10000, where the bootloader of Arduino Nano 33 BLE Sense looks: its vector table fits there; --at ADDRESS puts it elsewhere\n$/,
    )
    expect(runs[2]!.report.firmware.notes).toHaveLength(1)
  })

  it('wherever it is told to go', () => {
    const file = toBinary(compileAt(0x4_0000, 'elsewhere', hello))
    const told = run(file, '--at', '0x40000')
    expect([told.status, told.report.run.began.how, told.report.firmware.notes]).toEqual([0, 'bare', []])
    expect(run(file)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/Give --at ADDRESS\.\n$/) as string,
    })
    expect(run(file, '--at', '0x10000').status).toBe(2)
    expect(run(file, '--at', 'there').stderr).toMatch(/Give an address, such as 0x10000/)
  })
})

describe('several files', () => {
  const loader =
    'int main(void) { REG(0xE000ED08) = 0x10000; __asm__ volatile("bx %0" : : "r"(REG(0x10004))); return 0; }'

  it('run as one chip, in any order, with --boot too', () => {
    const low = toHex(compile('low', loader))
    const [one, other, boot] = [run(low, sketch), run(sketch, low), run(sketch, '--boot', low)]
    for (const { status, report } of [one, other, boot]) {
      expect([status, report.console.text, report.run.began.how]).toEqual([0, 'hello\n', 'reset'])
      expect(report.run.cycles).toBe(one.report.run.cycles)
    }
    expect(one.report.firmware.files.map(({ file, format }) => [file, format])).toEqual([
      ['low.hex', 'hex'],
      ['sketch.elf', 'elf'],
    ])
  })

  it('are kept by a recorded run, which is gone through as it was', () => {
    const low = toHex(compile('low-recorded', loader))
    const bin = write('recorded.bin', sketchBin)
    const recorded = join(folder, 'several.boardless')
    const whole = run(low, bin, '--at', '0x10000', '--record', recorded)
    expect(whole.status).toBe(0)
    const at = `${whole.report.run.cycles - 40}c`
    const { status, stdout, stderr } = boardless('query', recorded, 'trace', '--in', `${at}..`)
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/bkpt/i)
    expect(boardless('annotate', recorded, '0x10100').stderr).not.toMatch(/cannot be run again/)
  })

  it('that overlap, or say the same address, are one line', () => {
    const other = compileAt(0x1_0000, 'other', 'int main(void) { leave(1); return 0; }')
    expect(run(sketch, other)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        /^boardless: .*sketch\.elf and .*other\.elf both have bytes for 0x10000\.\.0x\w+, and differ at 0x\w+\. Give files that lie beside each other\.\n$/,
      ) as string,
    })
    const bins = [write('a.bin', sketchBin), write('b.bin', sketchBin)]
    expect(run(...bins, '--at', '0x10000').stderr).toMatch(/both are one\. Give one of them as HEX/)
  })
})

describe('what is missing', () => {
  it('is said before it runs, and in the report', () => {
    const calls = compileAt(
      0x2_6000,
      'calls',
      'int main(void) { print("x\\n"); __asm__ volatile("svc #0x10"); leave(0); return 0; }',
    )
    const { status, stderr, report } = run(calls)
    const line =
      'this application calls a SoftDevice (svc 0x10) and is linked at 0x26000, behind S140 6; none is there'
    expect(status).toBe(3) // its SVC handler is an endless loop
    expect(stderr.split('\n')[0]).toContain(line)
    expect(report.problems[0]?.message).toContain(line)
  })

  it('a fault of it ends the run at once where that is wanted', () => {
    const { status, stderr } = run(
      compile('faults', 'int main(void) { (void)REG(0x60000000); return 0; }'),
      '--on-fault',
      'stop',
    )
    expect(status).toBe(3)
    expect(stderr).toMatch(/the firmware crashed at main/)
  })
})

describe('refused in one line', () => {
  it.each([
    ['missing', () => [join(folder, 'none.uf2')], /no such file\. Give an ELF, HEX, UF2 or raw binary file/],
    ['empty', () => [write('empty.bin', new Uint8Array())], /the file is empty/],
    [
      'text',
      () => [write('text.bin', new TextEncoder().encode('hello'.repeat(50)))],
      /begins with no vector table/,
    ],
    [
      'a zip of something',
      () => [write('x.zip', zipSync({ a: new Uint8Array(1) }))],
      /a zip without manifest\.json/,
    ],
    [
      'a recorded run in its place',
      () => [
        write(
          'x.boardless',
          zipSync({ 'manifest.json': new TextEncoder().encode('{"format":"boardless run"}') }),
        ),
      ],
      /a recorded run/,
    ],
    ['--at of an ELF', () => [sketch, '--at', '0'], /--at 0x0 is for a raw binary, and this is an ELF file/],
    [
      'a bootloader that is missing',
      () => [sketch, '--boot', join(folder, 'none.hex')],
      /none\.hex: no such file/,
    ],
    [
      'another chip',
      () => [write('pico.uf2', uf2Of(uf2Blocks(0x1000_0000, sketchBin, 0xe48b_ff56)))],
      /for RP2040 \(family 0xe48bff56\), not for the nRF52840/,
    ],
    ['an app with files', () => ['gesture', 'x.hex'], /gesture is built first; give its ELF file/],
    ['an app at an address', () => ['gesture', '--at', '0'], /gesture is built for where it goes/],
    ['a fault policy that is none', () => [sketch, '--on-fault', 'ignore'], /Give stop or handler/],
  ])('%s', (_, args, message) => {
    const { status, stderr } = run(...args())
    expect(status).toBe(2)
    expect(stderr).toMatch(/^boardless: [^\n]+\n$/)
    expect(stderr).toMatch(message)
  })
})
