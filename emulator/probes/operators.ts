import type { Address, Cycles } from '../cpu/bus.ts'
import { add, addBetween, noReading, type Reading } from './readings.ts'
import { CycleHistogram } from './statistics.ts'
import type { CycleStatistics, SavedHistogram } from './statistics.ts'
import { LR, SP } from './target.ts'
import type { CodeRange, ProbeTarget } from './target.ts'

/** One operator of one table, over all its invocations. */
export interface OperatorSummary extends CycleStatistics {
  /** Position among the operators of its subgraph; below a control-flow operator: that operator's, then its own. */
  readonly path: readonly number[]
  /** That it is in; undefined where that cannot be read. */
  readonly subgraph: number | undefined
  /** Entry of the kernel's Eval function, without the Thumb bit. */
  readonly evalAddress: Address
  /** Over all its invocations; empty where nothing is counted. */
  readonly counts: Reading
}

/** The invocations of one interpreter with one model, seen from outside. */
export interface InterpreterSummary extends CycleStatistics {
  /** Whose: as `identify` named it. */
  readonly table: number
  /** What an invocation costs beside its operators: the rest, exactly. */
  readonly own: CycleStatistics
  /** Over all invocations, and what of it is beside the operators. */
  readonly counts: Reading
  readonly ownCounts: Reading
  readonly operators: readonly OperatorSummary[]
}

/** An invocation that has not ended: none of it is among the summaries. */
export interface UnfinishedInvocation {
  readonly table: number
  readonly cycles: Cycles
}

/** A call through a pointer that the loop makes, about to be made. */
export interface LoopCall {
  /** Without the Thumb bit. */
  readonly callee: Address
  readonly r0: number
  readonly r1: number
  /** R0 when the invocation began. */
  readonly object: Address
}

export interface OperatorIdentity {
  /** Of the interpreter and its model. */
  readonly table: number
  readonly subgraph: number | undefined
  /** Position among the operators of its subgraph; undefined: they are counted. */
  readonly index: number | undefined
}

/** An operator as it begins. */
export interface ListenedOperator extends Pick<OperatorSummary, 'path' | 'subgraph' | 'evalAddress'> {
  readonly table: number
}

/** Told of invocations and operators as they happen; they are nested. */
export interface OperatorListener {
  beginInvocation(cycle: Cycles): void
  /** The innermost is over; `table` is undefined where it called no operator. */
  endInvocation(table: number | undefined, cycle: Cycles): void
  /** The innermost never ends. */
  dropInvocation(cycle: Cycles): void
  beginOperator(operator: ListenedOperator, cycle: Cycles): void
  endOperator(cycle: Cycles): void
  dropOperator(cycle: Cycles): void
}

export interface OperatorProfilerOptions {
  /** Code of the functions that call operators in a loop, or that loop: MicroInterpreter::Invoke, InvokeSubgraph. */
  readonly loops: readonly CodeRange[]
  /** Which operator a call invokes; undefined for one that invokes none: of the allocator, the profiler, a reporter. */
  readonly identify: (call: LoopCall) => OperatorIdentity | undefined
  readonly onReturn?: (table: number) => void
  readonly listener?: OperatorListener | undefined
}

interface OpenInvocation {
  readonly entry: Address
  readonly object: Address
  readonly begin: Cycles
  readonly stackPointer: number
  /** The operator that made it: WHILE, IF, CALL_ONCE. */
  readonly outer: OpenOperator | undefined
  table: Table | undefined
  next: number
  readonly ended: { readonly operator: EndedOperator; readonly cycles: Cycles; readonly counts: Reading }[]
  /** When it began. */
  readonly from: Reading
}

interface EndedOperator extends Place {
  readonly table: Table
}

interface OpenOperator extends EndedOperator {
  readonly invocation: OpenInvocation
  readonly site: Address
  readonly begin: Cycles
  readonly from: Reading
  readonly stackPointer: number
}

interface Row extends Place {
  readonly cycles: CycleHistogram
  counts: Reading
}

interface Table {
  readonly id: number
  readonly cycles: CycleHistogram
  readonly own: CycleHistogram
  counts: Reading
  ownCounts: Reading
  readonly operators: Map<string, Row>
}

type Place = Pick<OperatorSummary, 'path' | 'subgraph' | 'evalAddress'>

/** Invocations and operators that are open name each other by their place among those saved. */
export interface SavedProfiler {
  readonly invocations: readonly (Pick<
    OpenInvocation,
    'entry' | 'object' | 'begin' | 'stackPointer' | 'next' | 'from'
  > & {
    readonly outer: number | null
    readonly table: number | null
    readonly ended: readonly (Place & {
      readonly table: number
      readonly cycles: Cycles
      readonly counts: Reading
    })[]
  })[]
  readonly operators: readonly (Place &
    Pick<OpenOperator, 'site' | 'begin' | 'stackPointer' | 'from'> & {
      readonly invocation: number
      readonly table: number
    })[]
  readonly tables: readonly {
    readonly id: number
    readonly cycles: SavedHistogram
    readonly own: SavedHistogram
    readonly counts: Reading
    readonly ownCounts: Reading
    readonly operators: readonly (Place & {
      readonly key: string
      readonly cycles: SavedHistogram
      readonly counts: Reading
    })[]
  }[]
  readonly returns: readonly Address[]
}

/**
 * Addresses of `BLX Rm` (Armv7-M ARM A7.7.19: 010001111 mmmm 000) in code, and m. Every half-word is looked at: jump
 * tables and literals make it impossible to tell instructions apart, and a probe on what is none never fires.
 */
export function indirectCalls(code: Uint8Array, start: Address): { address: Address; register: number }[] {
  const calls = []
  for (let offset = 0; offset + 1 < code.length; offset += 2) {
    const halfword = (code[offset] ?? 0) | ((code[offset + 1] ?? 0) << 8)
    if ((halfword & 0xff87) === 0x4780)
      calls.push({ address: start + offset, register: (halfword >> 3) & 15 })
  }
  return calls
}

/**
 * Times each operator of each invocation without help from the firmware: probes on the indirect calls of the
 * interpreter's loop and on the instructions after them. A call's cost includes the call and the return.
 */
export class OperatorProfiler {
  readonly #target: ProbeTarget
  readonly #options: OperatorProfilerOptions
  readonly #invocations: OpenInvocation[] = []
  readonly #operators: OpenOperator[] = []
  readonly #tables = new Map<number, Table>()
  readonly #returns = new Set<Address>()
  readonly #leaves = (): void => this.#leave()
  /** Not saved: the same for the same firmware. */
  readonly #probes: { address: Address; callback: () => void }[] = []

  constructor(target: ProbeTarget, options: OperatorProfilerOptions) {
    this.#target = target
    this.#options = options
    for (const { start, end } of options.loops) {
      this.#probe(start, () => this.#enter(start))
      for (const { address, register } of indirectCalls(target.readMemory(start, end - start), start)) {
        this.#probe(address + 2, () => this.#endOperator(address))
        this.#probe(address, () => this.#beginOperator(address, target.readRegister(register)))
      }
    }
  }

  detach(): void {
    for (const { address, callback } of this.#probes.splice(0)) this.#target.removeProbe(address, callback)
    this.#watchReturns([])
  }

  save(): SavedProfiler {
    const place = ({ path, subgraph, evalAddress }: Place): Place => ({ path, subgraph, evalAddress })
    return {
      invocations: this.#invocations.map(
        ({ entry, object, begin, stackPointer, next, from, outer, table, ended }) => ({
          ...{ entry, object, begin, stackPointer, next, from },
          outer: outer ? this.#operators.indexOf(outer) : null,
          table: table?.id ?? null,
          ended: ended.map(({ operator, cycles, counts }) => ({
            ...place(operator),
            table: operator.table.id,
            cycles,
            counts,
          })),
        }),
      ),
      operators: this.#operators.map((operator) => ({
        ...place(operator),
        ...{ site: operator.site, begin: operator.begin, stackPointer: operator.stackPointer },
        from: operator.from,
        invocation: this.#invocations.indexOf(operator.invocation),
        table: operator.table.id,
      })),
      tables: Array.from(this.#tables.values(), ({ id, cycles, own, operators, counts, ownCounts }) => ({
        id,
        counts: counts.slice(),
        ownCounts: ownCounts.slice(),
        cycles: cycles.save(),
        own: own.save(),
        operators: Array.from(operators, ([key, row]) => ({
          ...place(row),
          key,
          cycles: row.cycles.save(),
          counts: row.counts.slice(),
        })),
      })),
      returns: [...this.#returns],
    }
  }

  /** The listener is told nothing: it has a state of its own. */
  restore({ invocations, operators, tables, returns }: SavedProfiler): void {
    this.#tables.clear()
    for (const { id, cycles, own, operators, counts, ownCounts } of tables) {
      const table = this.#table(id)
      table.counts = counts.slice()
      table.ownCounts = ownCounts.slice()
      table.cycles.restore(cycles)
      table.own.restore(own)
      for (const { key, cycles, ...row } of operators) {
        const histogram = new CycleHistogram()
        histogram.restore(cycles)
        table.operators.set(key, { ...row, cycles: histogram, counts: row.counts.slice() })
      }
    }
    this.#restoreOpen({ invocations, operators })
    this.#watchReturns(returns)
  }

  /** Each invocation is inside an operator that was there before it, and each operator in such an invocation. */
  #restoreOpen({ invocations, operators }: Pick<SavedProfiler, 'invocations' | 'operators'>): void {
    this.#invocations.length = this.#operators.length = 0
    const addOperators = (): void => {
      for (const saved of operators.slice(this.#operators.length)) {
        const invocation = this.#invocations[saved.invocation]
        if (!invocation) return
        this.#operators.push({ ...saved, invocation, table: this.#table(saved.table) })
      }
    }
    for (const { outer, table, ended, ...saved } of invocations) {
      this.#invocations.push({
        ...saved,
        outer: outer === null ? undefined : this.#operators[outer],
        table: table === null ? undefined : this.#table(table),
        ended: ended.map(({ table, cycles, counts, ...operator }) => ({
          operator: { ...operator, table: this.#table(table) },
          cycles,
          counts,
        })),
      })
      addOperators()
    }
  }

  #watchReturns(returns: readonly Address[]): void {
    for (const address of this.#returns) this.#target.removeProbe(address, this.#leaves)
    this.#returns.clear()
    for (const address of returns) {
      this.#returns.add(address)
      this.#target.addProbe(address, this.#leaves)
    }
  }

  /** In the order of their first invocation; operators in the order of execution. */
  summary(): readonly InterpreterSummary[] {
    return [...this.#tables.values()]
      .filter(({ cycles }) => cycles.count > 0)
      .map(({ id, cycles, own, operators, counts, ownCounts }) => ({
        table: id,
        counts: counts.slice(),
        ownCounts: ownCounts.slice(),
        ...cycles.statistics(),
        own: own.statistics(),
        operators: [...operators.values()]
          .sort((a, b) => comparePaths(a.path, b.path) || (a.subgraph ?? 0) - (b.subgraph ?? 0))
          .map(({ cycles, ...row }) => ({ ...row, ...cycles.statistics() })),
      }))
  }

  unfinished(): readonly UnfinishedInvocation[] {
    return this.#invocations.flatMap(({ table, begin, outer }) =>
      table && outer?.table !== table ? [{ table: table.id, cycles: this.#target.now - begin }] : [],
    )
  }

  #probe(address: Address, callback: () => void): void {
    this.#target.addProbe(address, callback)
    this.#probes.push({ address, callback })
  }

  #enter(entry: Address): void {
    const target = this.#target
    const stackPointer = target.readRegister(SP) >>> 0
    this.#dropDead(stackPointer)
    const open = this.#invocations.at(-1)
    if (open?.stackPointer === stackPointer && open.entry === entry) this.#drop(open)
    const outer = this.#operators.at(-1)
    const around = this.#invocations.at(-1)
    // Invoke calls InvokeSubgraph: one invocation, until an operator of it makes another.
    if (around && around.outer === outer) return
    const object = target.readRegister(0) >>> 0
    const begin = target.now
    this.#invocations.push({
      entry,
      object,
      begin,
      stackPointer,
      outer,
      table: undefined,
      next: 0,
      ended: [],
      from: this.#reading(),
    })
    this.#options.listener?.beginInvocation(begin)
    const back = (target.readRegister(LR) & ~1) >>> 0
    if (!this.#returns.has(back)) {
      this.#returns.add(back)
      this.#target.addProbe(back, this.#leaves)
    }
  }

  #leave(): void {
    const stackPointer = this.#target.readRegister(SP) >>> 0
    const invocation = this.#invocations.at(-1)
    if (invocation?.stackPointer !== stackPointer) return
    this.#dropOperatorsOf(invocation)
    this.#invocations.pop()
    const { table, outer, begin, ended } = invocation
    this.#options.listener?.endInvocation(table?.id, this.#target.now)
    // An invocation inside an operator of the same interpreter is that operator's.
    if (!table || outer?.table === table) return
    const cycles = this.#target.now - begin
    table.cycles.add(cycles)
    table.own.add(cycles - ended.reduce((sum, operator) => sum + operator.cycles, 0))
    const counts = addBetween(noReading, invocation.from, this.#reading())
    table.counts = add(table.counts, counts)
    const own = ended.reduce((rest, operator) => addBetween(rest, operator.counts, noReading), counts)
    table.ownCounts = add(table.ownCounts, own)
    for (const { operator, cycles, counts } of ended) count(operator, cycles, counts)
    this.#options.onReturn?.(table.id)
  }

  #beginOperator(site: Address, target: number): void {
    const callee = (target & ~1) >>> 0
    const stackPointer = this.#target.readRegister(SP) >>> 0
    this.#dropDead(stackPointer)
    const invocation = this.#invocations.at(-1)
    if (!invocation) return
    const [r0, r1] = [this.#target.readRegister(0) >>> 0, this.#target.readRegister(1) >>> 0]
    const identity = this.#options.identify({ callee, r0, r1, object: invocation.object })
    if (!identity) return
    const table = (invocation.table ??= this.#table(identity.table))
    const { outer } = invocation
    const index = identity.index ?? invocation.next
    invocation.next = index + 1
    const path = outer?.table === table ? [...outer.path, index] : [index]
    const begin = this.#target.now
    const { subgraph } = identity
    this.#operators.push({
      invocation,
      table,
      site,
      begin,
      stackPointer,
      path,
      subgraph,
      evalAddress: callee,
      from: this.#reading(),
    })
    this.#options.listener?.beginOperator({ table: table.id, path, subgraph, evalAddress: callee }, begin)
  }

  #endOperator(site: Address): void {
    const operator = this.#operators.at(-1)
    if (operator?.site !== site || operator.stackPointer !== this.#target.readRegister(SP) >>> 0) return
    this.#operators.pop()
    this.#options.listener?.endOperator(this.#target.now)
    const cycles = this.#target.now - operator.begin
    // What a subgraph does any number of times is folded at once; it is no part of the sum.
    const counts = addBetween(noReading, operator.from, this.#reading())
    if (operator.path.length > 1) count(operator, cycles, counts)
    else operator.invocation.ended.push({ operator, cycles, counts })
  }

  #reading(): Reading {
    return this.#target.reading?.() ?? noReading
  }

  /** Forgets calls that never returned (longjmp, reset): their frames lie below the present stack pointer. */
  #dropDead(stackPointer: number): void {
    while ((this.#operators.at(-1)?.stackPointer ?? Infinity) < stackPointer) this.#dropOperator()
    while ((this.#invocations.at(-1)?.stackPointer ?? Infinity) < stackPointer) this.#dropInvocation()
  }

  #drop(invocation: OpenInvocation): void {
    this.#dropOperatorsOf(invocation)
    this.#dropInvocation()
  }

  #dropOperatorsOf(invocation: OpenInvocation): void {
    while (this.#operators.at(-1)?.invocation === invocation) this.#dropOperator()
  }

  #dropOperator(): void {
    this.#operators.pop()
    this.#options.listener?.dropOperator(this.#target.now)
  }

  #dropInvocation(): void {
    this.#invocations.pop()
    this.#options.listener?.dropInvocation(this.#target.now)
  }

  #table(id: number): Table {
    let table = this.#tables.get(id)
    if (!table) {
      table = {
        id,
        cycles: new CycleHistogram(),
        own: new CycleHistogram(),
        counts: noReading,
        ownCounts: noReading,
        operators: new Map(),
      }
      this.#tables.set(id, table)
    }
    return table
  }
}

function count({ table, path, subgraph, evalAddress }: EndedOperator, cycles: Cycles, counts: Reading): void {
  const key = `${path.join('.')}@${subgraph}:${evalAddress}`
  let row = table.operators.get(key)
  if (!row) {
    row = { path, subgraph, evalAddress, cycles: new CycleHistogram(), counts: noReading }
    table.operators.set(key, row)
  }
  row.cycles.add(cycles)
  row.counts = add(row.counts, counts)
}

function comparePaths(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}
