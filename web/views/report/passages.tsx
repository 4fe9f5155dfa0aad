import type { MeasureReport, PhaseReport, RunReport } from '../../../runs/report/run-report.ts'
import { grouped, microseconds } from '../../../runs/report/show/format.ts'
import { heldUpBy } from '../../../runs/report/show/words/reasons.ts'
import { whosePhases } from '../../../runs/report/show/words/phases.ts'
import { Panel } from '../../design/surfaces.tsx'
import { Table } from '../../design/table.tsx'
import styles from './report.module.css'

export function Phases({ phases }: { readonly phases: readonly PhaseReport[] }) {
  const most = Math.max(...phases.map(({ medianCycles }) => medianCycles))
  return (
    <Panel flush title="Phases" aside={<span class="soft">{whosePhases(phases)}</span>}>
      <Table
        caption="Phases"
        rows={phases}
        keyOf={({ name }) => name}
        columns={[
          { title: 'Phase', show: ({ name }) => name },
          { title: 'Minimum µs', isNumber: true, show: (row) => microseconds(row.minimumMicroseconds) },
          {
            title: 'Median µs',
            isNumber: true,
            show: (row) => microseconds(row.medianMicroseconds),
            order: ({ medianCycles }) => medianCycles,
          },
          { title: 'Maximum µs', isNumber: true, show: (row) => microseconds(row.maximumMicroseconds) },
          { title: 'Median cycles', isNumber: true, show: ({ medianCycles }) => grouped(medianCycles) },
          { title: 'Passes', isNumber: true, show: ({ passes }) => grouped(passes) },
          {
            title: 'Of the longest',
            isWide: true,
            show: ({ medianCycles }) => (
              <span class={styles['track']} aria-hidden="true">
                <span style={{ width: `${(100 * medianCycles) / Math.max(most, 1)}%` }} />
              </span>
            ),
          },
        ]}
      />
    </Panel>
  )
}

export const Measures = ({ measures }: { readonly measures: readonly MeasureReport[] }) => (
  <Panel
    flush
    title="Measured"
    aside={<span class="soft">as --measure says; each passage by itself, of the board’s charge</span>}
  >
    <Table
      caption="Measured passages"
      rows={measures}
      keyOf={({ name }) => name}
      columns={[
        { title: 'Passage', show: ({ name }) => name },
        { title: 'Passages', isNumber: true, show: ({ count }) => grouped(count) },
        { title: 'Min cycles', isNumber: true, show: ({ minimumCycles }) => grouped(minimumCycles) },
        { title: 'Median', isNumber: true, show: ({ medianCycles }) => grouped(medianCycles) },
        { title: 'Max', isNumber: true, show: ({ maximumCycles }) => grouped(maximumCycles) },
        { title: 'Median µs', isNumber: true, show: (row) => microseconds(row.medianMicroseconds) },
        { title: 'nC', isNumber: true, show: (row) => grouped(row.chargeNanocoulombs.median, 1) },
        { title: 'Beside issue', show: ({ reasons }) => <span class="soft">{heldUpBy(reasons)}</span> },
      ]}
    />
  </Panel>
)

export const Interrupts = ({ interrupts }: Pick<RunReport, 'interrupts'>) => (
  <Panel title="Exceptions taken">
    <p>{interrupts.map(({ name, count }) => `${name} ${grouped(count)}`).join(', ')}</p>
  </Panel>
)
