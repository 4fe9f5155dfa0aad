import { describe, expect, it } from 'vitest'
import type { CallReport } from '../../../../runs/report/run-report.ts'
import { boxesOf, cyclesMatching, layOut, neighbour } from './layout.ts'

const call = (name: string, parent: number | null, selfCycles: number, totalCycles: number): CallReport => ({
  function: name,
  parent,
  address: 0,
  exception: null,
  calls: 1,
  selfCycles,
  totalCycles,
})

/** main calls a and b, a calls b; 5 cycles of a's were too short to be kept as a path. */
const calls = [
  call('main', null, 10, 80),
  call('a', 0, 15, 40),
  call('b', 1, 20, 20),
  call('b', 0, 30, 30),
  call('handler', null, 20, 20),
]

describe('the flame graph', () => {
  it('gives each path its share of all calls, callers above', () => {
    const boxes = boxesOf(layOut(calls), 0)
    expect(boxes.map(({ node, left, width, row }) => [node.data.name, left, width, row])).toEqual([
      ['all calls', 0, 1, 0],
      ['main', 0, 0.8, 1],
      ['handler', 0.8, expect.closeTo(0.2), 1],
      ['a', 0, 0.4, 2],
      ['b', 0.4, expect.closeTo(0.3), 2],
      ['b', 0, 0.2, 3],
    ])
  })
  it('fills the width with one that was chosen, under its callers', () => {
    const root = layOut(calls)
    const a = root.find(({ data }) => data.name === 'a')
    const boxes = boxesOf(a!, 0)
    expect(boxes.map(({ node, left, width }) => [node.data.name, left, width])).toEqual([
      ['all calls', 0, 1],
      ['main', 0, 1],
      ['a', 0, 1],
      ['b', 0, expect.closeTo(0.5)],
    ])
  })
  it('leaves out what is too narrow to be seen', () => {
    expect(boxesOf(layOut(calls), 0.25).map(({ node }) => node.data.name)).toEqual([
      'all calls',
      'main',
      'a',
      'b',
    ])
  })
  it('counts calls within calls once', () => {
    const root = layOut(calls)
    expect(cyclesMatching(root, (name) => name === 'b')).toBe(50)
    expect(cyclesMatching(root, (name) => name === 'a' || name === 'b')).toBe(70)
    expect(cyclesMatching(root, () => false)).toBe(0)
  })
  it('goes to caller, callee and neighbour with the arrows', () => {
    const root = layOut(calls)
    const boxes = boxesOf(root, 0)
    const a = boxes[3]!.node
    const names = ['ArrowUp', 'ArrowDown', 'ArrowRight', 'ArrowLeft'].map(
      (key) => neighbour(boxes, a, key)?.data.name,
    )
    expect(names).toEqual(['main', 'b', 'b', undefined])
  })
})
