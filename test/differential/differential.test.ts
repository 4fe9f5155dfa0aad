import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { instructionTable } from '../../emulator/cpu/instructions/index.ts'
import { Comparison } from './compare.ts'
import { Ours } from './ours.ts'
import { entrySubjects, families, runSubject } from './run.ts'
import { isSkipped, skipped } from './skipped.ts'
import { Unicorn } from './unicorn.ts'

/** Every run tries the same cases; `npm run fuzz` tries others. */
const SEED = 1
const CASES_PER_ENTRY = 1000
const CASES_PER_FAMILY = 10_000

let unicorn: Unicorn
let comparison: Comparison

beforeAll(() => {
  unicorn = new Unicorn()
  comparison = new Comparison(new Ours(), unicorn)
})

afterAll(() => unicorn.close())

const run = (subject: (typeof families)[number], cases: number): void => {
  const result = runSubject(comparison, subject, SEED, 0, cases)
  expect(result.differences.map(({ text }) => text).join('\n')).toBe('')
  expect(result).toMatchObject({ differing: 0, cases, unreachable: false })
}

describe('each entry of the instruction table does what libunicorn does', () => {
  test.each(entrySubjects())('$name', (subject) => run(subject, CASES_PER_ENTRY))
})

describe('so do several instructions in a row', () => {
  test.each(families)('$name', (subject) => run(subject, CASES_PER_FAMILY))
})

test('no entry is left out without a reason', () => {
  const left = instructionTable.filter(isSkipped).map(({ name }) => name)
  expect(left.length).toBe(instructionTable.length - entrySubjects().length)
  for (const { name } of skipped) expect(left.filter((one) => name.test(one))).not.toEqual([])
  expect(left.length).toBeLessThan(15)
})
