import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTarGz, readZip, type ArchiveEntry } from './archive.ts'

const directory = mkdtempSync(join(tmpdir(), 'boardless-archive-'))
const longName = `${'deep/'.repeat(30)}${'name'.repeat(30)}.txt`

function contents(entries: readonly ArchiveEntry[]): Record<string, string> {
  return Object.fromEntries(entries.map(({ path, bytes }) => [path, Buffer.from(bytes).toString('utf8')]))
}

function makeFolder(): void {
  mkdirSync(join(directory, 'top', 'deep/'.repeat(30)), { recursive: true })
  writeFileSync(join(directory, 'top', 'a.txt'), 'first')
  writeFileSync(join(directory, 'top', 'empty.txt'), '')
  writeFileSync(join(directory, 'top', longName), 'x'.repeat(2000))
}

const expected = { 'a.txt': 'first', 'empty.txt': '', [longName]: 'x'.repeat(2000) }

describe('readTarGz', () => {
  it.each(['ustar', 'gnu', 'pax'])(
    'reads what tar writes in the %s format, without the top folder',
    (format) => {
      makeFolder()
      const file = join(directory, `${format}.tar.gz`)
      const names = format === 'ustar' ? ['top/a.txt', 'top/empty.txt'] : ['top']
      execFileSync('tar', ['czf', file, `--format=${format}`, ...names], { cwd: directory })
      const short = { 'a.txt': 'first', 'empty.txt': '' }
      expect(contents(readTarGz(readFileSync(file)))).toEqual(format === 'ustar' ? short : expected)
    },
  )

  it('refuses a truncated archive', () => {
    makeFolder()
    const file = join(directory, 'whole.tar')
    execFileSync('tar', ['cf', file, 'top'], { cwd: directory })
    execFileSync('bash', ['-c', 'head -c 1100 whole.tar | gzip > cut.tar.gz'], { cwd: directory })
    expect(() => readTarGz(readFileSync(join(directory, 'cut.tar.gz')))).toThrow('damaged')
  })

  it('refuses a file that would leave the folder', () => {
    writeFileSync(join(directory, 'evil'), 'evil')
    const file = join(directory, 'evil.tar.gz')
    execFileSync('tar', ['czPf', file, '--transform=s,evil,top/../../evil,', 'evil'], { cwd: directory })
    expect(() => readTarGz(readFileSync(file))).toThrow('outside itself')
  })
})

describe('readZip', () => {
  const python = (code: string) => execFileSync('python3', ['-c', code], { cwd: directory })

  it('reads what another implementation writes, stored and deflated', () => {
    python(`import zipfile
with zipfile.ZipFile("a.zip", "w") as z:
    z.writestr("a/stored.txt", "stored")
    z.writestr("a/deflated.txt", "y" * 5000, zipfile.ZIP_DEFLATED)
    z.mkdir("b") if hasattr(z, "mkdir") else z.writestr("b/", "")`)
    expect(contents(readZip(readFileSync(join(directory, 'a.zip'))))).toEqual({
      'a/stored.txt': 'stored',
      'a/deflated.txt': 'y'.repeat(5000),
    })
  })

  it('refuses what is not a zip, and a file that would leave the folder', () => {
    expect(() => readZip(Buffer.from('not a zip at all'))).toThrow('damaged')
    python(`import zipfile
with zipfile.ZipFile("evil.zip", "w") as z: z.writestr("../evil.txt", "evil")`)
    expect(() => readZip(readFileSync(join(directory, 'evil.zip')))).toThrow('outside itself')
  })
})
