import type { ArenaReport, CycleSpread, RunReport } from '../report/run-report.ts'
import { nameOfReason } from '../report/show/words/reasons.ts'
import type { MemoryItem } from '../session/memory/protocol.ts'
import type { Statistic } from './config.ts'
import type { Unit } from './quantity.ts'

/** One thing of a run that can be held against a limit. */
export interface Figure {
  /** As a budget names it; another statistic than the usual one behind a comma: `phase inference, maximum`. */
  readonly name: string
  readonly unit: Unit
  readonly value: number
  /** Of what has an interval: its ends. */
  readonly low: number
  readonly high: number
  readonly better: 'less' | 'more'
}

/** Latencies of an exception: from its request to its handler's first instruction. */
export interface Latency {
  readonly name: string
  readonly count: number
  readonly totalCycles: number
  readonly minimumCycles: number
  readonly maximumCycles: number
}

/** What a run has beside its report. */
export interface FiguresSource {
  readonly report: RunReport
  /** By symbol; undefined where it is not known. */
  readonly memory?: readonly MemoryItem[] | undefined
  readonly latencies?: readonly Latency[] | undefined
}

export const statisticName = (name: string, of: Statistic): string =>
  of === 'median' ? name : `${name}, ${of}`

/** All figures of a run, in a fixed order; none of what was not measured. */
export function figuresOf({ report, memory, latencies }: FiguresSource): readonly Figure[] {
  return [
    ...ofRun(report),
    ...ofInterpreters(report),
    ...report.phases.flatMap((phase) => [
      ...ofSpread(`phase ${phase.name}`, phase),
      ...(phase.source === 'marker' ? ofSpread(`marker ${phase.name}`, phase) : []),
      ...ofReasons(phase.reasons, ` in phase ${phase.name}`),
    ]),
    ...report.measures.flatMap((one) => ofSpread(`measure ${one.name}`, one)),
    ...ofFunctions(report),
    ...report.interrupts.map(({ name, count }) => plain(`interrupt ${name}`, '', count)),
    ...(latencies ?? []).flatMap(ofLatency),
    ...ofReasons(report.reasons, ''),
    ...ofMemory(report),
    ...(memory ?? []).flatMap(({ name, kind, bytes }) =>
      kind === 'unnamed' ? [] : [plain(`symbol ${name}`, 'B', bytes)],
    ),
    ...ofPower(report),
    ...ofOutcome(report),
  ]
}

/** To nine digits, so that what a baseline's file holds is the same; whole numbers are what they are. */
const rounded = (value: number): number => (Number.isInteger(value) ? value : Number(value.toPrecision(9)))

const plain = (name: string, unit: Unit, value: number, better: Figure['better'] = 'less'): Figure => ({
  name,
  unit,
  value: rounded(value),
  low: rounded(value),
  high: rounded(value),
  better,
})

const between = (
  name: string,
  unit: Unit,
  [value, low, high]: readonly [value: number, low: number, high: number],
  better: Figure['better'] = 'less',
): Figure => ({ name, unit, value: rounded(value), low: rounded(low), high: rounded(high), better })

/** Nothing of what never happened. */
function ofSpread(name: string, one: CycleSpread): readonly Figure[] {
  if (one.count === 0) return []
  return [
    plain(name, 'cycles', one.medianCycles),
    plain(statisticName(name, 'minimum'), 'cycles', one.minimumCycles),
    plain(statisticName(name, 'maximum'), 'cycles', one.maximumCycles),
    plain(statisticName(name, 'total'), 'cycles', one.totalCycles),
    plain(statisticName(name, 'count'), '', one.count),
  ]
}

const ofReasons = (reasons: RunReport['reasons'], where: string): readonly Figure[] =>
  Object.entries(reasons).map(([reason, cycles]) =>
    plain(`reason ${nameOfReason(reason)}${where}`, 'cycles', cycles),
  )

function ofRun({ run }: RunReport): readonly Figure[] {
  return [
    plain('cycles', 'cycles', run.cycles),
    plain('awake cycles', 'cycles', run.cycles - run.sleepCycles),
    plain('instructions', '', run.instructions),
    plain('seconds', 's', run.seconds),
  ]
}

function ofInterpreters({ interpreters }: RunReport): readonly Figure[] {
  return interpreters.flatMap((one) => {
    const of = interpreters.length > 1 ? ` of ${one.name}` : ''
    return [
      ...ofSpread(`inference${of}`, one),
      ...ofSpread(`interpreter${of}`, one.own),
      ...one.operators.flatMap((operator) => {
        const name = `operator ${operator.index} ${operator.type ?? operator.kernel}${of}`
        return [...ofSpread(name, operator), ...ofReasons(operator.reasons, ` in ${name}`)]
      }),
    ]
  })
}

function ofFunctions({ functions }: RunReport): readonly Figure[] {
  return functions.flatMap(({ name, selfCycles, entries, calls }) => [
    plain(`function ${name}`, 'cycles', selfCycles),
    plain(statisticName(`function ${name}`, 'count'), '', calls?.calls ?? entries),
  ])
}

function ofLatency({ name, count, totalCycles, minimumCycles, maximumCycles }: Latency): readonly Figure[] {
  const of = `latency of ${name}`
  return [
    plain(of, 'cycles', maximumCycles),
    plain(statisticName(of, 'minimum'), 'cycles', minimumCycles),
    plain(statisticName(of, 'maximum'), 'cycles', maximumCycles),
    plain(statisticName(of, 'total'), 'cycles', totalCycles),
    plain(statisticName(of, 'count'), '', count),
  ]
}

function ofMemory({ memory }: RunReport): readonly Figure[] {
  const { flashBytes, staticRamBytes, arenas, stack, heap, sections } = memory
  const [only] = arenas
  const used = ({ usedBytes, writtenBytes }: ArenaReport): number | null => usedBytes ?? writtenBytes
  return [
    plain('flash', 'B', flashBytes),
    ...known('static RAM', staticRamBytes),
    ...(arenas.length === 1 && only ? known('arena', used(only)) : []),
    ...arenas.flatMap((arena) => known(`arena ${arena.name}`, used(arena))),
    ...known('stack', stack?.highWaterBytes),
    ...known('heap', heap?.highWaterBytes),
    ...sections.map(({ name, flashBytes: flash, ramBytes }) =>
      plain(`section ${name}`, 'B', Math.max(flash, ramBytes)),
    ),
  ]
}

const known = (name: string, value: number | null | undefined): readonly Figure[] =>
  value == null ? [] : [plain(name, 'B', value)]

function ofPower({ power, run }: RunReport): readonly Figure[] {
  if (run.cycles === 0) return []
  const { board, chip, parts, phases, inference, battery } = power
  const average = (one: typeof chip | (typeof parts)[number]): readonly [number, number, number] => [
    one.averageMicroamps,
    one.lowMicroamps,
    one.highMicroamps,
  ]
  // Charge has the interval of the current that it is the sum of.
  const scaled = (
    value: number,
    one: (typeof phases)[number] | typeof board,
  ): readonly [number, number, number] => {
    const scale = (end: number): number =>
      one.averageMicroamps === 0 ? value : (value * end) / one.averageMicroamps
    return [value, scale(one.lowMicroamps), scale(one.highMicroamps)]
  }
  const ofInference = phases.find(({ phase }) => phase === 'inference') ?? board
  return [
    between('current', 'uA', average(board)),
    plain('peak current', 'uA', board.peakMicroamps),
    between('chip current', 'uA', average(chip)),
    ...parts.map((part) => between(`part ${part.part}`, 'uA', average(part))),
    ...phases
      .filter(({ passes }) => passes > 0)
      .map((one) =>
        between(`charge of phase ${one.phase}`, 'uC', scaled(one.chargeMicrocoulombs / one.passes, one)),
      ),
    ...(inference?.chargeMicrocoulombs == null
      ? []
      : [between('charge of an inference', 'uC', scaled(inference.chargeMicrocoulombs, ofInference))]),
    ...(inference?.energyMicrojoules == null
      ? []
      : [between('energy of an inference', 'uJ', scaled(inference.energyMicrojoules, ofInference))]),
    ...(battery
      ? [between('battery life', 'h', [battery.hours, battery.lowHours, battery.highHours], 'more')]
      : []),
  ]
}

function ofOutcome({ predictions, unmodelled, problems, fault, resets }: RunReport): readonly Figure[] {
  const accesses = unmodelled
    .filter(({ harmless }) => harmless === null)
    .reduce((sum, { reads, writes }) => sum + reads + writes, 0)
  return [
    ...(predictions && predictions.correct !== null && predictions.labelled > 0
      ? [plain('accuracy', '%', (100 * predictions.correct) / predictions.labelled, 'more')]
      : []),
    ...(predictions ? [plain('predictions', '', predictions.total, 'more')] : []),
    plain('unmodelled accesses', '', accesses),
    plain(
      'problems',
      '',
      problems.reduce((sum, { count }) => sum + count, 0),
    ),
    plain('faults', '', fault ? 1 : 0),
    plain(
      'resets',
      '',
      resets.reduce((sum, { count }) => sum + count, 0),
    ),
  ]
}
