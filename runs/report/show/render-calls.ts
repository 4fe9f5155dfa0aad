import type { CallReport, FunctionReport, RunReport } from '../run-report.ts'
import { bar, fit, grouped, percent } from './format.ts'
import { heading, number, paint, spare, table, text, type Style } from './style.ts'

const MOST_FUNCTIONS = 20
/** Paths are shown from this share of all calls on, and so many of them. */
const LEAST_SHARE = 0.005
const MOST_PATHS = 40
const DEEPEST = 24

/** Functions with what they called, and the tree of calls; undefined where calls were not recorded. */
export function renderCalls(report: RunReport, style: Style): string | undefined {
  const { calls } = report
  if (calls === null) return undefined
  return [inclusive(report.functions, calls, style), tree(calls, style)].join('\n')
}

const wholeOf = (calls: readonly CallReport[]): number =>
  calls.reduce((sum, { parent, totalCycles }) => (parent === null ? sum + totalCycles : sum), 0)

function inclusive(functions: readonly FunctionReport[], calls: readonly CallReport[], style: Style): string {
  const whole = Math.max(wholeOf(calls), 1)
  const rows = functions
    .flatMap((one) => (one.calls ? [{ ...one, calls: one.calls }] : []))
    .sort((a, b) => b.calls.totalCycles - a.calls.totalCycles || a.address - b.address)
  const shown = rows.slice(0, MOST_FUNCTIONS)
  return [
    heading(
      'Functions with what they call',
      `${shown.length} of ${rows.length}; cycles of each call that returned; interrupts are not in what they interrupt`,
      style,
    ),
    table(
      [
        text('function'),
        ...['total', 'share'].map(number),
        spare(number('own')),
        number('calls'),
        ...['min', 'median', 'max'].map((title) => spare(number(title))),
      ],
      shown.map(({ name, selfCycles, calls: of }) => [
        fit(name, Math.max(style.width - 64, 24)),
        grouped(of.totalCycles),
        percent(of.totalCycles / whole),
        grouped(selfCycles),
        grouped(of.calls),
        ...(of.returned > 0
          ? [of.minimumCycles, of.medianCycles, of.maximumCycles].map((value) => grouped(value))
          : ['', '', '']),
      ]),
      style,
    ),
  ].join('\n')
}

function tree(calls: readonly CallReport[], style: Style): string {
  const whole = Math.max(wholeOf(calls), 1)
  const depths: number[] = []
  const rows = calls.flatMap((one) => {
    const depth = one.parent === null ? 0 : (depths[one.parent] ?? 0) + 1
    depths.push(depth)
    return one.totalCycles / whole >= LEAST_SHARE && depth < DEEPEST ? [{ ...one, depth }] : []
  })
  const shown = rows.slice(0, MOST_PATHS)
  return [
    heading('Calls', `from ${percent(LEAST_SHARE)} on${more(rows.length, shown.length)}`, style),
    table(
      [
        text('path'),
        ...['total', 'share'].map(number),
        spare(number('own')),
        number('calls'),
        spare(text('')),
      ],
      shown.map(({ depth, function: name, exception, totalCycles, selfCycles, calls: count }) => [
        '  '.repeat(depth) +
          fit(
            exception === null ? name : `${name} (${exception})`,
            Math.max(style.width - 52 - 2 * depth, 16),
          ),
        grouped(totalCycles),
        percent(totalCycles / whole),
        grouped(selfCycles),
        grouped(count),
        paint(style).cyan(bar(totalCycles / whole, style.width >= 96 ? 12 : 0)),
      ]),
      style,
    ),
  ].join('\n')
}

const more = (all: number, shown: number): string => (all > shown ? `; the first ${shown} of ${all}` : '')
