import type { TimingParameters } from '../../emulator/cpu/timing/timing.ts'
import { UserError } from '../../runs/errors.ts'
import { impossibleTogether } from '../../runs/open-parameters/possible.ts'
import { timingOf, type TimingOptions } from '../../runs/simulation/timing-choice.ts'

/** The parameters that --timing and --set ask for. @throws UserError for a cache or a line that cannot be */
export function chosenTiming(options: TimingOptions): TimingParameters {
  const timing = timingOf(options)
  const cannot = impossibleTogether(timing)
  if (cannot !== undefined) throw new UserError(`--set timing.${cannot}`)
  return timing
}
