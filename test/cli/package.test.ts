import { execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { compile } from './firmware.ts'

const root = join(import.meta.dirname, '..', '..')
const scratch = mkdtempSync(join(tmpdir(), 'boardless-package-'))
const project = join(scratch, 'project')
const installed = join(project, 'node_modules', 'boardless')

/** As `npm pack` makes it, installed into an empty project without a network. */
beforeAll(() => {
  const npm = (cwd: string, ...args: readonly string[]) => execFileSync('npm', args, { cwd, stdio: 'pipe' })
  npm(root, 'pack', '--pack-destination', scratch)
  const [tarball = ''] = readdirSync(scratch).filter((name) => name.endsWith('.tgz'))
  mkdirSync(project)
  npm(project, 'init', '--yes')
  npm(project, 'install', '--offline', '--no-audit', '--no-fund', join('..', tarball))
})
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const files = (): readonly string[] =>
  readdirSync(installed, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

const boardless = (...args: readonly string[]) => {
  const command = join(project, 'node_modules', '.bin', 'boardless')
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: project, encoding: 'utf8' })
  return { status, stdout, stderr }
}

it('depends on no other package, and is small', () => {
  const packages = readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.'))
  expect(packages).toEqual(['boardless'])
  const bytes = files().reduce((sum, file) => sum + statSync(file).size, 0)
  expect(bytes).toBeLessThan(20_000_000)
})

it('knows no path of where it was made', () => {
  const telling = files().filter((file) => readFileSync(file).includes(root))
  expect(telling.map((file) => relative(installed, file))).toEqual([])
})

it('links to what is there', () => {
  const missing = files()
    .filter((file) => file.endsWith('.md') && !file.includes(join('dist', 'cli')))
    .flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/\]\(([^)\s]+)\)/g)]
        .map(([, target = '']) => target.replace(/#.*$/, ''))
        .filter((target) => target !== '' && !/^[a-z]+:/.test(target))
        .filter((target) => !existsSync(join(dirname(file), target)))
        .map((target) => `${relative(installed, file)}: ${target}`),
    )
  expect(missing).toEqual([])
})

it('runs, compares and shows', async () => {
  const elf = compile('packed', 'int main(void) { print("hello\\n"); leave(0); return 0; }')
  expect(boardless('run', elf, '--quiet', '--json', 'a.json')).toEqual({ status: 0, stdout: '', stderr: '' })
  const report = JSON.parse(readFileSync(join(project, 'a.json'), 'utf8')) as { run: { stop: string } }
  expect(report.run.stop).toBe('exit')
  expect(boardless('compare', 'a.json', 'a.json').status).toBe(0)

  const page = spawn(join(project, 'node_modules', '.bin', 'boardless'), ['view'], {
    cwd: project,
  })
  try {
    const address = await new Promise<string>((resolve, reject) => {
      const seen = (chunk: Buffer): void => {
        const found = /http:\/\/\S+/.exec(chunk.toString())
        if (found) resolve(found[0])
      }
      page.stdout.on('data', seen)
      page.stderr.on('data', seen)
      page.on('exit', (code) => reject(new Error(`view ended with ${code}`)))
    })
    expect(await (await fetch(address)).text()).toContain('<title>')
  } finally {
    page.kill()
  }
})

it('builds an app from the sources in it, and runs it', () => {
  const run = boardless('run', 'gesture', '--for', '12s', '--json', 'gesture.json')
  expect([run.status, run.stderr.match(/^boardless: .*/m)?.[0]]).toEqual([0, undefined])
  expect(run.stdout).toMatch(/FULLY_CONNECTED/)
})

it('names functions of C++ as the source does, and reads and describes models', () => {
  expect(
    boardless('model', 'ops', join(installed, 'models', 'gesture', 'gesture_int8.tflite')).stdout,
  ).toMatch(/FULLY_CONNECTED/)
  const source = 'namespace a { int f(int n) __attribute__((noinline)); int f(int n) { return n + 1; } }\n'
  const elf = compile(
    'names',
    `${source}extern "C" int main(void) { leave(a::f(-1)); return 0; }`,
    '-O1 -g',
    'cc',
  )
  expect(boardless('run', elf).stdout).toMatch(/ a::f /)
})

/** A copy of an example, beside which the package is installed. */
function example(name: string): string {
  const folder = join(project, name)
  cpSync(join(root, 'examples', name), folder, { recursive: true })
  return folder
}

describe('the library', () => {
  const blocks = (language: string): readonly string[] =>
    [
      ...readFileSync(join(root, 'docs', 'library.md'), 'utf8').matchAll(
        new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'),
      ),
    ].map(([, code = '']) => code)
  let folder = ''
  beforeAll(() => {
    folder = example('vitest')
    symlinkSync(join(root, 'node_modules', 'vitest'), join(project, 'node_modules', 'vitest'))
    execFileSync('make', ['presses.elf'], { cwd: folder, stdio: 'pipe' })
  })

  it('does what its documentation shows', () => {
    const outputs = blocks('js').map((code, index) => {
      const script = join(folder, `shown-${index}.mjs`)
      writeFileSync(script, code)
      return execFileSync(process.execPath, [script], { cwd: folder, encoding: 'utf8' })
    })
    expect(outputs).toEqual([
      expect.stringMatching(/^until \d+\nstart_up \d+\n$/),
      expect.stringMatching(/^1 "ready\\npressed\\n"\n0\.06\d* \d+\.\d+\n$/),
    ])
  })

  it('has types, of which nothing is missing', () => {
    const code = [...blocks('js'), ...blocks('ts')].map((one, index) => {
      writeFileSync(join(folder, `typed-${index}.ts`), one)
      return `typed-${index}.ts`
    })
    const options = {
      strict: true,
      module: 'nodenext',
      target: 'es2022',
      noEmit: true,
      types: [],
      lib: ['es2023', 'dom'],
    }
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: { ...options, skipLibCheck: true }, files: code }),
    )
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' })
    expect([status, stdout]).toEqual([0, ''])
  })

  it('is used by the example with vitest, whose tests pass', () => {
    expect(blocks('ts')).toEqual([readFileSync(join(folder, 'presses.test.ts'), 'utf8')])
    const vitest = join(project, 'node_modules', 'vitest', 'vitest.mjs')
    const { status, stdout } = spawnSync(process.execPath, [vitest, 'run', '--root', folder], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    })
    expect([status, stdout]).toEqual([0, expect.stringMatching(/2 passed/)])
  })
})

describe('examples', () => {
  const check = (folder: string, path = process.env['PATH']) => {
    const { status, stdout, stderr } = spawnSync('npx', ['boardless', 'check'], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, PATH: path },
    })
    return { status, stdout, stderr }
  }

  it('own-model: builds our app with the model, and plays it the recording', () => {
    expect(check(example('own-model'))).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('all budgets hold: 6 passed') as string,
    })
  })

  it('cmake: is built and held against its budgets; what GitLab and pre-commit run does the same', () => {
    const folder = example('cmake')
    expect(check(folder)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('all budgets hold: 4 passed') as string,
    })
    const gitlab = parse(readFileSync(join(folder, '.gitlab-ci.yml'), 'utf8')) as {
      firmware: { script: string[]; artifacts: { reports: { junit: string; codequality: string } } }
    }
    const precommit = parse(readFileSync(join(folder, '.pre-commit-config.yaml'), 'utf8')) as {
      repos: { hooks: { entry: string }[] }[]
    }
    for (const script of [...gitlab.firmware.script, precommit.repos[0]?.hooks[0]?.entry ?? 'false'])
      execFileSync('sh', ['-ec', script], { cwd: folder, stdio: 'pipe' })
    const { junit, codequality } = gitlab.firmware.artifacts.reports
    expect(readFileSync(join(folder, junit), 'utf8')).toContain('failures="0"')
    expect(JSON.parse(readFileSync(join(folder, codequality), 'utf8'))).toEqual([])
  })

  it('arduino: runs what stands in for the sketch as its bootloader leaves the board', () => {
    const folder = example('arduino')
    const bin = join(folder, 'bin')
    mkdirSync(bin)
    const script =
      'SECTIONS { . = 0x10000; .text : { KEEP(*(.vectors)) *(.text*) *(.rodata*) } .bss 0x20000000 (NOLOAD) : { *(.bss*) } }'
    writeFileSync(join(folder, 'bin', 'app.ld'), script)
    const build = [
      '#!/bin/sh -e',
      'mkdir -p build',
      'arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -O1 -g -nostdlib -ffreestanding -T bin/app.ld -Wl,-e,reset stand-in.c -o build/blink.ino.elf',
      'arm-none-eabi-objcopy -O binary build/blink.ino.elf build/blink.ino.bin',
    ]
    writeFileSync(join(bin, 'arduino-cli'), build.join('\n'), { mode: 0o755 })
    expect(check(folder, `${bin}:${process.env['PATH'] ?? ''}`)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('all budgets hold: 3 passed') as string,
    })
  })
})
