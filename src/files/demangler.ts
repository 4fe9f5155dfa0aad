import './host.ts'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { provideDemangler } from '../../runs/image/demangle.ts'

let loading: Promise<void> | undefined

/** Names are as the source has them from here on. It takes about 10 ms, once. */
export const loadDemangler = (): Promise<void> => (loading ??= load())

async function load(): Promise<void> {
  const wasm = fileURLToPath(import.meta.resolve('gecko-profiler-demangle/index_bg.wasm'))
  await provideDemangler(await readFile(wasm))
}
