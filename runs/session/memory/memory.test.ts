import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadDemangler } from '../../../src/files/demangler.ts'
import { buildApp } from '../../../src/running/app.ts'
import { parseImage } from '../../image/image.ts'
import type { FirmwareImage } from '../../image/image.ts'
import { memoryItems } from './items.ts'
import { livesIn, livesOf } from './lives.ts'
import type { MemoryItem } from './protocol.ts'

let elf: string
let image: FirmwareImage
let items: readonly MemoryItem[]
const tool = (name: string, ...args: string[]): string =>
  execFileSync(`arm-none-eabi-${name}`, [...args, elf], { encoding: 'utf8', maxBuffer: 1 << 28 })

beforeAll(async () => {
  await loadDemangler()
  elf = (await buildApp('gesture', {}, () => undefined)).elfPath
  image = parseImage(readFileSync(elf), 'gesture.elf')
  items = memoryItems(image)
})

describe('what takes memory', () => {
  it('adds up to each section as arm-none-eabi-size has it', () => {
    const sections = new Map<string, number>()
    for (const { section, bytes } of items) sections.set(section, (sections.get(section) ?? 0) + bytes)
    const sizes = [...tool('size', '-A').matchAll(/^(\S+)\s+(\d+)\s+(\d+)\s*$/gm)].map(
      ([, name = '', bytes]) => [name, Number(bytes)] as const,
    )
    const known = new Map(sizes)
    expect(sections.size).toBeGreaterThan(3)
    for (const [name, bytes] of sections) expect([name, bytes]).toEqual([name, known.get(name)])
    expect(sections.get('.text')).toBe(known.get('.text'))
  })
  it('has the sizes of variables that arm-none-eabi-nm has', () => {
    const sizes = new Set(
      tool('nm', '-S')
        .split('\n')
        .map((line) => line.slice(0, 17)),
    )
    const data = items.filter(({ kind }) => kind === 'data')
    const hex = (value: number): string => value.toString(16).padStart(8, '0')
    expect(data.length).toBeGreaterThan(20)
    for (const { name, address, bytes } of data)
      expect([name, sizes.has(`${hex(address)} ${hex(bytes)}`)]).toEqual([name, true])
  })
  it('has the source files that addr2line has of functions', () => {
    const functions = items.filter(({ kind, file }) => kind === 'function' && file !== null).slice(0, 60)
    const found = execFileSync(
      'arm-none-eabi-addr2line',
      ['-i', '-e', elf, ...functions.map(({ address }) => address.toString(16))],
      { encoding: 'utf8' },
    )
    expect(functions).toHaveLength(60)
    for (const { file } of functions) expect(found).toContain(file)
  })
  it('has the source files of variables that arm-none-eabi-nm has', () => {
    const files = new Map(
      [...tool('nm', '-l').matchAll(/^(\w{8}) [bBdDrR] \S+\t(.+):\d+$/gm)].map(
        ([, address = '', file = '']) => [parseInt(address, 16), file] as const,
      ),
    )
    const data = items.filter(({ kind, address }) => kind === 'data' && files.has(address))
    expect(data.length).toBeGreaterThan(20)
    for (const { name, address, file } of data)
      expect([name, files.get(address)?.endsWith(file ?? '?')]).toEqual([name, true])
  })
  it('knows sections alone of a HEX file', () => {
    const { elf: left, ...others } = image
    expect(left).toBeDefined()
    const found = memoryItems({ ...others, format: 'hex' })
    expect(found.map(({ section, bytes }) => [section, bytes])).toEqual(
      image.sections.map(({ name, flashBytes, ramBytes }) => [name, Math.max(flashBytes, ramBytes)]),
    )
  })
})

describe('what lives in the arena', () => {
  it('is the gesture network’s input, layer and outputs', () => {
    const [model] = livesIn(image)
    expect(model?.operators).toEqual(['FULLY_CONNECTED', 'FULLY_CONNECTED', 'SOFTMAX'])
    expect(model?.tensors.map(({ bytes, from, to }) => [bytes, from, to])).toEqual([
      [600, -1, 0],
      [16, 0, 1],
      [3, 1, 2],
      [3, 2, 2],
    ])
    expect(model?.liveBytes).toEqual([616, 19, 6])
  })
  it('is not known of a model that invokes subgraphs', () => {
    const graph = { name: '', tensors: [], operators: [], inputs: [], outputs: [] }
    const model = {
      version: 3,
      description: '',
      buffers: [],
      metadata: [],
      ...graph,
      subgraphs: [graph, graph],
    }
    expect(livesOf(model)).toBeUndefined()
  })
})
