import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, openSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { compile } from './firmware.ts'

const root = join(import.meta.dirname, '..', '..')
const command = join(root, 'dist', 'cli', 'main.js')
const folder = mkdtempSync(join(tmpdir(), 'boardless-output-'))
const printed = '\u001b[31mred\n50%\rprompt> '

let elf = ''
/** Prints and waits for ever. */
let waiting = ''

beforeAll(() => {
  spawnSync(process.execPath, ['setup.mjs', 'build'], { cwd: root })
  elf = compile('prompt', `int main(void) { print("\\033[31mred\\n50%\\rprompt> "); leave(0); return 0; }`)
  waiting = compile('waiting', 'int main(void) { print("waiting\\n"); return 0; }')
})

function boardless(args: readonly string[], stdout: 'pipe' | number = 'pipe') {
  const env = { ...process.env, FORCE_COLOR: undefined } as NodeJS.ProcessEnv
  const stdio = ['ignore' as const, stdout, 'pipe' as const]
  return spawnSync(process.execPath, [command, ...args], { encoding: 'utf8', cwd: folder, env, stdio })
}

/** The same on a terminal of 80 columns: Python has them, Node does not. */
function onTerminal(args: readonly string[]): string {
  const script = `
import fcntl, os, pty, struct, sys, termios
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', 50, 80, 0, 0))
out = b''
while True:
    try:
        piece = os.read(fd, 65536)
    except OSError:
        break
    if not piece:
        break
    out += piece
sys.stdout.buffer.write(out)
`
  const env = { ...process.env, FORCE_COLOR: undefined, NO_COLOR: '1' } as NodeJS.ProcessEnv
  const python = ['-c', script, process.execPath, command, ...args]
  return spawnSync('python3', python, { encoding: 'utf8', cwd: folder, env }).stdout.replaceAll('\r\n', '\n')
}

describe('the firmware’s console', () => {
  it('stands before the report, byte for byte, and a last line without an end gets one', () => {
    const { status, stdout, stderr } = boardless(['run', elf])
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout.startsWith(`${printed}\nArduino Nano 33 BLE Sense`)).toBe(true)
  })

  it('can be parted from it: a file, a descriptor', () => {
    const plain = boardless(['run', elf]).stdout
    const { stdout } = boardless(['run', elf, '--console', 'console.txt'])
    expect(readFileSync(join(folder, 'console.txt'), 'utf8')).toBe(printed)
    expect(plain).toBe(`${printed}\n${stdout}`)
    expect(boardless(['run', elf, '--console', 'fd:2']).stderr).toBe(printed)
  })

  it('does not steer a terminal, unless it is to', () => {
    expect(onTerminal(['run', elf])).toMatch(/^\\x1b\[31mred\n50%\nprompt> \nArduino/)
    expect(onTerminal(['run', elf, '--raw'])).toMatch(/^.\[31mred\n50%\rprompt> \nArduino/)
    expect(onTerminal(['run', elf, '--raw']).codePointAt(0)).toBe(0x1b)
  })

  it.each([
    ['fd:77', /^boardless: --console fd:77: cannot be written: [^\n]+\n$/],
    ['/dev/full', /^boardless: --console \/dev\/full: cannot be written: disk full\.\n$/],
    [
      'nowhere/console.txt',
      /^boardless: --console nowhere\/console\.txt: cannot be written: no such folder\.\n$/,
    ],
  ])('that cannot go to %s is one line and exit code 2', (to, line) => {
    const { status, stdout, stderr } = boardless(['run', elf, '--console', to])
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(line)
  })
})

describe('standard output', () => {
  it('is data alone under --json -', () => {
    const { status, stdout, stderr } = boardless(['run', elf, '--json', '-'])
    expect([status, stderr]).toEqual([0, ''])
    const { console: text } = JSON.parse(stdout) as { console: { text: string } }
    expect(text.text).toBe(printed)
    const gesture = join(root, 'models', 'gesture', 'gesture_int8.tflite')
    expect(
      () => JSON.parse(boardless(['model', 'info', gesture, '--json', '-']).stdout) as unknown,
    ).not.toThrow()
    expect(
      () => JSON.parse(boardless(['model', 'ops', gesture, '--json', '-']).stdout) as unknown,
    ).not.toThrow()
    expect(existsSync(join(folder, '-'))).toBe(false)
  })

  it('has one kind of data at a time', () => {
    const { status, stderr } = boardless(['run', elf, '--json', '-', '--console', '-'])
    expect([status, stderr]).toEqual([
      2,
      'boardless: --json and --console cannot both go to standard output; give one of them a file.\n',
    ])
  })

  it('is empty under --quiet; files and exit code are as ever', () => {
    const { status, stdout, stderr } = boardless([
      'run',
      waiting,
      '-q',
      '--for',
      '1ms',
      '--until',
      'never',
      '--json',
      'quiet.json',
    ])
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^boardless: [^\n]*--until[^\n]*\n$/)
    expect(existsSync(join(folder, 'quiet.json'))).toBe(true)
  })

  it.each([[['run']], [['run', '--json', '-']], [['--help']], [['--version']]])(
    'that is full is one line and exit code 2: %j',
    ([name, ...rest]) => {
      const args = name === 'run' ? ['run', elf, ...rest] : [name ?? '']
      const { status, stderr } = boardless(args, openSync('/dev/full', 'w'))
      expect([status, stderr]).toEqual([2, 'boardless: standard output cannot be written: disk full.\n'])
    },
  )

  it('that nobody reads any more changes neither exit code nor files', () => {
    const script = `'${process.execPath}' '${command}' run '${waiting}' --for 1ms --until never --json gone.json | true; exit \${PIPESTATUS[0]}`
    const { status } = spawnSync('bash', ['-c', script], { cwd: folder })
    expect(status).toBe(1)
    expect(existsSync(join(folder, 'gone.json'))).toBe(true)
  })
})

describe('what would change nothing, or is misspelt', () => {
  it.each([
    [[], 'run', ['--kernels', 'reference'], /is built already: --kernels would change nothing/],
    [[], 'run', ['--model', 'int8', '--optimise', 'O3'], /--model and --optimise would change nothing/],
    [[], 'run', ['--end', 'loop'], /--end says what is at the end of --recording or --audio/],
    [[], 'run', ['--board', 'nano33bel'], /unknown board\. Did you mean nano33ble\?/],
    [[], 'run', ['--wire', 'LSM9SD1.INT1=P1.11'], /no such sensor\. Did you mean LSM9DS1\?/],
    [[], 'run', ['--cell', 'CR2023'], /unknown cell\. Did you mean CR2032\?/],
    [['gestrue'], 'run', [], /no app of that name\. Did you mean gesture\?/],
    [['keyword-gatd'], 'build', [], /no app of that name\. Did you mean keyword-gated\?/],
  ])('%j %s %j', (firmware, name, args, line) => {
    const { status, stdout, stderr } = boardless([name, firmware[0] ?? elf, ...args])
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(line)
    expect(stderr).toMatch(/^boardless: [^\n]+\n$/)
  })
})
