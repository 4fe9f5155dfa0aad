import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { UserError } from '../runs/errors.ts'
import { checkFile, checkFolder, writeFolder, writeWhole } from './write-whole.ts'

let folder = ''
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'boardless-write-'))))

describe('a file', () => {
  it('is replaced, and leaves no temporary one', async () => {
    await writeWhole(join(folder, 'a.json'), 'one')
    await writeWhole(join(folder, 'a.json'), 'two')
    expect(await readdir(folder)).toEqual(['a.json'])
    expect(await readFile(join(folder, 'a.json'), 'utf8')).toBe('two')
  })

  it('comes piece by piece, whole or not at all', async () => {
    const pieces = function* (fails: boolean) {
      yield 'one, '
      yield new TextEncoder().encode('zwei')
      if (fails) throw new UserError('the third is missing')
    }
    await writeWhole(join(folder, 'a.txt'), pieces(false))
    await expect(writeWhole(join(folder, 'b.txt'), pieces(true))).rejects.toThrow(/^the third is missing$/)
    expect(await readdir(folder)).toEqual(['a.txt'])
    expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('one, zwei')
  })

  it('that cannot be is named', async () => {
    const absent = join(folder, 'none', 'a.json')
    await expect(writeWhole(absent, 'x')).rejects.toThrow(`${absent}: cannot be written: no such folder.`)
    await expect(writeWhole(folder, 'x')).rejects.toThrow(/is a folder|cannot be written/)
    expect(await readdir(folder)).toEqual([])
  })
})

describe('a folder', () => {
  it('is made with the folders in it', async () => {
    const out = join(folder, 'out')
    await writeFolder(out, { 'a.txt': 'one', 'deep/b.bin': new Uint8Array([1, 2]) })
    expect((await readdir(out)).sort()).toEqual(['a.txt', 'deep'])
    expect([...(await readFile(join(out, 'deep', 'b.bin')))]).toEqual([1, 2])
  })

  it('gets none of the files where one cannot be', async () => {
    await writeFile(join(folder, 'file'), '')
    await writeFile(join(folder, 'a.txt'), 'old')
    const files = { 'a.txt': 'new', 'file/b.txt': 'x' }
    await expect(writeFolder(folder, files)).rejects.toThrow(`${folder}: cannot be written: is not a folder.`)
    expect((await readdir(folder)).sort()).toEqual(['a.txt', 'file'])
    expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('old')
  })
})

describe('before any work', () => {
  it('what can be written leaves nothing behind', async () => {
    await writeFile(join(folder, 'a.json'), 'one')
    await checkFile(join(folder, 'a.json'))
    await checkFile(join(folder, 'b.json'))
    await checkFolder(folder)
    await checkFolder(join(folder, 'deep', 'er'))
    expect(await readdir(folder)).toEqual(['a.json'])
    expect(await readFile(join(folder, 'a.json'), 'utf8')).toBe('one')
  })

  it('what cannot is named', async () => {
    const file = join(folder, 'a.json')
    await writeFile(file, '')
    await expect(checkFile(folder)).rejects.toThrow(/is a folder/)
    await expect(checkFile(join(folder, 'none', 'a'))).rejects.toThrow(
      /none.a: cannot be written: no such folder/,
    )
    await expect(checkFile('/dev/null')).rejects.toThrow(/not a file/)
    await expect(checkFolder(join(file, 'deep'))).rejects.toThrow(/a\.json is not a folder/)
    await expect(checkFolder('/proc/none')).rejects.toThrow(/\/proc\/none: cannot be written/)
  })
})
