import { duration } from '../../runs/report/show/format.ts'
import { visibleText } from '../../runs/report/show/visible.ts'
import { xmlAttribute, xmlText } from '../../runs/report/show/xml.ts'
import type { TestedFile, TestRun } from './test-many.ts'

/** A file that passed, failed, or could not be run. */
export interface TestResult {
  readonly file: string
  readonly outcome: 'passed' | 'failed' | 'refused'
  /** One line. */
  readonly message: string
  /** null where it did not run. */
  readonly seconds: number | null
  readonly cycles: number | null
  readonly exitCode: number | null
  /** The last lines that it printed. */
  readonly console: string
}

const LAST_LINES = 20

/**
 * A file passes that exits with 0 or prints what was waited for; one that does neither, where a time was given that it
 * is to run for.
 * @param whyNot the one line of a run that did not end well; undefined of one that did
 */
export function resultOf(
  tested: TestedFile,
  hasTime: boolean,
  whyNot: (ran: TestRun) => string | undefined,
): TestResult {
  const { file } = tested
  if ('refused' in tested)
    return { file, outcome: 'refused', message: tested.refused, ...NOTHING, console: '' }
  const { run, console } = tested.ran
  const endless = hasTime || run.stop === 'exit' || run.stop === 'until' || run.stop === 'recording-end'
  const why =
    whyNot(tested.ran) ??
    (endless ? undefined : `${run.stopDetail}: it never ended. Give --until, or --for how long it is to run`)
  return {
    file,
    outcome: why === undefined ? 'passed' : 'failed',
    message: why ?? run.stopDetail,
    seconds: run.seconds,
    cycles: run.cycles,
    exitCode: run.exitCode,
    console: console.text.trimEnd().split('\n').slice(-LAST_LINES).join('\n'),
  }
}

const NOTHING = { seconds: null, cycles: null, exitCode: null }

const count = (results: readonly TestResult[], outcome: TestResult['outcome']): number =>
  results.filter((one) => one.outcome === outcome).length

/** One line, as it is over. */
export const lineOf = ({ file, outcome, message, seconds }: TestResult): string =>
  outcome === 'passed'
    ? `ok      ${visibleText(file)}  ${duration(seconds ?? 0)}\n`
    : `${outcome === 'failed' ? 'FAILED ' : 'NOT RUN'} ${visibleText(message.includes(file) ? message : `${file}: ${message}`)}\n`

export function summaryOf(results: readonly TestResult[]): string {
  const refused = count(results, 'refused')
  return `${count(results, 'passed')} passed, ${count(results, 'failed')} failed${refused > 0 ? `, ${refused} not run` : ''}\n`
}

/** JUnit XML, in the order in which files were named. Times are simulated seconds, so that it is the same each time. */
export const junitOf = (results: readonly TestResult[]): string =>
  [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="boardless test" tests="${results.length}" failures="${count(results, 'failed')}" errors="${count(results, 'refused')}">`,
    `  <testsuite name="firmware" tests="${results.length}" failures="${count(results, 'failed')}" errors="${count(results, 'refused')}">`,
    ...results.map(testcase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')

function testcase({ file, outcome, message, seconds, console }: TestResult): string {
  const open = `    <testcase classname="firmware" name="${xmlAttribute(file)}" time="${seconds ?? 0}"`
  const kind = { passed: undefined, failed: 'failure', refused: 'error' }[outcome]
  const inner = [
    ...(kind === undefined
      ? []
      : [`<${kind} message="${xmlAttribute(message)}">${xmlText(message)}</${kind}>`]),
    ...(console === '' ? [] : [`<system-out>${xmlText(console)}</system-out>`]),
  ]
  return inner.length === 0
    ? `${open}/>`
    : `${open}>\n${inner.map((one) => `      ${one}\n`).join('')}    </testcase>`
}
