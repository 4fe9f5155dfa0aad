/** The other end of measure.ts: a run for each request, with what explains it. */
import { detailsOf } from '../../runs/compare/details.ts'
import { Latencies } from '../../runs/budget/latencies.ts'
import { simulateWhole } from '../files/simulate.ts'
import { simulationOf, type RunRequest } from '../running/run-request.ts'
import { serve } from '../threads/serve.ts'
import type { Measured, MeasureNote } from './measured.ts'

serve(async (request: RunRequest, onNote: (note: MeasureNote) => void, signal): Promise<Measured> => {
  const latencies = new Latencies()
  const { report, image, observation } = await simulateWhole({
    ...(await simulationOf(request)),
    attach: latencies.attach,
    signal,
    onProgress: (fraction, step) => onNote({ fraction, step }),
  })
  return { report, details: detailsOf(image, observation.profile), latencies: latencies.all }
})
