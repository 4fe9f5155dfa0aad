import { basename, join } from 'node:path'
import { defaultModel } from './apps/apps.ts'
import { buildDirectory } from './cache/cache.ts'
import { findCompiler } from './compile/compiler.ts'
import { loadModel } from './generate/generate.ts'
import { link } from './compile/link.ts'
import { compileAll } from './compile/objects.ts'
import { checkOptions, commonFlags, type BuildOptions, type BuildSettings } from './options.ts'
import { versions } from './sources/packages.ts'
import type { Environment, Progress } from './paths.ts'
import { checkFits } from './compile/overflow.ts'
import { makePlan } from './plan.ts'
import { pruneDaily } from './cache/prune.ts'

export { preprocessVariants } from './options.ts'
export type { BuildOptions, BuildSettings, Console, Optimisation, Preprocess } from './options.ts'

export interface BuildResult {
  readonly elfPath: string
  readonly hexPath: string
  readonly mapPath: string
  readonly compiler: { readonly name: string; readonly version: string; readonly flags: readonly string[] }
  readonly versions: {
    readonly tflm: string
    readonly cmsisNn: string | undefined
    readonly cmsisDsp: string | undefined
  }
  readonly modelPath: string | undefined
  readonly modelSha256: string | undefined
  readonly options: BuildOptions
  /** Nothing had to be linked. */
  readonly cached: boolean
}

/**
 * Builds firmware for the nRF52840, or finds it built already.
 * Throws UserError: badInput for a model, option or source that will not do, environment for a missing tool.
 */
export async function buildFirmware(
  requested: BuildOptions,
  progress: Progress = () => undefined,
  settings: BuildSettings = {},
): Promise<BuildResult> {
  const environment = settings.environment ?? process.env
  const directory = settings.directory ?? buildDirectory(environment)
  const options = await withDefaultModel(requested, environment)
  checkOptions(options)
  progress('looking for the compiler', 0)
  const compiler = await findCompiler(environment)
  const model =
    options.model === undefined
      ? undefined
      : await loadModel(options.model, options.resolver, { environment, progress })
  if (model !== undefined) checkFits(model)
  const plan = await makePlan(options, model, join(directory, 'generated'), environment, (step, fraction) =>
    progress(step, 0.3 * fraction),
  )

  const store = { compiler, directory: join(directory, 'objects'), environment }
  const flags = commonFlags(options)
  const files = await compileAll(
    store,
    [...plan.first, ...plan.firmware, ...plan.libraries],
    flags,
    (done, of, path) => progress(`compiling ${basename(path)} (${done} of ${of})`, 0.3 + (0.6 * done) / of),
  )
  progress('linking', 0.9)
  const librariesFrom = plan.first.length + plan.firmware.length
  const objects = {
    first: files.slice(0, plan.first.length),
    firmware: files.slice(plan.first.length, librariesFrom),
    libraries: files.slice(librariesFrom),
  }
  const { folder, cached } = await link(store, options, directory, objects, plan.packages)
  if (!cached) await pruneDaily(directory)
  progress(cached ? 'built already' : 'built', 1)

  return {
    elfPath: join(folder, 'firmware.elf'),
    hexPath: join(folder, 'firmware.hex'),
    mapPath: join(folder, 'firmware.map'),
    compiler: { name: compiler.name, version: compiler.version, flags },
    versions: {
      tflm: versions.tflm,
      cmsisNn: options.kernels === 'cmsis-nn' ? versions.cmsisNn : undefined,
      cmsisDsp: options.preprocess === 'cmsis-dsp' ? versions.cmsisDsp : undefined,
    },
    modelPath: model?.path,
    modelSha256: model?.sha256,
    options,
    cached,
  }
}

async function withDefaultModel(options: BuildOptions, environment: Environment): Promise<BuildOptions> {
  if (options.model !== undefined) return options
  const model = await defaultModel(options.app, environment)
  return model === undefined ? options : { ...options, model }
}
