/** The other end of test-many.ts: a run for each file. */
import { workerData } from 'node:worker_threads'
import { simulate } from '../files/simulate.ts'
import { serve } from '../threads/serve.ts'
import { filesOf, inputsOf, simulationOf, type RunChoices } from './run-request.ts'
import type { TestRun } from './test-many.ts'

const options = workerData as RunChoices
/** Read once; what is wrong with it is said of each file. */
const inputs = inputsOf('', options)
inputs.catch(() => undefined)

serve(async (file: string, _: unknown, signal): Promise<TestRun> => {
  const simulation = await simulationOf({ app: '', options, target: filesOf(file, options) }, await inputs)
  const { run, firmware, console } = await simulate({ ...simulation, signal })
  return { run, firmware, console }
})
