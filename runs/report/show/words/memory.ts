import { bytes, grouped, percent } from '../format.ts'
import type { ArenaReport, MemoryReport } from '../../run-report.ts'

/** How much of each store is used; shared with the comparison. */
export function memoryRows(memory: MemoryReport): readonly (readonly [string, number, string])[] {
  const { arenas, stack, heap } = memory
  return [
    ['flash', memory.flashBytes, `${percent(memory.flashBytes / 2 ** 20)} of 1 MB`],
    ...(memory.staticRamBytes === null
      ? []
      : [
          [
            'static RAM',
            memory.staticRamBytes,
            `${percent(memory.staticRamBytes / 2 ** 18)} of 256 kB`,
          ] as const,
        ]),
    ...arenas.flatMap((arena) => {
      const used = arena.usedBytes ?? arena.writtenBytes
      if (used === null) return []
      const word = arena.source === 'written since main' ? 'written since main' : 'used'
      const parts = arena.nonPersistentBytes === null ? '' : arenaParts(arena)
      const name = arenas.length > 1 ? `arena ${arena.name}` : 'arena'
      return [
        [name, used, `${word}${arena.bytes === null ? '' : ` of ${bytes(arena.bytes)}`}${parts}`] as const,
      ]
    }),
    ...(stack
      ? [
          [
            'stack',
            stack.highWaterBytes,
            stack.bytes === null
              ? 'high water, limit unknown: an estimate'
              : `high water of ${bytes(stack.bytes)}`,
          ] as const,
        ]
      : []),
    ...(heap ? [['heap', heap.highWaterBytes, `high water of ${bytes(heap.bytes)}`] as const] : []),
  ]
}

const arenaParts = ({ nonPersistentBytes, persistentBytes }: ArenaReport): string =>
  `: ${grouped(nonPersistentBytes ?? 0)} B of tensors, ${grouped(persistentBytes ?? 0)} B persistent`
