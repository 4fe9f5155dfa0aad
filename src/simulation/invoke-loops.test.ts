import { beforeAll, expect, it } from 'vitest'
import { loadDemangler } from '../image/demangle.ts'
import type { ElfSymbol } from '../image/elf.ts'
import { SymbolTable } from '../image/symbols.ts'
import { invokeLoops, loopNotFound } from './invoke-loops.ts'

beforeAll(loadDemangler)

const table = (...names: string[]): SymbolTable =>
  new SymbolTable(
    names.map((name, i): ElfSymbol => {
      return { name, address: 0x100 * (i + 1), bytes: 0x40, kind: 'function', binding: 'global', section: 1 }
    }),
  )

// What GCC 12 makes of tflite::ops::micro::activations::SoftmaxEval(TfLiteContext*, TfLiteNode*), and of the loops.
const kernel = '_ZN6tflite3ops5micro11activations11SoftmaxEvalEP13TfLiteContextP10TfLiteNode'
const today = '_ZN6tflite21MicroInterpreterGraph14InvokeSubgraphEi'
const of2020 = '_ZN6tflite16MicroInterpreter6InvokeEv'

it('finds the loop of each generation', () => {
  expect(invokeLoops(table(of2020, today)).map(({ mangled }) => mangled)).toEqual([of2020, today])
  expect(invokeLoops(table(of2020)).map(({ mangled }) => mangled)).toEqual([of2020])
})

it('says so where there are kernels without a loop, as link-time optimisation leaves them', () => {
  expect(loopNotFound(table(kernel))).toMatch(/^operators: no function MicroInterpreter::Invoke /)
  expect([loopNotFound(table(kernel, of2020)), loopNotFound(table('main')), loopNotFound(table())]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})
