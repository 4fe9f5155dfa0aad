import type { Severity } from './config.ts'
import type { Unit } from './quantity.ts'

/** What `boardless check` found: every reporter is made of it alone. `--reporter json` writes it. */
export interface CheckReport {
  readonly schemaVersion: 1
  readonly kind: 'check'
  readonly tool: { readonly name: 'boardless'; readonly version: string }
  /** The config file as it was named, from the repository where there is one, with the line of each target. */
  readonly config: string
  /** What is checked. */
  readonly head: HeadReport
  /** What it is held against; null where there is nothing. */
  readonly base: BaseReport | null
  readonly targets: readonly TargetReport[]
  /** What fails by the largest share of its limit, hard before soft before trial; null where nothing does. */
  readonly worst: { readonly target: string; readonly budget: string } | null
  readonly counts: Readonly<Record<Outcome | 'improved', number>>
}

export interface HeadReport {
  /** Whole; null outside of a repository. */
  readonly commit: string | null
  /** Files that differ from that commit. */
  readonly modifiedFiles: number
}

export interface BaseReport {
  readonly kind: 'file' | 'commit'
  /** In words: "abc1234 of 2026-11-30, gesture: fold the scale" or "boardless.baseline.json, not committed". */
  readonly name: string
  readonly commit: string | null
}

export interface TargetReport {
  readonly name: string
  readonly board: string
  readonly firmware: { readonly file: string; readonly sha256: string }
  readonly seconds: number
  /** What base and run were given otherwise: another compiler, model, recording. */
  readonly notes: readonly string[]
  readonly rows: readonly BudgetRow[]
  /** Faults and accesses to what is not modelled, for who lists findings. */
  readonly findings: readonly Finding[]
}

export interface Finding {
  readonly kind: 'fault' | 'unmodelled' | 'problem'
  readonly message: string
  /** Source file and line, where the firmware says it. */
  readonly place: Place | null
}

/** In the repository, from its root, or outside of one from the config's folder. */
export interface Place {
  readonly file: string
  readonly line: number
}

/** failed: hard, and the exit code is 1; warned: soft; tried: trial. */
export type Outcome = 'passed' | 'failed' | 'warned' | 'tried'

export interface BudgetRow {
  /** As the config has it, with its statistic. */
  readonly budget: string
  /** As the run has it. */
  readonly figure: string | null
  readonly unit: Unit
  readonly severity: Severity
  readonly outcome: Outcome
  /** null where it was not measured. */
  readonly value: number | null
  readonly low: number | null
  readonly high: number | null
  readonly better: 'less' | 'more'
  /** In the figure's unit; null of text, and where there is no baseline. */
  readonly limit: number | null
  /** "at most 40 000 cycles", "at most 1 % more than the baseline's 36 507". */
  readonly limitText: string
  readonly baseline: number | null
  /** Value less the baseline's. */
  readonly difference: number | null
  /** Better than the baseline's. */
  readonly isImproved: boolean
  /** Of the limit, 0.1 is a tenth beyond it; 0 where it holds, null where there is no share. */
  readonly beyond: number | null
  /** A sentence without its full stop: what is, what may be, and by how much. */
  readonly message: string
  /** Of what fails, and of what improved, against the baseline: dearest first. */
  readonly because: readonly Cause[]
  /** Why causes are not known; null where they are, or nobody asked. */
  readonly unknown: string | null
  /** Where the config has it. */
  readonly declared: Place
  /** The command that shows this row alone. */
  readonly reproduce: string
}

export interface Cause {
  readonly kind: 'operator' | 'reason' | 'function' | 'line' | 'symbol' | 'part'
  readonly name: string
  readonly difference: number
  readonly unit: Unit
  /** "of each pass", "of the run", "now in .data". */
  readonly detail: string
  /** null for what has none, and for what lies elsewhere. */
  readonly place: Place | null
}
