import { address, remember } from '../../state/address.ts'

export const tabs = [
  ['figures', 'Figures'],
  ['operators', 'Operators'],
  ['functions', 'Functions'],
  ['lines', 'Lines'],
  ['memory', 'Memory'],
  ['current', 'Current'],
] as const

export type Tab = (typeof tabs)[number][0]

/** What the URL says; figures where it says nothing. */
export const currentTab = (): Tab => tabs.find(([id]) => id === address.value.values['by'])?.[0] ?? 'figures'

export const showTab = (tab: Tab): void => {
  remember({ by: tab })
}

/** Names the function whose code is shown of both; undefined for none. */
export const chosenName = (): string | undefined => address.value.values['of']

export const choose = (name: string | undefined): void => {
  remember({ of: name })
}
