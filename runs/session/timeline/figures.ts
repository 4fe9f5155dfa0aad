import { BOARDS } from '../../../emulator/boards/index.ts'
import { batteryLife, cellCalled } from '../../../emulator/power/battery.ts'
import type { BatteryLife } from '../../../emulator/power/battery.ts'
import { fedBy } from '../../../emulator/power/supply.ts'
import type { Drawn } from '../../../emulator/power/supply.ts'
import { microcoulombs, microjoules } from '../../../emulator/timeline/statistics.ts'
import type { Statistics } from '../../../emulator/timeline/statistics.ts'
import { BOARD_CURRENT } from '../../export/timeline-view.ts'
import { REGULATOR } from '../../report/parts/power.ts'
import type { PowerReport } from '../../report/power-report.ts'

/** What a stretch of a run cost. */
export interface StretchFigures {
  readonly cycles: number
  readonly chargeMicrocoulombs: number
  readonly energyMicrojoules: number
  readonly averageMicroamps: number
  readonly minimumMicroamps: number
  readonly peakMicroamps: number
  /** null where the processor is not recorded. */
  readonly awakeShare: number | null
  /** Of the average: every coefficient at that end at once; null where the report does not say. */
  readonly rangeMicroamps: readonly [low: number, high: number] | null
  /** Were all time like this stretch; null where the run named no cell. */
  readonly battery: BatteryLife | null
}

/** @param power of the run's report, where there is one @returns undefined where no current is recorded */
export function figuresOf(
  statistics: Readonly<Record<string, Statistics>>,
  supplyVolts: number,
  power: PowerReport | undefined,
  boardName: string,
): StretchFigures | undefined {
  const board = statistics[BOARD_CURRENT]
  const processor = statistics['processor']
  if (board?.kind !== 'level') return undefined
  const average = board.average / 1e6
  const range = power && rangeOf(statistics, power)
  return {
    cycles: board.cycles,
    chargeMicrocoulombs: microcoulombs(board.sum),
    energyMicrojoules: microjoules(board.sum, supplyVolts),
    averageMicroamps: average,
    minimumMicroamps: board.minimum / 1e6,
    peakMicroamps: board.maximum / 1e6,
    awakeShare: processor?.kind === 'state' ? processor.busyCycles / processor.cycles : null,
    rangeMicroamps: range ? [range.board.low, range.board.high] : null,
    battery: (range && batteryOf(range, power, board.maximum / 1e6, boardName)) ?? null,
  }
}

interface Range {
  readonly board: Drawn
  readonly regulator: Drawn | undefined
}

/**
 * Each part's charge as its states share it, at both ends of their coefficients. Undefined where charge has no state or
 * coefficient of the report.
 */
function rangeOf(statistics: Readonly<Record<string, Statistics>>, power: PowerReport): Range | undefined {
  const board = { microamps: 0, low: 0, high: 0 }
  let regulator: Drawn | undefined
  for (const [id, level] of Object.entries(statistics)) {
    const part = /^current\/(.+)$/.exec(id)?.[1]
    if (part === undefined || id === BOARD_CURRENT || id === 'current/chip' || level.kind !== 'level')
      continue
    const states = statistics[`state/${part}`]
    const drawn = states?.kind === 'state' ? partRange(part, level, states, power) : undefined
    if (!drawn) return undefined
    board.microamps += drawn.microamps
    board.low += drawn.low
    board.high += drawn.high
    if (part === REGULATOR) regulator = drawn
  }
  return { board, regulator }
}

function partRange(
  part: string,
  level: Extract<Statistics, { kind: 'level' }>,
  { states, cycles: all }: Extract<Statistics, { kind: 'state' }>,
  { coefficients, parts }: PowerReport,
): Drawn | undefined {
  const reported = parts.find((one) => one.part === part)
  const microamps = level.average / 1e6
  let [weight, low, high, slack] = [0, 0, 0, 0]
  for (const { state, cycles } of states) {
    const row = coefficients.find(
      (one) => one.part === part && one.state === state && one.unit === 'microamps',
    )
    if (!row) {
      if (state === 'off') continue
      return undefined
    }
    const share = cycles / all
    if (row.value === 0) {
      slack += share * row.high
      continue
    }
    const typical = reported?.states.find((one) => one.state === state)?.averageMicroamps ?? row.value
    weight += share * typical
    low += share * typical * (row.low / row.value)
    high += share * typical * (row.high / row.value)
  }
  if (weight === 0) return microamps === 0 ? { microamps, low: 0, high: slack } : undefined
  return { microamps, low: (microamps * low) / weight, high: (microamps * high) / weight + slack }
}

function batteryOf(
  range: Range,
  power: PowerReport,
  peakMicroamps: number,
  boardName: string,
): BatteryLife | undefined {
  const cell = cellCalled(power.battery?.cell)
  if (!cell) return undefined
  const feed = Object.values(BOARDS)
    .find(({ name }) => name === boardName)
    ?.feeds.find(({ name }) => name === power.battery?.feed)
  if (!feed && power.battery?.feed !== null) return undefined
  const { microamps, low, high } = feed
    ? fedBy(feed, power.supplyVolts, range.board, range.regulator)
    : range.board
  return batteryLife(cell, { averageMicroamps: microamps, peakMicroamps, averageRangeMicroamps: [low, high] })
}
