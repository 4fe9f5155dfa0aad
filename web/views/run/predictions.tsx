import { predictionScore } from '../../../runs/report/show/predictions.ts'
import { percent } from '../../../runs/report/show/format.ts'
import { Panel } from '../../design/surfaces.tsx'
import type { Desk } from './desk.ts'
import styles from './run.module.css'

const SHOWN = 8

/** What the firmware says it sees, newest first, beside what the recording says. */
export function PredictionsPanel({ desk }: { readonly desk: Desk }) {
  const report = desk.predictions.value
  if (!report) return null
  const shown = report.windows.slice(-SHOWN).reverse()
  return (
    <Panel title="Predictions" aside={<span class="soft">{predictionScore(report)}</span>}>
      <ol class={styles['predictions']}>
        {shown.map(({ label, probability, expected, spansLabels }, i) => {
          const verdict = expected === null ? 'open' : expected === label ? 'right' : 'wrong'
          return (
            <li key={report.windows.length - i} data-verdict={verdict}>
              <span class={`${styles['nth'] ?? ''} number soft`}>{report.windows.length - i}</span>
              <strong>{label}</strong>
              <span class={styles['probability']}>
                <span style={{ width: `${100 * (probability ?? 0)}%` }} />
              </span>
              <span class="number">{probability === null ? '' : percent(probability)}</span>
              <span class="soft">
                {verdict === 'right'
                  ? 'as labelled'
                  : verdict === 'wrong'
                    ? `labelled ${expected ?? ''}`
                    : spansLabels
                      ? 'spans two labels'
                      : 'no label'}
              </span>
            </li>
          )
        })}
      </ol>
    </Panel>
  )
}
