import type { RunReport } from '../../../../runs/report/run-report.ts'
import { Empty } from '../../../design/surfaces.tsx'
import type { OpenRun } from '../../../state/open-run.ts'

/** Calls were not recorded. */
export function RunAgain({ run }: { readonly run: OpenRun; readonly report: RunReport }) {
  return (
    <Empty icon="costs" title="Calls were not recorded">
      <p>
        Who called whom costs time to record, so it is only there where it was asked for:{' '}
        <code>boardless run --functions</code>.
      </p>
      {run.facts.value?.kind === 'report' && <p>{run.facts.value.whyNoReplay}.</p>}
    </Empty>
  )
}
