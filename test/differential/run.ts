import { instructionTable } from '../../emulator/cpu/instructions/index.ts'
import type { TableEntry } from '../../emulator/cpu/instructions/table.ts'
import { Comparison, type Difference } from './compare.ts'
import { singleCase, type Case } from './generate.ts'
import { ifThenCase, sequenceCase } from './generate-sequences.ts'
import { isSkipped } from './skipped.ts'

/** What is run over and over: one entry of the table, or a family of short programs. */
export interface Subject {
  readonly name: string
  /** undefined: no such case, the entry cannot be reached. */
  make(seed: number, index: number): Case | undefined
}

const entrySubject = (entry: TableEntry): Subject => ({
  name: entry.name,
  make: (seed, index) => singleCase(entry, seed, index),
})

export const families: readonly Subject[] = [
  { name: 'sequence', make: sequenceCase },
  { name: 'if-then', make: ifThenCase },
]

export const entrySubjects = (): readonly Subject[] =>
  instructionTable.filter((entry) => !isSkipped(entry)).map(entrySubject)

export interface SubjectResult {
  readonly name: string
  readonly cases: number
  readonly differing: number
  /** The first few. */
  readonly differences: readonly Difference[]
  readonly unreachable: boolean
}

const SHOWN = 3

export function runSubject(
  comparison: Comparison,
  subject: Subject,
  seed: number,
  from: number,
  cases: number,
): SubjectResult {
  const differences: Difference[] = []
  let differing = 0
  for (let index = from; index < from + cases; index++) {
    const one = subject.make(seed, index)
    if (!one) return { name: subject.name, cases: index - from, differing, differences, unreachable: true }
    const difference = comparison.run(one)
    if (!difference) continue
    differing += 1
    if (differences.length >= SHOWN) continue
    const again = `again: npm run fuzz -- --only "${subject.name}" --seed ${seed} --case ${index}`
    differences.push({ ...difference, text: `${difference.text}\n    ${again}` })
  }
  return { name: subject.name, cases, differing, differences, unreachable: false }
}
