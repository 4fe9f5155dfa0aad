import { beforeAll, expect, it } from 'vitest'
import { loadDemangler } from '../../src/files/demangler.ts'
import type { ElfSymbol } from '../image/elf.ts'
import { SymbolTable } from '../image/symbols.ts'
import { allocations, invokeLoops } from './invoke-loops.ts'

beforeAll(loadDemangler)

const table = (...names: string[]): SymbolTable =>
  new SymbolTable(
    names.map((name, i): ElfSymbol => {
      return { name, address: 0x100 * (i + 1), bytes: 0x40, kind: 'function', binding: 'global', section: 1 }
    }),
  )

// As GCC 12 mangles them.
const today = '_ZN6tflite21MicroInterpreterGraph14InvokeSubgraphEi'
const of2020 = '_ZN6tflite16MicroInterpreter6InvokeEv'

it('finds the loop of each generation', () => {
  expect(invokeLoops(table(of2020, today)).map(({ mangled }) => mangled)).toEqual([of2020, today])
  expect(invokeLoops(table(of2020)).map(({ mangled }) => mangled)).toEqual([of2020])
})

it('finds where tensors are allocated, Edge Impulse’s way too', () => {
  const names = [
    '_ZN6tflite16MicroInterpreter15AllocateTensorsEv',
    '_ZN6tflite16MicroInterpreter15AllocateTensorsEb',
  ]
  for (const name of names) expect(allocations(table(name)).map(({ mangled }) => mangled)).toEqual([name])
})
