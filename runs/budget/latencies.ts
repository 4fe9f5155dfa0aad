import type { Machine } from '../../emulator/machine.ts'
import { exceptionName } from '../../emulator/nrf52840/exception-names.ts'
import type { RunListeners } from '../simulation/observe-options.ts'
import type { Latency } from './figures.ts'

const nothing = (): void => undefined
const SILENT: RunListeners = {
  phases: { beginPhase: nothing, endPhase: nothing, abandonPhase: nothing },
  operators: {
    beginInvocation: nothing,
    endInvocation: nothing,
    dropInvocation: nothing,
    beginOperator: nothing,
    endOperator: nothing,
    dropOperator: nothing,
  },
  section: { stateVersion: 1, save: () => null, restore: nothing },
}

/** Of each exception, how long it waited from its request to its handler's first instruction. Runs that are not recorded. */
export class Latencies {
  readonly #requested = new Map<number, number>()
  readonly #found = new Map<number, Omit<Latency, 'name'>>()

  /** For `SimulateOptions`. */
  readonly attach = (machine: Machine): RunListeners => {
    const { exceptions } = machine.cpu
    const { onEntry } = exceptions
    exceptions.nvic.onPend = (exception) => this.#requested.set(exception, machine.now)
    exceptions.onEntry = (exception, cycle) => {
      onEntry?.(exception, cycle)
      const requested = this.#requested.get(exception)
      this.#requested.delete(exception)
      if (requested !== undefined) this.#add(exception, cycle - requested)
    }
    return SILENT
  }

  #add(exception: number, cycles: number): void {
    const one = this.#found.get(exception)
    this.#found.set(exception, {
      count: (one?.count ?? 0) + 1,
      totalCycles: (one?.totalCycles ?? 0) + cycles,
      minimumCycles: Math.min(one?.minimumCycles ?? cycles, cycles),
      maximumCycles: Math.max(one?.maximumCycles ?? cycles, cycles),
    })
  }

  /** By number of the exception. */
  get all(): readonly Latency[] {
    return [...this.#found]
      .sort(([a], [b]) => a - b)
      .map(([exception, found]) => ({ name: exceptionName(exception), ...found }))
  }
}
