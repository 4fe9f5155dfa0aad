import { duration, grouped, microseconds, percent } from '../../../runs/report/show/format.ts'
import type { OperatorReport, RunReport } from '../../../runs/report/run-report.ts'
import { Button } from '../../design/controls.tsx'
import { Empty, Figure, Figures, Notice, Panel } from '../../design/surfaces.tsx'
import { Table } from '../../design/table.tsx'
import type { OpenRun } from '../../state/open-run.ts'
import styles from './report.module.css'

/** The run in its figures. */
export function ReportView({ run }: { readonly run: OpenRun }) {
  const report = run.report.value
  const { call } = run.link
  if (!report)
    return (
      <Empty icon="play" title="It has not run yet">
        <Button
          kind="main"
          icon="play"
          onClick={() => {
            void call.go('fast')
          }}
        >
          Run
        </Button>
      </Empty>
    )
  return (
    <div class={styles['report']}>
      <Summary report={report} />
      {report.fault && <Notice kind="bad">{report.fault.summary}</Notice>}
      {report.interpreters.map((interpreter) => (
        <Panel
          key={interpreter.address}
          flush
          title={`Operators of ${interpreter.name}`}
          aside={<span class="soft">{grouped(interpreter.count)} invocations</span>}
        >
          <Operators operators={interpreter.operators} name={interpreter.name} />
        </Panel>
      ))}
    </div>
  )
}

function Summary({ report: { run, power, board, firmware } }: { readonly report: RunReport }) {
  const { averageMicroamps, lowMicroamps, highMicroamps } = power.board
  return (
    <Panel title={firmware.file} aside={<span class="soft">{board.name}</span>}>
      <Figures>
        <Figure name="Time" value={duration(run.seconds)} note={run.stopDetail} />
        <Figure
          name="Cycles"
          value={grouped(run.cycles)}
          note={`${grouped(run.instructions)} instructions`}
        />
        <Figure name="Awake" value={percent(power.awakeShare)} />
        <Figure
          name="Board current, average"
          value={microamps(averageMicroamps)}
          unit="µA"
          note={`${microamps(lowMicroamps)} to ${microamps(highMicroamps)}`}
        />
      </Figures>
    </Panel>
  )
}

const microamps = (value: number): string => grouped(value, value < 100 ? 2 : value < 10_000 ? 1 : 0)

const Operators = ({
  operators,
  name,
}: {
  readonly operators: readonly OperatorReport[]
  readonly name: string
}) => (
  <Table
    caption={`Operators of ${name}`}
    rows={operators}
    keyOf={({ index }) => index}
    columns={[
      { title: 'Operator', show: ({ index, type, kernel }) => `${index} ${type ?? kernel}` },
      {
        title: 'Output',
        show: ({ outputShape }) => <span class="mono soft">{outputShape?.join('×') ?? ''}</span>,
      },
      {
        title: 'Cycles, median',
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
        title: 'Cycles per MAC',
        isNumber: true,
        show: ({ cyclesPerMac }) => (cyclesPerMac === null ? '' : cyclesPerMac.toFixed(2)),
        order: ({ cyclesPerMac }) => cyclesPerMac ?? 0,
      },
      {
        title: 'Share',
        isNumber: true,
        show: ({ share }) => (
          <span class={styles['bar']}>
            <span>
              <span style={{ width: `${100 * share}%` }} />
            </span>
            {percent(share)}
          </span>
        ),
        order: ({ share }) => share,
      },
    ]}
  />
)
