import type { RunReport } from '../run-report.ts'
import { number, paint, spare } from '../show/style.ts'
import type { Style } from '../show/style.ts'

export interface NamedReport {
  /** Column title: what is different about this run. */
  readonly name: string
  readonly report: RunReport
}

/** Columns of one run: its name stands above the first of them. */
export function group(name: string, titles: readonly string[]): readonly ReturnType<typeof number>[] {
  return titles.map((one, i) => {
    const column = number(i === 0 ? `${name}\n${one}` : `\n${one}`)
    return ['cycles', 'average'].includes(one) || titles.length === 1 ? column : spare(column)
  })
}

/** A column of neither run. */
export const below = (title: string): string => `\n${title}`

/** How many times less the second takes. */
export function ratio(before: number, after: number, style: Style): string {
  if (before === after) return paint(style).dim('1.00x')
  if (after === 0 || before === 0) return ''
  const times = before / after
  const { green, yellow, dim } = paint(style)
  const shown = `${times.toFixed(2)}x`
  return shown === '1.00x' ? dim(shown) : times > 1 ? green(shown) : yellow(shown)
}
