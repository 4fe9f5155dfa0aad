import { emitProgram, type Surroundings } from './emit.ts'
import { floatingPointHost, helpers, hostFunctions, programOf, type HelperFunction } from './helpers.ts'
import { Ir, type Carried, type Program, type Signatures } from './ir.ts'
import { allHandlers, wrapperHandlers, type Handler } from './handlers.ts'
import { Entry, MEMORY_PAGES, PROFILE, State, TABLE } from './layout.ts'
import { ModuleBuilder, signed, unsigned } from './wasm/module.ts'
import type { ValueType } from './wasm/opcodes.ts'
import { floatHelpers } from './float-helpers.ts'

export interface InterpreterOptions {
  /** Counts cycles and executions of each instruction. */
  readonly profile: boolean
}

/** Locals of the interpreter's one function; parameter 0 is the table address to start at. */
const carriedLocals: Record<Carried, number> = {
  next: 0,
  budget: 1,
  instructions: 2,
  n: 3,
  z: 4,
  c: 5,
  v: 6,
  current: 7,
  handler: 8,
  /** The budget before this instruction, for the profile. */
  before: 9,
}
const REASON = 10
const FIRST_FREE = 11

const stateOf = {
  budget: State.budget,
  n: State.n,
  z: State.z,
  c: State.c,
  v: State.v,
  next: State.next,
} as const

/** Emits the interpreter: a loop around one br_table over the handlers. */
export function emitInterpreter(options: InterpreterOptions): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder(MEMORY_PAGES)
  const indexes = new Map<string, number>()
  const imported = [...hostFunctions, floatingPointHost]
  const functions: readonly HelperFunction[] = [...helpers, ...floatHelpers]
  for (const one of imported) indexes.set(one.name, module.import(one.name, one))
  for (const one of functions) indexes.set(one.name, module.declare(one))
  const signatures: Signatures = new Map([...imported, ...functions].map((one) => [one.name, one]))
  const functionIndex = (name: string): number => {
    const index = indexes.get(name)
    if (index === undefined) throw new Error(`no function ${name}`)
    return index
  }
  for (const one of functions) {
    const locals: ValueType[] = []
    const code: number[] = []
    const surroundings = functionSurroundings(one.params.length, locals, functionIndex)
    emitProgram(programOf(one, signatures), surroundings, code)
    if (one.result !== undefined) code.push(0x00)
    module.define(functionIndex(one.name), locals, code)
  }
  const run = module.declare({ params: ['i32'], result: 'i32' })
  const { locals, code } = emitRun([...wrapperHandlers, ...allHandlers()], signatures, functionIndex, options)
  module.define(run, locals, code)
  module.export('run', run)
  return module.toBytes()
}

function functionSurroundings(
  params: number,
  locals: ValueType[],
  functionIndex: (name: string) => number,
): Surroundings {
  const refuse = (): never => {
    throw new Error('a helper function knows no instruction')
  }
  return {
    firstLocal: params,
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

const LOCAL_GET = 0x20
const LOCAL_SET = 0x21
const I32_CONST = 0x41
const BR = 0x0c

function emitRun(
  handlers: readonly Handler[],
  signatures: Signatures,
  functionIndex: (name: string) => number,
  options: InterpreterOptions,
): { locals: ValueType[]; code: number[] } {
  const free: ValueType[] = []
  const code: number[] = []
  const get = (local: number): void => void code.push(LOCAL_GET, local)
  const set = (local: number): void => void code.push(LOCAL_SET, local)
  const constant = (value: number): void => {
    code.push(I32_CONST)
    signed(code, value)
  }
  const memory = (opcode: number, offset: number): void => {
    code.push(opcode, 0)
    unsigned(code, offset)
  }
  for (const [name, offset] of Object.entries(stateOf)) {
    if (name === 'next') continue
    constant(0)
    memory(0x28, offset)
    set(carriedLocals[name as Carried])
  }
  code.push(0x02, 0x40, 0x03, 0x40) // block $exit, loop $next
  if (options.profile) {
    get(carriedLocals.budget)
    set(carriedLocals.before)
  }
  get(carriedLocals.budget)
  constant(0)
  code.push(0x4c, 0x0d, 1) // le_s, br_if $exit
  get(carriedLocals.next)
  code.push(0x22, carriedLocals.current) // local.tee
  get(carriedLocals.budget)
  get(carriedLocals.current)
  memory(0x2d, Entry.cost)
  code.push(0x6b, LOCAL_SET, carriedLocals.budget)
  memory(0x2d, Entry.advance)
  get(carriedLocals.current)
  code.push(0x6a, LOCAL_SET, carriedLocals.next)
  get(carriedLocals.instructions)
  constant(1)
  code.push(0x6a, LOCAL_SET, carriedLocals.instructions)
  get(carriedLocals.current)
  memory(0x2f, Entry.handler)
  set(carriedLocals.handler)
  code.push(0x03, 0x40) // loop $dispatch
  for (let i = 0; i < handlers.length; i++) code.push(0x02, 0x40)
  get(carriedLocals.handler)
  code.push(0x0e)
  unsigned(code, handlers.length - 1)
  for (let i = 0; i < handlers.length; i++) unsigned(code, i)
  handlers.forEach((handler, i) => {
    code.push(0x0b) // end of this handler's block: its code follows
    const around = handlers.length - i - 1
    const branch = (label: number): void => {
      code.push(BR)
      unsigned(code, label)
    }
    const finish = (depth: number): void => {
      if (options.profile) countProfile(code)
      branch(around + depth + 1)
    }
    const surroundings: Surroundings = {
      firstLocal: FIRST_FREE,
      locals: free,
      functionIndex,
      carried: (name) => carriedLocals[name],
      operand: (target, key) => {
        const slot = handler.slotOf(key)
        target.push(LOCAL_GET, carriedLocals.current, slot.wide ? 0x28 : 0x2d, 0)
        unsigned(target, slot.offset)
      },
      register: (target, file, key) => {
        target.push(LOCAL_GET, carriedLocals.current, 0x2d, 0)
        unsigned(target, handler.slotOf(key).offset)
        return file === 'core' ? State.registers : State.singles
      },
      finish: (_target, depth) => finish(depth),
      dispatch: (target, depth) => {
        target.push(LOCAL_SET, carriedLocals.handler)
        branch(around + depth)
      },
      exit: (_target, depth, reason, redo) => {
        if (redo) undo(code)
        else if (options.profile) countProfile(code)
        constant(reason)
        set(REASON)
        branch(around + depth + 2)
      },
    }
    const program = handlerProgram(handler, signatures)
    emitProgram(program, surroundings, code)
    finish(0)
  })
  code.push(0x0b, 0x0b, 0x0b) // loops $dispatch and $next, block $exit
  for (const [name, offset] of Object.entries(stateOf)) {
    constant(0)
    get(carriedLocals[name as Carried])
    memory(0x36, offset)
  }
  constant(0)
  constant(0)
  memory(0x29, State.instructions)
  get(carriedLocals.instructions)
  code.push(0xad, 0x7c) // i64.extend_i32_u, i64.add
  memory(0x37, State.instructions)
  get(REASON)
  return { locals: [...new Array<ValueType>(FIRST_FREE - 1).fill('i32'), ...free], code }
}

/** The table is fixed, so what a handler does is written once and emitted as often as needed. */
function handlerProgram(handler: Handler, signatures: Signatures): Program {
  const ir = new Ir(signatures)
  handler.write(ir)
  return ir.program
}

/** Takes the instruction back: cost, count and place. */
function undo(code: number[]): void {
  const { budget, current, instructions, next } = carriedLocals
  code.push(LOCAL_GET, budget, LOCAL_GET, current, 0x2d, 0, Entry.cost, 0x6a, LOCAL_SET, budget)
  code.push(LOCAL_GET, instructions, I32_CONST, 1, 0x6b, LOCAL_SET, instructions)
  code.push(LOCAL_GET, current, LOCAL_SET, next)
}

/** cycles += budget before - budget now; executions += 1. */
function countProfile(code: number[]): void {
  const { budget, before, current } = carriedLocals
  const at = (opcode: number, offset: number): void => {
    code.push(opcode, 0)
    unsigned(code, offset)
  }
  const offset = PROFILE - TABLE
  code.push(LOCAL_GET, current, LOCAL_GET, current)
  at(0x29, offset)
  code.push(LOCAL_GET, before, LOCAL_GET, budget, 0x6b, 0xac, 0x7c) // sub, extend_s, i64.add
  at(0x37, offset)
  code.push(LOCAL_GET, current, LOCAL_GET, current)
  at(0x29, offset + 8)
  code.push(0x42, 1, 0x7c)
  at(0x37, offset + 8)
}
