import { BusError } from '../../emulator/cpu/bus.ts'
import { CortexM4 } from '../../emulator/cpu/cpu.ts'
import { ExitReason } from '../../emulator/cpu/exit-reasons.ts'
import { State } from '../../emulator/cpu/layout.ts'
import { oneCycleTiming } from '../../emulator/cpu/timing/timing.ts'
import { Scheduler } from '../../emulator/time/scheduler.ts'
import { APSR_BITS, STATE_WORDS, Word, type Outcome, type Processor } from './state.ts'

const outcomes: Partial<Record<ExitReason, Outcome>> = {
  [ExitReason.deadline]: 'stopped',
  [ExitReason.breakpoint]: 'stopped',
  [ExitReason.undefined]: 'undefined',
  [ExitReason.fault]: 'memory',
  [ExitReason.branchOutside]: 'memory',
}

const CPACR = 0xe000_ed88

/** Our processor without a chip, run past its exceptions: a case ends where one would be taken. */
export class Ours implements Processor {
  readonly cpu: CortexM4
  readonly flash: Uint8Array
  readonly ram: Uint8Array
  readonly state = new Uint32Array(STATE_WORDS)

  constructor() {
    const nothing = (address: number): never => {
      throw new BusError(address)
    }
    const bus = { read: nothing, write: nothing }
    this.cpu = new CortexM4({ bus, scheduler: new Scheduler(), timing: oneCycleTiming })
    this.flash = this.cpu.flash
    this.ram = this.cpu.ram
    this.cpu.writeMemory(CPACR, 4, 0x00f0_0000)
    this.cpu.exceptions.floatingPointUsed()
    if (this.cpu.state.word(State.fpActive) === 0) throw new Error('no floating point')
  }

  codePlaced(address: number, bytes: number): void {
    this.cpu.invalidateCode(address, bytes)
  }

  flush(): void {
    this.cpu.core.decoder.invalidateAll()
  }

  run(address: number, instructions: number): Outcome {
    const { cpu, state } = this
    const { nvic } = cpu.exceptions
    const processor = cpu.state
    for (let n = 0; n < 15; n++) processor.setRegister(n, state[n] ?? 0)
    processor.apsr = state[Word.apsr] ?? 0
    processor.fpscr = state[Word.fpscr] ?? 0
    for (let n = 0; n < 32; n++) processor.setSingle(n, state[Word.singles + n] ?? 0)
    nvic.primask = state[Word.primask] ?? 0
    nvic.basepri = state[Word.basepri] ?? 0
    nvic.faultmask = state[Word.faultmask] ?? 0
    processor.pc = address
    const reason = this.#runFor(instructions)
    for (let n = 0; n < 15; n++) state[n] = processor.register(n)
    state[Word.registers + 15] =
      reason === ExitReason.branchOutside ? processor.word(State.target) : processor.pc
    state[Word.apsr] = processor.apsr & APSR_BITS
    state[Word.fpscr] = processor.fpscr
    for (let n = 0; n < 32; n++) state[Word.singles + n] = processor.single(n)
    state[Word.primask] = nvic.primask
    state[Word.basepri] = nvic.basepri
    state[Word.faultmask] = nvic.faultmask
    return outcomes[reason] ?? 'exception'
  }

  /** A call out ends a slice early. */
  #runFor(instructions: number): ExitReason {
    const { core, state } = this.cpu
    const last = state.instructions + instructions
    for (;;) {
      const { reason } = core.run(0, last - state.instructions)
      if (reason !== ExitReason.deadline || state.instructions >= last) return reason
    }
  }
}
