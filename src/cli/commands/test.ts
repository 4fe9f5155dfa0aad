import { ExitCode, UserError } from '../../../runs/errors.ts'
import { inputsOf, powerChoices, type RunChoices } from '../../running/run-request.ts'
import { testFiles, type TestRun } from '../../running/test-many.ts'
import { junitOf, lineOf, resultOf, summaryOf, type TestResult } from '../../running/test-results.ts'
import { chosenTiming } from '../chosen-timing.ts'
import { exitCodeOf, INTERRUPTED } from '../outcome.ts'
import { printReport, writeOutput } from '../output.ts'
import { showProgress } from '../terminal.ts'

export interface TestOptions extends Omit<RunChoices, 'profile' | 'stdin'> {
  readonly jobs?: number
  readonly junit?: string
  readonly json?: string
}

/** Runs many firmware files, each to its end and by itself. @returns 1 where one failed, 2 where one could not be run */
export async function test(
  files: readonly string[],
  { jobs, junit, json, ...options }: TestOptions,
  signal: AbortSignal,
): Promise<number> {
  chosenTiming(options)
  const choices: RunChoices = { ...options, profile: false }
  await powerChoices(choices)
  await inputsOf('', choices) // says what is wrong with them once
  const progress = showProgress('testing')
  let done = 0
  const judged = (one: Parameters<typeof resultOf>[0]): TestResult =>
    resultOf(one, options.for !== undefined, whyNot)
  const results = await testFiles(files, choices, {
    jobs,
    signal,
    onDone: ({ file }) => progress.update(++done / files.length, file),
  })
    .then((tested) => tested.map(judged))
    .finally(() => progress.done())
  printReport(results.map(lineOf).join('') + summaryOf(results))
  if (junit !== undefined) await writeOutput(junit, junitOf(results))
  if (json !== undefined)
    await writeOutput(json, `${JSON.stringify({ schemaVersion: 1, results }, undefined, 2)}\n`)
  if (results.length < files.length) return INTERRUPTED
  if (results.some(({ outcome }) => outcome === 'refused')) return ExitCode.badInput
  return results.every(({ outcome }) => outcome === 'passed') ? ExitCode.fine : ExitCode.budgetFailed
}

function whyNot(ran: TestRun): string | undefined {
  try {
    exitCodeOf(ran)
    return undefined
  } catch (error) {
    if (error instanceof UserError) return error.message
    throw error
  }
}
