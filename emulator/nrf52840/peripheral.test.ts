import { describe, expect, it } from 'vitest'
import { createTestBench } from './testing.ts'
import { UnmodelledPeripheral } from './unmodelled-peripheral.ts'

const EGU0 = 0x4001_4000
const TRIGGERED_3 = EGU0 + 0x10c

describe('the peripheral interface', () => {
  it('raises the line while an enabled event is set and no longer', () => {
    const { write, read, lines } = createTestBench()
    write(EGU0 + 0x00c, 1)
    expect(read(TRIGGERED_3)).toBe(1)
    expect(lines.has(20)).toBe(false)
    write(EGU0 + 0x304, 1 << 3)
    expect(lines.has(20)).toBe(true)
    write(TRIGGERED_3, 0)
    expect(lines.has(20)).toBe(false)
  })

  it('sets, clears and overwrites the interrupt mask', () => {
    const { write, read } = createTestBench()
    write(EGU0 + 0x304, 0b1100)
    write(EGU0 + 0x304, 0b0001)
    expect(read(EGU0 + 0x304)).toBe(0b1101)
    write(EGU0 + 0x308, 0b0100)
    expect(read(EGU0 + 0x308)).toBe(0b1001)
    write(EGU0 + 0x300, 0xffff_ffff)
    expect(read(EGU0 + 0x300)).toBe(0xffff)
  })

  it('triggers a task by writing one only, and reads it as zero', () => {
    const { write, read } = createTestBench()
    write(EGU0 + 0x00c, 0)
    expect(read(TRIGGERED_3)).toBe(0)
    write(EGU0 + 0x00c, 1)
    expect(read(EGU0 + 0x00c)).toBe(0)
    expect(read(TRIGGERED_3)).toBe(1)
  })

  it('keeps and counts what is written where the specification names nothing (errata work-arounds)', () => {
    const { chip, write, read } = createTestBench()
    expect(read(0x4000_0404)).toBe(0)
    write(0x4000_0ee4, 0x4f)
    expect(read(0x4000_0ee4)).toBe(0x4f)
    expect(chip.unmodelled.get('CLOCK/POWER+0xee4')).toMatchObject({
      reads: 1,
      writes: 1,
      address: 0x4000_0ee4,
    })
    expect(chip.unmodelled.get('CLOCK/POWER+0x404')).toMatchObject({ reads: 1, writes: 0 })
  })

  it('names registers of peripherals that are present but not modelled', () => {
    const { chip } = createTestBench()
    const table = 'INTEN@300 INTENSET@304 INTENCLR@308 TASKS_START@0 EVENTS_END[2]@100 CONFIG@518=6'
    const made = new UnmodelledPeripheral(chip.context, 'MADE', 0x4007_0000, table)
    expect(made.readWord(0x518)).toBe(6)
    made.writeWord(0, 1)
    expect(made.readWord(0x104)).toBe(0)
    made.writeWord(0x304, 0b101)
    made.writeWord(0x308, 0b001)
    expect(made.readWord(0x300)).toBe(0b100)
    expect([...chip.unmodelled.keys()]).toEqual([
      'MADE.CONFIG',
      'MADE.TASKS_START',
      'MADE.EVENTS_END[1]',
      'MADE.INTENSET',
      'MADE.INTENCLR',
      'MADE.INTEN',
    ])
  })

  it('gives every register one address and every address one name', () => {
    const { chip } = createTestBench()
    const names = chip.registers.map(({ peripheral, name }) => `${peripheral}.${name}`)
    const addresses = chip.registers.map(({ address }) => address)
    expect(new Set(names).size).toBe(names.length)
    expect(new Set(addresses).size).toBe(addresses.length)
    expect(names.length).toBeGreaterThan(1700)
  })
})
