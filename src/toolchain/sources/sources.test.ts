import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { UserError } from '../../../runs/errors.ts'
import {
  cmsisCorePackage,
  cmsisDspPackage,
  cmsisNnPackage,
  tflmPackage,
  type SourcePackage,
} from './packages.ts'
import { choose, ensureSources, sourceDirectory, unpack } from './sources.ts'

const scratch = () => mkdtempSync(join(tmpdir(), 'boardless-sources-'))
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** A machine with nothing but the given commands (as shell scripts) and an empty cache. */
function machine(commands: Readonly<Record<string, string>>) {
  const directory = scratch()
  const bin = join(directory, 'bin')
  mkdirSync(bin)
  for (const [name, script] of Object.entries(commands)) {
    writeFileSync(join(bin, name), `#!/bin/bash\n${script}\n`)
    chmodSync(join(bin, name), 0o755)
  }
  return { PATH: bin, XDG_CACHE_HOME: join(directory, 'cache'), CARGO_HOME: join(directory, 'cargo') }
}

async function failure(action: Promise<unknown>): Promise<UserError> {
  const error: unknown = await action.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(UserError)
  return error as UserError
}

describe('ensureSources', () => {
  it.each([
    ['cargo', tflmPackage, 'apt-get install cargo'],
    ['pip', cmsisNnPackage, 'apt-get install python3-pip'],
    ['npm', cmsisCorePackage, 'apt-get install npm'],
  ])('says in one line that %s is missing and how to install it', async (manager, source, install) => {
    const error = await failure(ensureSources(source, { environment: machine({}) }))
    expect(error.exitCode).toBe(4)
    expect(error.message).toContain(`${manager} was not found`)
    expect(error.message).toContain(source.name)
    expect(error.message).toContain(install)
    expect(error.message).not.toContain('\n')
  })

  it.each([
    ['cargo', tflmPackage],
    ['pip', cmsisNnPackage],
    ['npm', cmsisCorePackage],
  ])('says that there is no network when %s cannot reach its registry', async (manager, source) => {
    const environment = machine({ [manager]: '/bin/echo "ERROR: Could not resolve host" >&2; exit 1' })
    const error = await failure(ensureSources(source, { environment }))
    expect(error.exitCode).toBe(4)
    expect(error.message).toMatch(/could not be fetched and is not in the cache: check the network/)
    expect(error.message).toContain(`${manager} said: ERROR: Could not resolve host`)
    expect(error.message).not.toContain('\n')
  })

  it.each([
    [
      'error: rustup could not choose a version of cargo to run, because one was not specified explicitly, and no default is configured.',
      /rustup has no toolchain for it; give it one: rustup default stable/,
    ],
    ['error: failed to write: No space left on device (os error 28)', /: the disk is full \(/],
    [
      'error: failed to create directory: Permission denied (os error 13)',
      /: it may not write or read where/,
    ],
    ['something else', /to see all of it: cargo info/],
  ])('does not blame the network for what is not its fault: %s', async (said, expected) => {
    const { exitCode, message } = await failure(
      ensureSources(tflmPackage, { environment: machine({ cargo: `/bin/echo "${said}" >&2; exit 1` }) }),
    )
    expect(exitCode).toBe(4)
    expect(message).toMatch(expected)
    expect(message).not.toMatch(/network|\n/)
  })

  it('says that a manager was ended from outside', async () => {
    const { exitCode, message } = await failure(
      ensureSources(cmsisNnPackage, { environment: machine({ pip: 'kill -9 $$' }) }),
    )
    expect([exitCode, message]).toEqual([4, expect.stringMatching(/^pip was ended by SIGKILL/)])
  })

  it('names both hashes when another file is delivered, and leaves no cache behind', async () => {
    const environment = machine({ pip: '/bin/echo other > bakenn-1.0.0-py3-none-any.whl' })
    const error = await failure(ensureSources(cmsisNnPackage, { environment }))
    expect(error.exitCode).toBe(4)
    expect(error.message).toContain(cmsisNnPackage.sha256)
    expect(error.message).toContain(sha256(Buffer.from('other\n')))
    expect(existsSync(sourceDirectory(cmsisNnPackage, environment))).toBe(false)
  })

  it('has pip take the sources of that package, and wheels of whatever must prepare them', async () => {
    const environment = machine({ pip: '/bin/echo "ERROR: asked for $*" >&2; exit 1' })
    const { message } = await failure(ensureSources(cmsisDspPackage, { environment }))
    expect(message).toMatch(
      /asked for download .*--no-deps .*--no-binary cmsisdsp --dest \. cmsisdsp==1\.10\.3/,
    )
  })

  it('needs neither network nor package manager once the package is in the cache', async () => {
    const environment = machine({})
    mkdirSync(sourceDirectory(cmsisNnPackage, environment), { recursive: true })
    expect(await ensureSources(cmsisNnPackage, { environment })).toBe(
      sourceDirectory(cmsisNnPackage, environment),
    )
  })

  it('fetches, checks and unpacks a package through its own manager', async () => {
    const environment = { ...process.env, XDG_CACHE_HOME: scratch() }
    const steps: string[] = []
    const progress = (step: string) => steps.push(step)
    const directory = await ensureSources(cmsisCorePackage, { environment, progress })
    expect(readFileSync(join(directory, 'CMSIS/Core/Include/core_cm4.h'), 'utf8')).toContain('Cortex-M4')
    expect(cmsisCorePackage.licences.every((file) => existsSync(join(directory, file)))).toBe(true)
    expect(steps).toEqual(['fetching CMSIS-Core', 'unpacking CMSIS-Core', 'unpacked CMSIS-Core'])
  })
})

describe('choose', () => {
  it('takes the archive with the pinned hash among several', () => {
    const right = Buffer.from('right')
    const source = { ...tflmPackage, sha256: sha256(right) }
    expect(choose(source, [Buffer.from('wrong'), right])).toBe(right)
    expect(() => choose(source, [])).toThrow('got nothing')
  })
})

describe('unpack', () => {
  const directory = scratch()
  mkdirSync(join(directory, 'top'))
  writeFileSync(join(directory, 'top', 'LICENSE'), 'do as you please')
  execFileSync('tar', ['czf', 'a.tar.gz', 'top'], { cwd: directory })
  const archive = readFileSync(join(directory, 'a.tar.gz'))
  const source: SourcePackage = { ...tflmPackage, licences: ['LICENSE'] }

  it('lets several do it at once: one wins, all end well, nothing is left over', async () => {
    const to = join(directory, 'cache', 'package')
    await Promise.all(Array.from({ length: 8 }, () => unpack(source, archive, to)))
    expect(readdirSync(join(directory, 'cache'))).toEqual(['package'])
    expect(readFileSync(join(to, 'LICENSE'), 'utf8')).toBe('do as you please')
  })

  it('refuses a package without its licence', async () => {
    const without = { ...source, licences: ['COPYING'] }
    await expect(unpack(without, archive, join(directory, 'other'))).rejects.toThrow('has no COPYING')
  })
})
