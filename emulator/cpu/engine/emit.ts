import type { Carried, Program, RegisterFile, Statement, Value } from '../ir.ts'
import { signed, unsigned } from './wasm/module.ts'
import { loads, operations, stores, type ValueType } from './wasm/opcodes.ts'

/** How an emitter's surroundings give meaning to what only they know. */
export interface Surroundings {
  /** Index of the first local that the program may use; their types are appended to `locals`. */
  readonly firstLocal: number
  readonly locals: ValueType[]
  functionIndex(name: string): number
  /** Around each call: values kept in locals are better in memory than in whatever survives a call. */
  readonly beforeCall?: (code: number[]) => void
  readonly afterCall?: (code: number[]) => void
  carried(name: Carried): number
  /** Pushes the operand. */
  operand(code: number[], key: string): void
  /** Pushes the base and gives the offset of a register, for a load or store. */
  register(code: number[], file: RegisterFile, key: string): number
  exit(code: number[], depth: number, reason: number, redo: boolean): void
  finish(code: number[], depth: number): void
  dispatch(code: number[], depth: number): void
}

/** Turns a program into WebAssembly. Values used twice, and state read before it changes, get a local. */
export function emitProgram(program: Program, surroundings: Surroundings, code: number[]): void {
  new Emitter(program, surroundings, code).run()
}

class Emitter {
  readonly #uses = new Map<Value, number>()
  readonly #early = new Map<Statement[], Map<number, Value[]>>()
  readonly #placed = new Map<Value, boolean>()
  readonly #localOf = new Map<Value, number>()
  readonly #variables: number[]
  readonly #taken: Record<ValueType, number> = { i32: 0, i64: 0, f32: 0, f64: 0 }
  #depth = 0

  constructor(
    readonly program: Program,
    readonly around: Surroundings,
    readonly code: number[],
  ) {
    this.#variables = program.variables.map((type) => this.#local(type))
  }

  run(): void {
    this.#each(this.program.body, (value) => this.#count(value))
    this.#each(this.program.body, (value, list, position) => this.#place(value, list, position))
    this.#statements(this.program.body)
  }

  /** Visits the values that each statement evaluates itself. */
  #each(list: Statement[], visit: (value: Value, list: Statement[], position: number) => void): void {
    list.forEach((statement, position) => {
      switch (statement.do) {
        case 'evaluate':
        case 'setRegister':
        case 'setCarried':
        case 'setVariable':
        case 'return':
        case 'dispatch':
          visit(statement.value, list, position)
          break
        case 'store':
          visit(statement.address, list, position)
          visit(statement.value, list, position)
          break
        case 'call':
          for (const arg of statement.args) visit(arg, list, position)
          break
        case 'if':
          visit(statement.condition, list, position)
          this.#each(statement.then, visit)
          this.#each(statement.else, visit)
          break
        case 'while':
          this.#each(statement.body, visit)
          visit(statement.again, statement.body, statement.body.length)
          break
        case 'exit':
        case 'finish':
          break
      }
    })
  }

  #count(value: Value): void {
    const uses = (this.#uses.get(value) ?? 0) + 1
    this.#uses.set(value, uses)
    if (uses === 1) for (const arg of value.args) this.#count(arg)
  }

  #place(value: Value, list: Statement[], position: number): void {
    if (this.#placed.has(value) || value.kind.op === 'const' || value.kind.op === 'parameter') return
    const shared = (this.#uses.get(value) ?? 0) > 1
    const moved = value.impure && (value.list !== list || value.position !== position)
    const early = (shared || moved) && value.kind.op !== 'call'
    this.#placed.set(value, early)
    if (early) {
      const positions = this.#early.get(value.list) ?? new Map<number, Value[]>()
      this.#early.set(value.list, positions)
      const values = positions.get(value.position) ?? []
      positions.set(value.position, values)
      values.push(value)
      for (const arg of value.args) this.#place(arg, value.list, value.position)
    } else {
      for (const arg of value.args) this.#place(arg, list, position)
    }
  }

  #local(type: ValueType): number {
    const { locals, firstLocal } = this.around
    let seen = 0
    for (let i = 0; i < locals.length; i++)
      if (locals[i] === type && seen++ === this.#taken[type]) {
        this.#taken[type] += 1
        return firstLocal + i
      }
    this.#taken[type] += 1
    return firstLocal + locals.push(type) - 1
  }

  #statements(list: Statement[]): void {
    list.forEach((statement, position) => {
      this.#evaluateEarly(list, position)
      this.#statement(statement)
    })
    this.#evaluateEarly(list, list.length)
  }

  #evaluateEarly(list: Statement[], position: number): void {
    const values = this.#early.get(list)?.get(position) ?? []
    for (const value of [...values].sort((a, b) => a.id - b.id)) this.#intoLocal(value)
  }

  #intoLocal(value: Value): void {
    this.#compute(value)
    const local = this.#local(value.type)
    this.#localOf.set(value, local)
    this.#index(0x21, local)
  }

  #index(opcode: number, index: number): void {
    this.code.push(opcode)
    unsigned(this.code, index)
  }

  #statement(statement: Statement): void {
    const { code, around } = this
    switch (statement.do) {
      case 'evaluate':
        if (!this.#localOf.has(statement.value)) this.#intoLocal(statement.value)
        break
      case 'setRegister': {
        const offset = around.register(code, statement.file, statement.key)
        this.#push(statement.value)
        this.#memory(statement.file === 'double' ? stores['i64.64'] : stores['i32.32'], offset)
        break
      }
      case 'setCarried':
        this.#push(statement.value)
        this.#index(0x21, around.carried(statement.name))
        break
      case 'setVariable':
        this.#push(statement.value)
        this.#index(0x21, this.#variables[statement.index] ?? -1)
        break
      case 'store':
        this.#push(statement.address)
        this.#push(statement.value)
        this.#memory(stores[statement.name], statement.offset)
        break
      case 'if':
        this.#push(statement.condition)
        code.push(0x04, 0x40)
        this.#nested(statement.then)
        if (statement.else.length > 0) {
          code.push(0x05)
          this.#nested(statement.else)
        }
        code.push(0x0b)
        break
      case 'while':
        code.push(0x03, 0x40)
        this.#depth += 1
        this.#statements(statement.body)
        this.#push(statement.again)
        code.push(0x0d, 0x00)
        this.#depth -= 1
        code.push(0x0b)
        break
      case 'call':
        for (const arg of statement.args) this.#push(arg)
        this.#call(statement.name)
        break
      case 'exit':
        around.exit(code, this.#depth, statement.reason, statement.redo)
        break
      case 'finish':
        around.finish(code, this.#depth)
        break
      case 'dispatch':
        this.#push(statement.value)
        around.dispatch(code, this.#depth)
        break
      case 'return':
        this.#push(statement.value)
        code.push(0x0f)
        break
    }
  }

  #nested(list: Statement[]): void {
    this.#depth += 1
    this.#statements(list)
    this.#depth -= 1
  }

  #push(value: Value): void {
    const local = this.#localOf.get(value)
    if (local !== undefined) {
      this.#index(0x20, local)
      return
    }
    if (this.#placed.get(value) || value.kind.op === 'call')
      throw new Error(`a value (${value.kind.op}) is used outside the block where it was written`)
    this.#compute(value)
  }

  #compute(value: Value): void {
    const { code, around } = this
    const { kind } = value
    switch (kind.op) {
      case 'const':
        this.#constant(value.type, kind.value)
        break
      case 'operand':
        around.operand(code, kind.key)
        break
      case 'register': {
        const offset = around.register(code, kind.file, kind.key)
        this.#memory(loads[kind.file === 'double' ? 'i64.64' : 'i32.32'], offset)
        break
      }
      case 'carried':
        this.#index(0x20, around.carried(kind.name))
        break
      case 'parameter':
        this.#index(0x20, kind.index)
        break
      case 'variable':
        this.#index(0x20, this.#variables[kind.index] ?? -1)
        break
      default:
        for (const arg of value.args) this.#push(arg)
        if (kind.op === 'call') this.#call(kind.name)
        else if (kind.op === 'load') this.#memory(loads[kind.name], kind.offset)
        else if (kind.op === 'select') code.push(0x1b)
        else {
          const [opcode] = operations[kind.name]
          if (opcode > 0xff) code.push(opcode >> 8, opcode & 0xff)
          else code.push(opcode)
        }
    }
  }

  #call(name: string): void {
    this.around.beforeCall?.(this.code)
    this.#index(0x10, this.around.functionIndex(name))
    this.around.afterCall?.(this.code)
  }

  #constant(type: ValueType, value: number | bigint): void {
    const { code } = this
    if (type === 'i32' || type === 'i64') {
      code.push(type === 'i32' ? 0x41 : 0x42)
      signed(code, type === 'i32' ? Number(value) : BigInt(value))
      return
    }
    const view = new DataView(new ArrayBuffer(8))
    code.push(type === 'f32' ? 0x43 : 0x44)
    if (type === 'f32') view.setFloat32(0, Number(value), true)
    else view.setFloat64(0, Number(value), true)
    for (let i = 0; i < (type === 'f32' ? 4 : 8); i++) code.push(view.getUint8(i))
  }

  /** Alignment hint 0: WebAssembly reads unaligned addresses natively. */
  #memory(opcode: number, offset: number): void {
    this.code.push(opcode, 0x00)
    unsigned(this.code, offset)
  }
}
