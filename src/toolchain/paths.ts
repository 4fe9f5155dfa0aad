import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Variables that the tool chain heeds: PATH, HOME, BOARDLESS_CACHE, XDG_CACHE_HOME, CARGO_HOME, BOARDLESS_TOOLCHAIN. */
export type Environment = Readonly<Record<string, string | undefined>>

/** `step` says what is being done now; `fraction` of the whole is done, 0 to 1. */
export type Progress = (step: string, fraction: number) => void

/** The folder that holds package.json and firmware/, seen from the sources or from dist/. */
export function projectRoot(): string {
  let directory = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(directory, 'firmware')) || !existsSync(join(directory, 'package.json'))) {
    const parent = dirname(directory)
    if (parent === directory) throw new Error('the firmware folder is missing from this installation')
    directory = parent
  }
  return directory
}
