/** What takes memory, each byte once. */
export interface MemoryItem {
  /** Demangled; of what has no symbol, what it is. */
  readonly name: string
  readonly kind: 'function' | 'data' | 'unnamed'
  readonly section: string
  /** Source file as debug information has it; null where it does not say. */
  readonly file: string | null
  /** Of its declaration, or of a function's first instruction; left out where nothing says. */
  readonly line?: number
  readonly address: number
  /** Of it all, where there are several pieces. */
  readonly bytes: number
  readonly inFlash: boolean
  readonly inRam: boolean
}

/** A tensor that lives in the arena from one operator to another, as the model has it. */
export interface TensorLife {
  readonly name: string
  readonly shape: readonly number[]
  readonly type: string
  readonly bytes: number
  /** Operators, from 0; -1: it is an input, there before the first. */
  readonly from: number
  readonly to: number
}

export interface ModelLives {
  /** Of the report's `models`. */
  readonly address: number
  readonly operators: readonly string[]
  readonly tensors: readonly TensorLife[]
  /** What lives while each operator runs. */
  readonly liveBytes: readonly number[]
  /** Tensors whose size the model does not say; variables, which are kept between invocations. */
  readonly unknown: readonly string[]
}

export type MemoryAnswer =
  | {
      readonly kind: 'found'
      readonly items: readonly MemoryItem[]
      readonly models: readonly ModelLives[]
    }
  /** In a sentence. */
  | { readonly kind: 'unknown'; readonly why: string }
