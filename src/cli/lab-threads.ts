import { Worker } from 'node:worker_threads'
import { UserError } from '../errors.ts'
import type { ExitCode } from '../errors.ts'
import type { Bench } from '../lab/bench.ts'
import { Interrupted, type Hand, type Job } from '../lab/engine.ts'
import type { Made } from '../lab/outcome.ts'

export type FromThread =
  | { readonly kind: 'made'; readonly key: string; readonly made: Made }
  | { readonly kind: 'step'; readonly step: string }
  | { readonly kind: 'finished' }
  | {
      readonly kind: 'failed'
      readonly message: string
      readonly stack: string
      readonly exitCode: ExitCode | null
    }

/** A thread that makes measurements; started with its first job, kept for the next ones: TensorFlow.js loads slowly. */
export class Thread implements Hand {
  #worker: Worker | undefined

  constructor(
    readonly bench: Bench,
    readonly signal: AbortSignal,
  ) {}

  async run(
    job: Job,
    onMade: (key: string, made: Made) => void,
    onStep: (step: string) => void,
  ): Promise<void> {
    const worker = (this.#worker ??= new Worker(new URL('./lab-worker.js', import.meta.url), {
      workerData: this.bench,
    }))
    let stop: () => void = () => undefined
    try {
      await new Promise<void>((resolve, reject) => {
        stop = () => reject(new Interrupted())
        this.signal.addEventListener('abort', stop)
        worker.on('message', (message: FromThread) => {
          if (message.kind === 'made') onMade(message.key, message.made)
          else if (message.kind === 'step') onStep(message.step)
          else if (message.kind === 'finished') resolve()
          else reject(failure(message, job))
        })
        worker.on('error', reject)
        worker.on('exit', () => reject(new Error(`the thread of ${job.name} ended early`)))
        worker.postMessage(job)
      })
    } finally {
      this.signal.removeEventListener('abort', stop)
      worker.removeAllListeners()
    }
  }

  async end(): Promise<void> {
    await this.#worker?.terminate()
  }
}

function failure({ message, stack, exitCode }: FromThread & { kind: 'failed' }, { name }: Job): Error {
  if (exitCode !== null) return new UserError(message, exitCode)
  const error = new Error(`${name}: ${message}`)
  error.stack = stack
  return error
}
