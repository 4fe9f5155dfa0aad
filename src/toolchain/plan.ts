import { resolve } from 'node:path'
import { UserError } from '../../runs/errors.ts'
import { elementCount } from '../../runs/tflite/schema.ts'
import { appTable } from './apps/apps.ts'
import {
  generateForModel,
  generateMetadata,
  generateQuantisation,
  type EmbeddedModel,
} from './generate/generate.ts'
import { arenaBytesOf, defineFlags, firmwareFolder, preprocessHeader, type BuildOptions } from './options.ts'
import { cmsisDspPackage, cmsisNnPackage, tflmPackage, type SourcePackage } from './sources/packages.ts'
import type { Environment, Progress } from './paths.ts'
import { ensureSources } from './sources/sources.ts'
import * as units from './compile/units.ts'
import type { Root, Unit } from './compile/units.ts'

/** Everything that a build compiles. */
export interface Plan {
  /** Linked whatever refers to them, in this order. */
  readonly first: readonly Unit[]
  /** Linked as archives: what nothing refers to stays out. */
  readonly firmware: readonly Unit[]
  readonly libraries: readonly Unit[]
  readonly packages: readonly { readonly source: SourcePackage; readonly directory: string }[]
}

const startup = 'core/startup.cc'

/** Fetches the packages, generates what is generated, and lists the sources with their flags. */
export async function makePlan(
  options: BuildOptions,
  model: EmbeddedModel | undefined,
  generatedDirectory: string,
  environment: Environment,
  progress: Progress,
): Promise<Plan> {
  const fetched = async (source: SourcePackage, wanted: boolean) =>
    wanted ? await ensureSources(source, { environment, progress }) : undefined
  const tflm = await ensureSources(tflmPackage, { environment, progress })
  const cmsisNn = await fetched(cmsisNnPackage, options.kernels === 'cmsis-nn')
  const preprocess = preprocessHeader(options)
  const usesDsp = options.preprocess === 'cmsis-dsp'
  const cmsisDsp = await fetched(cmsisDspPackage, usesDsp)
  // CMSIS-DSP includes CMSIS-Core, which comes with CMSIS-NN.
  const cmsisCore = await fetched(cmsisNnPackage, cmsisNn !== undefined || usesDsp)
  const packages = [
    { source: tflmPackage, directory: tflm },
    ...(cmsisCore === undefined ? [] : [{ source: cmsisNnPackage, directory: cmsisCore }]),
    ...(cmsisDsp === undefined ? [] : [{ source: cmsisDspPackage, directory: cmsisDsp }]),
  ]

  const firmwareRoot = { directory: firmwareFolder(options), name: 'firmware' }
  const appRoot = { directory: resolve(units.appDirectory(options.app, firmwareRoot.directory)), name: 'app' }
  const firmware = await units.readTree(firmwareRoot)
  const app = await units.readTree(appRoot)
  if (app.sources.length === 0) throw new UserError(`app ${options.app}: the folder has no C or C++ source`)
  const generated = model === undefined ? [] : await generateForModel(model, generatedDirectory)
  const metadata =
    model === undefined
      ? undefined
      : await generateMetadata(model, appTable[options.app]?.model === 'gesture', generatedDirectory)
  const quantisation =
    model === undefined || options.preprocess !== 'folded'
      ? undefined
      : await generateQuantisation(model, generatedDirectory)
  const headers = [metadata, quantisation].filter((one) => one !== undefined)
  const dspIncludes =
    cmsisDsp === undefined || cmsisCore === undefined ? [] : units.cmsisDspIncludes(cmsisDsp, cmsisCore)

  const shared = [
    firmwareRoot,
    ...units.tflmIncludes(tflm),
    ...(cmsisNn ? units.cmsisNnIncludes(cmsisNn) : []),
  ]
  const own = (root: Root, path: string, identity: readonly string[], extra: Partial<Unit> = {}): Unit => ({
    root,
    path,
    flags: [...units.ownFlags(path), ...(extra.flags ?? []), ...defineFlags(options)],
    includes: [...(root === firmwareRoot ? [] : [root]), ...shared, ...(extra.includes ?? [])],
    identity: units.sha256(
      JSON.stringify([packages.map(({ source }) => source.sha256), firmware.headersHash, ...identity]),
    ),
  })
  const melBins = melBinFlags(options, model)
  const ofFirmware = (path: string) =>
    own(firmwareRoot, path, [firmware.hashes.get(path) ?? ''], {
      flags: [...flagsOfOne(path, options), ...(path.startsWith('keyword/') ? melBins : [])],
    })
  const ofApp = (path: string) =>
    own(appRoot, path, [app.headersHash, app.hashes.get(path) ?? '', ...headers.map(({ hash }) => hash)], {
      flags: [...(preprocess === undefined ? [] : [`-DBOARDLESS_PREPROCESS="${preprocess}"`]), ...melBins],
      includes: [...headers.map(({ root }) => root), ...dspIncludes],
    })
  const isShared = (path: string) =>
    path !== startup &&
    !path.startsWith('apps/') &&
    !path.startsWith('microbench/') &&
    (cmsisNn !== undefined || !path.startsWith('kernels/cmsis_nn/'))

  return {
    first: [
      ofFirmware(startup),
      ...app.sources.map(ofApp),
      ...generated.flatMap(({ root, sources, hash }) => sources.map((path) => own(root, path, [hash]))),
    ],
    firmware: firmware.sources.filter(isShared).map(ofFirmware),
    libraries: [
      ...(await units.tflmUnits(tflm, tflmPackage, options.kernels)),
      ...(await units.frontendUnits(tflm, tflmPackage)),
      ...(cmsisNn === undefined ? [] : await units.cmsisNnUnits(cmsisNn, cmsisNnPackage)),
      ...(cmsisDsp === undefined ? [] : units.cmsisDspUnits(cmsisDsp, cmsisDspPackage, dspIncludes)),
    ],
    packages,
  }
}

/** firmware/keyword/features.h */
const slices = 49
const stockMelBins = 40

/** A keyword model with fewer features in a slice has the front end make as many. */
function melBinFlags({ app }: BuildOptions, model: EmbeddedModel | undefined): readonly string[] {
  if (appTable[app]?.model !== 'micro_speech' || model?.input === undefined) return []
  const bins = elementCount(model.input.shape) / slices
  return Number.isInteger(bins) && bins !== stockMelBins ? [`-DBOARDLESS_MEL_BINS=${bins}`] : []
}

/** Options that reach one file only, so that changing them compiles only that one. */
function flagsOfOne(path: string, options: BuildOptions): readonly string[] {
  switch (path) {
    case 'runtime/inference.cc':
      return [`-DBOARDLESS_ARENA_BYTES=${arenaBytesOf(options)}`, `-DBOARDLESS_KERNELS="${options.kernels}"`]
    case 'runtime/console.cc':
      return [`-DBOARDLESS_CONSOLE_SEMIHOSTING=${options.console === 'semihosting' ? 1 : 0}`]
    default:
      return []
  }
}
