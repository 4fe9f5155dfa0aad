import { plainMarkdown } from '../../report/show/markup.ts'
import { visible } from '../../report/show/visible.ts'
import type { Comparison } from '../comparison.ts'
import { tablesOf, type ShownTable } from './tables.ts'
import { bothFacts, headlines, predictionLines, speedLine } from './words.ts'

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

function tableOf({ columns, rows }: Pick<ShownTable, 'columns' | 'rows'>): string {
  return [
    row(columns.map(({ title }) => plainMarkdown(title))),
    row(columns.map(({ isNumber }) => (isNumber ? '--:' : ':--'))),
    ...rows.map(({ cells }) => row(cells.map((cell) => plainMarkdown(cell.trim())))),
  ].join('\n')
}

/** For a pull request or a page. Ends with a newline. @param top rows of long tables */
export function markdownComparison(found: Comparison, top: number): string {
  const comparison = visible(found)
  const { a, b, given, unknown, isSame } = comparison
  const speed = speedLine(comparison)
  const facts = [...bothFacts(comparison), ...predictionLines(comparison)].map(([name, text]) => ({
    cells: [name, text],
    difference: 0,
    tone: 'none' as const,
  }))
  return `${[
    `# ${plainMarkdown(a.name)} and ${plainMarkdown(b.name)}`,
    ...(speed === undefined ? [] : [plainMarkdown(speed)]),
    headlines(comparison)
      .map(([what, line]) => `- **${what}** ${plainMarkdown(line)}`)
      .join('\n'),
    ...given.flatMap(({ what, undermines }) =>
      undermines === null ? [] : [`> **${plainMarkdown(what)}** differs: ${plainMarkdown(undermines)}.`],
    ),
    ...(isSame ? [] : tablesOf(comparison, top)).flatMap((one) => [
      `## ${plainMarkdown(one.title)}`,
      plainMarkdown(one.detail),
      tableOf(one),
      ...(one.more > 0 ? [`and ${one.more} more`] : []),
    ]),
    '## What ran',
    tableOf({ columns: [{ title: '' }, { title: '' }], rows: facts }),
    ...[...a.aware.map((line) => `${a.name}: ${line}`), ...b.aware.map((line) => `${b.name}: ${line}`)].map(
      (line) => `- ${plainMarkdown(line)}`,
    ),
    ...unknown.map((line) => `- not known: ${plainMarkdown(line)}`),
  ].join('\n\n')}\n`
}
