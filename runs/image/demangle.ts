// @ts-expect-error -- it declares what it exports at its front door only
import * as untyped from 'gecko-profiler-demangle/index_bg.js'

const glue = untyped as {
  demangle_any(name: string): string
  __wbg_set_wasm(exports: object): void
}

// The compiler's library for Node has no WebAssembly.
const { WebAssembly } = globalThis as unknown as {
  WebAssembly: {
    compile(bytes: Uint8Array): Promise<object>
    instantiate(module: object, imports: object): Promise<{ exports: Record<string, unknown> }>
  }
}

/** gecko-profiler-demangle: WebAssembly, whose bytes whoever starts has; or none, and names stay as the linker has them. */
let demangleAny: ((name: string) => string) | undefined

/** Before any name is asked for. @param wasm index_bg.wasm of gecko-profiler-demangle */
export async function provideDemangler(wasm: Uint8Array): Promise<void> {
  const module = await WebAssembly.compile(wasm)
  const { exports } = await WebAssembly.instantiate(module, { './index_bg.js': glue })
  glue.__wbg_set_wasm(exports)
  const start = exports['__wbindgen_start'] as (() => void) | undefined
  start?.()
  demangleAny = (name) => glue.demangle_any(name)
}

/** In place of one: names stay as the linker has them. */
export function withoutDemangler(): void {
  demangleAny = (name) => name
}

/** A C++ or Rust name as the source has it, without return type; any other name unchanged. */
export function demangle(name: string): string {
  if (!/^_[ZR]/.test(name)) return name
  if (!demangleAny) throw new Error('names are asked for before provideDemangler or withoutDemangler')
  const demangled = demangleAny(name)
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
