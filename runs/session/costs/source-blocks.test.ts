import { describe, expect, it } from 'vitest'
import type { LineSpent } from '../../annotate/annotation.ts'
import { sourceBlocks } from './source-blocks.ts'

const line = (file: string, number: number): LineSpent => ({
  file,
  line: number,
  function: null,
  text: null,
  executions: 1,
  cycles: 1,
  share: 1,
  reasons: null,
})
const text = Array.from({ length: 20 }, (_, i) => `line ${i + 1}`)

describe('blocks of source', () => {
  it('have two lines around each that has code, and are one where they touch', () => {
    const files = [
      { path: 'a.c', hasText: true },
      { path: 'b.c', hasText: false },
    ]
    const lines = [line('a.c', 1), line('a.c', 6), line('a.c', 20), line('b.c', 3)]
    const blocks = sourceBlocks({ files, lines }, (path) => (path === 'a.c' ? text : undefined))
    expect(blocks).toEqual([
      { path: 'a.c', from: 1, lines: text.slice(0, 8) },
      { path: 'a.c', from: 18, lines: text.slice(17) },
    ])
  })
  it('have no line that the file has not: it is another version of it', () => {
    const files = [{ path: 'a.c', hasText: true }]
    expect(sourceBlocks({ files, lines: [line('a.c', 21)] }, () => text)).toEqual([])
  })
})
