import { describe, expect, it } from 'vitest'
import { TestBench } from '../exceptions/exception-test-bench.ts'
import { RAM_BASE } from '../layout.ts'
import { Semihosting } from './semihosting.ts'

const BLOCK = RAM_BASE + 0x100
const TEXT = RAM_BASE + 0x200

function program(options: { input?: string; now?: number; commandLine?: string } = {}) {
  const bench = new TestBench()
  const output: [string, string][] = []
  let input = options.input ?? ''
  const semihosting = new Semihosting({
    readMemory: (address, size) => bench.readMemory(address, size),
    writeMemory: (address, size, value) => bench.writeMemory(address, size, value),
    onOutput: (stream, bytes) => output.push([stream, String.fromCharCode(...bytes)]),
    readInput: (max) => {
      const taken = new TextEncoder().encode(input.slice(0, max))
      input = input.slice(max)
      return taken
    },
    now: () => options.now ?? 0,
    ...(options.commandLine === undefined ? {} : { commandLine: options.commandLine }),
    heap: { heapBase: 1, heapLimit: 2, stackBase: 3, stackLimit: 4 },
  })
  const text = (value: string): number => {
    new TextEncoder().encode(`${value}\0`).forEach((byte, n) => bench.writeMemory(TEXT + n, 1, byte))
    return TEXT
  }
  const call = (operation: number, parameter: number): { exit?: number } => {
    bench.state.setRegister(0, operation)
    bench.state.setRegister(1, parameter)
    return semihosting.call(bench.state)
  }
  /** With a block of parameters; gives R0, signed. */
  const ask = (operation: number, ...words: number[]): number => {
    words.forEach((word, n) => bench.writeMemory(BLOCK + 4 * n, 4, word))
    expect(call(operation, BLOCK)).toEqual({})
    return bench.state.register(0) | 0
  }
  return { bench, output, text, call, ask }
}

describe('semihosting, Arm 100863', () => {
  it('writes characters and strings', () => {
    const { call, text, output } = program()
    call(0x04, text('hello\n'))
    call(0x03, text('!'))
    expect(output).toEqual([
      ['stdout', 'hello\n'],
      ['stdout', '!'],
    ])
  })

  it('opens the console for input, output and errors', () => {
    const { ask, text, output } = program()
    const handles = [0, 4, 8].map((mode) => ask(0x01, text(':tt'), mode, 3))
    expect(new Set(handles).size).toBe(3)
    expect(handles.every((handle) => handle > 0)).toBe(true)
    text('abc')
    expect(ask(0x05, handles[1]!, TEXT, 3)).toBe(0)
    expect(ask(0x05, handles[2]!, TEXT, 2)).toBe(0)
    expect(output).toEqual([
      ['stdout', 'abc'],
      ['stderr', 'ab'],
    ])
    expect(ask(0x09, handles[1]!)).toBe(1)
    expect(ask(0x0c, handles[1]!)).toBe(-1)
    expect(ask(0x02, handles[1]!)).toBe(0)
    expect(ask(0x02, handles[1]!)).toBe(-1)
    expect(ask(0x05, handles[1]!, TEXT, 3)).toBe(3)
    expect(ask(0x13)).toBe(9)
  })

  it('reads what there is of the input, and tells how much was not read', () => {
    const { ask, text, bench, call } = program({ input: 'hello' })
    const stdin = ask(0x01, text(':tt'), 0, 3)
    call(0x07, 0)
    expect(bench.state.register(0)).toBe('h'.charCodeAt(0))
    expect(ask(0x06, stdin, TEXT, 3)).toBe(0)
    expect(bench.words(TEXT, 1)[0]! & 0xff_ffff).toBe(0x6c_6c65)
    expect(ask(0x06, stdin, TEXT, 3)).toBe(2)
    expect(ask(0x06, stdin, TEXT, 3)).toBe(3)
    call(0x07, 0)
    expect(bench.state.register(0)).toBe(0xffff_ffff)
  })

  it('refuses files and the host', () => {
    const { ask, text } = program()
    expect(ask(0x01, text('/etc/passwd'), 0, 11)).toBe(-1)
    expect(ask(0x13)).toBe(1)
    for (const operation of [0x0d, 0x0e, 0x0f, 0x12]) expect(ask(operation, TEXT, 1, 1)).toBe(-1)
    expect(ask(0x99)).toBe(-1)
    expect(ask(0x13)).toBe(88)
    expect(ask(0x01, text(':tt'), 12, 3)).toBe(-1)
  })

  it('tells errors from results', () => {
    const { ask } = program()
    expect(ask(0x08, 0xffff_ffff)).toBe(1)
    expect(ask(0x08, 5)).toBe(0)
  })

  it('gives simulated time', () => {
    const { ask, bench } = program({ now: 64_000_000 * 100 + 640_000 })
    expect(ask(0x10)).toBe(10_001)
    expect(ask(0x11)).toBe(100)
    expect(ask(0x31)).toBe(64_000_000)
    expect(ask(0x30)).toBe(0)
    expect(bench.words(BLOCK, 2)).toEqual([(64_000_000 * 100 + 640_000) % 2 ** 32, 1])
  })

  it('gives the command line when it fits, and the heap', () => {
    const { ask, bench } = program({ commandLine: 'gesture -v' })
    expect(ask(0x15, TEXT, 11)).toBe(0)
    expect(bench.readMemory(BLOCK + 4, 4)).toBe(10)
    expect(String.fromCharCode(...Array.from({ length: 11 }, (_, n) => bench.readMemory(TEXT + n, 1)))).toBe(
      'gesture -v\0',
    )
    expect(ask(0x15, TEXT, 10)).toBe(-1)
    expect(ask(0x16, TEXT)).toBe(0)
    expect(bench.words(TEXT, 4)).toEqual([1, 2, 3, 4])
  })

  it('ends the program with its exit code', () => {
    const { call, bench } = program()
    expect(call(0x18, 0x20026)).toEqual({ exit: 0 })
    expect(call(0x18, 0x20023)).toEqual({ exit: 1 })
    bench.writeMemory(BLOCK, 4, 0x20026)
    bench.writeMemory(BLOCK + 4, 4, 42)
    expect(call(0x20, BLOCK)).toEqual({ exit: 42 })
  })

  it('survives pointers to nowhere', () => {
    const { call, bench, output } = program()
    expect(call(0x04, 0x5000_0000)).toEqual({})
    expect(bench.state.register(0)).toBe(0xffff_ffff)
    expect(call(0x20, 0x5000_0000)).toEqual({})
    expect(call(0x05, 0x5000_0000)).toEqual({})
    expect(output).toEqual([])
  })

  it('tells by a file of features that an exit has a code, as newlib asks: Arm 100863, 2.4', () => {
    const { ask, text, bench } = program()
    const handle = ask(0x01, text(':semihosting-features'), 0, 21)
    expect([ask(0x0c, handle), ask(0x09, handle)]).toEqual([5, 0])
    expect(ask(0x06, handle, TEXT, 4)).toBe(0)
    expect([0, 1, 2, 3].map((n) => String.fromCharCode(bench.readMemory(TEXT + n, 1))).join('')).toBe('SHFB')
    expect([ask(0x0a, handle, 4), ask(0x06, handle, TEXT, 1), bench.readMemory(TEXT, 1)]).toEqual([0, 0, 3])
    expect(ask(0x06, handle, TEXT, 1)).toBe(1)
    expect(ask(0x05, handle, TEXT, 1)).toBe(1)
    expect(ask(0x01, text(':semihosting-features'), 4, 21)).toBe(-1)
  })
})
