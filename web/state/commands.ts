import { signal } from '@preact/signals'

/** Something the user can do: by the palette, by its keys, or by a button that runs it too. */
export interface Command {
  readonly id: string
  readonly title: string
  readonly group: string
  /** As they are shown: "Space", "Shift+Left", "g t" for one after the other. */
  readonly keys?: string
  /** Whether it can be done now; always, when not given. */
  readonly isPossible?: () => boolean
  readonly run: () => void
}

const known = signal<readonly Command[]>([])

export const commands = known as { readonly value: readonly Command[] }

/** @returns what takes them away again: for an effect of a view that comes and goes */
export function offer(more: readonly Command[]): () => void {
  const ids = new Set(more.map(({ id }) => id))
  known.value = [...known.value.filter(({ id }) => !ids.has(id)), ...more]
  return () => (known.value = known.value.filter((one) => !more.includes(one)))
}

const keyOf = (event: KeyboardEvent): string =>
  [
    (event.ctrlKey || event.metaKey) && 'Ctrl',
    event.altKey && 'Alt',
    event.shiftKey && event.key.length > 1 && 'Shift',
    names[event.key] ?? event.key,
  ]
    .filter(Boolean)
    .join('+')

const names: Readonly<Record<string, string>> = {
  ' ': 'Space',
  ArrowLeft: 'Left',
  ArrowRight: 'Right',
  ArrowUp: 'Up',
  ArrowDown: 'Down',
}

let before = ''
let beforeAt = 0
const SEQUENCE_MILLISECONDS = 1000

/** Keys typed into a field are the field's. */
const isTyping = ({ target }: KeyboardEvent): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))

/** Of a button in focus, these press it. */
const pressesButton = ({ target, key }: KeyboardEvent): boolean =>
  target instanceof HTMLElement &&
  (key === ' ' || key === 'Enter') &&
  target.closest('button, a, summary, [role="button"], tr[tabindex]') !== null

export function listenForKeys(): void {
  addEventListener('keydown', (event) => {
    const key = keyOf(event)
    if ((isTyping(event) && !key.startsWith('Ctrl+')) || pressesButton(event) || event.defaultPrevented)
      return
    const sequence = event.timeStamp - beforeAt < SEQUENCE_MILLISECONDS ? `${before} ${key}` : key
    const found =
      known.value.find(({ keys }) => keys === sequence) ?? known.value.find(({ keys }) => keys === key)
    before = key
    beforeAt = event.timeStamp
    if (!found || found.isPossible?.() === false) return
    event.preventDefault()
    before = ''
    found.run()
  })
}
