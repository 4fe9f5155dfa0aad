import { escaped } from '../../report/show/markup.ts'
import { visible } from '../../report/show/visible.ts'
import type { Comparison } from '../comparison.ts'
import { tablesOf, type ShownTable } from './tables.ts'
import { bothFacts, headlines, predictionLines, speedLine } from './words.ts'

const plain = (text: string): string => escaped(text).replaceAll('\n', '<br>')

const HALF = 50

/** To the right what is more, to the left what is less: seen without colours too. @param most that a half is of */
function bar(difference: number, tone: string, most: number): string {
  if (most === 0 || difference === 0)
    return '<svg class="bar" viewBox="0 0 100 10" aria-hidden="true"><path class="axis" d="M50 0v10"/></svg>'
  const width = Math.max((HALF * Math.abs(difference)) / most, 0.5)
  const from = difference > 0 ? HALF : HALF - width
  return (
    '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><path class="axis" d="M50 0v10"/>' +
    `<rect class="${tone}" x="${from.toFixed(2)}" y="1.5" width="${width.toFixed(2)}" height="7"/></svg>`
  )
}

function tableOf({ title, detail, columns, rows, changeColumn, more }: ShownTable): string {
  // Figures of several units have no common scale.
  const most = title === 'Figures' ? 0 : Math.max(...rows.map(({ difference }) => Math.abs(difference)))
  const head = columns.map(
    ({ title: name, isNumber }) => `<th${isNumber ? ' class="n"' : ''} scope="col">${plain(name)}</th>`,
  )
  const body = rows.map(({ cells, difference, tone }) => {
    const drawn = cells.map((cell, i) => {
      const classes = [columns[i]?.isNumber ? 'n' : '', i === changeColumn ? tone : ''].filter(Boolean)
      return `<td${classes.length > 0 ? ` class="${classes.join(' ')}"` : ''}>${plain(cell.trim())}</td>`
    })
    if (most > 0) drawn.splice(changeColumn + 1, 0, `<td>${bar(difference, tone, most)}</td>`)
    return `<tr>${drawn.join('')}</tr>`
  })
  if (most > 0) head.splice(changeColumn + 1, 0, '<th aria-label="change as a bar"></th>')
  return [
    `<section><h2>${plain(title)}</h2><p class="soft">${plain(detail)}</p>`,
    `<div class="scroll"><table><thead><tr>${head.join('')}</tr></thead><tbody>`,
    ...body,
    '</tbody></table></div>',
    more > 0 ? `<p class="soft">and ${more} more</p></section>` : '</section>',
  ].join('\n')
}

/** One file without anything from elsewhere. @param top rows of long tables */
export function htmlComparison(found: Comparison, top: number): string {
  const comparison = visible(found)
  const { a, b, given, unknown, isSame } = comparison
  const title = plain(`${a.name} and ${b.name}`)
  const speed = speedLine(comparison)
  const aware = [
    ...a.aware.map((line) => `${a.name}: ${line}`),
    ...b.aware.map((line) => `${b.name}: ${line}`),
  ]
  const facts = [...bothFacts(comparison), ...predictionLines(comparison)]
  return `${[
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">',
    `<title>${title}</title><style>${STYLE}</style></head><body><main>`,
    `<h1>${title}</h1>`,
    ...(speed === undefined ? [] : [`<p class="lead">${plain(speed)}</p>`]),
    `<dl>${headlines(comparison)
      .map(([what, line]) => `<dt>${what}</dt><dd>${plain(line)}</dd>`)
      .join('')}</dl>`,
    ...given.flatMap(({ what, undermines }) =>
      undermines === null
        ? []
        : [`<p class="warn"><strong>${plain(what)}</strong> differs: ${plain(undermines)}.</p>`],
    ),
    ...(isSame ? [] : tablesOf(comparison, top).map(tableOf)),
    '<section><h2>What ran</h2>',
    `<dl>${facts.map(([name, text]) => `<dt>${plain(name)}</dt><dd>${plain(text)}</dd>`).join('')}</dl></section>`,
    ...(aware.length + unknown.length > 0
      ? [
          `<section><h2>To be aware of</h2><ul>${[...aware, ...unknown.map((line) => `not known: ${line}`)]
            .map((line) => `<li>${plain(line)}</li>`)
            .join('')}</ul></section>`,
        ]
      : []),
    '</main></body></html>',
  ].join('\n')}\n`
}

/** Worse and better are told apart by side and by colours of Okabe and Ito, which all eyes tell apart. */
const STYLE = `
:root{color-scheme:light dark;--ground:#f5f6f8;--surface:#fff;--line:#dfe3e8;--ink:#12161c;--soft:#566070;--worse:#b34a00;--better:#0072b2;--warn:#fcefd2}
@media(prefers-color-scheme:dark){:root{--ground:#0c1014;--surface:#141a20;--line:#252e38;--ink:#e8edf2;--soft:#98a4b3;--worse:#f0a030;--better:#56b4e9;--warn:#35280d}}
body{margin:0;background:var(--ground);color:var(--ink);font:14px/1.5 system-ui,sans-serif}
main{max-width:72rem;margin:0 auto;padding:2rem 1rem}
h1{font-size:1.75rem;margin:0 0 .5rem}h2{font-size:1.05rem;margin:0}
section{background:var(--surface);border:1px solid var(--line);border-radius:10px;padding:1rem;margin:1rem 0}
.lead{font-size:1.05rem;font-weight:600}.soft{color:var(--soft);margin:.1rem 0 .6rem}
.warn{background:var(--warn);padding:.6rem 1rem;border-radius:6px}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}
th,td{padding:.3rem .6rem;text-align:left;vertical-align:baseline;border-bottom:1px solid var(--line)}
th{font-size:.8rem;font-weight:500;color:var(--soft);white-space:nowrap}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td.worse{color:var(--worse)}td.better{color:var(--better)}
.bar{width:8rem;height:.8rem}.axis{stroke:var(--soft);stroke-width:.5}rect.worse{fill:var(--worse)}rect.better{fill:var(--better)}rect.none{fill:var(--soft)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem;margin:.5rem 0}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
@media(max-width:40rem){dl{grid-template-columns:1fr}dd{margin-bottom:.4rem}}
`
  .replaceAll('\n', '')
  .trim()
