import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { beforeAll, describe, expect, it } from 'vitest'
import type { RunReport } from '../../runs/report/run-report.ts'
import { runReportSchema } from '../../runs/report/schema/schema.ts'
import { compile, toHex } from './firmware.ts'

const root = join(import.meta.dirname, '..', '..')
const command = join(root, 'dist', 'cli', 'main.js')
const folder = mkdtempSync(join(tmpdir(), 'boardless-run-'))
const validate = new Ajv2020({ strict: true, allErrors: true }).compile(runReportSchema)

interface Run {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
  readonly report: RunReport
  readonly json: string
}

function run(firmware: string, ...args: readonly string[]): Run {
  const json = join(mkdtempSync(join(folder, 'r')), 'report.json')
  const result = spawnSync(process.execPath, [command, 'run', firmware, '--json', json, ...args], {
    encoding: 'utf8',
  })
  const text = existsSync(json) ? readFileSync(json, 'utf8') : 'null'
  const report = JSON.parse(text) as RunReport
  if (text !== 'null') {
    validate(report)
    expect(validate.errors).toBeNull()
  }
  return { ...result, report, json: text }
}

beforeAll(() => {
  spawnSync(process.execPath, ['setup.mjs', 'build'], { cwd: root })
})

describe('firmware that is none of ours', () => {
  it('prints through semihosting and exits with its own code', () => {
    const { status, stdout, report } = run(
      compile('exits', 'int main(void) { print("hello\\n"); leave(42); return 0; }'),
    )
    expect(status).toBe(42)
    expect(stdout).toMatch(/^hello\n/)
    expect(report).toMatchObject({ console: { text: 'hello\n' }, run: { stop: 'exit', exitCode: 42 } })
  })

  it('runs as HEX without symbols, with the same cycles', () => {
    const elf = compile(
      'hexed',
      'int f(int n) { return n < 2 ? n : f(n - 1) + f(n - 2); } int main(void) { leave(f(12) == 144 ? 0 : 1); return 0; }',
      '-O1',
    )
    const [named, bare] = [run(elf), run(toHex(elf))]
    expect([named.status, bare.status]).toEqual([0, 0])
    expect(bare.report.run).toEqual(named.report.run)
    expect(named.report.functions.map(({ name }) => name)).toContain('f')
    const hot = ({ functions }: RunReport): unknown => {
      const [first] = functions
      return first && [first.address, first.selfCycles, first.instructions, first.entries]
    }
    expect(hot(bare.report)).toEqual(hot(named.report))
    expect(bare.report.functions[0]!.name).toMatch(/^function at 0x/)
    expect(bare.stdout).toMatch(/static RAM +unknown +a HEX file does not say/)
  })

  it('measures the stack exactly', () => {
    const source =
      'int use(volatile char *p) { p[0] = 1; return p[0]; } int main(void) { volatile char big[1000]; leave(use(big) - 1); return 0; }'
    const { report } = run(compile('stack', source))
    expect(report.memory.stack).toMatchObject({ bytes: 4096, exact: true })
    expect(report.memory.stack!.highWaterBytes).toBeGreaterThanOrEqual(1000)
    expect(report.memory.stack!.highWaterBytes).toBeLessThan(1100)
  })

  it('has phases where it marks them, as long as it measures them itself', () => {
    const source = `
      static const char work[] = "work";
      volatile uint32_t measured[3];
      int main(void) {
        REG(0xE000EDFC) |= 1u << 24; REG(0xE0001000) |= 1; REG(0xE0000FB0) = 0xC5ACCE55; REG(0xE0000E80) = 1; REG(0xE0000E00) = 7;
        for (int i = 0; i < 3; i++) {
          REG(0xE0000004) = (uint32_t)work;
          uint32_t from = REG(0xE0001004);
          for (volatile int n = 0; n < 100 * (i + 1); n++) ;
          REG(0xE0000008) = (uint32_t)work;
          measured[i] = REG(0xE0001004) - from;
        }
        static const char digits[] = "0123456789";
        for (int i = 0; i < 3; i++) {
          char text[12] = {0}; int at = 10; uint32_t value = measured[i];
          text[at] = '\\n'; do { text[--at] = digits[value % 10]; value /= 10; } while (value);
          print(text + at);
        }
        leave(0); return 0;
      }`
    const { report } = run(compile('phases', source))
    const measured = report.console.text.trim().split('\n').map(Number)
    const [phase] = report.phases
    expect(phase).toMatchObject({ name: 'work', count: 3, passes: 3 })
    const seen = [phase!.minimumCycles, phase!.medianCycles, phase!.maximumCycles]
    // The store and the load that follows it are a few cycles apart, the same at begin and end.
    seen.forEach((cycles, i) => expect(Math.abs(cycles - measured[i]!)).toBeLessThanOrEqual(3))
  })

  it('spins: says where', () => {
    const { status, report } = run(compile('spins', 'int main(void) { for (;;) ; }'), '--for', '2s')
    expect(status).toBe(0)
    expect(report.run.stop).toBe('time')
    // The first instruction boundary after two seconds.
    expect(report.run.cycles - 128_000_000).toBeLessThan(10)
    expect(report.run.cycles).toBeGreaterThanOrEqual(128_000_000)
    expect(report.run.stopDetail).toMatch(/in a loop at main/)
  })

  it('sleeps for ever: goes on to --for, and ends on the spot without', () => {
    const elf = compile('sleeps', 'int main(void) { return 0; }')
    const asked = run(elf, '--for', '1h')
    expect(asked.report.run).toMatchObject({ stop: 'time', cycles: 3600 * 64_000_000 })
    expect(asked.report.run.nothingWakesSinceCycle).toBeLessThan(10_000)
    expect(asked.report.run.stopDetail).toMatch(/asleep at reset.* and nothing could wake it/)
    const { report } = run(elf)
    expect(report.run.stop).toBe('asleep-for-ever')
    expect(report.run.cycles).toBe(report.run.nothingWakesSinceCycle)
    expect(report.run.stopDetail).toMatch(/all averages are over the [\d.]+ us until then/)
  })

  it('--until ends with the line, and is an assertion', () => {
    const elf = compile(
      'counts',
      'int main(void) { for (int i = 0; i < 4; i++) print("tick\\n"); print("Done 4\\n"); print("more\\n"); leave(0); return 0; }',
    )
    const met = run(elf, '--until', '^Done \\d$')
    expect([met.status, met.report.run.stop]).toEqual([0, 'until'])
    expect(met.report.console.text).toMatch(/Done 4\n$/)
    expect(met.report.run.until).toMatchObject({ pattern: '/^Done \\d$/', line: 'Done 4' })
    for (const pattern of ['Never', '^Done$', '^Do']) {
      const missed = run(elf, '--until', pattern)
      expect(missed.status).toBe(pattern === '^Do' ? 0 : 1)
      if (pattern !== '^Do') expect(missed.stderr).toMatch(/--until \/.*\/ was not met: .*, with 0\n/)
    }
  })

  it('--until is not met by half a line, but by a prompt', () => {
    const elf = compile(
      'asks',
      `int main(void) {
        print("hello"); for (volatile int i = 0; i < 10000; i++) ; print(" from firmware\\nname> ");
        for (;;) ; return 0; }`,
    )
    expect(run(elf, '--until', '^hello$', '--for', '1s').status).toBe(1)
    const asked = run(elf, '--until', '^name> $', '--for', '1s')
    expect([asked.status, asked.report.run.stop]).toEqual([0, 'until'])
    // 100 ms after its last character, and that is within the first ms.
    expect(asked.report.run.cycles / 64_000).toBeGreaterThan(100)
    expect(asked.report.run.cycles / 64_000).toBeLessThan(103)
  })

  it('--until is met by the piece of a line that the run ends with', () => {
    const elf = compile('leaves', 'int main(void) { print("bye"); leave(5); return 0; }')
    const met = run(elf, '--until', '^bye$')
    expect([met.status, met.report.run.stop, met.report.run.until?.line]).toEqual([5, 'exit', 'bye'])
    const missed = run(elf, '--until', '^by$')
    expect(missed.status).toBe(1)
    expect(missed.stderr).toMatch(/was not met: the firmware exited through semihosting, with 5/)
    expect(run(elf, '--until', '').status).toBe(2)
  })

  it('says of an exit code above 255, and of one like ours, that it is the firmware’s', () => {
    const high = run(compile('high', 'int main(void) { leave(256); return 0; }'))
    expect([high.status, high.report.run.exitCode]).toEqual([255, 256])
    expect(high.stderr).toMatch(/the firmware itself exited with 256/)
    const three = run(compile('three', 'int main(void) { leave(3); return 0; }'))
    expect([three.status, three.report.run.exitCode, three.report.fault]).toEqual([3, 3, null])
    expect(three.stderr).toMatch(/three\.elf: the firmware itself exited with 3/)
  })

  it('reads --stdin', () => {
    writeFileSync(join(folder, 'input'), 'abc')
    const source =
      'int main(void) { char text[2] = {0}; for (int i = 0; i < 3; i++) { text[0] = (char)(semihosting(7, 0) - 32); print(text); } leave(0); return 0; }'
    expect(run(compile('reads', source), '--stdin', join(folder, 'input')).report.console.text).toBe('ABC')
  })

  it('--strict ends at what is not modelled, otherwise it is named', () => {
    const elf = compile('unused', 'int main(void) { REG(0x40026000) = 1; leave(0); return 0; }')
    const free = run(elf)
    expect([free.status, free.report.unmodelled.length]).toEqual([0, 1])
    const strict = run(elf, '--strict')
    expect([strict.status, strict.report.run.stop]).toEqual([1, 'unmodelled'])
    expect(strict.stderr).toMatch(/^boardless: [^\n]*not modelled[^\n]*main[^\n]*\n$/)
  })

  it('--set moves the timing model', () => {
    const elf = compile(
      'loop',
      'int main(void) { for (volatile int i = 0; i < 100; i++) ; leave(0); return 0; }',
    )
    const [plain, slow] = [run(elf), run(elf, '--set', 'timing.refillDirect=3')]
    expect(slow.report.timing.parameters['refillDirect']).toBe(3)
    expect(slow.report.run.instructions).toBe(plain.report.run.instructions)
    expect(slow.report.run.cycles).toBeGreaterThan(plain.report.run.cycles + 100)
  })

  it.each(['cacheWays=3', 'cacheBytes=100', 'flashReadLineBytes=7'])(
    'refuses memory that cannot be: timing.%s',
    (parameter) => {
      const elf = compile('small', 'int main(void) { leave(0); return 0; }')
      const { status, stderr } = run(elf, '--set', `timing.${parameter}`)
      expect(status).toBe(2)
      expect(stderr).toMatch(/^boardless: --set timing\.\w+: [^\n]+\n$/)
    },
  )

  it('gives the same report twice, to the byte', () => {
    const elf = compile(
      'same',
      'int main(void) { for (volatile int i = 0; i < 1000; i++) ; print("x"); leave(0); return 0; }',
    )
    expect(run(elf).json).toBe(run(elf).json)
  })
})

describe('firmware that crashes', () => {
  const source = `
    __attribute__((noinline)) int touch(volatile int *p) { return *p + 1; }
    __attribute__((noinline)) int work(int n) { int total = 0; for (int i = 0; i < n; i++) total += touch((volatile int *)(0x60000000 + i)); return total; }
    int main(void) { return work(3) + 1; }`

  it('is decoded: registers, instruction, function, call stack with lines', () => {
    const { status, stderr, stdout, report } = run(compile('crashes', source))
    expect(status).toBe(3)
    expect(stderr).toMatch(/^boardless: crashes\.elf: the firmware crashed at touch[^\n]*BusFault[^\n]*\n$/)
    expect(report.fault).toMatchObject({
      bfar: 0x6000_0000,
      instruction: expect.stringMatching(/^ldr/i) as string,
    })
    expect(report.fault!.callStack.map((frame) => frame.function.replace(/\+.*/, ''))).toEqual([
      'touch',
      'work',
      'main',
      'reset',
    ])
    expect(report.fault!.callStack[0]!.source).toMatch(/^crashes\.c:\d+$/)
    expect(stdout).toMatch(/Fault[^]*CFSR 0x00008200/)
  })

  it('has a guessed call stack without debug information', () => {
    const { report } = run(compile('crashes-bare', source, '-O1 -g0 -fno-asynchronous-unwind-tables'))
    const names = report.fault!.callStack.map((frame) => frame.function.replace(/\+.*/, ''))
    expect(names.slice(0, 3)).toEqual(['touch', 'work', 'main'])
    expect(report.fault!.callStack.slice(1).every(({ guessed }) => guessed)).toBe(true)
  })

  it.each([
    ['an undefined instruction', '__asm__ volatile("udf #1");', /undefined instruction/],
    ['a branch to an even address', '((void (*)(void))0x1000)();', /even address|INVSTATE/],
    ['a branch to nowhere', '((void (*)(void))0x50000001)();', /IBUSERR|IACCVIOL|fetched/],
    ['a stack that runs over', '__asm__ volatile("mov r0, #0\\n mov sp, r0\\n push {r0}\\n");', /./],
    ['a breakpoint', '__asm__ volatile("bkpt 1");', /BKPT/],
  ])('%s', (name, body, expected) => {
    const { status, stderr } = run(compile(name.replaceAll(' ', '-'), `int main(void) { ${body} return 0; }`))
    expect(stderr).toMatch(/^boardless: [^\n]+\n$/)
    expect(stderr).toMatch(expected)
    expect(status).toBe(3)
  })
})

it('Ctrl-C ends a long run with 130 and leaves no half-written file', async () => {
  const elf = compile('long', 'int main(void) { print("begun\\n"); for (;;) ; }')
  const place = mkdtempSync(join(folder, 'c'))
  const child = spawn(process.execPath, [
    command,
    'run',
    elf,
    '--for',
    '1h',
    '--json',
    join(place, 'report.json'),
  ])
  child.stdout.on('data', (chunk: Buffer) => {
    if (chunk.includes('begun') && !child.killed) child.kill('SIGINT')
  })
  const status = await new Promise((resolve) => child.on('close', resolve))
  expect(status).toBe(130)
  expect(readdirSync(place).filter((name) => name !== 'report.json')).toEqual([])
})
