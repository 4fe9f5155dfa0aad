import { TextRecorder } from '../../emulator/timeline/record/text.ts'
import { Timeline } from '../../emulator/timeline/timeline.ts'
import { savedGiven } from '../recording/given.ts'
import { writeRun } from '../recording/run-file.ts'
import type { RunReport } from '../report/run-report.ts'
import type { LiveRun } from './live-run.ts'

/** The `.boardless` file of a run as far as it has come. @param firmware as it was given */
export const savedRun = (
  live: LiveRun,
  report: RunReport,
  firmware: { readonly file: string; readonly bytes: Uint8Array },
): Uint8Array =>
  writeRun({
    report,
    timeline: live.ending ? live.recorder.timeline : asIfOver(live),
    snapshots: live.keeper.snapshots,
    given: savedGiven(live.options),
    firmware,
  })

/** A copy, in which the lines that are not over end here. */
function asIfOver({ recorder }: LiveRun): Timeline {
  const { text } = recorder.save()
  const timeline = new Timeline()
  timeline.restore(recorder.timeline.save())
  const now = timeline.until
  const lines = new TextRecorder({ timeline, now, settledUntil: now })
  lines.restore(text)
  lines.finish()
  return timeline
}
