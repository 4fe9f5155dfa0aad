import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { shortName } from './demangle.ts'
import { loadDemangler } from '../../src/files/demangler.ts'
import { parseImage, type FirmwareImage } from './image.ts'
import { SourceFrames } from './source-frames.ts'

const header = `
#pragma once
extern volatile int sink;
namespace deep {
template <typename T> inline T twice(T x) { return x + x * (T)sink; }
struct Filter {
  int state;
  inline __attribute__((always_inline)) int step(int x) { state += twice(x); return state >> 2; }
  int slow(int x);
};
}
`
const source = `
#include "inner/filter.h"
volatile int sink;
static inline __attribute__((always_inline)) int clip(int x) { return x > 100 ? 100 : x; }
namespace { int hidden(int x) { deep::Filter f{x}; int sum = 0;
  for (int i = 0; i < sink; i++)
    sum += clip(f.step(i)) + f.step(sink);
  return sum;
} }
int deep::Filter::slow(int x) { return clip(step(x) + step(x + 1)); }
__attribute__((noinline)) int middle(int n) { deep::Filter f{n}; return hidden(n) + f.slow(n) + clip(n); }
static int recursive(int n) { return n <= 0 ? sink : recursive(n - 1) + clip(n); }
extern "C" void reset() { for (;;) sink = middle(sink) + hidden(3) + recursive(sink); }
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

/** addr2line leaves what is anonymous away where it has no symbol for it. */
const plain = (name: string): string => name.replace('(anonymous)::', '')

const levels = ['-O0', '-Og', '-O2', '-O3']
const formats = ['-gdwarf-2', '-gdwarf-4', '-gdwarf-5', '-gdwarf-5 -gz=zlib', '-g -flto']

describe.each(formats.flatMap((format) => levels.map((level) => `${level} ${format}`)))('%s', (flags) => {
  let folder: string
  let image: FirmwareImage
  const tool = (name: string, ...args: string[]): string =>
    execFileSync(`arm-none-eabi-${name}`, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' })

  beforeAll(async () => {
    await loadDemangler()
    folder = mkdtempSync(join(tmpdir(), 'boardless-frames-'))
    execFileSync('mkdir', ['inner'], { cwd: folder })
    writeFileSync(join(folder, 'inner', 'filter.h'), header)
    writeFileSync(join(folder, 'a.cc'), source)
    writeFileSync(join(folder, 'a.ld'), script)
    const target = '-mcpu=cortex-m4 -mthumb -fno-exceptions -nostdlib -Wl,-T,a.ld'
    tool('g++', ...`${target} ${flags}`.split(' '), 'a.cc', '-o', 'a.elf')
    image = parseImage(readFileSync(join(folder, 'a.elf')), 'a.elf')
  })

  it('has the frames of every instruction as addr2line -i does', () => {
    const frames = new SourceFrames(image)
    const { start } = image.symbols.functions[0]!
    const { end } = image.symbols.functions.at(-1)!
    const addresses = Array.from({ length: (end - start) / 2 }, (_, i) => start + 2 * i)
    const hex = addresses.map((address) => address.toString(16))
    // "0xADDRESS", then for each frame the function and the place.
    const answer = tool('addr2line', '-a', '-i', '-f', '-C', '-e', 'a.elf', ...hex).trim()
    const expected = answer.split(/^(?=0x)/m).map((block) => {
      const [, ...lines] = block.trim().split('\n')
      const pairs = lines.flatMap((name, i) => (i % 2 === 0 ? [[name, lines[i + 1]!] as const] : []))
      return pairs.map(([name, place]) => {
        const [, path = '', line] = /^(.*):(\d+|\?)(?: \(discriminator \d+\))?$/.exec(place) ?? []
        const file = path.replace(`${folder}/`, '')
        return {
          function: plain(shortName(name).replace(/^int /, '')),
          file,
          line: line === '?' ? 0 : Number(line),
        }
      })
    })
    const found = addresses.map((address) =>
      frames.at(address).map((frame) => ({
        function: plain(frame.function ?? ''),
        file: frame.file.replace(`${folder}/`, ''),
        line: frame.line,
      })),
    )
    // addr2line gives an innermost frame whose function has no linker's name (static, anonymous) that of the ELF symbol.
    const asSymbol = (i: number): string => plain(shortName(image.symbols.functionAt(addresses[i]!)!.name))
    const named = found.map((chain, i) =>
      chain.map((frame, depth) =>
        depth === 0 && expected[i]![0]?.function === asSymbol(i)
          ? { ...frame, function: asSymbol(i) }
          : frame,
      ),
    )
    expect(named).toEqual(expected)
    const names = new Set(found.flat().map((frame) => frame.function))
    for (const name of [
      'deep::Filter::step',
      'deep::Filter::slow',
      'deep::twice<int>',
      'hidden',
      'recursive',
    ])
      expect(names).toContain(name)
    expect(Math.max(...found.map((chain) => chain.length))).toBeGreaterThan(/-O[0g]/.test(flags) ? 1 : 2)
  })

  it('finds where a line begins, in each function that has it', () => {
    const frames = new SourceFrames(image)
    const line = 1 + source.split('\n').findIndex((text) => text.includes('static inline'))
    const starts = frames.startsOf((path) => path.endsWith('a.cc'), line)
    expect(starts.length).toBeGreaterThan(0)
    for (const start of starts) {
      const rows = frames.lines!.rows.filter((row) => row.address === start)
      expect(rows.map((row) => row.line)).toContain(line)
    }
  })

  it('damaged, it says what it can and ends', () => {
    const { start } = image.symbols.functionsMatching(/^middle/)[0]!
    let seed = 1
    const random = (limit: number): number => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) % limit
    for (let round = 0; round < 60; round++) {
      const sectionBytes = (name: string): Uint8Array | undefined => {
        const bytes = Uint8Array.from(image.elf!.sectionBytes(name) ?? [])
        for (let i = 0; i < 3; i++) bytes[random(bytes.length)] = [0, 0x7f, 0xff, random(256)][random(4)]!
        return bytes.subarray(0, round % 4 === 0 ? random(bytes.length) : undefined)
      }
      const frames = new SourceFrames({ file: 'a.elf', elf: { ...image.elf!, sectionBytes } })
      expect(Array.isArray(frames.at(start + 2 * (round % 8)))).toBe(true)
    }
  })
})

it('knows nothing of an image without debug information', () => {
  expect(new SourceFrames({ file: 'a.hex' }).at(0x100)).toEqual([])
})
