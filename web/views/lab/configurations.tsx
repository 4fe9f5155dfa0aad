import { numbered, printable, shortNames } from '../../../runs/lab-report/format.ts'
import type { Configuration, LabReport, Quantity } from '../../../runs/lab-report/lab-report.ts'
import { grouped } from '../../../runs/report/show/format.ts'
import { frontierChart, type Group } from '../../../runs/lab-report/charts/frontier.ts'
import { Segments } from '../../design/controls.tsx'
import { Panel } from '../../design/surfaces.tsx'
import { Table, type Column } from '../../design/table.tsx'
import { remember } from '../../state/address.ts'
import { against } from './address.ts'
import { ChartFigure } from './charts/chart.tsx'
import type { Look } from './charts/marks.tsx'
import { QuantityText } from './parts.tsx'
import styles from './lab.module.css'

const looks: Readonly<Record<Group, Look>> = {
  recommended: { tone: 'recommended', symbol: 'diamond' },
  'on the frontier': { tone: '1', symbol: 'circle' },
  'not on it': { tone: 'not on it', symbol: 'circle' },
}

/** All that was measured whole: what it costs against how accurate it is, drawn and as a table. */
export function Configurations({ lab }: { readonly lab: LabReport }) {
  const { configurations } = lab
  const on = numbered(lab)
  const others = configurations
    .filter((one) => !on.includes(one))
    .toSorted((a, b) => a.latency.value - b.latency.value)
  const all = [...on, ...others]
  const { names, common } = shortNames(all.map(({ name }) => name))
  const { chart, groups } = frontierChart(lab, against())
  const members = configurations.filter(({ frontier }) => frontier).length
  return (
    <Panel
      title="Frontier"
      aside={
        <Segments
          label="Accuracy against"
          options={[
            ['latency', 'Latency'],
            ['flash', 'Flash'],
          ]}
          value={against()}
          onChange={(to) => {
            remember({ against: to === 'latency' ? undefined : to })
          }}
        />
      }
      flush
    >
      <div class={styles['body']}>
        <p class="soft">
          {grouped(members)} of {grouped(configurations.length)} are on it: no other is at least as good in
          accuracy, latency, flash and RAM, and better in one. The numbers are those of the table.
          {common.length > 0 && ` All are ${common.join(', ')}.`}
        </p>
        <ChartFigure
          chart={chart}
          looks={groups.map((group) => looks[group])}
          whiskers={groups.map((group) => group !== 'not on it')}
        />
      </div>
      <Table
        caption="Configurations"
        rows={all.map((one, i) => ({ one, i, name: names[i] ?? printable(one.name) }))}
        keyOf={({ i }) => String(i)}
        most={on.length}
        columns={[
          {
            title: '#',
            isNumber: true,
            show: ({ i }) => (i < on.length ? i + 1 : ''),
            order: ({ i }) => i,
          },
          {
            title: 'Configuration',
            show: ({ name, one }) => (
              <>
                {name}
                {one.name === lab.recommendation?.configuration && (
                  <span class={styles['chosen']}>recommended</span>
                )}
              </>
            ),
            order: ({ name }) => name,
          },
          ...figures.map(([title, of]): Column<{ readonly one: Configuration }> => ({
            title,
            isNumber: true,
            show: ({ one }) => of(one) && <QuantityText of={of(one) as Quantity} />,
            order: ({ one }) => of(one)?.value ?? -Infinity,
          })),
        ]}
      />
    </Panel>
  )
}

/** What is measured of a configuration, in the order of the columns. */
export const figures: readonly (readonly [string, (of: Configuration) => Quantity | null])[] = [
  ['Accuracy', ({ accuracy }) => accuracy],
  ['Latency', ({ latency }) => latency],
  ['Of it inference', ({ inference }) => inference],
  ['Flash', ({ flash }) => flash],
  ['RAM', ({ ram }) => ram],
  ['Energy', ({ energy }) => energy],
]
