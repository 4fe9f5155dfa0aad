import { batteryLife } from '../../../emulator/power/battery.ts'
import type { Cell } from '../../../emulator/power/battery.ts'
import type { ChargeLedger } from '../../../emulator/power/ledger.ts'
import { summarize } from '../../../emulator/power/summary.ts'
import type {
  CurrentFigures,
  PartFigures,
  PhaseFigures,
  PowerSummary,
} from '../../../emulator/power/summary.ts'
import { fedBy } from '../../../emulator/power/supply.ts'
import type { Drawn, Feed } from '../../../emulator/power/supply.ts'
import type {
  BatteryReport,
  ChargeReport,
  CoefficientReport,
  CurrentReport,
  FeedReport,
  InferencePowerReport,
  PartPowerReport,
  PhasePowerReport,
  PowerReport,
  TimelineReport,
} from '../power-report.ts'

/** What a run shows of its current, before it is put into a report. */
export interface PowerObservation {
  readonly ledger: ChargeLedger
  readonly supplyVolts: number
  readonly feeds?: readonly Feed[]
  readonly cell?: Cell
  readonly assumptions: readonly string[]
}

export const REGULATOR = 'Regulator'
const INFERENCE = 'inference'
/** Share of a part's charge from which an estimate matters. */
const NOTICEABLE = 0.05
const MOST_STRETCHES = 256

/** @param invocations of the interpreters, for firmware that marks no phases */
export function describePower(
  { ledger, supplyVolts, feeds = [], cell, assumptions }: PowerObservation,
  cycle: number,
  invocations: number,
): PowerReport {
  const summary = summarize(ledger, cycle)
  const total = summary.board.chargeMicrocoulombs
  const phases = summary.phases.map((phase) => describePhase(phase, supplyVolts))
  const board = current(summary.board, supplyVolts)
  const parts = summary.parts.map((part) => describePart(part, total, supplyVolts))
  const fed = feeds.map((feed) => describeFeed(feed, supplyVolts, board, parts))
  return {
    supplyVolts,
    feeds: fed,
    board,
    chip: current(summary.chip, supplyVolts),
    parts,
    phases,
    start: summary.start
      ? {
          cycles: summary.start.cycles,
          microcoulombsByPart: summary.start.chargeMicrocoulombsByPart,
        }
      : null,
    inference: describeInference(phases, summary, invocations, supplyVolts),
    awakeShare: summary.awakeShare ?? 0,
    estimatedShare: Math.min(summary.estimatedShare, 1),
    battery: cell === undefined || summary.cycles === 0 ? null : describeBattery(cell, board, fed[0]),
    coefficients: coefficients(ledger),
    assumptions,
    unknownStates: summary.unknown,
    timeline: fold(summary.timeline),
  }
}

const sumOf = (states: readonly { readonly chargeMicrocoulombs: number }[]): number =>
  states.reduce((sum, one) => sum + one.chargeMicrocoulombs, 0)

const charge = (figures: Omit<CurrentFigures, 'medianMicroamps'>, volts: number): ChargeReport => ({
  averageMicroamps: figures.averageMicroamps,
  lowMicroamps: figures.averageRangeMicroamps[0],
  highMicroamps: figures.averageRangeMicroamps[1],
  chargeMicrocoulombs: figures.chargeMicrocoulombs,
  energyMicrojoules: figures.chargeMicrocoulombs * volts,
})

const current = (figures: CurrentFigures, volts: number): CurrentReport => ({
  ...charge(figures, volts),
  medianMicroamps: figures.medianMicroamps,
  peakMicroamps: figures.peakMicroamps,
})

const describePart = (part: PartFigures, total: number, volts: number): PartPowerReport => ({
  part: part.part,
  group: part.group,
  ...charge(part, volts),
  peakMicroamps: part.peakMicroamps,
  share: total === 0 ? 0 : Math.min(part.chargeMicrocoulombs / total, 1),
  estimate:
    sumOf(part.states.filter(({ evidence }) => evidence === 'estimate')) >
    NOTICEABLE * part.chargeMicrocoulombs,
  states: part.states.map(({ state, cycles, microamps, chargeMicrocoulombs }) => ({
    state,
    cycles,
    averageMicroamps: microamps,
    chargeMicrocoulombs,
  })),
  events: part.events,
})

const describePhase = (phase: PhaseFigures, volts: number): PhasePowerReport => ({
  phase: phase.phase,
  passes: phase.count,
  cycles: phase.cycles,
  ...charge(phase, volts),
  chipMicrocoulombs: phase.chipChargeMicrocoulombs,
  microcoulombsByPart: phase.chargeMicrocoulombsByPart,
})

function describeInference(
  phases: readonly PhasePowerReport[],
  summary: PowerSummary,
  invocations: number,
  volts: number,
): InferencePowerReport | null {
  const marked = phases.find(({ phase }) => phase === INFERENCE)
  const count = marked?.passes ?? invocations
  if (count === 0) return null
  const each = marked ? marked.chargeMicrocoulombs / count : null
  const run = summary.board.chargeMicrocoulombs / count
  return {
    count,
    chargeMicrocoulombs: each,
    energyMicrojoules: each === null ? null : each * volts,
    runMicrocoulombs: run,
    runMicrojoules: run * volts,
  }
}

type Interval = Pick<ChargeReport, 'averageMicroamps' | 'lowMicroamps' | 'highMicroamps'>

const drawn = ({ averageMicroamps, lowMicroamps, highMicroamps }: Interval): Drawn => ({
  microamps: averageMicroamps,
  low: lowMicroamps,
  high: highMicroamps,
})

/** What flows into a feed while the board and its parts draw this. */
export function describeFeed(
  feed: Feed,
  railVolts: number,
  board: Interval,
  parts: readonly (Interval & { readonly part: string })[],
): FeedReport {
  const regulator = parts.find(({ part }) => part === REGULATOR)
  const into = fedBy(feed, railVolts, drawn(board), regulator && drawn(regulator))
  return {
    feed: feed.name,
    volts: feed.volts,
    averageMicroamps: into.microamps,
    lowMicroamps: into.low,
    highMicroamps: into.high,
    source: feed.source,
    evidence: feed.evidence,
  }
}

/** How long a cell feeds a board, at a feed or at its supply pins. */
export function describeBattery(
  cell: Cell,
  board: Interval & Pick<CurrentReport, 'peakMicroamps'>,
  feed: FeedReport | undefined,
): BatteryReport {
  const { averageMicroamps, lowMicroamps, highMicroamps } = feed ?? board
  const {
    rangeHours,
    cell: name,
    ...life
  } = batteryLife(cell, {
    averageMicroamps,
    peakMicroamps: board.peakMicroamps,
    averageRangeMicroamps: [lowMicroamps, highMicroamps],
  })
  return { cell: name, feed: feed?.feed ?? null, ...life, lowHours: rangeHours[0], highHours: rangeHours[1] }
}

function coefficients(ledger: ChargeLedger): readonly CoefficientReport[] {
  return [...ledger.parts.values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(({ name, states, events }) => [
      ...[...states.values()]
        .filter(({ cycles }) => cycles > 0)
        .map(({ state, row, weighted, picoamps }) => ({
          part: name,
          state,
          unit: 'microamps' as const,
          value: row.microamps,
          low: row.range[0],
          high: row.range[1],
          ldoMicroamps: weighted.ldo > 0 ? picoamps.ldo / 1e6 : null,
          conditions: row.conditions,
          source: row.source,
          evidence: row.evidence,
        })),
      ...[...events].map(([event, { row }]) => ({
        part: name,
        state: event,
        unit: 'picocoulombs' as const,
        value: row.picocoulombs,
        low: row.range[0],
        high: row.range[1],
        ldoMicroamps: null,
        conditions: row.conditions,
        source: row.source,
        evidence: row.evidence,
      })),
    ])
}

/** Joins neighbours until a report of any run has at most 256 stretches. */
function fold(timeline: readonly TimelineReport[]): readonly TimelineReport[] {
  const size = Math.ceil(timeline.length / MOST_STRETCHES)
  const folded: TimelineReport[] = []
  for (let i = 0; i < timeline.length; i += size) {
    const group = timeline.slice(i, i + size)
    const cycles = group.reduce((sum, one) => sum + one.cycles, 0)
    folded.push({
      startCycle: group[0]?.startCycle ?? 0,
      cycles,
      minimumMicroamps: Math.min(...group.map(({ minimumMicroamps }) => minimumMicroamps)),
      averageMicroamps:
        group.reduce((sum, one) => sum + one.averageMicroamps * one.cycles, 0) / Math.max(cycles, 1),
      maximumMicroamps: Math.max(...group.map(({ maximumMicroamps }) => maximumMicroamps)),
    })
  }
  return folded
}
