import { hierarchy, partition, type HierarchyRectangularNode } from 'd3-hierarchy'
import type { CallReport } from '../../../../runs/report/run-report.ts'

/** A path of calls. */
export interface Path {
  /** Place in the report's `calls`; -1: all of them. */
  readonly place: number
  readonly name: string
  readonly address: number | null
  readonly exception: string | null
  readonly calls: number
  readonly selfCycles: number
  readonly totalCycles: number
  readonly children: readonly Path[]
}

/** x0 and x1 of the whole, 0 to 1. */
export type PathNode = HierarchyRectangularNode<Path>

type Growing = Omit<Path, 'children'> & { readonly children: Growing[] }

/** Under one root, which is all of them together. What was too short to be kept is in its callers' totals only. */
export function layOut(calls: readonly CallReport[]): PathNode {
  const all: Growing[] = []
  const roots: Growing[] = []
  calls.forEach(({ function: name, parent, ...call }, place) => {
    const path: Growing = { ...call, place, name, children: [] }
    all.push(path)
    const among = parent === null ? roots : all[parent]?.children
    among?.push(path)
  })
  const root: Growing = {
    place: -1,
    name: 'all calls',
    address: null,
    exception: null,
    calls: 1,
    selfCycles: 0,
    totalCycles: roots.reduce((sum, { totalCycles }) => sum + totalCycles, 0),
    children: roots,
  }
  const tree = hierarchy<Path>(root)
  // As the report has it, instead of the sum of those that were kept.
  tree.each((node) => Object.assign(node, { value: node.data.totalCycles }))
  return partition<Path>()(tree)
}

export interface Box {
  readonly node: PathNode
  /** Of what is shown, 0 to 1. */
  readonly left: number
  readonly width: number
  readonly row: number
}

/** Boxes that are to be seen where one fills the width, no narrower than a share of it; by row. */
export function boxesOf(focus: PathNode, least: number): readonly Box[] {
  const span = Math.max(focus.x1 - focus.x0, Number.MIN_VALUE)
  const above = focus
    .ancestors()
    .slice(1)
    .reverse()
    .map((node): Box => ({ node, left: 0, width: 1, row: node.depth }))
  const boxes: Box[] = []
  const add = (node: PathNode): void => {
    const width = (node.x1 - node.x0) / span
    if (width < least) return
    boxes.push({ node, left: (node.x0 - focus.x0) / span, width, row: node.depth })
    for (const child of node.children ?? []) add(child)
  }
  add(focus)
  return [...above, ...boxes].sort((a, b) => a.row - b.row || a.left - b.left)
}

/** Cycles of calls whose name has this, each once where one is within another. */
export function cyclesMatching(root: PathNode, isWanted: (name: string) => boolean): number {
  if (root.depth > 0 && isWanted(root.data.name)) return root.data.totalCycles
  return (root.children ?? []).reduce((sum, child) => sum + cyclesMatching(child, isWanted), 0)
}

/** Where an arrow leads among what is shown. */
export function neighbour(boxes: readonly Box[], from: PathNode, key: string): PathNode | undefined {
  const here = boxes.find(({ node }) => node === from)
  if (!here) return boxes[0]?.node
  const shown = new Set(boxes.map(({ node }) => node))
  if (key === 'ArrowUp') return from.parent ?? undefined
  if (key === 'ArrowDown') return from.children?.find((child) => shown.has(child))
  const row = boxes.filter(({ row: one }) => one === here.row)
  return row[row.indexOf(here) + (key === 'ArrowRight' ? 1 : -1)]?.node
}
