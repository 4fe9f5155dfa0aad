import type { Period, PeriodSpan } from '../../../runs/pricing/period.ts'
import { duration, percent } from '../../../runs/report/show/format.ts'
import { Panel } from '../../design/surfaces.tsx'
import { tipFor } from '../../design/tip.tsx'
import styles from './period.module.css'

/** From one window to the next: what is awake when. */
export function PeriodPanel({ period }: { readonly period: Period }) {
  const { seconds, lanes } = period
  const lasting = (span: PeriodSpan): string => duration((span.to - span.from) * seconds)
  const work = [...new Set(lanes.flatMap(({ spans }) => spans.map(({ what }) => what)))]
  return (
    <Panel
      title="One period"
      aside={<span class="soft">{duration(seconds)}; readings evenly, a window’s work at its end</span>}
    >
      <div
        class={styles['lanes']}
        role="img"
        aria-label={`One period of ${duration(seconds)}: ${lanes.map(({ name, share }) => `${name} on for ${percent(share)}`).join(', ')}`}
      >
        {lanes.map(({ name, spans, share }) => (
          <div key={name} class={styles['lane']}>
            <span class={styles['name']}>{name}</span>
            <span class={styles['track']}>
              {spans.map((span, i) => (
                <span
                  key={i}
                  class={styles['span']}
                  data-paced={span.paced}
                  style={{ left: `${100 * span.from}%`, width: `${100 * (span.to - span.from)}%` }}
                  {...tipFor(() => (
                    <>
                      <strong>{span.what}</strong>
                      <div class="number">{lasting(span)}</div>
                    </>
                  ))}
                />
              ))}
            </span>
            <span class={`${styles['share'] ?? ''} number`}>{percent(share)}</span>
          </div>
        ))}
        <div class={styles['lane']}>
          <span />
          <span class={styles['axis']}>
            <span>0</span>
            <span>{duration(seconds / 2)}</span>
            <span>{duration(seconds)}</span>
          </span>
          <span />
        </div>
      </div>
      <ul class={styles['legend']}>
        {legend
          .filter(([paced]) => lanes.some(({ spans }) => spans.some((one) => one.paced === paced)))
          .map(([paced, text]) => (
            <li key={paced}>
              <span class={styles['key']} data-paced={paced} aria-hidden="true" />
              {text}
              {paced === 'always' ? '' : `: ${namesOf(lanes, paced, work)}`}
            </li>
          ))}
      </ul>
    </Panel>
  )
}

const legend = [
  ['samples', 'with each reading'],
  ['windows', 'with each window'],
  ['unmarked', 'in no phase'],
  ['always', 'on'],
] as const

const namesOf = (lanes: Period['lanes'], paced: string, order: readonly string[]): string =>
  order
    .filter((what) =>
      lanes.some(({ spans }) => spans.some((one) => one.paced === paced && one.what === what)),
    )
    .join(', ')
