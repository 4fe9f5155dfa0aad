import { Core, type CoreHost } from '../core.ts'
import { State } from '../layout.ts'
import { basicTiming, oneCycleTiming } from '../timing.ts'

const refuse = (): never => {
  throw new Error('these instructions do not call out')
}

const host: CoreHost = {
  read: refuse,
  write: refuse,
  readSpecial: refuse,
  writeSpecial: refuse,
  changeProcessorState: refuse,
  sendEvent: refuse,
  floatSlowly: refuse,
  present: () => undefined,
  deadline: () => Number.MAX_SAFE_INTEGER,
}

export interface Before {
  /** R0 and on. */
  readonly registers: readonly number[]
  readonly apsr?: number
  readonly divideByZeroTrap?: boolean
  /** Halfwords in front of the instruction, such as an IT. */
  readonly prefix?: readonly number[]
}

export interface After {
  readonly registers: readonly number[]
  readonly apsr: number
  readonly reason: number
  readonly cycles: number
}

const AT = 0x1000

/** Executes single instructions of the interpreter by their opcodes. */
export class TestBench {
  readonly core: Core

  constructor(timing: 'basic' | 'oneCycle' = 'oneCycle') {
    this.core = new Core(host, timing === 'basic' ? basicTiming : oneCycleTiming, { profile: false })
  }

  /** `opcode`: as the assembler lists it, the first half-word of a 32-bit instruction on top. */
  execute(opcode: number, before: Before): After {
    const { core } = this
    const { state } = core
    const halfwords = [
      ...(before.prefix ?? []),
      ...(opcode > 0xffff ? [opcode >>> 16, opcode & 0xffff] : [opcode]),
      0xbf00,
      0xbf00,
    ]
    halfwords.forEach((halfword, i) => {
      core.flash[AT + 2 * i] = halfword & 0xff
      core.flash[AT + 2 * i + 1] = halfword >>> 8
    })
    core.decoder.invalidate(AT, 2 * halfwords.length)
    for (let i = 0; i < 15; i++) state.setWord(State.registers + 4 * i, before.registers[i] ?? 0)
    state.apsr = before.apsr ?? 0
    state.setWord(State.divideByZeroTrap, before.divideByZeroTrap ? 1 : 0)
    state.pc = AT
    let now = 0
    let reason = 0
    const instructions = (before.prefix?.length ?? 0) + 1
    for (let i = 0; i < instructions && reason === 0; i++) ({ reason, now } = core.run(now, now + 1))
    return {
      registers: Array.from({ length: 15 }, (_, i) => state.register(i)),
      apsr: state.apsr,
      reason,
      cycles: now,
    }
  }
}
