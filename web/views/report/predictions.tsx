import type { PredictionsReport } from '../../../runs/report/run-report.ts'
import { grouped } from '../../../runs/report/show/format.ts'
import { notJudged, predictionScore } from '../../../runs/report/show/predictions.ts'
import { Panel } from '../../design/surfaces.tsx'
import { Table } from '../../design/table.tsx'
import styles from './report.module.css'

const MOST_MARKS = 400

type Judged = PredictionsReport['windows'][number]

const verdictOf = ({ expected, label, spansLabels }: Judged): 'right' | 'wrong' | 'several' | 'none' =>
  expected === null ? (spansLabels ? 'several' : 'none') : expected === label ? 'right' : 'wrong'

const signs = { right: '✓', wrong: '✗', several: '|', none: '·' } as const

/** What the firmware predicted, window by window, and whether the recording's labels agree. */
export function Predictions({ predictions }: { readonly predictions: PredictionsReport }) {
  const { windows, total } = predictions
  const apart = notJudged(predictions)
  const rows = windows.map((window, index) => ({ ...window, index, verdict: verdictOf(window) }))
  return (
    <Panel
      flush
      title="Predictions"
      aside={
        <span class="soft">
          {predictionScore(predictions)}
          {apart === undefined ? '' : `; ${apart}`}
        </span>
      }
    >
      <div class={styles['marks']} aria-hidden="true">
        {rows.slice(0, MOST_MARKS).map(({ index, label, expected, verdict }) => (
          <span
            key={index}
            data-verdict={verdict}
            title={`window ${index}: ${label}${expected === null ? '' : `, labelled ${expected}`}`}
          >
            {signs[verdict]}
          </span>
        ))}
        {total > MOST_MARKS && <span class="soft"> the first {MOST_MARKS}</span>}
      </div>
      <Table
        caption="Predictions by window"
        rows={rows}
        keyOf={({ index }) => String(index)}
        most={8}
        columns={[
          {
            title: 'Window',
            isNumber: true,
            show: ({ index }) => grouped(index),
            order: ({ index }) => index,
          },
          { title: 'Predicted', show: ({ label }) => label, order: ({ label }) => label },
          {
            title: 'Probability',
            isNumber: true,
            show: ({ probability }) => probability?.toFixed(4) ?? '',
            order: ({ probability }) => probability ?? -1,
          },
          {
            title: 'Labelled',
            isWide: true,
            show: ({ expected, spansLabels, verdict }) => (
              <span data-verdict={verdict} class={styles['verdict']}>
                {expected ?? (spansLabels ? 'several labels, not judged' : 'no label')}
              </span>
            ),
            order: ({ verdict }) => verdict,
          },
        ]}
      />
    </Panel>
  )
}
