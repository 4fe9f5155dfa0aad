/** What goes through the queue. */
import type { Job } from '../lab/engine/engine.ts'

export interface Work {
  /** SHA-256 of the bench's text. */
  readonly bench: string
  readonly job: Job
}

/** What a worker says while it works. */
export interface Step {
  readonly host: string
  readonly step: string
}

export type Done =
  | {
      /** Keys and what was made, as JSON text: read back once, and the same to the bit. */
      readonly made: readonly (readonly [key: string, text: string])[]
    }
  /** What is wrong with what was asked for: the lab says so as if it had been made here. */
  | { readonly refused: string; readonly exitCode: number }
