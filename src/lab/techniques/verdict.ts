/** A claim beside what was measured, with its verdict and the reasons. */
import { finding, verdictOf, type Finding, type Range } from '../../../runs/verdict.ts'
import type { Claim, Quantity } from '../../../runs/lab-report/lab-report.ts'
import { listed, withUnit } from './words.ts'

export interface Case {
  readonly name: string
  readonly ours: Quantity
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
  /** A gain whose interval holds zero is not shown: within our interval only, wherever its value lies. */
  readonly shown?: boolean
}

/** Most cases that are named one by one. */
const fewCases = 6

export function judge({ claim, source, range, cases, on, words, why = '', shown = false }: Question): Claim {
  const { less, more } = words ?? { less: 'less', more: 'more' }
  const found = cases.map(({ name, ours }) => ({ name, ours, finding: findingOf(ours, range, shown) }))
  const verdict = verdictOf(found.map((one) => one.finding))
  const group = (wanted: Finding, word: string) => {
    const members = found.filter((one) => one.finding === wanted)
    if (members.length === 0) return []
    const names = members.map(({ name }) => name)
    if (members.length < found.length) return [`${word}: ${shortened(names)}`]
    return [members.length === 1 ? word : `${word} in all cases`]
  }
  const off = [...group('less', less), ...group('more', more)]
  const met = [
    ...group('as claimed', 'as claimed'),
    ...group('within our interval only', 'only the interval reaches what is claimed'),
  ]
  const groups = capital([...met, ...off].join('; '))
  const unclear = found.some(({ ours }) => shown && holdsZero(ours) && finding(ours, range) === 'as claimed')
  const zero = unclear ? 'A gain whose interval holds zero is not shown' : ''
  const reasons = {
    holds: [],
    depends: [`on ${on}`, groups, zero, why],
    'within our interval only': [groups, zero, why],
    'does not hold': [off.join('; '), why],
  }[verdict]
  return {
    claim,
    source,
    ours: oursOf(cases),
    verdict,
    because: reasons.filter((one) => one !== '').join('. '),
  }
}

const holdsZero = ({ value, interval }: Quantity): boolean => (interval?.[0] ?? value) <= 0

function findingOf(ours: Quantity, range: Range, shown: boolean): Finding {
  const found = finding(ours, range)
  return shown && found === 'as claimed' && holdsZero(ours) ? 'within our interval only' : found
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
