import { existsSync, mkdirSync, mkdtempSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { prune, pruneDaily, touch } from './prune.ts'

const HOUR = 3600_000
const now = Date.UTC(2026, 10, 23)
const limits = { days: 30, bytes: 1000, untouchedHours: 6 }

/** Firmware and objects of so many bytes, last used so many hours ago. */
function directory(entries: Readonly<Record<string, readonly [bytes: number, hoursAgo: number]>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'boardless-prune-'))
  for (const name of ['firmware', 'objects', 'generated']) mkdirSync(join(folder, name))
  for (const [name, [bytes, hoursAgo]] of Object.entries(entries)) {
    const path = join(folder, name)
    if (name.startsWith('firmware/')) {
      mkdirSync(join(path, 'licences'), { recursive: true })
      writeFileSync(join(path, 'firmware.elf'), Buffer.alloc(bytes / 2))
      writeFileSync(join(path, 'licences', 'LICENSE'), Buffer.alloc(bytes / 2))
    } else writeFileSync(path, Buffer.alloc(bytes))
    const used = new Date(now - hoursAgo * HOUR)
    utimesSync(path, used, used)
  }
  return folder
}

const left = (folder: string) =>
  ['firmware', 'objects'].flatMap((name) => readdirSync(join(folder, name)).map((file) => `${name}/${file}`))

describe('prune', () => {
  it('leaves alone what is neither old nor too much', async () => {
    const folder = directory({ 'firmware/a': [400, 600], 'objects/b.o': [400, 700] })
    expect(await prune(folder, limits, now)).toEqual([])
  })

  it('removes what has not been used for thirty days, however little it is', async () => {
    const folder = directory({ 'firmware/a': [2, 721], 'objects/b.o': [2, 719], 'generated/c': [2, 721] })
    mkdirSync(join(folder, 'networks'))
    utimesSync(join(folder, 'networks'), 0, 0)
    expect((await prune(folder, limits, now)).sort()).toEqual([
      join(folder, 'firmware/a'),
      join(folder, 'generated/c'),
    ])
    expect(existsSync(join(folder, 'networks'))).toBe(true)
  })

  it('removes the least recently used until there is room, folders whole', async () => {
    const folder = directory({
      'firmware/new': [600, 10],
      'firmware/old': [600, 90],
      'objects/older.o': [300, 100],
      'objects/oldest.o': [300, 110],
    })
    await prune(folder, limits, now)
    expect(left(folder)).toEqual(['firmware/new'])
  })

  it('never removes what was used a short while ago', async () => {
    const folder = directory({ 'firmware/a': [5000, 5], 'firmware/b': [5000, 7] })
    await prune(folder, limits, now)
    expect(left(folder)).toEqual(['firmware/a'])
  })

  it('knows by touch() what is in use', async () => {
    const folder = directory({ 'objects/a.o': [800, 100], 'objects/b.o': [800, 99] })
    expect(await touch(join(folder, 'objects/a.o'))).toBe(true)
    expect(await touch(join(folder, 'objects/none.o'))).toBe(false)
    await prune(folder, limits, Date.now())
    expect(left(folder)).toEqual(['objects/a.o'])
  })

  it('takes a folder that is not there as empty', async () => {
    expect(await prune(join(tmpdir(), 'boardless-none'), limits, now)).toEqual([])
  })
})

describe('pruneDaily', () => {
  it('looks once a day', async () => {
    const folder = directory({ 'objects/a.o': [1, 24 * 40] })
    const today = Date.now()
    await pruneDaily(folder, limits, today)
    expect(left(folder)).toEqual([])
    writeFileSync(join(folder, 'objects', 'b.o'), 'x')
    const old = new Date(today - 40 * 24 * HOUR)
    utimesSync(join(folder, 'objects', 'b.o'), old, old)
    await pruneDaily(folder, limits, today + 23 * HOUR)
    expect(left(folder)).toEqual(['objects/b.o'])
    await pruneDaily(folder, limits, today + 25 * HOUR)
    expect(left(folder)).toEqual([])
  })
})
