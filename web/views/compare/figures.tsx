import type { Comparison, Figure } from '../../../runs/compare/comparison.ts'
import { bothFacts, predictionLines, toneOfFigure, unitName } from '../../../runs/compare/show/words.ts'
import { Panel } from '../../design/surfaces.tsx'
import { Table } from '../../design/table.tsx'
import { ChangeBar, changeColumns } from './change.tsx'
import styles from './compare.module.css'

/** Each run as a whole, what it goes through again and again, and what it was made of. */
export function Figures({ comparison }: { readonly comparison: Comparison }) {
  const { a, b, figures, unknown } = comparison
  const facts = [...bothFacts(comparison), ...predictionLines(comparison)]
  const aware = [...new Set([...a.aware, ...b.aware])].map((line) => {
    const [inA, inB] = [a.aware.includes(line), b.aware.includes(line)]
    return inA && inB ? line : `${inA ? a.name : b.name}: ${line}`
  })
  // Of several units: bars are of the share, the longest half is the largest.
  const most = Math.max(...figures.map(({ relative }) => Math.abs(relative ?? 0)), 0)
  return (
    <>
      <Panel flush title="Figures">
        <Table
          caption="Figures"
          rows={figures}
          keyOf={({ name }) => name}
          columns={[
            {
              title: 'Figure',
              show: ({ name, unit, verdict }) => (
                <>
                  {name} <span class="soft">{unitName(unit)}</span>
                  {verdict === 'open' && <span class={styles['open']}>may be either</span>}
                </>
              ),
              order: ({ name }) => name,
            },
            ...changeColumns<Figure>({
              names: [a.name, b.name],
              of: (one) => one,
              unitOf: ({ unit }) => unit,
              rows: figures,
              toneOf: toneOfFigure,
              hasBar: false,
            }),
            {
              title: 'Share that it moved by',
              isWide: true,
              show: (one) => (
                <ChangeBar difference={one.relative ?? 0} most={most} tone={toneOfFigure(one)} />
              ),
            },
          ]}
        />
      </Panel>
      <Panel title="What ran">
        <dl class={styles['facts']}>
          {facts.map(([name, text]) => (
            <div key={name} class={styles['fact']}>
              <dt>{name}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      </Panel>
      {aware.length + unknown.length > 0 && (
        <Panel title="To be aware of">
          <ul class={styles['plain']}>
            {aware.map((line) => (
              <li key={line}>{line}</li>
            ))}
            {unknown.map((line) => (
              <li key={line} class="soft">
                Not known: {line}
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </>
  )
}
