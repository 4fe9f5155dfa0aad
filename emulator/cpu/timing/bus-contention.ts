import type { Address, Cycles } from '../bus.ts'
import type { Decoder } from '../engine/decode.ts'
import { registerUse } from './pipeline/register-use.ts'
import { ramSlave } from './ram-slaves.ts'
import type { ProcessorState } from '../state.ts'

/**
 * EasyDMA at a RAM slave that the processor wants. The processor is the bus master of highest priority and is granted
 * the slave first; a transfer under way ends before (nRF52840 PS, AHB multilayer). What it waits then is
 * `TimingParameters.dmaContention`. Approximated: 1. The access that meets a transfer is that of the first instruction
 * at or after its cycle. 2. A load or store reaches the slave that its base register points into. 3. A transfer of
 * several words at once meets one access. 4. Code that has not executed before does not wait.
 */
export class BusContention {
  readonly #state: ProcessorState
  readonly #decoder: Decoder
  readonly #cycles: Cycles
  /** The slave that is taken, while nothing has executed since. */
  #taken: number | undefined

  constructor(state: ProcessorState, decoder: Decoder, cycles: Cycles) {
    this.#state = state
    this.#decoder = decoder
    this.#cycles = cycles
  }

  save(): number | null {
    return this.#taken ?? null
  }

  restore(taken: number | null): void {
    this.#taken = taken ?? undefined
  }

  /** A transfer to or from `address` begins. */
  transfer(address: Address): void {
    if (this.#cycles > 0) this.#taken = ramSlave(address)
  }

  /** Whether the next instruction may have to wait. */
  get isOpen(): boolean {
    return this.#taken !== undefined
  }

  /** Cycles that the next instruction waits. */
  settle(): Cycles {
    const slave = this.#taken
    this.#taken = undefined
    return slave !== undefined && this.#reaches(slave) ? this.#cycles : 0
  }

  #reaches(slave: number): boolean {
    const { pc, itState } = this.#state
    if (!this.#decoder.isDecoded(pc)) return false
    if (ramSlave(pc) === slave) return true
    const instruction = this.#decoder.instructionAt(pc, itState)
    if (!instruction) return false
    const { addresses } = registerUse(instruction)
    for (let n = 0; n < 15; n++)
      if ((addresses >>> n) & 1 && ramSlave(this.#state.register(n)) === slave) return true
    return false
  }
}
