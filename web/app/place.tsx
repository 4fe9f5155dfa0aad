import { useSignal, useSignalEffect } from '@preact/signals'
import type { ComponentType } from 'preact'
import { Button } from '../design/controls.tsx'
import { Empty } from '../design/surfaces.tsx'
import type { OpenRun } from '../state/open-run.ts'
import type { View } from '../views/view.ts'

type Loaded = ComponentType<{ readonly run: OpenRun }>

/** A view, once its code is there. */
export function Place({ view, run }: { readonly view: View; readonly run: OpenRun }) {
  const loaded = useSignal<Loaded | undefined>(undefined)
  const failed = useSignal(false)
  const attempt = useSignal(0)
  useSignalEffect(() => {
    // Read, so that another attempt runs this again.
    if (attempt.value >= 0) failed.value = false
    view.load().then(
      (component) => (loaded.value = component),
      () => (failed.value = true),
    )
  })
  if (failed.value)
    return (
      <Empty icon="warning" title={`${view.title} could not be loaded`}>
        <p>The server that this page came from does not answer.</p>
        <Button kind="main" onClick={() => attempt.value++}>
          Try again
        </Button>
      </Empty>
    )
  const Component = loaded.value
  return Component ? <Component run={run} /> : <div aria-busy="true" />
}
