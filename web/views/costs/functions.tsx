import { useSignal } from '@preact/signals'
import type { FunctionReport, RunReport } from '../../../runs/report/run-report.ts'
import { grouped, hexadecimal, percent } from '../../../runs/report/show/format.ts'
import { SearchField } from '../../design/controls.tsx'
import { Empty, Panel } from '../../design/surfaces.tsx'
import { Table, type Column } from '../../design/table.tsx'
import { chosenFunction, openFunction } from './address.ts'
import { breakable } from './breakable.tsx'
import styles from './costs.module.css'
import { Legend, ReasonsBar } from './reasons-bar.tsx'
import { ShareBar } from './share-bar.tsx'

const MOST = 100

export function FunctionsTab({ report }: { readonly report: RunReport }) {
  const wanted = useSignal('')
  const { functions, calls } = report
  if (functions.length === 0)
    return (
      <Empty icon="costs" title="Functions were not profiled">
        <p>The run was made with --no-profile: only its sums are known. Run it again without.</p>
      </Empty>
    )
  const needle = wanted.value.trim().toLowerCase()
  const rows = functions.filter(({ name }) => name.toLowerCase().includes(needle))
  const chosen = chosenFunction()
  return (
    <Panel
      flush
      title="Functions"
      aside={
        <span class="soft">
          {rows.length === functions.length ? '' : `${rows.length} of `}
          {functions.length}
        </span>
      }
    >
      <div class={styles['tools']}>
        <SearchField label="Functions with this in their name" placeholder="Part of a name" value={wanted} />
        <Legend all={functions.map(({ reasons }) => reasons)} />
      </div>
      <Table
        caption="Functions"
        rows={rows}
        keyOf={({ address }) => String(address)}
        chosen={chosen === undefined ? undefined : String(chosen)}
        onChoose={({ address }) => {
          openFunction(address)
        }}
        most={MOST}
        columns={calls === null ? own(true) : [...own(false), ...inclusive(wholeOf(calls))]}
      />
      {rows.length === 0 && (
        <Empty icon="search" title={`No function has ${wanted.value} in its name`}>
          <p>Of {functions.length} functions that ran.</p>
        </Empty>
      )}
      {calls === null && (
        <p class={`soft ${styles['foot'] ?? ''}`}>
          With what they call, and minimum, median and maximum of a call: calls were not recorded. The flame
          graph offers to run it again with them.
        </p>
      )}
    </Panel>
  )
}

/** Cycles of all calls that nothing called. */
export const wholeOf = (calls: NonNullable<RunReport['calls']>): number =>
  calls.reduce((sum, { parent, totalCycles }) => (parent === null ? sum + totalCycles : sum), 0)

/** @param hasRoom for bars of the shares */
const own = (hasRoom: boolean): readonly Column<FunctionReport>[] => [
  {
    title: 'Function',
    show: ({ name, address }) => (
      <span class={styles['name']} title={`${name} at ${hexadecimal(address)}`}>
        {breakable(name)}
      </span>
    ),
    order: ({ name }) => name,
  },
  {
    title: 'Own cycles',
    isNumber: true,
    show: ({ selfCycles }) => grouped(selfCycles),
    order: ({ selfCycles }) => selfCycles,
  },
  {
    title: 'Share',
    isNumber: true,
    show: ({ share }) => (hasRoom ? <ShareBar share={share} /> : percent(share)),
    order: ({ share }) => share,
  },
  { title: 'Where they went', show: ({ reasons }) => <ReasonsBar reasons={reasons} /> },
  {
    title: 'Instructions',
    isNumber: true,
    show: ({ instructions }) => grouped(instructions),
    order: ({ instructions }) => instructions,
  },
  {
    title: 'Entries',
    isNumber: true,
    show: ({ entries }) => grouped(entries),
    order: ({ entries }) => entries,
  },
]

const spreads = [
  ['Minimum', 'minimumCycles'],
  ['Median', 'medianCycles'],
  ['Maximum', 'maximumCycles'],
] as const

const inclusive = (whole: number): readonly Column<FunctionReport>[] => [
  {
    title: 'With calls',
    isNumber: true,
    show: ({ calls }) => calls && grouped(calls.totalCycles),
    order: ({ calls }) => calls?.totalCycles ?? -1,
  },
  {
    title: 'of all',
    isNumber: true,
    show: ({ calls }) => calls && percent(calls.totalCycles / Math.max(whole, 1)),
    order: ({ calls }) => calls?.totalCycles ?? -1,
  },
  {
    title: 'Calls',
    isNumber: true,
    show: ({ calls }) => calls && grouped(calls.calls),
    order: ({ calls }) => calls?.calls ?? -1,
  },
  ...spreads.map(([title, key]): Column<FunctionReport> => {
    return {
      title,
      isNumber: true,
      show: ({ calls }) =>
        calls &&
        calls.returned > 0 && (
          <span title={calls.medianErrorCycles === undefined ? undefined : `± ${calls.medianErrorCycles}`}>
            {grouped(calls[key])}
          </span>
        ),
      order: ({ calls }) => calls?.[key] ?? -1,
    }
  }),
]
