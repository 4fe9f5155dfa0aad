import { describe, expect, it } from 'vitest'
import { Reg, STACK_TOP, TestBench, handlerOf } from './exception-test-bench.ts'
import { describeFault } from './faults.ts'
import { State } from '../layout.ts'

const HARD_FAULT = 3
const MEM_MANAGE = 4
const BUS_FAULT = 5
const USAGE_FAULT = 6
const ENABLE_ALL = 0x0007_0000

function bench(enabled = ENABLE_ALL): TestBench {
  const made = new TestBench()
  made.bus.write(Reg.SHCSR, 4, enabled)
  made.state.pc = 0x840
  return made
}

describe('synchronous faults, B1.5.14', () => {
  it.each([
    ['undefinedInstruction', USAGE_FAULT, 1 << 16],
    ['invalidState', USAGE_FAULT, 1 << 17],
    ['invalidPc', USAGE_FAULT, 1 << 18],
    ['noCoprocessor', USAGE_FAULT, 1 << 19],
    ['unaligned', USAGE_FAULT, 1 << 24],
    ['divideByZero', USAGE_FAULT, 1 << 25],
    ['instructionBus', BUS_FAULT, 1 << 8],
    ['impreciseDataBus', BUS_FAULT, 1 << 10],
    ['instructionAccess', MEM_MANAGE, 1 << 0],
  ] as const)('%s', (kind, exception, status) => {
    const { exceptions, bus, state } = bench()
    exceptions.raise({ kind })
    expect(exceptions.activeException).toBe(exception)
    expect(bus.read(Reg.CFSR, 4)).toBe(status)
    expect(bus.read(Reg.HFSR, 4)).toBe(0)
    expect(state.pc).toBe(handlerOf(exception))
  })

  it('keeps the address of a data bus error in BFAR, the instruction in the frame', () => {
    const made = bench()
    made.exceptions.raise({ kind: 'dataBus', address: 0x5555_5554 })
    expect(made.bus.read(Reg.CFSR, 4)).toBe(0x8200)
    expect(made.bus.read(Reg.BFAR, 4)).toBe(0x5555_5554)
    expect(made.readMemory(STACK_TOP - 8, 4)).toBe(0x840)
  })

  it('has one address register for both: the VALID bits exclude each other (TRM 4.2)', () => {
    const { exceptions, bus } = bench(0)
    exceptions.raise({ kind: 'dataBus', address: 0x5555_5554 })
    bus.write(Reg.SHCSR, 4, ENABLE_ALL)
    exceptions.status.record('dataAccess', 0x2000_0010)
    expect(bus.read(Reg.CFSR, 4)).toBe(0x0282)
    expect(bus.read(Reg.BFAR, 4)).toBe(0x2000_0010)
  })

  it('clears status bits by writing ones, bytes and half-words too', () => {
    const { exceptions, bus } = bench()
    exceptions.raise({ kind: 'undefinedInstruction' })
    expect(bus.read(Reg.CFSR + 2, 2)).toBe(1)
    bus.write(Reg.CFSR + 2, 2, 1)
    expect(bus.read(Reg.CFSR, 4)).toBe(0)
  })

  it('stacks a clear T bit for a branch to an even address', () => {
    const made = bench()
    made.exceptions.raise({ kind: 'invalidState' })
    expect(made.readMemory(STACK_TOP - 4, 4)).toBe(0x4000_0000)
    made.exceptions.returnFromException(0xffff_fff9)
    expect(made.exceptions.activeException).toBe(USAGE_FAULT)
  })

  it('SVC pre-empts by priority and returns to the next instruction', () => {
    const made = bench()
    made.state.pc = 0x842
    made.exceptions.raise({ kind: 'supervisorCall' })
    expect(made.exceptions.activeException).toBe(11)
    expect(made.readMemory(STACK_TOP - 8, 4)).toBe(0x842)
    expect(made.scheduler.now).toBe(12)
  })
})

describe('escalation, B1.5.14', () => {
  it('makes a HardFault of a disabled fault', () => {
    const { exceptions, bus } = bench(0)
    exceptions.raise({ kind: 'divideByZero' })
    expect(exceptions.activeException).toBe(HARD_FAULT)
    expect(bus.read(Reg.HFSR, 4)).toBe(0x4000_0000)
    expect(bus.read(Reg.CFSR, 4)).toBe(1 << 25)
  })

  it('makes a HardFault of SVC under PRIMASK and of a fault in its own handler', () => {
    const masked = bench()
    masked.exceptions.writeSpecial(16, 1)
    masked.exceptions.raise({ kind: 'supervisorCall' })
    expect(masked.exceptions.activeException).toBe(HARD_FAULT)
    expect(masked.bus.read(Reg.HFSR, 4)).toBe(0x4000_0000)
    const nested = bench()
    nested.exceptions.raise({ kind: 'divideByZero' })
    nested.exceptions.raise({ kind: 'divideByZero' })
    expect(nested.exceptions.activeException).toBe(HARD_FAULT)
    expect(nested.exceptions.isLockedUp).toBe(false)
  })

  it('locks up on a fault in a HardFault handler, or under FAULTMASK', () => {
    const { exceptions } = bench(0)
    exceptions.raise({ kind: 'undefinedInstruction' })
    exceptions.raise({ kind: 'undefinedInstruction' })
    expect(exceptions.isLockedUp).toBe(true)
    expect(exceptions.lockupReason).toContain('undefinedInstruction')
    expect(exceptions.canTake).toBe(false)
    const masked = bench()
    masked.exceptions.changeProcessorState(false, 1)
    masked.exceptions.raise({ kind: 'divideByZero' })
    expect(masked.exceptions.isLockedUp).toBe(true)
  })

  it('takes a HardFault with DEBUGEVT at BKPT, or DebugMonitor when that is on', () => {
    const { exceptions, bus } = bench()
    exceptions.raise({ kind: 'breakpoint' })
    expect(exceptions.activeException).toBe(HARD_FAULT)
    expect(bus.read(Reg.HFSR, 4)).toBe(0x8000_0000)
    expect(bus.read(Reg.DFSR, 4)).toBe(2)
    const monitored = bench()
    monitored.bus.write(Reg.DEMCR, 4, 1 << 16)
    monitored.exceptions.raise({ kind: 'breakpoint' })
    expect(monitored.exceptions.activeException).toBe(12)
  })

  it('takes a HardFault with VECTTBL when a vector cannot be read, and locks up when its own cannot', () => {
    const made = bench()
    made.bus.write(Reg.VTOR, 4, 0x2003_ff80) // vectors from 32 on are beyond RAM
    made.writeMemory(0x2003_ff80 + 4 * HARD_FAULT, 4, 0x2001)
    made.bus.write(Reg.ISER0 + 4, 4, 1)
    made.bus.write(Reg.ISPR0 + 4, 4, 1)
    made.exceptions.takePending()
    expect(made.exceptions.activeException).toBe(HARD_FAULT)
    expect(made.bus.read(Reg.HFSR, 4)).toBe(2)
    const lost = bench()
    lost.bus.write(Reg.VTOR, 4, 0x6000_0000)
    lost.exceptions.raise({ kind: 'divideByZero' })
    expect(lost.exceptions.isLockedUp).toBe(true)
  })

  it('takes a UsageFault for a handler without bit 0 in its vector', () => {
    const made = bench()
    made.writeMemory(4 * 11, 4, 0x2000)
    made.exceptions.raise({ kind: 'supervisorCall' })
    // UsageFault has the same priority as SVCall, so it cannot pre-empt.
    expect(made.exceptions.activeException).toBe(HARD_FAULT)
    expect(made.bus.read(Reg.CFSR, 4)).toBe(1 << 17)
    expect(made.words(made.state.register(13), 8)[6]).toBe(0x2000)
  })
})

describe('derived faults, B1.5.14', () => {
  it('enters HardFault when the stack is gone, with STKERR', () => {
    const { exceptions, bus, state } = bench(0)
    state.setRegister(13, 0x1fff_fff0)
    exceptions.raise({ kind: 'supervisorCall' })
    expect(exceptions.activeException).toBe(HARD_FAULT)
    expect(exceptions.isLockedUp).toBe(false)
    expect(bus.read(Reg.CFSR, 4)).toBe(1 << 12)
    expect(bus.read(Reg.HFSR, 4)).toBe(0x4000_0000)
    expect(exceptions.nvic.isPending(11)).toBe(true)
  })

  it('enters BusFault first when that has the higher priority, the original stays pending', () => {
    const { exceptions, bus, state } = bench()
    bus.write(Reg.SHPR2, 4, 0x2000_0000)
    state.setRegister(13, 0x1fff_fff0)
    exceptions.raise({ kind: 'supervisorCall' })
    expect(exceptions.activeException).toBe(BUS_FAULT)
    expect(exceptions.nvic.isPending(11)).toBe(true)
  })

  it('tail-chains a fault found while unstacking, with UNSTKERR and the same EXC_RETURN', () => {
    const { exceptions, bus, state, scheduler } = bench()
    exceptions.raise({ kind: 'supervisorCall' })
    exceptions.writeSpecial(8, 0x3000_0000)
    exceptions.returnFromException(0xffff_fff9)
    expect(exceptions.activeException).toBe(BUS_FAULT)
    expect(bus.read(Reg.CFSR, 4)).toBe(1 << 11)
    expect(state.register(14)).toBe(0xffff_fff9)
    expect(state.register(13)).toBe(0x3000_0000)
    expect(scheduler.now).toBe(12 + 8 + 6)
  })

  it('locks up when HardFault cannot stack for NMI', () => {
    const { exceptions, bus, state } = bench(0)
    exceptions.raise({ kind: 'divideByZero' })
    state.setRegister(13, 0x3000_0000)
    bus.write(Reg.ICSR, 4, 0x8000_0000)
    exceptions.takePending()
    expect(exceptions.isLockedUp).toBe(true)
  })
})

describe('EXC_RETURN integrity, B1.5.8', () => {
  it.each([0xffff_fff0, 0xffff_ffff, 0xffff_fff2, 0xf000_0009, 0xffff_ff39])('refuses %i', (excReturn) => {
    const { exceptions, bus, state } = bench()
    exceptions.raise({ kind: 'supervisorCall' })
    exceptions.returnFromException(excReturn)
    expect(exceptions.activeException).toBe(USAGE_FAULT)
    expect(bus.read(Reg.CFSR, 4)).toBe(1 << 18)
    expect(state.register(14)).toBe(excReturn)
    expect(exceptions.nvic.isActive(11)).toBe(false)
  })

  it('refuses a return to Thread mode from a nested handler without NONBASETHRDENA', () => {
    for (const allowed of [false, true]) {
      const { exceptions, bus } = bench()
      bus.write(Reg.SHPR2, 4, 0xe000_0000)
      bus.write(Reg.CCR, 4, allowed ? 0x201 : 0x200)
      exceptions.raise({ kind: 'supervisorCall' })
      exceptions.raise({ kind: 'divideByZero' })
      bus.write(Reg.CFSR, 4, 0xffff_ffff)
      if (allowed) {
        // The frame belongs to Handler mode, so the stacked IPSR does not fit Thread mode: INVPC again.
        exceptions.returnFromException(0xffff_fff9)
        expect(bus.read(Reg.CFSR, 4)).toBe(1 << 18)
      } else {
        exceptions.returnFromException(0xffff_fff9)
        expect(exceptions.activeException).toBe(USAGE_FAULT)
        expect(bus.read(Reg.CFSR, 4)).toBe(1 << 18)
      }
    }
  })

  it('refuses a return to Handler mode with a Thread frame, which is pushed back', () => {
    const { exceptions, bus, state } = bench()
    exceptions.raise({ kind: 'supervisorCall' })
    exceptions.returnFromException(0xffff_fff1)
    expect(exceptions.activeException).toBe(USAGE_FAULT)
    expect(bus.read(Reg.CFSR, 4)).toBe(1 << 18)
    expect(state.register(14)).toBe(0xffff_fff1)
    expect(state.register(13)).toBe(STACK_TOP - 0x20)
  })
})

describe('floating-point context, B1.5.7', () => {
  const S0 = 0x3f80_0000
  function active(fpccr: number): TestBench {
    const made = bench()
    made.bus.write(Reg.CPACR, 4, 0x00f0_0000)
    made.bus.write(Reg.FPCCR, 4, fpccr)
    expect(made.state.word(State.fpActive)).toBe(0)
    expect(made.exceptions.floatingPointUsed()).toBe(true)
    expect(made.state.word(State.fpActive)).toBe(1)
    for (let n = 0; n < 32; n++) made.state.setSingle(n, S0 + n)
    made.state.fpscr = 0x8000_0000
    return made
  }

  it('faults with NOCP while CPACR keeps the unit off, or from unprivileged code when it is privileged only', () => {
    const off = bench()
    expect(off.exceptions.floatingPointUsed()).toBe(false)
    expect(off.bus.read(Reg.CFSR, 4)).toBe(1 << 19)
    const { exceptions, bus } = bench()
    bus.write(Reg.CPACR, 4, 0x0050_0000)
    exceptions.writeSpecial(20, 1)
    expect(exceptions.floatingPointUsed()).toBe(false)
    expect(exceptions.activeException).toBe(USAGE_FAULT)
  })

  it('starts a context with the modes of FPDSCR and sets CONTROL.FPCA', () => {
    const { exceptions, bus, state } = bench()
    bus.write(Reg.CPACR, 4, 0x00f0_0000)
    bus.write(Reg.FPDSCR, 4, 0xffff_ffff)
    expect(bus.read(Reg.FPDSCR, 4)).toBe(0x07c0_0000)
    exceptions.floatingPointUsed()
    expect(exceptions.readSpecial(20)).toBe(4)
    expect(state.fpscr).toBe(0x07c0_0000)
  })

  it('stacks eagerly in 29 cycles and returns in 27 when LSPEN is off', () => {
    const made = active(0x8000_0000)
    made.exceptions.raise({ kind: 'supervisorCall' })
    expect(made.scheduler.now).toBe(29)
    expect(made.state.register(14)).toBe(0xffff_ffe9)
    const frame = STACK_TOP - 0x68
    expect(made.state.register(13)).toBe(frame)
    expect(made.words(frame + 0x20, 17)).toEqual([
      ...Array.from({ length: 16 }, (_, n) => S0 + n),
      0x8000_0000,
    ])
    expect(made.exceptions.readSpecial(20)).toBe(0)
    for (let n = 0; n < 32; n++) made.state.setSingle(n, 0)
    made.state.fpscr = 0
    made.exceptions.returnFromException(0xffff_ffe9)
    expect(made.scheduler.now).toBe(29 + 27)
    expect(made.state.single(15)).toBe(S0 + 15)
    expect(made.state.single(16)).toBe(0)
    expect(made.state.fpscr).toBe(0x8000_0000)
    expect(made.state.register(13)).toBe(STACK_TOP)
    expect(made.exceptions.readSpecial(20)).toBe(4)
  })

  it('reserves space lazily in 12 cycles and returns in 10 when the handler does not use the unit', () => {
    const made = active(0xc000_0000)
    made.exceptions.raise({ kind: 'supervisorCall' })
    expect(made.scheduler.now).toBe(12)
    expect(made.state.register(14)).toBe(0xffff_ffe9)
    expect(made.bus.read(Reg.FPCAR, 4)).toBe(STACK_TOP - 0x48)
    // ASPEN, LSPEN, BFRDY, MMRDY, HFRDY, THREAD, LSPACT
    expect(made.bus.read(Reg.FPCCR, 4)).toBe(0xc000_0079)
    expect(made.state.word(State.fpActive)).toBe(0)
    made.exceptions.returnFromException(0xffff_ffe9)
    expect(made.scheduler.now).toBe(22)
    expect(made.bus.read(Reg.FPCCR, 4) & 1).toBe(0)
    expect(made.state.word(State.fpActive)).toBe(1)
    expect(made.state.single(3)).toBe(S0 + 3)
  })

  it('writes the reserved space at the handler s first floating-point instruction', () => {
    const made = active(0xc000_0000)
    made.exceptions.raise({ kind: 'supervisorCall' })
    expect(made.exceptions.floatingPointUsed()).toBe(true)
    expect(made.scheduler.now).toBe(12 + 17)
    expect(made.bus.read(Reg.FPCCR, 4) & 1).toBe(0)
    expect(made.words(STACK_TOP - 0x48, 17)).toEqual([
      ...Array.from({ length: 16 }, (_, n) => S0 + n),
      0x8000_0000,
    ])
    expect(made.exceptions.readSpecial(20)).toBe(4)
    made.state.setSingle(0, 0)
    made.exceptions.returnFromException(0xffff_ffe9)
    expect(made.scheduler.now).toBe(12 + 17 + 27)
    expect(made.state.single(0)).toBe(S0)
  })

  it('gives a nested handler that uses no floating point a plain frame and keeps the reservation', () => {
    const made = active(0xc000_0000)
    made.bus.write(Reg.SHPR2, 4, 0xe000_0000)
    made.exceptions.raise({ kind: 'supervisorCall' })
    made.exceptions.raise({ kind: 'divideByZero' })
    expect(made.state.register(14)).toBe(0xffff_fff1)
    expect(made.bus.read(Reg.FPCCR, 4) & 1).toBe(1)
    expect(made.exceptions.floatingPointUsed()).toBe(true)
    expect(made.readMemory(STACK_TOP - 0x48, 4)).toBe(S0)
    made.exceptions.returnFromException(0xffff_fff1)
    expect(made.exceptions.readSpecial(20)).toBe(0)
  })

  it('locks out nothing when ASPEN is off: plain frames, no FPCA', () => {
    const made = bench()
    made.bus.write(Reg.FPCCR, 4, 0)
    made.bus.write(Reg.CPACR, 4, 0x00f0_0000)
    expect(made.state.word(State.fpActive)).toBe(1)
    made.exceptions.raise({ kind: 'supervisorCall' })
    expect(made.state.register(14)).toBe(0xffff_fff9)
  })

  it('faults with LSPERR when the reserved space is gone', () => {
    const made = active(0xc000_0000)
    made.bus.write(Reg.SHPR2, 4, 0xe000_0000)
    made.exceptions.raise({ kind: 'supervisorCall' })
    made.bus.write(Reg.FPCAR, 4, 0x3000_0000)
    expect(made.exceptions.floatingPointUsed()).toBe(false)
    expect(made.exceptions.activeException).toBe(BUS_FAULT)
    expect(made.bus.read(Reg.CFSR, 4)).toBe(1 << 13)
  })
})

describe('describeFault', () => {
  it('says what happened, and where', () => {
    expect(describeFault({ cfsr: 0x8200, hfsr: 0x4000_0000, dfsr: 0, mmfar: 0, bfar: 0x5000_0001 })).toEqual([
      'BusFault: a load or store went where nothing answers (PRECISERR) at 0x50000001',
      'HardFault: its handler is disabled or was not allowed to run, so it became a HardFault (FORCED)',
    ])
    expect(describeFault({ cfsr: 0, hfsr: 0, dfsr: 0, mmfar: 0, bfar: 0 })).toEqual([])
  })

  it('has a sentence for every bit', () => {
    for (const bit of [0, 1, 3, 4, 5, 8, 9, 10, 11, 12, 13, 16, 17, 18, 19, 24, 25])
      expect(describeFault({ cfsr: 1 << bit, hfsr: 0, dfsr: 0, mmfar: 0, bfar: 0 })).toHaveLength(1)
  })
})
