import {
  facts,
  heading,
  number,
  paint,
  paragraph,
  spare,
  table,
  text,
  type Style,
} from '../../report/show/style.ts'
import { visible } from '../../report/show/visible.ts'
import type { Comparison } from '../comparison.ts'
import { tablesOf, type ShownTable } from './tables.ts'
import { bothFacts, headlines, predictionLines, speedLine } from './words.ts'

/** Rows of long tables, unless more are asked for. */
export const TOP = 10

/** For a terminal. Ends with a newline. @param top rows of long tables */
export function renderComparison(found: Comparison, style: Style, top = TOP): string {
  const comparison = visible(found)
  return [
    head(comparison, style),
    warnings(comparison, style),
    `\n${facts(bothFacts(comparison), style)}`,
    ...(comparison.isSame ? [] : tablesOf(comparison, top).map((one) => drawn(one, style))),
    predictions(comparison, style),
    notes(comparison, style),
    '',
  ]
    .filter((part) => part !== undefined)
    .join('\n')
}

function head(comparison: Comparison, style: Style): string {
  const { bold, green, yellow } = paint(style)
  const colours: Readonly<Record<string, (line: string) => string>> = {
    worst: yellow,
    best: green,
    same: bold,
  }
  const { a, b } = comparison
  const speed = speedLine(comparison)
  return [
    `${bold(`${a.name} and ${b.name}`)}, boardless ${comparison.tool.version}`,
    ...(speed === undefined ? [] : [paragraph('', speed, style, green)]),
    '',
    ...headlines(comparison).map(([what, line]) =>
      paragraph(`  ${what.padEnd(9)}`, line, style, colours[what]),
    ),
  ].join('\n')
}

function warnings({ given, a, b }: Comparison, style: Style): string | undefined {
  const { yellow } = paint(style)
  const lines = given.flatMap(({ what, undermines }) =>
    undermines === null ? [] : [`${what}: ${a.name} and ${b.name} differ: ${undermines}`],
  )
  return lines.length === 0
    ? undefined
    : `\n${lines.map((line) => paragraph(yellow('! '), line, style)).join('\n')}`
}

function drawn({ title, detail, columns, rows, changeColumn, more }: ShownTable, style: Style): string {
  const { green, yellow, dim } = paint(style)
  const painted = (cell: string, tone: string): string =>
    cell === 'same' ? dim(cell) : tone === 'worse' ? yellow(cell) : tone === 'better' ? green(cell) : cell
  return [
    heading(title, detail, style),
    table(
      columns.map(({ title: name, isNumber, isSpare }) => {
        const column = isNumber ? number(name) : text(name)
        return isSpare ? spare(column) : column
      }),
      rows.map(({ cells, tone }) =>
        cells.map((cell, i) =>
          i === changeColumn
            ? painted(cell, tone)
            : columns[i]?.isName && style.width < ROOMY
              ? endOfName(cell)
              : cell,
        ),
      ),
      style,
    ),
    ...(more > 0 ? [dim(`  and ${more} more: --top ${rows.length + more}`)] : []),
  ].join('\n')
}

/** From here on names are not shortened before they have to be. */
const ROOMY = 120
const LONGEST_NAME = 26

/** Without namespaces around it, as far as needed: `…fully_connected::Eval`. */
function endOfName(name: string): string {
  let rest = name
  while (rest.length > LONGEST_NAME) {
    const at = rest.indexOf('::')
    // Not into template arguments or parameters.
    if (at < 0 || /[<(]/.test(rest.slice(0, at).replace('(anonymous)', ''))) break
    rest = rest.slice(at + 2)
  }
  return rest === name ? name : `…${rest}`
}

function predictions(comparison: Comparison, style: Style): string | undefined {
  const lines = predictionLines(comparison)
  return lines.length === 0 ? undefined : `${heading('Predictions', '', style)}\n${facts(lines, style)}`
}

/** What to be aware of in each, and why parts are missing. */
function notes({ a, b, unknown }: Comparison, style: Style): string | undefined {
  const { yellow, dim } = paint(style)
  const both = a.aware.filter((line) => b.aware.includes(line))
  const only = (of: typeof a): readonly string[] =>
    of.aware.filter((line) => !both.includes(line)).map((line) => `${of.name}: ${line}`)
  const lines = [...both, ...only(a), ...only(b)]
  const shown = [
    ...lines.map((line) => paragraph(yellow('! '), line, style)),
    ...unknown.map((line) => paragraph('  ', `not known: ${line}`, style, dim)),
  ]
  return shown.length === 0 ? undefined : `\n${shown.join('\n')}`
}
