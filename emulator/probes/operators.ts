import type { Address, Cycles } from '../cpu/bus.ts'
import { CycleHistogram } from './statistics.ts'
import type { CycleStatistics } from './statistics.ts'
import { LR, SP } from './target.ts'
import type { CodeRange, ProbeTarget } from './target.ts'

/** One operator of one interpreter, over all its invocations. */
export interface OperatorSummary extends CycleStatistics {
  /** Position among the operators of its invocation; below a control-flow operator: that operator's, then its own. */
  readonly path: readonly number[]
  /** Entry of the kernel's Eval function, without the Thumb bit. */
  readonly evalAddress: Address
}

/** One MicroInterpreter (or its graph) seen from outside. */
export interface InterpreterSummary extends CycleStatistics {
  /** Its `this` pointer. */
  readonly object: Address
  /** The words of the object when it was first invoked; one of them is the address of the model. */
  readonly objectWords: readonly number[]
  readonly operators: readonly OperatorSummary[]
}

export interface OperatorProfilerOptions {
  /** Code of the functions that call operators in a loop: MicroInterpreter::Invoke, MicroGraph::InvokeSubgraph. */
  readonly loops: readonly CodeRange[]
  /** False for an indirect call of the loop that is no operator: a virtual call of the allocator or the profiler. */
  readonly isOperator?: (callee: Address) => boolean
}

interface OpenInvocation {
  readonly interpreter: Interpreter
  readonly begin: Cycles
  readonly stackPointer: number
  readonly path: readonly number[]
  next: number
}

interface OpenOperator {
  readonly invocation: OpenInvocation
  readonly site: Address
  readonly begin: Cycles
  readonly stackPointer: number
  readonly path: readonly number[]
  readonly evalAddress: Address
}

interface Interpreter {
  readonly object: Address
  readonly objectWords: readonly number[]
  readonly cycles: CycleHistogram
  readonly operators: Map<string, { path: readonly number[]; evalAddress: Address; cycles: CycleHistogram }>
}

const OBJECT_WORDS = 64

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
  readonly #isOperator: (callee: Address) => boolean
  readonly #invocations: OpenInvocation[] = []
  readonly #operators: OpenOperator[] = []
  readonly #interpreters = new Map<Address, Interpreter>()
  readonly #returns = new Set<Address>()
  readonly #probes: { address: Address; callback: () => void }[] = []

  constructor(target: ProbeTarget, { loops, isOperator = () => true }: OperatorProfilerOptions) {
    this.#target = target
    this.#isOperator = isOperator
    for (const { start, end } of loops) {
      this.#probe(start, () => this.#enter())
      for (const { address, register } of indirectCalls(target.readMemory(start, end - start), start)) {
        this.#probe(address + 2, () => this.#endOperator(address))
        this.#probe(address, () => this.#beginOperator(address, target.readRegister(register)))
      }
    }
  }

  detach(): void {
    for (const { address, callback } of this.#probes.splice(0)) this.#target.removeProbe(address, callback)
  }

  /** In the order of their first invocation; operators in the order of execution. */
  summary(): readonly InterpreterSummary[] {
    return [...this.#interpreters.values()]
      .filter(({ cycles }) => cycles.count > 0)
      .map(({ object, objectWords, cycles, operators }) => ({
        object,
        objectWords,
        ...cycles.statistics(),
        operators: [...operators.values()]
          .sort((a, b) => comparePaths(a.path, b.path))
          .map(({ path, evalAddress, cycles }) => ({ path, evalAddress, ...cycles.statistics() })),
      }))
  }

  #probe(address: Address, callback: () => void): void {
    this.#target.addProbe(address, callback)
    this.#probes.push({ address, callback })
  }

  #enter(): void {
    const target = this.#target
    const object = target.readRegister(0) >>> 0
    const stackPointer = target.readRegister(SP) >>> 0
    this.#dropDead(stackPointer)
    const outer = this.#operators.at(-1)
    const interpreter = this.#interpreter(object)
    this.#invocations.push({ interpreter, begin: target.now, stackPointer, path: outer?.path ?? [], next: 0 })
    const back = (target.readRegister(LR) & ~1) >>> 0
    if (!this.#returns.has(back)) {
      this.#returns.add(back)
      this.#probe(back, () => this.#leave())
    }
  }

  #leave(): void {
    const stackPointer = this.#target.readRegister(SP) >>> 0
    const invocation = this.#invocations.at(-1)
    if (invocation?.stackPointer !== stackPointer) return
    this.#invocations.pop()
    // An invocation inside an operator is that operator's, not the interpreter's.
    if (invocation.path.length === 0) invocation.interpreter.cycles.add(this.#target.now - invocation.begin)
  }

  #beginOperator(site: Address, callee: number): void {
    const evalAddress = (callee & ~1) >>> 0
    const stackPointer = this.#target.readRegister(SP) >>> 0
    this.#dropDead(stackPointer)
    const invocation = this.#invocations.at(-1)
    if (!invocation || !this.#isOperator(evalAddress)) return
    const path = [...invocation.path, invocation.next++]
    this.#operators.push({ invocation, site, begin: this.#target.now, stackPointer, path, evalAddress })
  }

  #endOperator(site: Address): void {
    const operator = this.#operators.at(-1)
    if (operator?.site !== site || operator.stackPointer !== this.#target.readRegister(SP) >>> 0) return
    this.#operators.pop()
    const { path, evalAddress, invocation, begin } = operator
    const cycles = this.#target.now - begin
    const key = `${path.join('.')}@${evalAddress}`
    const { operators } = invocation.interpreter
    let known = operators.get(key)
    if (!known) operators.set(key, (known = { path, evalAddress, cycles: new CycleHistogram() }))
    known.cycles.add(cycles)
  }

  /** Forgets calls that never returned (longjmp, reset): their frames lie below the present stack pointer. */
  #dropDead(stackPointer: number): void {
    while ((this.#operators.at(-1)?.stackPointer ?? Infinity) < stackPointer) this.#operators.pop()
    while ((this.#invocations.at(-1)?.stackPointer ?? Infinity) < stackPointer) this.#invocations.pop()
  }

  #interpreter(object: Address): Interpreter {
    let interpreter = this.#interpreters.get(object)
    if (!interpreter) {
      const bytes = this.#target.readMemory(object, OBJECT_WORDS * 4)
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
      const words = Array.from({ length: bytes.length >> 2 }, (_, i) => view.getUint32(4 * i, true))
      interpreter = { object, objectWords: words, cycles: new CycleHistogram(), operators: new Map() }
      this.#interpreters.set(object, interpreter)
    }
    return interpreter
  }
}

function comparePaths(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}
