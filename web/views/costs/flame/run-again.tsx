import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { percent } from '../../../../runs/report/show/format.ts'
import { Button } from '../../../design/controls.tsx'
import { Empty } from '../../../design/surfaces.tsx'
import type { OpenRun } from '../../../state/open-run.ts'
import { withCalls } from './calls-of.ts'
import styles from './flame.module.css'

/** Of real time, between two looks at how far it is. */
const STEP_MILLISECONDS = 80

/** Calls were not recorded: the run can be made again with them, where there is one. */
export function RunAgain({ run }: { readonly run: OpenRun }) {
  const share = useSignal<number | undefined>(undefined)
  const failed = useSignal<string | undefined>(undefined)
  const isWanted = useRef(false)
  const goesOn = (): boolean => isWanted.current
  useEffect(
    () => () => {
      isWanted.current = false
    },
    [],
  )
  const go = async (): Promise<void> => {
    isWanted.current = true
    failed.value = undefined
    share.value = 0
    try {
      while (goesOn()) {
        const answer = await run.link.call.runAgain(STEP_MILLISECONDS)
        share.value = answer.share
        if (answer.report) {
          withCalls(run).value = answer.report
          return
        }
      }
    } catch (cause) {
      failed.value = cause instanceof Error ? cause.message : String(cause)
    }
    share.value = undefined
  }
  const isAlone = run.facts.value?.whyNoReplay !== ''
  return (
    <Empty icon="costs" title="Calls were not recorded">
      <p>
        Recording who called whom slows a run down, so it is done where it is asked for.{' '}
        {isAlone
          ? `This cannot be run again: ${run.facts.value?.whyNoReplay ?? ''}. Calls are in a report of boardless run --functions.`
          : 'The same run is made again with calls: its cycles stay what they are.'}
      </p>
      {failed.value !== undefined && <p role="alert">{failed.value}</p>}
      {!isAlone &&
        (share.value === undefined ? (
          <Button kind="main" icon="reset" onClick={() => void go()}>
            Run it again with calls
          </Button>
        ) : (
          <div class={styles['again']}>
            <progress
              class={styles['progress']}
              max={1}
              value={share.value}
              aria-label="How far it has come"
            />
            <span class="number soft">{percent(share.value)} of the run</span>
            <Button icon="close" onClick={() => (isWanted.current = false)}>
              Stop
            </Button>
          </div>
        ))}
    </Empty>
  )
}
