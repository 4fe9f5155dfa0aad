import { provideHost } from '../../runs/bytes/host.ts'
import { portableHost } from '../../runs/bytes/portable.ts'
import { withoutDemangler } from '../../runs/image/demangle.ts'
import { worked, type Worked } from './engine-work.ts'

/** In Chromium: bundled, with the firmware given once. */
const scope = globalThis as unknown as {
  readonly postMessage: (answer: Worked) => void
  onmessage: (event: { readonly data: Uint8Array }) => void
}

provideHost(portableHost)
withoutDemangler()

scope.onmessage = ({ data }) => {
  scope.postMessage(worked(data))
}
