import { describe, expect, it } from 'vitest'
import type { MemoryItem } from '../../../runs/session/memory/protocol.ts'
import { areasOf, layOutAreas } from './tree.ts'

const item = (name: string, section: string, file: string | null, bytes: number): MemoryItem => ({
  name,
  kind: 'function',
  section,
  file,
  address: 0,
  bytes,
  inFlash: section !== '.bss',
  inRam: section === '.bss' || section === '.data',
})
const items = [
  item('main', '.text', 'app/src/main.cc', 100),
  item('read', '.text', 'app/src/io.cc', 300),
  item('table', '.data', null, 50),
  item('arena', '.bss', 'app/src/main.cc', 1000),
]

describe('areas of memory', () => {
  it('are what a store holds, by section, largest first', () => {
    const flash = areasOf(items, 'flash', 'section')
    expect(flash.bytes).toBe(450)
    expect(flash.children.map(({ name, bytes }) => [name, bytes])).toEqual([
      ['.text', 400],
      ['.data', 50],
    ])
    expect(flash.children[0]?.children.map(({ name }) => name)).toEqual(['read', 'main'])
    expect(areasOf(items, 'ram', 'section').bytes).toBe(1050)
  })
  it('are folders and files, those of one folder as one step', () => {
    const flash = areasOf(items, 'flash', 'file')
    expect(flash.children.map(({ name }) => name)).toEqual(['app/src', 'of no known file'])
    expect(flash.children[0]?.children.map(({ name }) => name)).toEqual(['io.cc', 'main.cc'])
  })
  it('have areas of their bytes, within the room that there is', () => {
    const root = layOutAreas(areasOf(items, 'flash', 'section'), 900, 500, 9)
    for (const node of root.descendants()) {
      expect(node.x0).toBeGreaterThanOrEqual(0)
      expect(node.y1).toBeLessThanOrEqual(500)
    }
    const [read, main] = root.leaves()
    const area = (node: typeof root): number => (node.x1 - node.x0) * (node.y1 - node.y0)
    expect(area(read!) / area(main!)).toBeGreaterThan(2.5)
  })
})
