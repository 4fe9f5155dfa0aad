import { availableParallelism } from 'node:os'
import pLimit from 'p-limit'
import '../files/host.ts'
import type { ParsedTarget } from '../../runs/budget/parse-config.ts'
import { UserError } from '../../runs/errors.ts'
import type { OnProgress } from '../running/app.ts'
import type { RunRequest } from '../running/run-request.ts'
import { Thread } from '../threads/thread.ts'
import { Builds } from './build-target.ts'
import type { Measured, MeasureNote } from './measured.ts'
import { store, stored } from './store.ts'

export interface MeasureSettings {
  /** Threads; one for each core. */
  readonly jobs?: number | undefined
  /** Runs that were made before are taken as they are. */
  readonly isCached: boolean
  readonly signal: AbortSignal
  readonly onProgress: OnProgress
}

type RunThread = Thread<RunRequest, MeasureNote, Measured>

/** Builds targets, and runs them on all cores. @returns in their order @throws UserError of the first that cannot be */
export async function measureTargets(
  targets: readonly ParsedTarget[],
  folder: string,
  settings: MeasureSettings,
): Promise<readonly Measured[]> {
  const { signal, onProgress } = settings
  const builds = new Builds(signal)
  const runs = new Runs(settings)
  const done = targets.map(() => 0)
  const tell = (i: number, fraction: number, step = ''): void => {
    done[i] = fraction
    onProgress(done.reduce((sum, one) => sum + one, 0) / targets.length, step)
  }
  try {
    const limit = pLimit(runs.jobs)
    return await Promise.all(
      targets.map(async (target, i) =>
        limit(async () => {
          stopIf(signal)
          const { request, key } = await builds.build(target, folder, (fraction, step) =>
            tell(i, 0.3 * fraction, `${target.name}: ${step ?? ''}`),
          )
          const made = await runs
            .run(request, key, (fraction, step) =>
              tell(i, 0.3 + 0.7 * fraction, `${target.name}: ${step ?? ''}`),
            )
            .catch((error: unknown) => {
              throw error instanceof UserError
                ? new UserError(`${target.name}: ${error.message}`, error.exitCode)
                : error
            })
          tell(i, 1)
          return made
        }),
      ),
    )
  } finally {
    await runs.end()
  }
}

/** 128 and the number of SIGINT. */
const INTERRUPTED = 130

function stopIf(signal: AbortSignal): void {
  if (signal.aborted) throw new UserError('interrupted', INTERRUPTED)
}

class Runs {
  readonly jobs: number
  readonly #idle: RunThread[] = []
  readonly #all: RunThread[] = []

  constructor(private readonly settings: MeasureSettings) {
    this.jobs = settings.jobs ?? availableParallelism()
    settings.signal.addEventListener('abort', () => this.#all.forEach((thread) => thread.stop()))
  }

  async run(request: RunRequest, key: string, onProgress: OnProgress): Promise<Measured> {
    const known = this.settings.isCached ? ((await stored(key)) as Measured | undefined) : undefined
    if (known) return known
    const thread = this.#idle.pop() ?? this.#start()
    const made = await thread.ask(request, ({ fraction, step }) => onProgress(fraction, step))
    this.#idle.push(thread)
    if (made.report.run.stop === 'interrupted') throw new UserError('interrupted', INTERRUPTED)
    await store(key, made)
    return made
  }

  #start(): RunThread {
    const thread: RunThread = new Thread(new URL('./check-worker.js', import.meta.url), null)
    this.#all.push(thread)
    return thread
  }

  async end(): Promise<void> {
    await Promise.all(this.#all.map(async (thread) => thread.end()))
  }
}
