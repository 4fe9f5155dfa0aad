import { describe, expect, it } from 'vitest'
import { createTestBench } from './testing.ts'

const TIMER0 = 0x4000_8000
const TIMER1 = 0x4000_9000
const UARTE0 = 0x4000_2000
const RTC1 = 0x4001_1000
const RNG = 0x4000_d000
const PPI = 0x4001_f000

/** Several peripherals at once; `stride` is how far the processor goes before it looks for events. */
const scenario = (stride: number) => {
  const bench = createTestBench({ seed: 5 })
  const { write, read, ram, scheduler, console } = bench
  ram.set(new TextEncoder().encode('deterministic'))
  write(0x4000_0008, 1)
  write(UARTE0 + 0x50c, 35)
  write(UARTE0 + 0x524, 0x01d6_0000)
  write(UARTE0 + 0x500, 8)
  write(UARTE0 + 0x544, 0x2000_0000)
  write(UARTE0 + 0x548, 13)
  write(RTC1 + 0x540, 40)
  write(RTC1 + 0x344, 1 << 16)
  write(RTC1, 1)
  write(RNG, 1)
  write(TIMER0 + 0x508, 3)
  write(TIMER0 + 0x540, 1500)
  write(TIMER1 + 0x508, 3)
  write(TIMER1 + 0x510, 0)
  write(TIMER1, 1)
  // TIMER0 COMPARE[0] starts the UART, its ENDTX captures TIMER1, RTC1 COMPARE[0] too.
  write(PPI + 0x510, TIMER0 + 0x140)
  write(PPI + 0x514, UARTE0 + 0x008)
  write(PPI + 0x518, UARTE0 + 0x120)
  write(PPI + 0x51c, TIMER1 + 0x040)
  write(PPI + 0x520, RTC1 + 0x140)
  write(PPI + 0x524, TIMER1 + 0x044)
  write(PPI + 0x504, 7)
  write(TIMER0, 1)
  while (scheduler.now < 400_000) {
    scheduler.now += stride
    scheduler.runDue()
  }
  return { console, captures: [read(TIMER1 + 0x540), read(TIMER1 + 0x544)] }
}

describe('the chip', () => {
  it('keeps every time whatever the instruction boundaries are', () => {
    const exact = scenario(1)
    expect(exact.captures[0]).toBe((1500 * 64 + 13 * 5560) / 4)
    expect(exact.console.map(({ cycle }) => cycle).slice(0, 2)).toEqual([96000 + 5560, 96000 + 2 * 5560])
    for (const stride of [3, 17, 997]) expect(scenario(stride)).toEqual(exact)
  })

  it('answers what firmware writes to switch USBD on, anomalies 171 and 187, outside any page that has a name', () => {
    const { chip, read, write } = createTestBench()
    expect(read(0x4006_ec00)).toBe(0)
    write(0x4006_ec00, 0x9375)
    write(0x4006_ed14, 3)
    expect([read(0x4006_ec00), read(0x4006_ed14)]).toEqual([0x9375, 3])
    expect(chip.unmodelled.get('undocumented 0x4006e000+0xc00')).toMatchObject({ reads: 2, writes: 1 })
  })

  it("answers what Nordic's SystemInit touches without a bus error, and names what is not modelled", () => {
    const { chip, read, write } = createTestBench()
    read(0x1000_0130)
    read(0x1000_0134)
    write(0x4000_568c, 0x0003_8148) // erratum 98
    write(0x4000_010c, 0) // erratum 36
    write(0x4000_0110, 0)
    write(0x4000_0538, 0)
    for (let i = 0; i < 6; i++) {
      write(0x4000_c520 + 4 * i, read(0x1000_0404 + 4 * i)) // erratum 66
      write(0x4000_c540 + 4 * i, read(0x1000_041c + 4 * i))
    }
    write(0x4000_f518, 0xfb) // erratum 103
    write(0x4000_0ee4, (read(0x4000_0ee4) & 0xffff_fff0) | (read(0x1000_0258) & 0xf)) // erratum 115
    write(0x4002_9640, 0x200) // erratum 120
    write(0x4000_0400, ~1) // erratum 136
    expect(read(0x1000_1200) & 0x8000_0000).not.toBe(0)
    expect(read(0x4001_e400)).toBe(1)
    expect([...chip.unmodelled.keys()]).toEqual(['NFCT+0x68c', 'CLOCK/POWER+0xee4', 'FICR+0x258'])
  })

  it('comes back from a reset as it began', () => {
    const { chip, lines, write } = createTestBench()
    const values = () => chip.registers.map(({ address }) => chip.bus.read(address, 4))
    const atStart = values()
    for (const base of [
      TIMER0,
      RTC1,
      UARTE0,
      0x4000_3000,
      0x4000_6000,
      0x4001_4000,
      PPI,
      0x5000_0000,
      0x4001_0000,
    ]) {
      for (const offset of [0x500, 0x504, 0x508, 0x510, 0x518, 0x540, 0x544, 0x304, 0x000, 0x008, 0x700]) {
        write(base + offset, 1)
      }
    }
    expect(values()).not.toEqual(atStart)
    chip.reset('pin')
    expect(lines.size).toBe(0)
    const resetReason = chip.registers.findIndex(({ name }) => name === 'RESETREAS')
    expect(values().map((value, i) => (i === resetReason ? value & ~1 : value))).toEqual(atStart)
  })

  it('leaves the watchdog running through a soft reset, not through others', () => {
    const { chip, read, write } = createTestBench()
    write(0x4001_0000, 1)
    chip.reset('software')
    expect(read(0x4001_0400)).toBe(1)
    chip.reset('watchdog')
    expect(read(0x4001_0400)).toBe(0)
    expect(read(0x4000_0400)).toBe(0b110)
  })
})
