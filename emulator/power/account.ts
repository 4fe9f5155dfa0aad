import type { Cycles } from '../cpu/bus.ts'
import type { EventCharge, PartCurrents, StateCurrent } from './coefficients.ts'

export type Regulator = 'dcdc' | 'ldo'

export interface SavedStateAccount {
  readonly state: string
  readonly index: number
  readonly dcdc: number
  readonly ldo: number
  readonly cycles: Cycles
}

/** One state of one part, with the time spent in it. */
export class StateAccount {
  /** Picoamps of one amount, rounded: sums of them are exact. */
  readonly picoamps: Readonly<Record<Regulator, number>>
  /** Cycles times amount, by regulator. */
  readonly weighted = { dcdc: 0, ldo: 0 }
  cycles: Cycles = 0

  /** @param index its number among all states of the ledger */
  constructor(
    readonly state: string,
    readonly row: StateCurrent,
    ldoFactor: number,
    readonly index: number,
  ) {
    const dcdc = Math.round(row.microamps * 1e6)
    this.picoamps = { dcdc, ldo: Math.round((row.ldoMicroamps ?? row.microamps * ldoFactor) * 1e6) }
  }

  save(): SavedStateAccount {
    return { state: this.state, index: this.index, ...this.weighted, cycles: this.cycles }
  }

  restore({ dcdc, ldo, cycles }: SavedStateAccount): void {
    Object.assign(this.weighted, { dcdc, ldo })
    this.cycles = cycles
  }

  /** Picoamps times cycles; exact while amounts are whole numbers. */
  get charge(): bigint {
    return this.chargeOf(this.weighted)
  }

  /** The same for cycles times amount of one's own. */
  chargeOf(weighted: Readonly<Record<Regulator, number>>): bigint {
    const product = (regulator: Regulator): bigint => {
      const spent = weighted[regulator]
      return Number.isInteger(spent)
        ? BigInt(spent) * BigInt(this.picoamps[regulator])
        : BigInt(Math.round(spent * this.picoamps[regulator]))
    }
    return product('dcdc') + product('ldo')
  }

  /** Share of the charge at the ends of the row's interval. */
  get ends(): readonly [low: number, high: number] {
    const { microamps, range } = this.row
    if (microamps > 0) return [range[0] / microamps, range[1] / microamps]
    return [1, 1]
  }

  /** What the upper end adds where the row itself is nothing, in picoamps times cycles. */
  slackOf({ dcdc, ldo }: { readonly dcdc: number; readonly ldo: number }): number {
    return this.row.microamps > 0 ? 0 : this.row.range[1] * 1e6 * (dcdc + ldo)
  }
}

export interface EventAccount {
  readonly row: EventCharge
  /** Its number among all kinds of events of the ledger. */
  readonly index: number
  count: number
}

export interface SavedPart {
  readonly name: string
  readonly state: string | null
  readonly amount: number
  readonly level: number
  readonly peak: number
  readonly since: Cycles
  readonly states: readonly SavedStateAccount[]
  readonly events: readonly { readonly event: string; readonly index: number; readonly count: number }[]
}

/** A part that reports: the state it is in and its accounts. */
export class PartAccount {
  state: StateAccount | undefined
  amount = 1
  level = 0
  peak = 0
  since: Cycles
  readonly states = new Map<string, StateAccount>()
  readonly events = new Map<string, EventAccount>()

  constructor(
    readonly name: string,
    readonly currents: PartCurrents,
    since: Cycles,
  ) {
    this.since = since
  }

  save(): SavedPart {
    const { name, state, amount, level, peak, since } = this
    return {
      name,
      state: state?.state ?? null,
      amount,
      level,
      peak,
      since,
      states: Array.from(this.states.values(), (account) => account.save()),
      events: Array.from(this.events, ([event, { index, count }]) => ({ event, index, count })),
    }
  }

  /** After its accounts of states and events were opened. */
  restore({ state, amount, level, peak, since, states, events }: SavedPart): void {
    for (const one of states) this.states.get(one.state)?.restore(one)
    for (const { event, count } of events) {
      const account = this.events.get(event)
      if (account) account.count = count
    }
    this.state = state === null ? undefined : this.states.get(state)
    this.amount = amount
    this.level = level
    this.peak = peak
    this.since = since
  }

  /** Books the time since the last change. */
  book(cycle: Cycles, regulator: Regulator): void {
    const duration = cycle - this.since
    if (duration <= 0) return
    this.since = cycle
    if (this.state === undefined) return
    this.state.weighted[regulator] += duration * this.amount
    this.state.cycles += duration
    if (this.level > this.peak) this.peak = this.level
  }
}
