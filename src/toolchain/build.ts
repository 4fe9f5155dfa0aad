import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { UserError } from '../errors.ts'
import { readModel } from '../model/read.ts'
import { findCompiler, targetFlags, type Compiler } from './compiler.ts'
import { metadataHeader, parseMetadata } from './metadata.ts'
import { archive, compileAll, renameUnlessThere, runTool, type ObjectStore } from './objects.ts'
import { cmsisNnPackage, tflmPackage, versions, type SourcePackage } from './packages.ts'
import { buildDirectory, projectRoot, type Environment, type Progress } from './paths.ts'
import { checkOperators, resolverSource, type Resolver } from './resolver.ts'
import { ensureSources } from './sources.ts'
import * as units from './units.ts'
import type { Kernels, Root, Unit } from './units.ts'

export type Optimisation = '-Os' | '-O2' | '-O3'
export type Console = 'uarte' | 'semihosting'

export interface BuildOptions {
  /** `gesture`, `stock`, or the folder of an app of one's own (C and C++ sources, with a main). */
  readonly app: string
  /** The .tflite to embed. An app of one's own may do without. */
  readonly model?: string
  readonly kernels: Kernels
  readonly resolver: Resolver
  readonly optimise: Optimisation
  readonly console: Console
  /** Size of the tensor arena; 16 KiB for gesture, 128 KiB otherwise. */
  readonly arenaBytes?: number
  /** Room kept for the stack at the top of RAM; 16 KiB. */
  readonly stackBytes?: number
  /** Macros for the firmware's own sources; `true` defines without a value. */
  readonly defines?: Readonly<Record<string, string | number | true>>
}

export interface BuildSettings {
  readonly environment?: Environment
  /** Where objects and firmware are kept; `.boardless/build` of the project. */
  readonly directory?: string
}

export interface BuildResult {
  readonly elfPath: string
  readonly hexPath: string
  readonly mapPath: string
  readonly compiler: { readonly name: string; readonly version: string; readonly flags: readonly string[] }
  readonly versions: { readonly tflm: string; readonly cmsisNn: string | undefined }
  readonly modelPath: string | undefined
  readonly modelSha256: string | undefined
  readonly options: BuildOptions
  /** Nothing had to be compiled or linked. */
  readonly cached: boolean
}

const defaultStackBytes = 16 * 1024
const defaultArenaBytes = (app: string) => (app === 'gesture' ? 16 : 128) * 1024

/**
 * Builds firmware for the nRF52840, or finds it built already.
 * Throws UserError: badInput for a model, option or source that will not do, environment for a missing tool.
 */
export async function buildFirmware(
  options: BuildOptions,
  progress: Progress = () => undefined,
  settings: BuildSettings = {},
): Promise<BuildResult> {
  const environment = settings.environment ?? process.env
  const directory = settings.directory ?? buildDirectory()
  check(options)
  progress('looking for the compiler', 0)
  const compiler = await findCompiler(environment)
  const store = { compiler, directory: join(directory, 'objects'), environment }
  const model = options.model === undefined ? undefined : await loadModel(options.model, options)
  const inputs = await gather(options, model, join(directory, 'generated'), environment, progress)

  const flags = commonFlags(options)
  const groups = [inputs.first, inputs.firmware, inputs.libraries]
  const objects = await compileAll(store, groups.flat(), flags, (done, of, path) =>
    progress(`compiling ${basename(path)} (${done} of ${of})`, 0.2 + (0.7 * done) / of),
  )
  const [first, firmware, libraries] = partition(objects, groups)
  progress('linking', 0.9)
  const linked = await link(store, options, directory, { first, firmware, libraries }, inputs.packages)
  progress(linked.cached ? 'built already' : 'built', 1)

  return {
    elfPath: join(linked.folder, 'firmware.elf'),
    hexPath: join(linked.folder, 'firmware.hex'),
    mapPath: join(linked.folder, 'firmware.map'),
    compiler: { name: compiler.name, version: compiler.version, flags },
    versions: { tflm: versions.tflm, cmsisNn: options.kernels === 'cmsis-nn' ? versions.cmsisNn : undefined },
    modelPath: model?.path,
    modelSha256: model?.sha256,
    options,
    cached: linked.cached,
  }
}

function check(options: BuildOptions): void {
  const own = options.app === 'gesture' || options.app === 'stock'
  if (own && options.model === undefined) throw new UserError(`app ${options.app} needs a model`)
  for (const [name, bytes] of [
    ['arena', options.arenaBytes],
    ['stack', options.stackBytes],
  ] as const) {
    if (bytes === undefined) continue
    if (!Number.isInteger(bytes) || bytes < 16 || bytes > 256 * 1024) {
      throw new UserError(
        `${name} of ${bytes} bytes: give a whole number from 16 to 262144 (the RAM there is)`,
      )
    }
  }
  for (const name of Object.keys(options.defines ?? {})) {
    if (!/^[A-Za-z_]\w*$/.test(name)) throw new UserError(`"${name}" is not the name of a macro`)
  }
}

function commonFlags(options: BuildOptions): readonly string[] {
  return [
    ...targetFlags,
    options.optimise,
    '-g',
    '-gno-record-gcc-switches',
    '-ffunction-sections',
    '-fdata-sections',
  ]
}

interface Model {
  readonly path: string
  readonly bytes: Uint8Array
  readonly sha256: string
  readonly resolver: string
}

async function loadModel(path: string, options: BuildOptions): Promise<Model> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(path)
  } catch (error) {
    throw new UserError(`model ${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'error'}`)
  }
  const operators = readModel(bytes, path).operators.map(({ type, version }) => ({ builtin: type, version }))
  checkOperators(operators, path)
  return {
    path: resolve(path),
    bytes,
    sha256: units.sha256(bytes),
    resolver: resolverSource(options.resolver, operators),
  }
}

interface Inputs {
  /** Linked whatever refers to them, in this order. */
  readonly first: readonly Unit[]
  /** Linked as archives: what nothing refers to stays out. */
  readonly firmware: readonly Unit[]
  readonly libraries: readonly Unit[]
  readonly packages: readonly { readonly source: SourcePackage; readonly directory: string }[]
}

async function gather(
  options: BuildOptions,
  model: Model | undefined,
  generatedDirectory: string,
  environment: Environment,
  progress: Progress,
): Promise<Inputs> {
  const fetching: Progress = (step, fraction) => progress(step, 0.2 * fraction)
  const tflm = await ensureSources(tflmPackage, { environment, progress: fetching })
  const withCmsis = options.kernels === 'cmsis-nn'
  const cmsisNn = withCmsis
    ? await ensureSources(cmsisNnPackage, { environment, progress: fetching })
    : undefined
  const packages = [
    { source: tflmPackage, directory: tflm },
    ...(cmsisNn === undefined ? [] : [{ source: cmsisNnPackage, directory: cmsisNn }]),
  ]

  const firmwareRoot = { directory: join(projectRoot(), 'firmware'), name: 'firmware' }
  const tree = await units.readTree(firmwareRoot)
  const appRoot = { directory: resolve(units.appDirectory(options.app, firmwareRoot.directory)), name: 'app' }
  const app = await units.readTree(appRoot)
  if (app.sources.length === 0) throw new UserError(`app ${options.app}: the folder has no C or C++ source`)

  const includes = [
    firmwareRoot,
    ...units.tflmIncludes(tflm),
    ...(cmsisNn ? units.cmsisNnIncludes(cmsisNn) : []),
  ]
  const defines = Object.entries(options.defines ?? {}).map(([name, value]) =>
    value === true ? `-D${name}` : `-D${name}=${value}`,
  )
  const packageHashes = packages.map(({ source }) => source.sha256).join()
  const own = (
    root: Root,
    path: string,
    identity: readonly string[],
    extra: readonly string[] = [],
  ): Unit => ({
    root,
    path,
    flags: [
      ...(path.endsWith('.c') || path.endsWith('.S') ? units.ownCFlags : units.ownCxxFlags),
      ...extra,
      ...defines,
    ],
    includes: root === firmwareRoot ? includes : [root, ...includes],
    identity: units.sha256(JSON.stringify([packageHashes, tree.headersHash, ...identity])),
  })
  const ofFirmware = (path: string) =>
    own(firmwareRoot, path, [tree.hashes.get(path) ?? ''], specific(path, options))

  const generated = await generate(options, model, generatedDirectory)
  const appUnits = app.sources.map((path) => {
    const unit = own(appRoot, path, [app.headersHash, app.hashes.get(path) ?? '', generated.root.name])
    return { ...unit, includes: [...unit.includes, generated.root] }
  })
  const modelUnits = generated.sources.map((path) => own(generated.root, path, [generated.hash]))
  const shared = tree.sources.filter((path) => !path.startsWith('apps/'))
  return {
    first: [ofFirmware('core/startup.cc'), ...appUnits, ...modelUnits],
    firmware: shared
      .filter((path) => path !== 'core/startup.cc' && (withCmsis || !path.startsWith('kernels/cmsis_nn/')))
      .map(ofFirmware),
    libraries: [
      ...(await units.tflmUnits(tflm, tflmPackage, options.kernels)),
      ...(cmsisNn === undefined ? [] : await units.cmsisNnUnits(cmsisNn, cmsisNnPackage)),
    ],
    packages,
  }
}

/** Options that reach one file only, so that changing them compiles only that one. */
function specific(path: string, options: BuildOptions): readonly string[] {
  switch (path) {
    case 'runtime/inference.cc':
      return [
        `-DBOARDLESS_ARENA_BYTES=${options.arenaBytes ?? defaultArenaBytes(options.app)}`,
        `-DBOARDLESS_KERNELS="${options.kernels}"`,
      ]
    case 'runtime/console.cc':
      return [`-DBOARDLESS_CONSOLE_SEMIHOSTING=${options.console === 'semihosting' ? 1 : 0}`]
    default:
      return []
  }
}

/** Writes model_resolver(), the embedded model and generated/metadata.h, to a folder named by their content. */
async function generate(options: BuildOptions, model: Model | undefined, directory: string) {
  const files = new Map<string, string | Uint8Array>()
  if (model !== undefined) {
    files.set('model.tflite', model.bytes)
    files.set('model.S', embeddedModel(model.bytes.length))
    files.set('resolver.cc', model.resolver)
    const metadataPath = join(dirname(model.path), 'metadata.json')
    if (existsSync(metadataPath)) {
      const metadata = parseMetadata(await readFile(metadataPath, 'utf8'), metadataPath)
      files.set('generated/metadata.h', metadataHeader(metadata))
    } else if (options.app === 'gesture') {
      throw new UserError(
        `${metadataPath} is missing: app gesture needs the labels and the normalisation there`,
      )
    }
  }
  const hash = units.sha256(...[...files].flatMap(([name, content]) => [`${name}\n`, content]))
  const folder = join(directory, hash.slice(0, 24))
  if (!existsSync(folder)) {
    await mkdir(directory, { recursive: true })
    const temporary = await mkdtemp(`${folder}.`)
    try {
      await mkdir(join(temporary, 'generated'))
      for (const [name, content] of files) await writeFile(join(temporary, name), content)
      await renameUnlessThere(temporary, folder)
    } finally {
      await rm(temporary, { recursive: true, force: true })
    }
  }
  const sources = model === undefined ? [] : ['model.S', 'resolver.cc']
  return { root: { directory: folder, name: `generated-${hash.slice(0, 12)}` }, sources, hash }
}

function embeddedModel(length: number): string {
  return `.section .rodata.g_model, "a", %progbits
.balign 16
.global g_model
.type g_model, %object
g_model:
.incbin "model.tflite"
.size g_model, . - g_model

.section .rodata.g_model_len, "a", %progbits
.balign 4
.global g_model_len
.type g_model_len, %object
g_model_len:
.word ${length}
.size g_model_len, . - g_model_len
`
}

function partition(objects: readonly string[], groups: readonly (readonly Unit[])[]) {
  let from = 0
  const parts = groups.map((group) => objects.slice(from, (from += group.length)))
  return parts as [string[], string[], string[]]
}

interface Objects {
  readonly first: readonly string[]
  readonly firmware: readonly string[]
  readonly libraries: readonly string[]
}

async function link(
  store: ObjectStore,
  options: BuildOptions,
  directory: string,
  objects: Objects,
  packages: Inputs['packages'],
) {
  const script = join(projectRoot(), 'firmware', 'nrf52840', 'nrf52840.ld')
  const flags = [
    ...targetFlags,
    '-nostartfiles',
    '-Wl,--gc-sections',
    '-Wl,--build-id=none',
    '-Wl,--no-warn-rwx-segments',
    `-Wl,--defsym=__StackSize=${options.stackBytes ?? defaultStackBytes}`,
  ]
  const everything = [...objects.first, ...objects.firmware, ...objects.libraries].map((file) =>
    basename(file),
  )
  const key = units.sha256(
    JSON.stringify([linkerIdentity(store.compiler), flags, everything]),
    await readFile(script),
  )
  const folder = join(directory, 'firmware', key.slice(0, 24))
  if (existsSync(folder)) return { folder, cached: true }

  const archives = [
    await archive(store, 'libfirmware', objects.firmware),
    await archive(store, 'libtflm', objects.libraries),
  ]
  await mkdir(dirname(folder), { recursive: true })
  const temporary = await mkdtemp(`${folder}.`)
  try {
    const elf = join(temporary, 'firmware.elf')
    const map = join(temporary, 'firmware.map')
    await runTool(
      store,
      store.compiler.gxx,
      [
        ...[...flags, '-T', script, `-Wl,-Map=${map}`, ...objects.first],
        ...['-Wl,--start-group', ...archives, '-lm', '-lc', '-lgcc', '-Wl,--end-group', '-o', elf],
      ],
      `app ${options.app} does not link`,
    )
    await runTool(
      store,
      store.compiler.objcopy,
      ['-O', 'ihex', elf, join(temporary, 'firmware.hex')],
      'no HEX could be made',
    )
    for (const { source, directory: from } of packages) {
      for (const licence of source.licences) {
        const to = join(
          temporary,
          'licences',
          `${source.name}-${source.version}`,
          licence.replaceAll('/', '-'),
        )
        await mkdir(dirname(to), { recursive: true })
        await cp(join(from, licence), to)
      }
    }
    await renameUnlessThere(temporary, folder)
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
  return { folder, cached: false }
}

function linkerIdentity(compiler: Compiler): string {
  return compiler.name
}
