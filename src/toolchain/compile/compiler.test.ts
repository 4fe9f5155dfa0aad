import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { UserError } from '../../../runs/errors.ts'
import { findCompiler, installCommand } from './compiler.ts'

/** A folder with tools that answer as a real one would, but for what `answers` says. */
function tools(answers: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'boardless-compiler-'))
  const cases = Object.entries({ '-dumpmachine': 'arm-none-eabi', '-dumpfullversion': '12.2.1', ...answers })
    .map(([argument, answer]) => `"${argument}") echo "${answer}"; exit 0;;`)
    .join('\n')
  for (const tool of ['gcc', 'g++', 'ar', 'objcopy']) {
    const script = `#!/bin/bash\ncase "$1" in\n${cases}\n--version) echo fake; exit 0;;\nesac\n`
    const headers = `echo "<stdin>:1:10: fatal error: ${answers['lacks'] ?? ''}: No such file or directory" >&2; exit 1\n`
    const file = join(directory, `arm-none-eabi-${tool}`)
    writeFileSync(file, script + (answers['lacks'] === undefined ? 'echo /libc.a' : headers))
    chmodSync(file, 0o755)
  }
  return directory
}

async function failure(environment: Record<string, string | undefined>): Promise<UserError> {
  const error: unknown = await findCompiler(environment).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(UserError)
  expect((error as UserError).exitCode).toBe(4)
  expect((error as UserError).message).toContain(installCommand)
  expect((error as UserError).message).not.toContain('\n')
  return error as UserError
}

describe('findCompiler', () => {
  it('finds the installed compiler', async () => {
    const compiler = await findCompiler()
    expect(compiler.version).toMatch(/^\d+\.\d+\.\d+$/)
    expect(compiler.name).toContain(compiler.version)
  })

  it('says how to install one when there is none on PATH', async () => {
    expect((await failure({ PATH: '' })).message).toContain('arm-none-eabi-gcc was not found')
  })

  it('looks where BOARDLESS_TOOLCHAIN says, and nowhere else', async () => {
    const directory = tools({})
    const environment = { ...process.env, BOARDLESS_TOOLCHAIN: directory }
    expect((await findCompiler(environment)).gcc).toBe(join(directory, 'arm-none-eabi-gcc'))
    const error = await failure({ ...process.env, BOARDLESS_TOOLCHAIN: '/nowhere' })
    expect(error.message).toContain('/nowhere/arm-none-eabi-gcc was not found (from BOARDLESS_TOOLCHAIN)')
    expect(error.message).toMatch(/; correct or unset that, or install it: sudo apt-get install gcc-arm/)
  })

  it.each([
    [{ '-dumpmachine': 'x86_64-linux-gnu' }, 'is for x86_64-linux-gnu, not arm-none-eabi'],
    [{ '-dumpfullversion': '8.3.1' }, 'is version 8.3.1, and 10 or later is needed'],
    [{ lacks: '_newlib_version.h' }, 'has no newlib (_newlib_version.h)'],
    [{ lacks: 'type_traits' }, 'has no libstdc++ (type_traits)'],
  ])('refuses a compiler that will not do: %o', async (answers, message) => {
    const environment = { ...process.env, BOARDLESS_TOOLCHAIN: tools(answers) }
    expect((await failure(environment)).message).toContain(message)
  })
})
