import { beforeAll, describe, expect, it } from 'vitest'
import { loadDemangler } from '../../../src/files/demangler.ts'
import type { ElfSymbol } from '../../image/elf.ts'
import { SymbolTable } from '../../image/symbols.ts'
import { operatorNote } from './operator-note.ts'

beforeAll(loadDemangler)

// What GCC 12 makes of tflite::ops::micro::activations::SoftmaxEval(TfLiteContext*, TfLiteNode*), and of a constructor.
const kernel = '_ZN6tflite3ops5micro11activations11SoftmaxEvalEP13TfLiteContextP10TfLiteNode'
const allocate = '_ZN6tflite16MicroInterpreter15AllocateTensorsEv'

const symbols = (names: readonly string[]): SymbolTable =>
  new SymbolTable(
    names.map((name, i): ElfSymbol => {
      return { name, address: 0x100 * (i + 1), bytes: 0x40, kind: 'function', binding: 'global', section: 1 }
    }),
  )
const note = (
  names: readonly string[],
  { flags = '', models = 0, interpreters = 0, loopFound = false, ran = [0x100] } = {},
): string | undefined =>
  operatorNote({
    image: { symbols: symbols(names), compilerFlags: flags },
    models,
    interpreters,
    loopFound,
    functions: ran.map((address) => ({ address })),
  })

describe('operators that are not told', () => {
  it.each([
    ['kernels, built with -flto', [kernel], { flags: '-O2 -flto' }, /\(-flto\) puts it into its caller/],
    ['kernels beside parts of an interpreter', [kernel, allocate], {}, /or the firmware calls the kernels/],
    ['kernels and a model', [kernel], { models: 1 }, /or the firmware calls the kernels itself/],
    ['a model, and a file without symbols', [], { models: 1 }, /has no symbols.*give the ELF file/],
    ['an interpreter that was never invoked', ['main'], { models: 1, loopFound: true }, /never invoked/],
  ])('%s', (_, names, seen, message) => {
    expect(note(names, seen)).toMatch(message)
  })

  it.each([
    ['kernels that the firmware calls itself, as unit tests do', [kernel], {}],
    ['kernels that did not run', [kernel, allocate], { ran: [] }],
    ['no TFLM', ['main'], { flags: '-flto' }],
    ['no symbols and no model', [], {}],
    ['operators that are there', [kernel, allocate], { models: 1, interpreters: 1, loopFound: true }],
  ])('nothing is said of %s', (_, names, seen) => {
    expect(note(names, seen)).toBeUndefined()
  })
})
