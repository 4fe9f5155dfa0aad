/** A lab divided over machines, and put together again. */
import { UserError } from '../../../runs/errors.ts'
import { keyOf } from '../keys.ts'
import type { Made } from '../outcome.ts'
import type { Criteria } from '../../../runs/lab-report/lab-report.ts'
import type { LabContext } from '../technique.ts'
import { costOf, groupsOf, type Planned } from './plan.ts'

export interface Shard {
  readonly index: number
  readonly count: number
}

export interface ShardFile {
  readonly schemaVersion: 1
  readonly kind: 'lab-shard'
  readonly shard: Shard
  /** Of everything that must be the same in all shards. */
  readonly contextKey: string
  readonly version: string
  readonly only: readonly string[]
  readonly command: string
  readonly criteria: Criteria
  readonly context: LabContext
  readonly seconds: number
  /** Of the results; they took no time. */
  readonly fromCache: number
  readonly results: Readonly<Record<string, Made>>
}

/** `2/4` */
export function parseShard(text: string): Shard {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text) ?? []
  const shard = { index: Number(index), count: Number(count) }
  if (shard.index >= 1 && shard.count >= shard.index && shard.count <= 999) return shard
  throw new UserError(`--shard ${text}: give one of how many, such as 1/4`)
}

/** The dearest group first, each to the shard that has least: the same on every machine. */
export function shardOf(plan: readonly Planned[], { index, count }: Shard): Planned[] {
  const groups = [...groupsOf(plan)].map(([name, planned]) => ({ name, planned, cost: costOf(planned) }))
  groups.sort((a, b) => b.cost - a.cost || (a.name < b.name ? -1 : 1))
  const loads = new Array<number>(count).fill(0)
  const mine = new Set<string>()
  for (const { planned, cost } of groups) {
    const least = loads.indexOf(Math.min(...loads))
    loads[least] = (loads[least] ?? 0) + cost
    if (least === index - 1) planned.forEach(({ key }) => mine.add(key))
  }
  return plan.filter(({ key }) => mine.has(key))
}

type Shared = Pick<ShardFile, 'version' | 'only' | 'command' | 'criteria' | 'context'>

export const contextKeyOf = (shared: Shared, code: string): string => keyOf({ ...shared, code })

export function parseShardFile(text: string, name: string): ShardFile {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new UserError(`${name}: not JSON, or cut off; run that shard again`, undefined, { cause })
  }
  const file = value as Partial<ShardFile> | null
  const whole =
    typeof file === 'object' &&
    file?.kind === 'lab-shard' &&
    file.schemaVersion === 1 &&
    typeof file.shard?.index === 'number' &&
    typeof file.shard.count === 'number' &&
    typeof file.contextKey === 'string' &&
    typeof file.results === 'object' &&
    typeof file.context === 'object'
  if (!whole) throw new UserError(`${name}: not what boardless lab --shard writes`)
  return file as ShardFile
}

export interface Merged {
  readonly shared: Shared
  readonly results: ReadonlyMap<string, Made>
  readonly seconds: number
  readonly fromCache: number
}

/** @throws UserError where shards are missing, are there twice, or are not of one lab */
export function mergeShards(files: readonly { readonly name: string; readonly file: ShardFile }[]): Merged {
  const [first] = files
  if (first === undefined) throw new UserError('lab merge: give the files of all shards')
  const { count } = first.file.shard
  const seen = new Map<number, string>()
  const results = new Map<string, Made>()
  for (const { name, file } of files) {
    const { shard, contextKey } = file
    if (shard.count !== count)
      throw new UserError(`${name}: shard ${shard.index} of ${shard.count}; ${first.name} is one of ${count}`)
    const twin = seen.get(shard.index)
    if (twin !== undefined) throw new UserError(`${name}: shard ${shard.index} of ${count}, as ${twin} is`)
    if (contextKey !== first.file.contextKey)
      throw new UserError(`${name}: of another lab than ${first.name}: other data, options, tools or code`)
    seen.set(shard.index, name)
    for (const [key, made] of Object.entries(file.results)) {
      if (results.has(key)) throw new UserError(`${name}: has a measurement that another shard has as well`)
      results.set(key, made)
    }
  }
  const missing = Array.from({ length: count }, (_, at) => at + 1).filter((index) => !seen.has(index))
  if (missing.length > 0) {
    throw new UserError(
      `lab merge: shard ${missing.join(', ')} of ${count} is missing: give the files of all shards`,
    )
  }
  return {
    shared: first.file,
    results,
    seconds: files.reduce((sum, { file }) => sum + file.seconds, 0),
    fromCache: files.reduce((sum, { file }) => sum + file.fromCache, 0),
  }
}
