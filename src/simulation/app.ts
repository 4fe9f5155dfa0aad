import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { XIAO_NRF52840_SENSE } from '../../emulator/boards/xiaonrf52840sense.ts'
import { boardNamed } from '../power/choices.ts'
import { modelFolder, trainingRecordings } from '../project.ts'
import type { BuildFacts } from '../report/observation.ts'
import { appTable } from '../toolchain/apps.ts'
import { cacheDirectory } from '../toolchain/cache.ts'
import type { BuildOptions, BuildResult } from '../toolchain/build.ts'

/** Told how far a build or a run is. */
export type OnProgress = (fraction: number, step?: string) => void

export interface AppChoices {
  readonly model?: string
  readonly kernels?: BuildOptions['kernels']
  readonly resolver?: BuildOptions['resolver']
  readonly optimise?: BuildOptions['optimise']
  readonly arena?: number
  readonly preprocess?: BuildOptions['preprocess']
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
  const { buildFirmware } = await import('../toolchain/build.ts')
  const options: BuildOptions = {
    app,
    kernels: choices.kernels ?? 'cmsis-nn',
    resolver: choices.resolver ?? 'mutable',
    optimise: choices.optimise ?? '-O2',
    console: 'uarte',
    ...(appTable[app]?.model === 'gesture' || choices.model !== undefined
      ? { model: await findModel(choices.model, onProgress) }
      : {}),
    ...(choices.arena !== undefined && { arenaBytes: choices.arena }),
    ...(choices.preprocess !== undefined && { preprocess: choices.preprocess }),
    ...(isXiao(choices.board) && { defines: { BOARDLESS_BOARD_XIAO: true } }),
  }
  return buildFirmware(options, (step, fraction) => onProgress(fraction, step))
}

const isXiao = (board: string | undefined): boolean =>
  board !== undefined && boardNamed(board) === XIAO_NRF52840_SENSE

/** "preprocess folded"; nothing for the loop. */
export const preprocessOf = ({ preprocess = 'loop' }: BuildOptions): string =>
  preprocess === 'loop' ? '' : `preprocess ${preprocess}`

export const factsOf = ({ compiler, versions, options }: BuildResult): BuildFacts => ({
  app: [options.app, preprocessOf(options)].filter((part) => part !== '').join(', '),
  kernels: options.kernels,
  resolver: options.resolver,
  compiler: compiler.name,
  compilerFlags: compiler.flags.join(' '),
  tflmVersion: versions.tflm,
  cmsisNnVersion: versions.cmsisNn,
})
