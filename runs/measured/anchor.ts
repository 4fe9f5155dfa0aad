import { UserError } from '../errors.ts'
import { didYouMean } from '../nearest.ts'
import { cyclesOf } from '../recording/instant.ts'

/** How a measurement is laid over a run. */
export type Anchor =
  | { readonly by: 'start' | 'auto' | 'edge' }
  /** Its first sample is at the moment of a marker's beginning. */
  | { readonly by: 'marker'; readonly name: string }
  /** Its first sample is when a line of the console matches, the first one. */
  | { readonly by: 'console'; readonly pattern: RegExp }
  /** Its first sample is at a cycle of the run; before the run begins where that is negative. */
  | { readonly by: 'at'; readonly cycle: number }

const WAYS = ['start', 'auto', 'edge', 'marker:NAME', 'console:REGEX', 'at:TIME'] as const

/** @throws UserError */
export function parseAnchor(text: string): Anchor {
  const [, way = '', colon, rest = ''] = /^([a-z]+)(?:([:\s])\s*(.*))?$/s.exec(text) ?? []
  if ((way === 'start' || way === 'auto' || way === 'edge') && colon === undefined) return { by: way }
  if (way === 'marker' && rest !== '') return { by: 'marker', name: rest }
  if (way === 'at') {
    const cycle = rest.startsWith('-') ? -cyclesOf(rest.slice(1)) : rest === '0' ? 0 : cyclesOf(rest)
    if (Number.isFinite(cycle)) return { by: 'at', cycle: Math.round(cycle) }
  }
  if (way === 'console' && rest !== '') {
    try {
      return { by: 'console', pattern: new RegExp(rest) }
    } catch (cause) {
      throw new UserError(`--align ${text}: not a regular expression.`, undefined, { cause })
    }
  }
  throw new UserError(`no way "${text}" to align.${didYouMean(text, WAYS, `There are ${WAYS.join(', ')}.`)}`)
}
