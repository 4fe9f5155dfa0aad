import { untracked, useSignal, useSignalEffect } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { operatorName } from '../../../runs/recording/query/operator-name.ts'
import { Button } from '../../design/controls.tsx'
import { FileInput } from '../../design/file-choice.tsx'
import { Empty } from '../../design/surfaces.tsx'
import { layMeasured, measuredOf } from '../../state/measured.ts'
import { offer } from '../../state/commands.ts'
import type { OpenRun } from '../../state/open-run.ts'
import { lasting } from './model/text.ts'
import { Details, Figures } from './parts/details.tsx'
import { GoTo } from './parts/go-to.tsx'
import { Stage } from './parts/stage.tsx'
import { Strip } from './parts/strip.tsx'
import { Toolbar } from './parts/toolbar.tsx'
import { readAddress, writeAddress } from './state/in-address.ts'
import { timelineCommands } from './state/commands.ts'
import { Measuring } from './state/measuring.ts'
import { Search } from './state/search.ts'
import { TimelineState } from './state/timeline-state.ts'
import styles from './timeline.module.css'

/** When what happened, and what it took. */
export function TimelineView({ run }: { readonly run: OpenRun }) {
  const facts = run.facts.value
  if (facts?.kind === 'report')
    return (
      <Empty icon="timeline" title="A report has sums, and no timeline">
        <p>
          Record the run to see when each thing happened:{' '}
          <code>boardless run FILE --record run.boardless</code>, and open that.
        </p>
      </Empty>
    )
  if (!facts || facts.to <= facts.from)
    return (
      <Empty icon="play" title="It has not run yet">
        <p>Its timeline grows while it runs.</p>
        <Button kind="main" icon="play" onClick={() => void run.link.call.go('fast')}>
          Run
        </Button>
      </Empty>
    )
  return <Shown run={run} />
}

function Shown({ run }: { readonly run: OpenRun }) {
  const { state, search, measuring } = useMemo(() => {
    const made = new TimelineState(run)
    return { state: made, search: new Search(made), measuring: new Measuring(made) }
  }, [run])
  const isOpen = useSignal(false)
  const isGoing = useSignal(false)
  const nameOf = (track: string, name: string): string => operatorName(run.report.value, track, name)
  const keep = (): void => {
    const { value: selection } = state.selection
    const [a] = state.markers.value
    if (selection) state.names.keep(selection)
    else if (a !== undefined) state.names.keep({ from: a, to: null })
    else return
    isOpen.value = true
  }
  const file = useRef<HTMLInputElement>(null)
  const goTo = (): void => {
    isGoing.value = true
  }
  useSignalEffect(() => {
    const { facts } = measuredOf(run)
    if (facts.value)
      untracked(() => {
        isOpen.value = true
        state.drawAnew()
      })
    else state.movesMeasured.value = false
  })
  useEffect(() => {
    readAddress(state)
    const undo = [
      measuring.start(),
      writeAddress(state),
      offer(
        timelineCommands(state, search, {
          goTo,
          keep,
          toggleDetails: () => (isOpen.value = !isOpen.value),
          chooseMeasured: () => file.current?.click(),
        }),
      ),
    ]
    return () => {
      for (const one of undo) one()
    }
  }, [state])
  return (
    <div class={styles['timeline']}>
      <h1 class="unseen">Timeline of {run.facts.value?.title}</h1>
      <Toolbar
        state={state}
        search={search}
        goTo={goTo}
        chooseMeasured={() => file.current?.click()}
        showMeasured={() => (isOpen.value = true)}
      />
      <FileInput
        input={file}
        accept=".ppk2,.csv,.tsv,.txt"
        take={([chosen]) => {
          void layMeasured(run, chosen)
        }}
      />
      <Stage state={state} nameOf={(row, name) => nameOf(row.info.id, name)} />
      <Strip
        state={state}
        measuring={measuring}
        isOpen={isOpen.value}
        onToggle={() => (isOpen.value = !isOpen.value)}
      />
      {isOpen.value && <Details state={state} measuring={measuring} nameOf={nameOf} keep={keep} />}
      {!isOpen.value && <Unseen state={state} measuring={measuring} nameOf={nameOf} />}
      <GoTo state={state} isOpen={isGoing} />
    </div>
  )
}

/** Beside the canvas, for who does not see it. */
function Unseen({
  state,
  measuring,
  nameOf,
}: {
  readonly state: TimelineState
  readonly measuring: Measuring
  readonly nameOf: (track: string, name: string) => string
}) {
  const shown = useSignal(measuring.measured.value)
  useSignalEffect(() => {
    shown.value = measuring.measured.value
  })
  const measured = shown.value
  return (
    <div class="unseen" id="timeline-statistics">
      {measured && (
        <>
          <p>{`${lasting(measured.to - measured.from)} from ${lasting(measured.from)} on.`}</p>
          <Figures state={state} statistics={measured.statistics} nameOf={nameOf} />
        </>
      )}
    </div>
  )
}
