import type { Reasons } from '../../../emulator/probes/functions.ts'
import type { Observation } from '../observation.ts'
import type { ReasonsReport } from '../run-report.ts'

/** Without those of no cycles, in the order of the processor's table. */
export const describeReasons = (reasons: Reasons): ReasonsReport =>
  Object.fromEntries(Object.entries(reasons).filter(([, cycles]) => cycles !== 0))

/** The reasons of what was counted over a stretch of the run. */
export const reasonsOf = ({ reasons }: Pick<Observation, 'reasons'>, counts: Float64Array): ReasonsReport =>
  reasons ? describeReasons(reasons.of(counts)) : {}
