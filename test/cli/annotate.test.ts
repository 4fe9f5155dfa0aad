/** `boardless annotate` of a file and of its recorded run, and `run --coverage`, as they are typed. */
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { main } from '../../src/cli/program.ts'
import { compile, toHex } from './firmware.ts'

const folder = mkdtempSync(join(tmpdir(), 'boardless-annotate-'))
const file = compile(
  'annotate-cli',
  `volatile uint32_t sink;
__attribute__((noinline)) void work(uint32_t n) { for (uint32_t i = 0; i < n; i++) sink += i; }
__attribute__((noinline)) void worker(void) { work(3); sink++; }
int main(void) { for (int i = 0; i < 4; i++) worker(); leave(0); return 0; }`,
)

async function typed(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', '']
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true))
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((err += String(text)), true))
  const code = await main(['node', 'boardless', ...args]).finally(() => {
    stdout.mockRestore()
    stderr.mockRestore()
  })
  return { code, out, err }
}

describe('annotate', () => {
  it('shows source and instructions of the function that is meant', async () => {
    const { code, out } = await typed('annotate', file, 'work')
    expect(code).toBe(0)
    expect(out).toContain('entered       4 times')
    expect(out).toContain('sink += i')
  })

  it('says of a recorded run what it says of the run', async () => {
    const [record, made, again] = ['a.boardless', 'made.json', 'again.json'].map((name) => join(folder, name))
    await typed('run', file, '--record', record!, '-q')
    await typed('annotate', file, 'work', '--json', made!, '-q')
    expect(
      await typed('annotate', record!, 'work', '--source', dirname(file), '--json', again!, '-q'),
    ).toMatchObject({
      code: 0,
      err: '',
    })
    expect(readFileSync(again!, 'utf8')).toBe(readFileSync(made!, 'utf8'))
    const refused = await typed('annotate', record!, 'work', '--for', '1s')
    expect(refused).toMatchObject({ code: 2, out: '' })
    expect(refused.err).toMatch(/--for would change nothing/)
  })

  it.each([
    ['wrok', /no function wrok in .*Did you mean work\?/],
    ['/^work/', /2 functions match .*work, worker\. Say which\./],
    ['/(/', /is no JavaScript regular expression/],
    ['0x7fff0', /is in no function/],
  ])('%s is said before anything runs', async (name, message) => {
    const { code, out, err } = await typed('annotate', file, name)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(message)
    expect(err.trim().split('\n')).toHaveLength(1)
  })

  it.each([
    ['annotate', toHex(file), 'work'],
    ['run', toHex(file), '--functions'],
    ['run', toHex(file), '--coverage', join(folder, 'hex.info')],
    ['run', file, '--no-profile', '--coverage', join(folder, 'hex.info')],
  ])('%s %s %s: one line, and nothing written', async (...args) => {
    const { code, err } = await typed(...args)
    expect(code).toBe(2)
    expect(err).toMatch(/has no symbols|has no debug information|leave out --no-profile/)
    expect(existsSync(join(folder, 'hex.info'))).toBe(false)
  })
})

it('writes coverage', async () => {
  const info = join(folder, 'a.info')
  expect((await typed('run', file, '--coverage', info, '-q')).code).toBe(0)
  const text = readFileSync(info, 'utf8')
  expect(text).toMatch(/^SF:.*annotate-cli\.c$/m)
  expect(text).toContain('FNDA:4,worker')
})
