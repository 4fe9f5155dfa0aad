/**
 * Where the cycles of a function went, by line and by instruction: what `boardless annotate` writes with --json. The same
 * firmware and input give the same bytes; no path of the machine it was made on.
 */
export interface Annotation {
  readonly schemaVersion: 1
  readonly kind: 'annotation'
  readonly tool: { readonly name: 'boardless'; readonly version: string }
  readonly firmware: { readonly file: string; readonly sha256: string }
  readonly run: { readonly cycles: number; readonly awakeCycles: number; readonly stop: string }
  readonly function: FunctionSpent
  /** Of a function that is only inlined: its code in others, in the order of addresses; else empty. */
  readonly copies: readonly CopySpent[]
  /** By the function that was inlined, dearest first. What stands in the function itself is not among them. */
  readonly inlined: readonly InlinedSpent[]
  /** `inlined` is empty for its debug information is in .dwo files (-gsplit-dwarf), which are not read. */
  readonly isSplitDwarf: boolean
  /** Of the lines, as debug information has them. */
  readonly files: readonly { readonly path: string; readonly hasText: boolean }[]
  /** By file and line. */
  readonly lines: readonly LineSpent[]
  /** In the order of their addresses; data between them is not among them. */
  readonly instructions: readonly InstructionSpent[]
}

/** Of all executions together. */
export interface Spent {
  readonly cycles: number
  /** Of the function's own cycles, 0 to 1. */
  readonly share: number
  /** Cycles by reason, those that are not 0; null where they were not counted. */
  readonly reasons: Readonly<Record<string, number>> | null
}

export interface FunctionSpent extends Spent {
  readonly name: string
  readonly address: number
  readonly bytes: number
  readonly instructions: number
  /** Executions of its first instruction; null of one that is only inlined, where the compiler mixes what is around it in. */
  readonly entries: number | null
  /** Of the run's cycles awake. */
  readonly shareOfRun: number
}

/** All code that an inlined function has in another. */
export interface CopySpent extends Spent {
  /** Into which it was inlined. */
  readonly function: string
  /** Of the first of its instructions there. */
  readonly address: number
  readonly bytes: number
  readonly instructions: number
}

export interface InlinedSpent extends Spent {
  readonly name: string
  readonly instructions: number
}

export interface LineSpent extends Spent {
  /** One of `files`; null: no line is known. */
  readonly file: string | null
  readonly line: number
  /** That it stands in. */
  readonly function: string | null
  /** null where the file is not there. */
  readonly text: string | null
  /** How often it was gone through: of each inlined copy its most executed instruction, summed. */
  readonly executions: number
}

export interface Place {
  readonly function: string | null
  readonly file: string
  readonly line: number
}

export interface InstructionSpent extends Spent {
  readonly address: number
  readonly text: string
  readonly executions: number
  /** Where it branches to; `name` where that is elsewhere. */
  readonly target: { readonly address: number; readonly name: string | null } | null
  /** Some branch of the function leads here. */
  readonly isTarget: boolean
  /** Where it is from, innermost first: its line, then the calls that were inlined around it. */
  readonly places: readonly Place[]
}
