import { detailsOf, recordedDetails } from '../compare/details.ts'
import type { Side } from '../compare/side.ts'
import { UserError } from '../errors.ts'
import type { Subject } from './subject.ts'

/** What is open, as one of two runs that are compared. @throws UserError while it runs */
export async function sideOf(subject: Subject, name: string): Promise<Side> {
  const { live, whyNoReplay } = subject
  if (live?.state.isRunning) throw new UserError(`${name} runs: pause it.`)
  const report = await subject.report()
  if (live) return { name, report, details: detailsOf(live.options.image, live.run.machine.profile) }
  const { replay } = subject
  if (!replay) return { name, report, noDetails: whyNoReplay }
  return { name, report, details: recordedDetails(replay, report.run.cycles) }
}
