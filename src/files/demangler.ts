import './host.ts'
import { readFile } from 'node:fs/promises'
import { provideDemangler } from '../../runs/image/demangle.ts'
import { built, builtFile } from '../built.ts'

const demanglerBytes = 'gecko-profiler-demangle/index_bg.wasm'

let loading: Promise<void> | undefined

/** Names are as the source has them from here on. It takes about 10 ms, once. */
export const loadDemangler = (): Promise<void> => (loading ??= load())

async function load(): Promise<void> {
  await provideDemangler(
    await readFile(built ? builtFile(built.demangler) : new URL(import.meta.resolve(demanglerBytes))),
  )
}
