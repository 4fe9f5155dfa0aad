import {
  heading,
  number,
  paint,
  paragraph,
  table,
  text,
  type Style,
} from '../../../runs/report/show/style.ts'
import { visible } from '../../../runs/report/show/visible.ts'
import { claimText, cyclesText, differenceText, type RuleResult } from '../compare.ts'
import { awayFromDefaults, type Fidelity, type Summary } from '../fidelity.ts'
import { networkCells, networkSource, type NetworkRow } from '../published/networks.ts'

/** Every rule as a table, for a terminal. */
export function renderFidelity(found: Fidelity, style: Style): string {
  const { rules, summary, against, kernels } = visible(found)
  const groups = [...new Set(rules.map(({ group }) => group))]
  const blocks = groups.map((group) => {
    const columns = [
      text('kernel'),
      number('predicted'),
      ...(against ? [number('measured')] : []),
      number('off by'),
      text('status'),
      text('published'),
    ]
    const rows = rules.filter((one) => one.group === group).map((one) => row(one, against !== null, style))
    return `${heading(group, '', style)}\n${table(columns, rows, style)}`
  })
  const board = against
    ? [
        `measured on ${against.board} (part ${against.part})${against.kernels === kernels ? '' : '; its kernels are of another version'}`,
      ]
    : []
  const away = awayFromDefaults(found.timing).map((name) => `timing.${name} ${found.timing[name]}`)
  const chosen = away.length === 0 ? [] : [`not at the defaults: ${away.join(', ')}`]
  const said = [...board, ...chosen, ...summaryLines(summary)]
  return `${blocks.join('\n')}\n\n${said.map((line) => `${paragraph('  ', line, style)}\n`).join('')}`
}

/** Networks beside their published latencies, in microseconds at 64 MHz. */
export function renderNetworks(rows: readonly NetworkRow[], style: Style): string {
  const columns = [
    text('network'),
    ...['predicted us', 'published us', 'off by', 'range us'].map((name) => number(name)),
  ]
  const cells = rows.map((one) => {
    const { name, predicted, published, off, range } = networkCells(one)
    return [name, predicted, published, off, range]
  })
  return `${heading(networkSource, 'range: flashReadWait from end to end', style)}\n${table(columns, cells, style)}\n`
}

function row(result: RuleResult, hasBoard: boolean, style: Style): readonly string[] {
  const { red, yellow } = paint(style)
  const { rule, predictedCycles, measuredCycles, differenceCycles, contradiction, defaultCycles } = result
  const difference = differenceText(differenceCycles)
  const colored =
    difference === '0' ? difference : rule.status === 'exact' ? red(difference) : yellow(difference)
  const measured = measuredCycles === null ? '' : cyclesText(measuredCycles)
  return [
    rule.kernel,
    cyclesText(predictedCycles),
    ...(hasBoard ? [measured] : []),
    colored,
    [
      [
        rule.status,
        ...(contradiction ? ['contradicted'] : []),
        ...(rule.fitted === undefined ? [] : ['fitted']),
      ].join(', '),
      ...(defaultCycles === null ? [] : [`moved from ${cyclesText(defaultCycles)}`]),
    ].join('\n'),
    rule.published.map(claimText).join(contradiction ? '\nagainst ' : '\n'),
  ]
}

export function summaryLines(summary: Summary): readonly string[] {
  const { kernels, exact, exactMet, assumed, assumedMet, open, contradictions, boardAgrees, moved } = summary
  return [
    `${kernels} kernels: ${exactMet} of ${exact} exact rules met, ${assumedMet} of ${assumed} assumed ones, ${open} open`,
    `${contradictions} rules have sources that contradict each other`,
    ...(moved === null
      ? []
      : [`${moved} kernels are moved by the parameters: what is published of them is for the defaults`]),
    ...(boardAgrees === null ? [] : [`the board agrees on ${boardAgrees} of ${kernels}`]),
  ]
}
