import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

interface Glue {
  demangle_any(name: string): string
  __wbg_set_wasm(exports: Record<string, unknown>): void
}

// The compiler's library for Node has no WebAssembly.
const { WebAssembly } = globalThis as unknown as {
  WebAssembly: {
    compile(bytes: Uint8Array): Promise<object>
    instantiate(module: object, imports: object): Promise<{ exports: Record<string, unknown> }>
  }
}

let glue: Glue | undefined
let loading: Promise<void> | undefined

/** Loads the demangler (a WebAssembly module, about 10 ms) once; `demangle` before that leaves names as they are. */
export const loadDemangler = (): Promise<void> => (loading ??= load())

async function load(): Promise<void> {
  // The package's own index.js imports WebAssembly as a module, which Node 20 does only behind a flag.
  const path = 'gecko-profiler-demangle/index_bg.js'
  const loaded = (await import(path)) as Glue
  const wasm = fileURLToPath(import.meta.resolve('gecko-profiler-demangle/index_bg.wasm'))
  const module = await WebAssembly.compile(readFileSync(wasm))
  const instance = await WebAssembly.instantiate(module, { './index_bg.js': loaded })
  loaded.__wbg_set_wasm(instance.exports)
  const start = instance.exports['__wbindgen_start'] as (() => void) | undefined
  start?.()
  glue = loaded
}

/** A C++ or Rust name as the source has it, without return type; any other name unchanged. */
export function demangle(name: string): string {
  if (!glue || !/^_[ZR]/.test(name)) return name
  const demangled = glue.demangle_any(name)
  return demangled === name.slice(1) ? name : demangled
}

/** Without parameters and without the compiler's clone suffix: short enough for a table. */
export function shortName(demangled: string): string {
  const name = demangled.replace(/ \[clone [^\]]*\]/g, '').replace(/\(anonymous namespace\)/g, '{anonymous}')
  const open = parameterList(name)
  return (open > 0 ? name.slice(0, open) : name).replace(/\{anonymous\}/g, '(anonymous)')
}

/** Where the outermost parameter list opens; the end of the name where there is none. */
function parameterList(name: string): number {
  let depth = 0
  for (let i = 0; i < name.length; i++) {
    const c = name[i]
    if (c === '<' && !/operator<*$/.test(name.slice(0, i))) depth++
    else if (c === '>' && depth > 0 && name[i - 1] !== '-') depth--
    else if (c === '(' && depth === 0 && !name.slice(0, i).endsWith('operator')) return i
  }
  return name.length
}
