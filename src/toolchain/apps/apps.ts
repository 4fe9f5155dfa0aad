import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../../../runs/errors.ts'
import { didYouMean } from '../../../runs/nearest.ts'
import { anyModel, appTable, apps } from './app-table.ts'
import { layout, tflmPackage } from '../sources/packages.ts'
import { projectRoot, type Environment } from '../paths.ts'
import { ensureSources } from '../sources/sources.ts'

export { appTable, apps } from './app-table.ts'

export const defaultArenaBytes = (app: string): number => (appTable[app] ?? anyModel).arenaKilobytes * 1024

/** The app's folder: one of ours by name, or a path. */
export function appDirectory(app: string, firmware: string): string {
  if (apps.includes(app)) return join(firmware, 'apps', app)
  if (!existsSync(app))
    throw new UserError(
      `app ${app}: there is no such folder, and no app of that name.${didYouMean(app, apps, `Apps: ${apps.join(', ')}.`)}`,
    )
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
