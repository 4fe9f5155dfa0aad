import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { Button, inputClass } from '../../design/controls.tsx'
import { Panel } from '../../design/surfaces.tsx'
import type { Desk } from './desk.ts'
import styles from './run.module.css'

const hex = (address: number): string => `0x${address.toString(16)}`

/** Where the processor is, in its function; a press on an address stops there. */
export function CodePanel({ desk }: { readonly desk: Desk }) {
  const view = desk.view.value
  const list = useRef<HTMLDivElement>(null)
  const pc = view?.registers[15]
  useEffect(() => {
    const box = list.current
    const here = box?.querySelector<HTMLElement>('[data-next]')
    if (!box || !here) return
    const top = here.offsetTop - box.offsetTop
    if (top < box.scrollTop + 20 || top > box.scrollTop + box.clientHeight - 40)
      box.scrollTop = top - box.clientHeight / 3
  }, [pc, view?.cycle])
  const toggle = (address: number): void => {
    const place = hex(address)
    const places = desk.breakpoints.value
    desk.breakAt(places.includes(place) ? places.filter((one) => one !== place) : [...places, place])
  }
  return (
    <Panel
      title={view?.function ? view.function : 'Code'}
      flush
      aside={<span class="mono soft">{desk.isRunning ? 'as it last stood' : (view?.where ?? '')}</span>}
    >
      <div class={styles['code']} ref={list} tabIndex={0} role="region" aria-label="Instructions">
        {view?.code.map(({ address, text, target, source, isNext, hasBreakpoint }) => (
          <div key={address} class={styles['instruction']} data-next={isNext ? '' : undefined}>
            <button
              type="button"
              class={styles['address']}
              aria-pressed={hasBreakpoint}
              title={hasBreakpoint ? 'Do not stop here' : 'Stop here'}
              onClick={() => {
                toggle(address)
              }}
            >
              {hex(address)}
            </button>
            <span>
              {text}
              {target !== '' && <span class="soft"> {`<${target}>`}</span>}
            </span>
            <span class="soft">{source}</span>
          </div>
        ))}
      </div>
      <Breakpoints desk={desk} />
    </Panel>
  )
}

function Breakpoints({ desk }: { readonly desk: Desk }) {
  const place = useSignal('')
  const places = desk.breakpoints.value
  return (
    <form
      class={styles['stops']}
      onSubmit={(event) => {
        event.preventDefault()
        const text = place.value.trim()
        if (text !== '' && !places.includes(text)) desk.breakAt([...places, text])
        place.value = ''
      }}
    >
      <input
        class={`${inputClass} mono`}
        aria-label="Stop at"
        placeholder="Stop at FUNCTION, FILE:LINE or 0xADDRESS"
        value={place.value}
        onInput={({ currentTarget }) => (place.value = currentTarget.value)}
      />
      {places.map((one) => (
        <span key={one} class={styles['stop']}>
          <span class="mono">{one}</span>
          <Button
            kind="quiet"
            icon="close"
            title={`Do not stop at ${one}`}
            onClick={() => {
              desk.breakAt(places.filter((other) => other !== one))
            }}
          />
        </span>
      ))}
    </form>
  )
}
