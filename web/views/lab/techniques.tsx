import { casesBeside, mainComparisons, printable } from '../../../runs/lab-report/format.ts'
import type { Comparison, LabReport, TechniqueReport } from '../../../runs/lab-report/lab-report.ts'
import { count } from '../../../runs/report/show/format.ts'
import { Panel } from '../../design/surfaces.tsx'
import { Table, type Column } from '../../design/table.tsx'
import { chosenRow, showRow } from './address.ts'
import { ChartFigure } from './charts/chart.tsx'
import { DetailTableView } from './detail-table.tsx'
import { CommandLine, FactList, Prose, QuantityText, VerdictMark } from './parts.tsx'
import styles from './lab.module.css'

/** The rows of the lab: one chosen of a list, with all that was measured of it. */
export function Techniques({ lab: { techniques } }: { readonly lab: LabReport }) {
  const chosen = techniques.find(({ id }) => id === chosenRow()) ?? techniques[0]
  if (!chosen) return <p>No technique was tried.</p>
  return (
    <div class={styles['rows']}>
      <nav class={styles['list']} aria-label="Techniques">
        {techniques.map(({ id, row, title, claims }) => (
          <button
            key={id}
            type="button"
            aria-current={id === chosen.id ? 'true' : undefined}
            onClick={() => {
              showRow(id)
            }}
          >
            <span class={`${styles['rowNumber'] ?? ''} number`}>{row}</span>
            <span>{printable(title)}</span>
            <span class={styles['dots']} aria-hidden="true">
              {claims.map(({ verdict }, i) => (
                <span key={i} class={styles['dot']} data-verdict={verdict} title={verdict} />
              ))}
            </span>
          </button>
        ))}
      </nav>
      <Technique key={chosen.id} technique={chosen} />
    </div>
  )
}

function Technique({ technique }: { readonly technique: TechniqueReport }) {
  const { row, title, changed, command, claims, charts, tables, notes, comparisons } = technique
  const main = mainComparisons(technique)
  const further = comparisons.filter((one) => !main.includes(one))
  return (
    <div class={styles['technique']}>
      <Panel title={`${row}. ${printable(title)}`}>
        <div class={styles['stack']}>
          {changed !== '' && (
            <p>
              <Prose text={changed} />
            </p>
          )}
          <CommandLine line={command} />
          {claims.map(({ claim, source, ours, verdict, because }, i) => (
            <div key={i} class={styles['claim']} data-verdict={verdict}>
              <VerdictMark verdict={verdict} />
              <FactList
                facts={[
                  ['Claimed', <Prose key="a" text={`${claim} (${source})`} />],
                  ['Measured', <Prose key="b" text={ours} />],
                  ...(because === '' ? [] : [['Because', <Prose key="c" text={because} />] as const]),
                ]}
              />
            </div>
          ))}
          {notes.length > 0 && (
            <ul class={styles['reasons']}>
              {notes.map((note, i) => (
                <li key={i}>
                  <Prose text={note} />
                </li>
              ))}
            </ul>
          )}
        </div>
      </Panel>
      {main.length > 0 && (
        <Panel flush title="Before and after">
          <Comparisons rows={main} caption="Before and after" />
          {further.length > 0 && (
            <details class={styles['further']}>
              <summary>{count(further.length, 'further figure')}</summary>
              <Comparisons rows={further} caption="Further figures" />
            </details>
          )}
        </Panel>
      )}
      {charts.length > 0 && (
        <Panel title={charts.length === 1 ? 'Chart' : 'Charts'}>
          <div class={styles['stack']}>
            {charts.map((chart, i) => (
              <ChartFigure key={i} chart={chart} />
            ))}
          </div>
        </Panel>
      )}
      {tables.map((table, i) => (
        <Panel key={i} flush title={printable(table.title)}>
          <DetailTableView table={table} />
        </Panel>
      ))}
    </div>
  )
}

/** Cases of many figures have a line each before theirs; of one figure each, they stand beside it. */
function Comparisons({ rows, caption }: { readonly rows: readonly Comparison[]; readonly caption: string }) {
  const isBeside = casesBeside(rows)
  type Row = readonly [number, Comparison]
  const columns: readonly Column<Row>[] = [
    {
      title: 'Case',
      show: ([i, one]) =>
        isBeside || rows[i - 1]?.case !== one.case ? <strong>{printable(one.case)}</strong> : '',
    },
    { title: 'Figure', show: ([, { metric }]) => printable(metric) },
    { title: 'Before', isNumber: true, show: ([, { before }]) => <QuantityText of={before} /> },
    { title: 'After', isNumber: true, show: ([, { after }]) => <QuantityText of={after} /> },
    {
      title: 'Change',
      isNumber: true,
      show: ([, { ratio, difference }]) =>
        ratio ? <QuantityText of={ratio} /> : difference && <QuantityText of={difference} signed />,
    },
  ]
  return (
    <Table<Row>
      caption={caption}
      rows={rows.map((one, i) => [i, one] as const)}
      keyOf={([i]) => String(i)}
      columns={columns}
    />
  )
}
