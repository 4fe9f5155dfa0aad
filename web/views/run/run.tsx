import { useEffect } from 'preact/hooks'
import { Notice } from '../../design/surfaces.tsx'
import { Button } from '../../design/controls.tsx'
import { offer } from '../../state/commands.ts'
import type { OpenRun } from '../../state/open-run.ts'
import { BoardPanel } from './board.tsx'
import { CodePanel } from './code.tsx'
import { commandsOf } from './commands.ts'
import { ConsolePanel } from './console.tsx'
import { CurrentPanel } from './current.tsx'
import { deskOf, type Desk } from './desk.ts'
import { CrashPanel } from './crash.tsx'
import { MachinePanel } from './machine.tsx'
import { PredictionsPanel } from './predictions.tsx'
import { SetupPanel } from './setup.tsx'
import { Toolbar } from './toolbar.tsx'
import styles from './run.module.css'

/** Firmware that runs here: what it prints, draws, lights and predicts, and where it is. */
export function RunView({ run }: { readonly run: OpenRun }) {
  const desk = deskOf(run)
  useEffect(() => desk.follow(), [desk])
  useEffect(() => offer(commandsOf(desk)), [desk])
  const state = run.live.value
  const isAtReset = state === undefined || (state.cycle === 0 && !state.isRunning)
  return (
    <div class={styles['view']}>
      <h1 class="unseen">Run</h1>
      <Toolbar run={run} desk={desk} />
      <Trouble desk={desk} />
      <div class={styles['panels']}>
        <div class={styles['column']}>
          {isAtReset && <SetupPanel run={run} desk={desk} />}
          {state?.fault && <CrashPanel fault={state.fault} />}
          <BoardPanel run={run} desk={desk} />
          <CurrentPanel run={run} desk={desk} />
          <PredictionsPanel desk={desk} />
        </div>
        <div class={styles['column']}>
          <ConsolePanel run={run} desk={desk} />
          <CodePanel desk={desk} />
          <MachinePanel desk={desk} />
        </div>
      </div>
    </div>
  )
}

const Trouble = ({ desk }: { readonly desk: Desk }) =>
  desk.trouble.value === undefined ? null : (
    <div class={styles['trouble']}>
      <Notice kind="bad">{desk.trouble.value}</Notice>
      <Button kind="quiet" icon="close" title="Dismiss" onClick={() => (desk.trouble.value = undefined)} />
    </div>
  )
