import { Code, Op } from './code.ts'
import { MEMORY_PAGES } from '../layout.ts'
import { ModuleBuilder } from './wasm/module.ts'

/** Bytes that are saved as one: small, as few of them change in a second and each is copied whole. */
export const PAGE_BYTES = 1024

/** Whether a page of linear memory differs from its copy, which it is written into then. */
export type ComparePage = (at: number, copy: number) => number

const [AT, COPY, END, DIFFERENCE] = [0, 1, 2, 3]
const i64Or = 0x84
const i64Xor = 0x85
const i64Eqz = 0x50
const i32Eqz = 0x45
const i32LtU = 0x49
const memoryCopy = [0xfc, 0x0a, 0, 0] as const
/** Words of 64 bits in each turn of the loop. */
const WORDS = 8

function emitted(): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder(MEMORY_PAGES)
  const compare = module.declare({ params: ['i32', 'i32'], result: 'i32' })
  const code = new Code()
  code.get(AT).i32(PAGE_BYTES).push(Op.i32Add).set(END)
  code.push(Op.loop, Op.void)
  code.get(DIFFERENCE)
  for (let word = 0; word < WORDS; word++) {
    code.get(AT).load(Op.i64Load, 8 * word)
    code
      .get(COPY)
      .load(Op.i64Load, 8 * word)
      .push(i64Xor, i64Or)
  }
  code.set(DIFFERENCE)
  for (const pointer of [AT, COPY])
    code
      .get(pointer)
      .i32(8 * WORDS)
      .push(Op.i32Add)
      .set(pointer)
  code.get(AT).get(END).push(i32LtU, Op.brIf, 0, Op.end)
  code.get(DIFFERENCE).push(i64Eqz, i32Eqz, Op.if, Op.void)
  for (const pointer of [COPY, AT]) code.get(pointer).i32(PAGE_BYTES).push(Op.i32Sub)
  code.i32(PAGE_BYTES).push(...memoryCopy, Op.end)
  code.get(DIFFERENCE).push(i64Eqz, i32Eqz)
  module.define(compare, ['i32', 'i64'], code.bytes)
  module.export('compare', compare)
  return module.toBytes()
}

let compiled: WebAssembly.Module | undefined

/** In WebAssembly: a snapshot looks at half a megabyte, and may take a ten thousandth of a second. */
export function pageComparison(memory: WebAssembly.Memory): ComparePage {
  compiled ??= new WebAssembly.Module(emitted())
  return new WebAssembly.Instance(compiled, { host: { memory } }).exports['compare'] as ComparePage
}
