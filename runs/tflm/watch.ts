import type { LoopCall, OperatorIdentity } from '../../emulator/probes/operators.ts'
import { LR, SP } from '../../emulator/probes/target.ts'
import type { ProbeTarget } from '../../emulator/probes/target.ts'
import type { SymbolTable } from '../image/symbols.ts'
import { readArena } from './arena.ts'
import type { ArenaView } from './arena.ts'
import { InterpreterReader } from './interpreter.ts'
import type { InterpreterView, OperatorView } from './interpreter.ts'
import { textAt } from './memory.ts'
import { modelInMemory, modelOf } from './model-in-memory.ts'
import type { ModelInMemory } from './model-in-memory.ts'
import type { Structures } from './generations.ts'

/** What one table of operators belongs to. */
export interface WatchedInterpreter {
  /** The MicroInterpreter; `this` of the loop where its structures cannot be read. */
  readonly object: number
  /** Of its stack frame's function when it was first seen: what lies above is on the stack. */
  readonly stackPointer: number
  /** A text says why it is not known. */
  readonly model: ModelInMemory | string
  /** By subgraph and index, "0.3": what its registration says. */
  readonly registrations: ReadonlyMap<string, Registration>
}

export interface Registration {
  readonly builtinCode: number | undefined
  readonly customName: string | undefined
}

/** One arena in the life of one allocator. */
export interface WatchedArena {
  readonly allocator: number
  readonly stackPointer: number
  /** Interpreters that allocate from it, by their place in `interpreters`; none for those that never invoked. */
  readonly tables: readonly number[]
  /** At its fullest, as the allocator's own figures say after allocations and invocations; a text says why not. */
  readonly view: ArenaView | string
}

interface Table extends WatchedInterpreter {
  readonly registrations: Map<string, Registration>
}

interface Arena {
  readonly allocator: number
  readonly stackPointer: number
  readonly tables: number[]
  view: ArenaView | string
}

/** A call of AllocateTensors that has not returned. */
interface Allocating {
  readonly back: number
  readonly object: number
  readonly stackPointer: number
}

type Entries<Key, Value> = readonly (readonly [Key, Value])[]

export interface SavedInterpreterWatch {
  readonly interpreters: readonly {
    readonly object: number
    readonly stackPointer: number
    readonly model: string | { readonly address: number; readonly content: Uint8Array }
    readonly registrations: Entries<string, Registration>
  }[]
  /** Which of the structures may still be this firmware's. */
  readonly readers: readonly number[]
  readonly current: Entries<number, { readonly model: number; readonly table: number }>
  readonly byContent: Entries<string, number>
  readonly live: Entries<string, WatchedArena>
  readonly ended: Entries<string, WatchedArena>
  readonly views: Entries<number, InterpreterView>
  readonly allocating: readonly Allocating[]
}

interface Reader {
  readonly structures: Structures
  readonly reader: InterpreterReader
}

const takesContextAndNode = /\(TfLiteContext\s*\*, TfLiteNode\s*\*\)/

/** Reads the interpreters of a running firmware from their own structures. */
export class InterpreterWatch {
  readonly interpreters: readonly WatchedInterpreter[]
  readonly #interpreters: Table[] = []
  readonly #target: ProbeTarget
  readonly #symbols: SymbolTable
  readonly #all: readonly Reader[]
  /** Those that may still be this firmware's. */
  #readers: readonly Reader[]
  /** Interpreters by address: the table that they are at, while the model that they began with is theirs. */
  readonly #current = new Map<number, { model: number; table: number }>()
  readonly #byContent = new Map<string, number>()
  readonly #live = new Map<string, Arena>()
  /** Of allocators that are no more, by their place and their interpreters. */
  readonly #ended = new Map<string, Arena>()
  readonly #views = new Map<number, InterpreterView>()
  readonly #allocating = new Map<() => void, Allocating>()

  /** @param allocations MicroInterpreter::AllocateTensors: an interpreter begins anew */
  constructor(
    target: ProbeTarget,
    symbols: SymbolTable,
    structures: readonly Structures[],
    allocations: readonly { readonly start: number }[],
  ) {
    this.interpreters = this.#interpreters
    this.#target = target
    this.#symbols = symbols
    const read = (address: number, length: number): Uint8Array => target.readMemory(address, length)
    this.#all = structures.map((one) => ({
      structures: one,
      reader: new InterpreterReader(read, one.layouts),
    }))
    this.#readers = this.#all
    for (const { start } of allocations) target.addProbe(start, () => this.#allocate())
  }

  save(): SavedInterpreterWatch {
    const copies = (arenas: ReadonlyMap<string, Arena>): Entries<string, WatchedArena> =>
      Array.from(arenas, ([key, arena]) => [key, { ...arena, tables: [...arena.tables] }] as const)
    return {
      interpreters: this.#interpreters.map(({ model, registrations, ...rest }) => ({
        ...rest,
        model: typeof model === 'string' ? model : { address: model.address, content: model.content },
        registrations: [...registrations],
      })),
      readers: this.#readers.map((reader) => this.#all.indexOf(reader)),
      current: [...this.#current],
      byContent: [...this.#byContent],
      live: copies(this.#live),
      ended: copies(this.#ended),
      views: [...this.#views],
      allocating: [...this.#allocating.values()],
    }
  }

  restore(saved: SavedInterpreterWatch): void {
    const interpreters = saved.interpreters.map(({ model, registrations, ...rest }) => ({
      ...rest,
      model: typeof model === 'string' ? model : modelOf(model.address, model.content),
      registrations: new Map(registrations),
    }))
    this.#interpreters.splice(0, Infinity, ...interpreters)
    this.#readers = saved.readers.flatMap((place) => this.#all[place] ?? [])
    refill(this.#current, saved.current)
    refill(this.#byContent, saved.byContent)
    for (const [arenas, entries] of [
      [this.#live, saved.live],
      [this.#ended, saved.ended],
    ] as const)
      refill(
        arenas,
        entries.map(([key, arena]) => [key, { ...arena, tables: [...arena.tables] }] as const),
      )
    refill(this.#views, saved.views)
    for (const [after, { back }] of this.#allocating) this.#target.removeProbe(back, after)
    this.#allocating.clear()
    for (const one of saved.allocating) this.#awaitReturn(one)
  }

  /** Where the layouts come from that the interpreters agree with; undefined while none was seen. */
  get source(): string | undefined {
    return this.#readers.length === 1 ? this.#readers[0]?.structures.source : undefined
  }

  /** Those of allocators that are no more first. */
  get arenas(): readonly WatchedArena[] {
    const all = new Map([...this.#ended].map(([key, arena]) => [key, { ...arena }]))
    for (const [key, arena] of this.#live) fold(all, key, arena)
    return [...all.values()]
  }

  readonly identify = (call: LoopCall): OperatorIdentity | undefined => {
    const view = this.#operator(call)
    if (view) return { table: this.#tableOf(view), subgraph: view.subgraph, index: view.index }
    const callee = this.#symbols.functionAt(call.callee)
    if (callee?.start !== call.callee || !takesContextAndNode.test(callee.name)) return undefined
    return { table: this.#unread(call.object), subgraph: undefined, index: undefined }
  }

  readonly onReturn = (table: number): void => {
    const view = this.#views.get(table)
    if (view) this.#measure(view, table)
  }

  #operator(call: LoopCall): OperatorView | undefined {
    for (const one of this.#readers) {
      const view = one.reader.operator(call)
      if (!view) continue
      this.#readers = [one]
      return view
    }
    return undefined
  }

  #tableOf(view: OperatorView): number {
    const known = this.#current.get(view.object)
    const table = known?.model === view.model ? known.table : this.#begin(view)
    const registrations = this.#interpreters[table]?.registrations
    const key = `${view.subgraph}.${view.index}`
    if (registrations && !registrations.has(key)) {
      registrations.set(key, {
        builtinCode: view.builtinCode,
        customName: view.customName
          ? textAt((a, n) => this.#target.readMemory(a, n), view.customName)
          : undefined,
      })
    }
    return table
  }

  #begin(view: OperatorView): number {
    const model = modelInMemory((address, length) => this.#target.readMemory(address, length), view.model)
    const key = `${view.object}:${typeof model === 'string' ? view.model : `${model.address}:${model.sha256}`}`
    const table = this.#byContent.get(key) ?? this.#add(key, view.object, model)
    this.#current.set(view.object, { model: view.model, table })
    this.#views.set(table, view)
    this.#measure(view, table)
    return table
  }

  #unread(object: number): number {
    const key = `unread:${object}`
    return (
      this.#byContent.get(key) ??
      this.#add(
        key,
        object,
        this.#all.some(({ structures }) => structures.isOwn)
          ? "its structures agree with no TFLM that is known, nor with the firmware's debug information"
          : 'its structures agree with no TFLM that is known, and no debug information tells of them',
      )
    )
  }

  #add(key: string, object: number, model: ModelInMemory | string): number {
    const stackPointer = this.#target.readRegister(SP) >>> 0
    const table = this.#interpreters.push({ object, stackPointer, model, registrations: new Map() }) - 1
    this.#byContent.set(key, table)
    return table
  }

  #allocate(): void {
    const target = this.#target
    const object = target.readRegister(0) >>> 0
    const stackPointer = target.readRegister(SP) >>> 0
    const back = (target.readRegister(LR) & ~1) >>> 0
    this.#current.delete(object)
    const before = this.#atObject(object)
    if (before) this.#endLife(before)
    this.#awaitReturn({ back, object, stackPointer })
  }

  #awaitReturn(one: Allocating): void {
    const { back, object, stackPointer } = one
    const after = (): void => {
      if (this.#target.readRegister(SP) >>> 0 !== stackPointer) return
      this.#target.removeProbe(back, after)
      this.#allocating.delete(after)
      const view = this.#atObject(object)
      if (view) this.#measure(view, undefined)
    }
    this.#allocating.set(after, one)
    this.#target.addProbe(back, after)
  }

  #atObject(object: number): InterpreterView | undefined {
    for (const { reader } of this.#readers) {
      const view = reader.atObject(object)
      if (view) return view
    }
    return undefined
  }

  /**
   * Persistent buffers are never freed, nor does the head shrink but for temporary ones: an allocator that has less of
   * either than it had is another one.
   */
  #endLife(view: InterpreterView): void {
    const now = this.#read(view)
    if (typeof now === 'string') return
    const key = keyOf(view.allocator, now)
    const was = this.#live.get(key)?.view
    if (typeof was !== 'object') return
    if (now.persistentBytes >= was.persistentBytes && plannedBytes(now) >= plannedBytes(was)) return
    const arena = this.#live.get(key)
    this.#live.delete(key)
    if (arena) fold(this.#ended, key, arena)
  }

  #measure(view: InterpreterView, table: number | undefined): void {
    const now = this.#read(view)
    const key = keyOf(view.allocator, now)
    let arena = this.#live.get(key)
    if (!arena) {
      const stackPointer = this.#target.readRegister(SP) >>> 0
      arena = { allocator: view.allocator, stackPointer, tables: [], view: now }
      this.#live.set(key, arena)
    }
    if (table !== undefined && !arena.tables.includes(table)) arena.tables.push(table)
    if (typeof now === 'object' && (typeof arena.view === 'string' || used(now) > used(arena.view)))
      arena.view = now
  }

  /** By the firmware's debug information; else by every generation that agrees with the interpreter, as one. */
  #read(view: InterpreterView): ArenaView | string {
    const read = (address: number, length: number): Uint8Array => this.#target.readMemory(address, length)
    const fitting = this.#all.filter(({ reader }) => reader.atObject(view.object) !== undefined)
    const views = fitting.map(({ structures }) =>
      readArena(read, structures.layouts, this.#symbols, view.allocator),
    )
    const [first = 'its structures agree with no TFLM that is known'] = views
    if (typeof first === 'object' && fitting[0]?.structures.isOwn === true) return first
    const found = views.filter((one) => typeof one === 'object')
    if (found.length === 0) return first
    const same = new Set(found.map((one) => JSON.stringify(one)))
    return same.size === 1 ? (found[0] ?? first) : 'several generations of TFLM fit it, and they differ'
  }
}

function refill<Key, Value>(map: Map<Key, Value>, entries: Entries<Key, Value>): void {
  map.clear()
  for (const [key, value] of entries) map.set(key, value)
}

/** A firmware that makes its interpreter anew for each inference has one arena all the same. */
function fold(into: Map<string, Arena>, place: string, arena: Arena): void {
  const key = `${place} ${arena.tables.join(',')}`
  const same = into.get(key)
  if (!same) into.set(key, { ...arena })
  else if (isFuller(arena.view, same.view)) same.view = arena.view
}

const isFuller = (a: ArenaView | string, b: ArenaView | string): boolean =>
  typeof a === 'object' && (typeof b === 'string' || used(a) > used(b))

const used = ({ nonPersistentBytes, persistentBytes }: ArenaView): number =>
  nonPersistentBytes + persistentBytes

const plannedBytes = ({ nonPersistentBytes, temporaryBytes }: ArenaView): number =>
  nonPersistentBytes - (temporaryBytes ?? 0)

const keyOf = (allocator: number, view: ArenaView | string): string =>
  typeof view === 'string'
    ? `${allocator}`
    : `${allocator}:${view.ranges.map(({ start }) => start).join(',')}`
