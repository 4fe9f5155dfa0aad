import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { check, type Check } from '../../../runs/pricing/check.ts'
import type { NamedCheck } from '../../../runs/pricing/duty-report.ts'
import { dutyModel, type DutyModel } from '../../../runs/pricing/duty-model.ts'
import { periodOf } from '../../../runs/pricing/period.ts'
import { price, type DutyPrice } from '../../../runs/pricing/price.ts'
import { effects, type Effect } from '../../../runs/pricing/sensitivity.ts'
import { writeSettings, type DutySettings } from '../../../runs/pricing/settings.ts'
import { rateWords } from '../../../runs/pricing/words.ts'
import { windowCosts } from '../../../runs/pricing/window-costs.ts'
import type { RunReport } from '../../../runs/report/run-report.ts'
import { duration, percent } from '../../../runs/report/show/format.ts'
import { current as words, life } from '../../../runs/report/show/words/power.ts'
import { Button } from '../../design/controls.tsx'
import { Empty, Figure, Figures, Notice, Panel } from '../../design/surfaces.tsx'
import { Table } from '../../design/table.tsx'
import { TipLayer } from '../../design/tip.tsx'
import type { OpenRun } from '../../state/open-run.ts'
import { openRuns } from '../../state/opening.ts'
import { NotYetRun } from '../not-yet-run.tsx'
import { asked, askNothing, commandOf } from './asked.ts'
import { Checks } from './checks.tsx'
import { offerDuty } from './commands.ts'
import { Controls } from './controls.tsx'
import styles from './duty.module.css'
import { Effects } from './effects.tsx'
import { Parts } from './parts.tsx'
import { PeriodPanel } from './period.tsx'
import { realRuns } from './real-runs.ts'

/** A run priced again with other settings, beside what real runs gave. */
export function DutyView({ run }: { readonly run: OpenRun }) {
  const report = run.report.value
  const model = useMemo(() => report && dutyModel(report), [report])
  if (!report || model === undefined) return <NotYetRun run={run} />
  if (typeof model === 'string')
    return (
      <Empty icon="duty" title="Nothing to price">
        <p>{model}</p>
      </Empty>
    )
  return <Priced run={run} model={model} report={report} />
}

function Priced({
  run,
  model,
  report,
}: {
  readonly run: OpenRun
  readonly model: DutyModel
  readonly report: RunReport
}) {
  const { settings, wrong } = asked()
  const outcome = useMemo(() => price(model, settings), [model, writeSettings(settings)])
  const dearest = useEffects(model, settings)
  const checks = useChecks(run, model)
  const period = outcome.kind === 'priced' ? periodOf(model, settings) : undefined
  useEffect(() => offerDuty(model), [model])
  return (
    <div class={styles['duty']}>
      <h1 class="unseen">Duty cycle</h1>
      <div class={styles['head']}>
        <Panel
          title="Priced again"
          aside={
            <span class={styles['tools']}>
              <span class="soft">{isChanged(settings) ? 'with other settings' : 'as the run was'}</span>
              <Button icon="reset" kind="quiet" disabled={!isChanged(settings)} keys="0" onClick={askNothing}>
                As the run
              </Button>
            </span>
          }
        >
          <div aria-live="polite">
            {outcome.kind === 'priced' ? (
              <Result price={outcome.price} />
            ) : (
              <div class={styles['unknown']}>
                <Notice kind="warn">
                  <strong>Not known</strong>
                  <ul>
                    {outcome.why.map((one) => (
                      <li key={one}>{one}</li>
                    ))}
                  </ul>
                </Notice>
              </div>
            )}
          </div>
        </Panel>
      </div>
      <div class={styles['side']}>
        <Panel title="Settings">
          <Controls model={model} settings={settings} />
        </Panel>
      </div>
      <div class={styles['body']}>
        {wrong !== undefined && <Notice kind="bad">The address asks for what cannot be: {wrong}</Notice>}
        {report.fault && (
          <Notice kind="warn">
            The run crashed after {duration(model.seconds)}: what it drew until then is priced.
          </Notice>
        )}
        {model.whyNoRate !== null && <Notice kind="note">{model.whyNoRate}</Notice>}
        {outcome.kind === 'priced' && <Parts price={outcome.price} run={report.power} />}
        {period && <PeriodPanel period={period} />}
        {outcome.kind === 'priced' && <Effects effects={dearest} />}
        <Checks checks={checks} model={model} />
        {outcome.kind === 'priced' && <Assumed price={outcome.price} settings={settings} />}
        <Windows model={model} />
      </div>
      <TipLayer />
    </div>
  )
}

const isChanged = (settings: DutySettings): boolean => writeSettings(settings) !== ''

/** Behind the figures by this: a slider that is moved shows its price first. */
const AFTER_MILLISECONDS = 150

function useEffects(model: DutyModel, settings: DutySettings): readonly Effect[] {
  const shown = useSignal<readonly Effect[]>([])
  const key = writeSettings(settings)
  useEffect(() => {
    const timer = setTimeout(
      () => (shown.value = effects(model, settings)),
      shown.value.length === 0 ? 0 : AFTER_MILLISECONDS,
    )
    return () => {
      clearTimeout(timer)
    }
  }, [model, key])
  return shown.value
}

/** A run is held beside the model once: its settings are its own, whatever is asked for. */
function useChecks(run: OpenRun, model: DutyModel): readonly NamedCheck[] {
  const known = useMemo(() => new WeakMap<RunReport, Check>(), [model])
  const others = openRuns.value
    .filter((one) => one !== run)
    .flatMap(({ facts, report }) =>
      report.value ? [{ name: facts.value?.title ?? '', report: report.value }] : [],
    )
  const here = realRuns.value.flatMap(({ title, state }) =>
    state.kind === 'done' ? [{ name: `${title}, run here`, report: state.report }] : [],
  )
  return [...others, ...here].map(({ name, report }) => {
    const found = known.get(report) ?? check(model, report)
    known.set(report, found)
    return { name, check: found }
  })
}

function Result({
  price: { board, battery, rate, microcoulombsPerWindow, busyShare, feeds },
}: {
  readonly price: DutyPrice
}) {
  const [feed] = feeds
  return (
    <div class={styles['figures']}>
      <Figures>
        <Figure
          name="Average"
          value={words(board.averageMicroamps)}
          unit="µA"
          note={`${words(board.lowMicroamps)} to ${words(board.highMicroamps)}`}
        />
        {battery ? (
          <Figure
            name={battery.cell}
            value={life(battery.hours)}
            note={
              <>
                {life(battery.lowHours)} to {life(battery.highHours)}
                {battery.overloaded && (
                  <strong class={styles['over']}> The peak is more than it delivers</strong>
                )}
              </>
            }
          />
        ) : (
          <Figure name="Cell" value="none" note="choose one to see how long it lasts" />
        )}
        <Figure
          name="Window"
          value={microcoulombsPerWindow === null ? 'unknown' : words(microcoulombsPerWindow)}
          {...(microcoulombsPerWindow !== null && { unit: 'µC' })}
          note={rate === null ? 'how often they come is not known' : rateWords(rate)}
        />
        <Figure
          name="Processor"
          value={percent(busyShare).replace(' %', '')}
          unit="%"
          note="of the time at work"
        />
        {feed && (
          <Figure
            name="At the feed"
            value={words(feed.averageMicroamps)}
            unit="µA"
            note={`${feed.volts} V: ${feed.feed}`}
          />
        )}
      </Figures>
    </div>
  )
}

const Assumed = ({
  price: { assumptions },
  settings,
}: {
  readonly price: DutyPrice
  readonly settings: DutySettings
}) => (
  <Panel title="What it assumes">
    {assumptions.length === 0 ? (
      <p class="soft">Nothing: with no setting changed these are the run’s own figures.</p>
    ) : (
      <ul class={styles['assumed']}>
        {assumptions.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
    )}
    <p class={styles['command']}>
      <span class="soft">The same on the command line</span>
      <code>{commandOf(settings)}</code>
    </p>
  </Panel>
)

function Windows({ model }: { readonly model: DutyModel }) {
  const rows = windowCosts(model)
  if (rows.length === 0) return null
  return (
    <Panel flush title="A window of the run" aside={<span class="soft">by the whole board, as it was</span>}>
      <Table
        caption="What a window of the run took"
        rows={rows}
        keyOf={({ name }) => name}
        columns={[
          { title: 'Phase', show: ({ name }) => name },
          { title: 'Passes', isNumber: true, show: ({ passes }) => String(Number(passes.toPrecision(4))) },
          {
            title: 'Time',
            isNumber: true,
            show: ({ seconds }) => duration(seconds),
          },
          { title: 'µC', isNumber: true, show: ({ microcoulombs }) => words(microcoulombs) },
          {
            title: 'Most of it',
            isWide: true,
            show: ({ microcoulombsByPart }) => (
              <span class="soft">
                {Object.entries(microcoulombsByPart)
                  .sort(([, a], [, b]) => b - a)
                  .slice(0, 3)
                  .map(([part, charge]) => `${part} ${words(charge)}`)
                  .join(', ')}
              </span>
            ),
          },
        ]}
      />
    </Panel>
  )
}
