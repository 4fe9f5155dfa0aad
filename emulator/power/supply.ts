import type { CurrentTable, Evidence, PartCurrents, StateCurrent } from './coefficients.ts'

/** Where Nordic's scenarios were measured. */
const PUBLISHED_VOLTS = 3

/**
 * The table at another VDD: REG1 in DC/DC mode takes the same power, so its current goes with 1 / VDD; as LDO, and what is
 * not behind REG1, takes the same current. That a converter's efficiency changes with its input is not in it.
 */
export const atSupply = (table: CurrentTable, volts: number): CurrentTable => ({
  ...table,
  parts: Object.fromEntries(
    Object.entries(table.parts).map(([name, part]) => [
      name,
      part.regulated ? scaled(part, PUBLISHED_VOLTS / volts, table.ldoFactor) : part,
    ]),
  ),
})

const scaled = (part: PartCurrents, factor: number, ldoFactor: number): PartCurrents => ({
  ...part,
  states: Object.fromEntries(
    Object.entries(part.states).map(([state, row]) => [state, scaledRow(row, factor, ldoFactor)]),
  ),
})

const scaledRow = (row: StateCurrent, factor: number, ldoFactor: number): StateCurrent => ({
  ...row,
  microamps: row.microamps * factor,
  ldoMicroamps: row.ldoMicroamps ?? row.microamps * ldoFactor,
  range: [row.range[0] * factor, row.range[1] * factor],
})

/** A way to feed the board's rail. */
export interface Feed {
  readonly name: string
  readonly volts: number
  readonly conversion:
    | { readonly kind: 'direct' }
    /** As much current in as out, and its own. */
    | { readonly kind: 'linear' }
    | {
        readonly kind: 'switching'
        readonly efficiency: number
        readonly range: readonly [low: number, high: number]
      }
  /** Part of the ledger whose current flows at this side only. */
  readonly regulator?: string
  readonly source: string
  readonly evidence: Evidence
}

export interface Drawn {
  readonly microamps: number
  readonly low: number
  readonly high: number
}

/**
 * What flows into a feed while the rail gives `rail`.
 * @param own what the feed's regulator draws for itself; nothing where it has none
 */
export const intoFeed = ({ volts, conversion }: Feed, railVolts: number, rail: Drawn, own: Drawn): Drawn => {
  const ratio = (efficiency: number): number => railVolts / (volts * efficiency)
  const [typical, best, worst] =
    conversion.kind === 'switching'
      ? [ratio(conversion.efficiency), ratio(conversion.range[1]), ratio(conversion.range[0])]
      : [1, 1, 1]
  return {
    microamps: rail.microamps * typical + own.microamps,
    low: rail.low * best + own.low,
    high: rail.high * worst + own.high,
  }
}

const NOTHING: Drawn = { microamps: 0, low: 0, high: 0 }

/**
 * What flows into a feed while a board draws `whole`, its regulator `own` of it: that flows on the feed's side, and fed
 * past the regulator it is as if it were not there.
 */
export const fedBy = (feed: Feed, railVolts: number, whole: Drawn, own: Drawn = NOTHING): Drawn => {
  const rail = {
    microamps: whole.microamps - own.microamps,
    low: whole.low - own.low,
    high: whole.high - own.high,
  }
  return intoFeed(feed, railVolts, rail, feed.regulator === undefined ? NOTHING : own)
}
