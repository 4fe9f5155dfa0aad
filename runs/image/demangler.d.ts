/** What gecko-profiler-demangle does not declare, as it is used. */
declare module 'gecko-profiler-demangle/index_bg.js' {
  export function demangle_any(name: string): string
  export function __wbg_set_wasm(exports: object): void
}

// The compiler's library for Node has no WebAssembly.
declare namespace WebAssembly {
  interface Exports {
    readonly __wbindgen_start?: () => void
  }
  function compile(bytes: Uint8Array): Promise<object>
  function instantiate(module: object, imports: object): Promise<{ readonly exports: Exports }>
}
