import { percent } from '../../../runs/report/show/format.ts'
import styles from './costs.module.css'

/** A share as a bar, and to a tenth of a per cent. */
export const ShareBar = ({ share, of = 1 }: { readonly share: number; readonly of?: number }) => (
  <span class={styles['share']}>
    <span class={styles['track']} aria-hidden="true">
      {share > 0 && <span style={{ width: `${100 * Math.min(share / Math.max(of, 1e-12), 1)}%` }} />}
    </span>
    <span class="number">{percent(share)}</span>
  </span>
)
