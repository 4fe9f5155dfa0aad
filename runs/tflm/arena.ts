import type { StructLayout, StructLayouts } from '../image/debug-types.ts'
import type { SymbolTable } from '../image/symbols.ts'
import { isInRam, word } from './memory.ts'
import type { ReadMemory } from './memory.ts'

export interface ArenaRange {
  readonly start: number
  readonly end: number
}

/** What an allocator says of its arena, in TFLM's own words. */
export interface ArenaView {
  /** One; two where persistent buffers have an arena of their own. */
  readonly ranges: readonly ArenaRange[]
  /** GetNonPersistentUsedBytes: the head, with the temporary buffers that are in use. */
  readonly nonPersistentBytes: number
  /** GetPersistentUsedBytes: the tail. */
  readonly persistentBytes: number
  /** Of the head, beyond what was planned; null where this TFLM has no temporary buffers. */
  readonly temporaryBytes: number | null
}

/** Reads the arena of a MicroAllocator. @returns why not, where its parts cannot be what they are taken for */
export function readArena(
  read: ReadMemory,
  layouts: StructLayouts,
  symbols: SymbolTable,
  allocator: number,
): ArenaView | string {
  const own = layouts['tflite::MicroAllocator']
  const pointer = (name: string): number | undefined => {
    const offset = own?.members[name]
    return offset === undefined ? undefined : word(read, allocator + offset)
  }
  const single = pointer('memory_allocator_')
  const nonPersistent = single ?? pointer('non_persistent_buffer_allocator_')
  const persistent = single ?? pointer('persistent_buffer_allocator_')
  if (nonPersistent === undefined || persistent === undefined)
    return 'the layout of MicroAllocator is not known'
  const head = new BufferAllocator(read, layouts, symbols, nonPersistent)
  const tail = new BufferAllocator(read, layouts, symbols, persistent)
  const strange = [head, tail].find(({ isForeign }) => isForeign)
  if (strange) return `its allocator is of ${strange.className ?? 'an unknown class'}, which is not TFLM's`
  return head.object === tail.object ? readSingle(head) : readTwo(head, tail)
}

/** An allocator of buffers: a base class's part of it is found by the offset to top of its vtable (Itanium C++ ABI 2.5.2). */
class BufferAllocator {
  readonly object: number
  readonly className: string | undefined
  readonly #layouts: StructLayouts
  readonly #read: ReadMemory

  constructor(read: ReadMemory, layouts: StructLayouts, symbols: SymbolTable, pointer: number) {
    this.#read = read
    this.#layouts = layouts
    const table = word(read, pointer)
    this.className = classOfVtable(table === undefined ? undefined : symbols.objectAt(table)?.name)
    const top = this.className === undefined ? 0 : (word(read, (table ?? 0) - 8) ?? 0) | 0
    this.object = pointer + top
  }

  /** Its class is known, and its layout is not. */
  get isForeign(): boolean {
    return this.className !== undefined && this.#layout() === undefined
  }

  #layout(name?: string): StructLayout | undefined {
    const own = this.className?.replace(/^tflite::Recording/, 'tflite::')
    if (own !== undefined && (name === undefined || own === `tflite::${name}`)) return this.#layouts[own]
    return name === undefined ? undefined : own === undefined ? this.#layouts[`tflite::${name}`] : undefined
  }

  words<Name extends string>(
    classes: readonly string[],
    names: readonly Name[],
  ): Record<Name, number> | undefined {
    for (const name of classes) {
      const layout = this.#layout(name)
      const values = names.map((member) => {
        const offset = layout?.members[member]
        return offset === undefined ? undefined : word(this.#read, this.object + offset)
      })
      if (values.every((value) => value !== undefined)) {
        return Object.fromEntries(names.map((member, i) => [member, values[i]])) as Record<Name, number>
      }
    }
    return undefined
  }
}

/** `_ZTVN6tflite5ClassE`: Itanium C++ ABI 5.1. */
function classOfVtable(symbol: string | undefined): string | undefined {
  let rest = /^_ZTVN?(\d.*)$/.exec(symbol ?? '')?.[1]
  if (rest === undefined) return undefined
  const names: string[] = []
  for (let digits = /^\d+/.exec(rest); digits; digits = /^\d+/.exec(rest)) {
    const end = digits[0].length + Number(digits[0])
    names.push(rest.slice(digits[0].length, end))
    rest = rest.slice(end)
  }
  return names.join('::').replace('_GLOBAL__N_1', '(anonymous)')
}

const singleClasses = ['SingleArenaBufferAllocator', 'SimpleMemoryAllocator']

function readSingle(allocator: BufferAllocator): ArenaView | string {
  const ends = allocator.words(singleClasses, ['buffer_head_', 'buffer_tail_', 'head_', 'tail_'])
  if (!ends) return 'the layout of its allocator is not known'
  const { buffer_head_: start, buffer_tail_: end, head_: head, tail_: tail } = ends
  const temp = allocator.words(singleClasses, ['temp_'])?.temp_
  const top = temp === undefined ? head : Math.max(head, temp)
  if (!isOrdered([start, head, top, tail, end])) return 'its allocator holds what cannot be an arena'
  return {
    ranges: [{ start, end }],
    nonPersistentBytes: top - start,
    persistentBytes: end - tail,
    temporaryBytes: temp === undefined ? null : top - head,
  }
}

function readTwo(nonPersistent: BufferAllocator, persistent: BufferAllocator): ArenaView | string {
  const low = nonPersistent.words(
    ['NonPersistentArenaBufferAllocator'],
    ['buffer_head_', 'buffer_tail_', 'head_temp_', 'next_temp_'],
  )
  const high = persistent.words(
    ['PersistentArenaBufferAllocator'],
    ['buffer_head_', 'buffer_tail_', 'tail_temp_'],
  )
  if (!low || !high) return 'the layout of its allocators is not known'
  if (
    !isOrdered([low.buffer_head_, low.head_temp_, low.next_temp_, low.buffer_tail_]) ||
    !isOrdered([high.buffer_head_, high.tail_temp_, high.buffer_tail_])
  ) {
    return 'its allocators hold what cannot be an arena'
  }
  return {
    ranges: [
      { start: low.buffer_head_, end: low.buffer_tail_ },
      { start: high.buffer_head_, end: high.buffer_tail_ },
    ],
    nonPersistentBytes: low.next_temp_ - low.buffer_head_,
    persistentBytes: high.buffer_tail_ - high.tail_temp_,
    temporaryBytes: low.next_temp_ - low.head_temp_,
  }
}

const isOrdered = (addresses: readonly number[]): boolean =>
  addresses.every((address, i) => isInRam(address) && address >= (addresses[i - 1] ?? 0)) &&
  (addresses.at(-1) ?? 0) > (addresses[0] ?? 0)
