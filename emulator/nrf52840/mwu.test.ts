import { describe, expect, it } from 'vitest'
import { createTestBench } from './testing.ts'

const MWU = 0x4002_0000
const [INTENSET, NMIENSET, REGIONENSET, REGIONENCLR] = [0x304, 0x324, 0x514, 0x518].map((at) => MWU + at) as [
  number,
  number,
  number,
  number,
]
const [WA0, RA0, WA1] = [MWU + 0x160, MWU + 0x164, MWU + 0x168]
const [WRITTEN, READ] = [MWU + 0x400, MWU + 0x404]
const SUBS0 = MWU + 0x6c8
const TIMER0 = 0x4000_8000

describe('MWU', () => {
  it('tells of writes and reads of the peripherals that it watches, and which they were', () => {
    const { write, read, lines } = createTestBench()
    write(SUBS0, (1 << 8) | (1 << 9))
    write(INTENSET, 1 << 24)
    write(REGIONENSET, (1 << 24) | (1 << 25))
    write(0x4000_b508, 1) // RTC0
    expect([read(WA0), read(RA0)]).toEqual([0, 0])
    write(TIMER0 + 0x540, 1)
    expect([read(WA0), read(RA0), read(WRITTEN), read(READ), ...lines]).toEqual([1, 0, 1 << 8, 0, 32])
    read(0x4000_9504)
    expect([read(RA0), read(READ)]).toEqual([1, 1 << 9])
    write(WRITTEN, 1 << 8)
    write(WA0, 0)
    expect([read(WRITTEN), lines.size]).toEqual([0, 0])
    write(REGIONENCLR, 1 << 24)
    write(TIMER0 + 0x540, 2)
    expect([read(WA0), read(WRITTEN)]).toEqual([0, 0])
    expect(read(WA1)).toBe(0)
  })

  it('watches after a reset no more, and goes on in another chip', () => {
    const one = createTestBench()
    one.write(SUBS0, 1 << 8)
    one.write(REGIONENSET, 1 << 24)
    const other = createTestBench()
    other.chip.restore(one.chip.save())
    other.write(TIMER0 + 0x540, 1)
    expect(other.read(WA0)).toBe(1)
    one.chip.reset('software')
    one.write(TIMER0 + 0x540, 1)
    expect(one.read(WA0)).toBe(0)
  })

  it('does not let a polling loop be skipped that it shall see', () => {
    const { chip, write } = createTestBench()
    expect(chip.bus.isSteady(TIMER0 + 0x140)).toBe(true)
    write(SUBS0, 1 << 8)
    write(REGIONENSET, 1 << 25)
    expect(chip.bus.isSteady(TIMER0 + 0x140)).toBe(false)
  })

  it('says what it does not watch', () => {
    const { chip, write } = createTestBench()
    write(REGIONENSET, 1)
    write(NMIENSET, 1)
    expect([...chip.problems.keys()]).toEqual([
      'MWU: regions of RAM are not watched here',
      'MWU: NMIEN raises no NMI here: INTEN raises an interrupt',
    ])
  })
})
