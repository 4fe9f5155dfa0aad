import type { Place } from './check-report.ts'

/** Of "firmware/main.cc:41"; null for what says no line. */
export function placeOf(source: string | null | undefined): Place | null {
  const [, file, line] = /^(.+):(\d+)$/.exec(source ?? '') ?? []
  return file === undefined ? null : { file, line: Number(line) }
}
