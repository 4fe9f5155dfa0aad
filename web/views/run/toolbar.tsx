import { CYCLES_PER_SECOND } from '../../../emulator/time/ratio-clock.ts'
import { duration, grouped, percent } from '../../../runs/report/show/format.ts'
import type { LiveState, MachineView } from '../../../runs/session/protocol.ts'
import { Button, Segments } from '../../design/controls.tsx'
import type { OpenRun } from '../../state/open-run.ts'
import type { Desk } from './desk.ts'
import styles from './run.module.css'

export function Toolbar({ run, desk }: { readonly run: OpenRun; readonly desk: Desk }) {
  const state = run.live.value
  const { isRunning, isOver } = desk
  const isBusy = desk.isBusy.value
  const cannotStep = isBusy || isRunning
  return (
    <section class={styles['toolbar']} aria-label="Run">
      <div class={styles['controls']}>
        <Button
          kind="main"
          icon={isRunning ? 'pause' : 'play'}
          title={isRunning ? 'Pause' : 'Run'}
          keys="Space"
          disabled={isOver}
          onClick={() => {
            desk.toggle()
          }}
        >
          <span class={styles['go']}>{isRunning ? 'Pause' : 'Run'}</span>
        </Button>
        <div class={styles['steps']} role="group" aria-label="Steps">
          <Button
            icon="back"
            title="Back to before the last step or run"
            keys="b"
            disabled={cannotStep || state?.cycle === 0}
            onClick={() => {
              desk.undo()
            }}
          />
          {(
            [
              ['instruction', 'Instruction', '.'],
              ['line', 'Line', 'l'],
              ['inference', 'Inference', 'i'],
            ] as const
          ).map(([kind, text, keys]) => (
            <Button
              key={kind}
              title={`Step: ${text.toLowerCase()}`}
              keys={keys}
              disabled={cannotStep || (isOver && state?.cursor === undefined)}
              onClick={() => {
                desk.step(kind)
              }}
            >
              {text}
            </Button>
          ))}
          <Button
            icon="reset"
            title="Reset"
            keys="r"
            disabled={isBusy}
            onClick={() => {
              desk.reset()
            }}
          />
        </div>
        <Segments
          label="Pace"
          options={[
            ['fast', 'Fast'],
            ['real-time', 'Real time'],
          ]}
          value={desk.pace.value}
          onChange={(pace) => {
            desk.setPace(pace)
          }}
        />
        <span class={styles['spacer']} />
        <Button
          kind="quiet"
          icon="share"
          title="Save the run as .boardless"
          keys="s"
          disabled={isBusy || isRunning || state?.cycle === 0}
          onClick={() => {
            desk.save()
          }}
        >
          Save
        </Button>
        <Button
          kind="quiet"
          icon="report"
          title="Save the report as JSON"
          disabled={isBusy || isRunning || state?.cycle === 0}
          onClick={() => {
            desk.saveReport()
          }}
        />
      </div>
      <Status
        state={state}
        past={state?.cursor === undefined ? undefined : desk.view.value}
        isBusy={isBusy}
      />
      <Where state={state} desk={desk} />
    </section>
  )
}

/** What it is doing, in fixed places: nothing moves when a number gets longer. */
function Status({
  state,
  past,
  isBusy,
}: {
  readonly state: LiveState | undefined
  /** Where one looks, when that is in the past. */
  readonly past: MachineView | undefined
  readonly isBusy: boolean
}) {
  const [kind, text] = statusOf(state, isBusy)
  const { cycle = 0, instructions = 0, sleepCycles = 0 } = past ?? state ?? {}
  const awake = cycle > 0 ? 1 - sleepCycles / cycle : 0
  return (
    <div class={styles['status']}>
      <div class={styles['what']} data-kind={kind} role="status">
        {text}
      </div>
      <dl class={styles['numbers']}>
        <Number name="Simulated" value={duration(cycle / CYCLES_PER_SECOND)} />
        <Number name="Cycle" value={grouped(cycle)} wide />
        <Number name="Instructions" value={grouped(instructions)} wide />
        <Number name="Awake" value={percent(awake)} />
        <Number
          name="Real time"
          value={
            state?.timesRealTime === undefined
              ? '–'
              : `× ${grouped(state.timesRealTime, state.timesRealTime < 10 ? 2 : 0)}`
          }
        />
      </dl>
    </div>
  )
}

const Number = ({
  name,
  value,
  wide,
}: {
  readonly name: string
  readonly value: string
  readonly wide?: boolean
}) => (
  <div class={`${styles['number'] ?? ''} ${wide ? (styles['wide'] ?? '') : ''}`}>
    <dt>{name}</dt>
    <dd class="number">{value}</dd>
  </div>
)

function statusOf(state: LiveState | undefined, isBusy: boolean): readonly [kind: string, text: string] {
  if (!state) return ['ready', 'Ready']
  if (state.cursor !== undefined) return ['past', 'In the past']
  if (state.crashed) return ['bad', 'Crashed']
  if (state.ended !== undefined) return ['ended', `Over: ${state.ended}`]
  if (state.isRunning) return ['running', 'Running']
  if (isBusy) return ['running', 'Looking …']
  if (state.stoppedAt !== undefined) return ['paused', `Stopped at ${state.stoppedAt}`]
  return state.cycle === 0
    ? ['ready', 'Ready, at reset']
    : ['paused', state.isAsleep ? 'Paused, asleep' : 'Paused']
}

/** Anywhere in what has run. */
function Where({ state, desk }: { readonly state: LiveState | undefined; readonly desk: Desk }) {
  const end = state?.cycle ?? 0
  return (
    <div class={styles['where']}>
      <input
        type="range"
        aria-label="Where one looks"
        min="0"
        max={end || 1}
        step="1"
        value={state?.cursor ?? end}
        disabled={end === 0 || state?.isRunning}
        onChange={({ currentTarget }) => {
          const to = currentTarget.valueAsNumber
          desk.lookAt(to >= end ? Infinity : to)
        }}
      />
      <Button
        kind="quiet"
        title="To the present"
        keys="End"
        disabled={state?.cursor === undefined}
        onClick={() => {
          desk.lookAt(Infinity)
        }}
      >
        Present
      </Button>
    </div>
  )
}
