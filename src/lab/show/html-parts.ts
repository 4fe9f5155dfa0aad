import { count } from '../../../runs/report/show/format.ts'
import {
  casesBeside,
  isCode,
  intervalText,
  isSigned,
  numberText,
  sharedUnit,
  unitSuffix,
  valueText,
} from '../../../runs/lab-report/format.ts'
import type {
  Claim,
  Comparison,
  DetailTable,
  Quantity,
  Verdict,
} from '../../../runs/lab-report/lab-report.ts'
import type { Symbol } from '../../../runs/lab-report/charts/chart-data.ts'
import type { SeriesStyle } from './charts/theme.ts'
import { type Fact } from '../../../runs/lab-report/header.ts'
import { markup, prose } from './html-text.ts'

/** The value, its interval in a line under it. */
export function quantity(shown: Quantity, signed = isSigned(shown)): string {
  const value = valueText(shown, 'fine', signed)
  const interval = intervalText(shown, 'fine', signed)
  return interval === '' ? value : `${value}<span class="interval">${interval}</span>`
}

/** Wide tables scroll by themselves; the keyboard reaches them. */
export const scrolling = (label: string, table: string): string =>
  `<div class="scroll" role="group" aria-label="${markup(label)}" tabindex="0">\n${table}\n</div>`

const heads = (columns: DetailTable['columns']): string =>
  `<thead><tr>${columns
    .map(({ title, number }) => `<th scope="col"${number ? ' class="right"' : ''}>${markup(title)}</th>`)
    .join('')}</tr></thead>`

/** Longer ones are opened by those who want them. */
const LONG = 16
/** Does not break between its words. */
const SHORT = 26

export function detailTable(table: DetailTable, caption: boolean): string {
  const long = caption && table.rows.length > LONG
  const shared = table.columns.map((_, index) => sharedUnit(table.rows.map((row) => row[index] ?? null)))
  const columns = table.columns.map((column, index) => {
    const name = unitSuffix(shared[index] ?? '', 'fine').trim()
    return {
      ...column,
      title: name === '' || column.title.includes(name) ? column.title : `${column.title}, ${name}`,
    }
  })
  const body = table.rows.map(
    (row) =>
      `<tr>${row
        .map((cell, index) =>
          tableCell(cell, { index, right: columns[index]?.number ?? false, bare: shared[index] !== null }),
        )
        .join('')}</tr>`,
  )
  const drawn = [
    '<table>',
    ...(caption && !long ? [`<caption>${markup(table.title)}</caption>`] : []),
    heads(columns),
    `<tbody>\n${body.join('\n')}\n</tbody>`,
    '</table>',
  ].join('\n')
  const scroll = scrolling(table.title, drawn)
  return long
    ? `<details><summary>${markup(table.title)}: ${count(table.rows.length, 'row')}</summary>\n${scroll}\n</details>`
    : scroll
}

type Cell = DetailTable['rows'][number][number]

/** A unit that all figures of a column have stands in its head. */
function tableCell(
  cell: Cell,
  { index, right, bare }: { readonly index: number; readonly right: boolean; readonly bare: boolean },
): string {
  const [tag, scope] = index === 0 && !right ? ['th', ' scope="row"'] : ['td', '']
  const short = typeof cell === 'string' && cell.length <= SHORT ? ' class="short"' : ''
  return `<${tag}${scope}${right ? ' class="right"' : short}>${cellMarkup(cell, bare)}</${tag}>`
}

function cellMarkup(cell: Cell, bare: boolean): string {
  if (cell === null) return ''
  if (isCode(cell))
    return `<pre tabindex="0"><code>${cell.trimEnd().split('\n').map(markup).join('\n')}</code></pre>`
  if (typeof cell === 'string') return prose(cell)
  if (typeof cell === 'number') return numberText(cell, '', 'fine')
  const whole = quantity(cell)
  return bare ? whole.replace(unitSuffix(cell.unit, 'fine'), '') : whole
}

/** What was measured before and after: cases as lines over their metrics, or beside them where each has only one. */
export function comparisonTable(rows: readonly Comparison[], title: string): string {
  const beside = casesBeside(rows)
  const body = rows.flatMap((row, index) => {
    const figures = [quantity(row.before), quantity(row.after), change(row)]
      .map((cell) => `<td class="right">${cell}</td>`)
      .join('')
    const metric = markup(row.metric)
    if (beside)
      return [`<tr><th scope="row" class="words">${markup(row.case)}</th><td>${metric}</td>${figures}</tr>`]
    return [
      ...(row.case === rows[index - 1]?.case
        ? []
        : [`<tr class="case"><th scope="colgroup" colspan="4">${markup(row.case)}</th></tr>`]),
      `<tr><th scope="row">${metric}</th>${figures}</tr>`,
    ]
  })
  const columns = [...(beside ? ['case', ''] : ['']), 'before', 'after', 'change']
  const shown = columns.map((name, index) => ({ title: name, number: index >= columns.length - 3 }))
  return scrolling(title, `<table>\n${heads(shown)}\n<tbody>\n${body.join('\n')}\n</tbody>\n</table>`)
}

const change = ({ ratio, difference }: Comparison): string =>
  ratio ? quantity(ratio) : difference ? quantity(difference, true) : ''

const verdictClass = (verdict: Verdict): string => verdict.replaceAll(' ', '-')

export const badge = (verdict: Verdict): string =>
  `<span class="verdict ${verdictClass(verdict)}">${verdict}</span>`

export const claimBlock = ({ claim, source, ours, verdict, because }: Claim): string =>
  `<div class="claim ${verdictClass(verdict)}">\n${badge(verdict)}\n${factList([
    ['claimed', `${claim} (${source})`],
    ['measured', ours],
    ...(because === '' ? [] : [['because', because] as const]),
  ])}\n</div>`

export const factList = (facts: readonly Fact[]): string =>
  `<dl>\n${facts
    .map(([label, value]) => {
      const lines = value.split('\n').map(prose)
      const shown = lines.length === 1 ? lines.join('') : lines.map((line) => `<span>${line}</span>`).join('')
      return `<dt>${markup(label)}</dt><dd>${shown}</dd>`
    })
    .join('\n')}\n</dl>`

const glyphs: Readonly<Record<Symbol | 'bar', string>> = {
  circle: '<circle cx="6" cy="6" r="5"/>',
  rect: '<rect x="1" y="1" width="10" height="10"/>',
  triangle: '<path d="M6 0.5L11.5 11H0.5Z"/>',
  diamond: '<path d="M6 0L12 6L6 12L0 6Z"/>',
  bar: '<rect x="0" y="1" width="12" height="10" rx="2"/>',
}

export const legend = (
  entries: readonly { readonly name: string; readonly style: SeriesStyle; readonly bar: boolean }[],
): string =>
  `<ul class="legend">${entries
    .map(
      ({ name, style, bar }) =>
        `<li><svg viewBox="0 0 12 12" aria-hidden="true" fill="${style.color}">${glyphs[bar ? 'bar' : style.symbol]}</svg>${markup(name)}</li>`,
    )
    .join('')}</ul>`

export const command = (line: string): string => `<pre tabindex="0"><code>${markup(line)}</code></pre>`
