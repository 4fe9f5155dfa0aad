/**
 * What a saved state is made of: values that have no identity and no behaviour, so that a copy is as good as the
 * original. Typed arrays and maps are allowed because memories and counters are made of them.
 */
export type Plain =
  | undefined
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Int32Array
  | Uint32Array
  | Float64Array
  | BigUint64Array
  | readonly Plain[]
  | { readonly [key: string]: Plain }

/**
 * A module with state of its own. It alone writes and reads what it saves. `save` gives plain data (`Plain`) that later
 * changes of the module do not reach; `restore` takes such data into a module that was made with the same arguments, and
 * leaves it as the saved one was: what it does from then on is the same, to the cycle.
 */
export interface Saved<State> {
  save(): State
  restore(state: State): void
}
