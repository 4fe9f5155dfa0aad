import type { Comparison, Explained } from '../../../runs/compare/comparison.ts'
import {
  becauseLine,
  headlines,
  shown,
  changed,
  relative,
  speedLine,
  unitName,
} from '../../../runs/compare/show/words.ts'
import { Button } from '../../design/controls.tsx'
import { swap } from '../../state/comparing.ts'
import { unbroken } from './change.tsx'
import styles from './compare.module.css'

/** What it comes to: which two, the worst row, the best one, how many of each. */
export function Headline({ comparison }: { readonly comparison: Comparison }) {
  const { a, b, headline, isSame } = comparison
  const speed = speedLine(comparison)
  const lines = new Map(headlines(comparison))
  return (
    <section class={styles['headline']} aria-label="What it comes to">
      <div class={styles['sides']}>
        <span class={styles['side']} title={`${a.file} sha256 ${a.sha256}`}>
          <span class="soft">A</span> {a.name}
        </span>
        <Button icon="compare" title="Swap the two runs" keys="s" onClick={swap} />
        <span class={styles['side']} title={`${b.file} sha256 ${b.sha256}`}>
          <span class="soft">B</span> {b.name}
        </span>
        {speed !== undefined && (
          <strong class={styles['speed']}>Inference {speed.replace(/^.*: /, '')}</strong>
        )}
      </div>
      {isSame ? (
        <p class={styles['same']}>{sentence(lines.get('same') ?? '')}</p>
      ) : (
        <div class={styles['ends']}>
          <End title="Got worse most" tone="worse" one={headline.worst} none="Nothing got worse" />
          <End title="Got better most" tone="better" one={headline.best} none="Nothing got better" />
        </div>
      )}
      {!isSame && <p class="soft">{sentence(lines.get('figures') ?? '')}</p>}
    </section>
  )
}

const sentence = (text: string): string => `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}.`

function End({
  title,
  tone,
  one,
  none,
}: {
  readonly title: string
  readonly tone: 'worse' | 'better'
  readonly one: Explained | null
  readonly none: string
}) {
  if (!one) return <p class={`${styles['end'] ?? ''} soft`}>{none}</p>
  const { figure, because } = one
  const { name, unit, a, b, difference } = figure
  const share = relative(figure)
  return (
    <div class={styles['end']}>
      <span class="soft">{title}</span>
      <p class={styles['endName']}>
        <strong>{name}</strong>{' '}
        <span class={`${styles['difference'] ?? ''} number`} data-tone={tone}>
          {share === '' ? `${changed(difference, unit)} ${unitName(unit)}` : share}
        </span>
      </p>
      <p class="number">
        {shown(a, unit)} → {shown(b, unit)} {unitName(unit)}
        {share === '' ? '' : `, ${changed(difference, unit)}`}
      </p>
      {because.length > 0 && (
        <p class={`soft ${styles['because'] ?? ''}`}>{unbroken(becauseLine(because, unit))}</p>
      )}
    </div>
  )
}
