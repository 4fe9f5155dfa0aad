/** Firmware that none of this repository's parts made, in what test/cli/run.test.ts does not look at. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { Cfsr, Hfsr } from '../../emulator/cpu/exceptions/faults.ts'
import { exitCodeOf } from '../../src/cli/outcome.ts'
import { simulate } from '../../src/files/simulate.ts'
import { UserError } from '../../runs/errors.ts'
import type { RunReport } from '../../runs/report/run-report.ts'
import { buildFirmware } from '../../src/toolchain/build.ts'
import { tflmPackage } from '../../src/toolchain/sources/packages.ts'
import { ensureSources } from '../../src/toolchain/sources/sources.ts'
import { stockModel } from '../../src/toolchain/testing/testing.ts'
import { compile, toHex } from '../cli/firmware.ts'

/** The command's exit code, and its one line where there is one. */
function outcome(report: RunReport): { code: number; line: string } {
  try {
    return { code: exitCodeOf(report), line: '' }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { code: error.exitCode, line: error.message }
  }
}

const namesOf = ({ fault }: RunReport): string[] =>
  fault!.callStack.map((frame) => frame.function.replace(/\+0x.*/, ''))

describe('exit', () => {
  it.each([
    ['SYS_EXIT, application exit', 'semihosting(0x18, (void *)0x20026)', 0],
    ['SYS_EXIT, run-time error', 'semihosting(0x18, (void *)0x20023)', 1],
    ['SYS_EXIT_EXTENDED 0', 'leave(0)', 0],
    ['SYS_EXIT_EXTENDED 255', 'leave(255)', 255],
    [
      'SYS_EXIT_EXTENDED, run-time error',
      'const uint32_t block[2] = {0x20023, 7}; semihosting(0x20, block)',
      1,
    ],
  ])('%s', async (name, call, code) => {
    const file = compile(`exit-${name.replaceAll(/\W+/g, '-')}`, `int main(void) { ${call}; return 0; }`)
    const report = await simulate({ file })
    expect([report.run.stop, outcome(report).code]).toEqual(['exit', code])
  })
})

const enableUsageFault = 'REG(0xE000ED24) |= 1u << 18;'

describe('crashes', () => {
  it.each([
    {
      name: 'a null function call',
      body: 'void (*volatile callback)(void) = 0; __attribute__((noinline)) void work(void) { callback(); callback(); }',
      cfsr: Cfsr.INVSTATE,
      where: /0x0\b/,
      instruction: /./,
      stack: ['work', 'main', 'reset'],
    },
    {
      name: 'an unaligned LDRD',
      body: '__attribute__((noinline)) void work(void) { __asm__ volatile("ldrd r0, r1, [%0]" : : "r"(0x20009002) : "r0", "r1"); }',
      cfsr: Cfsr.UNALIGNED,
      where: /work/,
      instruction: /^ldrd/i,
      stack: ['work', 'main', 'reset'],
    },
    {
      name: 'a division by zero with the trap on',
      body: '__attribute__((noinline)) int work(void) { REG(0xE000ED14) |= 1 << 4; volatile int zero = 0; return 5 / zero; }',
      cfsr: Cfsr.DIVBYZERO,
      where: /work/,
      instruction: /^sdiv/i,
      stack: ['work', 'main', 'reset'],
    },
    {
      name: 'floating point with the unit off',
      body: '__attribute__((noinline)) void work(void) { __asm__ volatile("vadd.f32 s0, s1, s2" : : : "s0"); }',
      cfsr: Cfsr.NOCP,
      where: /work/,
      instruction: /^vadd/i,
      stack: ['work', 'main', 'reset'],
    },
    {
      name: 'a store through a pointer that the MPU protects',
      body: `__attribute__((noinline)) void work(void) {
        REG(0xE000ED9C) = 0x20010000 | 0x10; REG(0xE000EDA0) = 0x06000000 | 15 << 1 | 1; REG(0xE000ED94) = 5;
        __asm__ volatile("dsb\\n isb"); REG(0x20010020) = 1; }`,
      cfsr: Cfsr.DACCVIOL | Cfsr.MMARVALID,
      where: /work/,
      instruction: /^str/i,
      stack: ['work', 'main', 'reset'],
      address: 0x2001_0020,
    },
    {
      name: 'an interrupt without a handler',
      body: '__attribute__((noinline)) void work(void) { REG(0xE000E100) = 1u << 9; REG(0xE000E200) = 1u << 9; __asm__ volatile("dsb\\n isb"); }',
      cfsr: Cfsr.INVSTATE,
      where: /0x0\b/,
      instruction: /./,
      stack: ['work', 'main', 'reset'],
    },
  ])('$name', async ({ name, body, cfsr, where, instruction, stack, address }) => {
    const file = compile(
      name.replaceAll(' ', '-'),
      `${body}\nint main(void) { work(); leave(0); return 0; }`,
      '-O1 -g -fno-optimize-sibling-calls',
    )
    const report = await simulate({ file })
    expect(outcome(report)).toMatchObject({ code: 3, line: expect.stringMatching(where) as string })
    expect(report.fault).toMatchObject({ cfsr, hfsr: Hfsr.FORCED })
    expect(report.fault!.mmfar).toBe(address ?? null)
    expect(report.fault!.instruction).toMatch(instruction)
    expect(namesOf(report).filter((one) => /^[a-z]/.test(one))).toEqual(stack)
  })

  it('a recursion without end, once the stack has run out of RAM', async () => {
    const file = compile(
      'recursion',
      'volatile int deep; __attribute__((noinline)) int down(int n) { volatile int a[64]; a[n & 63] = n; deep = n; return down(n + 1) + a[0]; } int main(void) { return down(0); }',
    )
    const report = await simulate({ file })
    expect(outcome(report)).toMatchObject({
      code: 3,
      line: expect.stringMatching(/down.*PRECISERR/) as string,
    })
    // RAM ends at 0x20000000 downwards, and the frame of the exception finds no room either.
    expect(report.fault!.bfar! >>> 12).toBe(0x1_ffff)
    expect(report.fault!.cfsr).toBe(Cfsr.PRECISERR | Cfsr.BFARVALID | Cfsr.STKERR)
    expect(report.fault!.instruction).toMatch(/^(push|str)/i)
    expect(new Set(namesOf(report))).toEqual(new Set(['down']))
  })

  it('in an interrupt handler: the call stack goes on in what it interrupted', async () => {
    const file = compile(
      'handler',
      `static void *table[64] __attribute__((aligned(256)));
       __attribute__((noinline)) int touch(volatile int *p) { return *p + 1; }
       void tick(void) { touch((volatile int *)0x60000000); __asm__ volatile("nop"); }
       __attribute__((noinline)) void work(void) { REG(0xE000E014) = 1000; REG(0xE000E018) = 0; REG(0xE000E010) = 7; for (volatile int i = 0; i < 1000; i++) ; }
       int main(void) { for (int i = 0; i < 64; i++) table[i] = vectors[i]; table[15] = tick; REG(0xE000ED08) = (uint32_t)table; work(); leave(0); return 0; }`,
    )
    const report = await simulate({ file })
    expect(outcome(report).code).toBe(3)
    expect(namesOf(report)).toEqual(['touch', 'tick', 'work', 'main', 'reset'])
  })

  it('that firmware handles itself are none', async () => {
    const file = compile(
      'handled',
      `static void *table[64] __attribute__((aligned(256)));
       static volatile uint32_t status;
       __attribute__((used)) static void step(uint32_t *frame) { status = REG(0xE000ED28); REG(0xE000ED28) = status; frame[6] += 2; }
       __attribute__((naked)) static void usage(void) { __asm__ volatile("mov r0, sp\\n b step"); }
       int main(void) { for (int i = 0; i < 64; i++) table[i] = vectors[i]; table[6] = usage; REG(0xE000ED08) = (uint32_t)table;
         ${enableUsageFault} __asm__ volatile("udf #3"); leave(status == ${Cfsr.UNDEFINSTR} ? 7 : 1); return 0; }`,
    )
    const report = await simulate({ file })
    expect([outcome(report).code, report.fault]).toEqual([7, null])
    expect(report.interrupts).toEqual([{ number: 6, name: 'UsageFault', count: 1 }])
    expect(report.problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^UsageFault: .*UNDEFINSTR\) at 0x\w+ \(udf #3\), left to the firmware's own handler$/i,
      ),
    ])
  })

  it('after a handled fault are reported as themselves', async () => {
    const file = compile(
      'second',
      `static void *table[64] __attribute__((aligned(256)));
       __attribute__((used)) static void step(uint32_t *frame) { REG(0xE000ED28) = REG(0xE000ED28); frame[6] += 2; }
       __attribute__((naked)) static void usage(void) { __asm__ volatile("mov r0, sp\\n b step"); }
       __attribute__((noinline)) void first(void) { __asm__ volatile("udf #3"); }
       __attribute__((noinline)) int second(void) { return REG(0x60000000); }
       int main(void) { for (int i = 0; i < 64; i++) table[i] = vectors[i]; table[6] = usage; REG(0xE000ED08) = (uint32_t)table;
         ${enableUsageFault} first(); return second(); }`,
    )
    const report = await simulate({ file })
    expect(outcome(report)).toMatchObject({
      code: 3,
      line: expect.stringMatching(/crashed at second/) as string,
    })
    expect(namesOf(report)).toEqual(['second', 'main', 'reset'])
    expect(report.fault!.bfar).toBe(0x6000_0000)
  })

  it('have addresses for names where the file has no symbols', async () => {
    const elf = compile(
      'bare',
      '__attribute__((noinline)) int touch(volatile int *p) { return *p + 1; } int main(void) { return touch((volatile int *)0x60000000) + 1; }',
    )
    const [named, bare] = [await simulate({ file: elf }), await simulate({ file: stripped(elf) })]
    expect(bare.run.cycles).toBe(named.run.cycles)
    expect(outcome(bare)).toMatchObject({ code: 3, line: expect.stringMatching(/crashed at 0x/) as string })
    expect(bare.fault!.pc).toBe(named.fault!.pc)
    expect(bare.fault!.callStack.map(({ address }) => address).slice(0, 2)).toEqual(
      named.fault!.callStack.map(({ address }) => address).slice(0, 2),
    )
  })
})

function stripped(elf: string): string {
  const bare = join(mkdtempSync(join(tmpdir(), 'boardless-stripped-')), 'bare.elf')
  copyFileSync(elf, bare)
  execFileSync('arm-none-eabi-strip', ['--strip-all', bare])
  return bare
}

describe('TFLM firmware', () => {
  let elf = ''
  beforeAll(async () => {
    await ensureSources(tflmPackage)
    const { elfPath } = await buildFirmware({
      app: 'stock',
      model: stockModel('magic_wand'),
      kernels: 'reference',
      resolver: 'mutable',
      optimise: '-O2',
      console: 'semihosting',
    })
    elf = elfPath
  })

  it('stripped, or as HEX: all that does not need a name stays', async () => {
    const named = await simulate({ file: elf })
    expect(named.interpreters[0]!.operators.map(({ type }) => type)).toContain('CONV_2D')
    for (const file of [stripped(elf), toHex(elf)]) {
      const bare = await simulate({ file })
      expect(outcome(bare).code).toBe(0)
      expect(bare.run).toEqual(named.run)
      expect(bare.phases).toEqual(named.phases)
      expect(bare.console).toEqual(named.console)
      expect(bare.models.map(({ sha256, operators }) => [sha256, operators])).toEqual(
        named.models.map(({ sha256, operators }) => [sha256, operators]),
      )
      expect(bare.functions[0]!.selfCycles).toBeGreaterThan(0)
    }
  })

  it('with a resolver that lacks an operator: TFLM’s own line and the firmware’s exit code', async () => {
    const app = mkdtempSync(join(tmpdir(), 'boardless-lacking-'))
    writeFileSync(
      join(app, 'main.cc'),
      `#include <new>
#include "runtime/console.h"
#include "runtime/inference.h"
#include "tensorflow/lite/micro/kernels/micro_ops.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"
class Reporter final : public tflite::ErrorReporter {
 public:
  int Report(const char* format, va_list arguments) override {
    console::print(format, arguments);
    console::write("\\n");
    return 0;
  }
  TF_LITE_REMOVE_VIRTUAL_DELETE
};
static uint8_t arena[20000];
int main() {
  console::start();
  Reporter reporter;
  tflite::MicroMutableOpResolver<1> resolver(&reporter);
  resolver.AddBuiltin(tflite::BuiltinOperator_RESHAPE, tflite::ops::micro::Register_RESHAPE());
  tflite::MicroInterpreter interpreter(tflite::GetModel(g_model), resolver, arena, sizeof arena, &reporter);
  return interpreter.AllocateTensors() == kTfLiteOk ? 0 : 9;
}
`,
    )
    const { elfPath } = await buildFirmware({
      app,
      model: stockModel('magic_wand'),
      kernels: 'reference',
      resolver: 'mutable',
      optimise: '-O2',
      console: 'semihosting',
    })
    const report = await simulate({ file: elfPath })
    expect(report.console.text).toMatch(/Didn't find op for builtin opcode '\w+' version '\d'/)
    expect(outcome(report).code).toBe(9)
  })
})

describe('infer', () => {
  it('says so when its input ends in the middle, and is done at once without any', async () => {
    const { elfPath } = await buildFirmware({
      app: 'infer',
      model: stockModel('hello_world'),
      kernels: 'reference',
      resolver: 'mutable',
      optimise: '-O2',
      console: 'semihosting',
    })
    const cut = await simulate({ file: elfPath, stdin: new Uint8Array(6) })
    expect(outcome(cut).line).toMatch(/standard input ends after 2 bytes of an input of 4/)
    expect(cut.phases.map(({ name, count }) => [name, count])).toEqual([['inference', 1]])
    const none = await simulate({ file: elfPath })
    expect([outcome(none).code, none.phases]).toEqual([0, []])
  })
})
