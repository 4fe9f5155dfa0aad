import type { RunReport } from '../../report/run-report.ts'

/** What each invocation of an interpreter is called, among the operators. */
export const INFERENCE = /^interpreter \d+$/

/** An operator with its type, where the run has one interpreter: by its place in the model. Others as they are. */
export function operatorName(report: RunReport | undefined, track: string, name: string): string {
  const [one, another] = report?.interpreters ?? []
  const place = track === 'operators' ? /^operator ([\d.]+) /.exec(name)?.[1] : undefined
  const type = another ? undefined : one?.operators.find(({ index }) => index === place)?.type
  return type === undefined || type === null ? name : `${type} ${name.slice('operator '.length)}`
}
