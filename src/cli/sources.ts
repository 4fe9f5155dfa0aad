import { dirname, resolve } from 'node:path'
import { SourceFiles } from '../files/source-text.ts'
import { appDirectory } from '../toolchain/apps/apps.ts'
import { projectRoot } from '../toolchain/paths.ts'
import { sourceRoots } from '../toolchain/sources/roots.ts'
import type { RanFirmware } from './run-firmware.ts'

/**
 * Where the sources of what ran are looked for: folders of the user's, beside a file of the user's, and where our builds
 * have theirs.
 */
export function sourcesOf(
  { kind, image }: Pick<RanFirmware, 'kind' | 'image'>,
  firmware: string,
  given: readonly string[] = [],
): SourceFiles {
  const own = kind === 'file' ? [] : [{ name: 'app', directory: appFolder(firmware) }]
  const files = image.parts.length === 0 ? [image] : image.parts
  const beside = kind === 'file' ? files.map(({ file }) => dirname(resolve(file))) : []
  return new SourceFiles({
    roots: [...own, ...sourceRoots(process.env)],
    folders: [...given.map((folder) => resolve(folder)), ...beside],
  })
}

const appFolder = (app: string): string => resolve(appDirectory(app, `${projectRoot()}/firmware`))
