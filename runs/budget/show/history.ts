import { heading, number, paint, paragraph, spare, table, text, type Style } from '../../report/show/style.ts'
import { plainMarkdown } from '../../report/show/markup.ts'
import { visible } from '../../report/show/visible.ts'
import type { HistoryCommit, HistoryFigure, HistoryMove, HistoryReport } from '../history-report.ts'
import { change, percentOf, quantity } from '../quantity.ts'
import { causesByKind, causeText } from './words.ts'

const STEPS = '▁▂▃▄▅▆▇█'

/** A figure through all commits, oldest first: the lowest value is the lowest mark; what has none is a dot. */
export function sparkline(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null)
  const [low, high] = [Math.min(...known), Math.max(...known)]
  return values
    .map((value) =>
      value === null
        ? '·'
        : (STEPS[high === low ? 0 : Math.round(((value - low) / (high - low)) * (STEPS.length - 1))] ?? ''),
    )
    .join('')
}

const short = (commit: string): string => commit.slice(0, 9)

export const spreadText = ({ spread, unit }: HistoryFigure): string =>
  spread === 0 ? '0' : quantity(spread, unit)

const valueText = (value: number | null | undefined, { unit }: Pick<HistoryFigure, 'unit'>): string =>
  value == null ? 'none' : quantity(value, unit)

const lastOf = ({ values }: HistoryFigure): number | null =>
  values.findLast((value) => value !== null) ?? null
const firstOf = ({ values }: HistoryFigure): number | null => values.find((value) => value !== null) ?? null

function moveLine({ figure, unit, from, to, difference }: HistoryMove): string {
  const percent = from === null || to === null ? '' : percentOf(difference, from)
  return `${figure} ${valueText(from, { unit })} to ${valueText(to, { unit })}${from === null || to === null ? '' : `, ${change(difference, unit)}`}${percent === '' ? '' : `, ${percent}`}`
}

function titleOf({ target, commits, figures }: HistoryReport): string {
  const measured = commits.filter(({ isMeasured }) => isMeasured).length
  const moved = figures.filter(({ spread }) => spread !== 0).length
  const of = measured === commits.length ? `${measured}` : `${measured} of ${commits.length}`
  return `${target}: ${of} commits; ${moved === 0 ? 'no figure moved' : `${moved} of ${figures.length} figures moved`}`
}

/** For a terminal. Ends with a newline. */
export function renderHistory(found: HistoryReport, style: Style): string {
  const report = visible(found)
  const { bold, dim, yellow } = paint(style)
  const rows = report.figures.map((one) => [
    one.name,
    sparkline(one.values),
    valueText(firstOf(one), one),
    valueText(lastOf(one), one),
    spreadText(one),
  ])
  return `${[
    bold(titleOf(report)),
    `  ${dim(rangeOf(report.commits))}`,
    heading('Figures', 'oldest commit left; a dot: not measured', style),
    table(
      [text('figure'), text('history'), spare(number('first')), number('last'), number('spread')],
      rows,
      style,
    ),
    ...(report.moves.length === 0
      ? []
      : [heading('Moved', 'newest first', style), ...movedBy(report, style)]),
    ...report.commits.flatMap(({ commit, cannot }) =>
      cannot === null ? [] : [paragraph(yellow('  ! '), `${short(commit)} has no figures: ${cannot}`, style)],
    ),
  ].join('\n')}\n`
}

const rangeOf = (commits: readonly HistoryCommit[]): string => {
  const [first, last] = [commits[0], commits.at(-1)]
  return first && last
    ? `${short(first.commit)} of ${first.date} to ${short(last.commit)} of ${last.date}`
    : ''
}

function movedBy({ commits, moves }: HistoryReport, style: Style): readonly string[] {
  const { bold, dim } = paint(style)
  return [...new Set(moves.map(({ commit }) => commit))].flatMap((id) => {
    const of = commits.find(({ commit }) => commit === id)
    const own = moves.filter(({ commit }) => commit === id)
    const at = commits.findIndex(({ commit }) => commit === id)
    const since = own[0]?.since
    const gap =
      commits[at - 1]?.commit === since
        ? ''
        : ` (between ${short(since ?? '')} and this one none was measured)`
    return [
      `  ${bold(short(id))} ${of?.date ?? ''} ${of?.subject ?? ''}${gap}`,
      ...own.flatMap((move) => [
        paragraph('    ', moveLine(move), style),
        ...causesByKind(move.because).map(([kind, causes]) =>
          dim(paragraph(`      ${kind.padEnd(9)}`, causes.map(causeText).join(' · '), style)),
        ),
      ]),
    ]
  })
}

/** For a pull request or a page. Ends with a newline. */
export function markdownHistory(found: HistoryReport): string {
  const report = visible(found)
  const row = (cells: readonly string[]): string => `| ${cells.map(plainMarkdown).join(' | ')} |`
  return `${[
    `### ${plainMarkdown(titleOf(report))}`,
    [
      row(['figure', 'history', 'first', 'last', 'spread']),
      '|---|---|--:|--:|--:|',
      ...report.figures.map((one) =>
        row([
          one.name,
          sparkline(one.values),
          valueText(firstOf(one), one),
          valueText(lastOf(one), one),
          spreadText(one),
        ]),
      ),
    ].join('\n'),
    ...(report.moves.length === 0
      ? []
      : [
          report.moves
            .map(
              (move) =>
                `- ${short(move.commit)}: ${plainMarkdown([moveLine(move), ...move.because.map(causeText)].join('; '))}`,
            )
            .join('\n'),
        ]),
  ].join('\n\n')}\n`
}

/** A line a commit, a column a figure. */
export function csvHistory({ commits, figures }: HistoryReport): string {
  const cell = (value: string): string =>
    /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
  const rows = commits.map(({ commit, date, subject }, i) => [
    commit,
    date,
    subject,
    ...figures.map(({ values }) => String(values[i] ?? '')),
  ])
  const titles = [
    'commit',
    'date',
    'subject',
    ...figures.map(({ name, unit }) => (unit === '' ? name : `${name} (${unit})`)),
  ]
  return `${[titles, ...rows].map((one) => one.map(cell).join(',')).join('\n')}\n`
}
