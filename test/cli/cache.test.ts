/** Who runs the command need not be who installed it, nor be alone. */
import { execFile, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const command = join('dist', 'cli', 'main.js')
const nobody = 65534
const asRoot = process.getuid?.() === 0

const scratch = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'boardless-user-'))
  chmodSync(folder, 0o755)
  return folder
}
const below = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => ({
    name: relative(folder, join(entry.parentPath, entry.name)),
    isFolder: entry.isDirectory(),
    mode: statSync(join(entry.parentPath, entry.name)).mode & 0o777,
  }))
const modes = (folder: string) =>
  [
    ...new Set(
      below(folder).map(({ isFolder, mode }) => `${isFolder ? 'folder' : 'file'} ${mode.toString(8)}`),
    ),
  ].sort()

beforeAll(() => {
  const built = spawnSync(process.execPath, ['setup.mjs', 'build'], { cwd: root, encoding: 'utf8' })
  expect(built.stderr + String(built.status)).toMatch(/0$/)
})

/** The package as npm installs it, and nobody may write there. */
function installed(): string {
  const folder = join(scratch(), 'boardless')
  mkdirSync(join(folder, 'dist'), { recursive: true })
  for (const part of ['package.json', 'firmware', 'models', 'dist/cli'])
    cpSync(join(root, part), join(folder, part), { recursive: true })
  for (const { name, isFolder } of below(folder)) chmodSync(join(folder, name), isFolder ? 0o555 : 0o444)
  chmodSync(folder, 0o555)
  return folder
}

const umask022 = (script: string) => ['-c', `umask 022; exec "$@"`, 'sh', process.execPath, script]
/** Whether that user may read this clone at all: one in /root, say, nobody else can. */
const canRead = (): boolean =>
  !asRoot ||
  spawnSync(process.execPath, ['-e', `require('fs').readFileSync(process.argv[1])`, join(root, command)], {
    uid: nobody,
    gid: nobody,
  }).status === 0

// The microbenchmarks are firmware without TFLM: quick to build from nothing.
const microbench = ['fidelity', '--firmware']

describe('another user than the installer', () => {
  it.runIf(canRead())('builds into a cache of their own, with modes that others can read', () => {
    const folder = installed()
    const home = scratch()
    if (asRoot) chownSync(home, nobody, nobody)
    const before = below(folder)
    const { status, stdout, stderr } = spawnSync(
      '/bin/sh',
      [...umask022(join(folder, command)), ...microbench],
      {
        encoding: 'utf8',
        cwd: home,
        env: { PATH: process.env['PATH'], HOME: home },
        ...(asRoot && { uid: nobody, gid: nobody }),
      },
    )
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/firmware +\.cache\/boardless\/build\/firmware\/[0-9a-f]{24}\/firmware\.elf/)
    expect(modes(join(home, '.cache'))).toEqual(['file 644', 'folder 755'])
    expect(below(folder)).toEqual(before)
  })
})

describe('two processes', () => {
  it('build the same into one cache at once', async () => {
    const cache = scratch()
    const build = () =>
      new Promise<string>((resolve, reject) => {
        const env = { ...process.env, BOARDLESS_CACHE: cache }
        execFile(process.execPath, [join(root, command), ...microbench], { env }, (error, stdout, stderr) =>
          error ? reject(new Error(stderr)) : resolve(stdout + stderr),
        )
      })
    const [first, second] = await Promise.all([build(), build()])
    expect(second).toBe(first)
    expect(readdirSync(join(cache, 'build', 'firmware'))).toHaveLength(1)
    const objects = readdirSync(join(cache, 'build', 'objects'))
    expect(objects.filter((name) => !/\.[0-9a-f]{24}\.[ao]$/.test(name))).toEqual([])
  })
})

describe('build --out', () => {
  const boardless = (...args: string[]) =>
    spawnSync('/bin/sh', [...umask022(join(root, command)), ...args], { encoding: 'utf8', cwd: scratch() })

  it('puts ELF, HEX, map and licences where the user wants them', () => {
    const out = join(scratch(), 'new', 'firmware')
    const json = join(scratch(), 'build.json')
    const { status, stdout } = boardless('build', 'gesture', '--out', out, '--json', json)
    expect(status).toBe(0)
    const summary = JSON.parse(readFileSync(json, 'utf8')) as Record<string, string>
    for (const [key, name] of [
      ['elfPath', 'firmware.elf'],
      ['hexPath', 'firmware.hex'],
      ['mapPath', 'firmware.map'],
    ] as const) {
      expect(summary[key]).toBe(join(out, name))
      expect(statSync(join(out, name)).size).toBeGreaterThan(10_000)
    }
    expect(stdout).toContain(join(out, 'firmware.elf'))
    expect(readFileSync(join(out, 'licences/tfmicro-0.1.0/LICENSE-APACHE'), 'utf8')).toContain(
      'Apache License',
    )
    expect(modes(out)).toEqual(['file 644', 'folder 755'])
  })

  it('is refused before anything is built where nothing can be', () => {
    const { status, stderr } = boardless('build', 'gesture', '--out', '/dev/null/x')
    expect(status).toBe(2)
    expect(stderr).toBe('boardless: /dev/null/x: cannot be written: /dev/null is not a folder.\n')
  })
})

describe('a cache that cannot be written', () => {
  it.each([
    ['build', ['gesture']],
    ['lab', ['--quick', '--only', 'baseline']],
    ['run', ['gesture', '--for', '1s']],
  ])('is one line and exit 4: %s', (name, args) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, command), name, ...args], {
      encoding: 'utf8',
      env: { ...process.env, BOARDLESS_CACHE: '/dev/null' },
    })
    expect([status, stdout]).toEqual([4, ''])
    expect(stderr).toMatch(
      /^boardless: the cache folder \/dev\/null[^ ]* cannot be written: [^\n]+BOARDLESS_CACHE[^\n]+\n$/,
    )
  })
})
