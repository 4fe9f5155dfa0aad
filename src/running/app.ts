import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { XIAO_NRF52840_SENSE } from '../../emulator/boards/xiaonrf52840sense.ts'
import { boardNamed } from '../../runs/power-choices.ts'
import { modelFolder, trainingRecordings } from '../project.ts'
import { UserError } from '../../runs/errors.ts'
import type { BuildFacts } from '../../runs/report/observation.ts'
import type { RunReport } from '../../runs/report/run-report.ts'
import { appTable } from '../toolchain/apps/apps.ts'
import { cacheDirectory } from '../toolchain/cache/cache.ts'
import type { BuildOptions, BuildResult } from '../toolchain/build.ts'
import { arenaBytesOf } from '../toolchain/options.ts'
import { measureArena, type ArenaNeed } from './arena.ts'

/** Told how far a build or a run is. */
export type OnProgress = (fraction: number, step?: string) => void

export interface AppChoices {
  readonly model?: string
  readonly kernels?: BuildOptions['kernels']
  readonly resolver?: BuildOptions['resolver']
  readonly optimise?: BuildOptions['optimise']
  /** Bytes, or the fewest with which the model runs. */
  readonly arena?: number | 'auto'
  readonly preprocess?: BuildOptions['preprocess']
  /** A folder with what firmware/ of this package has, in place of it. */
  readonly sources?: string
  /** Whose pins and sensors the firmware is for; the Nano 33 BLE Sense where it is not the XIAO. */
  readonly board?: string
}

/** `int8` and `float32` mean the gesture model of the repository, trained first where it is missing. */
export async function findModel(choice = 'int8', onProgress?: OnProgress): Promise<string> {
  if (choice !== 'int8' && choice !== 'float32') return choice
  const name = `gesture_${choice}.tflite`
  const trained = join(cacheDirectory(), 'models', 'gesture')
  const found = [modelFolder(), trained].map((folder) => join(folder, name)).find(existsSync)
  if (found !== undefined) return found
  const { trainGestureModelFiles } = await import('../model/train-gesture.ts')
  await trainGestureModelFiles(trainingRecordings(), trained, {}, ({ stage, step, steps }) =>
    onProgress?.(step / steps, `training: ${stage}`),
  )
  return join(trained, name)
}

/** An app by name or the folder of one. */
export async function buildApp(
  app: string,
  choices: AppChoices,
  onProgress: OnProgress,
): Promise<BuildResult> {
  if (choices.arena === 'auto') return await buildSmallest(app, choices, onProgress)
  const { buildFirmware } = await import('../toolchain/build.ts')
  return buildFirmware(await buildOptions(app, choices, onProgress), (step, fraction) =>
    onProgress(fraction, step),
  )
}

/** With the smallest arena: measured in a build that has room, then built with that. @throws UserError */
async function buildSmallest(app: string, choices: AppChoices, onProgress: OnProgress): Promise<BuildResult> {
  const bytes = await arenaNeeded(app, choices, onProgress)
  return buildApp(app, { ...choices, arena: bytes }, onProgress)
}

/** The smallest arena for an app and its model. @throws UserError where none is small enough, or there is none */
export async function arenaNeeded(app: string, choices: AppChoices, onProgress: OnProgress): Promise<number> {
  const rest = Object.fromEntries(Object.entries(choices).filter(([name]) => name !== 'arena')) as AppChoices
  const measured = async (arena?: number): Promise<ArenaNeed> => {
    const { elfPath } = await buildApp(app, { ...rest, ...(arena !== undefined && { arena }) }, onProgress)
    onProgress(1, 'measuring the arena')
    return measureArena(elfPath, boardNamed(choices.board ?? 'nano33ble'))
  }
  const first = await measured()
  const need =
    first.kind === 'too-small' && first.largest > first.given ? await measured(first.largest) : first
  if (need.kind === 'measured') return need.bytes
  throw new UserError(
    need.kind === 'unknown'
      ? `app ${app}: how large its arena must be cannot be measured: it does not get to allocating the tensors of the model, as runtime/inference.h does. Give --arena in bytes.`
      : `app ${app}: its tensors do not fit an arena of ${need.given} bytes, the most that data, stack and heap leave of RAM: ${need.said}`,
  )
}

const tooSmall = /arena of (\d+) bytes/

/** The report of an app of ours that gave up for its arena names the size that would do. */
export async function withArenaAdvice(
  report: RunReport,
  app: string,
  choices: AppChoices,
  onProgress: OnProgress,
): Promise<RunReport> {
  const { gaveUp } = report.run
  if (gaveUp === null || !tooSmall.test(gaveUp)) return report
  const advice = await arenaNeeded(app, choices, onProgress).then(
    (bytes) => `${bytes} would do: --arena ${bytes}, or --arena auto`,
    (error: unknown) => {
      if (error instanceof UserError) return error.message
      throw error
    },
  )
  return { ...report, run: { ...report.run, gaveUp: `${gaveUp}; ${advice}` } }
}

async function buildOptions(app: string, choices: AppChoices, onProgress: OnProgress): Promise<BuildOptions> {
  return {
    app,
    ...(choices.sources !== undefined && { sources: choices.sources }),
    kernels: choices.kernels ?? 'cmsis-nn',
    resolver: choices.resolver ?? 'mutable',
    optimise: choices.optimise ?? '-O2',
    // Its outputs are raw bytes of semihosting; text comes the same way, in order.
    console: app === 'infer' ? 'semihosting' : 'uarte',
    ...(appTable[app]?.model === 'gesture' || choices.model !== undefined
      ? { model: await findModel(choices.model, onProgress) }
      : {}),
    ...(typeof choices.arena === 'number' && { arenaBytes: choices.arena }),
    ...(choices.preprocess !== undefined && { preprocess: choices.preprocess }),
    ...(isXiao(choices.board) && { defines: { BOARDLESS_BOARD_XIAO: true } }),
  }
}

const isXiao = (board: string | undefined): boolean =>
  board !== undefined && boardNamed(board) === XIAO_NRF52840_SENSE

/** "preprocess folded"; nothing for the loop. */
export const preprocessOf = ({ preprocess = 'loop' }: BuildOptions): string =>
  preprocess === 'loop' ? '' : `preprocess ${preprocess}`

export const factsOf = (
  { compiler, versions, options }: BuildResult,
  { arena }: Pick<AppChoices, 'arena'> = {},
): BuildFacts => ({
  app: [
    options.app,
    preprocessOf(options),
    arena === 'auto' ? `arena ${arenaBytesOf(options)} B, the smallest` : '',
  ]
    .filter((part) => part !== '')
    .join(', '),
  kernels: options.kernels,
  resolver: options.resolver,
  compiler: compiler.name,
  compilerFlags: compiler.flags.join(' '),
  tflmVersion: versions.tflm,
  cmsisNnVersion: versions.cmsisNn,
})
