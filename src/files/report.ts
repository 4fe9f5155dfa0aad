import { readReport } from '../../runs/report/read-report.ts'
import type { RunReport } from '../../runs/report/run-report.ts'
import { readInput } from '../read-input.ts'
import { loadRun } from './recorded-run.ts'

/** Of what `run --json` or `run --record` wrote. @throws UserError */
export async function loadReport(file: string): Promise<RunReport> {
  if (file.endsWith('.boardless')) return (await loadRun(file, { isRunAgain: false })).run.report
  return readReport((await readInput(file, 'a report, which run --json writes')).toString(), file)
}
