import demangler from 'gecko-profiler-demangle/index_bg.wasm?url'
import { provideHost } from '../../runs/bytes/host.ts'
import { portableHost } from '../../runs/bytes/portable.ts'
import { provideDemangler } from '../../runs/image/demangle.ts'

/** What runs need before they are asked for anything, from the page's own files. */
export async function prepare(): Promise<void> {
  provideHost(portableHost)
  const response = await fetch(demangler)
  if (!response.ok) throw new Error(`${demangler}: ${response.status} ${response.statusText}`)
  await provideDemangler(new Uint8Array(await response.arrayBuffer()))
}
