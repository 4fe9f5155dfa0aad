import { signed, unsigned } from './wasm/module.ts'

/** WebAssembly instructions that the interpreter's own loop is made of; Core Specification 2.0, 5.4. */
export const Op = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  call: 0x10,
  i32Load: 0x28,
  i64Load: 0x29,
  i32Load8U: 0x2d,
  i32Load16U: 0x2f,
  i32Store: 0x36,
  i32Store8: 0x3a,
  i64Store: 0x37,
  i32Eqz: 0x45,
  i32Ne: 0x47,
  i32LeS: 0x4c,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  i32Mul: 0x6c,
  i32And: 0x71,
  i32Or: 0x72,
  i32Shl: 0x74,
  i32ShrU: 0x76,
  i64Add: 0x7c,
  i64ExtendI32S: 0xac,
  i64ExtendI32U: 0xad,
  /** The type of a block that leaves nothing. */
  void: 0x40,
} as const

/** A sequence of WebAssembly instructions under construction. */
export class Code {
  readonly bytes: number[] = []

  push(...bytes: readonly number[]): this {
    this.bytes.push(...bytes)
    return this
  }

  unsigned(value: number): this {
    unsigned(this.bytes, value)
    return this
  }

  get(local: number): this {
    return this.push(0x20, local)
  }

  set(local: number): this {
    return this.push(0x21, local)
  }

  i32(value: number): this {
    this.bytes.push(0x41)
    signed(this.bytes, value)
    return this
  }

  i64One(): this {
    return this.push(0x42, 1)
  }

  /** A load or store; no alignment is promised. */
  load(opcode: number, offset: number): this {
    this.push(opcode, 0)
    return this.unsigned(offset)
  }
}
