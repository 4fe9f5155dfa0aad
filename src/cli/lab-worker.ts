import { parentPort, workerData } from 'node:worker_threads'
import { UserError } from '../errors.ts'
import type { Job } from '../lab/engine/engine.ts'
import type { Bench } from '../lab/make/bench.ts'
import { Maker } from '../lab/make/maker.ts'
import type { FromThread } from './lab-threads.ts'

/** The other end of lab-threads.ts: one job after the other. */
const maker = new Maker(workerData as Bench)
const send = (message: FromThread): void => parentPort?.postMessage(message)

parentPort?.on('message', (job: Job) => {
  maker
    .run(
      job,
      (key, made) => send({ kind: 'made', key, made }),
      (step) => send({ kind: 'step', step }),
    )
    .then(
      () => send({ kind: 'finished' }),
      (error: unknown) => {
        const { message, stack } = error instanceof Error ? error : new Error(String(error))
        const exitCode = error instanceof UserError ? error.exitCode : null
        send({ kind: 'failed', message, stack: stack ?? message, exitCode })
      },
    )
})
