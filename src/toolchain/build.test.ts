import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { UserError } from '../../runs/errors.ts'
import { buildFirmware, type BuildOptions } from './build.ts'
import { tflmPackage } from './sources/packages.ts'
import { buildDirectory } from './cache/cache.ts'
import { projectRoot } from './paths.ts'
import { ensureSources } from './sources/sources.ts'
import { runInQemu, stockModel } from './testing/testing.ts'

const stock: Omit<BuildOptions, 'model'> = {
  app: 'stock',
  kernels: 'reference',
  resolver: 'mutable',
  optimise: '-O2',
  console: 'semihosting',
}
const scratch = () => mkdtempSync(join(tmpdir(), 'boardless-build-'))

function appWith(files: Readonly<Record<string, string>>): string {
  const directory = scratch()
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content)
  return directory
}

async function failure(options: BuildOptions): Promise<UserError> {
  const error: unknown = await buildFirmware(options).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(UserError)
  return error as UserError
}

beforeAll(() => ensureSources(tflmPackage))

// Arena bytes and hashes were seen first with an independent build in QEMU: shared facts, "Figures seen with QEMU".
describe('the stock models in QEMU', () => {
  it.each([
    ['hello_world', 1456, 'bd75052c'],
    ['magic_wand', 15648, '689a6fe6'],
    ['micro_speech', 7024, 'cb5d2257'],
    ['person_detection_grayscale', 88416, '77fded5a'],
  ])('%s: arena and output hash', async (model, arena, hash) => {
    const built = await buildFirmware({ ...stock, model: stockModel(model) })
    const { output, exitCode } = await runInQemu(built.elfPath)
    expect(output).toContain(`arena_used=${arena} hash=${hash} `)
    expect(exitCode).toBe(0)
  })

  it.each(['hello_world', 'magic_wand'])('%s: the same with CMSIS-NN', async (model) => {
    const built = await buildFirmware({ ...stock, model: stockModel(model), kernels: 'cmsis-nn' })
    const hash = { hello_world: 'bd75052c', magic_wand: '689a6fe6' }[model]
    expect((await runInQemu(built.elfPath)).output).toContain(`hash=${hash} `)
    expect(built.versions.cmsisNn).toContain('4.0.0')
  })

  it('all operators of TFLM take more flash than those of the model', async () => {
    const model = stockModel('hello_world')
    const lean = await buildFirmware({ ...stock, model })
    const all = await buildFirmware({ ...stock, model, resolver: 'all' })
    const text = (elf: string) =>
      Number(execFileSync('arm-none-eabi-size', [elf], { encoding: 'utf8' }).split(/\s+/)[7])
    expect(text(all.elfPath)).toBeGreaterThan(2 * text(lean.elfPath))
    expect((await runInQemu(all.elfPath)).output).toContain('hash=bd75052c ')
  })

  it.each([
    // The planner finds out, and AllocateTensors fails.
    ['magic_wand', 9000, 'Arena size is too small', 'AllocateTensors failed with an arena of 9000 bytes'],
    // A kernel's Init finds out: TFLM itself would go on with a null pointer.
    ['hello_world', 1000, 'Failed to allocate', 'the arena of 1000 bytes is too small'],
  ])(
    '%s with an arena of %i bytes: says what is wrong and exits with 1',
    async (model, arenaBytes, tflm, ours) => {
      const built = await buildFirmware({ ...stock, model: stockModel(model), arenaBytes })
      const { output, exitCode } = await runInQemu(built.elfPath)
      expect(output).toContain(tflm)
      expect(output).toContain(`boardless: fatal: ${ours}\n`)
      expect(exitCode).toBe(1)
    },
  )
})

describe('the cache', () => {
  it('gives the same result for the second build, and compiles little when the model changes', async () => {
    const options = { ...stock, model: stockModel('hello_world') }
    const first = await buildFirmware(options)
    const steps: string[] = []
    const second = await buildFirmware(options, (step) => steps.push(step))
    expect(second).toEqual({ ...first, cached: true })
    expect(steps.filter((step) => step.startsWith('compiling'))).toEqual([])

    const other = join(scratch(), 'other.tflite')
    writeFileSync(
      other,
      Buffer.concat([
        readFileSync(options.model),
        Buffer.from([0, 0, 0, Date.now() % 256, process.pid % 256, 0, 0, 0]),
      ]),
    )
    const changed: string[] = []
    const third = await buildFirmware({ ...options, model: other }, (step) => changed.push(step))
    expect(third.modelSha256).not.toBe(first.modelSha256)
    const compiled = changed.filter((step) => step.startsWith('compiling')).map((step) => step.split(' ')[1])
    expect(compiled.filter((file) => file !== 'model.S')).toEqual([])
  })

  it('builds the same bytes anywhere: in another folder, and recompiled', async () => {
    const options = { ...stock, model: stockModel('hello_world') }
    const first = await buildFirmware(options)
    const directory = scratch()
    const objects = join(directory, 'objects')
    mkdirSync(objects)
    // Most of TFLM is taken over to save time; our own sources and every fifth of the rest are compiled again.
    const ours = readdirSync(join(projectRoot(), 'firmware'), { recursive: true }).map((file) =>
      String(file).split('/').at(-1),
    )
    for (const [index, file] of readdirSync(join(buildDirectory(), 'objects')).entries()) {
      const source = /^(.*)\.[0-9a-f]{24}\.o$/.exec(file)?.[1]
      if (
        source === undefined ||
        ours.includes(source) ||
        /^(model\.S|resolver\.cc)$/.test(source) ||
        index % 5 === 0
      )
        continue
      copyFileSync(join(buildDirectory(), 'objects', file), join(objects, file))
    }
    const second = await buildFirmware(options, undefined, { directory })
    expect(second.cached).toBe(false)
    for (const file of ['elfPath', 'hexPath'] as const) {
      expect(second[file]).not.toBe(first[file])
      expect(readFileSync(second[file]).equals(readFileSync(first[file]))).toBe(true)
    }
    rmSync(directory, { recursive: true })
  })

  it('keeps the licences of what is in it beside the firmware, and no path of this machine in it', async () => {
    const built = await buildFirmware({ ...stock, model: stockModel('hello_world') })
    expect(readFileSync(join(built.elfPath, '../licences/tfmicro-0.1.0/LICENSE-APACHE'), 'utf8')).toContain(
      'Apache License',
    )
    const elf = readFileSync(built.elfPath, 'latin1')
    expect(elf).not.toContain(projectRoot())
    expect(elf).not.toContain(buildDirectory())
    expect(elf).toContain('DebugLog')
  })
})

describe('the gesture app', () => {
  it.each(['reference', 'cmsis-nn'] as const)(
    'builds for the UART console with %s kernels',
    async (kernels) => {
      const model = join(projectRoot(), 'models/gesture/gesture_int8.tflite')
      const built = await buildFirmware({ ...stock, app: 'gesture', model, kernels, console: 'uarte' })
      const symbols = execFileSync('arm-none-eabi-nm', [built.elfPath], { encoding: 'utf8' })
      for (const symbol of [
        'g_model',
        'g_model_len',
        'tensor_arena',
        'firmware_end',
        'RTC1_IRQHandler',
        'marker_store_and_count',
      ]) {
        expect(symbols).toMatch(new RegExp(` ${symbol}$`, 'm'))
      }
      const addresses = new Map(
        symbols.split('\n').map((line) => [line.slice(11), Number.parseInt(line, 16)]),
      )
      expect(addresses.get('g_model')! % 16).toBe(0)
      expect(addresses.get('marker_store_and_count')! % 16).toBe(0)
      expect(addresses.get('__StackTop')).toBe(0x20040000)
      expect(addresses.get('__StackTop')! - addresses.get('__StackLimit')!).toBe(16384)
      expect(existsSync(built.hexPath)).toBe(true)
    },
  )

  it('asks for the metadata beside the model', async () => {
    const model = join(scratch(), 'lonely.tflite')
    copyFileSync(stockModel('hello_world'), model)
    const error = await failure({ ...stock, app: 'gesture', model })
    expect(error.exitCode).toBe(2)
    expect(error.message).toMatch(/metadata\.json is missing/)
  })
})

describe("an app of one's own", () => {
  const hello =
    '#include "runtime/console.h"\nint main() {\n  console::print("%s %d %5u %x %.2f\\n", GREETING, -7, 42u, 255u, -0.999);\n  return 3;\n}\n'
  const own: BuildOptions = { ...stock, app: '', defines: { GREETING: '"hello"' } }

  it('builds without a model, takes defines, and ends with its own exit code', async () => {
    const built = await buildFirmware({ ...own, app: appWith({ 'main.cpp': hello }) })
    expect(await runInQemu(built.elfPath)).toEqual({ output: 'hello -7 00042 ff -1.00\n', exitCode: 3 })
    expect(built.modelPath).toBeUndefined()
  })

  it("shows the compiler's own error and where the rest is", async () => {
    const error = await failure({ ...own, app: appWith({ 'main.cc': 'int main() { return nonsense; }\n' }) })
    expect(error.exitCode).toBe(2)
    expect(error.message).toMatch(
      /^app\/main\.cc does not compile: .*main\.cc:1:21: error: 'nonsense' was not declared/,
    )
    const log = /\(all of it: (.*)\)$/.exec(error.message)?.[1] ?? ''
    expect(readFileSync(log, 'utf8')).toContain('return nonsense')
  })

  it.each([
    [
      'a function that is nowhere',
      'void f(); int main() { f(); }\n',
      /does not link: .*undefined reference to `f\(\)'/,
    ],
    [
      'more RAM than there is',
      'char a[250000]; int main() { return a[(long)&main]; }\n',
      /does not fit in RAM: 266 384 bytes, 262 144 there are, 4 240 too many/,
    ],
    [
      'more flash than there is',
      'extern const char a[2000000] = {1}; int main() { return a[(long)&main]; }\n',
      /does not fit in flash: .* bytes, 1 048 576 there are, .* too many/,
    ],
  ])('says so for %s', async (_, source, message) => {
    const error = await failure({ ...own, app: appWith({ 'main.cc': source }) })
    expect(error.exitCode).toBe(2)
    expect(error.message).toMatch(message)
  })

  it.each([
    [{ app: '/no/such/folder' }, 'there is no such folder'],
    [{ app: mkdtempSync(join(tmpdir(), 'boardless-empty-')) }, 'has no C or C++ source'],
    [{ app: 'stock' }, 'app stock needs a model'],
    [{ app: 'stock', model: '/no/such.tflite' }, 'model /no/such.tflite cannot be read (ENOENT)'],
    [{ app: 'stock', model: import.meta.filename }, 'not a TensorFlow Lite model'],
    [
      { app: 'stock', model: 'x', arenaBytes: 300000 },
      'arena of 300000 bytes: give a whole number from 16 to 262144',
    ],
    [{ app: 'stock', model: 'x', stackBytes: 1.5 }, 'stack of 1.5 bytes'],
    [{ app: 'stock', model: 'x', defines: { 'A B': 1 } }, '"A B" is not the name of a macro'],
  ])('refuses %o', async (options, message) => {
    const error = await failure({ ...stock, ...options })
    expect(error.exitCode).toBe(2)
    expect(error.message).toContain(message)
  })

  it('refuses a truncated model', async () => {
    const model = join(scratch(), 'cut.tflite')
    writeFileSync(model, readFileSync(stockModel('magic_wand')).subarray(0, 9000))
    expect((await failure({ ...stock, model })).exitCode).toBe(2)
  })

  it('says what is missing when there is no compiler', async () => {
    const environment = { PATH: '' }
    const options = { ...stock, model: stockModel('hello_world') }
    await expect(buildFirmware(options, undefined, { environment })).rejects.toMatchObject({ exitCode: 4 })
  })
})
