import { BranchKind, traceBranch } from './branch-trace.ts'
import { Code, Op } from './code.ts'
import { ExitReason } from '../exit-reasons.ts'
import { emitProgram, type Surroundings } from './emit.ts'
import { gatherCounts, noteCounts, noteLines } from './count-slots.ts'
import { settleCounts } from './settle-counts.ts'
import { floatHelpers } from '../float/float-helpers.ts'
import { frequentHandlers } from './frequent-handlers.ts'
import { allHandlers, wrapperHandlers, type Handler } from './handlers.ts'
import { floatingPointHost, helpers, hostFunctions, programOf, type HelperFunction } from './helpers.ts'
import { enterSlave } from '../timing/ram-slaves.ts'
import { cacheLookup, lineShift, type CacheGeometry } from '../timing/instruction-cache.ts'
import { Ir, type Carried, type Statement } from '../ir.ts'
import { signatures } from './signatures.ts'
import {
  BRANCH_FUNCTIONS,
  CACHE_TAGS,
  Entry,
  MEMORY_PAGES,
  OPEN_COUNT,
  OPEN_LINES,
  OPEN_MARKS,
  PROFILE,
  State,
  TABLE,
} from '../layout.ts'
import { ModuleBuilder } from './wasm/module.ts'
import type { ValueType } from './wasm/opcodes.ts'

export interface InterpreterOptions {
  /** Counts cycles and executions of each instruction. */
  readonly profile: boolean
  /** The instruction cache to simulate. */
  readonly cache?: CacheGeometry | undefined
  /** Further cycles of a load that pipelines with one from another memory. */
  readonly loadOtherSlave?: number
  /** Writes down calls, returns and branches into other functions. */
  readonly branches?: boolean
}

/** The same for options that the same bytes are emitted for. */
export const interpreterKey = ({ profile, branches, cache, loadOtherSlave }: InterpreterOptions): string =>
  JSON.stringify([profile, branches ?? false, cache ?? null, loadOtherSlave ?? 0])

/** Locals that both functions of the interpreter keep from one instruction to the next. */
const carriedLocals: Record<Carried, number> = {
  next: 0,
  handler: 1,
  budget: 2,
  instructions: 3,
  n: 4,
  z: 5,
  c: 6,
  v: 7,
  current: 8,
  /** The budget before this instruction. */
  before: 9,
}
const REASON = 10
const FIRST_FREE = 11

/** Where each carried value is while other functions run. */
const home: readonly (readonly [Carried, number])[] = [
  ['n', State.n],
  ['z', State.z],
  ['c', State.c],
  ['v', State.v],
  ['next', State.next],
  ['budget', State.budget],
  ['current', State.current],
  ['instructions', State.instructionCount],
  ['before', State.before],
]

/** What `step` returns when the instruction is done and the next may follow. */
const GO_ON = -1

/**
 * Emits the interpreter. `run` is a loop around a br_table over the frequent handlers, with all carried values in
 * locals; `step` executes one instruction of the others.
 */
export function emitInterpreter(options: InterpreterOptions): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder(MEMORY_PAGES)
  const indexes = new Map<string, number>()
  const imported = [...hostFunctions, floatingPointHost]
  const functions: readonly HelperFunction[] = [
    ...helpers,
    ...floatHelpers,
    enterSlave(options.loadOtherSlave),
    cacheLookup(options.cache),
    settleCounts(options.cache && lineShift(options.cache)),
    noteCounts,
    noteLines(options.cache && lineShift(options.cache)),
    gatherCounts,
    ...(options.branches ? [traceBranch] : []),
  ]
  for (const one of imported) indexes.set(one.name, module.import(one.name, one))
  for (const one of functions) indexes.set(one.name, module.declare(one))
  const functionIndex = (name: string): number => {
    const index = indexes.get(name)
    if (index === undefined) throw new Error(`no function ${name}`)
    return index
  }
  for (const one of functions) {
    const locals: ValueType[] = []
    const code = new Code()
    emitProgram(
      programOf(one, signatures, options.profile),
      helperSurroundings(one, locals, functionIndex),
      code.bytes,
    )
    if (one.result !== undefined) code.push(Op.unreachable)
    module.define(functionIndex(one.name), locals, code.bytes)
  }
  const run = module.declare({ params: ['i32'], result: 'i32' })
  const step = module.declare({ params: ['i32', 'i32'], result: 'i32' })
  const emission = { functionIndex, options, step }
  const main = new LoopEmitter(emission, true)
  module.define(run, main.locals, main.emit())
  const rest = new LoopEmitter(emission, false)
  module.define(step, rest.locals, rest.emit())
  module.export('run', run)
  for (const name of ['settleCounts', 'noteCounts', 'noteLines', 'gatherCounts'])
    module.export(name, functionIndex(name))
  return module.toBytes()
}

function helperSurroundings(
  helper: HelperFunction,
  locals: ValueType[],
  functionIndex: (name: string) => number,
): Surroundings {
  const refuse = (): never => {
    throw new Error(`${helper.name}: a helper function knows no instruction`)
  }
  return {
    firstLocal: helper.params.length,
    locals,
    functionIndex,
    carried: refuse,
    operand: refuse,
    register: refuse,
    exit: refuse,
    finish: refuse,
    dispatch: refuse,
  }
}

interface Emission {
  readonly functionIndex: (name: string) => number
  readonly options: InterpreterOptions
  readonly step: number
}

/** Emits `run` (the main function) or `step`: the same handlers' code in two surroundings. */
class LoopEmitter {
  /** Types of the locals after the parameters. */
  readonly locals: ValueType[]
  readonly #free: ValueType[] = []
  readonly #code = new Code()
  readonly #handlers: readonly (Handler | undefined)[]

  constructor(
    readonly emission: Emission,
    readonly isMain: boolean,
  ) {
    const handlers = [...wrapperHandlers, ...allHandlers()]
    const isFrequent = (handler: Handler, index: number): boolean =>
      index < wrapperHandlers.length || frequentHandlers.has(handler.name)
    this.#handlers = handlers.map((one, index) => (isFrequent(one, index) === isMain ? one : undefined))
    this.locals = new Array<ValueType>(FIRST_FREE - (isMain ? 1 : 2)).fill('i32')
  }

  emit(): number[] {
    const code = this.#code
    if (this.isMain) this.#load(['n', 'z', 'c', 'v', 'budget', 'current'])
    else this.#load(home.map(([name]) => name))
    // What leaves stands once: above 8192 virtual registers the loop is slow.
    code.push(Op.block, Op.void, Op.block, Op.void, Op.loop, Op.void)
    if (this.isMain) this.#begin()
    code.push(Op.block, Op.void)
    if (this.#traces) code.push(Op.block, Op.void)
    code.push(Op.loop, Op.void)
    this.#dispatch()
    code.push(Op.end)
    if (this.#traces) this.#traceBranch()
    code.push(Op.end)
    if (this.emission.options.profile) this.#countProfile()
    code.push(Op.br, 2, Op.end, Op.end)
    this.#undo()
    if (this.emission.options.profile) this.#countProfile(0)
    code.push(Op.end)
    this.#store(this.isMain ? ['n', 'z', 'c', 'v', 'budget', 'next', 'current'] : home.map(([name]) => name))
    if (this.isMain) this.#countInstructions()
    code.get(REASON)
    this.locals.push(...this.#free)
    return code.bytes
  }

  /** Leaves when the budget is used up; else charges the next instruction and goes past it. */
  #begin(): void {
    const { next, budget, current, instructions, handler, before } = carriedLocals
    const code = this.#code
    code.get(budget).set(before)
    code.get(budget).i32(0).push(Op.i32LeS, Op.brIf, 2)
    this.#fetchLine()
    code.get(next).set(current)
    code.get(budget).get(current).load(Op.i32Load8U, Entry.cost).push(Op.i32Sub).set(budget)
    code.get(current).get(current).load(Op.i32Load8U, Entry.advance).push(Op.i32Add).set(next)
    code.get(instructions).i32(1).push(Op.i32Add).set(instructions)
    code.get(current).load(Op.i32Load16U, Entry.handler).set(handler)
  }

  /** Charges a miss of the instruction cache when another line is entered; the line its set used last is there. */
  #fetchLine(): void {
    const { cache } = this.emission.options
    if (!cache) return
    const { next, budget } = carriedLocals
    const code = this.#code
    const line = (): Code => code.get(next).i32(lineShift(cache)).push(Op.i32ShrU)
    line().i32(0).load(Op.i32Load, State.cacheLine).push(Op.i32Ne, Op.if, Op.void)
    code.i32(0)
    line().load(Op.i32Store, State.cacheLine)
    if (this.emission.options.profile) this.#openLine(line, lineShift(cache))
    line()
      .i32(cache.sets - 1)
      .push(Op.i32And)
      .i32(4 * cache.ways)
      .push(Op.i32Mul)
    code.load(Op.i32Load, CACHE_TAGS)
    line().push(Op.i32Ne, Op.if, Op.void)
    this.#store(home.map(([name]) => name))
    line().push(Op.call).unsigned(this.emission.functionIndex('cacheLookup')).set(REASON)
    this.#load(home.map(([name]) => name))
    code.get(budget).get(REASON).push(Op.i32Sub).set(budget)
    code.i32(ExitReason.deadline).set(REASON).push(Op.end, Op.end)
  }

  /** Executions in this line are not in `COUNTS`: see `settleCounts`. */
  #openLine(line: () => Code, shift: number): void {
    const code = this.#code
    const marks = OPEN_MARKS - (TABLE >>> shift)
    line().load(Op.i32Load8U, marks).push(Op.i32Eqz, Op.if, Op.void)
    line().i32(1).load(Op.i32Store8, marks)
    code.i32(0).load(Op.i32Load, OPEN_COUNT).i32(2).push(Op.i32Shl)
    line().load(Op.i32Store, OPEN_LINES)
    code.i32(0).i32(0).load(Op.i32Load, OPEN_COUNT).i32(1).push(Op.i32Add)
    code.load(Op.i32Store, OPEN_COUNT).push(Op.end)
  }

  /** Blocks: one for each handler here, the innermost first; around them one for all that are elsewhere. */
  #dispatch(): void {
    const code = this.#code
    const here = this.#handlers.flatMap((handler) => (handler ? [handler] : []))
    for (let i = 0; i <= here.length; i++) code.push(Op.block, Op.void)
    code.get(carriedLocals.handler).push(Op.brTable).unsigned(this.#handlers.length)
    let label = 0
    for (const handler of this.#handlers) code.unsigned(handler ? label++ : here.length)
    code.unsigned(here.length)
    here.forEach((handler, i) => {
      code.push(Op.end)
      this.#handler(handler, here.length - i)
    })
    code.push(Op.end)
    if (this.isMain) this.#callStep()
    else code.push(Op.unreachable)
  }

  get #traces(): boolean {
    return this.emission.options.branches ?? false
  }

  /** Blocks around the loop of `#dispatch`, for branches that are written down. */
  get #tracing(): number {
    return this.#traces ? 1 : 0
  }

  /** A branch is done, taken or not, whose kind is in REASON. Stands once, behind all handlers. */
  #traceBranch(): void {
    const { current, next, budget } = carriedLocals
    const code = this.#code
    const functionOf = (entry: number): Code =>
      code
        .get(entry)
        .i32(3)
        .push(Op.i32ShrU)
        .load(Op.i32Load16U, BRANCH_FUNCTIONS - TABLE / 8)
    code.push(Op.end)
    functionOf(current)
    functionOf(next).push(Op.i32Ne)
    code.get(REASON).push(Op.i32Or, Op.if, Op.void)
    code.get(current).get(next).get(budget).get(REASON)
    code.push(Op.call).unsigned(this.emission.functionIndex('traceBranch'))
    code.push(Op.end)
    code.i32(ExitReason.deadline).set(REASON)
    this.#done(0)
  }

  /** @param around Blocks of other handlers that still stand around this one's code. */
  #handler(handler: Handler, around: number): void {
    const { functionIndex, options } = this.emission
    const ir = new Ir(signatures, (options.loadOtherSlave ?? 0) > 0, options.profile)
    handler.write(ir)
    const isBranch = this.#traces && !wrapperHandlers.includes(handler)
    const kind = isBranch ? kindOf(handler.name, ir.program.body) : undefined
    emitProgram(
      ir.program,
      {
        firstLocal: FIRST_FREE,
        locals: this.#free,
        functionIndex,
        carried: (name) => carriedLocals[name],
        operand: (_, key) => {
          const slot = handler.slotOf(key)
          this.#code.get(carriedLocals.current).load(slot.wide ? Op.i32Load : Op.i32Load8U, slot.offset)
        },
        register: (_, file, key) => {
          this.#code.get(carriedLocals.current).load(Op.i32Load8U, handler.slotOf(key).offset)
          return file === 'core' ? State.registers : State.singles
        },
        finish: (_, depth) => this.#finish(around + depth, kind),
        dispatch: (_, depth) =>
          this.#code
            .set(carriedLocals.handler)
            .push(Op.br)
            .unsigned(around + depth),
        exit: (_, depth, reason, redo) => this.#exit(around + depth, reason, redo),
        beforeCall: () => this.#store(home.map(([name]) => name)),
        afterCall: () => this.#load(home.map(([name]) => name)),
      },
      this.#code.bytes,
    )
    this.#finish(around, kind)
  }

  /** The instruction is done. @param depth Blocks inside the loop of `#dispatch`. @param kind of a branch that is traced */
  #finish(depth: number, kind: BranchKind | undefined): void {
    if (kind === undefined) this.#done(depth + 1 + this.#tracing)
    else
      this.#code
        .i32(kind)
        .set(REASON)
        .push(Op.br)
        .unsigned(depth + 1)
  }

  /** @param depth Blocks inside the one around the loop of `#dispatch`. */
  #done(depth: number): void {
    if (this.emission.options.profile) this.#countProfile()
    if (this.isMain) this.#code.push(Op.br).unsigned(depth + 1)
    else
      this.#code
        .i32(GO_ON)
        .set(REASON)
        .push(Op.br)
        .unsigned(depth + 3)
  }

  /** The same, or the instruction has not begun, and what runs it has to leave. */
  #exit(depth: number, reason: number, redo: boolean): void {
    this.#code
      .i32(reason)
      .set(REASON)
      .push(Op.br)
      .unsigned(depth + this.#tracing + (redo ? 3 : 1))
  }

  #callStep(): void {
    const code = this.#code
    this.#store(home.map(([name]) => name))
    code.get(carriedLocals.next).get(carriedLocals.handler).push(Op.call).unsigned(this.emission.step)
    code.set(REASON)
    this.#load(home.map(([name]) => name))
    code
      .get(REASON)
      .i32(GO_ON)
      .push(Op.i32Ne, Op.brIf, 4 + this.#tracing)
    code
      .i32(ExitReason.deadline)
      .set(REASON)
      .push(Op.br, 2 + this.#tracing)
  }

  #load(names: readonly Carried[]): void {
    for (const [name, offset] of home)
      if (names.includes(name)) this.#code.i32(0).load(Op.i32Load, offset).set(carriedLocals[name])
  }

  #store(names: readonly Carried[]): void {
    for (const [name, offset] of home)
      if (names.includes(name)) this.#code.i32(0).get(carriedLocals[name]).load(Op.i32Store, offset)
  }

  #countInstructions(): void {
    const code = this.#code
    code.i32(0).i32(0).load(Op.i64Load, State.instructions)
    code.get(carriedLocals.instructions).push(Op.i64ExtendI32U, Op.i64Add)
    code.load(Op.i64Store, State.instructions)
  }

  /** Takes the instruction back: cost, count and place. */
  #undo(): void {
    const { budget, current, instructions, next } = carriedLocals
    const code = this.#code
    code.get(budget).get(current).load(Op.i32Load8U, Entry.cost).push(Op.i32Add).set(budget)
    code.get(instructions).i32(1).push(Op.i32Sub).set(instructions)
    code.get(current).set(next)
    code.i32(0).get(current).load(Op.i32Store, State.itNext)
    code.i32(0).get(carriedLocals.before).load(Op.i32Store, State.before)
  }

  /** cycles += budget before - budget now; executions += 1, or 0 for one taken back, whose line may have been fetched. */
  #countProfile(executions: 0 | 1 = 1): void {
    const { budget, before, current } = carriedLocals
    const code = this.#code
    const cycles = PROFILE - TABLE
    code.get(current).get(current).load(Op.i64Load, cycles)
    code.get(before).get(budget).push(Op.i32Sub, Op.i64ExtendI32S, Op.i64Add).load(Op.i64Store, cycles)
    if (executions === 0) return
    code
      .get(current)
      .get(current)
      .load(Op.i64Load, cycles + 8)
    code
      .i64One()
      .push(Op.i64Add)
      .load(Op.i64Store, cycles + 8)
  }
}

/** What a handler that sets where execution goes on is told of as; undefined for all others. */
function kindOf(name: string, body: readonly Statement[]): BranchKind | undefined {
  if (!setsNext(body)) return undefined
  const [mnemonic] = name.split(/[ ,]/)
  switch (mnemonic) {
    case 'B':
    case 'CBZ':
    case 'TBB':
      return BranchKind.local
    case 'BL':
      return BranchKind.call
    case 'BLX':
      return BranchKind.callByRegister
    default:
      return BranchKind.jump
  }
}

const setsNext = (body: readonly Statement[]): boolean =>
  body.some((one) => {
    if (one.do === 'setCarried') return one.name === 'next'
    if (one.do === 'if') return setsNext(one.then) || setsNext(one.else)
    return one.do === 'while' && setsNext(one.body)
  })
