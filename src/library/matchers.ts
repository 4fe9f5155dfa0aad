import type { BoardlessConfig } from '../../runs/budget/config.ts'
import { judge } from '../../runs/budget/judge.ts'
import { parseBudgets } from '../../runs/budget/parse-budget.ts'
import { UserError } from '../../runs/errors.ts'
import { didYouMean } from '../../runs/nearest.ts'
import type { RunReport } from '../../runs/report/run-report.ts'

/** As every test framework that is like Jest has it. */
export interface Verdict {
  readonly pass: boolean
  readonly message: () => string
}

const verdict = (pass: boolean, is: string, isNot: string): Verdict => ({
  pass,
  message: () => (pass ? is : isNot),
})

/** By figure, as in boardless.config.ts: docs/budgets.md. */
export type Budgets = BoardlessConfig['targets'][string]['budgets']

/**
 * Whether it costs no more than that, and ended well; soft budgets and trials hold nothing up. What a baseline, symbols
 * or latencies are needed for is measured by `boardless check` alone.
 */
export function toStayWithin(report: RunReport, budgets: Budgets): Verdict {
  const rows = judge({
    report,
    budgets: parseBudgets(budgets, 'toStayWithin', report.board.clockHz),
    base: undefined,
    reproduce: () => '',
    declared: () => ({ file: 'toStayWithin', line: 1 }),
  })
  const failed = rows.filter(({ outcome }) => outcome === 'failed')
  return verdict(
    failed.length === 0,
    `it may not stay within its budgets: ${rows.map(({ message }) => message).join('; ')}`,
    failed.map(({ message }) => message).join('\n'),
  )
}

/** Whether a line of its console matches, or contains a text. */
export function toPrint({ console: printed, run }: RunReport, line: RegExp | string): Verdict {
  const lines = printed.text.split(/\r?\n/)
  const fits = (one: string): boolean =>
    typeof line === 'string'
      ? one.includes(line)
      : new RegExp(line.source, line.flags.replace(/[gy]/g, '')).test(one)
  const found = lines.find(fits)
  const wanted = typeof line === 'string' ? JSON.stringify(line) : String(line)
  const last = lines.filter((one) => one.trim() !== '').at(-1)
  const instead = last === undefined ? 'it printed nothing' : `its last line is ${JSON.stringify(last)}`
  return verdict(
    found !== undefined,
    `no line may match ${wanted}, and it printed ${JSON.stringify(found)}`,
    `no line matches ${wanted}: ${instead}; ${run.stopDetail}`,
  )
}

/** Whether it executed a function, named whole or by its last part. */
export function toReach({ functions, run }: RunReport, name: string): Verdict {
  if (functions.length === 0)
    throw new UserError('toReach needs the profile of functions: leave out profile: false.')
  const names = functions.map((one) => one.name)
  const found = functions.find((one) => one.name === name || one.name.endsWith(`::${name}`))
  return verdict(
    found !== undefined,
    `it may not reach ${name}, and entered it ${found?.entries ?? 0} times`,
    `it never reached ${name}.${didYouMean(name, names)} ${run.stopDetail}`,
  )
}

const UNITS: Readonly<Record<string, number>> = { nA: 1e-3, uA: 1, µA: 1, μA: 1, mA: 1e3, A: 1e6 }

function microampsOf(current: number | string): number {
  if (typeof current === 'number') return current
  const [, number = '', unit = ''] = /^\s*([0-9.]+)\s*(\S+)\s*$/.exec(current) ?? []
  const microamps = Number(number) * (UNITS[unit] ?? NaN)
  if (Number.isFinite(microamps) && number !== '') return microamps
  throw new UserError(`${JSON.stringify(current)} is no current: give microamps, or text such as 4.5 mA.`)
}

/** Of the whole board, on average, in microamps or with a unit. */
export function toDrawLessThan({ power }: RunReport, current: number | string): Verdict {
  const limit = microampsOf(current)
  const { averageMicroamps, lowMicroamps, highMicroamps } = power.board
  const drawn = `it draws ${averageMicroamps.toFixed(1)} uA (${lowMicroamps.toFixed(1)} to ${highMicroamps.toFixed(1)})`
  const most = power.parts[0]
  return verdict(
    averageMicroamps < limit,
    `${drawn}, which is less than ${limit} uA`,
    `${drawn}, not less than ${limit} uA${most ? `; most of it ${most.part}` : ''}`,
  )
}
