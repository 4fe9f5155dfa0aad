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

interface Waiting {
  readonly resolve: (report: RunReport) => void
  readonly reject: (error: unknown) => void
}

/** A thread and who waits for what it is running. */
class RunThread {
  readonly #worker: Worker
  #waiting: Waiting | undefined

  constructor(request: RunRequest) {
    this.#worker = new Worker(new URL('./run-worker.js', import.meta.url), { workerData: request })
    this.#worker.on('message', (message: FromRunThread) => {
      if (message.kind === 'report') this.#waiting?.resolve(message.report)
      else this.#waiting?.reject(new UserError(message.message, message.exitCode))
    })
    this.#worker.on('error', (error) => this.#waiting?.reject(error))
    this.#worker.on('exit', () => this.#waiting?.reject(new Error('a run ended without a report')))
  }

  async run(timing: TimingParameters): Promise<RunReport> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#worker.postMessage(timing)
    })
  }

  stop(): void {
    this.#worker.postMessage('stop')
  }

  async end(): Promise<void> {
    this.#waiting = undefined
    await this.#worker.terminate()
  }
}

/** Makes the same run with other parameters of the timing model, on all cores. A thread is started when it is needed. */
export class RunThreads {
  readonly count = availableParallelism()
  readonly #idle: RunThread[] = []
  readonly #all: RunThread[] = []
  readonly #request: RunRequest

  constructor(request: RunRequest, signal: AbortSignal) {
    this.#request = request
    signal.addEventListener('abort', () => this.#all.forEach((thread) => thread.stop()))
  }

  /** At most `count` at a time. @throws UserError as the run in this thread does */
  async run(timing: TimingParameters): Promise<RunReport> {
    const thread = this.#idle.pop() ?? this.#start()
    const report = await thread.run(timing)
    this.#idle.push(thread)
    return report
  }

  #start(): RunThread {
    const thread = new RunThread(this.#request)
    this.#all.push(thread)
    return thread
  }

  async end(): Promise<void> {
    await Promise.all(this.#all.map(async (thread) => thread.end()))
  }
}
