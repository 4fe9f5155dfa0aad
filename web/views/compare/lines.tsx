import type { Comparison, LineChange } from '../../../runs/compare/comparison.ts'
import { lineName, perText, shown, why } from '../../../runs/compare/show/words.ts'
import { Empty, Panel } from '../../design/surfaces.tsx'
import { Table } from '../../design/table.tsx'
import type { OpenRun } from '../../state/open-run.ts'
import { breakable } from '../costs/breakable.tsx'
import costs from '../costs/costs.module.css'
import { choose, chosenName } from './address.ts'
import { BothAnnotated } from './both-annotated.tsx'
import { changeColumns, unbroken } from './change.tsx'
import styles from './compare.module.css'

const MOST = 50

/** Source lines, most moved first; the function of one that is chosen is annotated in both. */
export function Lines({
  comparison,
  a,
  b,
}: {
  readonly comparison: Comparison
  readonly a: OpenRun
  readonly b: OpenRun
}) {
  const { lines, unknown, functions } = comparison
  if (lines === null)
    return (
      <Empty icon="costs" title="Lines are not known of both">
        {unknown.map((why) => (
          <p key={why}>{why}.</p>
        ))}
        <p>They need the firmware with its debug information (-g): a recorded run, or a run here.</p>
      </Empty>
    )
  const chosen = functions.find((one) => one.name === chosenName())
  return (
    <>
      {chosen && <BothAnnotated key={chosen.name} one={chosen} comparison={comparison} a={a} b={b} />}
      <Panel flush title="Source lines" aside={<span class="soft">own cycles, {perText(comparison)}</span>}>
        {lines.length === 0 ? (
          <Empty icon="check" title="No line moved" />
        ) : (
          <Table
            caption="Source lines that moved"
            rows={lines}
            keyOf={(one) => `${one.file} ${one.function} ${one.line.a} ${one.line.b}`}
            onChoose={({ function: name }) => {
              if (functions.some((one) => one.name === name)) choose(name ?? undefined)
            }}
            most={MOST}
            columns={[
              {
                title: 'Line',
                show: ({ file, line, function: name }) => (
                  <span class={costs['name']} title={file}>
                    <span class="mono">{lineName(file, line)}</span>
                    <br />
                    <span class="soft">{breakable(name ?? '')}</span>
                  </span>
                ),
                order: ({ file, line }) => `${file} ${String(line.b ?? line.a).padStart(8, '0')}`,
              },
              ...changeColumns<LineChange>({
                names: [comparison.a.name, comparison.b.name],
                of: ({ cycles }) => cycles,
                unitOf: () => 'cycles',
                rows: lines,
              }),
              {
                title: 'Executed',
                isNumber: true,
                show: ({ executions }) =>
                  executions.difference === 0
                    ? shown(executions.b, '')
                    : `${shown(executions.a, '') || '0'} → ${shown(executions.b, '') || '0'}`,
                order: ({ executions }) => executions.difference,
              },
              {
                title: 'Why',
                isWide: true,
                show: ({ reasons, line }) => (
                  <>
                    {line.a === null && <span class={styles['mark']}>added</span>}
                    {line.b === null && <span class={styles['mark']}>removed</span>}
                    {unbroken(why(reasons, 2))}
                  </>
                ),
              },
            ]}
          />
        )}
      </Panel>
    </>
  )
}
