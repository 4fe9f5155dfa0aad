import { printable } from '../../../runs/lab-report/format.ts'
import type { Claim, LabReport, TechniqueReport } from '../../../runs/lab-report/lab-report.ts'
import { verdicts } from '../../../runs/verdict.ts'
import { Panel } from '../../design/surfaces.tsx'
import { Table } from '../../design/table.tsx'
import { showRow } from './address.ts'
import { Prose, VerdictMark } from './parts.tsx'
import styles from './lab.module.css'

/** What others say, beside what was measured. */
export function Claims({ lab }: { readonly lab: LabReport }) {
  const rows = lab.techniques.flatMap((technique) =>
    technique.claims.map((claim, i) => ({ technique, claim, key: `${technique.id} ${i}` })),
  )
  return (
    <Panel
      flush
      title="Claims and verdicts"
      aside={
        <span class={styles['counts']}>
          {verdicts.map((verdict) => (
            <span key={verdict}>
              <span class="number">{rows.filter(({ claim }) => claim.verdict === verdict).length}</span>{' '}
              <VerdictMark verdict={verdict} />
            </span>
          ))}
        </span>
      }
    >
      {rows.length === 0 ? (
        <p class={styles['body']}>No claim was tried.</p>
      ) : (
        <Table<{ readonly technique: TechniqueReport; readonly claim: Claim; readonly key: string }>
          caption="Claims and verdicts"
          rows={rows}
          keyOf={({ key }) => key}
          onChoose={({ technique: { id } }) => {
            showRow(id)
          }}
          columns={[
            {
              title: 'Technique',
              show: ({ technique: { row, title } }) => (
                <>
                  {row} {printable(title)}
                </>
              ),
              order: ({ technique: { row } }) => row,
            },
            {
              title: 'Claimed',
              show: ({ claim: { claim } }) => (
                <span class={styles['words']}>
                  <Prose text={claim} />
                </span>
              ),
            },
            {
              title: 'Measured',
              show: ({ claim: { ours } }) => (
                <span class={styles['words']}>
                  <Prose text={ours} />
                </span>
              ),
            },
            {
              title: 'Verdict',
              show: ({ claim: { verdict } }) => <VerdictMark verdict={verdict} />,
              order: ({ claim: { verdict } }) => verdicts.indexOf(verdict),
            },
          ]}
        />
      )}
    </Panel>
  )
}
