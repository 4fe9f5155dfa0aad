import { address, remember } from '../../state/address.ts'

export const tabs = [
  ['recommended', 'Recommended'],
  ['claims', 'Claims'],
  ['rows', 'Techniques'],
  ['made', 'Made with'],
] as const

export type Tab = (typeof tabs)[number][0]

/** What the URL says; what is recommended where it says nothing. */
export const currentTab = (): Tab =>
  tabs.find(([id]) => id === address.value.values['lab'])?.[0] ?? 'recommended'

export const showTab = (tab: Tab): void => {
  remember({ lab: tab })
}

/** Which technique is looked at, by its id; undefined where the URL names none. */
export const chosenRow = (): string | undefined => address.value.values['row']

export const showRow = (id: string): void => {
  remember({ lab: 'rows', row: id })
}

/** What accuracy is drawn against. */
export const against = (): 'latency' | 'flash' =>
  address.value.values['against'] === 'flash' ? 'flash' : 'latency'
