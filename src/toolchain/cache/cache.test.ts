import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { UserError } from '../../../runs/errors.ts'
import { buildDirectory, cacheDirectory, checkCache, produce, produceFolder } from './cache.ts'
import { projectRoot } from '../paths.ts'

const scratch = () => mkdtempSync(join(tmpdir(), 'boardless-cache-'))
const modeOf = (path: string) => statSync(path).mode & 0o777
/** What the shell that runs the tests leaves. */
const allowed = (() => {
  const folder = join(scratch(), 'plain')
  mkdirSync(folder)
  return modeOf(folder)
})()

async function failure(action: Promise<unknown>): Promise<UserError> {
  const error: unknown = await action.catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(UserError)
  return error as UserError
}

describe('the cache folder', () => {
  const home = { HOME: '/home/u' }
  // XDG Base Directory Specification; Apple's File System Programming Guide; Microsoft's Known Folders.
  it.each([
    ['linux', home, '/home/u/.cache/boardless'],
    ['linux', { ...home, XDG_CACHE_HOME: '/var/cache/u' }, '/var/cache/u/boardless'],
    ['linux', { ...home, XDG_CACHE_HOME: '' }, '/home/u/.cache/boardless'],
    ['linux', { ...home, XDG_CACHE_HOME: 'relative' }, '/home/u/.cache/boardless'],
    ['linux', { ...home, XDG_CACHE_HOME: '/x', BOARDLESS_CACHE: '/builds' }, '/builds'],
    ['linux', { ...home, BOARDLESS_CACHE: 'here' }, join(process.cwd(), 'here')],
    ['linux', { ...home, LOCALAPPDATA: '/l' }, '/home/u/.cache/boardless'],
    ['darwin', home, '/home/u/Library/Caches/boardless'],
    ['win32', { ...home, LOCALAPPDATA: '/l' }, '/l/boardless/Cache'],
    ['win32', home, '/home/u/AppData/Local/boardless/Cache'],
  ] as const)('on %s with %o is %s', (platform, environment, expected) => {
    expect(cacheDirectory(environment, platform)).toBe(expected)
  })

  it('is nowhere in the package', () => {
    expect(buildDirectory().startsWith(projectRoot())).toBe(false)
  })

  it('that cannot be written is named in one line, as the environment’s fault', async () => {
    const file = join(scratch(), 'file')
    writeFileSync(file, '')
    for (const action of [
      checkCache(join(file, 'lab')),
      produce(join(file, 'objects', 'a.o'), (temporary) => writeFile(temporary, '')),
      produceFolder(join(file, 'firmware', 'a'), () => Promise.resolve()),
    ]) {
      const { message, exitCode } = await failure(action)
      expect(exitCode).toBe(4)
      expect(message).toContain(`the cache folder ${file}/`)
      expect(message).toMatch(/cannot be written: is not a folder\. Set BOARDLESS_CACHE to a folder/)
      expect(message).not.toContain('\n')
    }
  })

  it('is not blamed for what could not be read', async () => {
    const missing = join(scratch(), 'missing')
    await expect(
      produce(join(scratch(), 'a'), () => Promise.resolve(readFileSync(missing)).then(() => undefined)),
    ).rejects.toMatchObject({ code: 'ENOENT', path: missing })
  })

  it('is tried without a trace', async () => {
    const folder = join(scratch(), 'new')
    await checkCache(folder)
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('a product', () => {
  it('has the modes that everything of the user has', async () => {
    const folder = join(scratch(), 'firmware')
    await produceFolder(folder, (temporary) => writeFile(join(temporary, 'firmware.elf'), 'x'))
    await produce(join(folder, 'objects', 'a.o'), (temporary) => writeFile(temporary, 'x'))
    expect([folder, join(folder, 'objects')].map(modeOf)).toEqual([allowed, allowed])
    expect(modeOf(join(folder, 'firmware.elf'))).toBe(allowed & 0o666)
    expect(modeOf(join(folder, 'objects', 'a.o'))).toBe(allowed & 0o666)
  })

  it('is made by many at once, and there once', async () => {
    const folder = scratch()
    const product = join(folder, 'product')
    await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        produceFolder(product, (temporary) => writeFile(join(temporary, 'a'), String(i))),
      ),
    )
    expect(readdirSync(folder)).toEqual(['product'])
    expect(readdirSync(product)).toEqual(['a'])
  })

  it('is not there when it could not be made', async () => {
    const folder = scratch()
    const half = async (temporary: string) => {
      mkdirSync(join(temporary, 'licences'), { recursive: true })
      await Promise.reject(new Error('half made'))
    }
    await expect(produceFolder(join(folder, 'product'), half)).rejects.toThrow('half made')
    await expect(produce(join(folder, 'product'), half)).rejects.toThrow('half made')
    expect(existsSync(join(folder, 'product'))).toBe(false)
    expect(readdirSync(folder)).toEqual([])
  })
})
