import { expect, test } from 'vitest'
import { Core, type CoreHost } from '../../emulator/cpu/engine/core.ts'
import { ExitReason } from '../../emulator/cpu/exit-reasons.ts'
import { State } from '../../emulator/cpu/layout.ts'
import { pipelineTiming, oneCycleTiming } from '../../emulator/cpu/timing/timing.ts'

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
  awaitFlash: () => undefined,
  present: () => undefined,
  deadline: () => Number.MAX_SAFE_INTEGER,
}

export interface Before {
  /** R0 and on. */
  readonly registers: readonly number[]
  readonly apsr?: number
  readonly divideByZeroTrap?: boolean
  /** An IT instruction in front. */
  readonly ifThen?: number
}

export interface After {
  readonly registers: readonly number[]
  readonly apsr: number
  readonly reason: number
  readonly cycles: number
}

const AT = 0x1000
const BKPT = 0xbe00

/** Executes single instructions by their opcodes. */
export class TestBench {
  readonly #core: Core
  /** With a pipeline, up to the BKPT behind: what is due in the middle of an instruction would interrupt it. */
  readonly #slice: number

  constructor(timing: 'pipeline' | 'oneCycle' = 'oneCycle') {
    this.#slice = timing === 'pipeline' ? 100 : 1
    this.#core = new Core(host, timing === 'pipeline' ? pipelineTiming : oneCycleTiming, { profile: false })
  }

  /** `opcode`: as the assembler lists it, the first half-word of a 32-bit instruction on top. */
  execute(opcode: number, before: Before): After {
    const { state, flash, decoder } = this.#core
    const first = before.ifThen === undefined ? [] : [before.ifThen]
    const halfwords = [...first, ...(opcode > 0xffff ? [opcode >>> 16, opcode & 0xffff] : [opcode]), BKPT]
    halfwords.forEach((halfword, i) => {
      flash[AT + 2 * i] = halfword & 0xff
      flash[AT + 2 * i + 1] = halfword >>> 8
    })
    decoder.invalidate(AT, 2 * halfwords.length)
    for (let i = 0; i < 15; i++) state.setRegister(i, before.registers[i] ?? 0)
    state.apsr = before.apsr ?? 0
    state.setWord(State.divideByZeroTrap, before.divideByZeroTrap ? 1 : 0)
    state.pc = AT
    let now = 0
    let reason = 0
    for (let i = 0; i < first.length + 1 && reason === ExitReason.deadline; i++)
      ({ reason, now } = this.#core.run(now, now + this.#slice))
    if (reason === ExitReason.breakpoint && state.pc !== AT) reason = ExitReason.deadline
    return {
      registers: Array.from({ length: 15 }, (_, i) => state.register(i)),
      apsr: state.apsr,
      reason,
      cycles: now,
    }
  }
}

const hex = (value: number): string => value.toString(16).padStart(8, '0')

/** `r1=1234 Q GE=f`: registers and flags that are not named are 0. Hexadecimal. */
function parseState(text: string): { registers: Map<number, number>; apsr: number } {
  const registers = new Map<number, number>()
  let apsr = 0
  for (const token of text.split(' ').filter((one) => one !== '')) {
    const [name = '', value = ''] = token.split('=')
    const flag = 'NZCVQ'.indexOf(name)
    if (name === 'GE') apsr |= Number.parseInt(value, 16) << 16
    else if (flag >= 0) apsr |= 1 << (31 - flag)
    else registers.set(Number(name.slice(1)), Number.parseInt(value, 16))
  }
  return { registers, apsr: apsr >>> 0 }
}

/**
 * A test for each line: assembly; opcode; registers and flags before; registers that change, and all the
 * flags that are set, after.
 */
export function instructionTests(table: string): void {
  const bench = new TestBench()
  for (const line of table.split('\n').map((one) => one.trim())) {
    if (line === '') continue
    const [assembly = '', opcode = '', before = '', after = ''] = line.split(';').map((one) => one.trim())
    test(`${assembly}: ${before}`, () => {
      const given = parseState(before)
      const wanted = parseState(after)
      const registers = Array.from({ length: 15 }, (_, i) => given.registers.get(i) ?? 0)
      const result = bench.execute(Number.parseInt(opcode, 16), { registers, apsr: given.apsr })
      const expected = registers.map((value, i) => wanted.registers.get(i) ?? value)
      expect(result.reason).toBe(0)
      expect(result.registers.map(hex)).toEqual(expected.map(hex))
      expect(hex(result.apsr)).toBe(hex(wanted.apsr))
    })
  }
}
