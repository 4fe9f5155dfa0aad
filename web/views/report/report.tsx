import type { RunReport } from '../../../runs/report/run-report.ts'
import { bytes, duration, grouped, microseconds, percent } from '../../../runs/report/show/format.ts'
import { predictionScore } from '../../../runs/report/show/predictions.ts'
import { awareLines } from '../../../runs/report/show/words/aware.ts'
import { runFacts } from '../../../runs/report/show/words/header.ts'
import { current } from '../../../runs/report/show/words/power.ts'
import { nameOfReason, reasonsOf } from '../../../runs/report/show/words/reasons.ts'
import { LinkButton } from '../../design/controls.tsx'
import { Figure, Figures, Notice, Panel } from '../../design/surfaces.tsx'
import { TipLayer } from '../../design/tip.tsx'
import { goTo, remember } from '../../state/address.ts'
import type { OpenRun } from '../../state/open-run.ts'
import { Legend, ReasonsBar } from '../costs/reasons-bar.tsx'
import { NotYetRun } from '../not-yet-run.tsx'
import { Fault } from './fault.tsx'
import { Interrupts, Measures, Phases } from './passages.tsx'
import { Predictions } from './predictions.tsx'
import styles from './report.module.css'

/** The run in its figures. */
export function ReportView({ run }: { readonly run: OpenRun }) {
  const report = run.report.value
  if (!report) return <NotYetRun run={run} />
  const aware = awareLines(report)
  return (
    <div class={styles['report']}>
      <h1 class="unseen">Report</h1>
      {report.fault && <Fault fault={report.fault} />}
      {report.run.gaveUp !== null && <Notice kind="bad">The firmware gave up: {report.run.gaveUp}</Notice>}
      <Summary report={report} />
      {aware.length > 0 && (
        <Notice kind="warn">
          <strong>To be aware of</strong>
          <ul class={styles['aware']}>
            {aware.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </Notice>
      )}
      <div class={styles['beside']}>
        <Cycles report={report} />
        <Facts report={report} />
      </div>
      {report.phases.length > 0 && <Phases phases={report.phases} />}
      {report.measures.length > 0 && <Measures measures={report.measures} />}
      {report.predictions && <Predictions predictions={report.predictions} />}
      {report.interrupts.length > 0 && <Interrupts interrupts={report.interrupts} />}
      <TipLayer />
    </div>
  )
}

function Summary({ report }: { readonly report: RunReport }) {
  const { run, power, board, firmware, interpreters, predictions, memory } = report
  const { averageMicroamps, lowMicroamps, highMicroamps } = power.board
  const dearest = interpreters.reduce<(typeof interpreters)[number] | undefined>(
    (best, one) => (best && best.totalCycles >= one.totalCycles ? best : one),
    undefined,
  )
  return (
    <Panel title={firmware.file} aside={<span class="soft">{board.name}</span>}>
      <Figures>
        <Figure name="Simulated" value={duration(run.seconds)} note={run.stopDetail} />
        <Figure
          name="Cycles"
          value={grouped(run.cycles)}
          note={`${percent(run.sleepCycles / Math.max(run.cycles, 1))} asleep; ${grouped(run.instructions)} instructions`}
        />
        {dearest && (
          <Figure
            name="An inference"
            value={microseconds(dearest.medianMicroseconds)}
            unit="µs"
            note={`${grouped(dearest.medianCycles)} cycles, median of ${grouped(dearest.count)}`}
          />
        )}
        {run.cycles > 0 && (
          <Figure
            name="Board, on average"
            value={current(averageMicroamps)}
            unit="µA"
            note={`${current(lowMicroamps)} to ${current(highMicroamps)}`}
          />
        )}
        <Figure
          name="Flash"
          value={bytes(memory.flashBytes).replace(/ B$/, '')}
          unit="B"
          note={
            memory.staticRamBytes === null
              ? 'static RAM: a HEX file does not say'
              : `static RAM ${bytes(memory.staticRamBytes)}`
          }
        />
        {predictions && (
          <Figure name="Predictions" value={grouped(predictions.total)} note={predictionScore(predictions)} />
        )}
      </Figures>
    </Panel>
  )
}

function Cycles({ report: { reasons, run } }: { readonly report: RunReport }) {
  const awake = Object.fromEntries(Object.entries(reasons).filter(([reason]) => reason !== 'sleep'))
  const rows = reasonsOf(reasons)
  const total = run.cycles - run.sleepCycles
  return (
    <Panel
      title="Where cycles awake went"
      aside={
        <LinkButton
          onClick={() => {
            remember({ costs: 'functions' })
            goTo('costs')
          }}
        >
          by function
        </LinkButton>
      }
    >
      {rows.length === 0 ? (
        <p class="soft">The run was made with --no-profile, so that reasons are not known.</p>
      ) : (
        <div class={styles['stack']}>
          <ReasonsBar reasons={awake} />
          <Legend all={[awake]} />
          <dl class={styles['shares']}>
            {rows.slice(0, MOST_REASONS).map(([reason, cycles]) => (
              <div key={reason}>
                <dt>{nameOfReason(reason)}</dt>
                <dd class="number">{grouped(cycles)}</dd>
                <dd class="number soft">{percent(cycles / Math.max(total, 1))}</dd>
              </div>
            ))}
          </dl>
        </div>
      )}
    </Panel>
  )
}

const MOST_REASONS = 8

const Facts = ({ report }: { readonly report: RunReport }) => (
  <Panel title="What ran">
    <dl class={styles['facts']}>
      {runFacts(report).map(([name, text], i) => (
        <div key={i}>
          <dt>{name}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  </Panel>
)
