import { hostname } from 'node:os'
import type { Job as BullJob } from 'bullmq'
import { UserError } from '../../runs/errors.ts'
import type { Bench } from '../lab/make/bench.ts'
import { LabThread } from '../lab/make/thread.ts'
import { benchOf } from './bench-text.ts'
import {
  benchKey,
  connect,
  LOCK_MILLISECONDS,
  LOOK_FOR_STALLED_MILLISECONDS,
  queueName,
  type Connected,
  type RedisAddress,
} from './redis.ts'
import type { Done, Work } from './work.ts'

export interface WorkerOptions {
  readonly address: RedisAddress
  /** As the lab's: who makes something else never sees its jobs. */
  readonly makes: string
  /** At once. */
  readonly jobs: number
  /** Where finished parts are kept. */
  readonly folder: string
  readonly signal: AbortSignal
  readonly onReady: () => void
  readonly onDone: (name: string, seconds: number) => void
}

/** A job is begun again as often as its worker is lost. */
const MOST_LOSSES = 1000

/** Makes what labs ask for until the signal; what it has not finished by then somebody else makes. */
export async function work(options: WorkerOptions): Promise<void> {
  const { address, makes, jobs, signal } = options
  const connected = await connect(address)
  const { bull, redis, prefix } = connected
  const threads = new Threads(connected, options)
  const worker = new bull.Worker<Work, Done>(queueName(makes), (job) => made(job, threads, options), {
    connection: redis.duplicate(),
    prefix,
    name: `${hostname()}:${process.pid}`,
    concurrency: jobs,
    lockDuration: LOCK_MILLISECONDS,
    stalledInterval: LOOK_FOR_STALLED_MILLISECONDS,
    maxStalledCount: MOST_LOSSES,
  })
  worker.on('error', () => undefined)
  await worker.waitUntilReady()
  options.onReady()
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
  await worker.close(true)
  await threads.end()
  redis.disconnect()
}

async function made(job: BullJob<Work, Done>, threads: Threads, options: WorkerOptions): Promise<Done> {
  const began = performance.now()
  const host = hostname()
  await job.updateProgress({ host, step: '' })
  const thread = await threads.take(job.data.bench)
  const results: (readonly [string, string])[] = []
  try {
    await thread.run(
      job.data.job,
      (key, one) => results.push([key, JSON.stringify(one)]),
      (step) => void job.updateProgress({ host, step }).catch(() => undefined),
    )
  } catch (error) {
    if (error instanceof UserError) return { refused: error.message, exitCode: error.exitCode }
    throw error
  } finally {
    threads.giveBack(job.data.bench, thread)
  }
  options.onDone(job.name, (performance.now() - began) / 1000)
  return { made: results }
}

/** Threads that are idle, by the bench that they know: another one's are ended where there are too many. */
class Threads {
  readonly #idle: { readonly bench: string; readonly thread: LabThread }[] = []
  readonly #benches = new Map<string, Bench>()

  constructor(
    private readonly connected: Connected,
    private readonly options: WorkerOptions,
  ) {}

  async take(bench: string): Promise<LabThread> {
    const at = this.#idle.findIndex((one) => one.bench === bench)
    const [known] = at < 0 ? [] : this.#idle.splice(at, 1)
    return known?.thread ?? new LabThread(await this.#bench(bench), this.options.signal)
  }

  giveBack(bench: string, thread: LabThread): void {
    this.#idle.push({ bench, thread })
    if (this.#idle.length > this.options.jobs) void this.#idle.shift()?.thread.end()
  }

  async #bench(sha256: string): Promise<Bench> {
    const known = this.#benches.get(sha256)
    if (known) return known
    const { redis, prefix } = this.connected
    const text = await redis.get(benchKey(prefix, sha256))
    if (text === null) throw new Error('the data of this lab is gone from the queue: begin the lab again')
    const bench = benchOf(text, this.options.folder)
    this.#benches.clear()
    this.#benches.set(sha256, bench)
    return bench
  }

  async end(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map(({ thread }) => thread.end()))
  }
}
