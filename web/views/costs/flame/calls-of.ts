import { signal, type Signal } from '@preact/signals'
import type { RunReport } from '../../../../runs/report/run-report.ts'
import type { OpenRun } from '../../../state/open-run.ts'

const known = new WeakMap<OpenRun, Signal<RunReport | undefined>>()

/** The report of a run that was made again with calls; undefined until it was. */
export function withCalls(run: OpenRun): Signal<RunReport | undefined> {
  let found = known.get(run)
  if (!found) known.set(run, (found = signal<RunReport | undefined>(undefined)))
  return found
}
