import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../errors.ts'
import { layout, tflmPackage } from './packages.ts'
import { projectRoot, type Environment } from './paths.ts'
import { ensureSources } from './sources.ts'

/** What an app of ours is fed with, and what must be soldered to the board for it. */
export interface App {
  readonly model: 'gesture' | 'micro_speech' | undefined
  /** What the board must be played: an IMU recording, or sound. */
  readonly input: 'imu' | 'audio' | undefined
  readonly arenaKilobytes: number
  /** Wires that no stock board has: as in BoardOptions. */
  readonly wires: readonly { readonly part: string; readonly from: 'INT1' | 'INT2'; readonly to: string }[]
}

const gesture: App = { model: 'gesture', input: 'imu', arenaKilobytes: 16, wires: [] }
const keyword: App = { model: 'micro_speech', input: 'audio', arenaKilobytes: 16, wires: [] }
const anyModel: App = { model: undefined, input: undefined, arenaKilobytes: 128, wires: [] }

/** Our own apps, by name. */
export const appTable: Readonly<Record<string, App>> = {
  gesture,
  stock: anyModel,
  infer: anyModel,
  'gesture-continuous': gesture,
  'gesture-5hz': gesture,
  'gesture-motion': { ...gesture, wires: [{ part: 'LSM9DS1', from: 'INT1', to: 'P1.11' }] },
  keyword,
  'keyword-gated': keyword,
}

export const apps: readonly string[] = Object.keys(appTable)

export const defaultArenaBytes = (app: string): number => (appTable[app] ?? anyModel).arenaKilobytes * 1024

/** The app's folder: one of ours by name, or a path. */
export function appDirectory(app: string, firmware: string): string {
  if (apps.includes(app)) return join(firmware, 'apps', app)
  if (!existsSync(app))
    throw new UserError(`app ${app}: there is no such folder, and the names are ${apps.join(', ')}`)
  return app
}

/**
 * The model that an app is made for: the repository's gesture model, or micro_speech as it comes with TFLM.
 * Undefined for an app that takes any. Throws UserError (environment) when TFLM cannot be fetched.
 */
export async function defaultModel(
  app: string,
  environment: Environment = process.env,
): Promise<string | undefined> {
  switch (appTable[app]?.model) {
    case 'gesture':
      return join(projectRoot(), 'models', 'gesture', 'gesture_int8.tflite')
    case 'micro_speech':
      return join(
        await ensureSources(tflmPackage, { environment }),
        layout.stockModels,
        'micro_speech.tflite',
      )
    default:
      return undefined
  }
}
