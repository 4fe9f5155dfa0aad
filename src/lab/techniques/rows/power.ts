/** Row 11: the apps of `boardless power`. */
import { count } from '../../../../runs/report/show/format.ts'
import { asWritten } from '../../../../runs/verdict.ts'
import type { Claim, Comparison, DetailTable, Quantity } from '../../../../runs/lab-report/lab-report.ts'
import type { ScenarioMeasurement, ScenarioResult } from '../../measurement.ts'
import type { LabContext, Technique } from '../../technique.ts'
import { exact } from '../figures.ts'
import { columns, headOf } from '../row.ts'
import { judge } from '../verdict.ts'
import { listed } from '../words.ts'

const title = 'Power'
type App = ScenarioMeasurement['app']
type Triple = readonly [value: number, lowest: number, highest: number]

/** A window of gestures is ten seconds long, a word comes every fifteen. */
const seconds: Readonly<Record<App, readonly [full: number, quick: number]>> = {
  'gesture-continuous': [60, 20],
  'gesture-5hz': [60, 20],
  'gesture-motion': [60, 20],
  keyword: [15, 15],
  'keyword-gated': [15, 15],
}
const apps = Object.keys(seconds) as readonly App[]

const scenario = ({ quick }: LabContext, app: App): ScenarioMeasurement => ({
  kind: 'scenario',
  app,
  seconds: seconds[app][quick ? 1 : 0],
})

const titles: Readonly<Record<App, string>> = {
  'gesture-continuous': 'gestures, continuous',
  'gesture-5hz': 'gestures, 5 Hz',
  'gesture-motion': 'gestures, woken by motion',
  keyword: 'keyword, always on',
  'keyword-gated': 'keyword, gated',
}

const pairs: readonly (readonly [before: App, after: App])[] = [
  ['gesture-continuous', 'gesture-5hz'],
  ['gesture-continuous', 'gesture-motion'],
  ['keyword', 'keyword-gated'],
]

export const powerTechnique: Technique = {
  id: 'power',
  row: 11,
  title,
  applies: ({ given }) =>
    given === null
      ? null
      : 'the duty-cycled apps run the gesture and keyword models that come with them. `boardless power` shows them.',
  plan: (context) => apps.map((app) => scenario(context, app)),
  assemble(context, result) {
    const of = (app: App) => result(scenario(context, app))
    return {
      ...headOf(context, 'power', 11, title),
      changed: 'when the firmware wakes; the models stay',
      comparisons: pairs.flatMap(([before, after]) => compared(before, after, of)),
      claims: claims(of),
      tables: [table(of), parts(of)],
      charts: [
        {
          title: 'Average current',
          kind: 'bars',
          x: { title: 'app', unit: '', scale: 'category' },
          y: { title: 'current', unit: 'mA', scale: 'linear' },
          series: (['board', 'chip'] as const).map((group) => ({
            name: group,
            points: apps.map((app) => {
              const { boardMilliamps, chipMilliamps } = of(app)
              const [value, lowest, highest] = group === 'board' ? boardMilliamps : chipMilliamps
              return { x: titles[app], y: value, interval: [lowest, highest] }
            }),
          })),
        },
        {
          title: 'Average current of the board, by part',
          kind: 'stacked-bars',
          x: { title: 'app', unit: '', scale: 'category' },
          y: { title: 'current', unit: 'mA', scale: 'linear' },
          series: partNames(of).map((name) => ({
            name,
            points: apps.map((app) => ({ x: titles[app], y: milliampsOf(of(app), name) })),
          })),
        },
      ],
      notes: [
        'Intervals: every coefficient of current at one end at once. Ratios: both sides with the coefficients at the same end.',
        'gesture-motion assumes a wire from the LSM9DS1’s INT1 to P1.11, which the Nano 33 BLE Sense does not have.',
        `Battery life: ${of('gesture-5hz').cell}. \`boardless power\` shows each app’s parts, states and sources.`,
      ],
    }
  },
  configurations: () => [],
}

type Of = (app: App) => ScenarioResult

const quantity = ([value, lowest, highest]: Triple, unit: Quantity['unit']): Quantity => ({
  value,
  unit,
  interval: [lowest, highest],
})

/** Coefficients are the board's: they are at the same end before and after. */
export function timesLess(before: Triple, after: Triple): Quantity {
  const ratios = before.map((value, index) => Number((value / (after[index] ?? NaN)).toPrecision(7)))
  return { value: ratios[0] ?? NaN, unit: 'x', interval: [Math.min(...ratios), Math.max(...ratios)] }
}

function compared(before: App, after: App, of: Of): readonly Comparison[] {
  const name = `${titles[before]} to ${titles[after].replace(/^.*, /, '')}`
  const current = (
    metric: string,
    figure: (result: ScenarioResult) => Triple,
    main: boolean,
  ): Comparison => ({
    case: name,
    metric,
    before: quantity(figure(of(before)), 'mA'),
    after: quantity(figure(of(after)), 'mA'),
    ratio: timesLess(figure(of(before)), figure(of(after))),
    difference: null,
    main,
  })
  return [
    current('board', ({ boardMilliamps }) => boardMilliamps, true),
    current('chip', ({ chipMilliamps }) => chipMilliamps, true),
    current('CPU', ({ cpuMilliamps }) => cpuMilliamps, false),
  ]
}

function claims(of: Of): readonly Claim[] {
  const groups = ['board', 'chip'] as const
  const figure = (result: ScenarioResult, group: (typeof groups)[number]) =>
    group === 'board' ? result.boardMilliamps : result.chipMilliamps
  const average = (app: App, milliamps: number) =>
    judge({
      claim: `${titles[app]}: ${milliamps} mA`,
      source: 'published, of a Nano 33 BLE Sense',
      range: asWritten(String(milliamps)),
      cases: [{ name: 'board', ours: quantity(of(app).boardMilliamps, 'mA') }],
      on: 'the board',
      words: { less: 'less', more: 'more' },
      why: `Ours is ${largest(of(app))}`,
    })
  const ratio = (
    claim: string,
    range: readonly [number, number],
    [before, after]: readonly [App, App],
    of_: readonly (typeof groups)[number][],
  ) =>
    judge({
      claim,
      source: 'published',
      range,
      cases: of_.map((group) => ({
        name: group,
        ours: timesLess(figure(of(before), group), figure(of(after), group)),
      })),
      on: 'what is counted',
      words: { less: 'saves less', more: 'saves more' },
      why: `What is left on the board is ${largest(of(after))}`,
    })
  return [
    average('gesture-continuous', 22),
    average('gesture-5hz', 4),
    ratio(
      '5 Hz instead of all the time: 22 to 4 mA, 4 to 7 times less',
      [4, 7],
      ['gesture-continuous', 'gesture-5hz'],
      ['board'],
    ),
    ratio('gated keyword spotting: 10 to 20 times less', [10, 20], ['keyword', 'keyword-gated'], groups),
  ]
}

const largest = ({ parts: all }: ScenarioResult): string =>
  listed(all.slice(0, 4).map(({ name, milliamps }) => `${name} ${milliamps.toFixed(2)} mA`))

const table = (of: Of): DetailTable => ({
  title: 'Apps',
  columns: columns('app', '#board', '#chip', '#CPU', '#awake', '#battery'),
  rows: apps.map((app) => {
    const { boardMilliamps, chipMilliamps, cpuMilliamps, awakeShare, batteryHours } = of(app)
    return [
      titles[app],
      quantity(boardMilliamps, 'mA'),
      quantity(chipMilliamps, 'mA'),
      quantity(cpuMilliamps, 'mA'),
      exact(Number((100 * awakeShare).toFixed(3)), '%'),
      quantity(batteryHours, 'h'),
    ]
  }),
})

/** In the order of what they draw in all apps together. */
function partNames(of: Of): readonly string[] {
  const names = new Set(apps.flatMap((app) => of(app).parts.map(({ name }) => name)))
  const total = (name: string) => apps.reduce((sum, app) => sum + milliampsOf(of(app), name), 0)
  return [...names].sort((a, b) => total(b) - total(a) || (a < b ? -1 : 1))
}

const milliampsOf = ({ parts: all }: ScenarioResult, name: string): number =>
  all.find((part) => part.name === name)?.milliamps ?? 0

/** What two decimals of a milliamp show. */
const leastMilliamps = 0.005
const drawn = (milliamps: number): Quantity | null => (milliamps === 0 ? null : exact(milliamps, 'mA'))

const shownParts = (of: Of): readonly string[] =>
  partNames(of).filter((name) => apps.some((app) => milliampsOf(of(app), name) >= leastMilliamps))

/** Those that draw next to nothing in any app, as one. */
function otherParts(of: Of): DetailTable['rows'] {
  const rest = partNames(of).filter((name) => !shownParts(of).includes(name))
  if (rest.length === 0) return []
  const sum = (app: App) =>
    Number(rest.reduce((total, name) => total + milliampsOf(of(app), name), 0).toPrecision(6))
  return [[count(rest.length, 'other'), ...apps.map((app) => drawn(sum(app)))]]
}

const parts = (of: Of): DetailTable => ({
  title: 'Average current of the board, by part',
  columns: columns('part', ...apps.map((app) => `#${titles[app]}`)),
  rows: [
    ...shownParts(of).map((name) => [name, ...apps.map((app) => drawn(milliampsOf(of(app), name)))]),
    ...otherParts(of),
  ],
})
