import { effect, signal } from '@preact/signals'

export type Theme = 'light' | 'dark'

const KEY = 'theme'
const system = matchMedia('(prefers-color-scheme: dark)')

const stored = (): Theme | undefined => {
  const value = localStorage.getItem(KEY)
  return value === 'light' || value === 'dark' ? value : undefined
}

/** Chosen once, and the system's until then. */
export const theme = signal<Theme>(stored() ?? (system.matches ? 'dark' : 'light'))

system.addEventListener('change', ({ matches }) => {
  if (!stored()) theme.value = matches ? 'dark' : 'light'
})

effect(() => {
  document.documentElement.dataset['theme'] = theme.value
})

export function toggleTheme(): void {
  theme.value = theme.value === 'dark' ? 'light' : 'dark'
  localStorage.setItem(KEY, theme.value)
}
