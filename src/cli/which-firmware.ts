import { existsSync, statSync } from 'node:fs'
import { UserError } from '../../runs/errors.ts'
import { nearest } from '../../runs/nearest.ts'
import { apps } from '../toolchain/apps/app-table.ts'

/** What `run` was given: an app of ours, the folder of somebody's, or a file. */
export type FirmwareKind = 'app' | 'folder' | 'file'

/** @throws UserError for a name that is neither a file nor an app */
export function kindOf(firmware: string): FirmwareKind {
  if (existsSync(firmware)) return statSync(firmware).isDirectory() ? 'folder' : 'file'
  if (apps.includes(firmware)) return 'app'
  const meant = nearest(firmware, apps)
  if (meant === undefined && /[./\\]/.test(firmware)) return 'file' // which is missing, as whoever reads it says
  throw new UserError(
    `${firmware}: no such file, and no app of that name. ${meant === undefined ? `Apps: ${apps.join(', ')}.` : `Did you mean ${meant}?`}`,
  )
}

/** Options that say how firmware is built. */
const ofBuilds = ['kernels', 'model', 'resolver', 'optimise', 'arena', 'preprocess'] as const

interface Ignorable extends Partial<Record<(typeof ofBuilds)[number], unknown>> {
  readonly end?: unknown
  readonly at?: unknown
  readonly also?: unknown
  readonly recording?: unknown
  readonly audio?: unknown
}

/** @throws UserError for options that would change nothing */
export function refuseIgnored(firmware: string, kind: FirmwareKind, options: Ignorable): void {
  const given = ofBuilds.filter((name) => options[name] !== undefined).map((name) => `--${name}`)
  if (kind === 'file' && given.length > 0)
    throw new UserError(
      `${firmware} is built already: ${given.join(' and ')} would change nothing. Leave out, or give an app or a folder of sources.`,
    )
  if (kind !== 'file' && options.at !== undefined)
    throw new UserError(`${firmware} is built for where it goes: --at would change nothing. Leave it out.`)
  if (kind !== 'file' && options.also !== undefined)
    throw new UserError(
      `${firmware} is built first; give its ELF file (boardless build) to run others with it.`,
    )
  if (
    kind !== 'app' &&
    options.end !== undefined &&
    options.recording === undefined &&
    options.audio === undefined
  )
    throw new UserError('--end says what is at the end of --recording or --audio; give one of them.')
}
