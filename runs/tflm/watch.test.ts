import '../../src/files/host.ts'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ProbeTarget } from '../../emulator/probes/target.ts'
import type { ElfSymbol } from '../image/elf.ts'
import { SymbolTable } from '../image/symbols.ts'
import { generations } from './generations.ts'
import { InterpreterWatch } from './watch.ts'

const file = readFileSync(join(import.meta.dirname, '..', '..', 'models', 'gesture', 'gesture_int8.tflite'))
const RAM = 0x2000_0000
const MODEL = 0x8000
const ROOT = MODEL + file.readUInt32LE(0)
const VTABLE = 0x400
const OTHER_VTABLE = 0x440

/** Memory as today's TFLM lays it out: tflite-micro 183da3e30, `new` of the classes with GCC for Arm. */
class Memory implements ProbeTarget {
  now = 0
  readonly #flash = new Uint8Array(0x20000)
  readonly #ram = new Uint8Array(0x10000)
  readonly #probes = new Map<number, Set<() => void>>()
  readonly registers = new Array<number>(16).fill(0)

  constructor() {
    this.#flash.set(file, MODEL)
    // A vtable's second part is for the second base, four bytes on: Itanium C++ ABI 2.5.2.
    this.write(VTABLE + 12, -4)
  }

  addProbe(address: number, callback: () => void): void {
    this.#probes.set(address, (this.#probes.get(address) ?? new Set()).add(callback))
  }
  removeProbe(address: number, callback: () => void): void {
    this.#probes.get(address)?.delete(callback)
  }
  execute(address: number): void {
    for (const callback of [...(this.#probes.get(address) ?? [])]) callback()
  }
  readRegister(index: number): number {
    return this.registers[index] ?? 0
  }
  readMemory(address: number, length: number): Uint8Array {
    if (address < RAM) return this.#flash.slice(address, address + length)
    return this.#ram.slice(address - RAM, address - RAM + length)
  }
  write(address: number, ...words: number[]): void {
    const bytes = address < RAM ? this.#flash : this.#ram
    words.forEach((word, i) =>
      new DataView(bytes.buffer).setUint32((address % RAM) + 4 * i, word >>> 0, true),
    )
  }

  /** A SingleArenaBufferAllocator and its MicroAllocator. */
  allocator(at: number, head: number, tail: number, vtable = VTABLE): void {
    const buffer = at + 0x1000
    this.write(at, 0, at + 0x100, at + 0x104)
    this.write(
      at + 0x100,
      vtable + 8,
      vtable + 20,
      buffer,
      buffer + 4096,
      buffer + head,
      buffer + 4096 - tail,
      buffer + head,
    )
  }

  /** A MicroInterpreter with one registration for all its operators. */
  interpreter(
    at: number,
    allocator: number,
    invoke: number,
  ): { context: number; node: (index: number) => number } {
    const [context, graph, micro] = [at + 8, at + 112, at + 164]
    const [allocations, nodes, registration] = [at + 0x200, at + 0x220, at + 0x300]
    this.write(at, ROOT, 0)
    this.write(context + 12, micro)
    this.write(at + 108, allocator)
    this.write(graph, 0, context, ROOT, allocator, allocations, 0)
    this.write(micro + 16, allocator, graph, ROOT)
    this.write(allocations, nodes, 0)
    this.write(registration, 0, 0, 0, invoke | 1, 0, 9, 0)
    for (let i = 0; i < 3; i++) this.write(nodes + 32 * i + 28, registration)
    return { context, node: (index) => nodes + 32 * index }
  }
}

const symbol = (
  name: string,
  address: number,
  bytes: number,
  kind: ElfSymbol['kind'] = 'object',
): ElfSymbol => ({
  name,
  address,
  bytes,
  kind,
  binding: 'global',
  section: 1,
})
const symbols = new SymbolTable([
  symbol('_ZTVN6tflite35RecordingSingleArenaBufferAllocatorE', VTABLE, 0x30),
  symbol('_ZTV11MyAllocator', OTHER_VTABLE, 0x30),
])

const EVAL = 0x1000
const watched = (memory: Memory): InterpreterWatch =>
  new InterpreterWatch(memory, symbols, generations, [{ start: 0x600 }])
const call = (context: number, node: number, callee = EVAL) => ({ callee, r0: context, r1: node, object: 0 })

describe('interpreters by their own structures', () => {
  it('knows operators from calls of a profiler, an allocator or a reporter', () => {
    const memory = new Memory()
    memory.allocator(0x2000_4000, 32, 600)
    const { context, node } = memory.interpreter(0x2000_0100, 0x2000_4000, EVAL)
    const watch = watched(memory)
    expect(watch.identify(call(0x2000_3000, 0x2000_3010, 0x1100))).toBeUndefined()
    expect(watch.identify(call(context, node(1)))).toEqual({ table: 0, subgraph: 0, index: 1 })
    expect(watch.identify(call(context, node(2)))).toEqual({ table: 0, subgraph: 0, index: 2 })
    for (const wrong of [
      call(context, node(1) + 4),
      call(context, node(1), EVAL + 2),
      call(context + 4, node(1)),
      call(0x2000_4000, 0x9000),
    ]) {
      expect(watch.identify(wrong)).toBeUndefined()
    }
    expect(watch.interpreters).toMatchObject([{ object: 0x2000_0100, model: { address: MODEL } }])
    expect(watch.interpreters[0]!.registrations.get('0.1')).toEqual({ builtinCode: 9, customName: undefined })
  })

  it('does not take an interpreter whose parts disagree', () => {
    for (const [damage, why] of [
      [0x2000_0100 + 164 + 24, 'model'],
      [0x2000_0100 + 112 + 4, 'context'],
      [0x2000_0100 + 108, 'allocator'],
    ] as const) {
      const memory = new Memory()
      memory.allocator(0x2000_4000, 32, 600)
      const { context, node } = memory.interpreter(0x2000_0100, 0x2000_4000, EVAL)
      memory.write(damage, 0x2000_0004)
      expect(watched(memory).identify(call(context, node(0))), why).toBeUndefined()
    }
  })

  it('an allocator that two share has one arena', () => {
    const memory = new Memory()
    memory.allocator(0x2000_4000, 128, 600)
    const one = memory.interpreter(0x2000_0100, 0x2000_4000, EVAL)
    const two = memory.interpreter(0x2000_0800, 0x2000_4000, EVAL)
    const watch = watched(memory)
    watch.identify(call(one.context, one.node(0)))
    memory.allocator(0x2000_4000, 128, 1140)
    watch.identify(call(two.context, two.node(0)))
    watch.onReturn(1)
    expect(watch.arenas).toMatchObject([
      {
        tables: [0, 1],
        view: {
          ranges: [{ start: 0x2000_5000, end: 0x2000_6000 }],
          nonPersistentBytes: 128,
          persistentBytes: 1140,
          temporaryBytes: 0,
        },
      },
    ])
  })

  it('an allocator made anew at the same place has an arena of its own, where it has more persistent buffers too', () => {
    const memory = new Memory()
    memory.allocator(0x2000_4000, 2464, 664)
    const one = memory.interpreter(0x2000_0100, 0x2000_4000, EVAL)
    const watch = watched(memory)
    watch.identify(call(one.context, one.node(0)))
    // Its constructor has allocated, and nothing is planned yet.
    memory.allocator(0x2000_4000, 0, 700)
    const two = memory.interpreter(0x2000_0800, 0x2000_4000, EVAL)
    memory.registers[0] = 0x2000_0800
    memory.registers[14] = 0x701
    memory.execute(0x600)
    memory.allocator(0x2000_4000, 624, 888)
    memory.execute(0x700)
    watch.identify(call(two.context, two.node(0)))
    expect(
      watch.arenas.map(
        ({ view }) => typeof view === 'object' && [view.nonPersistentBytes, view.persistentBytes],
      ),
    ).toEqual([
      [2464, 664],
      [624, 888],
    ])
  })

  it('an allocator of somebody else, or one that holds nonsense, is said to be unknown', () => {
    for (const [damage, why] of [
      [
        (memory: Memory) => memory.allocator(0x2000_4000, 32, 600, OTHER_VTABLE),
        /MyAllocator, which is not TFLM's/,
      ],
      [(memory: Memory) => memory.allocator(0x2000_4000, 4000, 600), /cannot be an arena/],
    ] as const) {
      const memory = new Memory()
      damage(memory)
      const { context, node } = memory.interpreter(0x2000_0100, 0x2000_4000, EVAL)
      const watch = watched(memory)
      watch.identify(call(context, node(0)))
      expect(watch.arenas[0]!.view).toMatch(why)
    }
  })

  it('another model at the same place is another table once the interpreter allocates anew', () => {
    const memory = new Memory()
    memory.allocator(0x2000_4000, 32, 600)
    const { context, node } = memory.interpreter(0x2000_0100, 0x2000_4000, EVAL)
    const watch = watched(memory)
    expect(watch.identify(call(context, node(0)))?.table).toBe(0)
    // A weight of the model: the same flatbuffer but for one byte.
    memory.write(MODEL + file.length - 4, 0x1234_5678)
    expect(watch.identify(call(context, node(0)))?.table).toBe(0)
    memory.registers[0] = 0x2000_0100
    memory.execute(0x600)
    expect(watch.identify(call(context, node(0)))?.table).toBe(1)
  })

  it('a model that cannot be read is said to be unknown', () => {
    const memory = new Memory()
    memory.allocator(0x2000_4000, 32, 600)
    const { context, node } = memory.interpreter(0x2000_0100, 0x2000_4000, EVAL)
    memory.write(MODEL + 4, 0)
    const watch = watched(memory)
    watch.identify(call(context, node(0)))
    expect(watch.interpreters[0]!.model).toMatch(/no TensorFlow Lite flatbuffer has its root at 0x80/)
  })
})

/** A SimpleMemoryAllocator or SingleArenaBufferAllocator, whose pointers begin at 8. */
const SIMPLE = 0x2000_4100
const ARENA = 0x2000_5000

describe('interpreters of others, as their copies of TFLM lay them out', () => {
  const [object, allocator, nodes, registration] = [0x2000_0100, 0x2000_4000, 0x2000_0320, 0x2000_0400]

  const filled = (): Memory => {
    const memory = new Memory()
    memory.write(SIMPLE + 8, ARENA, ARENA + 4096, ARENA + 624, ARENA + 4096 - 400, ARENA + 624)
    memory.write(registration + 12, EVAL | 1)
    memory.write(registration + 20, 9)
    return memory
  }
  const expected = {
    ranges: [{ start: ARENA, end: ARENA + 4096 }],
    nonPersistentBytes: 624,
    persistentBytes: 400,
  }

  // edgeimpulse/inferencing-sdk-cpp 7adcab5 and QingChuanWS/TensorflowLiteMicro 17e2533, by their headers.
  it.each([
    ['Edge Impulse of 2020 (no context in the allocator)', [0, SIMPLE, 0, 0]],
    ['summer of 2020 (model and context in the allocator)', [0, SIMPLE, ROOT, object + 16]],
  ])('%s', (_, ownAllocator) => {
    const memory = filled()
    const helper = object + 108
    memory.write(object, nodes, ROOT)
    memory.write(object + 16 + 12, helper)
    memory.write(object + 96, allocator)
    memory.write(helper, allocator)
    memory.write(allocator, ...ownAllocator)
    memory.write(nodes + 36, registration)
    const watch = watched(memory)
    expect(watch.identify(call(object + 16, nodes))).toEqual({ table: 0, subgraph: 0, index: 0 })
    expect(watch.arenas).toMatchObject([{ view: { ...expected, temporaryBytes: null } }])
  })

  // edgeimpulse/inferencing-sdk-cpp 919819f: TfLiteContext has no `tensors`.
  it('Edge Impulse since 2023', () => {
    const memory = filled()
    const [context, graph, micro, allocations] = [object + 8, object + 100, object + 148, 0x2000_0300]
    memory.write(object, ROOT)
    memory.write(context + 8, micro)
    memory.write(object + 96, allocator)
    memory.write(graph + 4, context, ROOT, allocator, allocations, 0)
    memory.write(micro + 4, allocator, graph, ROOT)
    memory.write(allocator + 4, SIMPLE, SIMPLE)
    memory.write(allocations, nodes)
    memory.write(nodes + 28, registration)
    const watch = watched(memory)
    expect(watch.identify(call(context, nodes))).toEqual({ table: 0, subgraph: 0, index: 0 })
    expect(watch.arenas).toMatchObject([{ view: { ...expected, temporaryBytes: 0 } }])
  })
})
