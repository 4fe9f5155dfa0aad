import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadDemangler } from '../../../src/files/demangler.ts'
import { parseImage } from '../../image/image.ts'
import { loadImage } from '../../../src/files/image.ts'
import { factsOf } from '../../../src/running/app.ts'
import { buildFirmware, type BuildOptions } from '../../../src/toolchain/build.ts'
import { stockModel } from '../../../src/toolchain/testing/testing.ts'
import { describeFirmware } from './firmware.ts'
import { compilerText, librariesText } from '../show/words/header.ts'

const script = `
SECTIONS {
  .vectors 0 : { LONG(0x20001000) LONG(main | 1) . = 0x100; }
  .text : { *(.text*) *(.rodata*) *(.ARM*) }
  .data 0x20000000 : { *(.data*) *(.bss*) }
}
`
const target = ['-mcpu=cortex-m4', '-mthumb', '-ffreestanding', '-nostdlib', '-fno-exceptions']
const version = execFileSync('arm-none-eabi-gcc', ['-dumpfullversion'], { encoding: 'utf8' }).trim()

type Source = readonly [text: string, flags: string]

/** Each source compiled with flags of its own, and linked. */
function link(sources: Readonly<Record<string, Source>>, flags = ''): string {
  const folder = mkdtempSync(join(tmpdir(), 'boardless-compilers-'))
  const run = (name: string, args: readonly string[]) =>
    execFileSync(`arm-none-eabi-${name}`, args.filter(Boolean), { cwd: folder, stdio: 'pipe' })
  writeFileSync(join(folder, 'a.ld'), script)
  for (const [name, [text, own]] of Object.entries(sources)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
    run('gcc', [...target, ...own.split(' '), '-c', name, '-o', `${name}.o`])
  }
  const objects = Object.keys(sources).map((name) => `${name}.o`)
  run('gcc', [...target, ...flags.split(' '), '-Wl,-T,a.ld', '-Wl,-e,main', ...objects, '-o', 'a.elf'])
  return join(folder, 'a.elf')
}

const objcopy = (elf: string, ...args: readonly string[]): string => {
  execFileSync('arm-none-eabi-objcopy', [...args, elf, `${elf}.copy`], { stdio: 'pipe' })
  return `${elf}.copy`
}
const read = (elf: string) => describeFirmware(parseImage(readFileSync(elf), elf), [], undefined)

const main: Source = ['int library(int); int main(void) { return library(3); }', '-O1 -g']
const library = (flags: string): Source => ['int library(int x) { return x * 7; }', flags]
const invoke = `
namespace tflite { class MicroInterpreter { public: int Invoke(); int calls; }; }
int tflite::MicroInterpreter::Invoke() { return ++calls; }
tflite::MicroInterpreter interpreter;
extern "C" int library(int x) { return x + interpreter.Invoke(); }`

beforeAll(() => loadDemangler())

describe('compiler and flags', () => {
  it.each(['-g', '-gdwarf-2 -gstrict-dwarf', '-gdwarf-3', '-gdwarf-4', '-gdwarf-5', '-g -gz', '-g3'])(
    'are those of the unit that holds main, with %s',
    (debug) => {
      // The library's command line is the longest.
      const longer = `-O3 ${debug} -funroll-loops -fno-strict-aliasing -fno-common -ffast-math`
      const found = read(link({ 'main.c': [main[0], `-O1 ${debug}`], 'library.c': library(longer) }))
      expect(found.compiler).toMatch(new RegExp(`^GCC ${version.replaceAll('.', '\\.')}`))
      expect(found.compilerFrom).toBe('debug-information')
      expect(found.compilerFlags.split(' ')).toContain('-O1')
      expect(found.compilerFlags).not.toContain('-O3')
      expect(found.compiledParts).toEqual([
        { parts: ['main'], compiler: found.compiler, compilerFlags: found.compilerFlags },
      ])
    },
  )

  it('are said of main and of the interpreter where they differ', () => {
    const found = read(link({ 'main.c': main, 'interpreter.cc': [invoke, '-O3 -g'] }))
    expect(found.compiledParts.map(({ parts }) => parts)).toEqual([['main'], ['interpreter']])
    const text = compilerText(found)
    expect(text).toMatch(/^GCC \S+ .*for main\n.*-O1.*\nGCC \S+ .*for interpreter\n.*-O3/)
  })

  it('are said once for units of two languages that were compiled alike', () => {
    const found = read(
      link({ 'main.c': [main[0], '-O2 -g'], 'interpreter.cc': [invoke, '-O2 -g -fno-rtti -std=c++17'] }),
    )
    expect(found.compiledParts.map(({ parts }) => parts)).toEqual([['main', 'interpreter']])
    expect(compilerText(found)).not.toContain(' for ')
  })

  it('are those of the source, not of the linker, with link-time optimisation', () => {
    const found = read(
      link(
        {
          'main.c': [main[0], '-O1 -g -flto'],
          'library.c': ['__attribute__((noinline)) int library(int x) { return x * 7; }', '-O3 -g -flto'],
        },
        '-O2 -flto -g',
      ),
    )
    expect(found.compiler).toMatch(/^GCC \d/)
    expect(found.compilerFlags.split(' ')).toEqual(expect.arrayContaining(['-O1', '-flto']))
    expect(found.compilerFlags).not.toContain('-O3')
  })

  it('are not those of the linker where main was compiled without -g', () => {
    const found = read(
      link(
        {
          'main.c': [main[0], '-O1 -flto'],
          'library.c': ['__attribute__((noinline)) int library(int x) { return x * 7; }', '-O3 -g -flto'],
        },
        '-O2 -flto -g',
      ),
    )
    expect(found).toMatchObject({ compilerFrom: 'comment-section', compilerFlags: 'unknown' })
    expect(compilerText(found)).toMatch(
      /^GCC: .*\nflags unknown: link-time optimisation of code .* without -g/,
    )
  })

  it('are unknown for a reason that is true', () => {
    const plain = link({ 'main.c': [main[0], '-O1'], 'library.c': library('-O3') })
    expect(compilerText(read(plain))).toMatch(/\nflags unknown: the file has no debug information$/)
    const nameless = objcopy(link({ 'main.c': main, 'library.c': library('-O3 -g') }), '--strip-symbol=main')
    expect(compilerText(read(nameless))).toMatch(/\nflags unknown: neither main nor .* among the symbols/)
    const others = link({ 'main.c': [main[0], '-O1'], 'library.c': library('-O3 -g') })
    expect(compilerText(read(others))).toMatch(/\nflags unknown: neither main .* has debug information$/)
  })

  it('are unknown where only others have debug information, and the comment section tells the version', () => {
    const found = read(link({ 'main.c': [main[0], '-O1'], 'library.c': library('-O3 -g') }))
    expect(found.compilerFlags).toBe('unknown')
    expect(found.compilerFrom).toBe('comment-section')
    expect(found.compiler).toMatch(/^GCC: .*\d+\.\d+\.\d+/)
    expect(found.compiler).not.toContain(';')
  })

  it('are not those of CMSIS-NN, where that alone has debug information', () => {
    const kernels = `void arm_convolve_s8(void) {}\n${library('')[0]}`
    const found = read(link({ 'main.c': [main[0], '-O1'], 'nn.c': [kernels, '-O3 -g'] }))
    expect(found).toMatchObject({ compilerFrom: 'comment-section', compilerFlags: 'unknown' })
    expect(
      found.compiledParts.map(({ parts, compilerFlags }) => [parts, compilerFlags.includes('-O3')]),
    ).toEqual([
      [['main'], false],
      [['CMSIS-NN'], true],
    ])
  })

  it('says each compiler that left its name, where no unit says whose main is', () => {
    const other: Source = [`__asm__(".ident \\"clang version 14.0.6\\"");\n${library('')[0]}`, '-O2']
    const found = read(link({ 'main.c': [main[0], '-O1'], 'library.c': other }))
    expect(found.compiler).toMatch(/GCC: .*; clang version 14\.0\.6|clang version 14\.0\.6; GCC: /)
    expect(compilerText(found)).toContain('flags unknown')
  })

  it('are known of the part that has debug information, and unknown of the other', () => {
    const found = read(link({ 'main.c': [main[0], '-O1'], 'interpreter.cc': [invoke, '-O3 -g'] }))
    expect(found.compilerFlags).toContain('-O3')
    expect(compilerText(found)).toMatch(/^unknown for main\nflags unknown\nGCC .* for interpreter\n/)
  })

  it('of a unit that another compiler made are its own words', () => {
    const elf = link({ 'main.c': main, 'library.c': library('-O3 -g') })
    const text = readFileSync(elf, 'latin1')
    const gcc = /GNU C\d+ [^\0]*-O1[^\0]*/.exec(text)?.[0] ?? ''
    const clang = 'Debian clang version 14.0.6'
    const changed = Buffer.from(text.replace(gcc, clang.padEnd(gcc.length, '\0')), 'latin1')
    expect(describeFirmware(parseImage(changed, elf), [], undefined)).toMatchObject({
      compiler: clang,
      compilerFlags: 'unknown',
    })
  })

  it('are unknown without debug information and comment: stripped, or a HEX file', () => {
    const elf = link({ 'main.c': main, 'library.c': library('-O3 -g') })
    const stripped = read(objcopy(elf, '--strip-all', '-R', '.comment'))
    const hex = read(objcopy(elf, '-O', 'ihex'))
    for (const found of [stripped, hex]) {
      expect(found).toMatchObject({ compiler: 'unknown', compilerFlags: 'unknown', compilerFrom: 'unknown' })
      expect(found).toMatchObject({ tflmVersion: 'unknown', cmsisNnVersion: 'unknown', libraries: [] })
      expect(librariesText(found)).toBe('unknown: the file has no symbols')
    }
  })

  it('are unknown where debug information is broken, and nothing else is', () => {
    const elf = link({ 'main.c': main, 'library.c': library('-O3 -g') })
    for (const name of ['.debug_info', '.debug_abbrev']) {
      for (const length of [0, 3, 11, 40]) {
        const section = `${elf}.section`
        objcopy(elf, '--dump-section', `${name}=${section}`)
        const bytes = readFileSync(section)
        writeFileSync(
          section,
          bytes.map((byte, i) => (i < length ? byte : 0xa5)),
        )
        expect(read(objcopy(elf, '--update-section', `${name}=${section}`)).compilerFrom).toMatch(
          /comment-section|debug/,
        )
      }
    }
  })
})

/** A firmware with a constructor or functions of that signature, and main. */
function withNames(cxx: string): string {
  return link({
    'main.c': main,
    'names.cc': [
      `struct TfLiteContext; struct TfLiteNode; struct TfLiteEvalTensor; struct TfLiteRegistration; struct TFLMRegistration;
      namespace tflite { struct Model; class MicroOpResolver; class ErrorReporter; class MicroProfiler; class Profiler;
      class MicroResourceVariables; class MicroProfilerInterface; struct SubgraphAllocations; ${cxx} }
      extern "C" int library(int x) { return x; }`,
      '-O1',
    ],
  })
}
const constructor = (rest: string) =>
  `struct MicroInterpreter { MicroInterpreter(const Model*, const MicroOpResolver&, unsigned char*, unsigned, ${rest}); };
   MicroInterpreter::MicroInterpreter(const Model*, const MicroOpResolver&, unsigned char*, unsigned, ${rest}) {}`
const member = (type: string, signature: string) =>
  `struct ${type} { void ${signature}; }; void ${type}::${signature} {}`

describe('the generation of TFLM', () => {
  // Signatures and days: history of tensorflow/lite/micro/micro_interpreter.h and micro_allocator.h of tflite-micro.
  it.each([
    ['July 2020', constructor('ErrorReporter*'), 'before 2021-04-08'],
    ['April 2021', constructor('ErrorReporter*, MicroProfiler*'), 'before 2021-09-07'],
    [
      '2022',
      constructor('ErrorReporter*, MicroResourceVariables*, MicroProfiler*'),
      'of 2021-09-07 to 2022-10-19',
    ],
    [
      'early 2023',
      constructor('MicroResourceVariables*, MicroProfilerInterface*'),
      'of 2022-09-24 to 2023-08-28',
    ],
    [
      'today',
      constructor('MicroResourceVariables*, MicroProfilerInterface*, bool'),
      'of 2023-08-28 or later',
    ],
    ['today’s graph', member('MicroInterpreterGraph', 'InvokeSubgraph(int)'), 'of 2023-09-11 or later'],
    ['the graph before', member('MicroGraph', 'InvokeSubgraph(int)'), 'of 2021-05-13 to 2023-09-11'],
    [
      'registrations of TFLM',
      member('R', 'AddCustom(const char*, const TFLMRegistration*)'),
      'of 2023-05-18 or later',
    ],
    [
      'registrations of TFLite',
      member('R', 'AddCustom(const char*, TfLiteRegistration*)'),
      'before 2023-05-26',
    ],
    ['nothing that tells', member('R', 'Eval(TfLiteContext*, TfLiteNode*)'), 'of unknown version'],
    [
      'a fork with both',
      constructor('ErrorReporter*') + member('MicroInterpreterGraph', 'InvokeSubgraph(int)'),
      'with names of several generations',
    ],
  ])('%s', (_, cxx, expected) => {
    expect(read(withNames(cxx)).tflmVersion).toBe(expected)
  })

  it('is none where the firmware has symbols and none of TFLM', () => {
    const found = read(link({ 'main.c': main, 'library.c': library('-O3') }))
    expect([found.tflmVersion, found.cmsisNnVersion]).toEqual(['none', 'none'])
    expect(librariesText(found)).toBe('no TFLM, no CMSIS-NN')
  })
})

describe('CMSIS-NN', () => {
  // Names by the tags of github.com/ARM-software/CMSIS-NN.
  it.each([
    [['arm_convolve_HWC_q7_fast'], 'CMSIS 5'],
    [['arm_convolve_s8', 'arm_nn_mat_mult_nt_t_s8'], 'of unknown version'],
    [['arm_convolve_1x1_s8'], '4.0.0 or later'],
    [['arm_convolve_s8', 'arm_lstm_unidirectional_s16_s8'], '4.0.0 to 5.0.0'],
    [['arm_convolve_fast_s16', 'arm_svdf_s8_get_buffer_size'], '5.0.0'],
    [['arm_fully_connected_s4'], '5.0.0 or later'],
    [['arm_batch_matmul_s8'], '7.0.0 or later'],
  ])('with %j is %s', (names, expected) => {
    const functions = names.map((name) => `void ${name}(void) {}`).join('\n')
    const found = read(link({ 'main.c': main, 'nn.c': [`${functions}\n${library('')[0]}`, '-O1'] }))
    expect(found.cmsisNnVersion).toBe(expected)
  })
})

describe('other libraries', () => {
  it('are named by what they define', () => {
    const functions = [
      'arm_rfft_fast_f32',
      'z_cstart',
      'vTaskStartScheduler',
      'sd_softdevice_enable',
      'ei_printf',
    ]
    const source = `${functions.map((name) => `void ${name}(void) {}`).join('\n')}\n${library('')[0]}`
    const cxx = 'namespace mbed { void f() {} } namespace arduino { void f() {} }'
    const found = read(
      link({ 'main.c': main, 'a.c': [source, '-O1'], 'b.cc': [cxx, '-O1'] }, '-Wl,--no-gc-sections'),
    )
    expect(found.libraries).toEqual([
      'Edge Impulse SDK',
      'CMSIS-DSP',
      'Arduino core',
      'mbed OS',
      'Zephyr',
      'FreeRTOS',
      'calls of a SoftDevice',
    ])
    expect(found.cmsisNnVersion).toBe('none')
  })

  // arm_nnsupportfunctions.h of CMSIS 5.7 and 5.8; arm_math.h has arm_q7_to_q15 itself.
  it.each([
    [['arm_q7_to_q15_no_shift', 'arm_q7_to_q15_reordered_with_offset', 'arm_q7_to_q15_with_offset'], []],
    [['arm_q7_to_q15'], ['CMSIS-DSP']],
  ])('%j are of %j', (names, expected) => {
    const functions = names.map((name) => `void ${name}(void) {}`).join('\n')
    const source = `${functions}\nvoid arm_convolve_s8(void) {}\n${library('')[0]}`
    const found = read(link({ 'main.c': main, 'nn.c': [source, '-O1'] }))
    expect(found.libraries).toEqual(expected)
  })
})

describe('firmware that we build', () => {
  const options: Omit<BuildOptions, 'app'> = {
    kernels: 'cmsis-nn',
    resolver: 'mutable',
    optimise: '-O2',
    console: 'semihosting',
  }
  const app = (files: Readonly<Record<string, string>>): string => {
    const folder = mkdtempSync(join(tmpdir(), 'boardless-own-'))
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
    return folder
  }
  const built = async (more: Pick<BuildOptions, 'app' | 'model'>) => {
    const result = await buildFirmware({ ...options, ...more })
    const image = await loadImage(result.elfPath)
    return {
      told: describeFirmware(image, [], factsOf(result)),
      read: describeFirmware(image, [], undefined),
    }
  }

  it('has the versions of its packages, and they fit what its symbols say', async () => {
    const { told, read } = await built({ app: 'stock', model: stockModel('hello_world') })
    expect(told.tflmVersion).toMatch(/^July 2020/)
    expect(told.cmsisNnVersion).toMatch(/^4\.0\.0/)
    expect(told.compilerFrom).toBe('build')
    // Some first appeared between these, and nothing that came later is there.
    expect(read.tflmVersion).toBe('before 2021-04-08')
    expect(read.cmsisNnVersion).toMatch(/^(of unknown version|4\.0\.0 or later)$/)
    expect(read.compilerFlags.split(' ')).toContain('-O2')
  })

  it('has no TFLM where it needs none', async () => {
    const { told } = await built({ app: app({ 'main.cc': 'int main() { return 0; }' }) })
    expect([told.tflmVersion, told.cmsisNnVersion]).toEqual(['none', 'none'])
  })

  it('has the TFLM of the app where that brings its own', async () => {
    const { told } = await built({
      app: app({
        'main.cc':
          '#include "tensorflow/lite/micro/mine.h"\nint main() { tflite::MicroInterpreterGraph g; return g.InvokeSubgraph(0); }',
        'tensorflow/lite/micro/mine.h':
          'namespace tflite { struct MicroInterpreterGraph { int InvokeSubgraph(int); int n; }; }',
        'tensorflow/lite/micro/mine.cc':
          '#include "tensorflow/lite/micro/mine.h"\nint __attribute__((noinline)) tflite::MicroInterpreterGraph::InvokeSubgraph(int i) { return n + i; }',
      }),
    })
    expect(told.tflmVersion).toBe('of 2023-09-11 or later, from sources of the app’s own')
  })
})
