import { count } from '../../../runs/report/show/format.ts'
import {
  facts,
  heading,
  number,
  paint,
  table,
  text,
  wrap,
  type Style,
} from '../../../runs/report/show/style.ts'
import { mainComparisons, numbered, printable, shortNames } from '../../../runs/lab-report/format.ts'
import type {
  Claim,
  Configuration,
  DesktopReport,
  LabReport,
  Recommendation,
  TechniqueReport,
  Verdict,
} from '../../../runs/lab-report/lab-report.ts'
import { desktopFacts, criteriaText, headerFacts, type Fact } from '../../../runs/lab-report/header.ts'
import { besideNames, comparisonTable, figure, INDENT, underTitles } from './text-tables.ts'

const MAX_WIDTH = 110
/** Of "changed", which stands over the others. */
const LABEL = 7

/** The lab as the terminal shows it. Ends with a newline. */
export function renderLabText(report: LabReport, desktop: DesktopReport | null, style: Style): string {
  const within = Number.isFinite(style.width) ? { ...style, width: Math.min(style.width, MAX_WIDTH) } : style
  return [
    header(report, desktop, within),
    ...report.techniques.map((technique) => block(technique, within)),
    ...claims(report.techniques, within),
    ...frontier(report, within),
    recommendation(report.recommendation, within),
    '',
  ].join('\n')
}

function header(report: LabReport, desktop: DesktopReport | null, style: Style): string {
  const { bold } = paint(style)
  const { command, tool, header: of } = report
  const title = `${printable(of.board)} · ${tool.name} ${tool.version}`
  const pairs: readonly Fact[] = [
    ['command', printable(command)],
    ...headerFacts(of),
    ...(desktop ? desktopFacts(desktop, 'ascii') : []),
  ]
  return `${bold('Optimisation lab')}  ${title}\n\n${facts(pairs, style)}`
}

function block(technique: TechniqueReport, style: Style): string {
  const { bold, dim } = paint(style)
  const main = mainComparisons(technique)
  const after = [
    ...technique.claims.flatMap((claim) => claimFacts(claim, style)),
    ...technique.notes.map((note): Fact => ['note'.padEnd(LABEL), printable(note)]),
  ]
  return [
    `\n${dim(String(technique.row).padStart(2))}  ${bold(printable(technique.title))}`,
    facts(
      [
        ...(technique.changed === '' ? [] : [['changed', printable(technique.changed)] as const]),
        ['command', printable(technique.command)],
      ],
      style,
    ),
    ...(main.length > 0 ? [comparisonTable(main, style)] : []),
    ...(after.length > 0 ? [facts(after, style)] : []),
  ].join('\n')
}

function paintVerdict(verdict: Verdict, style: Style, text: string = verdict): string {
  const { green, red, yellow } = paint(style)
  const colours = { holds: green, 'within our interval only': yellow, depends: yellow, 'does not hold': red }
  return colours[verdict](text)
}

const claimFacts = (claim: Claim, style: Style): readonly Fact[] => [
  ['claim'.padEnd(LABEL), printable(`${claim.claim} (${claim.source})`)],
  ['ours', printable(claim.ours)],
  ['verdict', paintVerdict(claim.verdict, style)],
  ...(claim.because === '' ? [] : [['because', printable(claim.because)] as const]),
]

/** All claims under each other. */
function claims(techniques: readonly TechniqueReport[], style: Style): readonly string[] {
  const all = techniques.flatMap(({ row, claims: made }) => made.map((claim) => ({ row, claim })))
  if (all.length === 0) return []
  const verdictWidth = 'does not hold'.length
  const rest = style.width - INDENT - '10'.length - verdictWidth - 3 * INDENT
  const half = Math.floor(rest / 2)
  return [
    heading('Claims', 'what others say of each row, and what was measured', style),
    table(
      [number('#'), text('claimed'), text('measured'), text('verdict')],
      all.map(({ row, claim }) => [
        String(row),
        wrap(printable(claim.claim), half).join('\n'),
        wrap(printable(claim.ours), rest - half).join('\n'),
        wrap(claim.verdict, verdictWidth)
          .map((line) => paintVerdict(claim.verdict, style, line))
          .join('\n'),
      ]),
      style,
    ),
  ]
}

function frontier(report: LabReport, style: Style): readonly string[] {
  const { configurations, recommendation: chosen } = report
  const shown = numbered(report)
  if (shown.length === 0) return []
  const { bold, dim, green } = paint(style)
  const { names, common } = shortNames(shown.map(({ name }) => name))
  const cells = (inline: boolean): readonly (readonly string[])[] =>
    shown.map((one) => frontierCells(one, inline, style))
  const columns = ['accuracy', 'latency', 'flash', 'RAM', 'energy'].map(number)
  const mark = (line: string, index: number): string =>
    shown[index]?.name === chosen?.configuration ? bold(green(line)) : line
  const named = [number('#'), text(''), ...columns]
  const beside = besideNames(named, names, { inline: cells(true), under: cells(false) }, style)?.map(
    (row, index) =>
      row.map((cell, column) =>
        column === 1
          ? cell
              .split('\n')
              .map((line) => mark(line, index))
              .join('\n')
          : cell,
      ),
  )
  const titles = names.map((name, index) => `${String(index + 1).padStart(2)}  ${name}`)
  const those = `${shown.filter((one) => one.frontier).length} of ${count(configurations.length, 'configuration')}`
  return [
    heading(
      'Frontier',
      `${those}: no other is at least as good in accuracy, latency, flash and RAM, and better in one`,
      style,
    ),
    ...(common.length > 0 ? [`  ${dim(`all of them ${common.join(', ')}`)}`] : []),
    beside ? table(named, beside, style) : underTitles(columns, cells(false), titles, style, mark),
  ]
}

const frontierCells = (one: Configuration, inline: boolean, style: Style): readonly string[] => [
  ...[one.accuracy, one.latency, one.flash, one.ram].map((quantity) => figure(quantity, inline, style)),
  one.energy ? figure(inline ? one.energy : { ...one.energy, interval: null }, inline, style) : '',
]

function recommendation(chosen: Recommendation | null, style: Style): string {
  if (chosen === null)
    return `${heading('Recommendation', '', style)}\n  none: no configuration is within the limits asked for`
  const { bold, green } = paint(style)
  return [
    heading('Recommendation', criteriaText(chosen.criteria), style),
    ...wrap(printable(chosen.configuration), style.width - INDENT).map((line) => `  ${bold(green(line))}`),
    facts(
      [
        ...chosen.reasons.map((reason, index): Fact => [index === 0 ? 'because' : '', printable(reason)]),
        ['build', printable(chosen.command)],
      ],
      style,
    ),
  ].join('\n')
}
