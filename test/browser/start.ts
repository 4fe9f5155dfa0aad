/** What a page or its worker does before and with a run: bundled for a browser by runs-in-browser.test.ts. */
import { blobSource } from '../../runs/bytes/byte-source.ts'
import { provideHost } from '../../runs/bytes/host.ts'
import { portableHost } from '../../runs/bytes/portable.ts'
import { provideDemangler } from '../../runs/image/demangle.ts'
import { aRun } from './a-run.ts'
import type { Ran } from './a-run.ts'

interface Scope {
  start: (seconds: number) => Promise<Ran>
  postMessage: (message: unknown) => void
  onmessage: (event: { readonly data: number }) => void
  readonly fetch: (url: string) => Promise<{ blob: () => Promise<Blob> }>
  readonly document?: unknown
}

const scope = globalThis as unknown as Scope
const blob = async (name: string): Promise<Blob> => (await scope.fetch(`/${name}`)).blob()

async function start(seconds: number): Promise<Ran> {
  provideHost(portableHost)
  await provideDemangler(new Uint8Array(await (await blob('demangler.wasm')).arrayBuffer()))
  return aRun(
    blobSource('firmware.elf', await blob('firmware.elf')),
    blobSource('heldout.csv', await blob('heldout.csv')),
    seconds,
  )
}

if (scope.document) scope.start = start
else
  scope.onmessage = ({ data }) => {
    start(data).then(scope.postMessage, (error: unknown) => scope.postMessage(String(error)))
  }
