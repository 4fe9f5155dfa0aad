import type { EventAccount, PartAccount, StateAccount } from './account.ts'

/** Picoamps times cycles; `low` and `high` with each coefficient at that end of its interval. */
export interface Sum {
  charge: bigint
  low: number
  high: number
  /** Of the charge, what rests on estimates. */
  estimated: number
}

/** How long parts were in their states and how often events came, over the run or within a phase. */
export interface Spent {
  weightedOf(state: StateAccount): { readonly dcdc: number; readonly ldo: number }
  countOf(event: EventAccount): number
}

export const WHOLE_RUN: Spent = {
  weightedOf: ({ weighted }) => weighted,
  countOf: ({ count }) => count,
}

export const sumOf = (part: PartAccount, spent: Spent): Sum => {
  const sum: Sum = { charge: 0n, low: 0, high: 0, estimated: 0 }
  for (const state of part.states.values()) {
    const weighted = spent.weightedOf(state)
    const charge = state.chargeOf(weighted)
    const { ends, row } = state
    sum.charge += charge
    sum.low += Number(charge) * ends[0]
    sum.high += Number(charge) * ends[1] + state.slackOf(weighted)
    if (row.evidence === 'estimate') sum.estimated += Number(charge)
  }
  for (const event of part.events.values()) {
    const { row } = event
    const count = spent.countOf(event)
    const each = row.picocoulombs * 64e6
    sum.charge += BigInt(Math.round(each * count))
    sum.low += row.range[0] * 64e6 * count
    sum.high += row.range[1] * 64e6 * count
    if (row.evidence === 'estimate') sum.estimated += each * count
  }
  return sum
}

export const addTo = (total: Sum, { charge, low, high, estimated }: Sum): void => {
  total.charge += charge
  total.low += low
  total.high += high
  total.estimated += estimated
}

export const nothing = (): Sum => ({ charge: 0n, low: 0, high: 0, estimated: 0 })
