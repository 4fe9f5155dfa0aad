import { unitOf } from './lanes.ts'
import type { Found } from './lookup.ts'
import { current, cyclesText, lasting, moment, value } from './text.ts'

/** In a few letters: what stands beside a row's name. */
export function shortOf(found: Found | undefined): string {
  if (!found) return ''
  if (found.kind === 'level') return current(found.average)
  if (found.kind === 'state') return found.isWhole ? found.state : `${(100 * found.busy).toFixed(0)} %`
  if (found.kind === 'span') return found.text === '' ? found.name : found.text
  return found.kind === 'folded' ? `${value(found.count)} ×` : ''
}

export interface FoundText {
  readonly title: string
  readonly lines: readonly (readonly [name: string, text: string])[]
}

/** All that is known of it. @param unit of its row */
export function textOf(found: Found, unit: string, offset: number): FoundText {
  const lines: (readonly [string, string])[] = []
  let title = ''
  if (found.kind === 'level') {
    title = found.minimum === found.maximum ? current(found.average) : `${current(found.average)} on average`
    if (found.minimum !== found.maximum)
      lines.push(['from', current(found.minimum)], ['to', current(found.maximum)])
  } else if (found.kind === 'state') {
    title = found.state
    if (!found.isWhole) lines.push(['busy', `${(100 * found.busy).toFixed(1)} % of it`])
  } else if (found.kind === 'span') {
    title = found.name
    if (found.text !== '') lines.push(['', found.text])
    if (!Number.isNaN(found.value)) lines.push([unit === '' ? 'value' : unit, value(found.value)])
  } else if (found.kind === 'folded') {
    title = found.name
    lines.push(['times', value(found.count)])
    if (found.share > 0) lines.push(['covered', `${(100 * found.share).toFixed(1)} %`])
  } else
    for (const [name, minimum, average, maximum] of found.values)
      lines.push([
        name,
        `${
          minimum === maximum ? value(average) : `${value(average)} (${value(minimum)} to ${value(maximum)})`
        } ${unitOf(name)}`,
      ])
  const cycles = found.end - found.begin
  lines.push(['at', moment(found.begin + offset)])
  if (cycles > 0) lines.push(['for', `${lasting(cycles)} · ${cyclesText(cycles)}`])
  return { title, lines }
}
