/** Matchers for vitest, of a run's report: `import 'boardless/vitest'` in a test or its set-up file. docs/library.md */
import { expect } from 'vitest'
import { toDrawLessThan, toPrint, toReach, toStayWithin, type Budgets } from './matchers.ts'

interface BoardlessMatchers<Result = unknown> {
  /** It costs no more, by figures of docs/budgets.md: `{ inference: '600 us', flash: '64 kB' }`. */
  toStayWithin(budgets: Budgets): Result
  /** A line of its console matches, or contains the text. */
  toPrint(line: RegExp | string): Result
  /** It executed a function, by its name. Needs the profile. */
  toReach(functionName: string): Result
  /** Of the board, on average, at its supply: microamps, or text such as `4.5 mA`. */
  toDrawLessThan(current: number | string): Result
}

declare module 'vitest' {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any, @typescript-eslint/no-empty-object-type -- as vitest declares it
  interface Matchers<T = any> extends BoardlessMatchers<T> {}
}

expect.extend({ toStayWithin, toPrint, toReach, toDrawLessThan })
