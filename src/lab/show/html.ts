import { count, grouped } from '../../../runs/report/show/format.ts'
import { mainComparisons, numbered, shortNames } from '../../../runs/lab-report/format.ts'
import type {
  Chart,
  Configuration,
  DesktopReport,
  LabReport,
  TechniqueReport,
} from '../../../runs/lab-report/lab-report.ts'
import { chartTable, drawnAsDots, plotted } from '../../../runs/lab-report/charts/chart-data.ts'
import { drawChart, NARROW, WIDE } from './charts/chart.ts'
import { frontierPlot } from './charts/frontier.ts'
import type { PointsStyle } from './charts/points.ts'
import { seriesStyle } from './charts/theme.ts'
import { desktopFacts, desktopTime, criteriaText, headerFacts } from '../../../runs/lab-report/header.ts'
import {
  badge,
  claimBlock,
  command,
  comparisonTable,
  detailTable,
  factList,
  legend,
  quantity,
  scrolling,
} from './html-parts.ts'
import { styleSheet } from './html-style.ts'
import { markup, prose } from './html-text.ts'

/** One page that holds all of it: no script, nothing from elsewhere. The same reports give the same bytes. */
export async function renderLabHtml(report: LabReport, desktop: DesktopReport | null): Promise<string> {
  const { header, tool } = report
  const rows = []
  for (const technique of report.techniques) rows.push(await techniqueSection(technique, desktop))
  const title = `Optimisation lab: ${header.dataset.name} on ${header.board}`
  const clock = `${header.chip} at ${grouped(header.clockHz / 1e6)} MHz`
  return [
    '<!DOCTYPE html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">`,
    '<meta name="color-scheme" content="light dark">',
    '<link rel="icon" href="data:,">',
    `<title>${markup(title)}</title>`,
    `<style>\n${styleSheet}</style>`,
    '</head>',
    '<body>',
    '<div class="layout">',
    `<header>\n<h1>${markup(title)}</h1>\n<p class="lead">${markup(`${clock}, on an emulator: no board has been measured. ${tool.name} ${tool.version}.`)}</p>\n</header>`,
    contents(report),
    '<main>',
    recommendationSection(report),
    claimsSection(report.techniques),
    ...rows,
    await frontierSection(report),
    toolchainSection(report, desktop),
    '</main>',
    `<footer><p>Made by <code>${markup(report.command)}</code>; the same figures are in lab.json.</p></footer>`,
    '</div>',
    '</body>',
    '</html>',
    '',
  ].join('\n')
}

const anchor = ({ row }: TechniqueReport): string => `row-${row}`

function contents({ techniques, configurations }: LabReport): string {
  const entry = (target: string, title: string, row = ''): string =>
    `<li><span class="row">${row}</span><a href="#${target}">${markup(title)}</a></li>`
  return [
    '<nav aria-label="Contents"><div class="inside">\n<h2>Contents</h2>\n<ol>',
    entry('recommendation', 'Recommendation'),
    ...(techniques.some(({ claims }) => claims.length > 0) ? [entry('claims', 'Claims and verdicts')] : []),
    ...techniques.map((technique) => entry(anchor(technique), technique.title, String(technique.row))),
    ...(configurations.length > 0 ? [entry('frontier', 'Frontier')] : []),
    entry('toolchain', 'Hardware and toolchain'),
    '</ol>\n</div></nav>',
  ].join('\n')
}

const section = (id: string, title: string, parts: readonly string[]): string =>
  `<section id="${id}" aria-labelledby="${id}-heading">\n<h2 id="${id}-heading">${title}</h2>\n${parts.join('\n')}\n</section>`

function recommendationSection({ recommendation: chosen, configurations }: LabReport): string {
  if (chosen === null)
    return section('recommendation', 'Recommendation', [
      '<p>None: no configuration is within the limits asked for.</p>',
    ])
  const measured = configurations.find(({ name }) => name === chosen.configuration)
  return section('recommendation', 'Recommendation', [
    `<p class="lead">${markup(criteriaText(chosen.criteria, 'fine'))}</p>`,
    `<p class="recommended">${markup(chosen.configuration)}</p>`,
    ...(measured ? [configurationTable([measured], null)] : []),
    `<ul class="reasons">${chosen.reasons.map((reason) => `<li>${prose(reason)}</li>`).join('')}</ul>`,
    command(chosen.command),
  ])
}

function claimsSection(techniques: readonly TechniqueReport[]): string {
  const rows = techniques.flatMap((technique) =>
    technique.claims.map(
      ({ claim, ours, verdict }) =>
        `<tr><td class="right"><a href="#${anchor(technique)}" aria-label="${markup(`row ${technique.row}: ${technique.title}`)}">${technique.row}</a></td>` +
        `<td class="words">${prose(claim)}</td><td class="words">${prose(ours)}</td><td>${badge(verdict)}</td></tr>`,
    ),
  )
  if (rows.length === 0) return ''
  const head = `<thead><tr><th scope="col" class="right">row</th><th scope="col">claimed</th><th scope="col">measured</th><th scope="col">verdict</th></tr></thead>`
  return section('claims', 'Claims and verdicts', [
    scrolling('Claims and verdicts', `<table>\n${head}\n<tbody>\n${rows.join('\n')}\n</tbody>\n</table>`),
  ])
}

async function techniqueSection(technique: TechniqueReport, desktop: DesktopReport | null): Promise<string> {
  const id = anchor(technique)
  const main = mainComparisons(technique)
  const details = technique.comparisons.filter((one) => !main.includes(one))
  const figures = []
  for (const [index, chart] of technique.charts.entries())
    figures.push(await figure(chart, `${id}-plot-${index + 1}`))
  return section(id, `<span class="number">${technique.row}</span>${markup(technique.title)}`, [
    ...(technique.changed === '' ? [] : [`<p>${prose(technique.changed)}</p>`]),
    command(technique.command),
    ...(main.length > 0 ? [comparisonTable(main, `${technique.title}: before and after`)] : []),
    ...(details.length > 0
      ? [
          `<details><summary>${count(details.length, 'further figure')}</summary>\n${comparisonTable(details, `${technique.title}: further figures`)}\n</details>`,
        ]
      : []),
    ...technique.claims.map(claimBlock),
    ...figures,
    ...technique.tables.map((table) => detailTable(table, true)),
    ...(technique.id === 'baseline' && desktop ? [`<p>${markup(desktopTime(desktop, 'fine'))}</p>`] : []),
    ...(technique.notes.length > 0
      ? [`<ul class="notes">${technique.notes.map((note) => `<li>${prose(note)}</li>`).join('')}</ul>`]
      : []),
  ])
}

/** Drawn twice, for a desk and for a phone: lettering would shrink with the plot. */
async function figure(chart: Chart, id: string, style: PointsStyle = {}): Promise<string> {
  const [large, small] = [
    await drawChart(chart, WIDE, `${id}-large`, style),
    await drawChart(chart, NARROW, `${id}-small`, style),
  ]
  const entries = plotted(chart).series.map(({ name }, index) => ({
    name,
    style: style.styles?.[index] ?? seriesStyle(index),
    bar: !drawnAsDots(chart),
  }))
  return [
    '<figure>',
    `<figcaption>${markup(chart.title)}</figcaption>`,
    ...(entries.length > 1 ? [legend(entries)] : []),
    `<div class="plot large">${large}</div>`,
    `<div class="plot small">${small}</div>`,
    `<details><summary>Figures of this plot</summary>\n${detailTable(chartTable(chart), false)}\n</details>`,
    '</figure>',
  ].join('\n')
}

async function frontierSection(report: LabReport): Promise<string> {
  const { configurations } = report
  if (configurations.length === 0) return ''
  const on = numbered(report)
  const others = configurations
    .filter((one) => !on.includes(one))
    .toSorted((a, b) => a.latency.value - b.latency.value)
  const all = [...on, ...others]
  const { names, common } = shortNames(all.map(({ name }) => name))
  const chosen = report.recommendation?.configuration ?? null
  const plots = []
  for (const against of ['latency', 'flash'] as const) {
    const { chart, style } = frontierPlot(report, against)
    plots.push(await figure(chart, `frontier-${against}`, style))
  }
  const members = count(on.filter((one) => one.frontier).length, 'configuration')
  const shared = common.length === 0 ? '' : ` All are ${markup(common.join(', '))}.`
  return section('frontier', 'Frontier', [
    `<p>${members} of ${grouped(configurations.length)} are on it: no other is at least as good in accuracy, latency, flash and RAM, and better in one. The numbers are those of the table.${shared}</p>`,
    ...plots,
    '<h3>On the frontier</h3>',
    configurationTable(on, names.slice(0, on.length), { chosen, from: 1 }),
    ...(others.length > 0
      ? [
          `<details><summary>${grouped(others.length)} not on it</summary>\n${configurationTable(others, names.slice(on.length), { chosen })}\n</details>`,
        ]
      : []),
  ])
}

/** Without names where the one it is about stands above it; numbered where that is asked for. */
function configurationTable(
  configurations: readonly Configuration[],
  names: readonly string[] | null,
  { chosen = null, from }: { readonly chosen?: string | null; readonly from?: number } = {},
): string {
  const rows = configurations.map(
    (one, index) =>
      `<tr${one.name === chosen ? ' class="chosen"' : ''}>` +
      (from === undefined ? '' : `<td class="right">${from + index}</td>`) +
      (names ? `<th scope="row" class="words">${markup(names[index] ?? one.name)}</th>` : '') +
      [one.accuracy, one.latency, one.inference, one.flash, one.ram, one.energy]
        .map((cell) => `<td class="right">${cell ? quantity(cell) : ''}</td>`)
        .join('') +
      '</tr>',
  )
  const heads = [
    ...(from === undefined ? [] : ['<th scope="col" class="right">#</th>']),
    ...(names ? ['<th scope="col">configuration</th>'] : []),
    ...['accuracy', 'latency', 'of it inference', 'flash', 'RAM', 'energy'].map(
      (name) => `<th scope="col" class="right">${name}</th>`,
    ),
  ].join('')
  const label =
    names === null ? 'What is recommended' : from === undefined ? 'Not on the frontier' : 'On the frontier'
  return scrolling(
    label,
    `<table>\n<thead><tr>${heads}</tr></thead>\n<tbody>\n${rows.join('\n')}\n</tbody>\n</table>`,
  )
}

function toolchainSection({ header, command: whole }: LabReport, desktop: DesktopReport | null): string {
  return section('toolchain', 'Hardware and toolchain', [
    command(whole),
    factList([['board', header.board], ...headerFacts(header)]),
    ...(desktop ? ['<h3>The desktop</h3>', factList(desktopFacts(desktop, 'fine'))] : []),
  ])
}
