import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { layout, type SourcePackage } from '../sources/packages.ts'

export { appDirectory, apps } from '../apps/apps.ts'

export type Kernels = 'reference' | 'cmsis-nn'

/** A folder of sources, and the name that stands for it in debug information whatever machine it is on. */
export interface Root {
  readonly directory: string
  readonly name: string
}

/** One file to compile. */
export interface Unit {
  readonly root: Root
  /** Relative to the root, with forward slashes. */
  readonly path: string
  readonly flags: readonly string[]
  readonly includes: readonly Root[]
  /** Changes whenever the file, or any header that it may include, does. */
  readonly identity: string
}

const cxx = ['-fno-exceptions', '-fno-rtti', '-fno-threadsafe-statics']

/** Whoever includes TFLM's headers must see them as TFLM's own sources did. */
const tflmDefines = ['-DTF_LITE_STATIC_MEMORY', '-DTF_LITE_DISABLE_X86_NEON', '-DNDEBUG']

/** Flags of the firmware's own sources, and of a user's. */
export function ownFlags(path: string): readonly string[] {
  if (path.endsWith('.S')) return []
  return [
    '-Wall',
    '-Wextra',
    ...(path.endsWith('.c') ? ['-std=c11'] : ['-std=c++17', ...cxx]),
    ...tflmDefines,
  ]
}

/** Kernels that have a registration of ours on CMSIS-NN, with the functions that TFLM's own file defines. */
const replaced: Readonly<Record<string, readonly string[]>> = {
  'fully_connected.cc': ['FULLY_CONNECTED'],
  'conv.cc': ['CONV_2D'],
  'depthwise_conv.cc': ['DEPTHWISE_CONV_2D'],
  'pooling.cc': ['AVERAGE_POOL_2D', 'MAX_POOL_2D'],
}

export function tflmIncludes(tflm: string): readonly Root[] {
  return [
    { directory: join(tflm, layout.tensorflow), name: 'tflm' },
    ...['flatbuffers/include', 'gemmlowp', 'ruy'].map((path) => ({
      directory: join(tflm, layout.downloads, path),
      name: `tflm-${path.split('/')[0] ?? path}`,
    })),
  ]
}

export function cmsisNnIncludes(cmsisNn: string): readonly Root[] {
  return [
    { directory: join(cmsisNn, layout.cmsisNn, 'Include'), name: 'cmsis-nn/Include' },
    { directory: join(cmsisNn, layout.cmsisCore), name: 'cmsis-core' },
  ]
}

/** TFLM as an archive: interpreter, all kernels, memory planner. */
export async function tflmUnits(
  tflm: string,
  source: SourcePackage,
  kernels: Kernels,
): Promise<readonly Unit[]> {
  const root = { directory: join(tflm, layout.tensorflow), name: 'tflm' }
  const lite = 'tensorflow/lite'
  const skipped = new Set(['debug_log.cc', 'test_helpers.cc'])
  const folder = async (path: string) =>
    (await readdir(join(root.directory, lite, path)))
      .filter((file) => file.endsWith('.cc') && !file.endsWith('_test.cc') && !skipped.has(file))
      .map((file) => `${lite}/${path}/${file}`)
  const listed = [
    'c/common.c',
    ...['error_reporter', 'flatbuffer_conversions', 'op_resolver', 'tensor_utils'].map(
      (f) => `core/api/${f}.cc`,
    ),
    'kernels/internal/quantization_util.cc',
    'kernels/kernel_util.cc',
  ].map((path) => `${lite}/${path}`)
  const folders = await Promise.all(['micro', 'micro/kernels', 'micro/memory_planner'].map(folder))

  const rename = (path: string) => {
    if (kernels === 'reference' || !path.includes('/micro/kernels/')) return []
    const operators = replaced[path.slice(path.lastIndexOf('/') + 1)] ?? []
    return operators.map((operator) => `-DRegister_${operator}=Register_${operator}_REFERENCE`)
  }
  const includes = tflmIncludes(tflm)
  return [...listed, ...folders.flat()].sort().map((path) => ({
    root,
    path,
    flags: [...(path.endsWith('.c') ? [] : ['-std=c++11', ...cxx]), '-w', ...tflmDefines, ...rename(path)],
    includes,
    identity: source.sha256,
  }))
}

/** The audio front end of micro_speech, with KISS FFT in 16-bit fixed point. */
export async function frontendUnits(tflm: string, source: SourcePackage): Promise<readonly Unit[]> {
  const tensorflow = { directory: join(tflm, layout.tensorflow), name: 'tflm' }
  const kissfft = { directory: join(tflm, layout.downloads, 'kissfft'), name: 'kissfft' }
  const folder = 'tensorflow/lite/experimental/microfrontend/lib'
  const isLibrary = (file: string) =>
    /\.(c|cc)$/.test(file) && !/(_main|_memmap.*|_io)\.c$|_test\.cc$/.test(file)
  const files = (await readdir(join(tensorflow.directory, folder))).filter(isLibrary).sort()
  const includes = [tensorflow, kissfft]
  return [
    ...files.map((file) => ({ root: tensorflow, path: `${folder}/${file}` })),
    ...['kiss_fft.c', 'tools/kiss_fftr.c'].map((path) => ({ root: kissfft, path })),
  ].map(({ root, path }) => ({
    root,
    path,
    flags: ['-w', ...(path.endsWith('.cc') ? ['-std=c++11', ...cxx] : []), '-DFIXED_POINT=16'],
    includes,
    identity: source.sha256,
  }))
}

/** The functions of CMSIS-NN. Double rounding (no CMSIS_NN_USE_SINGLE_ROUNDING) is what agrees with TFLM. */
export async function cmsisNnUnits(cmsisNn: string, source: SourcePackage): Promise<readonly Unit[]> {
  const root = { directory: join(cmsisNn, layout.cmsisNn), name: 'cmsis-nn' }
  const files = await readdir(join(root.directory, 'Source'), { recursive: true })
  const includes = cmsisNnIncludes(cmsisNn)
  return files
    .filter((file) => file.endsWith('.c'))
    .sort()
    .map((file) => ({ root, path: `Source/${file}`, flags: ['-w'], includes, identity: source.sha256 }))
}

export function cmsisDspIncludes(cmsisDsp: string, cmsisCore: string): readonly Root[] {
  return [
    { directory: join(cmsisDsp, 'Include'), name: 'cmsis-dsp/Include' },
    { directory: join(cmsisDsp, 'PrivateInclude'), name: 'cmsis-dsp/PrivateInclude' },
    { directory: join(cmsisCore, layout.cmsisCore), name: 'cmsis-core' },
  ]
}

/** The functions of CMSIS-DSP that firmware/gesture/preprocess/cmsis_dsp.h calls, unrolled as its own build has them. */
export function cmsisDspUnits(
  cmsisDsp: string,
  source: SourcePackage,
  includes: readonly Root[],
): readonly Unit[] {
  const root = { directory: join(cmsisDsp, 'Source'), name: 'cmsis-dsp' }
  const flags = ['-w', '-DARM_MATH_LOOPUNROLL', '-DARM_MATH_ROUNDING']
  return [
    ...['arm_mult_f32', 'arm_offset_f32', 'arm_scale_f32', 'arm_sub_f32'].map(
      (name) => `BasicMathFunctions/${name}.c`,
    ),
    ...['arm_float_to_q7', 'arm_q15_to_float'].map((name) => `SupportFunctions/${name}.c`),
  ].map((path) => ({ root, path, flags, includes, identity: source.sha256 }))
}

/** A folder of sources that may change at any time, with a hash over all of its headers. */
export interface SourceTree {
  readonly root: Root
  readonly sources: readonly string[]
  readonly headersHash: string
  readonly hashes: ReadonlyMap<string, string>
}

export async function readTree(root: Root): Promise<SourceTree> {
  const files = (await readdir(root.directory, { recursive: true }))
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => /\.(c|cc|cpp|cxx|S|h|hh|hpp|inc)$/.test(file) && !/(^|\/)\./.test(file))
    .sort()
  const hashes = new Map<string, string>()
  const headers = createHash('sha256')
  for (const file of files) {
    const path = join(root.directory, file)
    // A folder may be called like a source, and a link lead nowhere.
    const found = await stat(path).catch(() => undefined)
    if (found?.isFile() !== true) continue
    const hash = sha256(await readFile(path))
    hashes.set(file, hash)
    if (/\.(h|hh|hpp|inc)$/.test(file)) headers.update(`${file} ${hash}\n`)
  }
  const sources = [...hashes.keys()].filter((file) => /\.(c|cc|cpp|cxx|S)$/.test(file))
  return { root, sources, headersHash: headers.digest('hex'), hashes }
}

export function sha256(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}
