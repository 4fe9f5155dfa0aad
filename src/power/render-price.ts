import type { DutyReport, NamedCheck } from '../../runs/pricing/duty-report.ts'
import { partsShown } from '../../runs/pricing/duty-report.ts'
import type { DutyPrice } from '../../runs/pricing/price.ts'
import { typed, type DutySettings } from '../../runs/pricing/settings.ts'
import {
  changeWords,
  deviationWords,
  intervalWords,
  lifeWords,
  rateWords,
  verdictWords,
} from '../../runs/pricing/words.ts'
import type { PowerReport } from '../../runs/report/power-report.ts'
import { duration, percent } from '../../runs/report/show/format.ts'
import { facts, heading, number, paint, spare, table, text } from '../../runs/report/show/style.ts'
import type { Column, Style } from '../../runs/report/show/style.ts'
import { visible } from '../../runs/report/show/visible.ts'
import { current } from '../../runs/report/show/words/power.ts'

/** "rate 5, cell lipo:500" */
const spelt = (settings: DutySettings): string =>
  typed(settings)
    .map((one) => one.join(' '))
    .join(', ')

/** A run priced again, for a terminal. Ends with a newline. */
export function renderPrice(shown: DutyReport, style: Style): string {
  const { report, whyNoRate } = shown.model
  const { file, settings, outcome, effects, windows, checks } = visible({
    ...shown,
    model: undefined,
    file: report.firmware.file,
  })
  const asked = spelt(settings)
  const { red } = paint(style)
  return [
    heading(`${file}, priced again`, asked === '' ? 'with the settings of the run' : asked, style),
    ...(outcome.kind === 'priced'
      ? [renderParts(outcome.price, report.power, style), facts(conclusions(outcome.price), style)]
      : [
          `  ${red('unknown')}`,
          facts(
            outcome.why.map((one) => ['because', one] as const),
            style,
          ),
        ]),
    ...(whyNoRate === null ? [] : [facts([['rate', whyNoRate]], style)]),
    ...section(
      'What buys most',
      'each change alone, microamps of the board',
      [text(''), number('change'), number('from'), number('to')],
      effects.map(({ title, typical, low, high }) => [
        title,
        changeWords(typical),
        changeWords(low),
        changeWords(high),
      ]),
      style,
    ),
    ...section(
      'A window of the run',
      'by the whole board',
      [text(''), number('passes'), number('time'), number('uC')],
      windows.map(({ name, passes, seconds, microcoulombs }) => [
        name,
        String(Number(passes.toPrecision(4))),
        duration(seconds),
        current(microcoulombs),
      ]),
      style,
    ),
    ...section(
      'Against real runs',
      'at the settings of each, microamps of the board',
      [text('run'), ...['estimate', 'from', 'to', 'real', 'deviation'].map(number), text('real is')],
      checks.map((one) => checkRow(one, style)),
      style,
    ),
    '',
  ].join('\n')
}

/** Nothing where it has no rows. */
const section = (
  title: string,
  detail: string,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  style: Style,
): readonly string[] =>
  rows.length === 0 ? [] : [heading(title, detail, style), table(columns, rows, style)]

function renderParts({ board, chip, parts }: DutyPrice, run: PowerReport, style: Style): string {
  const { dim } = paint(style)
  const sums = [
    ['board', board, run.board],
    ['chip', chip, run.chip],
  ] as const
  return table(
    [text(''), ...['average', 'from', 'to'].map(number), spare(number('in the run'))],
    [
      ...sums.map(([name, one, before]) => [
        name,
        current(one.averageMicroamps),
        current(one.lowMicroamps),
        current(one.highMicroamps),
        dim(current(before.averageMicroamps)),
      ]),
      ...partsShown(parts).map((part) => [
        `  ${part.part}`,
        current(part.averageMicroamps),
        current(part.lowMicroamps),
        current(part.highMicroamps),
        dim(part.runMicroamps === null ? '' : current(part.runMicroamps)),
      ]),
    ],
    style,
  )
}

const conclusions = (price: DutyPrice): readonly (readonly [string, string])[] => [
  ['average', intervalWords(price.board)],
  ...(price.rate === null || price.microcoulombsPerWindow === null
    ? []
    : [['window', `${rateWords(price.rate)}, ${current(price.microcoulombsPerWindow)} uC each`] as const]),
  ['at work', `${percent(price.busyShare)} of the time`],
  ...price.feeds.map((feed, i) => [i === 0 ? 'fed by' : '', `${feed.feed}: ${intervalWords(feed)}`] as const),
  ...(price.battery
    ? [
        [
          'battery',
          `${price.battery.cell}: ${lifeWords(price.battery)}${price.battery.overloaded ? '; the peak is more than this cell delivers' : ''}`,
        ] as const,
      ]
    : []),
  ...price.assumptions.map((one, i) => [i === 0 ? 'assumes' : '', one] as const),
]

const checkRow = ({ name, check }: NamedCheck, style: Style): readonly string[] => {
  const { green, red } = paint(style)
  if (check.kind === 'unknown') return [name, '', '', '', '', '', red(verdictWords(check))]
  const { averageMicroamps, lowMicroamps, highMicroamps } = check.price.board
  return [
    name,
    ...[averageMicroamps, lowMicroamps, highMicroamps, check.realMicroamps].map(current),
    deviationWords(check.deviation),
    (check.isInside ? green : red)(verdictWords(check)),
  ]
}
