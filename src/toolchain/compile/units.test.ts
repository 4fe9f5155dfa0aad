import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { readTree } from './units.ts'

it('an app is its sources, whatever else lies in its folder', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'boardless-tree-'))
  const files = ['main.cc', 'lib/a.c', 'lib/a.h', 'notes.md', '.git/b.c', 'lib/.cache/c.c', 'lib/d.c/readme']
  for (const file of files) {
    mkdirSync(dirname(join(directory, file)), { recursive: true })
    writeFileSync(join(directory, file), '')
  }
  symlinkSync('/nowhere', join(directory, 'lost.c'))
  const { sources, hashes } = await readTree({ directory, name: 'app' })
  expect(sources).toEqual(['lib/a.c', 'main.cc'])
  expect([...hashes.keys()]).toEqual(['lib/a.c', 'lib/a.h', 'main.cc'])
})
