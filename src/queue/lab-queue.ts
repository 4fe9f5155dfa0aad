import type { Job as BullJob, Queue, QueueEvents } from 'bullmq'
import { UserError } from '../../runs/errors.ts'
import { Interrupted, type Hand, type Job } from '../lab/engine/engine.ts'
import type { Bench } from '../lab/make/bench.ts'
import type { Made } from '../lab/outcome.ts'
import { benchText } from './bench-text.ts'
import {
  benchKey,
  connect,
  digest,
  queueName,
  connectedWorkers,
  type Connected,
  type RedisAddress,
} from './redis.ts'
import type { Done, Step, Work } from './work.ts'

/** Results and data stay for so long after the lab that last asked for them. */
const KEPT_SECONDS = 24 * 3600
/** How often one looks whether there are workers while nothing happens. */
const LOOK_MILLISECONDS = 2000

/** The lab's end of the queue. */
export class LabQueue {
  readonly #waiting = new Map<string, (step: string) => void>()
  readonly #asked = new Set<string>()
  readonly #watch: NodeJS.Timeout

  private constructor(
    private readonly connected: Connected,
    private readonly queue: Queue<Work, Done>,
    private readonly events: QueueEvents,
    private readonly bench: string,
    private readonly signal: AbortSignal,
  ) {
    events.on('progress', ({ jobId, data }) => {
      const { host, step } = data as unknown as Step
      this.#waiting.get(jobId)?.(`on ${host}${step === '' ? '' : `, ${step}`}`)
    })
    this.#watch = setInterval(() => void this.#lookForWorkers().catch(() => undefined), LOOK_MILLISECONDS)
  }

  /** @param makes what results depend on beside the bench: workers that make the same take from this queue */
  static async open(
    address: RedisAddress,
    bench: Bench,
    makes: string,
    signal: AbortSignal,
  ): Promise<LabQueue> {
    const connected = await connect(address)
    const { bull, redis, prefix } = connected
    const text = benchText(bench)
    const sha256 = digest(text)
    await redis.set(benchKey(prefix, sha256), text, 'EX', 7 * KEPT_SECONDS)
    const name = queueName(makes)
    const queue = new bull.Queue<Work, Done>(name, { connection: redis, prefix })
    const events = new bull.QueueEvents(name, { connection: redis.duplicate(), prefix })
    // A connection that is lost is made again; until then nothing is lost but time.
    queue.on('error', () => undefined)
    events.on('error', () => undefined)
    await events.waitUntilReady()
    return new LabQueue(connected, queue, events, sha256, signal)
  }

  /** As many jobs wait at once as there are hands: they are cheap, and whoever is idle takes the next. */
  hands(count: number): readonly Hand[] {
    return Array.from({ length: count }, () => ({
      run: (job: Job, onMade: (key: string, made: Made) => void, onStep: (step: string) => void) =>
        this.#run(job, onMade, onStep),
    }))
  }

  async #run(
    job: Job,
    onMade: (key: string, made: Made) => void,
    onStep: (step: string) => void,
  ): Promise<void> {
    const work: Work = { bench: this.bench, job }
    // Two labs that want the same have it made once.
    const jobId = digest(JSON.stringify(work))
    this.#waiting.set(jobId, onStep)
    this.#asked.add(jobId)
    try {
      const added = await this.queue.add(job.name, work, {
        jobId,
        removeOnComplete: { age: KEPT_SECONDS },
        removeOnFail: true,
      })
      const done = await this.#done(added)
      if ('refused' in done) throw new UserError(done.refused, done.exitCode)
      for (const [key, text] of done.made) onMade(key, JSON.parse(text) as Made)
      this.#asked.delete(jobId)
    } finally {
      this.#waiting.delete(jobId)
    }
  }

  #done(job: BullJob<Work, Done>): Promise<Done> {
    return new Promise((resolve, reject) => {
      const interrupt = (): void => reject(new Interrupted())
      if (this.signal.aborted) interrupt()
      this.signal.addEventListener('abort', interrupt, { once: true })
      void job
        .waitUntilFinished(this.events)
        .then(resolve, reject)
        .finally(() => this.signal.removeEventListener('abort', interrupt))
    })
  }

  async #lookForWorkers(): Promise<void> {
    if (this.#waiting.size === 0 || (await this.queue.getWorkersCount()) > 0) return
    const { address } = this.connected
    const others = (await connectedWorkers(this.connected)) > 0
    const why = others
      ? 'the workers there are of another version of boardless or have another compiler'
      : `start one: boardless worker --queue ${address.shown}`
    for (const tell of this.#waiting.values()) tell(`waits for a worker; ${why}`)
  }

  /** What nobody has begun and nobody waits for any more is taken back. */
  async end(): Promise<void> {
    clearInterval(this.#watch)
    for (const id of this.#asked) await this.queue.remove(id).catch(() => 0)
    await this.events.close()
    await this.queue.close()
    this.connected.redis.disconnect()
  }
}
