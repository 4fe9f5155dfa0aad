import { escaped, plainMarkdown } from '../../report/show/markup.ts'
import { visible } from '../../report/show/visible.ts'
import type { BudgetRow, CheckReport, TargetReport } from '../check-report.ts'
import {
  baselineText,
  causesByKind,
  causeText,
  changeText,
  countsText,
  headlineText,
  headText,
  improvementsText,
  limitShort,
  LABELS,
  MARKS,
  measuredText,
  targetText,
} from '../show/words.ts'

/** Nobody is mentioned by what firmware prints. */
const plain = (text: string): string => plainMarkdown(text).replaceAll('@', '&#64;')

const code = (text: string): string => {
  const fence = '`'.repeat(1 + Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length)))
  return fence.length === 1 ? `\`${text}\`` : `${fence} ${text} ${fence}`
}

/** For a comment or a step's summary: the headline, and rows that do not hold with what moved; the others are folded. */
export function markdownCheck(found: CheckReport): string {
  const report = visible(found)
  const improved = improvementsText(report)
  return `${[
    `### ${report.worst === null ? '✓' : '✗'} boardless check`,
    plain(headlineText(report)),
    ...report.targets.flatMap(failingRows),
    ...(improved === undefined ? [] : [plain(improved)]),
    ...report.targets.map(target),
    `<sub>${plain(report.config)}: ${plain(headText(report))}; ${countsText(report)}; boardless ${report.tool.version}</sub>`,
  ].join('\n\n')}\n`
}

function failingRows({ name, notes, rows }: TargetReport): readonly string[] {
  const given = notes.map((note) => `> ${plain(name)}: ${plain(note)}`)
  const failing = rows
    .filter(({ outcome }) => outcome !== 'passed')
    .map((row) => {
      const label = LABELS[row.outcome] === 'failed' ? '' : ` (${LABELS[row.outcome]})`
      return [
        `**${MARKS[row.outcome]} ${plain(name)}: ${plain(row.message)}**${label}`,
        ...causesByKind(row.because).map(
          ([kind, causes]) => `- ${kind}: ${plain(causes.map(causeText).join(' · '))}`,
        ),
        ...(row.unknown === null ? [] : [`- not known: ${plain(row.unknown)}`]),
        `- again: ${code(row.reproduce)}`,
      ].join('\n')
    })
  return failing.length === 0 ? [] : [...failing, ...given]
}

const cells = (row: BudgetRow): readonly string[] => [
  MARKS[row.outcome],
  row.budget,
  measuredText(row),
  limitShort(row),
  baselineText(row),
  changeText(row),
]

const line = (columns: readonly string[]): string => `| ${columns.map(plain).join(' | ')} |`

const target = (one: TargetReport): string =>
  [
    `<details><summary>${escaped(one.name)}: ${escaped(targetText(one))}</summary>`,
    '',
    line(['', 'budget', 'measured', 'may be', 'baseline', 'change']),
    '|---|---|--:|---|--:|--:|',
    ...one.rows.map((row) => line(cells(row))),
    '',
    '</details>',
  ].join('\n')
