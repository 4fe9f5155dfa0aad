/**
 * The contract between two runs and what shows how they differ: `boardless compare --format json` writes it, its schema is
 * in command-schemas.json. `a` is the first run, `b` the second; a difference is b less a. Nothing in it comes from the
 * machine it was made on.
 */
export interface Comparison {
  readonly schemaVersion: 1
  readonly kind: 'comparison'
  readonly tool: { readonly name: 'boardless'; readonly version: string }
  readonly a: ComparedRun
  readonly b: ComparedRun
  /** The reports are the same to the byte, names of files aside. */
  readonly isSame: boolean
  /** What the runs were given otherwise, or were otherwise: the figures are to be read with it. */
  readonly given: readonly GivenDifference[]
  readonly headline: Headline
  /** Of each run as a whole, and of what it goes through again and again. */
  readonly figures: readonly Figure[]
  /** What cycles of functions, lines and reasons are of. */
  readonly per: Per
  readonly phases: readonly PassageChange[]
  /** Of what --measure asked for. */
  readonly measures: readonly PassageChange[]
  readonly interpreters: readonly InterpreterChange[]
  /** Most moved first; empty where a run has no profile. */
  readonly reasons: readonly ReasonChange[]
  /** Most moved first. */
  readonly functions: readonly FunctionChange[]
  /** Most moved first, without those that did not; null where they are not known. */
  readonly lines: readonly LineChange[] | null
  readonly memory: MemoryChange
  /** null where a run had no time. */
  readonly current: CurrentChanges | null
  readonly predictions: PredictionsChange | null
  /** Why parts of it are not known, in sentences. */
  readonly unknown: readonly string[]
}

export interface ComparedRun {
  /** What it is called here. */
  readonly name: string
  /** Of the firmware. */
  readonly file: string
  readonly sha256: string
  readonly board: string
  readonly clockHz: number
  /** What ran, of what it was made and how it ended. */
  readonly facts: readonly { readonly name: string; readonly lines: readonly string[] }[]
  /** What a reader of it must know: what was not modelled, what went wrong. */
  readonly aware: readonly string[]
  readonly seconds: number
  readonly cycles: number
  readonly instructions: number
  readonly stop: string
}

/** null: it has none; that counts as nothing in the difference. */
export interface Pair {
  readonly a: number | null
  readonly b: number | null
  readonly difference: number
}

export interface GivenDifference {
  readonly what: string
  readonly a: string
  readonly b: string
  /** What that means for the figures, a sentence; null for what may well be the change that is looked at. */
  readonly undermines: string | null
}

/** In cycles of the reason, per passage or as `per` says. */
export interface ReasonChange extends Pair {
  readonly reason: string
}

export type Per =
  | { readonly what: 'run' }
  /** The runs have unequal numbers of inferences: cycles are divided by them. */
  | { readonly what: 'inference'; readonly a: number; readonly b: number }

export type Verdict =
  | 'worse'
  | 'better'
  | 'same'
  /** It may be either, as far as the coefficients of currents are known. */
  | 'open'

export interface Figure extends Pair {
  readonly name: string
  readonly unit: 'cycles' | 'B' | 'uA' | 'uC' | 'h' | 'points'
  readonly verdict: Verdict
  /** Of a: 0.1 is a tenth more; null where a is 0 or nothing. */
  readonly relative: number | null
}

/** What a figure's change comes from, most first. */
export interface Because {
  readonly kind: 'operator' | 'reason' | 'function' | 'line' | 'symbol' | 'part'
  readonly name: string
  readonly difference: number
}

export interface Explained {
  readonly figure: Figure
  readonly because: readonly Because[]
}

export interface Headline {
  /** What got worse by the largest share, never a mean; null where nothing did. */
  readonly worst: Explained | null
  /** What got better by the largest share. */
  readonly best: Explained | null
  /** Of `figures`, how many are what. */
  readonly counts: Readonly<Record<Verdict, number>>
}

/** A phase, a measured passage, or an interpreter's own part; cycles of one passage. */
export interface PassageChange {
  readonly name: string
  readonly passages: Pair
  readonly minimumCycles: Pair
  readonly medianCycles: Pair
  readonly maximumCycles: Pair
  /** Of a passage on average. */
  readonly reasons: readonly ReasonChange[]
}

export interface InterpreterChange {
  readonly name: string
  readonly invocation: PassageChange
  readonly own: PassageChange
  /** In the order of b, with those that a alone has where they stood. */
  readonly operators: readonly OperatorChange[]
}

export interface OperatorChange extends PassageChange {
  /** Index in each; null where it has none. */
  readonly index: { readonly a: string | null; readonly b: string | null }
  /** 'moved': it stands in another order. */
  readonly match: 'aligned' | 'moved' | 'added' | 'removed'
  readonly kernel: { readonly a: string | null; readonly b: string | null }
  readonly outputShape: readonly number[] | null
  readonly macs: Pair
}

export interface FunctionChange {
  /** As b has it, or where b has none, a. */
  readonly name: string
  /** Another one that a has. */
  readonly was: string | null
  /** Source file as b's debug information has it, or a's; null where none says. */
  readonly file: string | null
  /** 'code': its instructions are the same under another name. 'added', 'removed': as far as is known. */
  readonly match: 'name' | 'code' | 'added' | 'removed'
  readonly address: { readonly a: number | null; readonly b: number | null }
  readonly selfCycles: Pair
  readonly instructions: Pair
  readonly entries: Pair
  /** Of code; null where an image is missing. */
  readonly bytes: Pair | null
  /** null where calls were not recorded in both. */
  readonly calls: { readonly count: Pair; readonly totalCycles: Pair; readonly medianCycles: Pair } | null
  readonly reasons: readonly ReasonChange[]
}

export interface LineChange {
  /** As b has it, or a. */
  readonly file: string
  /** Lines are numbered anew where some are put in: they are aligned by what they were compiled to. */
  readonly line: { readonly a: number | null; readonly b: number | null }
  readonly function: string | null
  readonly cycles: Pair
  readonly executions: Pair
  readonly reasons: readonly ReasonChange[]
}

export interface MemoryChange {
  /** Bytes of flash, static RAM, arenas, stack, heap. */
  readonly figures: readonly (Pair & { readonly name: string })[]
  readonly sections: readonly { readonly name: string; readonly flashBytes: Pair; readonly ramBytes: Pair }[]
  /** Most moved first, without those that did not; null where an image is missing. */
  readonly symbols: readonly SymbolChange[] | null
  /** Symbols that are at another address and otherwise as they were; what that does to the cache is in the cycles. */
  readonly shifted: number | null
}

export interface SymbolChange {
  readonly name: string
  readonly kind: 'function' | 'data' | 'unnamed'
  readonly file: string | null
  /** Of its declaration, or of a function's first instruction. */
  readonly line: number | null
  readonly section: { readonly a: string | null; readonly b: string | null }
  /** 'moved': to another section. */
  readonly change: 'added' | 'removed' | 'grown' | 'shrunk' | 'moved'
  readonly bytes: Pair
  readonly flashBytes: number
  readonly ramBytes: number
}

/** From and to: the least and most that the difference can be, within the intervals of the coefficients. */
export interface UncertainPair extends Pair {
  readonly low: number
  readonly high: number
  /** It may be more or less. */
  readonly isOpen: boolean
}

export interface CurrentChanges {
  /** Average microamps. Coefficients are the same quantity in both runs, so that a part of their error cancels: docs/compare.md. */
  readonly board: UncertainPair
  readonly chip: UncertainPair
  readonly parts: readonly (UncertainPair & { readonly part: string; readonly group: 'chip' | 'board' })[]
  /** Microcoulombs of a pass; from and to with every coefficient at one end in both. */
  readonly phases: readonly (UncertainPair & { readonly phase: string })[]
  /** Hours, likewise; null where not both name the same cell. */
  readonly battery: (UncertainPair & { readonly cell: string }) | null
  /** Coefficients that differ between the runs: their errors do not cancel. */
  readonly otherCoefficients: readonly string[]
}

export interface PredictionsChange {
  readonly total: Pair
  readonly labelled: Pair
  readonly correct: Pair
  /** Windows that both list, and how many of them are predicted alike. */
  readonly compared: number
  readonly alike: number
}
