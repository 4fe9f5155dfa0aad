import { UserError } from '../../runs/errors.ts'
import { asReport } from '../../runs/report/read-report.ts'
import type { RunReport } from '../../runs/report/run-report.ts'
import { readInput } from '../read-input.ts'
import { loadRun } from './recorded-run.ts'

const AGAIN = 'Write it again: run --json FILE.'

/** Of what `run --json` or `run --record` wrote. @throws UserError */
export async function loadReport(file: string): Promise<RunReport> {
  if (file.endsWith('.boardless')) return (await loadRun(file, { isRunAgain: false })).run.report
  const text = (await readInput(file, 'a RunReport, which run --json writes')).toString()
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new UserError(`${file}: is not JSON. ${AGAIN}`)
  }
  return asReport(value, file, AGAIN)
}
