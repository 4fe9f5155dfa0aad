import { parentPort, workerData } from 'node:worker_threads'
import { UserError } from '../errors.ts'
import type { FileSimulation, WorkerMessage } from './simulate-elsewhere.ts'
import { simulateFiles } from './simulate.ts'

/** The other end of simulate-elsewhere.ts: one run in a thread of its own. */
const abort = new AbortController()
parentPort?.on('message', () => abort.abort())
const send = (message: WorkerMessage): void => parentPort?.postMessage(message)

try {
  const report = await simulateFiles(workerData as FileSimulation, {
    signal: abort.signal,
    onProgress: (fraction, step) => send({ kind: 'progress', fraction, step }),
  })
  send({ kind: 'report', report })
} catch (error) {
  if (error instanceof UserError) send({ kind: 'error', message: error.message, exitCode: error.exitCode })
  else throw error
} finally {
  parentPort?.close()
}
