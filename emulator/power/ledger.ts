import type { Cycles } from '../cpu/bus.ts'
import { Log } from '../snapshot/log.ts'
import { PartAccount, StateAccount } from './account.ts'
import type { EventAccount, Regulator, SavedPart } from './account.ts'
import { currentsOf } from './coefficients.ts'
import type { CurrentTable } from './coefficients.ts'
import { CURRENTS } from './currents.ts'
import { LevelTrack, type SavedLevelTrack } from './level-track.ts'
import { PhaseAccount, type SavedPhaseAccount } from './phase-account.ts'
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

/** Told of a part that is in another state, or draws something else in it, since `part.since`; at times of no change. */
export type LedgerListener = (part: PartAccount) => void

export interface SavedLedger {
  readonly parts: readonly SavedPart[]
  readonly phases: readonly SavedPhaseAccount[]
  /** Absent in what was saved before there was one. */
  readonly start?: SavedPhaseAccount
  readonly board: SavedLevelTrack
  readonly chip: SavedLevelTrack
  readonly changes: readonly (readonly PowerChange[])[]
  readonly changesDropped: number
  readonly unknown: readonly string[]
  readonly regulator: Regulator
  readonly requests: readonly (readonly [resource: string, count: number])[]
}

/**
 * Turns states into charge. A resource (HFCLK) draws its current once, while any part in a state that requests it is
 * there. Time is kept in whole cycles for each state; charge is that times the coefficient, so nothing accumulates.
 * Approximated: 1. A part whose change comes some cycles late (an instruction was under way) is booked exactly, but its
 * step in the sum waits for the newest step before it.
 */
export class ChargeLedger implements PowerLedger {
  /** Not saved: in `#accounts`. */
  readonly parts = new Map<string, PartAccount>()
  readonly phases = new Map<string, PhaseAccount>()
  /** From the ledger’s start to the first begin of a phase. */
  readonly start = new PhaseAccount('start')
  readonly board: LevelTrack
  readonly chip: LevelTrack
  changesDropped = 0
  /** States that no row knows: they draw nothing, and the report says so. */
  readonly unknown = new Set<string>()
  regulator: Regulator = 'ldo'
  /** Not saved: who listens. */
  listener: LedgerListener | undefined
  readonly startCycle: Cycles
  readonly #table: CurrentTable
  readonly #requests = new Map<string, number>()
  /** Those of `parts`. */
  readonly #accounts: PartAccount[] = []
  /** Not saved: in the accounts of parts. */
  readonly #states: StateAccount[] = []
  /** Not saved: in the accounts of parts. */
  readonly #events: EventAccount[] = []
  readonly #changes = new Log<PowerChange>()

  constructor(table: CurrentTable = CURRENTS, startCycle: Cycles = 0) {
    this.#table = table
    this.startCycle = startCycle
    this.board = new LevelTrack(startCycle)
    this.chip = new LevelTrack(startCycle)
    this.start.begin(startCycle, [], [])
  }

  /** Those that were kept. */
  get changes(): readonly PowerChange[] {
    return this.#changes.toArray()
  }

  readonly stateVersion = 1

  save(): SavedLedger {
    return {
      parts: this.#accounts.map((account) => account.save()),
      phases: Array.from(this.phases.values(), (phase) => phase.save()),
      start: this.start.save(),
      board: this.board.save(),
      chip: this.chip.save(),
      changes: this.#changes.save(),
      changesDropped: this.changesDropped,
      unknown: [...this.unknown],
      regulator: this.regulator,
      requests: [...this.#requests],
    }
  }

  /** The listener is told nothing: it has a state of its own. @throws Error for a part or state that no row knows */
  restore(saved: SavedLedger): void {
    this.#forget()
    for (const part of saved.parts) this.#openAgain(part).restore(part)
    if (saved.start) this.start.restore(saved.start)
    else this.start.abandon()
    this.board.restore(saved.board)
    this.chip.restore(saved.chip)
    for (const one of saved.phases) {
      const phase = new PhaseAccount(one.name)
      phase.restore(one)
      this.phases.set(one.name, phase)
      if (phase.isOpen) this.board.watch(phase.distribution)
    }
    this.#changes.restore(saved.changes)
    this.changesDropped = saved.changesDropped
    for (const one of saved.unknown) this.unknown.add(one)
    this.regulator = saved.regulator
    for (const [resource, count] of saved.requests) this.#requests.set(resource, count)
  }

  #forget(): void {
    for (const all of [this.parts, this.phases, this.#requests, this.unknown]) all.clear()
    for (const all of [this.#accounts, this.#states, this.#events]) all.length = 0
  }

  /** The accounts of a part, numbered as they were. */
  #openAgain({ name, states, events }: SavedPart): PartAccount {
    const account = this.#account(name, '')
    if (!account) throw new Error(`no coefficients are known for ${name}`)
    for (const { state, index } of states) {
      const opened = this.#openState(account, state, index)
      if (!opened) throw new Error(`no coefficients are known for ${name}: ${state}`)
    }
    for (const { event, index } of events) {
      const row = account.currents.events?.[event]
      if (!row) throw new Error(`no coefficients are known for ${name}: ${event}`)
      const opened = { row, index, count: 0 }
      this.#events[index] = opened
      account.events.set(event, opened)
    }
    return account
  }

  enter(part: string, state: string, cycle: Cycles, amount = 1): void {
    const account = this.#account(part, state)
    if (account === undefined) return
    const next = this.#state(account, state)
    if (next === account.state && amount === account.amount) return
    this.#move(account, next, amount, cycle)
    if (part === 'REG1') this.#regulate(state === 'DC/DC' ? 'dcdc' : 'ldo', cycle)
    if (this.#changes.length >= MOST_CHANGES) this.changesDropped += 1
    else this.#changes.push({ cycle, part, state, microamps: this.board.level / 1e6 })
  }

  /** Whether any part requests a resource, such as HFCLK. */
  isRequested(resource: string): boolean {
    return (this.#requests.get(resource) ?? 0) > 0
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
    if (known) {
      known.count += 1
      return
    }
    const opened = { row, index: this.#events.length, count: 1 }
    this.#events.push(opened)
    account.events.set(event, opened)
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
    for (const account of this.#accounts) account.book(cycle, this.regulator)
    this.board.advance(cycle)
    this.chip.advance(cycle)
  }

  /** A phase begins; one of the same name that is still open is ended. */
  beginPhase(name: string, cycle: Cycles): void {
    let phase = this.phases.get(name)
    if (!phase) this.phases.set(name, (phase = new PhaseAccount(name)))
    if (phase.isOpen) this.endPhase(name, cycle)
    this.advance(cycle)
    if (this.start.isOpen) this.start.end(cycle, this.#states, this.#events)
    phase.begin(cycle, this.#states, this.#events)
    this.board.watch(phase.distribution)
  }

  endPhase(name: string, cycle: Cycles): void {
    const phase = this.phases.get(name)
    if (!phase?.isOpen) return
    this.advance(cycle)
    phase.end(cycle, this.#states, this.#events)
    this.board.unwatch(phase.distribution)
  }

  /** A phase that was cut off counts for nothing. */
  abandonPhase(name: string, cycle: Cycles): void {
    const phase = this.phases.get(name)
    if (!phase?.isOpen) return
    this.advance(cycle)
    phase.abandon()
    this.board.unwatch(phase.distribution)
  }

  #account(name: string, state: string): PartAccount | undefined {
    const known = this.parts.get(name)
    if (known) return known
    const currents = currentsOf(this.#table, name)
    if (currents === undefined) {
      if (!NOTHING.has(state)) this.unknown.add(`${name}: ${state}`)
      return undefined
    }
    const account = new PartAccount(name, currents, this.startCycle)
    this.parts.set(name, account)
    this.#accounts.push(account)
    return account
  }

  #state(account: PartAccount, state: string): StateAccount | undefined {
    const known = account.states.get(state)
    if (known) return known
    const opened = this.#openState(account, state, this.#states.length)
    if (!opened && !NOTHING.has(state)) this.unknown.add(`${account.name}: ${state}`)
    return opened
  }

  #openState(account: PartAccount, state: string, index: number): StateAccount | undefined {
    const row = account.currents.states[state]
    if (row === undefined) return undefined
    const factor = account.currents.regulated ? this.#table.ldoFactor : 1
    const opened = new StateAccount(state, row, factor, index)
    this.#states[index] = opened
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
    this.listener?.(account)
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
