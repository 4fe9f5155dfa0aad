import { count } from '../format.ts'
import type { RunReport } from '../../run-report.ts'

/** Who says where phases begin and end. */
export function whosePhases(rows: RunReport['phases']): string {
  const marked = rows.filter(({ source }) => source === 'marker')
  return [
    ...(marked[0] ? [`marked by the firmware, ${count(marked[0].count, 'round')}`] : []),
    ...(marked.length < rows.length ? ['as --phase says'] : []),
  ].join(', others ')
}
