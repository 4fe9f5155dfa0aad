import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { Button, inputClass } from '../../design/controls.tsx'
import { Panel } from '../../design/surfaces.tsx'
import type { OpenRun } from '../../state/open-run.ts'
import type { Desk } from './desk.ts'
import styles from './run.module.css'

/** So much is in the document; the rest is in what is saved. */
const SHOWN_CHARACTERS = 20_000

/** What the firmware prints, and what one types to it. */
export function ConsolePanel({ run, desk }: { readonly run: OpenRun; readonly desk: Desk }) {
  const output = useRef<HTMLPreElement>(null)
  const follows = useRef(true)
  const typed = useSignal('')
  const text = run.console.value
  useEffect(() => {
    if (follows.current && output.current) output.current.scrollTop = output.current.scrollHeight
  }, [text])
  const send = (): void => {
    desk.type(`${typed.value}\n`)
    typed.value = ''
  }
  return (
    <Panel
      title="Console"
      flush
      aside={
        <Button
          kind="quiet"
          title="Save the console as text"
          disabled={text === ''}
          onClick={() => {
            desk.saveConsole()
          }}
        >
          Save text
        </Button>
      }
    >
      <pre
        ref={output}
        class={styles['console']}
        tabIndex={0}
        role="log"
        aria-label="Console"
        onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
          follows.current = scrollTop + clientHeight >= scrollHeight - 8
        }}
      >
        {text === '' ? <span class="soft">Nothing printed yet</span> : text.slice(-SHOWN_CHARACTERS)}
      </pre>
      <form
        class={styles['type']}
        onSubmit={(event) => {
          event.preventDefault()
          send()
        }}
      >
        <input
          class={`${inputClass} mono`}
          aria-label="Type to the firmware"
          placeholder="Type to its UART and semihosting, Enter sends it"
          value={typed.value}
          disabled={desk.isOver}
          onInput={({ currentTarget }) => (typed.value = currentTarget.value)}
        />
        <Button disabled={desk.isOver} onClick={send}>
          Send
        </Button>
      </form>
    </Panel>
  )
}
