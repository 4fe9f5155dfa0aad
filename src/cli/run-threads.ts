import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { TimingParameters } from '../../emulator/cpu/timing.ts'
import { UserError } from '../errors.ts'
import type { ExitCode } from '../errors.ts'
import type { RunReport } from '../report/run-report.ts'
import type { RunRequest } from './run-request.ts'

export type FromRunThread =
  | { readonly kind: 'report'; readonly report: RunReport }
  | { readonly kind: 'error'; readonly message: string; readonly exitCode: ExitCode }

/** Makes the same run with other parameters of the timing model, on all cores. A thread is started when it is needed. */
export class RunThreads {
  readonly count = availableParallelism()
  readonly #idle: Worker[] = []
  readonly #all: Worker[] = []

  constructor(
    private readonly request: RunRequest,
    private readonly signal: AbortSignal,
  ) {}

  /** At most `count` at a time. @throws UserError as the run in this thread does */
  async run(timing: TimingParameters): Promise<RunReport> {
    const worker = this.#idle.pop() ?? this.#start()
    const stop = (): void => worker.postMessage('stop')
    this.signal.addEventListener('abort', stop)
    try {
      return await new Promise<RunReport>((resolve, reject) => {
        worker.once('message', (message: FromRunThread) => {
          if (message.kind === 'report') resolve(message.report)
          else reject(new UserError(message.message, message.exitCode))
        })
        worker.once('error', reject)
        worker.once('exit', () => reject(new Error('a run ended without a report')))
        worker.postMessage(timing)
        if (this.signal.aborted) stop()
      })
    } finally {
      this.signal.removeEventListener('abort', stop)
      worker.removeAllListeners()
      this.#idle.push(worker)
    }
  }

  #start(): Worker {
    const worker = new Worker(new URL('./run-worker.js', import.meta.url), { workerData: this.request })
    this.#all.push(worker)
    return worker
  }

  async end(): Promise<void> {
    await Promise.all(this.#all.map((worker) => worker.terminate()))
  }
}
