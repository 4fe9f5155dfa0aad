/** Inlined calls in DWARF that Clang wrote, held against llvm-symbolizer: test/image/clang/README.md. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { shortName } from '../../runs/image/demangle.ts'
import { loadDemangler } from '../../src/files/demangler.ts'
import { parseImage } from '../../runs/image/image.ts'
import { SourceFrames } from '../../runs/image/source-frames.ts'

const folder = join(import.meta.dirname, 'clang')

beforeAll(loadDemangler)

it.each(['O0-dwarf4', 'O0-dwarf5', 'O2-dwarf4', 'O2-dwarf5'])('%s', (name) => {
  const frames = new SourceFrames(parseImage(readFileSync(join(folder, `${name}.elf`)), name))
  expect(frames.isSplit).toBe(false)
  const expected = readFileSync(join(folder, `${name}.txt`), 'utf8')
    .trim()
    .split('\n')
  expect(expected.length).toBeGreaterThan(90)
  const inlined = expected.filter((line) => line.includes(' < '))
  expect(inlined.length).toBeGreaterThan(50)
  const found = expected.map((line) => {
    const [address = ''] = line.split(' ')
    const chain = frames.at(Number(address)).map((one) => {
      const place = one.line === 0 ? 'a.cc' : one.file
      return `${shortName(one.function ?? '')
        .split('::')
        .at(-1)} ${place}:${one.line}`
    })
    return `${address} ${chain.join(' < ')}`
  })
  expect(found).toEqual(expected)
})
