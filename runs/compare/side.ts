import type { RunReport } from '../report/run-report.ts'
import type { MemoryItem } from '../session/memory/protocol.ts'

/** One of two runs that are compared. */
export interface Side {
  readonly name: string
  readonly report: RunReport
  /** What its firmware says, where that is there. */
  readonly details?: RunDetails | undefined
  /** Why there are none, a sentence without its full stop; empty where nobody wants to know. */
  readonly noDetails?: string | undefined
}

/** Plain data: it goes from one worker to another. */
export interface RunDetails {
  readonly functions: readonly CodeOfFunction[]
  readonly memory: readonly MemoryItem[]
  /** null where they are not known. */
  readonly lines: readonly LineCost[] | null
  /** Why they are not; empty where they are. */
  readonly noLines: string
}

export interface CodeOfFunction {
  readonly name: string
  readonly address: number
  readonly bytes: number
  readonly file: string | null
  /** The same for the same instructions, whatever they branch to and wherever they lie. */
  readonly code: string
}

/** What a line of the source cost, wherever it was inlined. */
export interface LineCost {
  readonly file: string
  readonly line: number
  /** That it stands in. */
  readonly function: string | null
  readonly cycles: number
  /** Of each copy its most executed instruction, summed. */
  readonly executions: number
  /** null where they were not counted. */
  readonly reasons: Readonly<Record<string, number>> | null
  /** The instructions of its first copy without their operands. */
  readonly code: string
}
