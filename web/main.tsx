import '@fontsource-variable/inter/wght.css'
import '@fontsource-variable/jetbrains-mono/wght.css'
import './design/tokens.css'
import './design/base.css'
import { render } from 'preact'
import { keepOffline } from './offline/register.ts'
import { Shell } from './app/shell.tsx'
import { listenForKeys } from './state/commands.ts'
import { loadApps, openUrl } from './state/opening.ts'
import { address } from './state/address.ts'

listenForKeys()
void loadApps()
void keepOffline()
void openNamed(address.value.values)

/** What the address names, on the page's own server: the second of two comes to the front. */
async function openNamed({ open, with: other }: Readonly<Record<string, string>>): Promise<void> {
  if (open !== undefined && other?.includes('/')) await openUrl(other)
  if (open !== undefined) await openUrl(open)
}

const root = document.getElementById('app')
if (root) render(<Shell />, root)
