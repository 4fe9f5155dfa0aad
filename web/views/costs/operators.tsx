import { useSignal } from '@preact/signals'
import type {
  InterpreterReport,
  OperatorReport,
  ReasonsReport,
  RunReport,
} from '../../../runs/report/run-report.ts'
import { count, grouped, microseconds, percent } from '../../../runs/report/show/format.ts'
import { macsCell } from '../../../runs/report/show/macs.ts'
import { nameOfReason } from '../../../runs/report/show/words/reasons.ts'
import { modelLine } from '../../../runs/report/show/words/header.ts'
import { LinkButton, Segments } from '../../design/controls.tsx'
import { Empty, Notice, Panel } from '../../design/surfaces.tsx'
import { Table, type Column } from '../../design/table.tsx'
import { openFunction } from './address.ts'
import styles from './costs.module.css'
import { reasonsIn } from './reason-kinds.ts'
import { Legend, ReasonsBar } from './reasons-bar.tsx'

export function OperatorsTab({ report }: { readonly report: RunReport }) {
  const { interpreters } = report
  const scale = useSignal<'share' | 'each'>('share')
  if (interpreters.length === 0) return <NoInterpreter report={report} />
  return (
    <>
      {interpreters.map((interpreter, i) => (
        <Interpreter
          key={`${interpreter.address}-${i}`}
          report={report}
          interpreter={interpreter}
          isWhole={scale.value === 'each'}
          aside={
            i === 0 && (
              <Segments
                label="Length of the bars"
                value={scale.value}
                options={[
                  ['share', 'By share'],
                  ['each', 'Each in full'],
                ]}
                onChange={(value) => (scale.value = value)}
              />
            )
          }
        />
      ))}
    </>
  )
}

const NoInterpreter = ({ report }: { readonly report: RunReport }) => (
  <Empty icon="costs" title="No operators were seen">
    <p>
      {report.models.length === 0
        ? 'The firmware holds no TensorFlow Lite model, or its interpreter never ran.'
        : 'There is a model in the firmware, but no interpreter of TFLM invoked it while this ran.'}{' '}
      Operators are read from TFLM’s own structures, found by their symbols: give the ELF file, and let it run
      until an inference. Functions have the cycles either way.
    </p>
  </Empty>
)

/** A row of the table: an operator, or what the interpreter itself costs. */
interface Row {
  readonly key: string
  readonly index: string
  readonly name: string
  readonly operator: OperatorReport | undefined
  readonly medianCycles: number
  readonly medianMicroseconds: number
  readonly totalCycles: number
  readonly share: number
  readonly reasons: ReasonsReport
}

const rowsOf = ({ operators, own }: InterpreterReport): readonly Row[] => [
  ...operators.map((operator) => ({
    ...operator,
    key: `${operator.index} ${operator.kernel}`,
    name: operator.type ?? operator.kernel,
    operator,
  })),
  { ...own, key: 'own', index: '', name: 'interpreter', operator: undefined },
]

function Interpreter({
  report,
  interpreter,
  isWhole,
  aside,
}: {
  readonly report: RunReport
  readonly interpreter: InterpreterReport
  readonly isWhole: boolean
  readonly aside: preact.ComponentChildren
}) {
  const rows = rowsOf(interpreter)
  const chosen = useSignal(rows.reduce((a, b) => (b.share > a.share ? b : a)).key)
  const most = Math.max(...rows.map(({ share }) => share))
  const one = rows.find(({ key }) => key === chosen.value)
  const model = interpreter.model === null ? undefined : report.models[interpreter.model]
  return (
    <Panel
      flush
      title={report.interpreters.length > 1 ? `Operators of ${interpreter.name}` : 'Operators'}
      aside={aside}
    >
      <div class={styles['lead']}>
        <p>
          {count(interpreter.count, 'invocation')} of{' '}
          <strong>{grouped(interpreter.medianCycles)} cycles</strong>,{' '}
          <strong>{microseconds(interpreter.medianMicroseconds)} µs</strong> (median), seen from outside
        </p>
        {model ? (
          <p class="soft">{modelLine(model)}</p>
        ) : (
          interpreter.modelUnknown !== null && (
            <p class="soft">Types, shapes and MACs are not known: {interpreter.modelUnknown}.</p>
          )
        )}
        <Legend all={rows.map(({ reasons }) => reasons)} />
      </div>
      <Table
        caption={`Operators of ${interpreter.name}`}
        rows={rows}
        keyOf={({ key }) => key}
        chosen={chosen.value}
        onChoose={({ key }) => (chosen.value = key)}
        columns={columns(isWhole ? undefined : most)}
      />
      {one && <Detail row={one} interpreter={interpreter} report={report} />}
    </Panel>
  )
}

/** @param most share that a whole bar stands for; undefined where each bar is whole */
const columns = (most: number | undefined): readonly Column<Row>[] => [
  { title: '#', isNumber: true, show: ({ index }) => <span class="soft">{index}</span> },
  {
    title: 'Operator',
    show: ({ name, operator }) => <span class={operator ? '' : 'soft'}>{name}</span>,
    order: ({ name }) => name,
  },
  {
    title: 'Output',
    show: ({ operator }) => <span class="mono soft">{operator?.outputShape?.join('×') ?? ''}</span>,
  },
  {
    title: 'MACs',
    isNumber: true,
    show: ({ operator }) =>
      operator && <span title={operator.macsNotCounted ?? undefined}>{macsCell(operator)}</span>,
    order: ({ operator }) => operator?.macs ?? -1,
  },
  {
    title: 'Cycles',
    isNumber: true,
    show: ({ medianCycles }) => grouped(medianCycles),
    order: ({ medianCycles }) => medianCycles,
  },
  {
    title: 'µs',
    isNumber: true,
    show: ({ medianMicroseconds }) => microseconds(medianMicroseconds),
    order: ({ medianCycles }) => medianCycles,
  },
  {
    title: 'Cycles/MAC',
    isNumber: true,
    show: ({ operator }) => operator?.cyclesPerMac?.toFixed(2) ?? '',
    order: ({ operator }) => operator?.cyclesPerMac ?? -1,
  },
  {
    title: 'Share',
    isNumber: true,
    show: ({ share }) => percent(share),
    order: ({ share }) => share,
  },
  {
    title: 'Where they went',
    isWide: true,
    show: ({ reasons, share }) => (
      <ReasonsBar reasons={reasons} share={most === undefined ? 1 : share / most} />
    ),
  },
]

/** Of one row: each reason to the cycle, and how far invocations lay apart. */
function Detail({
  row,
  interpreter,
  report,
}: {
  readonly row: Row
  readonly interpreter: InterpreterReport
  readonly report: RunReport
}) {
  const spread = row.operator ?? interpreter.own
  const kernel = row.operator && report.functions.find(({ name }) => name === row.operator?.kernel)
  const reasons = reasonsIn([row.reasons])
  return (
    <div class={styles['detail']}>
      <div>
        <h3>
          {row.index} {row.name}
        </h3>
        <dl class={styles['facts']}>
          <dt>invocations</dt>
          <dd class="number">{grouped(spread.count)}</dd>
          <dt>cycles, all</dt>
          <dd class="number">{grouped(spread.totalCycles)}</dd>
          <dt>minimum</dt>
          <dd class="number">{grouped(spread.minimumCycles)}</dd>
          <dt>median</dt>
          <dd class="number">
            {grouped(spread.medianCycles)}
            {spread.medianErrorCycles === undefined ? '' : ` ± ${grouped(spread.medianErrorCycles)}`}
          </dd>
          <dt>maximum</dt>
          <dd class="number">{grouped(spread.maximumCycles)}</dd>
          {row.operator && (
            <>
              <dt>kernel</dt>
              <dd class={styles['breaking']}>
                {kernel ? (
                  <LinkButton
                    onClick={() => {
                      openFunction(kernel.address)
                    }}
                  >
                    {row.operator.kernel}
                  </LinkButton>
                ) : (
                  row.operator.kernel
                )}
              </dd>
            </>
          )}
        </dl>
        {row.operator && row.operator.macsNotCounted !== null && (
          <p class="soft">MACs are not counted: {row.operator.macsNotCounted}.</p>
        )}
      </div>
      {reasons.length === 0 ? (
        <Notice kind="note">Without a profile (--no-profile) reasons are not known.</Notice>
      ) : (
        <Table
          caption={`Reasons of ${row.name}`}
          rows={reasons}
          keyOf={(reason) => reason}
          columns={[
            { title: 'Reason', show: (reason) => nameOfReason(reason) },
            {
              title: 'Cycles, all',
              isNumber: true,
              show: (reason) => grouped(row.reasons[reason] ?? 0),
              order: (reason) => row.reasons[reason] ?? 0,
            },
            {
              title: 'Share',
              isNumber: true,
              show: (reason) => percent((row.reasons[reason] ?? 0) / Math.max(row.totalCycles, 1)),
              order: (reason) => row.reasons[reason] ?? 0,
            },
          ]}
        />
      )}
    </div>
  )
}
