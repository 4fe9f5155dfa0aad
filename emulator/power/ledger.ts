import type { Cycles } from '../cpu/bus.ts'
import { PartAccount, StateAccount } from './account.ts'
import type { Regulator } from './account.ts'
import type { CurrentTable, PartCurrents } from './coefficients.ts'
import { CURRENTS } from './currents.ts'
import { LevelDistribution } from './level-distribution.ts'
import { LevelTrack } from './level-track.ts'
import type { PowerLedger } from './reporting.ts'

/** Changes kept one by one; after that only the folded course and the totals go on. */
const MOST_CHANGES = 20_000
/** States that draw nothing though the table does not list them. */
const NOTHING = new Set(['off', 'stopped'])

export interface PowerChange {
  readonly cycle: Cycles
  readonly part: string
  readonly state: string
  /** Of the whole board from now on. */
  readonly microamps: number
}

interface Moment {
  readonly cycle: Cycles
  readonly total: number
  readonly chip: number
  readonly parts: ReadonlyMap<PartAccount, number>
}

/** What the stretches of one name drew together; picoamps times cycles. */
export interface PhaseAccount {
  readonly name: string
  count: number
  cycles: Cycles
  total: number
  chip: number
  readonly parts: Map<string, number>
  /** Of the board's current while the phase was under way. */
  readonly distribution: LevelDistribution
}

/**
 * Turns states into charge. A resource (HFCLK) draws its current once, while any part in a state that requests it is
 * there. Time is kept in whole cycles for each state; charge is that times the coefficient, so nothing accumulates.
 * Approximated: 1. DC/DC currents are those at 3.0 V, whatever the supply. 2. A part whose change comes some cycles late
 * (an instruction was under way) is booked exactly, but its step in the sum waits for the newest step before it.
 */
export class ChargeLedger implements PowerLedger {
  readonly parts = new Map<string, PartAccount>()
  readonly phases = new Map<string, PhaseAccount>()
  readonly board: LevelTrack
  readonly chip: LevelTrack
  readonly changes: PowerChange[] = []
  changesDropped = 0
  /** States that no row knows: they draw nothing, and the report says so. */
  readonly unknown = new Set<string>()
  regulator: Regulator = 'ldo'
  readonly startCycle: Cycles
  readonly #table: CurrentTable
  readonly #requests = new Map<string, number>()
  readonly #open = new Map<string, Moment>()

  constructor(table: CurrentTable = CURRENTS, startCycle: Cycles = 0) {
    this.#table = table
    this.startCycle = startCycle
    this.board = new LevelTrack(startCycle)
    this.chip = new LevelTrack(startCycle)
  }

  enter(part: string, state: string, cycle: Cycles, amount = 1): void {
    const account = this.#account(part, state)
    if (account === undefined) return
    const next = this.#state(account, state)
    if (next === account.state && amount === account.amount) return
    this.#move(account, next, amount, cycle)
    if (part === 'REG1') this.#regulate(state === 'DC/DC' ? 'dcdc' : 'ldo', cycle)
    if (this.changes.length >= MOST_CHANGES) this.changesDropped += 1
    else this.changes.push({ cycle, part, state, microamps: this.board.level / 1e6 })
  }

  event(part: string, event: string, cycle: Cycles): void {
    const account = this.#account(part, event)
    const row = account?.currents.events?.[event]
    if (account === undefined || row === undefined) {
      this.unknown.add(`${part}: ${event}`)
      return
    }
    account.book(cycle, this.regulator)
    const known = account.events.get(event)
    if (known) known.count += 1
    else account.events.set(event, { row, count: 1 })
  }

  chipOff(cycle: Cycles): void {
    for (const account of [...this.parts.values()]) {
      if (account.currents.group === 'chip' && account.state) this.#move(account, undefined, 1, cycle)
    }
    this.#requests.clear()
    this.#regulate('ldo', cycle)
  }

  /** Brings every account up to a cycle, as before a report. */
  advance(cycle: Cycles): void {
    for (const account of this.parts.values()) account.book(cycle, this.regulator)
    this.board.advance(cycle)
    this.chip.advance(cycle)
  }

  /** A phase begins; one of the same name that is still open is ended. */
  beginPhase(name: string, cycle: Cycles): void {
    if (this.#open.has(name)) this.endPhase(name, cycle)
    this.#open.set(name, this.#moment(cycle))
    this.board.watchers.add(this.#phase(name).distribution)
  }

  endPhase(name: string, cycle: Cycles): void {
    const begin = this.#open.get(name)
    if (begin === undefined) return
    this.#open.delete(name)
    const end = this.#moment(cycle)
    const phase = this.#phase(name)
    this.board.watchers.delete(phase.distribution)
    phase.count += 1
    phase.cycles += end.cycle - begin.cycle
    phase.total += end.total - begin.total
    phase.chip += end.chip - begin.chip
    for (const [part, charge] of end.parts) {
      const drawn = charge - (begin.parts.get(part) ?? 0)
      phase.parts.set(part.name, (phase.parts.get(part.name) ?? 0) + drawn)
    }
  }

  #phase(name: string): PhaseAccount {
    const known = this.phases.get(name)
    if (known) return known
    const sums = { count: 0, cycles: 0, total: 0, chip: 0, parts: new Map<string, number>() }
    const phase = { name, ...sums, distribution: new LevelDistribution() }
    this.phases.set(name, phase)
    return phase
  }

  #moment(cycle: Cycles): Moment {
    this.advance(cycle)
    const parts = new Map([...this.parts.values()].map((part) => [part, part.charge]))
    let total = 0
    let chip = 0
    for (const [part, charge] of parts) {
      total += charge
      if (part.currents.group === 'chip') chip += charge
    }
    return { cycle, total, chip, parts }
  }

  #account(name: string, state: string): PartAccount | undefined {
    const known = this.parts.get(name)
    if (known) return known
    const currents = this.#lookUp(name)
    if (currents === undefined) {
      if (!NOTHING.has(state)) this.unknown.add(`${name}: ${state}`)
      return undefined
    }
    const account = new PartAccount(name, currents, this.startCycle)
    this.parts.set(name, account)
    return account
  }

  #lookUp(name: string): PartCurrents | undefined {
    const { parts } = this.#table
    return parts[name] ?? parts[name.replace(/\d+$/, '')] ?? parts[name.split(' ')[0] ?? name]
  }

  #state(account: PartAccount, state: string): StateAccount | undefined {
    const known = account.states.get(state)
    if (known) return known
    const row = account.currents.states[state]
    if (row === undefined) {
      if (!NOTHING.has(state)) this.unknown.add(`${account.name}: ${state}`)
      return undefined
    }
    const opened = new StateAccount(state, row, account.currents.regulated ? this.#table.ldoFactor : 1)
    account.states.set(state, opened)
    return opened
  }

  #move(account: PartAccount, next: StateAccount | undefined, amount: number, cycle: Cycles): void {
    account.book(cycle, this.regulator)
    const previous = account.state
    account.state = next
    account.amount = amount
    this.#setLevel(account, cycle)
    const wanted = next?.row.requests
    const released = previous?.row.requests
    if (wanted === released) return
    for (const resource of wanted ?? []) this.#request(resource, 1, cycle)
    for (const resource of released ?? []) this.#request(resource, -1, cycle)
  }

  #request(resource: string, by: number, cycle: Cycles): void {
    const before = this.#requests.get(resource) ?? 0
    this.#requests.set(resource, before + by)
    if (before === 0 || before + by === 0) this.enter(resource, before === 0 ? 'on' : 'off', cycle)
  }

  #setLevel(account: PartAccount, cycle: Cycles): void {
    const { state, amount, level } = account
    account.level = state === undefined ? 0 : Math.round(state.picoamps[this.regulator] * amount)
    const by = account.level - level
    if (by === 0) return
    this.board.change(by, cycle)
    if (account.currents.group === 'chip') this.chip.change(by, cycle)
  }

  #regulate(regulator: Regulator, cycle: Cycles): void {
    if (regulator === this.regulator) return
    for (const account of this.parts.values()) account.book(cycle, this.regulator)
    this.regulator = regulator
    for (const account of this.parts.values()) this.#setLevel(account, cycle)
  }
}
