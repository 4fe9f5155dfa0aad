import { heading, paint, paragraph, spare, table, text, number, type Style } from '../../report/show/style.ts'
import { visible } from '../../report/show/visible.ts'
import type { BudgetRow, CheckReport, Outcome, TargetReport } from '../check-report.ts'
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
} from './words.ts'

/** For a terminal. Ends with a newline. */
export function renderCheck(found: CheckReport, style: Style): string {
  const report = visible(found)
  const { bold, green } = paint(style)
  const isFine = report.worst === null
  const improved = improvementsText(report)
  return [
    paragraph('', `${bold(report.config)}  ${headText(report)}`, style),
    '',
    paragraph('  ', headlineText(report), style, isFine ? green : colourOf(worstOutcome(report), style)),
    ...report.targets.map((one) => target(one, style)),
    '',
    ...(isFine ? [] : [paragraph('  ', countsText(report), style)]),
    ...(improved === undefined ? [] : [paragraph('  ', improved, style, green)]),
    '',
  ]
    .join('\n')
    .replace(/\n+$/, '\n')
}

function worstOutcome({ counts }: CheckReport): Outcome {
  return counts.failed > 0 ? 'failed' : counts.warned > 0 ? 'warned' : 'tried'
}

function colourOf(outcome: Outcome, style: Style): (line: string) => string {
  const { red, yellow, cyan, green } = paint(style)
  return { failed: red, warned: yellow, tried: cyan, passed: green }[outcome]
}

function target(one: TargetReport, style: Style): string {
  const { dim } = paint(style)
  const rows = one.rows.map((row) => [
    colourOf(row.outcome, style)(MARKS[row.outcome]),
    row.budget,
    measuredText(row),
    limitShort(row),
    baselineText(row),
    row.isImproved ? paint(style).green(changeText(row)) : changeText(row),
  ])
  const failing = one.rows.filter(({ outcome }) => outcome !== 'passed')
  return [
    heading(one.name, targetText(one), style),
    table(
      [
        text(''),
        text('budget'),
        number('measured'),
        text('may be'),
        spare(number('baseline')),
        spare(number('change')),
      ],
      rows,
      style,
    ),
    ...one.notes.map((note) => paragraph(paint(style).yellow('  ! '), note, style)),
    ...failing.map((row) => explained(row, style)),
    ...one.rows
      .filter(({ isImproved, because, outcome }) => outcome === 'passed' && isImproved && because.length > 0)
      .map((row) =>
        dim(
          paragraph(
            '  better  ',
            `${row.budget}: ${row.because.slice(0, 2).map(causeText).join(' · ')}`,
            style,
          ),
        ),
      ),
  ].join('\n')
}

function explained(row: BudgetRow, style: Style): string {
  const colour = colourOf(row.outcome, style)
  const { dim } = paint(style)
  const label = row.outcome === 'failed' ? '' : `${LABELS[row.outcome]}: `
  const lead = (name: string): string => `    ${name.padEnd(10)}`
  return [
    '',
    paragraph(`  ${colour(MARKS[row.outcome])} `, `${label}${row.message}`, style, colour),
    ...causesByKind(row.because).map(([kind, causes]) =>
      paragraph(lead(kind), causes.map(causeText).join(' · '), style),
    ),
    ...(row.unknown === null ? [] : [paragraph(lead('not known'), row.unknown, style, dim)]),
    paragraph(lead('again'), row.reproduce, style, dim),
  ].join('\n')
}
