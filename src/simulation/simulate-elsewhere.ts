import { Worker } from 'node:worker_threads'
import type { EndPolicy } from '../../emulator/trace/recording.ts'
import { UserError } from '../errors.ts'
import type { ExitCode } from '../errors.ts'
import type { BuildFacts } from '../report/observation.ts'
import type { RunReport } from '../report/run-report.ts'

/** A run described by files, so that another thread can make it. */
export interface FileSimulation {
  readonly file: string
  readonly build: BuildFacts
  readonly recordingFile: string
  readonly end: EndPolicy
  readonly seconds?: number
}

export type WorkerMessage =
  | { readonly kind: 'progress'; readonly fraction: number; readonly step: string }
  | { readonly kind: 'report'; readonly report: RunReport }
  | { readonly kind: 'error'; readonly message: string; readonly exitCode: ExitCode }

/** Runs in a thread of its own. @throws UserError as a run in this thread does */
export async function simulateElsewhere(
  simulation: FileSimulation,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (fraction: number, step: string) => void },
): Promise<RunReport> {
  const worker = new Worker(new URL('./simulate-worker.js', import.meta.url), { workerData: simulation })
  const stop = (): void => worker.postMessage('stop')
  signal.addEventListener('abort', stop)
  try {
    return await new Promise<RunReport>((resolve, reject) => {
      worker.on('message', (message: WorkerMessage) => {
        if (message.kind === 'progress') onProgress(message.fraction, message.step)
        else if (message.kind === 'report') resolve(message.report)
        else reject(new UserError(message.message, message.exitCode))
      })
      worker.on('error', reject)
      worker.on('exit', () => reject(new Error('the run ended without a report')))
    })
  } finally {
    signal.removeEventListener('abort', stop)
    void worker.terminate()
  }
}
