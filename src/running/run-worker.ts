/** The other end of run-threads.ts: a run for each request. */
import { workerData } from 'node:worker_threads'
import type { TimingParameters } from '../../emulator/cpu/timing/timing.ts'
import { serve } from '../threads/serve.ts'
import { simulationOf } from './run-request.ts'
import type { RunRequest } from './run-request.ts'
import type { RunNote } from './run-threads.ts'
import { simulate } from '../files/simulate.ts'

const simulation = simulationOf(workerData as RunRequest)

serve(async (timing: TimingParameters | null, onNote: (note: RunNote) => void, signal) =>
  simulate({
    ...(await simulation),
    ...(timing && { timing }),
    signal,
    onProgress: (fraction, step) => onNote({ fraction, step }),
  }),
)
