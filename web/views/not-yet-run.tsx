import { Button } from '../design/controls.tsx'
import { Empty } from '../design/surfaces.tsx'
import type { OpenRun } from '../state/open-run.ts'

/** In place of figures, until there are any. */
export function NotYetRun({ run }: { readonly run: OpenRun }) {
  const { call } = run.link
  const isRunning = run.live.value?.isRunning ?? false
  return (
    <Empty icon="play" title={isRunning ? 'It runs' : 'It has not run yet'}>
      <p>
        {isRunning
          ? 'Figures are there as soon as it is paused or has ended.'
          : 'Figures are made of a run: of as much of it as you let pass.'}
      </p>
      {isRunning ? (
        <Button
          icon="pause"
          onClick={() => {
            void call.pause()
          }}
        >
          Pause
        </Button>
      ) : (
        <Button
          kind="main"
          icon="play"
          onClick={() => {
            void call.go('fast')
          }}
        >
          Run
        </Button>
      )}
    </Empty>
  )
}
