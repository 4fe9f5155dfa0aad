import { expect, it } from 'vitest'
import { ExceptionComparison } from './compare.ts'

/** Every run tries the same programs; `npm run fuzz` tries a hundred times as many. */
const SEED = 1
const PROGRAMS = 1000

it(`${PROGRAMS} programs whose handlers edit what is stacked do what they do on QEMU`, () => {
  const differences: string[] = []
  let ran = 0
  for (const batch of new ExceptionComparison().run(SEED, 0, PROGRAMS)) {
    differences.push(...batch.differences.map(({ text }) => text))
    ran = batch.done
  }
  expect(differences.join('\n')).toBe('')
  expect(ran).toBe(PROGRAMS)
})
