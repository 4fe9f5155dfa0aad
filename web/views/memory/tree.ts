import { hierarchy, treemap, treemapSquarify, type HierarchyRectangularNode } from 'd3-hierarchy'
import type { MemoryItem } from '../../../runs/session/memory/protocol.ts'

export interface Area {
  /** By which it is told from its siblings. */
  readonly name: string
  readonly bytes: number
  readonly kind: MemoryItem['kind'] | 'group'
  readonly item: MemoryItem | undefined
  readonly children: Area[]
}

export type AreaNode = HierarchyRectangularNode<Area>
export type Grouping = 'section' | 'file'
export type Store = 'flash' | 'ram'

/** What a store holds, by section or by folders and source files; largest first. */
export function areasOf(items: readonly MemoryItem[], store: Store, grouping: Grouping): Area {
  const held = items.filter(({ inFlash, inRam }) => (store === 'flash' ? inFlash : inRam))
  const root = group(store === 'flash' ? 'flash' : 'static RAM')
  for (const item of held) {
    const path = grouping === 'section' ? [item.section] : foldersOf(item)
    let at: Building = root
    for (const name of path) {
      let next = at.inner.get(name)
      if (!next) at.inner.set(name, (next = group(name)))
      at = next
    }
    at.items.push(item)
  }
  return finished(root)
}

interface Building {
  readonly name: string
  readonly inner: Map<string, Building>
  readonly items: MemoryItem[]
}

const group = (name: string): Building => ({ name, inner: new Map(), items: [] })

const foldersOf = ({ file }: MemoryItem): readonly string[] =>
  file === null ? ['of no known file'] : file.split(/[/\\]/).filter((part) => part !== '')

function finished({ name, inner, items }: Building): Area {
  const children = [
    ...[...inner.values()].map(finished),
    ...items.map((item): Area => ({
      name: item.name,
      bytes: item.bytes,
      kind: item.kind,
      item,
      children: [],
    })),
  ].sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1))
  const bytes = children.reduce((sum, child) => sum + child.bytes, 0)
  const [only, ...others] = children
  // Folders that hold one folder are one step.
  if (only?.kind === 'group' && others.length === 0 && name !== 'flash' && name !== 'static RAM')
    return { ...only, name: `${name}/${only.name}` }
  return { name, bytes, kind: 'group', item: undefined, children }
}

/** In pixels. @param depth levels that are drawn */
export function layOutAreas(root: Area, width: number, height: number, depth: number): AreaNode {
  const tree = hierarchy(root, ({ children }) => children)
  tree.each((node) => Object.assign(node, { value: node.data.bytes }))
  const laid = treemap<Area>()
    .tile(treemapSquarify)
    .size([width, height])
    .paddingOuter(2)
    .paddingTop((node) => (node.depth === 0 ? 0 : 18))
    .paddingInner(1)
    .round(true)(tree)
  laid.each((node) => {
    if (node.depth >= depth) delete node.children
  })
  return laid
}
