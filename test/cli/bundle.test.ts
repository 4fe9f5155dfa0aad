import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { interpreterOptions } from '../../emulator/cpu/cpu.ts'
import { emitInterpreter } from '../../emulator/cpu/engine/interpreter.ts'
import { timingOf } from '../../runs/simulation/timing-choice.ts'
import { compile } from './firmware.ts'

const root = join(import.meta.dirname, '..', '..')
const bundle = join(root, 'dist', 'cli')
const scratch = mkdtempSync(join(tmpdir(), 'boardless-bundle-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
beforeAll(() => execFileSync(process.execPath, ['setup.mjs', 'build'], { cwd: root, stdio: 'pipe' }))

const isInterpreter = (name: string): boolean => name.startsWith('interpreter-')

it('has the interpreters that its source emits', () => {
  const zeroWait = timingOf({ timing: 'zero-wait' })
  const emitted = [
    { profile: true },
    {},
    { profile: true, branches: true },
    { profile: true, timing: zeroWait },
  ].map((run) => Buffer.from(emitInterpreter(interpreterOptions(run))))
  const nameOf = (bytes: Buffer): string =>
    `interpreter-${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}.wasm`
  expect(readdirSync(bundle).filter(isInterpreter)).toEqual(emitted.map(nameOf).sort())
  for (const bytes of emitted) expect(readFileSync(join(bundle, nameOf(bytes))).equals(bytes)).toBe(true)
})

it('needs nothing but Node, and runs the same where no interpreter was emitted before', () => {
  const elf = compile(
    'begins',
    'int main(void) { for (volatile int i = 0; i < 100; i++) ; print("hello\\n"); leave(0); return 0; }',
  )
  const copy = (name: string): string => {
    const folder = join(scratch, name)
    for (const part of ['package.json', 'firmware/README.md', 'dist/cli'])
      cpSync(join(root, part), join(folder, part), { recursive: true })
    return folder
  }
  const run = (folder: string, ...args: readonly string[]) => {
    const json = join(folder, 'report.json')
    const command = [join(folder, 'dist', 'cli', 'main.js'), 'run', elf, '--json', json, ...args]
    const { status, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8', cwd: folder })
    expect([status, stderr]).toEqual([0, ''])
    return readFileSync(json, 'utf8')
  }
  const whole = copy('whole')
  const without = copy('without')
  for (const name of readdirSync(join(without, 'dist', 'cli')).filter(isInterpreter))
    rmSync(join(without, 'dist', 'cli', name))
  for (const args of [[], ['--no-profile'], ['--functions'], ['--timing', 'zero-wait']])
    expect(run(without, ...args)).toBe(run(whole, ...args))
})
