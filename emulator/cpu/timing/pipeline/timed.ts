import type { Decoded, TableEntry } from '../../instructions/table.ts'

/** An instruction at its place: all that fixed timing depends on. */
export interface Timed {
  readonly address: number
  readonly entry: TableEntry
  readonly decoded: Decoded
  readonly opcode: number
  /** ITSTATE that belongs to the address. */
  readonly itState: number
}
