import { useSignal } from '@preact/signals'
import type { Comparison, FunctionChange } from '../../../runs/compare/comparison.ts'
import { functionWhy } from '../../../runs/compare/show/tables.ts'
import { perText } from '../../../runs/compare/show/words.ts'
import { SearchField } from '../../design/controls.tsx'
import { Empty, Panel } from '../../design/surfaces.tsx'
import { Table } from '../../design/table.tsx'
import type { OpenRun } from '../../state/open-run.ts'
import { breakable } from '../costs/breakable.tsx'
import costs from '../costs/costs.module.css'
import { choose, chosenName } from './address.ts'
import { BothAnnotated } from './both-annotated.tsx'
import { changeColumns, unbroken } from './change.tsx'

const MOST = 50

const keyOf = ({ name, address }: FunctionChange): string => `${name} ${address.b ?? address.a}`

/** Most moved first; one that is chosen is annotated in both. */
export function Functions({
  comparison,
  a,
  b,
}: {
  readonly comparison: Comparison
  readonly a: OpenRun
  readonly b: OpenRun
}) {
  const wanted = useSignal('')
  const needle = wanted.value.trim().toLowerCase()
  const moved = comparison.functions.filter(
    ({ selfCycles, match }) => selfCycles.difference !== 0 || match !== 'name',
  )
  const rows = (needle === '' ? moved : comparison.functions).filter(({ name, was }) =>
    `${name} ${was ?? ''}`.toLowerCase().includes(needle),
  )
  const chosen = comparison.functions.find((one) => one.name === chosenName())
  if (comparison.functions.length === 0)
    return (
      <Empty icon="costs" title="Functions were not profiled">
        <p>A run was made with --no-profile: only its sums are known.</p>
      </Empty>
    )
  return (
    <>
      {chosen && <BothAnnotated key={keyOf(chosen)} one={chosen} comparison={comparison} a={a} b={b} />}
      <Panel
        flush
        title="Functions"
        aside={
          <span class="soft">
            own cycles, {perText(comparison)}; {moved.length} of {comparison.functions.length} moved
          </span>
        }
      >
        <div class={costs['tools']}>
          <SearchField
            label="Functions with this in their name"
            placeholder="Part of a name"
            value={wanted}
          />
          <span class="soft">Choose one to see it in both.</span>
        </div>
        {rows.length === 0 ? (
          <Empty
            icon="search"
            title={needle === '' ? 'No function moved' : `No function has ${wanted.value} in its name`}
          />
        ) : (
          <Table
            caption="Functions that moved"
            rows={rows}
            keyOf={keyOf}
            chosen={chosen && keyOf(chosen)}
            onChoose={({ name }) => {
              choose(name)
              document.getElementById('main')?.scrollTo({ top: 0 })
            }}
            most={MOST}
            columns={[
              {
                title: 'Function',
                show: ({ name, file }) => (
                  <span class={costs['name']} title={file ?? undefined}>
                    {breakable(name)}
                  </span>
                ),
                order: ({ name }) => name,
              },
              ...changeColumns<FunctionChange>({
                names: [comparison.a.name, comparison.b.name],
                of: ({ selfCycles }) => selfCycles,
                unitOf: () => 'cycles',
                rows,
              }),
              { title: 'Why', isWide: true, show: (one) => unbroken(functionWhy(one)) },
            ]}
          />
        )}
      </Panel>
    </>
  )
}
