import { type Signal, useSignal } from '@preact/signals'
import { parseInstant, parseStretch } from '../../../../runs/recording/instant.ts'
import { Dialog } from '../../../app/dialog.tsx'
import { Button, Field, inputClass } from '../../../design/controls.tsx'
import type { TimelineState } from '../state/timeline-state.ts'
import styles from '../timeline.module.css'

/** A time or a stretch, as the command line takes them. */
export function GoTo({ state, isOpen }: { readonly state: TimelineState; readonly isOpen: Signal<boolean> }) {
  const refused = useSignal('')
  const go = (text: string): void => {
    try {
      const { to: end } = state.own.value
      if (/\.\.|\+/.test(text)) {
        const stretch = parseStretch(text, end)
        state.select(stretch.from, stretch.to)
        state.fit(stretch, 0.1)
      } else {
        const cycle = parseInstant(text, end)
        state.show(cycle)
        state.markers.value = [cycle, ...state.markers.value.slice(1)]
      }
      refused.value = ''
      isOpen.value = false
    } catch (cause) {
      refused.value = cause instanceof Error ? cause.message : String(cause)
    }
  }
  return (
    <Dialog isOpen={isOpen} label="Go to a time">
      <form
        class={styles['goTo']}
        onSubmit={(event) => {
          event.preventDefault()
          go(new FormData(event.currentTarget).get('where') as string)
        }}
      >
        <Field label="A time, or a stretch">
          <input
            class={inputClass}
            name="where"
            autofocus
            placeholder="1.5s · 64000c · end-10ms · 1s+20ms · 1s..2s"
            autocomplete="off"
          />
        </Field>
        <p class={styles['refused']} role="alert">
          {refused.value}
        </p>
        <Button kind="main" onClick={() => undefined}>
          Go
        </Button>
      </form>
    </Dialog>
  )
}
