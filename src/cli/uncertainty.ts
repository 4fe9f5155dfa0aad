import type { TimingParameters } from '../../emulator/cpu/timing/timing.ts'
import { openUnder } from '../../runs/open-parameters/possible.ts'
import type { RunReport } from '../../runs/report/run-report.ts'
import { togetherUnder } from '../fidelity/memory/combinations.ts'
import { checkUncertain, measureUncertainty } from '../fidelity/parameters/uncertainty.ts'
import { renderUncertainty } from '../fidelity/show/render-uncertainty.ts'
import type { RunRequest } from '../running/run-request.ts'
import { RunThreads } from '../running/run-threads.ts'
import { chosenTiming } from './chosen-timing.ts'
import { printReport, writeOutput } from './output.ts'
import { showProgress, styleFor } from './terminal.ts'

/** Before the run, which would be for nothing. @throws UserError */
export const checkTiming = (timing: TimingParameters): void => checkUncertain(timing, openUnder(timing))

/** Runs again with each open parameter of the timing model at the ends of its range, in a thread for each core. */
export async function showUncertainty(
  request: RunRequest,
  report: RunReport,
  file: string | true,
  signal: AbortSignal,
): Promise<void> {
  const progress = showProgress('uncertainty')
  const threads = new RunThreads(request, signal)
  const timing = chosenTiming(request.options)
  const uncertainty = await measureUncertainty({
    timing,
    parameters: openUnder(timing),
    together: togetherUnder(timing),
    report,
    parallel: threads.count,
    run: (timing) => threads.run(timing),
    onProgress: (fraction, step) => progress.update(fraction, step),
  }).finally(async () => {
    progress.done()
    await threads.end()
  })
  if (file !== true) await writeOutput(file, `${JSON.stringify(uncertainty, undefined, 2)}\n`)
  printReport(renderUncertainty(uncertainty, styleFor(process.stdout)))
}
