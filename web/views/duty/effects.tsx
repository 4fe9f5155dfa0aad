import type { Effect } from '../../../runs/pricing/sensitivity.ts'
import { changeWords } from '../../../runs/pricing/words.ts'
import { Button } from '../../design/controls.tsx'
import { Panel } from '../../design/surfaces.tsx'
import { Table } from '../../design/table.tsx'
import { ask } from './asked.ts'
import styles from './effects.module.css'

/** What each change alone would do, what saves most first. */
export function Effects({ effects }: { readonly effects: readonly Effect[] }) {
  const most = Math.max(...effects.map(({ typical }) => Math.abs(typical)), 1e-9)
  return (
    <Panel flush title="What buys most" aside={<span class="soft">each change alone, µA of the board</span>}>
      <Table
        caption="What each change alone would do"
        rows={effects}
        keyOf={({ title }) => title}
        columns={[
          { title: 'Change', show: ({ title }) => <span class={styles['title']}>{title}</span> },
          {
            title: 'µA',
            isNumber: true,
            show: ({ typical }) => changeWords(typical),
            order: ({ typical }) => typical,
          },
          {
            title: 'Less or more',
            isWide: true,
            show: ({ typical }) => (
              <span class={styles['track']} aria-hidden="true">
                <span
                  class={typical < 0 ? styles['less'] : styles['more']}
                  style={{ width: `${(50 * Math.abs(typical)) / most}%` }}
                />
              </span>
            ),
          },
          {
            title: 'From',
            isNumber: true,
            show: ({ low }) => <span class="soft">{changeWords(low)}</span>,
          },
          {
            title: 'To',
            isNumber: true,
            show: ({ high }) => <span class="soft">{changeWords(high)}</span>,
          },
          {
            title: 'Try',
            show: ({ title, change }) => (
              <Button
                kind="quiet"
                icon="check"
                title={`Ask for it: ${title}`}
                onClick={() => {
                  ask(change)
                }}
              />
            ),
          },
        ]}
      />
    </Panel>
  )
}
