import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { DebugFrames } from './debug-frame.ts'
import { LineTable } from './debug-line.ts'
import { loadDemangler } from '../../src/files/demangler.ts'
import { parseImage } from './image.ts'
import type { FirmwareImage } from './image.ts'
import { SymbolTable } from './symbols.ts'
import { CallStack } from './unwind.ts'

const bare: FirmwareImage = {
  file: 'bare.hex',
  format: 'hex',
  sha256: '',
  segments: [],
  vectorTable: 0,
  symbols: new SymbolTable([]),
  sections: [],
  parts: [],
  notes: [],
}

const source = `
volatile int sink;
__attribute__((noinline)) int leaf(int n) { volatile int local[20]; local[n] = sink; return local[n] / n; }
__attribute__((noinline)) int middle(int n, float x) {
  int total = 0;
  for (int i = 0; i < n; i++)
    total += leaf(i) * leaf(i + 1) + (int)(x * leaf(n));
  return total;
}
extern "C" void reset() { for (;;) sink = middle(sink, sink * 0.5f) + middle(3, 1.0f); }
__attribute__((section(".vectors"), used)) void *const vectors[] = { (void *)0x20040000, (void *)reset };
`
const script = `
SECTIONS {
  . = 0;
  .vectors : { KEEP(*(.vectors)) }
  . = 0x100;
  .text : { *(.text*) }
  .bss 0x20000000 (NOLOAD) : { *(.bss*) }
}`

describe.each(['-gdwarf-2', '-gdwarf-4', '-gdwarf-5', '-gdwarf-5 -gz=zlib'])(
  'debug information of %s',
  (format) => {
    let directory: string
    let image: FirmwareImage
    const tool = (name: string, ...args: string[]): string =>
      execFileSync(`arm-none-eabi-${name}`, args, { cwd: directory, encoding: 'utf8', stdio: 'pipe' })

    beforeAll(async () => {
      await loadDemangler()
      directory = mkdtempSync(join(tmpdir(), 'boardless-debug-'))
      writeFileSync(join(directory, 'a.cc'), source)
      writeFileSync(join(directory, 'a.ld'), script)
      const flags = `-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16 -O1 ${format} -fno-exceptions -nostdlib -Wl,-T,a.ld`
      tool('g++', ...flags.split(' '), 'a.cc', '-o', 'a.elf')
      image = parseImage(readFileSync(join(directory, 'a.elf')), 'a.elf')
    })

    it('finds every call frame as objdump does', () => {
      const frames = new DebugFrames(image.elf!.sectionBytes('.debug_frame')!, 'a.elf')
      let range = ''
      let rows = 0
      let columns: string[] = []
      for (const line of tool('objdump', '--dwarf=frames-interp', 'a.elf').split('\n')) {
        range = /FDE cie=\w+ pc=(\w+)/.exec(line)?.[1] ?? (line.includes(' CIE ') ? '' : range)
        if (line.includes('LOC')) columns = line.trim().split(/\s+/)
        const cells = line.trim().split(/\s+/)
        if (!/^[0-9a-f]{8}$/.test(cells[0]!) || !cells[1]?.startsWith('r13') || range === '') continue
        rows += 1
        const row = frames.rowAt(parseInt(cells[0]!, 16))!
        expect([`r${row.cfa.register}+${row.cfa.offset}`]).toEqual([cells[1]])
        columns.slice(2).forEach((column, i) => {
          const register = column === 'ra' ? 14 : Number(column.slice(1))
          const rule = row.rules.get(register)
          const cell = cells[i + 2]!
          if (cell.startsWith('c')) expect(rule).toEqual({ kind: 'offset', offset: Number(cell.slice(1)) })
          else expect(rule).toBeUndefined()
        })
      }
      expect(rows).toBeGreaterThan(6)
    })

    it('finds the line of every instruction as addr2line does', () => {
      const lines = new LineTable(image.elf!.sectionBytes('.debug_line')!, image)
      const { start, end } = image.symbols.functionsMatching(/^middle/)[0]!
      const addresses = Array.from({ length: (end - start) / 2 }, (_, i) => start + 2 * i)
      const expected = tool(
        'addr2line',
        '-s',
        '-e',
        'a.elf',
        ...addresses.map((address) => address.toString(16)),
      )
      const cleaned = expected
        .trim()
        .split('\n')
        .map((line) => line.replace(/ \(discriminator \d+\)/, ''))
      expect(addresses.map((address) => lines.describe(address))).toEqual(cleaned)
    })

    it('unwinds leaf, middle, reset', () => {
      const leaf = image.symbols.functionsMatching(/^leaf/)[0]!
      const middle = image.symbols.functionsMatching(/^middle/)[0]!
      const reset = image.symbols.functionsMatching(/^reset/)[0]!
      const frames = new DebugFrames(image.elf!.sectionBytes('.debug_frame')!, 'a.elf')
      const [leafPc, middlePc, resetPc] = [
        leaf.end - 4,
        callIn(middle.start, middle.end),
        callIn(reset.start, reset.end),
      ]

      // A stack as those functions' own unwind information says they leave it.
      const memory = new Map<number, number>()
      const registers = new Array<number>(16).fill(0)
      registers[13] = 0x2003_f000
      registers[15] = leafPc
      const leafCfa = registers[13] + frames.rowAt(leafPc)!.cfa.offset
      registers[14] = middlePc | 1
      const middleRow = frames.rowAt(middlePc - 2)!
      const middleCfa = leafCfa + middleRow.cfa.offset
      const saved = middleRow.rules.get(14)
      if (saved?.kind === 'offset') memory.set(middleCfa + saved.offset, resetPc | 1)

      const readMemory = (address: number, length: number): Uint8Array => {
        const bytes = new Uint8Array(length)
        const word = memory.get(address)
        if (word !== undefined) new DataView(bytes.buffer).setUint32(0, word, true)
        return bytes
      }
      const stack = new CallStack(image, readMemory).from(registers).slice(0, 3)
      expect(stack.map((frame) => frame.function.replace(/[(+].*/, ''))).toEqual(['leaf', 'middle', 'reset'])
      expect(stack.map((frame) => frame.source?.replace(/:\d+$/, ''))).toEqual(['a.cc', 'a.cc', 'a.cc'])
      expect(stack.every((frame) => !frame.guessed)).toBe(true)
    })

    it('damaged, it never keeps a call stack back', () => {
      const whole = readFileSync(join(directory, 'a.elf'))
      const { start } = image.symbols.functionsMatching(/^middle/)[0]!
      const registers = new Array<number>(16).fill(0x2003_f000)
      registers[15] = start + 8
      const damaged = parseImage(whole, 'a.elf')
      let seed = 1
      const random = (limit: number): number => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) % limit
      for (let round = 0; round < 400; round++) {
        const sectionBytes = (name: string): Uint8Array | undefined => {
          const bytes = Uint8Array.from(image.elf!.sectionBytes(name) ?? [])
          for (let i = 0; i < 3; i++) bytes[random(bytes.length)] = [0, 0x7f, 0xff, random(256)][random(4)]!
          return bytes.subarray(0, round % 4 === 0 ? random(bytes.length) : undefined)
        }
        const elf = { ...damaged.elf!, sectionBytes }
        const stack = new CallStack({ ...damaged, elf }, () => new Uint8Array(4)).from(registers)
        expect(stack[0]?.address).toBe(start + 8)
      }
    })

    /** Address after the first BL of a function. */
    function callIn(start: number, end: number): number {
      const { address, bytes } = image.segments.find(
        (one) => start >= one.address && start < one.address + one.bytes.length,
      )!
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
      for (let at = start; at < end; at += 2) {
        const [first, second] = [view.getUint16(at - address, true), view.getUint16(at - address + 2, true)]
        if ((first & 0xf800) === 0xf000 && (second & 0xd000) === 0xd000) return at + 4
      }
      throw new Error('no call')
    }
  },
)

it('guesses the stack of an image without unwind information', async () => {
  // 0x100: BL 0x200; 0x104: NOP ...
  const flash = new Uint8Array(0x400)
  new DataView(flash.buffer).setUint32(0, 0x2004_0000, true)
  new DataView(flash.buffer).setUint32(4, 0x101, true)
  flash.set([0x00, 0xf0, 0x7e, 0xf8], 0x100)
  await loadDemangler()
  const image = { ...bare, segments: [{ address: 0, bytes: flash }] }
  const registers = new Array<number>(16).fill(0)
  registers[13] = 0x2003_ff00
  registers[15] = 0x202
  const words = [0x1234, 0x105, 0x103, 0x104]
  const readMemory = (address: number, length: number): Uint8Array => {
    if (address < flash.length) return flash.subarray(address, address + length)
    const bytes = new Uint8Array(length)
    const index = (address - 0x2003_ff00) / 4
    new DataView(bytes.buffer).setUint32(0, words[index] ?? 0, true)
    return bytes
  }
  expect(new CallStack(image, readMemory).from(registers)).toEqual([
    { address: 0x202, function: '0x202', source: null, guessed: false },
    { address: 0x104, function: '0x102', source: null, guessed: true },
  ])
})

it('does not list files of which nothing is said, however many a line table counts', () => {
  // DWARF 5, 6.2.4: no format for directories, and 2^35 - 1 of them; no format for files, and none.
  const header = [1, 1, 1, 0xfb, 14, 1, 0, 0xff, 0xff, 0xff, 0xff, 0x7f, 0, 0]
  const unit = [5, 0, 4, 0, header.length, 0, 0, 0, ...header]
  const table = new LineTable(Uint8Array.from([unit.length, 0, 0, 0, ...unit]), bare)
  expect(table.describe(0)).toBeUndefined()
})
