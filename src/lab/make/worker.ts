/** The other end of thread.ts. */
import { workerData } from 'node:worker_threads'
import { serve } from '../../threads/serve.ts'
import type { Job } from '../engine/engine.ts'
import type { Bench } from './bench.ts'
import { Maker } from './maker.ts'
import type { Note } from './thread.ts'

const maker = new Maker(workerData as Bench)

serve((job: Job, onNote: (note: Note) => void) =>
  maker.run(
    job,
    (key, made) => onNote({ kind: 'made', key, made }),
    (step) => onNote({ kind: 'step', step }),
  ),
)
