/** `-gsplit-dwarf`: what is not in the ELF is said to be unknown. */
import { expect, it, vi } from 'vitest'
import { main } from '../../src/cli/program.ts'
import { compile } from './firmware.ts'

async function typed(...args: string[]): Promise<{ code: number; out: string }> {
  let out = ''
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true))
  const code = await main(['node', 'boardless', ...args]).finally(() => stdout.mockRestore())
  return { code, out }
}

it.each(['-gdwarf-4', '-gdwarf-5'])(
  'with %s -gsplit-dwarf says that inlined functions are not known, and has the lines',
  async (format) => {
    const source = `volatile uint32_t sink;
static inline uint32_t inner(uint32_t n) { return n * sink + 1; }
__attribute__((noinline)) void work(uint32_t n) { for (uint32_t i = 0; i < n; i++) sink += inner(i); }
int main(void) { work(9); leave(0); return 0; }`
    const [whole, split] = ['', ' -gsplit-dwarf'].map((flag) =>
      compile(`split${format}${flag.trim()}`, source, `-O2 -g ${format}${flag}`),
    )
    const before = (await typed('annotate', whole!, 'work')).out
    expect(before).toContain('Inlined into it')
    expect(before).not.toContain('.dwo')
    const { code, out } = await typed('annotate', split!, 'work')
    expect(code).toBe(0)
    expect(out).not.toContain('Inlined into it')
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      'inlined functions are not known: debug information is in .dwo files, which are not read; compile without -gsplit-dwarf',
    )
    const lines = (text: string) => [...text.matchAll(/split\S*\.c:(\d+)/g)].map(([, line]) => line)
    expect(new Set(lines(out))).toEqual(new Set(lines(before)))
    expect((await typed('run', split!, '--for', '1ms')).out.replaceAll(/\s+/g, ' ')).toContain(
      'flags unknown: its debug information is in .dwo files (-gsplit-dwarf), which are not read; compile without it',
    )
  },
)
