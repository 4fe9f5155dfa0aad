import '../../src/files/host.ts'
import { createHash } from 'node:crypto'
import { strToU8, zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { UserError } from '../errors.ts'
import { openArchive, pack, type Entries } from './archive.ts'

const entries = {
  'report.json': strToU8('{"kind":"run"}'),
  'timeline.bin': Uint8Array.from({ length: 50_000 }, (_, i) => (i * i) >> 7),
  'firmware/a.elf': new Uint8Array(),
}

const unpack = (zip: Uint8Array, file: string): Entries => {
  const archive = openArchive(zip, file)
  return Object.fromEntries(archive.names.map((name) => [name, archive.entry(name)!]))
}

const problem = (zip: Uint8Array): string => {
  try {
    unpack(zip, 'run.boardless')
  } catch (error) {
    expect(error).toBeInstanceOf(UserError)
    expect((error as UserError).exitCode).toBe(2)
    return (error as UserError).message
  }
  return 'none'
}

const withManifest = (manifest: unknown, more: Readonly<Record<string, Uint8Array>> = {}): Uint8Array =>
  zipSync({
    'manifest.json': strToU8(typeof manifest === 'string' ? manifest : JSON.stringify(manifest)),
    ...more,
  })

const listed = (bytes: Uint8Array) => ({
  bytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
})

describe('a recorded run', () => {
  it('comes back as it was, and its bytes are the same each time', () => {
    const zip = pack(entries)
    expect(unpack(zip, 'a')).toStrictEqual(entries)
    expect(pack(entries)).toStrictEqual(zip)
  })

  it.each([
    ['empty', new Uint8Array(), /the file is empty/],
    ['something else', strToU8('hello, world'), /not a run that was recorded. Give a .boardless file/],
    ['another zip', zipSync({ 'a.txt': strToU8('a') }), /it has no manifest.json/],
    ['another manifest', withManifest({ format: 'npm', version: 1 }), /of something else/],
    ['no object', withManifest('null'), /of something else/],
    ['no JSON', withManifest('{'), /its manifest is damaged/],
    [
      'a newer version',
      withManifest({ format: 'boardless run', version: 3, tool: '9.0.0', entries: {} }),
      /version 3 of the format, written by boardless 9\.0\.0; this is boardless .*reads version 2/,
    ],
    [
      'an older version',
      withManifest({ format: 'boardless run', version: 1, tool: '0.0.9', entries: {} }),
      /version 1 of the format, written by boardless 0\.0\.9; this is boardless .*reads version 2/,
    ],
    [
      'strange entries',
      withManifest({ format: 'boardless run', version: 2, entries: { a: 3 } }),
      /its manifest is damaged/,
    ],
    [
      'an entry that is not there',
      withManifest({ format: 'boardless run', version: 2, entries: { 'a.bin': listed(strToU8('a')) } }),
      /a\.bin is missing/,
    ],
    [
      'an entry that is another',
      withManifest(
        { format: 'boardless run', version: 2, entries: { 'a.bin': listed(strToU8('a')) } },
        { 'a.bin': strToU8('b') },
      ),
      /a\.bin in it is damaged/,
    ],
  ])('that is %s is refused with one line', (_, zip, message) => {
    expect(problem(zip)).toMatch(message)
    expect(problem(zip)).not.toContain('\n')
  })

  it('gives what is asked for, and none of what is not', () => {
    const archive = openArchive(pack(entries), 'a')
    expect(archive.names).toEqual(Object.keys(entries))
    expect(archive.entry('timeline.bin')).toStrictEqual(entries['timeline.bin'])
    for (const name of ['other', 'manifest.json', '__proto__', 'constructor', '../report.json'])
      expect(archive.entry(name)).toBeUndefined()
  })

  it('that is cut off anywhere is refused', () => {
    const zip = pack(entries)
    for (let length = 1; length < zip.length; length += 97)
      expect(problem(zip.subarray(0, length))).toMatch(/cut off or damaged|not a run that was recorded/)
  })

  it('with any byte changed is refused or the same', () => {
    const zip = pack(entries)
    for (let at = 0; at < zip.length; at += 61) {
      const damaged = zip.slice()
      damaged[at] = damaged[at]! ^ 0x55
      if (problem(damaged) === 'none') expect(unpack(damaged, 'a')).toStrictEqual(entries)
    }
  })

  it('that would fill the memory is refused before it does', () => {
    const zip = pack({ 'a.bin': new Uint8Array(1000) })
    // The central directory's uncompressed size of the last entry: 24 bytes after its signature.
    const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength)
    let last = 0
    for (let at = 0; at + 4 <= zip.length; at++) if (view.getUint32(at, true) === 0x0201_4b50) last = at
    view.setUint32(last + 24, 0xfff0_0000, true)
    expect(problem(zip)).toMatch(/a\.bin in it would be 4293918720 bytes: too much/)
  })
})
