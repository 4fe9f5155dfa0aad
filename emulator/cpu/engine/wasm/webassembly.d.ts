/** The part of the WebAssembly JavaScript interface that the core uses; it is the same in Node and in browsers. */
declare namespace WebAssembly {
  interface Module {
    readonly __brand: 'Module'
  }
  const Module: new (bytes: Uint8Array<ArrayBuffer>) => Module
  class Memory {
    constructor(descriptor: { initial: number; maximum?: number })
    readonly buffer: ArrayBuffer
  }
  class Instance {
    constructor(module: Module, imports: Record<string, Record<string, unknown>>)
    readonly exports: Record<string, unknown>
  }
  function validate(bytes: Uint8Array<ArrayBuffer>): boolean
}
