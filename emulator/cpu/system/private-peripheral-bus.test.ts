import { describe, expect, it } from 'vitest'
import { BusError } from '../bus.ts'
import { Reg, TestBench } from '../exceptions/exception-test-bench.ts'
import { State } from '../layout.ts'
import { isPrivatePeripheral } from './private-peripheral-bus.ts'

describe('identification', () => {
  // Cortex-M4 TRM r0p1, tables 4-1, 8-7, 9-1, 10-1, 11-1.
  it.each([
    ['CPUID', 0xe000_ed00, 0x410f_c241],
    ['ICTR', 0xe000_e004, 1],
    ['MPU_TYPE', 0xe000_ed90, 0x800],
    ['ID_PFR1', 0xe000_ed44, 0x200],
    ['ID_ISAR3', 0xe000_ed6c, 0x0111_1131],
    ['MVFR0', 0xe000_ef40, 0x1011_0021],
    ['MVFR1', 0xe000_ef44, 0x1100_0011],
    ['CCR', 0xe000_ed14, 0x200],
    ['AIRCR', 0xe000_ed0c, 0xfa05_0000],
    ['FPCCR', 0xe000_ef34, 0xc000_0000],
    ['DWT_CTRL', 0xe000_1000, 0x4000_0000],
    ['FP_CTRL', 0xe000_2000, 0x260],
    ['FPB PID2', 0xe000_2fe8, 0x2b],
    ['DWT PID2', 0xe000_1fe8, 0x3b],
    ['ITM PID0', 0xe000_0fe0, 0x01],
    ['TPIU PID0', 0xe004_0fe0, 0xa1],
    ['TPIU FFCR', 0xe004_0304, 0x102],
    ['ROM table, SCS', 0xe00f_f000, 0xfff0_f003],
  ])('%s', (_, address, value) => {
    expect(new TestBench().bus.read(address, 4)).toBe(value)
  })

  it('is an nRF52840 revision 3 to start-up code that asks the ROM table', () => {
    const { bus } = new TestBench()
    for (const base of [0xf000_0000, 0xe00f_f000]) {
      expect(bus.read(base + 0xfe0, 4) & 0xff).toBe(8)
      expect(bus.read(base + 0xfe4, 4) & 0x0f).toBe(0)
      expect(bus.read(base + 0xfe8, 4) & 0xf0).toBe(0x30)
    }
    expect([0xe000_0000, 0xe00f_ffff, 0xf000_0fe0].every(isPrivatePeripheral)).toBe(true)
    expect([0xdfff_ffff, 0xe010_0000, 0xf000_1000].some(isPrivatePeripheral)).toBe(false)
  })
})

describe('access', () => {
  it('reads and writes bytes and half-words in their lanes', () => {
    const { bus } = new TestBench()
    bus.write(0xe000_e402, 1, 0xff)
    expect(bus.read(0xe000_e400, 4)).toBe(0x00e0_0000)
    expect(bus.read(0xe000_e402, 1)).toBe(0xe0)
    bus.write(Reg.VTOR, 4, 0x2000_0080)
    bus.write(Reg.VTOR + 2, 2, 0x2001)
    expect(bus.read(Reg.VTOR, 4)).toBe(0x2001_0080)
    expect(bus.read(Reg.CPUID + 2, 2)).toBe(0x410f)
  })

  it('faults without privilege, except STIR under USERSETMPEND', () => {
    const { bus, exceptions } = new TestBench()
    bus.write(Reg.CCR, 4, 0x202)
    exceptions.writeSpecial(20, 1)
    expect(() => bus.read(Reg.CPUID, 4)).toThrow(BusError)
    expect(() => bus.write(Reg.ISPR0, 4, 1)).toThrow(BusError)
    expect(() => bus.read(0xe004_2000, 4)).toThrow(BusError)
    bus.write(Reg.STIR, 4, 5)
    expect(exceptions.nvic.isPending(21)).toBe(true)
    expect(bus.read(Reg.CPUID, 4, true)).toBe(0x410f_c241)
    expect(() => bus.read(Reg.STIR, 4)).toThrow(BusError)
    exceptions.ccr = 0x200
    expect(() => bus.write(Reg.STIR, 4, 5)).toThrow(BusError)
  })

  it('refuses unaligned addresses', () => {
    const { bus } = new TestBench()
    expect(() => bus.read(Reg.CPUID + 2, 4)).toThrow(BusError)
    expect(() => bus.write(Reg.CPUID + 1, 2, 0)).toThrow(BusError)
  })

  it('names what is not modelled, and reads zero there', () => {
    const { bus, unmodelled } = new TestBench()
    expect(bus.read(0xe004_1000, 4)).toBe(0)
    bus.write(0xe000_e020, 4, 1)
    bus.write(0xe000_2000, 4, 3)
    bus.read(0xe000_1008, 4)
    expect(unmodelled).toEqual([
      'private peripheral 0xe0041000',
      'private peripheral 0xe000e020',
      'FP_CTRL',
      'DWT_CPICNT',
    ])
  })

  it('ignores writes to read-only registers', () => {
    const { bus, unmodelled } = new TestBench()
    bus.write(Reg.CPUID, 4, 0)
    bus.write(Reg.MPU_TYPE, 4, 0)
    expect(bus.read(Reg.CPUID, 4)).toBe(0x410f_c241)
    expect(unmodelled).toEqual([])
  })
})

describe('NVIC, B3.4', () => {
  it('has 48 interrupts: bits beyond are zero and ignore writes', () => {
    const { bus, exceptions } = new TestBench()
    bus.write(Reg.ISER0, 4, 0xffff_ffff)
    bus.write(Reg.ISER1, 4, 0xffff_ffff)
    bus.write(Reg.ISER1 + 4, 4, 0xffff_ffff)
    expect([0, 4, 8].map((n) => bus.read(Reg.ISER0 + n, 4))).toEqual([0xffff_ffff, 0xffff, 0])
    bus.write(Reg.ICER0, 4, 0xffff_fff0)
    expect(bus.read(Reg.ICER0, 4)).toBe(0xf)
    bus.write(0xe000_e430, 4, 0xffff_ffff)
    expect(bus.read(0xe000_e430, 4)).toBe(0)
    bus.write(Reg.STIR, 4, 48)
    expect(exceptions.nvic.isInterruptPending).toBe(false)
  })

  it('keeps a level interrupt pending until the line falls', () => {
    const { bus, exceptions } = new TestBench()
    exceptions.setInterruptLine(2, true)
    bus.write(Reg.ICPR0, 4, 4)
    expect(bus.read(Reg.ISPR0, 4)).toBe(4)
    exceptions.setInterruptLine(2, false)
    expect(bus.read(Reg.ISPR0, 4)).toBe(4)
    bus.write(Reg.ICPR0, 4, 4)
    expect(bus.read(Reg.ISPR0, 4)).toBe(0)
  })

  it('pends again an interrupt whose line rises while its handler runs', () => {
    const { bus, exceptions } = new TestBench()
    bus.write(Reg.ISER0, 4, 4)
    exceptions.setInterruptLine(2, true)
    exceptions.takePending()
    exceptions.setInterruptLine(2, false)
    exceptions.setInterruptLine(2, true)
    exceptions.setInterruptLine(2, false)
    expect(bus.read(Reg.ISPR0, 4)).toBe(4)
    expect(exceptions.canTake).toBe(false)
  })
})

describe('system control block, B3.2', () => {
  it('shows active and pending exceptions in ICSR', () => {
    const { bus, exceptions } = new TestBench()
    bus.write(Reg.ISER0, 4, 0xff)
    bus.write(Reg.IPR0 + 2, 1, 0x40)
    bus.write(Reg.IPR0 + 3, 1, 0x60)
    exceptions.setInterruptLine(3, true)
    exceptions.takePending()
    expect(bus.read(Reg.ICSR, 4)).toBe((1 << 11) | 19)
    exceptions.setInterruptLine(2, true)
    expect(bus.read(Reg.ICSR, 4)).toBe((1 << 22) | (18 << 12) | (1 << 11) | 19)
    exceptions.takePending()
    expect(bus.read(Reg.ICSR, 4)).toBe(18)
  })

  it('pends and clears PendSV, SysTick and NMI', () => {
    const { bus, exceptions } = new TestBench()
    bus.write(Reg.SHPR3, 4, 0x00e0_0000)
    bus.write(Reg.ICSR, 4, 0x1400_0000)
    expect(bus.read(Reg.ICSR, 4)).toBe(0x1400_f000)
    bus.write(Reg.ICSR, 4, 1 << 25)
    expect(bus.read(Reg.ICSR, 4)).toBe(0x1000_e000)
    exceptions.takePending()
    expect(exceptions.activeException).toBe(14)
    bus.write(Reg.ICSR, 4, 0x8000_0000)
    exceptions.takePending()
    expect(exceptions.activeException).toBe(2)
  })

  it('needs the key for AIRCR', () => {
    const { bus } = new TestBench()
    const resets: string[] = []
    bus.onReset = (kind) => resets.push(kind)
    bus.write(Reg.AIRCR, 4, 0x0000_0304)
    expect(bus.read(Reg.AIRCR, 4)).toBe(0xfa05_0000)
    bus.write(Reg.AIRCR, 4, 0x05fa_0300)
    expect(bus.read(Reg.AIRCR, 4)).toBe(0xfa05_0300)
    bus.write(Reg.AIRCR, 4, 0x05fa_0004)
    bus.write(Reg.AIRCR, 4, 0x05fa_0001)
    expect(resets).toEqual(['system', 'core'])
  })

  it('shows and sets the states of system handlers in SHCSR', () => {
    const { bus, exceptions } = new TestBench()
    bus.write(Reg.SHCSR, 4, 0x0007_8000)
    expect(bus.read(Reg.SHCSR, 4)).toBe(0x0007_8000)
    exceptions.takePending()
    expect(exceptions.activeException).toBe(11)
    expect(bus.read(Reg.SHCSR, 4)).toBe(0x0007_0080)
  })

  it('tells the interpreter which traps CCR sets', () => {
    const { bus, state } = new TestBench()
    bus.write(Reg.CCR, 4, 0xffff_ffff)
    expect(bus.read(Reg.CCR, 4)).toBe(0x31b)
    expect([State.unalignedTrap, State.divideByZeroTrap].map((at) => state.word(at))).toEqual([1, 1])
    bus.write(Reg.CCR, 4, 0x200)
    expect([State.unalignedTrap, State.divideByZeroTrap].map((at) => state.word(at))).toEqual([0, 0])
  })

  it('only keeps CP10 and CP11 in CPACR', () => {
    const { bus } = new TestBench()
    bus.write(Reg.CPACR, 4, 0xffff_ffff)
    expect(bus.read(Reg.CPACR, 4)).toBe(0x00f0_0000)
  })

  it('shows no debugger unless told so', () => {
    expect(new TestBench().bus.read(Reg.DHCSR, 4) & 1).toBe(0)
    expect(new TestBench({ debuggerAttached: true }).bus.read(Reg.DHCSR, 4) & 1).toBe(1)
  })
})

describe('SysTick, B3.3', () => {
  function counting(reload: number, control: number): TestBench {
    const bench = new TestBench()
    bench.bus.write(Reg.SYST_RVR, 4, reload)
    bench.bus.write(Reg.SYST_CVR, 4, 123)
    bench.bus.write(Reg.SYST_CSR, 4, control)
    return bench
  }

  it('loads on the first cycle, counts to zero and loads again: a period of RELOAD + 1', () => {
    const bench = counting(3, 1)
    const seen: number[] = []
    for (let n = 0; n < 10; n++) {
      seen.push(bench.bus.read(Reg.SYST_CVR, 4))
      bench.advance(1)
    }
    expect(seen).toEqual([0, 3, 2, 1, 0, 3, 2, 1, 0, 3])
  })

  it('pends the exception each time the count reaches zero', () => {
    const bench = counting(99, 7)
    const times: number[] = []
    for (let n = 0; n < 305; n++) {
      bench.advance(1)
      if (!bench.exceptions.nvic.isPending(15)) continue
      times.push(bench.scheduler.now)
      bench.bus.write(Reg.ICSR, 4, 1 << 25)
    }
    expect(times).toEqual([100, 200, 300])
  })

  it('loses no tick when a register is read late, before the event could run', () => {
    const bench = counting(99, 7)
    bench.scheduler.now = 101
    expect(bench.bus.read(Reg.SYST_CVR, 4)).toBe(99)
    expect(bench.bus.read(Reg.SYST_CSR, 4)).toBe(0x1_0007)
    expect(bench.exceptions.nvic.isPending(15)).toBe(true)
    bench.bus.write(Reg.ICSR, 4, 1 << 25)
    bench.advance(98)
    expect(bench.exceptions.nvic.isPending(15)).toBe(false)
    bench.advance(1)
    expect(bench.exceptions.nvic.isPending(15)).toBe(true)
  })

  it('sets COUNTFLAG at zero and clears it when read or when the counter is written', () => {
    const bench = counting(9, 1)
    bench.advance(9)
    expect(bench.bus.read(Reg.SYST_CSR, 4)).toBe(5)
    bench.advance(1)
    expect(bench.bus.read(Reg.SYST_CSR, 4)).toBe(0x1_0005)
    expect(bench.bus.read(Reg.SYST_CSR, 4)).toBe(5)
    bench.advance(10)
    bench.bus.write(Reg.SYST_CVR, 4, 0)
    expect(bench.bus.read(Reg.SYST_CSR, 4)).toBe(5)
    expect(bench.exceptions.nvic.isPending(15)).toBe(false)
  })

  it('takes a new reload value at the next wrap', () => {
    const bench = counting(9, 1)
    bench.advance(5)
    bench.bus.write(Reg.SYST_RVR, 4, 4)
    expect(bench.bus.read(Reg.SYST_CVR, 4)).toBe(5)
    bench.advance(6)
    expect(bench.bus.read(Reg.SYST_CVR, 4)).toBe(4)
  })

  it('stops when disabled and goes on from there', () => {
    const bench = counting(50, 1)
    bench.advance(11)
    bench.bus.write(Reg.SYST_CSR, 4, 0)
    bench.advance(1000)
    expect(bench.bus.read(Reg.SYST_CVR, 4)).toBe(40)
    bench.bus.write(Reg.SYST_CSR, 4, 1)
    bench.advance(2)
    expect(bench.bus.read(Reg.SYST_CVR, 4)).toBe(38)
  })

  it('with a reload of zero counts down once and stays at zero', () => {
    const bench = counting(5, 3)
    bench.advance(1)
    bench.bus.write(Reg.SYST_RVR, 4, 0)
    bench.advance(100)
    expect(bench.bus.read(Reg.SYST_CVR, 4)).toBe(0)
    expect(bench.exceptions.nvic.isPending(15)).toBe(true)
    bench.bus.write(Reg.ICSR, 4, 1 << 25)
    bench.advance(100)
    expect(bench.exceptions.nvic.isPending(15)).toBe(false)
  })

  it('has no reference clock and 24 bits', () => {
    const bench = counting(0xffff_ffff, 1)
    expect(bench.bus.read(Reg.SYST_RVR, 4)).toBe(0xff_ffff)
    expect(bench.bus.read(Reg.SYST_CALIB, 4) >>> 31).toBe(1)
  })

  it('stands still while the processor sleeps', () => {
    const bench = counting(99, 3)
    bench.advance(40)
    bench.bus.sleep()
    bench.advance(1000)
    expect(bench.exceptions.nvic.isPending(15)).toBe(false)
    bench.bus.wake()
    bench.advance(59)
    expect(bench.exceptions.nvic.isPending(15)).toBe(false)
    bench.advance(1)
    expect(bench.exceptions.nvic.isPending(15)).toBe(true)
  })
})

describe('DWT, C1.8', () => {
  it('counts cycles once TRCENA and CYCCNTENA are set, from what was written', () => {
    const bench = new TestBench()
    const { bus } = bench
    bus.write(Reg.DWT_CTRL, 4, 1)
    bench.advance(10)
    expect(bus.read(Reg.DWT_CYCCNT, 4)).toBe(0)
    bus.write(Reg.DEMCR, 4, 1 << 24)
    bench.advance(10)
    expect(bus.read(Reg.DWT_CYCCNT, 4)).toBe(10)
    bus.write(Reg.DWT_CYCCNT, 4, 0xffff_fffe)
    bench.advance(5)
    expect(bus.read(Reg.DWT_CYCCNT, 4)).toBe(3)
    bus.write(Reg.DWT_CTRL, 4, 0)
    bench.advance(5)
    expect(bus.read(Reg.DWT_CYCCNT, 4)).toBe(3)
    expect(bus.read(Reg.DWT_CTRL, 4)).toBe(0x4000_0000)
  })

  it('does not count in sleep, nor does SLEEPCNT, whose clock is the same; with one that never stops both do', () => {
    for (const [stops, cycles, asleep] of [
      [true, 30, 0],
      [false, 130, 100],
    ] as const) {
      const bench = new TestBench({ clockStopsInSleep: stops })
      bench.bus.write(Reg.DEMCR, 4, 1 << 24)
      bench.bus.write(Reg.DWT_CTRL, 4, 1 | (1 << 19))
      bench.advance(10)
      bench.bus.sleep()
      bench.advance(100)
      bench.bus.wake()
      bench.advance(20)
      expect(bench.bus.read(Reg.DWT_CYCCNT, 4)).toBe(cycles)
      expect(bench.bus.read(Reg.DWT_SLEEPCNT, 4)).toBe(asleep)
    }
  })

  it('counts the cycles of exception entry and return', () => {
    const bench = new TestBench()
    bench.bus.write(Reg.DEMCR, 4, 1 << 24)
    bench.bus.write(Reg.DWT_CTRL, 4, 1 << 18)
    bench.exceptions.raise({ kind: 'supervisorCall' })
    bench.advance(1000)
    bench.exceptions.returnFromException(0xffff_fff9)
    expect(bench.bus.read(Reg.DWT_EXCCNT, 4)).toBe(22)
  })
})

describe('ITM, C1.7', () => {
  function itm(): { bench: TestBench; seen: number[][] } {
    const bench = new TestBench()
    const seen: number[][] = []
    bench.bus.onStimulus = (...packet) => seen.push(packet)
    return { bench, seen }
  }
  function open(bench: TestBench, ter: number): void {
    bench.bus.write(Reg.DEMCR, 4, 1 << 24)
    bench.bus.write(Reg.ITM_LAR, 4, 0xc5ac_ce55)
    bench.bus.write(Reg.ITM_TCR, 4, 1)
    bench.bus.write(Reg.ITM_TER, 4, ter)
  }

  it('passes on writes of any size to enabled ports', () => {
    const { bench, seen } = itm()
    open(bench, 0x8000_0003)
    expect(bench.bus.read(Reg.ITM_STIM0, 4)).toBe(1)
    bench.bus.write(Reg.ITM_STIM0, 1, 0x41)
    bench.bus.write(Reg.ITM_STIM0 + 4, 4, 0xdead_beef)
    bench.bus.write(Reg.ITM_STIM0 + 8, 4, 1)
    bench.bus.write(Reg.ITM_STIM0 + 4 * 31, 2, 0x1234)
    expect(seen).toEqual([
      [0, 0x41, 1],
      [1, 0xdead_beef, 4],
      [31, 0x1234, 2],
    ])
  })

  it.each(['TRCENA', 'ITMENA', 'TER'])('is silent without %s', (missing) => {
    const { bench, seen } = itm()
    open(bench, missing === 'TER' ? 2 : 1)
    if (missing === 'TRCENA') bench.bus.write(Reg.DEMCR, 4, 0)
    if (missing === 'ITMENA') bench.bus.write(Reg.ITM_TCR, 4, 0)
    bench.bus.write(Reg.ITM_STIM0, 4, 1)
    expect(seen).toEqual([])
  })

  it('ignores writes to its control registers until unlocked by the whole word', () => {
    const { bench } = itm()
    expect(bench.bus.read(Reg.ITM_LSR, 4)).toBe(3)
    bench.bus.write(Reg.ITM_TCR, 4, 1)
    bench.bus.write(Reg.ITM_LAR, 4, 0xc5ac_ce54)
    bench.bus.write(Reg.ITM_TER, 4, 1)
    expect(bench.bus.read(Reg.ITM_TER, 4)).toBe(0)
    bench.bus.write(Reg.ITM_LAR, 4, 0xc5ac_ce55)
    expect(bench.bus.read(Reg.ITM_LSR, 4)).toBe(1)
    bench.bus.write(Reg.ITM_TCR, 4, 1)
    bench.bus.write(Reg.ITM_LAR, 4, 0)
    bench.bus.write(Reg.ITM_TCR, 4, 0)
    expect(bench.bus.read(Reg.ITM_TCR, 4)).toBe(1)
  })

  it('keeps unprivileged code from ports of TPR and from control registers, without a fault', () => {
    const { bench, seen } = itm()
    open(bench, 0xffff_ffff)
    bench.bus.write(Reg.ITM_TPR, 4, 0xf1)
    expect(bench.bus.read(Reg.ITM_TPR, 4)).toBe(1)
    bench.exceptions.writeSpecial(20, 1)
    bench.bus.write(Reg.ITM_STIM0, 4, 1)
    bench.bus.write(Reg.ITM_STIM0 + 32, 4, 2)
    bench.bus.write(Reg.ITM_TCR, 4, 0)
    bench.bus.write(Reg.ITM_TER, 4, 0)
    expect(seen).toEqual([[8, 2, 4]])
    expect(bench.bus.read(Reg.ITM_TCR, 4)).toBe(1)
    expect(bench.bus.read(Reg.ITM_TER, 4)).toBe(0xff)
  })
})
