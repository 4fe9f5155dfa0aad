import { operations, type Operation, type ValueType, loads, stores } from './engine/wasm/opcodes.ts'

/** A value of the intermediate language: a node of a graph that the emitter orders and shares. */
export interface Value {
  readonly type: ValueType
  readonly id: number
  readonly kind: Kind
  readonly args: readonly Value[]
  /** Reads state, so it must be evaluated where it was written. */
  readonly impure: boolean
  /** Where it was written. */
  readonly list: Statement[]
  readonly position: number
}

export type Kind =
  | { readonly op: 'const'; readonly value: number | bigint }
  | { readonly op: 'numeric'; readonly name: Operation }
  | { readonly op: 'select' }
  | { readonly op: 'load'; readonly name: keyof typeof loads; readonly offset: number }
  | { readonly op: 'operand'; readonly key: string }
  | { readonly op: 'register'; readonly file: RegisterFile; readonly key: string }
  | { readonly op: 'carried'; readonly name: Carried }
  | { readonly op: 'parameter'; readonly index: number }
  | { readonly op: 'variable'; readonly index: number }
  | { readonly op: 'call'; readonly name: string }

export type RegisterFile = 'core' | 'single' | 'double'
/** Values that the interpreter keeps in locals from one instruction to the next. */
export type Carried =
  'n' | 'z' | 'c' | 'v' | 'budget' | 'next' | 'current' | 'instructions' | 'handler' | 'before'

export type Statement =
  | { readonly do: 'evaluate'; readonly value: Value }
  | { readonly do: 'setRegister'; readonly file: RegisterFile; readonly key: string; readonly value: Value }
  | { readonly do: 'setCarried'; readonly name: Carried; readonly value: Value }
  | { readonly do: 'setVariable'; readonly index: number; readonly value: Value }
  | {
      readonly do: 'store'
      readonly name: keyof typeof stores
      readonly offset: number
      readonly address: Value
      readonly value: Value
    }
  | { readonly do: 'if'; readonly condition: Value; readonly then: Statement[]; readonly else: Statement[] }
  | { readonly do: 'while'; readonly body: Statement[]; readonly again: Value }
  | { readonly do: 'call'; readonly name: string; readonly args: readonly Value[] }
  /** Leaves the interpreter with a reason; `redo` takes the instruction back first. */
  | { readonly do: 'exit'; readonly reason: number; readonly redo: boolean }
  | { readonly do: 'finish' }
  /** Goes on with another handler for the same instruction. */
  | { readonly do: 'dispatch'; readonly value: Value }
  | { readonly do: 'return'; readonly value: Value }

export interface Register {
  readonly file: RegisterFile
  readonly key: string
}

/** What a handler or a helper function does, ready for an emitter. */
export interface Program {
  readonly body: Statement[]
  readonly variables: readonly ValueType[]
}

/** Signatures of the functions that meanings may call. */
export type Signatures = ReadonlyMap<string, { params: readonly ValueType[]; result: ValueType | undefined }>

/**
 * Writes a program. Operations on 32-bit integers have short names, all others go through `op`.
 * Reads of state happen where they are written, whatever is written after them.
 */
export class Ir {
  readonly #root: Statement[] = []
  readonly #variables: ValueType[] = []
  #list = this.#root
  #id = 0

  /**
   * @param watchesSlaves Loads and stores tell which memory they are to: going from one to another takes time.
   * @param counts Cycles are counted with their reasons.
   */
  constructor(
    readonly signatures: Signatures,
    readonly watchesSlaves = false,
    readonly counts = false,
  ) {}

  get program(): Program {
    return { body: this.#root, variables: this.#variables }
  }

  #value(type: ValueType, kind: Kind, args: readonly Value[] = [], impure = false): Value {
    return { type, id: this.#id++, kind, args, impure, list: this.#list, position: this.#list.length }
  }

  i32 = (value: number): Value => this.#value('i32', { op: 'const', value })
  i64 = (value: bigint): Value => this.#value('i64', { op: 'const', value })
  f64 = (value: number): Value => this.#value('f64', { op: 'const', value })
  f32 = (value: number): Value => this.#value('f32', { op: 'const', value })

  op(name: Operation, ...args: Value[]): Value {
    const [, operands, result] = operations[name]
    if (operands.length !== args.length || operands.some((type, i) => args[i]?.type !== type))
      throw new Error(`${name} was given (${args.map((one) => one.type).join(', ')})`)
    return this.#value(result, { op: 'numeric', name }, args)
  }

  add = (a: Value, b: Value): Value => this.op('i32.add', a, b)
  sub = (a: Value, b: Value): Value => this.op('i32.sub', a, b)
  mul = (a: Value, b: Value): Value => this.op('i32.mul', a, b)
  and = (a: Value, b: Value): Value => this.op('i32.and', a, b)
  or = (a: Value, b: Value): Value => this.op('i32.or', a, b)
  xor = (a: Value, b: Value): Value => this.op('i32.xor', a, b)
  not = (a: Value): Value => this.op('i32.xor', a, this.i32(-1))
  negate = (a: Value): Value => this.op('i32.sub', this.i32(0), a)
  shl = (a: Value, b: Value): Value => this.op('i32.shl', a, b)
  shrU = (a: Value, b: Value): Value => this.op('i32.shr_u', a, b)
  shrS = (a: Value, b: Value): Value => this.op('i32.shr_s', a, b)
  rotateRight = (a: Value, b: Value): Value => this.op('i32.rotr', a, b)
  eqz = (a: Value): Value => this.op('i32.eqz', a)
  eq = (a: Value, b: Value): Value => this.op('i32.eq', a, b)
  ne = (a: Value, b: Value): Value => this.op('i32.ne', a, b)
  ltU = (a: Value, b: Value): Value => this.op('i32.lt_u', a, b)
  geU = (a: Value, b: Value): Value => this.op('i32.ge_u', a, b)
  ltS = (a: Value, b: Value): Value => this.op('i32.lt_s', a, b)
  gtS = (a: Value, b: Value): Value => this.op('i32.gt_s', a, b)
  gtU = (a: Value, b: Value): Value => this.op('i32.gt_u', a, b)
  signExtend8 = (a: Value): Value => this.op('i32.extend8_s', a)
  signExtend16 = (a: Value): Value => this.op('i32.extend16_s', a)
  extendS = (a: Value): Value => this.op('i64.extend_i32_s', a)
  extendU = (a: Value): Value => this.op('i64.extend_i32_u', a)
  wrap = (a: Value): Value => this.op('i32.wrap_i64', a)

  /** `whenTrue` if the i32 `condition` is not zero, else `whenFalse`; both are evaluated. */
  select(condition: Value, whenTrue: Value, whenFalse: Value): Value {
    return this.#value(whenTrue.type, { op: 'select' }, [whenTrue, whenFalse, condition])
  }

  /** A small or immediate operand of the instruction. */
  operand = (key: string): Value => this.#value('i32', { op: 'operand', key })
  parameter = (index: number, type: ValueType): Value => this.#value(type, { op: 'parameter', index })

  /** Register contents: core and single registers as i32 bits, double registers as i64 bits. */
  reg(register: Register): Value {
    const { file, key } = register
    return this.#value(file === 'double' ? 'i64' : 'i32', { op: 'register', file, key }, [], true)
  }

  setReg({ file, key }: Register, value: Value): void {
    this.#list.push({ do: 'setRegister', file, key, value })
  }

  carried(name: Carried): Value {
    return this.#value('i32', { op: 'carried', name }, [], true)
  }

  setCarried(name: Carried, value: Value): void {
    this.#list.push({ do: 'setCarried', name, value })
  }

  /** Reads linear memory at `address + offset`. */
  loadRaw(name: keyof typeof loads, address: Value, offset: number): Value {
    return this.#value(name.startsWith('i64') ? 'i64' : 'i32', { op: 'load', name, offset }, [address], true)
  }

  storeRaw(name: keyof typeof stores, address: Value, offset: number, value: Value): void {
    this.#list.push({ do: 'store', name, offset, address, value })
  }

  /** A word of processor state, by its offset in `State`. */
  state = (offset: number): Value => this.loadRaw('i32.32', this.i32(0), offset)
  setState = (offset: number, value: Value): void => this.storeRaw('i32.32', this.i32(0), offset, value)

  /** Calls a function that gives a value; it happens here, once. */
  call(name: string, ...args: Value[]): Value {
    const signature = this.#signature(name, args)
    if (signature.result === undefined) throw new Error(`${name} gives no value`)
    const value = this.#value(signature.result, { op: 'call', name }, args, true)
    this.#list.push({ do: 'evaluate', value })
    return value
  }

  callVoid(name: string, ...args: Value[]): void {
    if (this.#signature(name, args).result !== undefined) throw new Error(`${name} gives a value`)
    this.#list.push({ do: 'call', name, args })
  }

  #signature(name: string, args: readonly Value[]) {
    const signature = this.signatures.get(name)
    if (!signature) throw new Error(`no function ${name}`)
    if (signature.params.length !== args.length || signature.params.some((type, i) => args[i]?.type !== type))
      throw new Error(`${name} was given (${args.map((one) => one.type).join(', ')})`)
    return signature
  }

  /** Evaluates `value` here. */
  let(value: Value): Value {
    this.#list.push({ do: 'evaluate', value })
    return value
  }

  /** A variable of the program, for loops and joins of branches. */
  variable(initial: Value): { get(): Value; set(value: Value): void } {
    const index = this.#variables.push(initial.type) - 1
    const set = (value: Value): void => void this.#list.push({ do: 'setVariable', index, value })
    set(initial)
    return { get: () => this.#value(initial.type, { op: 'variable', index }, [], true), set }
  }

  if(condition: Value, then: () => void, otherwise: () => void = () => undefined): void {
    const statement: Statement = { do: 'if', condition, then: [], else: [] }
    this.#list.push(statement)
    this.#within(statement.then, then)
    this.#within(statement.else, otherwise)
  }

  /** Runs `body` once and then again while the value it returns is not zero. */
  doWhile(body: () => Value): void {
    const inner: Statement[] = []
    const again = this.#within(inner, body)
    this.#list.push({ do: 'while', body: inner, again })
  }

  #within<T>(list: Statement[], body: () => T): T {
    const outer = this.#list
    this.#list = list
    const result = body()
    this.#list = outer
    return result
  }

  /** Leaves the interpreter; with `redo`, as if this instruction had not begun. */
  exit(reason: number, redo: boolean): void {
    this.#list.push({ do: 'exit', reason, redo })
  }

  /** Goes on with the next instruction. */
  finish(): void {
    this.#list.push({ do: 'finish' })
  }

  dispatch(handler: Value): void {
    this.#list.push({ do: 'dispatch', value: handler })
  }

  return(value: Value): void {
    this.#list.push({ do: 'return', value })
  }
}
