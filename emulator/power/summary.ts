import type { Cycles } from '../cpu/bus.ts'
import type { PartAccount } from './account.ts'
import type { Evidence } from './coefficients.ts'
import type { ChargeLedger, PowerChange } from './ledger.ts'
import type { LevelTrack, TimelineBucket } from './level-track.ts'
import type { PhaseAccount } from './phase-account.ts'
import { addTo, nothing, sumOf, WHOLE_RUN } from './sums.ts'
import type { Sum } from './sums.ts'

/** Picoamps times cycles in a microampere-second. */
const PER_MICROCOULOMB = 64e6 * 1e6

export interface CurrentFigures {
  readonly averageMicroamps: number
  readonly medianMicroamps: number
  readonly peakMicroamps: number
  readonly chargeMicrocoulombs: number
  /** Average if every coefficient were at the lower or at the upper end of its interval. */
  readonly averageRangeMicroamps: readonly [low: number, high: number]
}

export interface StateFigures {
  readonly state: string
  readonly cycles: Cycles
  readonly chargeMicrocoulombs: number
  readonly microamps: number
  readonly conditions: string
  readonly source: string
  readonly evidence: Evidence
}

export interface PartFigures extends CurrentFigures {
  readonly part: string
  readonly group: 'chip' | 'board'
  readonly states: readonly StateFigures[]
  readonly events: readonly {
    readonly event: string
    readonly count: number
    readonly chargeMicrocoulombs: number
  }[]
}

export interface PhaseFigures extends CurrentFigures {
  readonly phase: string
  readonly count: number
  readonly cycles: Cycles
  readonly chipChargeMicrocoulombs: number
  readonly chargeMicrocoulombsByPart: Readonly<Record<string, number>>
}

export interface PowerSummary {
  readonly cycles: Cycles
  /** Chip and everything around it. */
  readonly board: CurrentFigures
  readonly chip: CurrentFigures
  /** Largest charge first. */
  readonly parts: readonly PartFigures[]
  readonly phases: readonly PhaseFigures[]
  /** Before the first phase; undefined where none began. */
  readonly start: PhaseFigures | undefined
  /** Share of the time that the processor was not asleep; undefined when it did not report. */
  readonly awakeShare: number | undefined
  /** Share of the charge that rests on estimates. */
  readonly estimatedShare: number
  readonly unknown: readonly string[]
  readonly timeline: readonly TimelineBucket[]
  readonly changes: readonly PowerChange[]
  readonly changesDropped: number
}

const figures = (
  sum: Omit<Sum, 'estimated'>,
  cycles: Cycles,
  peak: number,
): Omit<CurrentFigures, 'medianMicroamps'> => {
  const average = (charge: number): number => (cycles === 0 ? 0 : charge / cycles / 1e6)
  return {
    averageMicroamps: average(Number(sum.charge)),
    peakMicroamps: peak / 1e6,
    chargeMicrocoulombs: Number(sum.charge) / PER_MICROCOULOMB,
    averageRangeMicroamps: [average(sum.low), average(sum.high)],
  }
}

/** Half of the time the part drew no more; time in no state counts as nothing. */
const medianOf = (part: PartAccount, cycles: Cycles): number => {
  const levels = [...part.states.values()]
    .filter((state) => state.cycles > 0)
    .map(({ charge, cycles: spent }) => [Number(charge) / spent / 1e6, spent] as const)
    .sort(([a], [b]) => a - b)
  let sum = cycles - levels.reduce((total, [, spent]) => total + spent, 0)
  if (2 * sum >= cycles) return 0
  for (const [microamps, spent] of levels) {
    sum += spent
    if (2 * sum >= cycles) return microamps
  }
  return 0
}

const partFigures = (part: PartAccount, sum: Sum, cycles: Cycles): PartFigures => ({
  part: part.name,
  group: part.currents.group,
  ...figures(sum, cycles, part.peak),
  medianMicroamps: medianOf(part, cycles),
  states: [...part.states.values()]
    .filter((state) => state.cycles > 0)
    .map(({ state, cycles: spent, charge, row }) => ({
      state,
      cycles: spent,
      chargeMicrocoulombs: Number(charge) / PER_MICROCOULOMB,
      microamps: spent === 0 ? 0 : Number(charge) / spent / 1e6,
      conditions: row.conditions,
      source: row.source,
      evidence: row.evidence,
    })),
  events: [...part.events].map(([event, { count, row }]) => ({
    event,
    count,
    chargeMicrocoulombs: (count * row.picocoulombs) / 1e6,
  })),
})

const phaseFigures = (phase: PhaseAccount, ledger: ChargeLedger): PhaseFigures => {
  const [board, chip] = [nothing(), nothing()]
  const byPart: Record<string, number> = {}
  for (const part of ledger.parts.values()) {
    const sum = sumOf(part, phase)
    addTo(board, sum)
    if (part.currents.group === 'chip') addTo(chip, sum)
    if (sum.charge > 0n) byPart[part.name] = Number(sum.charge) / PER_MICROCOULOMB
  }
  const { name, count, cycles, distribution } = phase
  return {
    phase: name,
    count,
    cycles,
    ...figures(board, cycles, distribution.peak),
    medianMicroamps: distribution.quantile(0.5) / 1e6,
    chipChargeMicrocoulombs: Number(chip.charge) / PER_MICROCOULOMB,
    chargeMicrocoulombsByPart: byPart,
  }
}

/** States of the processor in which it does not run. */
export const ASLEEP: ReadonlySet<string> = new Set(['asleep', 'asleep, cache on', 'off'])

const awakeShare = (cpu: PartAccount | undefined, cycles: Cycles): number | undefined => {
  if (cpu === undefined || cycles === 0) return undefined
  let awake = 0
  for (const { state, cycles: spent } of cpu.states.values()) if (!ASLEEP.has(state)) awake += spent
  return awake / cycles
}

/** Average, median and peak by board, chip, part, state and phase from the ledger's start until `cycle`. */
export const summarize = (ledger: ChargeLedger, cycle: Cycles): PowerSummary => {
  ledger.advance(cycle)
  const cycles = cycle - ledger.startCycle
  const sums = [...ledger.parts.values()].map((part) => ({ part, sum: sumOf(part, WHOLE_RUN) }))
  const group = (of: typeof sums, track: LevelTrack): CurrentFigures => {
    const total = nothing()
    for (const { sum } of of) addTo(total, sum)
    const { peak } = track.distribution
    return { ...figures(total, cycles, peak), medianMicroamps: track.distribution.quantile(0.5) / 1e6 }
  }
  const board = group(sums, ledger.board)
  const estimated = sums.reduce((total, { sum }) => total + sum.estimated, 0)
  const whole = Number(sums.reduce((total, { sum }) => total + sum.charge, 0n))
  return {
    cycles,
    board,
    chip: group(
      sums.filter(({ part }) => part.currents.group === 'chip'),
      ledger.chip,
    ),
    parts: sums
      .map(({ part, sum }) => partFigures(part, sum, cycles))
      .filter(({ states, events }) => states.length > 0 || events.length > 0)
      .sort((a, b) => b.chargeMicrocoulombs - a.chargeMicrocoulombs || (a.part < b.part ? -1 : 1)),
    phases: [...ledger.phases.values()]
      .filter(({ count }) => count > 0)
      .map((phase) => phaseFigures(phase, ledger)),
    start: ledger.start.count > 0 ? phaseFigures(ledger.start, ledger) : undefined,
    awakeShare: awakeShare(ledger.parts.get('CPU'), cycles),
    estimatedShare: whole === 0 ? 0 : estimated / whole,
    unknown: [...ledger.unknown].sort(),
    timeline: ledger.board.timeline(),
    changes: ledger.changes,
    changesDropped: ledger.changesDropped,
  }
}
