import { BOARDS } from '../../emulator/boards/index.ts'
import type { BoardDescription } from '../../emulator/boards/board.ts'
import { currentsOf, mergeCurrents } from '../../emulator/power/coefficients.ts'
import type { CurrentTable, StateCurrent } from '../../emulator/power/coefficients.ts'
import { CURRENTS } from '../../emulator/power/currents.ts'
import { atSupply } from '../../emulator/power/supply.ts'
import type { CoefficientReport } from '../report/power-report.ts'
import type { RunReport } from '../report/run-report.ts'
import type { Regulator } from './settings.ts'

/** Microamps, with both ends of the interval. */
export interface Level {
  readonly typical: number
  readonly low: number
  readonly high: number
}

export const NOTHING: Level = { typical: 0, low: 0, high: 0 }

/** What a state draws, by regulator; the interval is that of DC/DC, as in emulator/power. */
export interface Coefficient {
  readonly dcdc: number
  readonly ldo: number
  readonly range: readonly [low: number, high: number]
  readonly requests: readonly string[]
}

/** A state that a part was in. */
export interface StateUse {
  readonly state: string
  readonly cycles: number
  readonly averageMicroamps: number
}

export const boardOf = (report: RunReport): BoardDescription | undefined =>
  Object.values(BOARDS).find(({ name }) => name === report.board.name)

/** Coefficients of a run: those that it rests on, and for states that it was not in, the tool's own for its board. */
export class Coefficients {
  readonly #table: CurrentTable
  readonly #run = new Map<string, CoefficientReport>()
  readonly #known = new Map<string, Coefficient | undefined>()

  constructor(
    report: RunReport,
    /** Of the run. */
    readonly regulator: Regulator,
  ) {
    const { currents = {} } = boardOf(report) ?? {}
    this.#table = atSupply(mergeCurrents(CURRENTS, currents), report.power.supplyVolts)
    for (const one of report.power.coefficients)
      if (one.unit === 'microamps') this.#run.set(`${one.part}: ${one.state}`, one)
  }

  /** undefined where no current is known for it. */
  of(part: string, state: string): Coefficient | undefined {
    const key = `${part}: ${state}`
    if (!this.#known.has(key)) this.#known.set(key, this.#find(part, state))
    return this.#known.get(key)
  }

  #find(part: string, state: string): Coefficient | undefined {
    const inRun = this.#run.get(`${part}: ${state}`)
    const inTable = this.#row(part, state)
    const requests = inTable?.row.requests ?? []
    const ldo = inTable && ldoOf(inTable.row, inTable.isRegulated ? this.#table.ldoFactor : 1)
    if (inRun) {
      const { value, low, high } = inRun
      const ratio =
        inTable && ldo !== undefined && inTable.row.microamps > 0 ? ldo / inTable.row.microamps : 1
      return { dcdc: value, ldo: inRun.ldoMicroamps ?? value * ratio, range: [low, high], requests }
    }
    if (!inTable || ldo === undefined) return undefined
    return { dcdc: inTable.row.microamps, ldo, range: inTable.row.range, requests }
  }

  /** What a part drew in a state, or with another regulator would have drawn in it. */
  level(part: string, use: StateUse, regulator: Regulator): Level {
    const known = this.of(part, use.state)
    const { averageMicroamps: measured } = use
    if (!known) return { typical: measured, low: measured, high: measured }
    if (regulator === this.regulator) return withEnds(known, measured)
    return withEnds(known, known[regulator] * this.#amount(known, measured))
  }

  /** Over the time in several states; nothing where there was none. */
  mean(part: string, uses: readonly StateUse[], regulator = this.regulator): Level {
    const total = uses.reduce((sum, { cycles }) => sum + cycles, 0)
    if (total === 0) return NOTHING
    const levels = uses.map((use) => [use.cycles, this.level(part, use, regulator)] as const)
    const mean = (end: keyof Level): number =>
      levels.reduce((sum, [cycles, level]) => sum + cycles * level[end], 0) / total
    return { typical: mean('typical'), low: mean('low'), high: mean('high') }
  }

  /** Of a state that the run need not have been in; undefined where it is not known. */
  levelOf(part: string, state: string, regulator: Regulator): Level | undefined {
    const known = this.of(part, state)
    return known && withEnds(known, known[regulator])
  }

  /** How many times the state's current flowed: kB of RAM. One where a regulator changed while it did. */
  #amount({ dcdc, ldo }: Coefficient, measured: number): number {
    const own = this.regulator === 'dcdc' ? dcdc : ldo
    if (own === 0) return 1
    const between =
      measured >= Math.min(dcdc, ldo) * (1 - 1e-6) && measured <= Math.max(dcdc, ldo) * (1 + 1e-6)
    return between ? 1 : measured / own
  }

  #row(
    part: string,
    state: string,
  ): { readonly row: StateCurrent; readonly isRegulated: boolean } | undefined {
    const { parts } = this.#table
    const currents = currentsOf(this.#table, part)
    const row = currents?.states[state] ?? parts[part.split(/[ ,]/)[0] ?? part]?.states[state]
    return row && currents ? { row, isRegulated: currents.regulated } : undefined
  }
}

const ldoOf = ({ microamps, ldoMicroamps }: StateCurrent, factor: number): number =>
  ldoMicroamps ?? microamps * factor

/** The ends as the ledger has them: shares of the value, or what the row itself says where that is nothing. */
function withEnds({ dcdc, range: [low, high] }: Coefficient, typical: number): Level {
  if (dcdc === 0) return { typical, low: typical, high: typical + high }
  return { typical, low: (typical * low) / dcdc, high: (typical * high) / dcdc }
}
