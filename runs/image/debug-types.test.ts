import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { UserError } from '../errors.ts'
import { structLayouts } from './debug-types.ts'
import { parseElf } from './elf.ts'

// Offsets and sizes by AAPCS32, 5.3: natural alignment; a base class comes first, a vtable pointer before all.
const source = `
extern "C" { typedef struct Plain { char c; int *p; short s; double d; } Plain; typedef struct { int a; Plain inner; } Named; }
namespace outer { namespace inner { struct Base { virtual int f(); int base_; }; int Base::f() { return 0; }
struct Second { virtual int g(); int second_; }; int Second::g() { return 1; }
class Derived : public Base, public Second { public: int f() override; static int shared; unsigned bits : 3; int own_; }; int Derived::f() { return own_; } } }
struct Declared; Declared *declared; Plain plain; Named named; outer::inner::Derived derived;
extern "C" void _start() { struct Plain { int other; } local = {1}; plain.s = local.other; }`

const expected = {
  Plain: { bytes: 24, members: { c: 0, p: 4, s: 8, d: 16 } },
  Named: { bytes: 32, members: { a: 0, inner: 8 } },
  'outer::inner::Derived': { bytes: 24, members: { base_: 4, second_: 12, own_: 20 } },
}

function compile(...flags: string[]): { file: string; elf: ReturnType<typeof parseElf> } {
  const folder = mkdtempSync(join(tmpdir(), 'boardless-types-'))
  const file = join(folder, 'a.elf')
  writeFileSync(join(folder, 'a.cc'), source)
  const target = ['-mcpu=cortex-m4', '-mthumb', '-nostdlib', '-ffreestanding', '-fno-rtti', '-fno-exceptions']
  const link = ['-Wl,--unresolved-symbols=ignore-all', '-Wl,-Ttext,0x1000']
  execFileSync('arm-none-eabi-g++', [...target, ...flags, ...link, join(folder, 'a.cc'), '-o', file], {
    stdio: 'pipe',
  })
  return { file, elf: parseElf(readFileSync(file), file) }
}

const wanted = [...Object.keys(expected), 'Declared', 'nobody']

describe('layouts of structures', () => {
  it.each(['-gdwarf-2', '-gdwarf-3', '-gdwarf-4', '-gdwarf-5'])('with %s', (flag) => {
    const found = structLayouts(compile(flag), wanted, /a\.cc/)
    expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort())
    for (const [name, { bytes, members }] of Object.entries(expected)) {
      expect(found[name]).toMatchObject({ bytes, members })
    }
  })

  it('none without debug information', () => {
    expect(structLayouts(compile(), wanted, /a\.cc/)).toEqual({})
  })

  it('ends for sections that are cut short or made up', () => {
    const { file, elf } = compile('-gdwarf-4')
    const info = elf.sectionBytes('.debug_info')!
    for (let i = 0; i < 300; i++) {
      const damaged = info.slice(0, i % 3 === 0 ? (i * info.length) / 300 : undefined)
      if (i % 3 !== 0) damaged[(i * 7919) % info.length] = (i * 31) & 0xff
      const sectionBytes = (name: string): Uint8Array | undefined =>
        name === '.debug_info' ? damaged : elf.sectionBytes(name)
      try {
        structLayouts({ file, elf: { ...elf, sectionBytes } }, wanted, /a\.cc/)
      } catch (error) {
        expect(error).toBeInstanceOf(UserError)
      }
    }
  })
})
