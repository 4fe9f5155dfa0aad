import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { UserError } from '../errors.ts'
import { loadDemangler } from '../../src/files/demangler.ts'
import { parseElf } from './elf.ts'
import { parseImage } from './image.ts'

const source = `
int counter = 7;
int zeroed[100];
const char text[] = "hello";
extern "C" unsigned stack_top;
namespace tflite { struct Interpreter { int __attribute__((noinline)) Invoke(int n) { return n * counter + zeroed[n]; } }; }
extern "C" void reset() { tflite::Interpreter i; counter = i.Invoke(3) + text[counter]; for (;;) ; }
__attribute__((section(".vectors"), used)) void *const vectors[] = { (void *)0x20040000, (void *)reset };
`
const script = `
MEMORY { FLASH (rx) : ORIGIN = 0, LENGTH = 1M
         RAM (rwx) : ORIGIN = 0x20000000, LENGTH = 256K }
SECTIONS {
  .text : { KEEP(*(.vectors)) *(.text*) *(.rodata*) } > FLASH
  .data : { *(.data*) } > RAM AT > FLASH
  .bss (NOLOAD) : { *(.bss*) } > RAM
}`

let elf: Buffer
let directory: string

beforeAll(async () => {
  await loadDemangler()
  directory = mkdtempSync(join(tmpdir(), 'boardless-elf-'))
  writeFileSync(join(directory, 'a.cc'), source)
  writeFileSync(join(directory, 'a.ld'), script)
  const flags =
    '-mcpu=cortex-m4 -mthumb -O1 -g -fno-exceptions -nostdlib -Wl,-T,a.ld -Wl,-e,reset -Wl,--build-id=none'
  execFileSync('arm-none-eabi-g++', [...flags.split(' '), 'a.cc', '-o', 'a.elf'], {
    cwd: directory,
    stdio: 'pipe',
  })
  elf = readFileSync(join(directory, 'a.elf'))
})

const changed = (offset: number, ...bytes: number[]): Buffer => {
  const copy = Buffer.from(elf)
  Buffer.from(bytes).copy(copy, offset)
  return copy
}
const programHeader = (index: number, field: number): number => elf.readUInt32LE(28) + 32 * index + 4 * field
const word = (value: number): number[] => [value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24]

describe('an ELF from arm-none-eabi-g++', () => {
  it('has the symbols that nm finds, with sizes', () => {
    const { symbols } = parseElf(elf, 'a.elf')
    const lines = execFileSync('arm-none-eabi-nm', ['-S', 'a.elf'], {
      cwd: directory,
      encoding: 'utf8',
    }).split('\n')
    const sized = lines
      .map((line) => /^(\w{8}) (\w{8}) \w (\S+)$/.exec(line))
      .filter((match) => match !== null)
    expect(sized.length).toBeGreaterThan(4)
    for (const [, address, bytes, name] of sized) {
      const found = symbols.find((symbol) => symbol.name === name)
      expect([found?.address, found?.bytes]).toEqual([parseInt(address!, 16) & ~1, parseInt(bytes!, 16)])
    }
  })

  it('has the flash that objcopy writes', () => {
    execFileSync('arm-none-eabi-objcopy', ['-O', 'binary', 'a.elf', 'a.bin'], { cwd: directory })
    const expected = readFileSync(join(directory, 'a.bin'))
    const flash = Buffer.alloc(expected.length)
    for (const { address, bytes } of parseImage(elf, 'a.elf').segments) flash.set(bytes, address)
    expect(flash.equals(expected)).toBe(true)
  })

  it('is described: functions, sections, compiler, flags', () => {
    const image = parseImage(elf, 'a.elf')
    expect(image.symbols.functionsMatching(/Interpreter::Invoke\(int\)/)).toHaveLength(1)
    const invoke = image.symbols.functionsMatching(/Invoke/)[0]!
    expect(image.symbols.functionAt(invoke.start | 1)).toBe(invoke)
    expect(image.symbols.describe(invoke.start + 2)).toBe('tflite::Interpreter::Invoke(int)+0x2')
    expect(image.sections.find(({ name }) => name === '.data')).toEqual({
      name: '.data',
      flashBytes: 4,
      ramBytes: 4,
    })
    expect(image.sections.find(({ name }) => name === '.bss')).toEqual({
      name: '.bss',
      flashBytes: 0,
      ramBytes: 400,
    })
    expect(image.vectorTable).toBe(0)
  })
})

describe('bad ELF', () => {
  const message = (bytes: Uint8Array): string => {
    try {
      parseImage(bytes, 'bad.elf')
    } catch (error) {
      expect(error).toBeInstanceOf(UserError)
      return (error as UserError).message
    }
    return 'accepted'
  }

  it('truncated at any byte is one UserError that names the file', () => {
    for (let length = 0; length < elf.length; length += length < 400 ? 1 : 97) {
      expect(message(elf.subarray(0, length))).toMatch(/^bad\.elf: .*\.$/)
    }
    expect(message(elf.subarray(0, 30))).toMatch(/truncated: .* offset 0x/)
  })

  it.each([
    ['64-bit x86-64', () => changed(4, 2).fill(62, 18, 19), /64-bit ELF for x86-64/],
    ['big endian', () => changed(5, 2), /big-endian/],
    ['RISC-V', () => changed(18, 243), /an ELF for RISC-V .*32-bit Arm/],
    ['an object file', () => changed(16, 1), /object file/],
    ['no program headers', () => changed(44, 0, 0), /nothing to load/],
    ['too many program headers', () => changed(44, 255, 255), /truncated: 65535 program headers/],
    ['too many section headers', () => changed(48, 255, 255), /truncated: 65535 section headers/],
    ['odd program header size', () => changed(42, 56), /program headers of 56 bytes/],
    ['section headers far away', () => changed(32, 0, 0, 0, 0xf0), /truncated/],
  ])('%s', (_, bytes, expected) => {
    expect(message(bytes())).toMatch(expected)
  })

  it('outside flash', () => {
    expect(message(changed(programHeader(0, 3), ...word(0x0080_0000)))).toMatch(
      /outside the nRF52840's flash/,
    )
    expect(message(changed(programHeader(0, 3), ...word(0x000f_fff0)))).toMatch(
      /outside the nRF52840's flash/,
    )
    expect(message(changed(programHeader(0, 3), ...word(0x2003_fff0)))).toMatch(
      /outside the nRF52840's flash/,
    )
  })

  it('overlapping segments', () => {
    expect(message(changed(programHeader(1, 3), ...word(4)))).toMatch(/two segments overlap: 0x0\.\./)
  })

  it('without a vector table', () => {
    expect(message(changed(programHeader(0, 3), ...word(0x4000)))).toMatch(/no vector table/)
  })

  it('has names in UTF-8, of which none drives a terminal', () => {
    const tool = (...args: string[]): Buffer => {
      execFileSync('arm-none-eabi-objcopy', [...args, 'a.elf', 'b.elf'], { cwd: directory })
      return readFileSync(join(directory, 'b.elf'))
    }
    const renamed = tool(
      '--redefine-sym',
      'reset=re\x1b[2J\u202eset',
      '--redefine-sym',
      'counter=z\u00e4hler',
    )
    const names = parseElf(renamed, 'b.elf').symbols.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['re\ufffd[2J\ufffdset', 'z\u00e4hler']))
  })

  it('random damage never escapes as anything but a UserError', () => {
    let seed = 1
    const random = (): number => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32
    for (let round = 0; round < 3000; round++) {
      const copy = Buffer.from(elf)
      const sections = elf.readUInt32LE(32)
      for (let n = 0; n < 3; n++) {
        const at = random() < 0.5 ? random() * 200 : sections + random() * (elf.length - sections)
        copy[Math.floor(at)] = random() * 256
      }
      message(copy)
    }
  })
})

it('other files are named for what they are', () => {
  const text = (content: string): Uint8Array => Buffer.from(content, 'latin1')
  expect(() => parseImage(text(''), 'x')).toThrow(/x: the file is empty/)
  expect(() => parseImage(text('UF2\nWQ]\x9e'), 'x')).toThrow(/UF2/)
  expect(() => parseImage(text('\x1c\0\0\0TFL3'), 'x.tflite')).toThrow(/TensorFlow Lite model/)
  expect(() => parseImage(text('hello'), 'x')).toThrow(/not an ELF, HEX, UF2 or raw binary file/)
})
