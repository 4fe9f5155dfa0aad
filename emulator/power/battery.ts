/** A cell: what is on its label and what of it can be had. */
export interface Cell {
  readonly name: string
  readonly milliampHours: number
  /** Share of the charge lost in a year at 25 C. */
  readonly selfDischargePerYear: number
  /** Usable share of the label's charge, by average current in microamps, rising; between rows by the logarithm. */
  readonly derating: readonly (readonly [microamps: number, share: number])[]
  /** What it can deliver in a pulse before its voltage falls too far. */
  readonly largestMilliamps: number
  readonly source: string
}

export interface BatteryLife {
  readonly cell: string
  readonly hours: number
  /** From the interval of the average current. */
  readonly rangeHours: readonly [low: number, high: number]
  readonly usableMilliampHours: number
  /** The peak is more than the cell delivers. */
  readonly overloaded: boolean
  readonly source: string
}

const HOURS_PER_YEAR = 8766

export const CR2032: Cell = {
  name: 'CR2032',
  milliampHours: 225,
  selfDischargePerYear: 0.01,
  derating: [
    [200, 1],
    [500, 0.9],
    [1000, 0.8],
    [3000, 0.6],
    [10_000, 0.3],
  ],
  largestMilliamps: 15,
  source: 'Panasonic CR2032: 225 mAh at 0.2 mA, 1 % a year; derating above 0.2 mA and 15 mA pulses: estimate',
}

/** Two alkaline cells in series. */
export const TWO_AAA: Cell = {
  name: '2xAAA',
  milliampHours: 1200,
  selfDischargePerYear: 0.03,
  derating: [
    [25_000, 0.85],
    [100_000, 0.7],
    [250_000, 0.5],
  ],
  largestMilliamps: 500,
  source: 'estimate: alkaline LR03, 1200 mAh down to 0.8 V a cell, 85 % of it down to 1.0 V; 3 % a year lost',
}

/** @throws RangeError for a capacity that is not a positive number. */
export const lipo = (milliampHours: number): Cell => {
  if (!Number.isFinite(milliampHours) || milliampHours <= 0) {
    throw new RangeError(`a battery of ${milliampHours} mAh: give a positive number`)
  }
  return {
    name: `LiPo ${milliampHours} mAh`,
    milliampHours,
    selfDischargePerYear: 0.3,
    derating: [[1e6, 0.85]],
    largestMilliamps: milliampHours,
    source: 'estimate: 85 % down to 3.4 V, 2.5 % a month lost, protection circuit included; pulses up to 1 C',
  }
}

/** The cell of a name that one of these gave, as a report has it. */
export const cellCalled = (name: string | undefined): Cell | undefined => {
  const named = [CR2032, TWO_AAA].find((cell) => cell.name === name)
  if (named) return named
  const capacity = Number(/^LiPo (\d+(?:\.\d+)?) mAh$/.exec(name ?? '')?.[1])
  return capacity > 0 ? lipo(capacity) : undefined
}

const usableShare = ({ derating }: Cell, microamps: number): number => {
  const above = derating.findIndex(([current]) => current >= microamps)
  const upper = derating[above]
  if (upper === undefined) return derating.at(-1)?.[1] ?? 1
  const lower = derating[above - 1]
  if (lower === undefined) return upper[1]
  const position = Math.log(microamps / lower[0]) / Math.log(upper[0] / lower[0])
  return lower[1] + position * (upper[1] - lower[1])
}

const hoursOf = (cell: Cell, microamps: number): number => {
  const usable = cell.milliampHours * usableShare(cell, microamps)
  const lost = (cell.milliampHours * cell.selfDischargePerYear) / HOURS_PER_YEAR
  return usable / (microamps / 1000 + lost)
}

/** How long a cell feeds a board that draws `averageMicroamps`. @throws RangeError for a negative current. */
export const batteryLife = (
  cell: Cell,
  current: {
    readonly averageMicroamps: number
    readonly peakMicroamps: number
    readonly averageRangeMicroamps: readonly [low: number, high: number]
  },
): BatteryLife => {
  const { averageMicroamps, peakMicroamps, averageRangeMicroamps } = current
  const [low, high] = averageRangeMicroamps
  for (const microamps of [averageMicroamps, low, high]) {
    if (!(microamps >= 0)) throw new RangeError(`an average current of ${microamps} uA cannot be`)
  }
  return {
    cell: cell.name,
    hours: hoursOf(cell, averageMicroamps),
    rangeHours: [hoursOf(cell, high), hoursOf(cell, low)],
    usableMilliampHours: cell.milliampHours * usableShare(cell, averageMicroamps),
    overloaded: peakMicroamps > cell.largestMilliamps * 1000,
    source: cell.source,
  }
}
