import { Code, Op } from './code.ts'
import { CHANGED_PAGES, MEMORY_PAGES } from '../layout.ts'
import { ModuleBuilder } from './wasm/module.ts'

/** Bytes that are saved as one: small, as few of them change in a second and each is copied whole. */
export const PAGE_BYTES = 1024

/** What is all over a page. */
export const PageKind = { zeros: 0, erased: 1, mixed: 2 } as const

/**
 * Finds the pages of linear memory, from one address to before another, that differ from a copy of them, which they are
 * written into then. A word for each in `CHANGED_PAGES`: four times its number from the first, and its kind.
 * @returns how many
 */
export type ChangedPages = (from: number, to: number, copy: number) => number

const [AT, END, COPY, BEGIN, STOP, FOUND, DIFFERENCE, ALL_OR, ALL_AND] = [0, 1, 2, 3, 4, 5, 6, 7, 8]
const i64And = 0x83
const i64Or = 0x84
const i64Xor = 0x85
const i64Eqz = 0x50
const i64Const = 0x42
const i32Eqz = 0x45
const i32LtU = 0x49
const memoryCopy = [0xfc, 0x0a, 0, 0] as const
/** Words of 64 bits in each turn of a loop. */
const WORDS = 8

function emitted(): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder(MEMORY_PAGES)
  const changed = module.declare({ params: ['i32', 'i32', 'i32'], result: 'i32' })
  const code = new Code()
  code.get(AT).set(BEGIN)
  code.get(AT).get(END).push(i32LtU, Op.if, Op.void, Op.loop, Op.void)
  compare(code)
  code.get(DIFFERENCE).push(i64Eqz, i32Eqz, Op.if, Op.void)
  for (const pointer of [COPY, AT]) code.get(pointer).i32(PAGE_BYTES).push(Op.i32Sub)
  code.i32(PAGE_BYTES).push(...memoryCopy)
  look(code)
  note(code)
  code.push(Op.end)
  code.get(AT).get(END).push(i32LtU, Op.brIf, 0, Op.end, Op.end)
  code.get(FOUND)
  module.define(changed, ['i32', 'i32', 'i32', 'i64', 'i64', 'i64'], code.bytes)
  module.export('changed', changed)
  return module.toBytes()
}

/** Goes over a page: in DIFFERENCE whatever is another than in its copy. */
function compare(code: Code): void {
  code.get(AT).i32(PAGE_BYTES).push(Op.i32Add).set(STOP)
  code.push(i64Const, 0).set(DIFFERENCE)
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
  for (const pointer of [AT, COPY]) forward(code, pointer)
  code.get(AT).get(STOP).push(i32LtU, Op.brIf, 0, Op.end)
}

/** Goes over the page again: all of its bits in ALL_OR and ALL_AND. */
function look(code: Code): void {
  code.get(AT).i32(PAGE_BYTES).push(Op.i32Sub).set(AT)
  code.push(i64Const, 0).set(ALL_OR).push(i64Const, 0x7f).set(ALL_AND)
  code.push(Op.loop, Op.void)
  for (const [all, operation] of [
    [ALL_OR, i64Or],
    [ALL_AND, i64And],
  ] as const) {
    code.get(all)
    for (let word = 0; word < WORDS; word++)
      code
        .get(AT)
        .load(Op.i64Load, 8 * word)
        .push(operation)
    code.set(all)
  }
  forward(code, AT)
  code.get(AT).get(STOP).push(i32LtU, Op.brIf, 0, Op.end)
}

/** Its number and kind go into the list. */
function note(code: Code): void {
  code.get(FOUND).i32(2).push(Op.i32Shl)
  code
    .get(AT)
    .i32(PAGE_BYTES)
    .push(Op.i32Sub)
    .get(BEGIN)
    .push(Op.i32Sub)
    .i32(Math.log2(PAGE_BYTES) - 2)
    .push(Op.i32ShrU)
  // Zeros, or else erased, or else mixed.
  code.get(ALL_OR).push(i64Eqz, i32Eqz)
  code.get(ALL_AND).push(i64Const, 0x7f, i64Xor, i64Eqz, i32Eqz)
  code.get(ALL_OR).push(i64Eqz, i32Eqz, Op.i32And, Op.i32Add, Op.i32Or)
  code.load(Op.i32Store, CHANGED_PAGES)
  code.get(FOUND).i32(1).push(Op.i32Add).set(FOUND)
}

const forward = (code: Code, pointer: number): Code =>
  code
    .get(pointer)
    .i32(8 * WORDS)
    .push(Op.i32Add)
    .set(pointer)

let compiled: WebAssembly.Module | undefined

/** In WebAssembly: a snapshot looks at half a megabyte, and may take a ten thousandth of a second. */
export function pageComparison(memory: WebAssembly.Memory): ChangedPages {
  compiled ??= new WebAssembly.Module(emitted())
  return new WebAssembly.Instance(compiled, { host: { memory } }).exports['changed'] as ChangedPages
}
