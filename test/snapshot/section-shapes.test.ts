import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sectionShapes, type SectionShape } from './section-shapes.ts'

const root = resolve(import.meta.dirname, '../..')
const recorded = join(import.meta.dirname, 'section-shapes.json')
const WRITE = 'BOARDLESS_SHAPES'

const sources = ['emulator', 'runs/simulation', 'runs/recording'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/(\.test|testing)\.ts$/.test(name))
    .map((name) => join(root, folder, name))
    .sort(),
)

type Shapes = Readonly<Record<string, SectionShape>>

/** Sections that are of another shape than they were, under the same version. */
const forgottenVersions = (before: Shapes, now: Shapes): readonly string[] =>
  Object.entries(now)
    .filter(([name, { shape, version }]) => {
      const known = before[name]
      return known && known.shape !== shape && version <= known.version
    })
    .map(
      ([name, { version }]) =>
        `${name}: saves something else than it did: raise its stateVersion above ${version}`,
    )

it('a section that saves something else has another version', () => {
  const before = JSON.parse(readFileSync(recorded, 'utf8')) as Shapes
  const now = sectionShapes(sources, root)
  expect(forgottenVersions(before, now)).toEqual([])
  if (process.env[WRITE] === 'write') writeFileSync(recorded, `${JSON.stringify(now, undefined, 2)}\n`)
  else expect(now, `${WRITE}=write npx vitest run ${import.meta.filename} writes them down`).toEqual(before)
})

describe('a shape', () => {
  const shapeOf = (saved: string, version = 1): SectionShape | undefined =>
    sectionShapes(
      [],
      '/',
      new Map([
        [
          '/one.ts',
          `${saved}\nclass One { readonly stateVersion = ${version}; save(): Saved { return null! } }`,
        ],
      ]),
    )['one.ts One']
  const shape = (saved: string): string | undefined => shapeOf(saved)?.shape

  it.each([
    ['another field', 'interface Saved { a: number; b: number }'],
    ['another name', 'interface Saved { b: number }'],
    ['another type', 'interface Saved { a: string }'],
    ['one that may be absent', 'interface Saved { a?: number }'],
    ['a list', 'interface Saved { a: number[] }'],
    ['within another', 'interface Inner { x: string }; interface Saved { a: Inner }'],
  ])('differs: %s', (_, saved) => {
    expect(shape(saved)).not.toBe(shape('interface Saved { a: number }'))
  })

  it.each([
    ['what can be written or not', 'interface Saved { readonly a: number }'],
    ['a type by another name', 'type Count = number; type Saved = { a: Count }'],
  ])('does not: %s', (_, saved) => {
    expect(shape(saved)).toBe(shape('interface Saved { a: number }'))
  })

  it('goes round in types that hold themselves', () => {
    expect(shape('interface Saved { inner: Saved | null }')).not.toBe(
      shape('interface Saved { inner: null }'),
    )
  })

  it('goes with its version', () => {
    const one = 'interface Saved { a: number }'
    const other = 'interface Saved { b: number }'
    const forgotten = (version: number): readonly string[] =>
      forgottenVersions({ 'one.ts One': shapeOf(one)! }, { 'one.ts One': shapeOf(other, version)! })
    expect(forgotten(1)).toEqual([
      'one.ts One: saves something else than it did: raise its stateVersion above 1',
    ])
    expect(forgotten(2)).toEqual([])
  })
})
