import { signal } from '@preact/signals'

/**
 * The state of the view, in the fragment of the URL, so that it can be shared: `#timeline?from=0&to=64000`. What changes
 * often replaces the entry in the history; another view adds one.
 */
export interface Address {
  readonly view: string
  readonly values: Readonly<Record<string, string>>
}

const read = (): Address => {
  const [view = '', query = ''] = location.hash.slice(1).split('?')
  return { view, values: Object.fromEntries(new URLSearchParams(query)) }
}

export const address = signal<Address>(read())

addEventListener('hashchange', () => (address.value = read()))

const textOf = ({ view, values }: Address): string => {
  const query = new URLSearchParams(Object.entries(values)).toString()
  return `#${view}${query === '' ? '' : `?${query}`}`
}

export function goTo(view: string): void {
  const next = { ...address.value, view }
  if (next.view === address.value.view) return
  history.pushState(null, '', textOf(next))
  address.value = next
}

/** Sets values, and removes those that are undefined. */
export function remember(values: Readonly<Record<string, string | number | undefined>>): void {
  const merged = Object.entries({ ...address.value.values, ...values })
  const kept = merged.flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)] as const]))
  const next = { ...address.value, values: Object.fromEntries(kept) }
  history.replaceState(null, '', textOf(next))
  address.value = next
}
