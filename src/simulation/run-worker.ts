import { parentPort, workerData } from 'node:worker_threads'
import type { TimingParameters } from '../../emulator/cpu/timing.ts'
import { UserError } from '../errors.ts'
import { simulationOf } from './run-request.ts'
import type { RunRequest } from './run-request.ts'
import type { FromRunThread } from './run-threads.ts'
import { simulate } from './simulate.ts'

/** The other end of run-threads.ts: a run for each message with parameters, until one says stop. */
const abort = new AbortController()
const send = (message: FromRunThread): void => parentPort?.postMessage(message)
const simulation = simulationOf(workerData as RunRequest)

parentPort?.on('message', (message: TimingParameters | 'stop') => {
  if (message === 'stop') abort.abort()
  else void runWith(message)
})

async function runWith(timing: TimingParameters): Promise<void> {
  try {
    const report = await simulate({ ...(await simulation), timing, profile: false, signal: abort.signal })
    send({ kind: 'report', report })
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    send({ kind: 'error', message: error.message, exitCode: error.exitCode })
  }
}
