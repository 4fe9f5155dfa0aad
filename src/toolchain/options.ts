import { join } from 'node:path'
import { UserError } from '../../runs/errors.ts'
import { targetFlags } from './compile/compiler.ts'
import { projectRoot, type Environment } from './paths.ts'
import type { Resolver } from './generate/resolver.ts'
import { apps, appTable, defaultArenaBytes } from './apps/apps.ts'
import type { Kernels } from './compile/units.ts'

export type Optimisation = '-Os' | '-O2' | '-O3'
/** How a gesture app makes the model's input of its window: firmware/gesture/classifier.h, or preprocess/ beside it. */
export const preprocessVariants = ['loop', 'unrolled', 'cmsis-dsp', 'folded'] as const
export type Preprocess = (typeof preprocessVariants)[number]
export type Console = 'uarte' | 'semihosting'

export interface BuildOptions {
  /** One of `apps` by name, or the folder of an app of one's own (C and C++ sources, with a main). */
  readonly app: string
  /** A folder with what firmware/ of this package has, in place of it. */
  readonly sources?: string
  /** The .tflite to embed; default: what the app is made for. An app of one's own may do without. */
  readonly model?: string
  readonly kernels: Kernels
  readonly resolver: Resolver
  readonly optimise: Optimisation
  readonly console: Console
  /** Of the gesture apps, and of one's own that include gesture/classifier.h; loop. */
  readonly preprocess?: Preprocess
  /** Size of the tensor arena; 16 KiB for gesture and keyword apps, 128 KiB otherwise. */
  readonly arenaBytes?: number
  /** Room kept for the stack at the top of RAM; 16 KiB. */
  readonly stackBytes?: number
  /** Macros for the firmware's own sources; `true` defines without a value. */
  readonly defines?: Readonly<Record<string, string | number | true>>
}

export interface BuildSettings {
  readonly environment?: Environment
  /** Where objects and firmware are kept; `build` in the user's cache. */
  readonly directory?: string
}

/** What apps are built from, beside packages. */
export const firmwareFolder = ({ sources }: Pick<BuildOptions, 'sources'>): string =>
  sources ?? join(projectRoot(), 'firmware')

export const stackBytesOf = (options: BuildOptions): number => options.stackBytes ?? 16 * 1024

export const arenaBytesOf = (options: BuildOptions): number =>
  options.arenaBytes ?? defaultArenaBytes(options.app)

/** What every source is compiled with. */
export function commonFlags(options: BuildOptions): readonly string[] {
  return [...targetFlags, options.optimise, '-g', '-ffunction-sections', '-fdata-sections']
}

export function defineFlags(options: BuildOptions): readonly string[] {
  return Object.entries(options.defines ?? {}).map(([name, value]) =>
    value === true ? `-D${name}` : `-D${name}=${value}`,
  )
}

/** The header that takes the place of the loop; undefined for the loop itself. */
export function preprocessHeader({ preprocess = 'loop' }: BuildOptions): string | undefined {
  return preprocess === 'loop' ? undefined : `gesture/preprocess/${preprocess.replace('-', '_')}.h`
}

const ramBytes = 256 * 1024

/** Throws UserError for options that no build can satisfy. */
export function checkOptions(options: BuildOptions): void {
  if (apps.includes(options.app) && options.model === undefined)
    throw new UserError(`app ${options.app} needs a model`)
  const ours = appTable[options.app]
  if (preprocessHeader(options) !== undefined && ours !== undefined && ours.model !== 'gesture') {
    throw new UserError(
      `app ${options.app} has no window to preprocess; --preprocess is for the gesture apps`,
    )
  }
  const sizes = { arena: options.arenaBytes, stack: options.stackBytes }
  for (const [name, bytes] of Object.entries(sizes)) {
    if (bytes !== undefined && (!Number.isInteger(bytes) || bytes < 16 || bytes > ramBytes)) {
      throw new UserError(
        `${name} of ${bytes} bytes: give a whole number from 16 to ${ramBytes}, the RAM there is`,
      )
    }
  }
  for (const name of Object.keys(options.defines ?? {})) {
    if (!/^[A-Za-z_]\w*$/.test(name)) throw new UserError(`"${name}" is not the name of a macro`)
  }
}
