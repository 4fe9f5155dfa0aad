import { describe, expect, it } from 'vitest'
import { Reg, STACK_TOP, TestBench, handlerOf, zeroWaitStates } from './exception-test-bench.ts'
import { RAM_BASE, State } from '../layout.ts'
import type { TimingParameters } from '../timing/timing.ts'

const IRQ = (n: number): number => 16 + n

/** Interrupts 0 to 7 enabled, IRQ n at priority n << 5. */
function withInterrupts(
  options: ConstructorParameters<typeof TestBench>[0] = {},
  timing: Partial<TimingParameters> = {},
): TestBench {
  const bench = new TestBench(options, { ...zeroWaitStates, ...timing })
  bench.bus.write(Reg.ISER0, 4, 0xff)
  for (let n = 0; n < 8; n++) bench.bus.write(Reg.IPR0 + n, 1, n << 5)
  return bench
}

function fill(bench: TestBench): void {
  for (let n = 0; n < 13; n++) bench.state.setRegister(n, 0x100 + n)
  bench.state.setRegister(14, 0x0000_0455)
  bench.state.pc = 0x0000_0810
}

/** Interrupt 3 comes and is taken. */
function interrupt(bench: TestBench, irq: number): void {
  bench.exceptions.setInterruptLine(irq, true)
  expect(bench.exceptions.canTake).toBe(true)
  bench.exceptions.takePending()
  bench.exceptions.setInterruptLine(irq, false)
}

describe('reset, B1.5.5', () => {
  it('loads MSP and PC from the vector table and starts privileged in Thread mode', () => {
    const { state, exceptions } = new TestBench()
    expect(state.register(13)).toBe(STACK_TOP)
    expect(state.pc).toBe(0x800)
    expect(state.register(14)).toBe(0xffff_ffff)
    expect(exceptions.activeException).toBe(0)
    expect(exceptions.special.control).toBe(0)
    expect(exceptions.nvic.executionPriority).toBe(256)
  })

  it('locks up when there is no vector table, or when the first handler is Arm code', () => {
    const bench = new TestBench()
    bench.exceptions.reset(0x6000_0000)
    expect(bench.exceptions.isLockedUp).toBe(true)
    bench.exceptions.reset(0)
    expect(bench.exceptions.isLockedUp).toBe(false)
  })
})

describe('entry and return, B1.5.6 to B1.5.8', () => {
  it('stacks eight words below an aligned stack pointer and enters the handler in 12 cycles', () => {
    const bench = withInterrupts()
    const { state, exceptions, scheduler } = bench
    fill(bench)
    state.apsr = 0xa800_0000
    state.setWord(State.exclusive, 1)
    interrupt(bench, 3)
    expect(scheduler.now).toBe(12)
    expect(state.pc).toBe(handlerOf(IRQ(3)))
    expect(state.register(13)).toBe(STACK_TOP - 0x20)
    expect(bench.words(STACK_TOP - 0x20, 8)).toEqual([
      0x100,
      0x101,
      0x102,
      0x103,
      0x10c,
      0x455,
      0x810,
      0xa900_0000, // N, C, Q and T
    ])
    expect(state.register(14)).toBe(0xffff_fff9)
    expect(exceptions.activeException).toBe(IRQ(3))
    expect(state.word(State.handlerMode)).toBe(1)
    expect(state.word(State.exclusive)).toBe(0)
    expect(exceptions.nvic.eventRegister).toBe(true)
  })

  it('returns in 10 cycles with registers, flags and stack as before', () => {
    const bench = withInterrupts()
    const { state, exceptions, scheduler } = bench
    fill(bench)
    state.apsr = 0x6000_0000
    interrupt(bench, 3)
    for (let n = 0; n < 13; n++) state.setRegister(n, 0)
    state.apsr = 0x9000_0000
    exceptions.returnFromException(0xffff_fff9)
    expect(scheduler.now).toBe(22)
    expect([0, 1, 2, 3, 12].map((n) => state.register(n))).toEqual([0x100, 0x101, 0x102, 0x103, 0x10c])
    expect(state.register(4)).toBe(0)
    expect(state.register(14)).toBe(0x455)
    expect(state.register(13)).toBe(STACK_TOP)
    expect(state.pc).toBe(0x810)
    expect(state.apsr).toBe(0x6000_0000)
    expect(exceptions.activeException).toBe(0)
    expect(state.word(State.handlerMode)).toBe(0)
    expect(exceptions.counters).toEqual({ entries: 1, returns: 1, tailChains: 0, lateArrivals: 0 })
  })

  it('aligns the frame to 8 bytes under STKALIGN and remembers it in bit 9 of the stacked xPSR', () => {
    const bench = withInterrupts()
    const { state, exceptions } = bench
    fill(bench)
    state.setRegister(13, STACK_TOP - 4)
    interrupt(bench, 3)
    expect(state.register(13)).toBe(STACK_TOP - 0x28)
    expect(bench.readMemory(STACK_TOP - 0x28 + 0x1c, 4)).toBe(0x4100_0200)
    exceptions.returnFromException(0xffff_fff9)
    expect(state.register(13)).toBe(STACK_TOP - 4)
    bench.bus.write(Reg.CCR, 4, 0)
    interrupt(bench, 3)
    expect(state.register(13)).toBe(STACK_TOP - 0x24)
    expect(bench.readMemory(STACK_TOP - 0x24 + 0x1c, 4)).toBe(0x4100_0000)
    exceptions.returnFromException(0xffff_fff9)
    expect(state.register(13)).toBe(STACK_TOP - 4)
  })

  it('stacks a thread on PSP below the process stack and runs the handler on MSP', () => {
    const bench = withInterrupts()
    const { state, exceptions } = bench
    exceptions.writeSpecial(9, 0x2000_2000)
    exceptions.writeSpecial(20, 2)
    expect(state.register(13)).toBe(0x2000_2000)
    fill(bench)
    interrupt(bench, 1)
    expect(state.register(14)).toBe(0xffff_fffd)
    expect(state.register(13)).toBe(STACK_TOP)
    expect(exceptions.readSpecial(9)).toBe(0x2000_1fe0)
    expect(exceptions.readSpecial(20)).toBe(0)
    exceptions.returnFromException(0xffff_fffd)
    expect(state.register(13)).toBe(0x2000_2000)
    expect(exceptions.readSpecial(8)).toBe(STACK_TOP)
    expect(exceptions.readSpecial(20)).toBe(2)
  })

  it('nests: a higher priority pre-empts a handler and returns to it with 0xFFFFFFF1', () => {
    const bench = withInterrupts()
    const { state, exceptions } = bench
    fill(bench)
    interrupt(bench, 5)
    exceptions.setInterruptLine(6, true)
    expect(exceptions.canTake).toBe(false)
    interrupt(bench, 2)
    expect(state.register(14)).toBe(0xffff_fff1)
    expect(exceptions.nvic.executionPriority).toBe(2 << 5)
    expect(bench.readMemory(STACK_TOP - 0x40 + 0x1c, 4) & 0x1ff).toBe(IRQ(5))
    exceptions.returnFromException(0xffff_fff1)
    expect(exceptions.activeException).toBe(IRQ(5))
    expect(state.pc).toBe(handlerOf(IRQ(5)))
    exceptions.setInterruptLine(6, false)
    bench.bus.write(Reg.ICPR0, 4, 1 << 6)
    exceptions.returnFromException(0xffff_fff9)
    expect(state.pc).toBe(0x810)
  })

  it('carries ITSTATE through the stacked xPSR', () => {
    const bench = withInterrupts()
    const { state, exceptions } = bench
    state.pc = 0x820
    bench.enterWith(0x0d)
    interrupt(bench, 1)
    // ITSTATE[7:2] in bits 15:10, ITSTATE[1:0] in bits 26:25.
    expect(bench.readMemory(STACK_TOP - 4, 4)).toBe(0x4300_0c00)
    expect(state.itState).toBe(0)
    exceptions.returnFromException(0xffff_fff9)
    expect([state.pc, state.itState]).toEqual([0x820, 0x0d])
    state.pc = 0x820
    expect(state.itState).toBe(0)
  })

  it('takes vectors from VTOR', () => {
    const bench = withInterrupts()
    bench.bus.write(Reg.VTOR, 4, RAM_BASE + 0x8000 + 0x55)
    expect(bench.bus.read(Reg.VTOR, 4)).toBe(RAM_BASE + 0x8000)
    bench.writeMemory(RAM_BASE + 0x8000 + 4 * IRQ(3), 4, 0x4321)
    interrupt(bench, 3)
    expect(bench.state.pc).toBe(0x4320)
  })

  it('sleeps on exit to Thread mode only', () => {
    const bench = withInterrupts()
    const { exceptions } = bench
    bench.bus.write(Reg.SCR, 4, 2)
    interrupt(bench, 5)
    interrupt(bench, 2)
    exceptions.returnFromException(0xffff_fff1)
    expect(exceptions.sleepOnExit).toBe(false)
    exceptions.returnFromException(0xffff_fff9)
    expect(exceptions.sleepOnExit).toBe(true)
    interrupt(bench, 2)
    expect(exceptions.sleepOnExit).toBe(false)
  })
})

describe('tail-chaining and late arrival, TRM 3.9.1', () => {
  it('goes from one handler to the next in 6 cycles without touching the stack', () => {
    const bench = withInterrupts()
    const { state, exceptions, scheduler } = bench
    fill(bench)
    interrupt(bench, 3)
    exceptions.setInterruptLine(4, true)
    exceptions.returnFromException(0xffff_fff9)
    expect(scheduler.now).toBe(18)
    expect(state.pc).toBe(handlerOf(IRQ(4)))
    expect(state.register(14)).toBe(0xffff_fff9)
    expect(state.register(13)).toBe(STACK_TOP - 0x20)
    expect(exceptions.counters.tailChains).toBe(1)
    exceptions.setInterruptLine(4, false)
    exceptions.returnFromException(0xffff_fff9)
    expect(scheduler.now).toBe(28)
    expect(state.pc).toBe(0x810)
  })

  it('runs a level interrupt again when its line is still high', () => {
    const bench = withInterrupts()
    const { exceptions, scheduler } = bench
    exceptions.setInterruptLine(3, true)
    exceptions.takePending()
    expect(bench.bus.read(Reg.ISPR0, 4)).toBe(0)
    expect(bench.bus.read(Reg.IABR0, 4)).toBe(8)
    exceptions.returnFromException(0xffff_fff9)
    expect(exceptions.activeException).toBe(IRQ(3))
    expect(scheduler.now).toBe(18)
  })

  it('lets a higher priority that arrives during stacking go first, at no further cost', () => {
    const bench = withInterrupts()
    const { state, exceptions, scheduler } = bench
    fill(bench)
    scheduler.at(4, 'late', () => exceptions.setInterruptLine(1, true))
    exceptions.setInterruptLine(3, true)
    exceptions.takePending()
    expect(scheduler.now).toBe(12)
    expect(state.pc).toBe(handlerOf(IRQ(1)))
    expect(exceptions.counters.lateArrivals).toBe(1)
    expect(exceptions.nvic.isPending(IRQ(3))).toBe(true)
    exceptions.setInterruptLine(1, false)
    exceptions.returnFromException(0xffff_fff9)
    expect(state.pc).toBe(handlerOf(IRQ(3)))
  })

  it('fetches another vector when it arrives during the vector fetch', () => {
    const bench = withInterrupts()
    const { state, exceptions, scheduler } = bench
    scheduler.at(9, 'late', () => exceptions.setInterruptLine(1, true))
    exceptions.setInterruptLine(3, true)
    exceptions.takePending()
    expect(scheduler.now).toBe(18)
    expect(state.pc).toBe(handlerOf(IRQ(1)))
    expect(state.register(13)).toBe(STACK_TOP - 0x20)
  })

  it('does not let an equal or lower priority go first', () => {
    const bench = withInterrupts()
    const { exceptions, scheduler } = bench
    bench.bus.write(Reg.IPR0 + 4, 1, 3 << 5)
    scheduler.at(4, 'late', () => exceptions.setInterruptLine(4, true))
    exceptions.setInterruptLine(3, true)
    exceptions.takePending()
    expect(exceptions.activeException).toBe(IRQ(3))
    expect(exceptions.counters.lateArrivals).toBe(0)
  })

  it('abandons unstacking at once for an interrupt that arrives during the return', () => {
    const bench = withInterrupts()
    const { state, exceptions, scheduler } = bench
    interrupt(bench, 3)
    scheduler.at(15, 'during unstacking', () => exceptions.setInterruptLine(6, true))
    exceptions.returnFromException(0xffff_fff9)
    expect(exceptions.activeException).toBe(IRQ(6))
    expect(state.register(13)).toBe(STACK_TOP - 0x20)
    expect(scheduler.now).toBe(15 + 6)
  })
})

describe('priorities, B1.5.4', () => {
  it('implements three bits', () => {
    const bench = new TestBench()
    bench.bus.write(Reg.IPR0, 4, 0xffff_ffff)
    expect(bench.bus.read(Reg.IPR0, 4)).toBe(0xe0e0_e0e0)
    bench.bus.write(Reg.SHPR3, 4, 0xffff_ffff)
    expect(bench.bus.read(Reg.SHPR3, 4)).toBe(0xe0e0_00e0)
  })

  it('takes the lower exception number of two with the same priority', () => {
    const bench = new TestBench()
    bench.bus.write(Reg.ISER0, 4, 6)
    bench.bus.write(Reg.ISPR0, 4, 6)
    bench.exceptions.takePending()
    expect(bench.exceptions.activeException).toBe(IRQ(1))
  })

  // PRIGROUP n: bits [n:0] are the subpriority; with 3 implemented bits 7:5, group 5 leaves bits 7:6 to pre-empt.
  it.each([
    [0, 0x40, 0x20, true],
    [4, 0x40, 0x20, true],
    [5, 0x60, 0x40, false],
    [5, 0x80, 0x60, true],
    [6, 0x60, 0x20, false],
    [6, 0x80, 0x60, true],
    [7, 0xe0, 0x00, false],
  ])('PRIGROUP %i: running at %i, %i pre-empts: %s', (group, running, arriving, preempts) => {
    const bench = new TestBench()
    bench.bus.write(Reg.AIRCR, 4, 0x05fa_0000 | (group << 8))
    bench.bus.write(Reg.ISER0, 4, 3)
    bench.bus.write(Reg.IPR0, 2, running | (arriving << 8))
    bench.bus.write(Reg.ISPR0, 4, 1)
    bench.exceptions.takePending()
    bench.bus.write(Reg.ISPR0, 4, 2)
    expect(bench.exceptions.canTake).toBe(preempts)
  })

  it('orders by subpriority within a group', () => {
    const bench = new TestBench()
    bench.bus.write(Reg.AIRCR, 4, 0x05fa_0700)
    bench.bus.write(Reg.ISER0, 4, 3)
    bench.bus.write(Reg.IPR0, 2, 0x20e0)
    bench.bus.write(Reg.ISPR0, 4, 3)
    bench.exceptions.takePending()
    expect(bench.exceptions.activeException).toBe(IRQ(1))
  })

  it('masks with PRIMASK, BASEPRI and FAULTMASK', () => {
    const bench = withInterrupts()
    const { exceptions } = bench
    exceptions.setInterruptLine(3, true)
    exceptions.changeProcessorState(false, 2)
    expect(exceptions.canTake).toBe(false)
    expect(exceptions.wakesFromInterrupt).toBe(true)
    exceptions.changeProcessorState(true, 2)
    exceptions.writeSpecial(17, 3 << 5)
    expect(exceptions.canTake).toBe(false)
    expect(exceptions.wakesFromInterrupt).toBe(false)
    exceptions.writeSpecial(17, 4 << 5)
    expect(exceptions.canTake).toBe(true)
    exceptions.changeProcessorState(false, 1)
    expect(exceptions.canTake).toBe(false)
    expect(exceptions.nvic.executionPriority).toBe(-1)
    bench.bus.write(Reg.ICSR, 4, 0x8000_0000)
    expect(exceptions.canTake).toBe(true)
    exceptions.takePending()
    expect(exceptions.activeException).toBe(2)
    exceptions.returnFromException(0xffff_fff9)
    expect(exceptions.readSpecial(19)).toBe(1)
  })

  it('clears FAULTMASK at the return from any handler but NMI', () => {
    const bench = withInterrupts()
    interrupt(bench, 3)
    bench.exceptions.changeProcessorState(false, 1)
    bench.exceptions.returnFromException(0xffff_fff9)
    expect(bench.exceptions.readSpecial(19)).toBe(0)
  })

  it('raises BASEPRI through BASEPRI_MAX, never lowers it', () => {
    const { exceptions } = new TestBench()
    const basepri = (value: number): number => {
      exceptions.writeSpecial(18, value)
      return exceptions.readSpecial(17)
    }
    expect([0x80, 0xa0, 0, 0x40, 0x60].map(basepri)).toEqual([0x80, 0x80, 0x80, 0x40, 0x40])
  })

  it('tells the processor when an exception can be taken', () => {
    const bench = withInterrupts()
    let told = 0
    bench.exceptions.nvic.onCanTake = () => (told += 1)
    bench.exceptions.setInterruptLine(3, true)
    bench.exceptions.setInterruptLine(2, true)
    expect(told).toBe(1)
  })
})

describe('special registers, B5.2', () => {
  it('keeps unprivileged code from masks and stack pointers', () => {
    const { exceptions } = new TestBench()
    exceptions.writeSpecial(20, 1)
    exceptions.changeProcessorState(false, 3)
    for (const sysm of [8, 9, 16, 17, 18, 19]) {
      exceptions.writeSpecial(sysm, 0xffff_fff0)
      expect(exceptions.readSpecial(sysm)).toBe(0)
    }
    expect(exceptions.readSpecial(20)).toBe(1)
    exceptions.writeSpecial(20, 0)
    expect(exceptions.readSpecial(20)).toBe(1)
    expect(exceptions.nvic.executionPriority).toBe(256)
  })

  it('ignores SPSEL in Handler mode and drops the low bits of stack pointers', () => {
    const bench = withInterrupts()
    interrupt(bench, 3)
    bench.exceptions.writeSpecial(20, 2)
    expect(bench.exceptions.readSpecial(20)).toBe(0)
    bench.exceptions.writeSpecial(9, 0x2000_0003)
    expect(bench.exceptions.readSpecial(9)).toBe(0x2000_0000)
  })

  it('reads IPSR and flags, and EPSR as zero', () => {
    const bench = withInterrupts()
    bench.state.apsr = 0xf800_0000
    interrupt(bench, 3)
    expect([0, 1, 2, 3, 5, 6, 7].map((sysm) => bench.exceptions.readSpecial(sysm))).toEqual([
      0xf800_0000, 0xf800_0013, 0xf800_0000, 0xf800_0013, 0x13, 0, 0x13,
    ])
  })
})

describe('wake-up, B1.5.18', () => {
  it('wakes WFE by SEV, by entry and return, and by a pending interrupt under SEVONPEND', () => {
    const bench = withInterrupts()
    const { exceptions } = bench
    expect(exceptions.wakesFromEvent).toBe(false)
    exceptions.sendEvent()
    expect(exceptions.consumeEvent()).toBe(true)
    expect(exceptions.consumeEvent()).toBe(false)
    exceptions.setInterruptLine(20, true)
    expect(exceptions.wakesFromEvent).toBe(false)
    bench.bus.write(Reg.SCR, 4, 16)
    exceptions.setInterruptLine(21, true)
    expect(exceptions.consumeEvent()).toBe(true)
    interrupt(bench, 3)
    expect(exceptions.consumeEvent()).toBe(true)
    exceptions.returnFromException(0xffff_fff9)
    expect(exceptions.consumeEvent()).toBe(true)
  })
})

describe('costs of exceptions as timing parameters', () => {
  /** Cycles of entry, of a tail-chain and of the return, with a floating-point frame or without. */
  function costs(timing: Partial<TimingParameters>, floatingPoint: 'none' | 'eager'): number[] {
    const bench = withInterrupts({}, timing)
    const { exceptions, scheduler } = bench
    fill(bench)
    if (floatingPoint === 'eager') {
      bench.bus.write(Reg.CPACR, 4, 0x00f0_0000)
      bench.bus.write(Reg.FPCCR, 4, 0x8000_0000)
      exceptions.special.isFloatingPointActive = true
    }
    const times = [scheduler.now]
    const after = (action: () => void): void => {
      action()
      times.push(scheduler.now)
    }
    const excReturn = floatingPoint === 'eager' ? 0xffff_ffe9 : 0xffff_fff9
    after(() => interrupt(bench, 3))
    exceptions.setInterruptLine(4, true)
    after(() => exceptions.returnFromException(excReturn))
    exceptions.setInterruptLine(4, false)
    after(() => exceptions.returnFromException(excReturn))
    expect(bench.state.pc).toBe(0x810)
    return times.slice(1).map((time, i) => time - (times[i] ?? 0))
  }

  it.each([
    ['TRM 3.9.1', {}, [12, 6, 10], [29, 6, 27]],
    ['exceptionEntry', { exceptionEntry: 15 }, [15, 6, 10], [32, 6, 27]],
    ['exceptionReturn', { exceptionReturn: 12 }, [12, 6, 12], [29, 6, 29]],
    ['tailChain', { tailChain: 9 }, [12, 9, 10], [29, 9, 27]],
    ['floatFrame', { floatFrame: 18 }, [12, 6, 10], [30, 6, 28]],
    ['exceptionReturnRefill only divides', { exceptionReturnRefill: 4 }, [12, 6, 10], [29, 6, 27]],
    // 8 words, and 17 more.
    ['stackWait', { stackWait: 1 }, [20, 6, 18], [54, 6, 52]],
    ['stackWait', { stackWait: 2 }, [28, 6, 26], [79, 6, 77]],
  ] as const)('%s %j', (_, timing, plain, eager) => {
    expect(costs(timing, 'none')).toEqual(plain)
    expect(costs(timing, 'eager')).toEqual(eager)
  })

  it('lazyPreservation is paid by the first floating-point instruction, with the waits of its 17 words', () => {
    for (const [timing, cost] of [
      [{}, 17],
      [{ lazyPreservation: 20 }, 20],
      [{ stackWait: 2 }, 17 + 34],
    ] as const) {
      const bench = withInterrupts({}, timing)
      bench.bus.write(Reg.CPACR, 4, 0x00f0_0000)
      bench.exceptions.special.isFloatingPointActive = true
      interrupt(bench, 3)
      const before = bench.scheduler.now
      expect(bench.exceptions.floatingPointUsed()).toBe(true)
      expect(bench.scheduler.now - before).toBe(cost)
    }
  })
})
