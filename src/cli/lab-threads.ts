import { Worker } from 'node:worker_threads'
import { UserError } from '../errors.ts'
import type { ExitCode } from '../errors.ts'
import { Interrupted, type Hand, type Job } from '../lab/engine/engine.ts'
import type { Bench } from '../lab/make/bench.ts'
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

interface Running {
  readonly job: Job
  readonly onMade: (key: string, made: Made) => void
  readonly onStep: (step: string) => void
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** A thread that makes measurements; started with its first job, kept for the next ones: TensorFlow.js loads slowly. */
export class Thread implements Hand {
  #worker: Worker | undefined
  #running: Running | undefined

  constructor(
    readonly bench: Bench,
    readonly signal: AbortSignal,
  ) {
    signal.addEventListener('abort', () => this.#running?.reject(new Interrupted()))
  }

  async run(job: Job, onMade: Running['onMade'], onStep: Running['onStep']): Promise<void> {
    const worker = (this.#worker ??= this.#start())
    await new Promise<void>((resolve, reject) => {
      this.#running = { job, onMade, onStep, resolve, reject }
      worker.postMessage(job)
    })
  }

  #start(): Worker {
    const worker = new Worker(new URL('./lab-worker.js', import.meta.url), { workerData: this.bench })
    worker.on('message', (message: FromThread) => {
      const running = this.#running
      if (message.kind === 'made') running?.onMade(message.key, message.made)
      else if (message.kind === 'step') running?.onStep(message.step)
      else if (message.kind === 'finished') running?.resolve()
      else running?.reject(failure(message, running.job))
    })
    worker.on('error', (error) => this.#running?.reject(error))
    worker.on('exit', () => this.#running?.reject(new Error('a thread of the lab ended early')))
    return worker
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
