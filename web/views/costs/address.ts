import { address, remember } from '../../state/address.ts'

export const tabs = [
  ['operators', 'Operators'],
  ['functions', 'Functions'],
  ['flame', 'Flame graph'],
  ['annotated', 'Annotated'],
  ['current', 'Current'],
] as const

export type Tab = (typeof tabs)[number][0]

/** What the URL says; operators where it says nothing. */
export const currentTab = (): Tab =>
  tabs.find(([id]) => id === address.value.values['costs'])?.[0] ?? 'operators'

export const showTab = (tab: Tab): void => {
  remember({ costs: tab })
}

/** Address of the function that is looked at; undefined for none. */
export const chosenFunction = (): number | undefined => {
  const text = address.value.values['fn']
  return text !== undefined && /^0x[0-9a-f]{1,8}$/i.test(text) ? Number(text) : undefined
}

/** Annotates a function. */
export const openFunction = (start: number): void => {
  remember({ costs: 'annotated', fn: `0x${start.toString(16)}` })
}
