import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { beforeAll, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const command = join(root, 'dist', 'cli', 'main.js')
const folder = mkdtempSync(join(tmpdir(), 'boardless-cli-'))

interface Result {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

function boardless(args: readonly string[], environment: Record<string, string> = {}): Result {
  const env = { ...process.env, FORCE_COLOR: undefined, ...environment } as NodeJS.ProcessEnv
  return spawnSync(process.execPath, [command, ...args], { encoding: 'utf8', cwd: folder, env })
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

beforeAll(() => {
  const built = spawnSync(process.execPath, ['setup.mjs', 'build'], { cwd: root, encoding: 'utf8' })
  expect(built.stderr + String(built.status)).toMatch(/0$/)
})

describe('usage', () => {
  it.each([
    ['--help'],
    ['start', '--help'],
    ['build', '--help'],
    ['run', '--help'],
    ['model', 'ops', '--help'],
  ])('%s %s %s', (...args) => {
    const { status, stdout, stderr } = boardless(args)
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^Usage: boardless/)
  })

  it('says its version', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    expect(boardless(['--version'])).toMatchObject({ status: 0, stdout: `${version}\n` })
  })

  it.each([
    [['frobnicate'], /unknown command 'frobnicate'/],
    [['run'], /missing required argument 'firmware'/],
    [['run', 'x.elf', '--nonsense'], /unknown option '--nonsense'/],
    [['run', 'x.elf', '--for', '10'], /--for.*with a unit: 10s/],
    [['run', 'x.elf', '--until', '('], /--until.*regular expression/],
    [['run', 'x.elf', '--end', 'explode'], /--end.*stop or loop or hold/],
    [
      ['run', 'x.elf', '--set', 'timing.refilDirect=2'],
      /no timing\.refilDirect\. Did you mean timing\.refillDirect\?\n/,
    ],
    [
      ['run', 'x.elf', '--set', 'flashReadWiat=2'],
      /no timing\.flashReadWiat\. Did you mean timing\.flashReadWait\?\n/,
    ],
    [['run', 'x.elf', '--set', 'flashReadWait'], /Give a value: timing\.flashReadWait=3/],
    [['run', 'x.elf', '--set', 'flashReadWait=-1'], /flashReadWait is a whole number from 0 to 40/],
    [['run', 'x.elf', '--timing', 'zerowait'], /Did you mean zero-wait\?/],
    [['run', 'x.elf', '--set', 'timing.refillDirect=fast'], /--set.*whole number/],
    [['build', 'gesture', '--kernels', 'magic'], /--kernels.*reference or cmsis-nn/],
    [['build', 'gesture', '--optimise', 'O9'], /--optimise.*Os or O2 or O3/],
    [['build', 'gesture', '--arena', '-5'], /--arena/],
  ])('%j is one line and exit code 2', (args, expected) => {
    const { status, stdout, stderr } = boardless(args)
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(expected)
    expect(stderr).toMatch(/^boardless: [^\n]+\n$/)
  })
})

describe('bad files', () => {
  const elf = (): Buffer => {
    const bytes = Buffer.alloc(52)
    bytes.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1])
    bytes.writeUInt16LE(2, 16)
    bytes.writeUInt16LE(243, 18)
    return bytes
  }
  it.each([
    ['a missing ELF', () => ['run', 'none.elf'], /none\.elf: no such file/],
    ['a folder that is not there', () => ['build', './nowhere'], /nowhere/],
    ['a RISC-V ELF', () => ['run', file('riscv.elf', elf())], /RISC-V .*32-bit Arm/],
    ['a truncated ELF', () => ['run', file('cut.elf', elf().subarray(0, 20))], /cut\.elf: /],
    [
      'a HEX with a bad checksum',
      () => ['run', file('bad.hex', ':02000800FEE712\n:00000001FF\n')],
      /line 1 has checksum 12/,
    ],
    ['an empty file', () => ['run', file('empty.elf', '')], /empty/],
    [
      'a text',
      () => ['run', file('note.txt', 'hello')],
      /note\.txt: not an ELF, HEX, UF2 or raw binary file, or a DFU package/,
    ],
    ['no such model', () => ['model', 'ops', 'none.tflite'], /none\.tflite: no such file/],
    [
      'a truncated model',
      () => ['model', 'info', file('cut.tflite', readFileSync(gesture).subarray(0, 900))],
      /cut\.tflite: /,
    ],
    [
      'an empty recording',
      () => ['run', 'x.elf', '--recording', file('empty.csv', '')],
      /empty\.csv: is empty: give a recording/,
    ],
    [
      'a recording with a wrong unit',
      () => ['run', 'x.elf', '--recording', file('unit.csv', 'time_s,ax_furlong\n0,1\n')],
      /unit\.csv: no column of acceleration or rotation: found time_s, ax_furlong \(first row: 0, 1\)/,
    ],
    [
      'a recording with a hole',
      () => [
        'run',
        'x.elf',
        '--recording',
        file('hole.csv', 'time_s,ax_g,ay_g,az_g\n0,1,1,1\n# pause\n\n1,,1,1\n'),
      ],
      /hole\.csv: line 5, column ax_g: the cell is empty/,
    ],
    [
      'a recording that goes back in time',
      () => ['run', 'x.elf', '--recording', file('back.csv', 'time_s,ax_g,ay_g,az_g\n1,1,1,1\n0,1,1,1\n')],
      /line 3, column time_s: time does not increase/,
    ],
    [
      'a place that cannot be written',
      () => ['model', 'info', gesture, '--json', join(folder, 'none', 'x.json')],
      /x\.json: cannot be written/,
    ],
  ])('%s is one line and exit code 2', (_, args, expected) => {
    const { status, stdout, stderr } = boardless(args())
    expect(stderr).toMatch(expected)
    expect(stderr).toMatch(/^boardless: [^\n]+\n$/)
    expect([status, stdout]).toEqual([2, ''])
  })

  it('--debug shows where an error comes from', () => {
    expect(boardless(['run', 'none.elf', '--debug']).stderr).toMatch(/\n +at /)
  })
})

const gesture = join(root, 'models', 'gesture', 'gesture_int8.tflite')

describe('model', () => {
  it('ops lists operators with the schema’s codes', () => {
    const json = join(folder, 'ops.json')
    const { status, stdout } = boardless(['model', 'ops', gesture, '--json', json])
    expect(status).toBe(0)
    expect(stdout).toMatch(/0 {2}FULLY_CONNECTED +9 +4 +0 1 2 +1x16 +INT8 +RELU +9 600/)
    expect(stdout).toMatch(/SOFTMAX +25/)
    const written = JSON.parse(readFileSync(json, 'utf8')) as { operators: unknown[]; fileBytes: number }
    expect([written.operators.length, written.fileBytes]).toEqual([3, readFileSync(gesture).length])
  })

  it('has colour where it is asked for, and none otherwise, on a CI machine too', () => {
    const escape = '\u001b['
    expect(boardless(['model', 'info', gesture], { CI: '' }).stdout).not.toContain(escape)
    expect(boardless(['model', 'info', gesture], { CI: 'true' }).stdout).not.toContain(escape)
    expect(boardless(['model', 'info', gesture], { FORCE_COLOR: '1' }).stdout).toContain(escape)
  })

  it('minds a reader that goes away', async () => {
    const child = spawn(process.execPath, [command, 'model', 'ops', gesture])
    child.stdout.destroy()
    let stderr = ''
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    const status = await new Promise((resolve) => child.on('close', resolve))
    expect([status, stderr]).toEqual([0, ''])
  })
})

describe('build', () => {
  it('names the compiler that is missing, and the command that installs it', () => {
    const { status, stderr } = boardless(['build', 'gesture'], { PATH: folder, BOARDLESS_TOOLCHAIN: '' })
    expect(status).toBe(4)
    expect(stderr).toMatch(/^boardless: [^\n]*arm-none-eabi-gcc[^\n]*apt-get install[^\n]*\n$/)
  })
})

it('the schema of the repository is a schema', () => {
  const schema = JSON.parse(
    readFileSync(join(root, 'runs', 'report', 'schema', 'schema.json'), 'utf8'),
  ) as object
  expect(() => new Ajv2020({ strict: true }).compile(schema)).not.toThrow()
})
