import type { Signal } from '@preact/signals'
import { grouped, percent } from '../../../../runs/report/show/format.ts'
import { Panel } from '../../../design/surfaces.tsx'
import { Table } from '../../../design/table.tsx'
import { ShareBar } from '../share-bar.tsx'
import styles from './flame.module.css'
import type { PathNode } from './layout.ts'

/** As the text of `run --functions` has it. */
const LEAST_SHARE = 0.005

/** What the flame graph shows, as a table: the tree of calls from half a per cent on. */
export function Paths({ root, chosen }: { readonly root: PathNode; readonly chosen: Signal<PathNode> }) {
  const whole = Math.max(root.data.totalCycles, 1)
  const rows: PathNode[] = []
  root.eachBefore((node) => {
    if (node.depth > 0 && node.data.totalCycles / whole >= LEAST_SHARE) rows.push(node)
  })
  return (
    <Panel flush title="Calls" aside={<span class="soft">from {percent(LEAST_SHARE)} on</span>}>
      <Table
        caption="Calls by path"
        rows={rows}
        keyOf={({ data }) => String(data.place)}
        chosen={String(chosen.value.data.place)}
        onChoose={(node) => (chosen.value = node)}
        most={60}
        columns={[
          {
            title: 'Path',
            show: ({ depth, data: { name, exception } }) => (
              <>
                <span class={styles['indent']} style={{ width: `${depth - 1}rem` }} />
                {exception === null ? name : `${name} (${exception})`}
              </>
            ),
          },
          { title: 'Cycles', isNumber: true, show: ({ data }) => grouped(data.totalCycles) },
          {
            title: 'Share',
            isNumber: true,
            show: ({ data }) => <ShareBar share={data.totalCycles / whole} />,
          },
          { title: 'Own', isNumber: true, show: ({ data }) => grouped(data.selfCycles) },
          { title: 'Calls', isNumber: true, show: ({ data }) => grouped(data.calls) },
        ]}
      />
    </Panel>
  )
}
