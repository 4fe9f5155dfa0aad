import type { DutyModel } from '../../../runs/pricing/duty-model.ts'
import type { NamedCheck } from '../../../runs/pricing/duty-report.ts'
import { deviationWords, verdictWords } from '../../../runs/pricing/words.ts'
import { current } from '../../../runs/report/show/words/power.ts'
import { Button } from '../../design/controls.tsx'
import { Icon } from '../../design/icon.tsx'
import { Panel } from '../../design/surfaces.tsx'
import { Table } from '../../design/table.tsx'
import { apps } from '../../state/opening.ts'
import { askFor } from './asked.ts'
import styles from './duty.module.css'
import { realRuns, runForReal } from './real-runs.ts'

/** What is run to check an estimate is as long as the run that is priced, and no longer than this. */
const MOST_SECONDS = 60

/** The estimate beside what real runs gave: each at its own settings. */
export function Checks({
  checks,
  model,
}: {
  readonly checks: readonly NamedCheck[]
  readonly model: DutyModel
}) {
  const { seconds, sensor } = model
  // What feels movement is held beside what feels it, and what hears beside what hears.
  const fitting = (apps.value ?? []).filter(({ sound }) => (sound === undefined) === (sensor !== undefined))
  const long = Math.min(Math.max(Math.ceil(seconds), 1), MOST_SECONDS)
  return (
    <Panel
      flush
      title="What real runs gave"
      aside={<span class="soft">this run, priced with the settings of each; µA of the board</span>}
    >
      {checks.length > 0 && (
        <Table
          caption="Estimates beside real runs"
          rows={checks}
          keyOf={({ name }) => name}
          columns={[
            { title: 'Real run', show: ({ name }) => <span class={styles['runName']}>{name}</span> },
            {
              title: 'Estimate',
              isNumber: true,
              show: ({ check }) =>
                check.kind === 'checked' ? current(check.price.board.averageMicroamps) : '',
            },
            {
              title: 'Interval',
              isNumber: true,
              show: ({ check }) =>
                check.kind === 'checked' ? (
                  <span class="soft">
                    {current(check.price.board.lowMicroamps)} to {current(check.price.board.highMicroamps)}
                  </span>
                ) : (
                  ''
                ),
            },
            {
              title: 'Real',
              isNumber: true,
              show: ({ check }) => (check.kind === 'checked' ? current(check.realMicroamps) : ''),
            },
            {
              title: 'Deviation',
              isNumber: true,
              show: ({ check }) => (check.kind === 'checked' ? deviationWords(check.deviation) : ''),
            },
            { title: 'Real is', show: ({ check }) => <Verdict check={check} /> },
            {
              title: 'Ask',
              show: ({ name, check }) =>
                check.kind === 'checked' && (
                  <Button
                    kind="quiet"
                    icon="duty"
                    title={`Ask for the settings of ${name}`}
                    onClick={() => {
                      askFor(check.settings)
                    }}
                  />
                ),
            },
          ]}
        />
      )}
      <div class={styles['real']}>
        <p class="soft">
          {checks.length === 0
            ? 'An estimate is as good as its check. Run an app that came with this page here, or open another run of the same model: it is held beside this one.'
            : 'Other runs of the same model that you open are held beside this one too.'}
        </p>
        <div class={styles['realApps']}>
          {fitting
            .filter(
              ({ name }) => !realRuns.value.some((one) => one.name === name && one.state.kind === 'done'),
            )
            .map((app) => {
              const state = realRuns.value.find(({ name }) => name === app.name)?.state
              return (
                <span key={app.name}>
                  <Button
                    icon="play"
                    disabled={state?.kind === 'running'}
                    onClick={() => {
                      void runForReal(app, long)
                    }}
                  >
                    {state?.kind === 'running'
                      ? `${app.title}: ${Math.round(100 * state.share)} %`
                      : `Run ${app.title}, ${long} s`}
                  </Button>
                  {state?.kind === 'failed' && (
                    <span class={styles['reasons']} role="alert">
                      {state.why}
                    </span>
                  )}
                </span>
              )
            })}
        </div>
      </div>
    </Panel>
  )
}

const Verdict = ({ check }: { readonly check: NamedCheck['check'] }) => (
  <span
    class={styles['verdict']}
    data-verdict={check.kind === 'unknown' ? 'unknown' : check.isInside ? 'inside' : 'outside'}
  >
    {check.kind === 'checked' && <Icon name={check.isInside ? 'check' : 'warning'} size={14} />}
    {verdictWords(check)}
  </span>
)
