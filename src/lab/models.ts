import { techniques } from './techniques/index.ts'
import type { ModelMeasurement } from './measurement.ts'
import { planOf } from './plan.ts'
import type { LabContext } from './technique.ts'

/** Every file that the whole lab makes. */
export const labModels = (context: LabContext): readonly ModelMeasurement[] =>
  planOf(techniques, context).flatMap(({ measurement }) =>
    measurement.kind === 'model' ? [measurement] : [],
  )
