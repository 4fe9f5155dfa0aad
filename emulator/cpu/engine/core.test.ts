import { describe, expect, it } from 'vitest'
import { Core, type CoreHost } from './core.ts'
import { ExitReason } from '../exit-reasons.ts'
import { allHandlers } from './handlers.ts'
import { emitInterpreter } from './interpreter.ts'
import { pipelineTiming } from '../timing/timing.ts'

const silentHost: CoreHost = {
  read: () => 0,
  write: () => undefined,
  readSpecial: () => 0,
  writeSpecial: () => undefined,
  changeProcessorState: () => undefined,
  sendEvent: () => undefined,
  floatSlowly: () => 0,
  awaitFlash: () => undefined,
  present: () => undefined,
  deadline: () => Infinity,
}

function program(...halfwords: number[]): Core {
  const core = new Core(silentHost, pipelineTiming, { profile: true })
  halfwords.forEach((one, i) => {
    core.flash[2 * i] = one & 0xff
    core.flash[2 * i + 1] = one >> 8
  })
  core.state.pc = 0
  core.state.setRegister(13, 0x2000_1000)
  return core
}

const BKPT = 0xbe00

describe('the interpreter', () => {
  it('is a valid WebAssembly module, with and without a profile', () => {
    expect(WebAssembly.validate(emitInterpreter({ profile: false }))).toBe(true)
    expect(WebAssembly.validate(emitInterpreter({ profile: true }))).toBe(true)
    expect(allHandlers().length).toBeLessThan(2000)
  })

  it('counts a loop: MOVS r0, #10; SUBS r0, #1; BNE; BKPT', () => {
    const core = program(0x200a, 0x3801, 0xd1fd, BKPT)
    const { reason, now } = core.run(0, 1_000_000)
    expect(reason).toBe(ExitReason.breakpoint)
    expect(core.state.pc).toBe(6)
    expect(core.state.register(0)).toBe(0)
    expect(core.state.instructions).toBe(21)
    // 1 + 10 x (1 + 1 + P) - P of the branch that is not taken
    expect(now).toBe(1 + 30 - 1)
    expect(core.profileAt(2)).toEqual({ cycles: 10, executions: 10 })
    expect(core.profileAt(4)).toEqual({ cycles: 19, executions: 10 })
  })

  it('stops at the first instruction boundary at or after the deadline', () => {
    const core = program(0x2064, 0x3801, 0xd1fd, BKPT)
    expect(core.run(0, 50)).toEqual({ reason: ExitReason.deadline, now: 50 })
    expect(core.run(50, 51).now).toBe(52)
  })

  it('honours IT blocks: CMP r0, #0; ITE EQ; MOVEQ r1, #1; MOVNE r1, #2', () => {
    const core = program(0x2800, 0xbf0c, 0x2101, 0x2102, BKPT)
    core.run(0, 100)
    expect(core.state.register(1)).toBe(1)
    core.state.pc = 0
    core.state.setRegister(0, 5)
    core.run(0, 100)
    expect(core.state.register(1)).toBe(2)
  })

  it('pushes, calls, loads literals and returns', () => {
    // bl 8; bkpt; nop | push {r4, lr}; ldr r0, [pc, #4]; pop {r4, pc}; nop; .word 0x12345678
    const core = program(0xf000, 0xf802, BKPT, 0xbf00, 0xb510, 0x4801, 0xbd10, 0xbf00, 0x5678, 0x1234)
    expect(core.run(0, 100).reason).toBe(ExitReason.breakpoint)
    expect(core.state.register(0)).toBe(0x1234_5678)
    expect(core.state.pc).toBe(4)
    expect(core.state.register(13)).toBe(0x2000_1000)
    expect(core.touched[(0x1000 - 4) / 4]).toBe(1)
  })
})
