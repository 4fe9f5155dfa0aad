import { existsSync } from 'node:fs'
import '../files/host.ts'
import type { ParsedTarget } from '../../runs/budget/parse-config.ts'
import { UserError } from '../../runs/errors.ts'
import { didYouMean } from '../../runs/nearest.ts'
import { apps } from '../toolchain/apps/app-table.ts'
import { measureCommit } from './base.ts'
import { Repository, repositoryOf } from './git.ts'
import { loadConfig, type LoadedConfig } from './load-config.ts'
import type { Measured } from './measured.ts'
import type { MeasureSettings } from './measure.ts'

/** Whether a name means a commit here: no file or folder has it, and no app of ours. */
export async function isCommit(name: string): Promise<boolean> {
  if (existsSync(name) || apps.includes(name)) return false
  const repository = await Repository.of('.')
  return (
    repository !== undefined &&
    (await repository.commit(name).then(
      () => true,
      () => false,
    ))
  )
}

/** One target of a config by its name, or the only one. @throws UserError */
export function targetOf(config: LoadedConfig, name: string | undefined): ParsedTarget {
  const names = config.targets.map((one) => one.name)
  const [only, another] = config.targets
  if (name === undefined && only && !another) return only
  const found = config.targets.find((one) => one.name === name)
  if (found) return found
  throw new UserError(
    name === undefined
      ? `which target? Give one of ${names.join(', ')}.`
      : `${name}: no such target.${didYouMean(name, names, `There are ${names.join(', ')}.`)}`,
  )
}

export interface AtCommit {
  readonly config?: string | undefined
  readonly target?: string | undefined
}

/** A target as a commit has it. @throws UserError where it cannot be had */
export async function measuredAt(
  ref: string,
  { config: named, target: name }: AtCommit,
  settings: MeasureSettings,
): Promise<Measured> {
  const config = await loadConfig(named)
  const target = targetOf(config, name)
  const repository = await repositoryOf(config.folder, ref)
  const found = await measureCommit(repository, await repository.commit(ref), [target], settings)
  const one = found.get(target.name)
  if (!one) throw new Error('a target that was asked for is measured')
  return one
}
