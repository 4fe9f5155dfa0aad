/**
 * What the board drew. Intervals hold for every coefficient at its lower, or at its upper end, at once: independent errors
 * would give a narrower one. Currents are those at the supply pins of the chip and the parts; energy is charge times
 * the supply voltage.
 */
export interface PowerReport {
  readonly supplyVolts: number
  /** What flows into the board, by the way it is fed; a cell is connected to the first. */
  readonly feeds: readonly FeedReport[]
  /** Chip and everything around it. */
  readonly board: CurrentReport
  readonly chip: CurrentReport
  /** Largest charge first. */
  readonly parts: readonly PartPowerReport[]
  /** Phases that the firmware marks, over the whole board. */
  readonly phases: readonly PhasePowerReport[]
  /** Before the first phase began; null where none did. Reports from before there was one have none. */
  readonly start: StartPowerReport | null
  /** null when nothing shows where an inference is. */
  readonly inference: InferencePowerReport | null
  /** Share of the time that the processor was not asleep. */
  readonly awakeShare: number
  /** Share of the charge that rests on coefficients without a published or measured source. */
  readonly estimatedShare: number
  /** null when no cell was named. */
  readonly battery: BatteryReport | null
  /** Every coefficient that the figures rest on. */
  readonly coefficients: readonly CoefficientReport[]
  /** What the board has only because the user said so. */
  readonly assumptions: readonly string[]
  /** States that no coefficient is known for; they are counted as nothing. */
  readonly unknownStates: readonly string[]
  /** The board's current through time, in equal stretches. */
  readonly timeline: readonly TimelineReport[]
}

export interface FeedReport {
  readonly feed: string
  readonly volts: number
  readonly averageMicroamps: number
  readonly lowMicroamps: number
  readonly highMicroamps: number
  readonly source: string
  readonly evidence: CoefficientReport['evidence']
}

export interface ChargeReport {
  readonly averageMicroamps: number
  readonly lowMicroamps: number
  readonly highMicroamps: number
  readonly chargeMicrocoulombs: number
  readonly energyMicrojoules: number
}

export interface CurrentReport extends ChargeReport {
  readonly medianMicroamps: number
  readonly peakMicroamps: number
}

export interface PartPowerReport extends ChargeReport {
  readonly part: string
  readonly group: 'chip' | 'board'
  readonly peakMicroamps: number
  /** Of the board's charge. */
  readonly share: number
  /** More than a twentieth of its charge rests on estimates. */
  readonly estimate: boolean
  readonly states: readonly {
    readonly state: string
    readonly cycles: number
    readonly averageMicroamps: number
    readonly chargeMicrocoulombs: number
  }[]
  readonly events: readonly {
    readonly event: string
    readonly count: number
    readonly chargeMicrocoulombs: number
  }[]
}

export interface PhasePowerReport extends ChargeReport {
  readonly phase: string
  readonly passes: number
  readonly cycles: number
  readonly chipMicrocoulombs: number
  readonly microcoulombsByPart: Readonly<Record<string, number>>
}

export interface StartPowerReport {
  readonly cycles: number
  readonly microcoulombsByPart: Readonly<Record<string, number>>
}

export interface InferencePowerReport {
  readonly count: number
  /** In the phase "inference" alone; null where the firmware marks none. */
  readonly chargeMicrocoulombs: number | null
  readonly energyMicrojoules: number | null
  /** The whole run by the number of inferences: sampling, sleep and all. */
  readonly runMicrocoulombs: number
  readonly runMicrojoules: number
}

export interface BatteryReport {
  readonly cell: string
  /** Where it is connected; null where the board does not say. */
  readonly feed: string | null
  readonly hours: number
  readonly lowHours: number
  readonly highHours: number
  readonly usableMilliampHours: number
  /** The peak is more than the cell delivers. */
  readonly overloaded: boolean
  readonly source: string
}

export interface CoefficientReport {
  readonly part: string
  /** A state, or an event. */
  readonly state: string
  readonly unit: 'microamps' | 'picocoulombs'
  readonly value: number
  readonly low: number
  readonly high: number
  /** With REG1 as LDO, where the run had it so. */
  readonly ldoMicroamps: number | null
  readonly conditions: string
  readonly source: string
  readonly evidence: 'published' | 'measured' | 'derived' | 'estimate'
}

export interface TimelineReport {
  readonly startCycle: number
  readonly cycles: number
  readonly minimumMicroamps: number
  readonly averageMicroamps: number
  readonly maximumMicroamps: number
}
