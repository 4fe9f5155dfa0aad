import { useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import type { CallReport, RunReport } from '../../../../runs/report/run-report.ts'
import { Segments } from '../../../design/controls.tsx'
import { Notice, Panel } from '../../../design/surfaces.tsx'
import type { OpenRun } from '../../../state/open-run.ts'
import costs from '../costs.module.css'
import { Flame } from './flame.tsx'
import { layOut } from './layout.ts'
import { Paths } from './paths.tsx'
import { RunAgain } from './run-again.tsx'
import { withCalls } from './calls-of.ts'

/** Who called whom, and what it took. */
export function FlameTab({ report, run }: { readonly report: RunReport; readonly run: OpenRun }) {
  const calls = report.calls ?? withCalls(run).value?.calls ?? null
  if (calls === null) return <RunAgain run={run} />
  return <Recorded calls={calls} />
}

function Recorded({ calls }: { readonly calls: readonly CallReport[] }) {
  const by = useSignal<'cycles' | 'charge'>('cycles')
  const root = useMemo(() => layOut(calls), [calls])
  const chosen = useSignal(root)
  const weight = (
    <Segments
      label="Width of the boxes"
      value={by.value}
      options={[
        ['cycles', 'Cycles'],
        ['charge', 'Charge'],
      ]}
      onChange={(value) => (by.value = value)}
    />
  )
  return (
    <>
      <Panel flush title="Flame graph" aside={weight}>
        {by.value === 'charge' ? (
          <div class={costs['lead']}>
            <Notice kind="note">
              The charge of a call is not known. Calls are recorded in cycles, and what the board draws
              meanwhile is more than the processor: sensors and clocks go on while others are called, so that
              cycles times a current would be a guess. The exact charge of each passage of a function, by the
              whole board, is what <code>boardless run --measure FUNCTION</code> gives; of a phase, the tab
              Current.
            </Notice>
          </div>
        ) : (
          <Flame root={root} chosen={chosen} />
        )}
      </Panel>
      {by.value === 'cycles' && <Paths root={root} chosen={chosen} />}
    </>
  )
}
