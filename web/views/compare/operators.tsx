import type {
  Comparison,
  OperatorChange,
  PassageChange,
  ReasonChange,
} from '../../../runs/compare/comparison.ts'
import { perText, why } from '../../../runs/compare/show/words.ts'
import { nameOfReason } from '../../../runs/report/show/words/reasons.ts'
import { Empty, Panel } from '../../design/surfaces.tsx'
import { Table } from '../../design/table.tsx'
import { changeColumns, unbroken } from './change.tsx'
import styles from './compare.module.css'

/** Phases, operators, measured passages, and the reasons of the whole. */
export function Operators({ comparison }: { readonly comparison: Comparison }) {
  const { a, b, phases, measures, interpreters, reasons } = comparison
  const names = [a.name, b.name] as const
  if (phases.length + measures.length + interpreters.length + reasons.length === 0)
    return (
      <Empty icon="compare" title="There is nothing that both go through again and again">
        <p>Neither marks phases, no operators were seen, and reasons need a profile.</p>
      </Empty>
    )
  return (
    <>
      {phases.length > 0 && <Passages title="Phases" rows={phases} names={names} />}
      {measures.length > 0 && <Passages title="Measured" rows={measures} names={names} />}
      {interpreters.map(({ name, operators, own, invocation }) => {
        const rows: readonly Row[] = [
          ...operators,
          { ...own, operator: undefined },
          { ...invocation, name: 'all of them', operator: undefined },
        ].map((one) => ('index' in one ? { ...one, operator: one } : one))
        return (
          <Panel
            key={name}
            flush
            title={interpreters.length > 1 ? `Operators of ${name}` : 'Operators'}
            aside={<span class="soft">median cycles of an invocation</span>}
          >
            <Table
              caption={`Operators of ${name}`}
              rows={rows}
              keyOf={({ operator, name: called }) =>
                operator ? `${operator.index.a} ${operator.index.b}` : called
              }
              columns={[
                {
                  title: 'Operator',
                  show: ({ name: called, operator }) => (
                    <span class={operator ? undefined : 'soft'}>
                      {operator && <span class="soft number">{indexOf(operator)} </span>}
                      {called} <span class="soft mono">{operator?.outputShape?.join('×') ?? ''}</span>
                      {operator && operator.match !== 'aligned' && (
                        <span class={styles['mark']}>{operator.match}</span>
                      )}
                    </span>
                  ),
                },
                ...changeColumns<Row>({
                  names,
                  of: ({ medianCycles }) => medianCycles,
                  unitOf: () => 'cycles',
                  rows,
                }),
                { title: 'Why', isWide: true, show: ({ reasons: moved }) => unbroken(why(moved)) },
              ]}
            />
          </Panel>
        )
      })}
      {reasons.length > 0 && (
        <Panel flush title="Reasons" aside={<span class="soft">cycles awake, {perText(comparison)}</span>}>
          <Table
            caption="Reasons"
            rows={reasons}
            keyOf={({ reason }) => reason}
            columns={[
              { title: 'Reason', show: ({ reason }) => nameOfReason(reason), order: ({ reason }) => reason },
              ...changeColumns<ReasonChange>({
                names,
                of: (one) => one,
                unitOf: () => 'cycles',
                rows: reasons,
              }),
            ]}
          />
        </Panel>
      )}
    </>
  )
}

type Row = PassageChange & { readonly operator: OperatorChange | undefined }

const indexOf = ({ index: { a, b } }: OperatorChange): string =>
  a !== null && b !== null && a !== b ? `${a} → ${b}` : (b ?? a ?? '')

const Passages = ({
  title,
  rows,
  names,
}: {
  readonly title: string
  readonly rows: readonly PassageChange[]
  readonly names: readonly [string, string]
}) => (
  <Panel flush title={title} aside={<span class="soft">cycles of the median</span>}>
    <Table
      caption={title}
      rows={rows}
      keyOf={({ name }) => name}
      columns={[
        {
          title: title === 'Phases' ? 'Phase' : 'Passage',
          show: ({ name }) => name,
          order: ({ name }) => name,
        },
        ...changeColumns<PassageChange>({
          names,
          of: ({ medianCycles }) => medianCycles,
          unitOf: () => 'cycles',
          rows,
        }),
        { title: 'Why', isWide: true, show: ({ reasons }) => unbroken(why(reasons)) },
      ]}
    />
  </Panel>
)
