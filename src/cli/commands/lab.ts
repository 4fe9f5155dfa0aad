import { mkdir, readFile, rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { ExitCode, UserError } from '../../../runs/errors.ts'
import { labSetting, type LabChoices, type LabSetting } from '../../lab/context.ts'
import { cacheKey } from '../../lab/engine/cache-key.ts'
import { Interrupted, measure, type Hand, type Status } from '../../lab/engine/engine.ts'
import { fingerprints, type Fingerprints } from '../../lab/engine/fingerprint.ts'
import { planOf } from '../../lab/engine/plan.ts'
import {
  contextKeyOf,
  mergeShards,
  parseShard,
  parseShardFile,
  shardOf,
  type ShardFile,
} from '../../lab/engine/shard.ts'
import { Store } from '../../lab/engine/store.ts'
import { keyOf } from '../../lab/keys.ts'
import type { Criteria, LabReport } from '../../../runs/lab-report/lab-report.ts'
import type { Bench } from '../../lab/make/bench.ts'
import { LabThread } from '../../lab/make/thread.ts'
import type { Made } from '../../lab/outcome.ts'
import { measureDesktop } from '../../lab/report/desktop.ts'
import { recommendedMetadata, recommendedModel, shownWith } from '../../lab/report/recommend.ts'
import { recommendedFiles } from '../../lab/report/recommended-files.ts'
import { serialiseLab } from '../../../runs/lab-report/format.ts'
import { labReport } from '../../lab/report/report.ts'
import { renderLabFiles } from '../../lab/show/files.ts'
import { renderLabText } from '../../lab/show/text.ts'
import type { Note } from '../../../runs/sensor-log/log.ts'
import { techniquesNamed } from '../../lab/techniques/named.ts'
import { trainingRecordings } from '../../project.ts'
import { TOOL_VERSION } from '../../../runs/version.ts'
import { LabQueue } from '../../queue/lab-queue.ts'
import { redisAddress } from '../../queue/redis.ts'
import { checkCache, labDirectory } from '../../toolchain/cache/cache.ts'
import { findCompiler } from '../../toolchain/compile/compiler.ts'
import { writeFolder, writeWhole } from '../../write-whole.ts'
import { INTERRUPTED } from '../outcome.ts'
import { printNote, printReport, writeOutput } from '../output.ts'
import { flush, showProgress, styleFor } from '../terminal.ts'

export interface LabOptions extends LabChoices {
  readonly only?: readonly string[]
  readonly shard?: string
  readonly out?: string
  readonly maxLoss?: number
  readonly maxLatency?: number
  readonly jobs?: number
  readonly queue?: string
  readonly cache?: string
  readonly json?: string
}

/** What was noticed of the user's recordings, on standard error. */
class LabNotes {
  readonly #lines: string[] = []

  add(path: string, notes: readonly Note[]): void {
    for (const { message } of notes) this.#lines.push(`${path}: ${message}`)
  }

  tell(): void {
    for (const line of this.#lines.slice(0, MOST_NOTES)) process.stderr.write(`boardless: ${line}\n`)
    const more = this.#lines.length - MOST_NOTES
    if (more > 0) process.stderr.write(`boardless: and ${more} more of the recordings\n`)
  }
}

const MOST_NOTES = 10

type Shared = Pick<ShardFile, 'version' | 'only' | 'command' | 'criteria' | 'context'>

/** Measures every technique on the emulated board, or what one shard has of it, and writes the report. */
export async function lab(options: LabOptions, signal: AbortSignal): Promise<number> {
  if (options.queue !== undefined && options.jobs !== undefined)
    throw new UserError('--jobs are threads of this machine: with --queue give it to boardless worker')
  const shard = options.shard === undefined ? undefined : parseShard(options.shard)
  const techniques = techniquesNamed(options.only)
  const folder = options.cache ?? labDirectory()
  if (options.cache === undefined) await checkCache(folder)
  const noticed = new LabNotes()
  const setting = await labSetting(
    { ...options, onNotes: (path, notes) => noticed.add(path, notes) },
    trainingRecordings(),
  )
  noticed.tell()
  const criteria = criteriaOf(options)
  const shared: Shared = {
    version: TOOL_VERSION,
    only: options.only ?? [],
    command: commandOf(setting.context.command, options),
    criteria,
    context: setting.context,
  }
  const code = fingerprints()
  const whole = planOf(techniques, setting.context)
  const plan = shard === undefined ? whole : shardOf(whole, shard)
  const began = performance.now()
  const made = await measureAll({ plan, setting, code, folder, options, signal })
  if (made === undefined) return INTERRUPTED
  const seconds = Math.round((performance.now() - began) / 1000)
  if (shard !== undefined) {
    const name = `lab-shard-${shard.index}-of-${shard.count}.json`
    const compiler = (await findCompiler()).name
    const file: ShardFile = {
      schemaVersion: 1,
      kind: 'lab-shard',
      shard,
      contextKey: contextKeyOf(shared, keyOf([code, compiler])),
      ...shared,
      seconds,
      fromCache: made.fromCache,
      results: Object.fromEntries(made.results),
    }
    const out = options.out ?? '.'
    await mkdir(out, { recursive: true }).catch(() => undefined)
    await writeWhole(join(out, name), `${JSON.stringify(file)}\n`)
    printReport(`  ${join(out, name)}: ${plan.length} of ${whole.length} measurements\n`)
    return ExitCode.fine
  }
  await finish(shared, made.results, { seconds, fromCache: made.fromCache }, options)
  return ExitCode.fine
}

export interface MergeOptions {
  readonly out?: string
  readonly json?: string
}

/** Puts the shards of one lab together: what comes out is what one machine would have made. */
export async function labMerge(files: readonly string[], options: MergeOptions): Promise<number> {
  const read = await Promise.all(
    files.map(async (name) => {
      const text = await readFile(name, 'utf8').catch((cause: unknown) => {
        throw new UserError(`${name}: cannot be read. Give what boardless lab --shard wrote.`, undefined, {
          cause,
        })
      })
      return { name, file: parseShardFile(text, name) }
    }),
  )
  const { shared, results, seconds, fromCache } = mergeShards(read)
  const techniques = techniquesNamed(shared.only.length === 0 ? undefined : shared.only)
  const missing = planOf(techniques, shared.context).filter(({ key }) => !results.has(key))
  if (shared.version !== TOOL_VERSION || missing.length > 0)
    throw new UserError(
      'lab merge: the shards are of another version of boardless: merge with the one that made them',
    )
  await finish(shared, results, { seconds, fromCache }, options)
  return ExitCode.fine
}

/** A twentieth of the 200 ms from one inference to the next at 5 Hz. */
const DEFAULT_LATENCY_MICROSECONDS = 10_000

const criteriaOf = ({ maxLoss = 1, maxLatency }: LabOptions): Criteria => ({
  maxLossPoints: maxLoss,
  maxLatencyMicroseconds: maxLatency ?? DEFAULT_LATENCY_MICROSECONDS,
})

function commandOf(base: string, { only, maxLoss, maxLatency }: LabOptions): string {
  return [
    base,
    ...(only === undefined ? [] : [`--only ${only.join(',')}`]),
    ...(maxLoss === undefined ? [] : [`--max-loss ${maxLoss}`]),
    ...(maxLatency === undefined ? [] : [`--max-latency ${maxLatency}`]),
  ].join(' ')
}

interface Measuring {
  readonly plan: ReturnType<typeof planOf>
  readonly setting: LabSetting
  readonly code: Fingerprints
  readonly folder: string
  readonly options: Pick<LabOptions, 'jobs' | 'queue'>
  readonly signal: AbortSignal
}

/** Enough wait at the queue that no worker is idle, however many there are. */
const MOST_AT_QUEUE = 512

/** Threads here, or whoever is at the queue. @param makes what results depend on beside the bench */
async function handsFor(
  { jobs, queue }: Pick<LabOptions, 'jobs' | 'queue'>,
  measurements: number,
  bench: Bench,
  makes: string,
  signal: AbortSignal,
): Promise<{ readonly hands: readonly Hand[]; readonly end: () => Promise<unknown> }> {
  if (queue !== undefined) {
    const labQueue = await LabQueue.open(redisAddress(queue), bench, makes, signal)
    const hands = labQueue.hands(Math.max(1, Math.min(MOST_AT_QUEUE, measurements)))
    return { hands, end: () => labQueue.end() }
  }
  const count = Math.max(1, Math.min(jobs ?? availableParallelism(), measurements))
  const hands = Array.from({ length: count }, () => new LabThread(bench, signal))
  return { hands, end: () => Promise.all(hands.map((hand) => hand.end())) }
}

/** @returns undefined when it was interrupted */
async function measureAll({ plan, setting, code, folder, options, signal }: Measuring) {
  const { context, given } = setting
  const bench = { dataset: context.dataset, given, folder, fingerprints: code }
  const compiler = (await findCompiler()).name
  const { hands, end } = await handsFor(options, plan.length, bench, keyOf([code, compiler]), signal)
  const progress = showProgress('lab')
  const data = keyOf([context.header.dataset.sha256, given?.normalisation])
  let latest: Status | undefined
  try {
    return await measure({
      plan,
      store: new Store(folder),
      hands,
      signal,
      cacheKey: (measurement, needs) => cacheKey(measurement, needs, code, data, compiler),
      onStatus: (status) => {
        latest = status
        progress.update(status.fraction, describe(status))
      },
    })
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    progress.done()
    const { done = 0, total = plan.length } = latest ?? {}
    printNote(`interrupted; ${done} of ${total} measurements are kept for the next time`)
    await flush()
    return undefined
  } finally {
    progress.done()
    await end()
  }
}

function describe({ done, total, secondsLeft, running }: Status): string {
  const left =
    secondsLeft === null
      ? ''
      : secondsLeft < 90
        ? `, about ${Math.ceil(secondsLeft / 10) * 10} s left`
        : `, about ${Math.round(secondsLeft / 60)} min left`
  return `${done} of ${total}${left}; ${running.join(' | ')}`
}

/** What an earlier lab recommended in this folder, and this one does not write again. */
async function staleFiles(out: string, written: readonly string[]): Promise<readonly string[]> {
  const earlier = await readFile(join(out, 'lab.json'), 'utf8').catch(() => '')
  try {
    const report = JSON.parse(earlier) as Partial<LabReport> | null
    if (report?.kind !== 'lab' || !report.recommendation) return []
  } catch {
    return []
  }
  return [recommendedModel, recommendedMetadata].filter((file) => !written.includes(file))
}

async function finish(
  shared: Shared,
  results: ReadonlyMap<string, Made>,
  { seconds, fromCache }: { readonly seconds: number; readonly fromCache: number },
  options: MergeOptions,
): Promise<void> {
  const { version, only, command, criteria, context } = shared
  const techniques = techniquesNamed(only.length === 0 ? undefined : only)
  const report = labReport({ version, command, techniques, context, results, criteria })
  const desktop = await measureDesktop(context.dataset, { seconds, measurements: results.size, fromCache })
  const out = options.out ?? 'lab'
  const json = serialiseLab(report)
  const shown = shownWith(report, out)
  const recommended = recommendedFiles(report, context, results)
  const stale = await staleFiles(out, Object.keys(recommended))
  await writeFolder(out, {
    'lab.json': json,
    'desktop.json': `${JSON.stringify(desktop, undefined, 2)}\n`,
    ...(await renderLabFiles(shown, desktop)),
    ...recommended,
  })
  if (options.json !== undefined) await writeOutput(options.json, json)
  for (const file of stale) await rm(join(out, file), { force: true })
  printReport(renderLabText(shown, desktop, styleFor(process.stdout)))
  printReport(`\n  ${join(out, 'lab.html')} has the plots; ${join(out, 'lab.json')} has everything\n`)
}
