import { worked, type Worked } from './engine-work.ts'

/** In Chromium: bundled, with the firmware given once. */
const scope = globalThis as unknown as {
  readonly postMessage: (answer: Worked) => void
  onmessage: (event: { readonly data: Uint8Array }) => void
}

scope.onmessage = ({ data }) => {
  scope.postMessage(worked(data))
}
