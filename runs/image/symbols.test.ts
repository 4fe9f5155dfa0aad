import { execFileSync } from 'node:child_process'
import { beforeAll, describe, expect, it } from 'vitest'
import { demangle, shortName } from './demangle.ts'
import { loadDemangler } from '../../src/files/demangler.ts'
import type { ElfSymbol } from './elf.ts'
import { SymbolTable } from './symbols.ts'

const symbol = (name: string, address: number, bytes: number, rest: Partial<ElfSymbol> = {}): ElfSymbol => ({
  name,
  address,
  bytes,
  kind: 'function',
  binding: 'global',
  section: 1,
  ...rest,
})

beforeAll(loadDemangler)

describe('names', () => {
  const mangled = [
    '_ZN6tflite16MicroInterpreter6InvokeEv',
    '_ZN6tflite21MicroInterpreterGraph14InvokeSubgraphEi',
    '_ZN6tflite3ops5micro15fully_connected4EvalEP13TfLiteContextP10TfLiteNode',
    '_ZN3rtc12_GLOBAL__N_116set_next_compareEv',
    'main',
    'arm_fully_connected_s8',
  ]

  it('demangle as c++filt does', () => {
    const expected = execFileSync('arm-none-eabi-c++filt', mangled, { encoding: 'utf8' }).trim().split('\n')
    expect(mangled.map(demangle)).toEqual(expected)
  })

  it('leave what is not a mangled name', () => {
    expect(['_Znonsense', '_start', '', '_ZN'].map(demangle)).toEqual(['_Znonsense', '_start', '', '_ZN'])
  })

  it.each([
    ['tflite::MicroInterpreter::Invoke()', 'tflite::MicroInterpreter::Invoke'],
    ['rtc::(anonymous namespace)::set(int)', 'rtc::(anonymous)::set'],
    ['Base::get<int>() const', 'Base::get<int>'],
    ['std::vector<int, A<void (*)(int)> >::at(unsigned int)', 'std::vector<int, A<void (*)(int)> >::at'],
    ['Base::operator()(int)', 'Base::operator()'],
    ['f(int) [clone .part.0]', 'f'],
    ['vtable for Base', 'vtable for Base'],
    ['function at 0x102', 'function at 0x102'],
    ['main', 'main'],
  ])('%s is short %s', (long, short) => {
    expect(shortName(long)).toBe(short)
  })
})

describe('look-up', () => {
  const table = new SymbolTable(
    [
      symbol('second', 0x120, 0x10),
      symbol('first', 0x100, 0x20),
      symbol('weak_alias', 0x100, 0x20, { binding: 'weak' }),
      symbol('assembly', 0x140, 0),
      symbol('last', 0x180, 0),
      symbol('arena', 0x2000_0000, 64, { kind: 'object' }),
      symbol('__StackTop', 0x2004_0000, 0, { kind: 'other' }),
    ],
    () => 0x190,
  )

  it.each([
    [0xff, undefined],
    [0x100, 'first'],
    [0x101, 'first'],
    [0x11f, 'first'],
    [0x121, 'second'],
    [0x130, undefined],
    [0x17e, 'assembly'],
    [0x18e, 'last'],
    [0x190, undefined],
  ])('of 0x%x gives %s', (address, name) => {
    expect(table.functionAt(address)?.name).toBe(name)
  })

  it('of values and objects', () => {
    expect(table.value('__StackTop')).toBe(0x2004_0000)
    expect(table.value('none')).toBeUndefined()
    expect(table.objectsMatching(/arena/).map(({ bytes }) => bytes)).toEqual([64])
    expect(table.objectBytesAt(0x2000_0000)).toBe(64)
  })
})
