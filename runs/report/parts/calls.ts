import type { CallNode, FunctionCalls } from '../../../emulator/probes/call-tree.ts'
import { shortName } from '../../image/demangle.ts'
import type { FunctionRange } from '../../image/symbols.ts'
import type { CallReport, FunctionCallsReport } from '../run-report.ts'

/** Who called whom, as `--functions` has it recorded. */
export interface ObservedCalls {
  /** Numbered from 1 in what follows. */
  readonly ranges: readonly FunctionRange[]
  readonly functions: readonly FunctionCalls[]
  readonly nodes: readonly CallNode[]
  readonly exceptionName: (exception: number) => string
}

/** What is of no known function. */
export const UNKNOWN_CODE = 'unknown code'

/** Paths that took less of the run than this are in the sums of their callers only. */
const LEAST_SHARE = 1e-5
const MOST_PATHS = 20_000

/** By the address of the function. */
export function callsByFunction(calls: ObservedCalls): ReadonlyMap<number, FunctionCallsReport> {
  return new Map(
    calls.functions.flatMap(({ function: index, totalCycles, calls: count, returned }) => {
      const start = calls.ranges[index - 1]?.start
      const { minimumCycles, medianCycles, maximumCycles, medianErrorCycles } = returned
      return start === undefined
        ? []
        : [
            [
              start,
              {
                totalCycles,
                calls: count,
                returned: returned.count,
                minimumCycles,
                medianCycles,
                maximumCycles,
                ...(medianErrorCycles !== undefined && { medianErrorCycles }),
              },
            ] as const,
          ]
    }),
  )
}

/** Callers before those they called. */
export function describeCalls({ nodes, ranges, exceptionName }: ObservedCalls): readonly CallReport[] {
  const whole = nodes.reduce((sum, { parent, totalCycles }) => (parent < 0 ? sum + totalCycles : sum), 0)
  const places = new Map<number, number>()
  const found: CallReport[] = []
  nodes.forEach(({ function: index, exception, parent, calls, selfCycles, totalCycles }, place) => {
    const around = parent < 0 ? -1 : places.get(parent)
    if (around === undefined || found.length >= MOST_PATHS || totalCycles < whole * LEAST_SHARE) return
    const range = ranges[index - 1]
    places.set(place, found.length)
    found.push({
      parent: around < 0 ? null : around,
      function: range ? shortName(range.name) : UNKNOWN_CODE,
      address: range?.start ?? null,
      exception: exception === 0 ? null : exceptionName(exception),
      calls,
      selfCycles,
      totalCycles,
    })
  })
  return found
}
