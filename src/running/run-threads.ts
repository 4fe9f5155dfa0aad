import { availableParallelism } from 'node:os'
import type { TimingParameters } from '../../emulator/cpu/timing/timing.ts'
import type { RunReport } from '../../runs/report/run-report.ts'
import { Thread } from '../threads/thread.ts'
import type { RunRequest } from './run-request.ts'

export interface RunNote {
  readonly fraction: number
  readonly step: string
}

/** Its requests are parameters of the timing model, null for those of the run's own options. */
type RunThread = Thread<TimingParameters | null, RunNote, RunReport>

const startThread = (request: RunRequest): RunThread =>
  new Thread(new URL('./run-worker.js', import.meta.url), request)

/** Makes one run in a thread of its own. @throws UserError as the run in this thread does */
export async function runElsewhere(
  request: RunRequest,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (fraction: number, step: string) => void },
): Promise<RunReport> {
  const thread = startThread(request)
  const stop = (): void => thread.stop()
  signal.addEventListener('abort', stop)
  try {
    return await thread.ask(null, ({ fraction, step }) => onProgress(fraction, step))
  } finally {
    signal.removeEventListener('abort', stop)
    void thread.end()
  }
}

/** Makes the same run with other parameters of the timing model, on all cores. A thread is started when it is needed. */
export class RunThreads {
  readonly count = availableParallelism()
  readonly #idle: RunThread[] = []
  readonly #all: RunThread[] = []
  readonly #request: RunRequest

  /** @param request runs without its profile, which nobody would read */
  constructor(request: RunRequest, signal: AbortSignal) {
    this.#request = { ...request, options: { ...request.options, profile: false } }
    signal.addEventListener('abort', () => this.#all.forEach((thread) => thread.stop()))
  }

  /** At most `count` at a time. @throws UserError as the run in this thread does */
  async run(timing: TimingParameters): Promise<RunReport> {
    const thread = this.#idle.pop() ?? this.#start()
    const report = await thread.ask(timing)
    this.#idle.push(thread)
    return report
  }

  #start(): RunThread {
    const thread = startThread(this.#request)
    this.#all.push(thread)
    return thread
  }

  async end(): Promise<void> {
    await Promise.all(this.#all.map(async (thread) => thread.end()))
  }
}
