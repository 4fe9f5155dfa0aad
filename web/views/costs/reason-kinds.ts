import { allReasons, type Reason } from '../../../emulator/cpu/timing/reasons.ts'
import type { ReasonsReport } from '../../../runs/report/run-report.ts'

/** Reasons that are alike, and have one colour; docs/reasons.md has each of them. */
export interface ReasonKind {
  readonly name: string
  readonly colour: string
  readonly reasons: readonly Reason[]
}

export const reasonKinds: readonly ReasonKind[] = [
  { name: 'issue', colour: 'var(--kind-1)', reasons: ['issue'] },
  {
    name: 'loads and stores',
    colour: 'var(--kind-3)',
    reasons: ['load', 'store', 'writeBuffer', 'unaligned'],
  },
  { name: 'waits for flash', colour: 'var(--kind-2)', reasons: ['data', 'miss', 'fetch', 'busy'] },
  { name: 'branches', colour: 'var(--kind-4)', reasons: ['refill'] },
  { name: 'arithmetic', colour: 'var(--kind-5)', reasons: ['interlock', 'divide', 'float'] },
  { name: 'buses', colour: 'var(--kind-6)', reasons: ['peripheral', 'contention'] },
  { name: 'exceptions', colour: 'var(--kind-7)', reasons: ['interrupted', 'exception'] },
  { name: 'sleep', colour: 'var(--kind-8)', reasons: ['sleep'] },
]

/** Cycles of a kind. */
export const cyclesOf = ({ reasons }: ReasonKind, found: ReasonsReport): number =>
  reasons.reduce((sum, reason) => sum + (found[reason] ?? 0), 0)

/** Reasons that some of these have, in the order of docs/reasons.md. */
export const reasonsIn = (all: readonly ReasonsReport[]): readonly Reason[] =>
  allReasons.filter((reason) => all.some((found) => (found[reason] ?? 0) !== 0))
