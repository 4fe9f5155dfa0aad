import { typeByte, type ValueType } from './opcodes.ts'

export interface FunctionType {
  readonly params: readonly ValueType[]
  readonly result: ValueType | undefined
}

interface FunctionBody {
  readonly locals: readonly ValueType[]
  readonly code: readonly number[]
}

/** Appends an unsigned LEB128 number. */
export function unsigned(bytes: number[], value: number): void {
  let rest = value >>> 0
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80)
    rest >>>= 7
  }
  bytes.push(rest)
}

/** Appends a signed LEB128 number of up to 64 bits. */
export function signed(bytes: number[], value: number | bigint): void {
  if (typeof value === 'number') {
    let rest = value | 0
    for (;;) {
      const low = rest & 0x7f
      rest >>= 7
      if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) {
        bytes.push(low)
        return
      }
      bytes.push(low | 0x80)
    }
  }
  let rest = BigInt.asIntN(64, value)
  for (;;) {
    const low = Number(rest & 0x7fn)
    rest >>= 7n
    if ((rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0)) {
      bytes.push(low)
      return
    }
    bytes.push(low | 0x80)
  }
}

const text = (bytes: number[], value: string): void => {
  unsigned(bytes, value.length)
  for (const character of value) bytes.push(character.charCodeAt(0))
}

/** Puts a WebAssembly module together: imported functions first, then defined ones, one imported memory. */
export class ModuleBuilder {
  readonly #types: string[] = []
  readonly #imports: { name: string; type: FunctionType }[] = []
  readonly #functions: { type: FunctionType; body: FunctionBody | undefined }[] = []
  readonly #exports: { name: string; index: number }[] = []

  constructor(readonly memoryPages: number) {}

  import(name: string, type: FunctionType): number {
    if (this.#functions.length > 0) throw new Error('imports come before functions')
    return this.#imports.push({ name, type }) - 1
  }

  declare(type: FunctionType): number {
    return this.#imports.length + this.#functions.push({ type, body: undefined }) - 1
  }

  define(index: number, locals: readonly ValueType[], code: readonly number[]): void {
    const fn = this.#functions[index - this.#imports.length]
    if (!fn) throw new Error(`function ${index} was not declared`)
    fn.body = { locals, code }
  }

  export(name: string, index: number): void {
    this.#exports.push({ name, index })
  }

  toBytes(): Uint8Array<ArrayBuffer> {
    const bytes: number[] = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
    const section = (id: number, items: number, fill: (body: number[]) => void): void => {
      const body: number[] = []
      unsigned(body, items)
      fill(body)
      bytes.push(id)
      unsigned(bytes, body.length)
      for (const byte of body) bytes.push(byte)
    }
    const importTypes = this.#imports.map((one) => this.#typeIndex(one.type))
    const functionTypes = this.#functions.map((one) => this.#typeIndex(one.type))
    section(1, this.#types.length, (body) => {
      for (const type of this.#types) for (const item of type.split(',')) body.push(Number(item))
    })
    section(2, this.#imports.length + 1, (body) => {
      text(body, 'host')
      text(body, 'memory')
      body.push(0x02, 0x00)
      unsigned(body, this.memoryPages)
      this.#imports.forEach((one, i) => {
        text(body, 'host')
        text(body, one.name)
        body.push(0x00)
        unsigned(body, importTypes[i] ?? 0)
      })
    })
    section(3, this.#functions.length, (body) => {
      for (const type of functionTypes) unsigned(body, type)
    })
    section(7, this.#exports.length, (body) => {
      for (const one of this.#exports) {
        text(body, one.name)
        body.push(0x00)
        unsigned(body, one.index)
      }
    })
    section(10, this.#functions.length, (body) => {
      for (const { body: fn } of this.#functions) {
        if (!fn) throw new Error('a declared function has no body')
        const code: number[] = []
        unsigned(code, fn.locals.length)
        for (const local of fn.locals) code.push(1, typeByte[local])
        for (const byte of fn.code) code.push(byte)
        code.push(0x0b)
        unsigned(body, code.length)
        for (const byte of code) body.push(byte)
      }
    })
    return new Uint8Array(bytes)
  }

  #typeIndex(type: FunctionType): number {
    const results = type.result === undefined ? [0] : [1, typeByte[type.result]]
    const key = [0x60, type.params.length, ...type.params.map((one) => typeByte[one]), ...results].join(',')
    const at = this.#types.indexOf(key)
    return at >= 0 ? at : this.#types.push(key) - 1
  }
}
