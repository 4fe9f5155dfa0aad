import { describe, expect, it } from 'vitest'
import { Scheduler } from '../../time/scheduler.ts'
import { CortexM4 } from '../cpu.ts'
import { RAM_BASE } from '../layout.ts'
import { pipelineTiming } from '../timing/timing.ts'

const CODE = 0x200
const HANDLER = 0x100
const RAM_CODE = RAM_BASE + 0x4000
const IT_EQ = 0xbf08
const ITTT_EQ = 0xbf02
const ITTT_NE = 0xbf1e
const UDF = 0xde00
/** A5.2.5: no miscellaneous 16-bit instruction. */
const UNALLOCATED = 0xb700
const BX_R7 = 0x4738
const BKPT = 0xbeab
const adds = (register: number, value: number): number => 0x3000 | (register << 8) | value
const branch = (halfwords: number): number => 0xe000 | ((halfwords - 2) & 0x7ff)
const Z = 0x4000_0000

/** A processor with `halfwords` at an address, and one handler for all exceptions. */
function processorWith(address: number, halfwords: readonly number[], handler: readonly number[] = []) {
  const bus = { read: () => 0, write: () => undefined }
  const cpu = new CortexM4({ bus, scheduler: new Scheduler(), timing: pipelineTiming, profile: true })
  const put = (at: number, code: readonly number[]): void => {
    const bytes = at < RAM_BASE ? cpu.flash : cpu.ram
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    code.forEach((one, i) => view.setUint16((at % RAM_BASE) + 2 * i, one, true))
  }
  for (let vector = 1; vector < 16; vector++) put(4 * vector, [HANDLER | 1, 0])
  put(0, [0x1000, 0x2000])
  put(HANDLER, handler)
  put(address, halfwords)
  cpu.onSemihosting = () => cpu.requestStop('done')
  cpu.reset(0)
  cpu.writeMemory(0xe000_ed24, 4, 7 << 16)
  /** Executes up to the BKPT. @returns R0 and R1, which the code counts in */
  const run = (from: number, { apsr = 0, itState = 0, r7 = 0 } = {}): number[] => {
    for (const register of [0, 1]) cpu.state.setRegister(register, 0)
    cpu.state.setRegister(7, r7)
    cpu.state.apsr = apsr
    cpu.state.pc = from
    if (itState !== 0) cpu.core.enterWith(itState)
    const stop = cpu.execute(1e6)
    expect(stop).toEqual({ kind: 'requested', reason: 'done' })
    return [cpu.state.register(0), cpu.state.register(1)]
  }
  return { cpu, run, put }
}

describe('ITSTATE belongs to the execution, not to the address', () => {
  it('a handler that steps the PC over an instruction leaves the next conditional once (issue 9, itsem)', () => {
    // LDR r1, [sp, #24]; ADDS r1, #2; STR r1, [sp, #24]; MOVS r1, #0; BX LR
    const handler = [0x9906, 0x3102, 0x9106, 0x2100, 0x4770]
    const { run } = processorWith(CODE, [IT_EQ, UDF, adds(0, 1), BKPT], handler)
    for (const z of [0, Z, 0, Z, Z, 0]) expect(run(CODE, { apsr: z })[0], `Z ${z}`).toBe(1)
    const conditions = processorWith(CODE, [ITTT_NE, UDF, adds(0, 1), adds(0, 1), BKPT], handler)
    // ITSTATE in the frame is that of the UDF: three conditional instructions, counted from the one behind it.
    expect(conditions.run(CODE)[0]).toBe(2)
    expect(conditions.run(CODE, { apsr: Z })[0]).toBe(0)
    expect(conditions.run(CODE + 4, { apsr: Z })[0]).toBe(2)
    expect(conditions.run(CODE)[0]).toBe(2)
  })

  it('a return with ITSTATE goes on conditionally where no IT stands', () => {
    const { run } = processorWith(CODE, [adds(0, 1), adds(0, 2), adds(0, 4), adds(0, 8), BKPT])
    // EQ, three instructions: then, else, then.
    expect(run(CODE, { itState: 0x0a, apsr: Z })[0]).toBe(1 + 4 + 8)
    expect(run(CODE, { itState: 0x0a })[0]).toBe(2 + 8)
    for (let i = 0; i < 2; i++) expect(run(CODE)[0]).toBe(15)
    expect(run(CODE + 2, { itState: 0x04 })[0]).toBe(8)
    expect(run(CODE)[0]).toBe(15)
  })

  it('a return without ITSTATE, a branch and BX go into a block without its condition', () => {
    const code = [ITTT_EQ, adds(0, 1), adds(0, 2), adds(0, 4), BKPT, branch(-3), BX_R7]
    for (const at of [CODE, RAM_CODE]) {
      const { run } = processorWith(at, code)
      for (let i = 0; i < 2; i++) {
        expect(run(at)[0]).toBe(0)
        expect(run(at + 4)[0]).toBe(6)
        expect(run(at, { apsr: Z })[0]).toBe(7)
        expect(run(at + 10)[0]).toBe(6)
        expect(run(at)[0]).toBe(0)
        expect(run(at + 12, { r7: at + 7 })[0]).toBe(4)
        expect(run(at + 2, { itState: 0x1e })[0], 'NE').toBe(7)
      }
    }
  })

  it('within a block, flags are not set; outside, by the same instruction, they are', () => {
    // ADDS r0, #0 outside a block sets Z, and then ADDNE does not execute.
    const { run } = processorWith(CODE, [0xbf1c, adds(0, 0), adds(0, 3), BKPT])
    expect(run(CODE)[0]).toBe(3)
    const { cpu, run: again } = processorWith(CODE, [0xbf1c, adds(0, 0), BKPT])
    again(CODE)
    expect(cpu.state.apsr).toBe(0)
    again(CODE + 2)
    expect(cpu.state.apsr).toBe(Z)
    again(CODE)
    expect(cpu.state.apsr).toBe(0)
  })

  it('code in RAM: a longer instruction, another condition, another opcode in a block', () => {
    const { run, put } = processorWith(RAM_CODE, [
      ITTT_EQ,
      adds(0, 1),
      adds(0, 2),
      adds(0, 4),
      adds(0, 8),
      BKPT,
    ])
    expect(run(RAM_CODE)[0]).toBe(8)
    put(RAM_CODE + 2, [0xf100, 0x0010]) // ADD.W r0, r0, #16
    expect(run(RAM_CODE)[0]).toBe(0)
    expect(run(RAM_CODE, { apsr: Z })[0]).toBe(16 + 4 + 8)
    put(RAM_CODE, [IT_EQ])
    expect(run(RAM_CODE)[0]).toBe(4 + 8)
    put(RAM_CODE, [0xbf00])
    expect(run(RAM_CODE)[0]).toBe(16 + 4 + 8)
    put(RAM_CODE, [ITTT_NE])
    expect(run(RAM_CODE, { apsr: Z })[0]).toBe(0)
  })

  it('is what the frame of an exception in the block has, for each instruction of it', () => {
    // LDR r1, [sp, #28]: the stacked xPSR
    const handler = [0x9907, BKPT]
    const { run } = processorWith(CODE, [ITTT_NE, adds(0, 1), 0xdf00, adds(0, 4), BKPT], handler)
    const itState = (psr = 0): number => ((psr >>> 8) & 0xfc) | ((psr >>> 25) & 3)
    expect(itState(run(CODE)[1])).toBe(0x18)
  })
})

describe('what a condition does not govern', () => {
  it('BKPT executes whatever the condition; A7.7.17', () => {
    const { run } = processorWith(CODE, [IT_EQ, BKPT, adds(0, 1), BKPT])
    expect(run(CODE)[0]).toBe(0)
  })

  it('an opcode that is no instruction is skipped as any other when its condition fails', () => {
    const { run } = processorWith(CODE, [IT_EQ, UNALLOCATED, adds(0, 1), BKPT])
    expect(run(CODE)[0]).toBe(1)
    expect(run(CODE)[0]).toBe(1)
  })

  it('in RAM, what was no instruction may become one', () => {
    // The UsageFault handler: MOVS r1, #1; BKPT
    const { run, put } = processorWith(RAM_CODE, [UNALLOCATED, BKPT], [0x2101, BKPT])
    expect(run(RAM_CODE)[1]).toBe(1)
    put(RAM_CODE, [adds(0, 1)])
    expect(run(RAM_CODE)).toEqual([1, 0])
  })
})
