/** Whether what is claimed is what was measured. The rule is the same for every claim. */
import type { Claim, Quantity, Verdict } from '../lab-report.ts'
import { listed, withUnit } from './words.ts'

export interface Case {
  readonly name: string
  readonly ours: Quantity
}

/** Both ends count as claimed; an open one is infinite. */
export type Range = readonly [lowest: number, highest: number]

/** "about": a figure without a range is taken to a tenth of itself either way. */
export const about = (value: number): Range => [value * 0.9, value * 1.1]

/** A multiple said as a whole number is taken as rounded. */
export const rounded = (value: number): Range => [value - 0.5, value + 0.5]

export type Finding = 'less' | 'as claimed' | 'more'

/** As claimed where our interval and the claimed range have a value in common. */
export function finding({ value, interval }: Quantity, [lowest, highest]: Range): Finding {
  const [least, most] = interval ?? [value, value]
  if (most < lowest) return 'less'
  return least > highest ? 'more' : 'as claimed'
}

/** Holds in all cases, in none, or it depends. */
export function verdictOf(findings: readonly Finding[]): Verdict {
  const met = findings.filter((one) => one === 'as claimed').length
  if (findings.length === 0 || met === 0) return 'does not hold'
  return met === findings.length ? 'holds' : 'depends'
}

export interface Question {
  readonly claim: string
  readonly source: string
  readonly range: Range
  readonly cases: readonly Case[]
  /** What the cases differ in, said where the verdict depends: "the layer's size". */
  readonly on: string
  /** Of what is less and what is more than claimed: "slower", "faster". */
  readonly words?: { readonly less: string; readonly more: string }
  /** Why, as far as the numbers show it; behind the list. */
  readonly why?: string
  /** An interval that holds zero shows no gain: less than claimed, wherever its upper end lies. */
  readonly shown?: boolean
}

/** Most cases that are named one by one. */
const fewCases = 6

export function judge({ claim, source, range, cases, on, words, why = '', shown = false }: Question): Claim {
  const { less, more } = words ?? { less: 'less', more: 'more' }
  const found = cases.map((one) => {
    const unclear = shown && (one.ours.interval?.[0] ?? one.ours.value) <= 0
    return { ...one, finding: unclear ? ('less' as const) : finding(one.ours, range) }
  })
  const verdict = verdictOf(found.map((one) => one.finding))
  const group = (wanted: Finding, word: string) => {
    const members = found.filter((one) => one.finding === wanted)
    if (members.length === 0) return []
    const names = members.map(({ name }) => name)
    if (members.length < found.length) return [`${word}: ${shortened(names)}`]
    return [members.length === 1 ? word : `${word} in all cases`]
  }
  const groups = [...group('as claimed', 'as claimed'), ...group('less', less), ...group('more', more)].join(
    '; ',
  )
  const depends = verdict === 'depends'
  // The interval reaches the claimed range; the figure itself does not.
  const reached = found.filter(
    (one) => one.finding === 'as claimed' && finding({ ...one.ours, interval: null }, range) !== 'as claimed',
  )
  const beside =
    reached.length === 0
      ? ''
      : `Only the interval reaches what is claimed${found.length === 1 ? '' : `: ${shortened(reached.map(({ name }) => name))}`}`
  const reasons = depends ? [`on ${on}`, capital(groups), why, beside] : [groups, why, beside]
  const because = verdict === 'holds' ? beside : reasons.filter((one) => one !== '').join('. ')
  return { claim, source, ours: oursOf(cases), verdict, because }
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

const shortened = (names: readonly string[]) =>
  names.length <= fewCases
    ? listed(names)
    : `${names.slice(0, fewCases - 1).join(', ')} and ${names.length - fewCases + 1} more`

function oursOf(cases: readonly Case[]): string {
  if (cases.length === 0) return 'nothing that it could be said of'
  if (cases.length <= fewCases) return cases.map(({ name, ours }) => `${name} ${withUnit(ours)}`).join('; ')
  const sorted = [...cases].sort((a, b) => a.ours.value - b.ours.value)
  const [first, last] = [sorted[0], sorted.at(-1)]
  if (first === undefined || last === undefined) return ''
  return `from ${withUnit(first.ours)} (${first.name}) to ${withUnit(last.ours)} (${last.name}), ${cases.length} cases`
}
