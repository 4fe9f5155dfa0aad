import { describe, expect, it } from 'vitest'
import { BusError } from '../cpu/bus.ts'
import { createTestBench } from '../nrf52840/testing.ts'
import { SystemBus } from './bus.ts'
import { ProblemLog } from '../nrf52840/context.ts'
import { UnmodelledLog } from './unmodelled.ts'

describe('SystemBus', () => {
  it('reads and writes RAM, and the same RAM through the code alias', () => {
    const { chip, invalidated } = createTestBench()
    chip.bus.write(0x2000_1000, 4, 0x1122_3344)
    expect(chip.bus.read(0x0080_1000, 4)).toBe(0x1122_3344)
    expect(chip.bus.read(0x0080_1001, 1)).toBe(0x33)
    chip.bus.write(0x0080_1002, 2, 0xbeef)
    expect(chip.bus.read(0x2000_1000, 4)).toBe(0xbeef_3344)
    expect(invalidated.at(-1)).toEqual([0x2000_1002, 2])
  })

  it('gives values without a sign', () => {
    const { chip } = createTestBench()
    chip.bus.write(0x2000_0000, 4, -1)
    expect(chip.bus.read(0x2000_0000, 4)).toBe(0xffff_ffff)
    expect(chip.bus.read(0, 4)).toBe(0xffff_ffff)
  })

  it('answers unmapped addresses with a bus error, counted and named in order', () => {
    const { chip, scheduler } = createTestBench()
    scheduler.now = 77
    const unmapped = [
      0x2004_0000, 0x0010_0000, 0x1200_0000, 0x4008_0000, 0x5000_1000, 0x6000_0000, 0x2003_fffd,
    ]
    for (const address of unmapped) expect(() => chip.bus.read(address, 4)).toThrow(BusError)
    expect(() => chip.bus.write(0x6000_0000, 4, 0)).toThrow(BusError)
    expect([...chip.unmodelled.keys()]).toEqual([
      'unmapped 0x20040000',
      'unmapped 0x00100000',
      'unmapped 0x12000000',
      'unmapped 0x40080000',
      'unmapped 0x50001000',
      'unmapped 0x60000000',
      'unmapped 0x2003fffd',
    ])
    expect(chip.unmodelled.get('unmapped 0x60000000')).toEqual({
      name: 'unmapped 0x60000000',
      address: 0x6000_0000,
      firstCycle: 77,
      reads: 1,
      writes: 1,
    })
  })

  it('reads 0 and loses writes where the APB has no peripheral, counted and named', () => {
    const { chip } = createTestBench()
    for (const address of [0x4007_c074, 0x4003_3000, 0x4003_0000, 0x4007_f000, 0x4007_fffc]) {
      chip.bus.write(address, 4, 0xffff_ffff)
      expect([4, 2, 1].map((size) => chip.bus.read(address, size as 1 | 2 | 4))).toEqual([0, 0, 0])
      const name = `hole 0x${address.toString(16)}`
      expect(chip.unmodelled.get(name)).toMatchObject({ name, address, reads: 3, writes: 1 })
    }
    expect(chip.unmodelled.size).toBe(5)
  })

  it('refuses unaligned accesses to peripherals', () => {
    const { chip } = createTestBench()
    expect(() => chip.bus.read(0x4000_8542, 4)).toThrow(BusError)
    expect(() => chip.bus.write(0x4000_8541, 2, 0)).toThrow(BusError)
  })

  it('does sub-word accesses to peripherals lane by lane and reports them', () => {
    const { chip, write } = createTestBench()
    write(0x4000_8540, 0x8765_4321)
    expect(chip.bus.read(0x4000_8541, 1)).toBe(0x43)
    expect(chip.bus.read(0x4000_8542, 2)).toBe(0x8765)
    chip.bus.write(0x4000_8541, 1, 0xff)
    expect(chip.bus.read(0x4000_8540, 4)).toBe(0xff00)
    expect(chip.unmodelled.get('TIMER0+0x541 (8-bit write)')?.writes).toBe(1)
    expect(chip.unmodelled.get('TIMER0+0x542 (16-bit read)')?.address).toBe(0x4000_8542)
  })

  it('reads bytes of FICR and UICR without a word of complaint', () => {
    const { chip } = createTestBench()
    expect(chip.bus.read(0x1000_0101, 1)).toBe(0x28)
    expect(chip.bus.read(0x1000_1208, 1)).toBe(0xff)
    expect(chip.unmodelled.size).toBe(0)
  })

  it('does not put two devices on one page', () => {
    const log = new UnmodelledLog({ now: 0 })
    const bus = new SystemBus({ flash: new Uint8Array(), ram: new Uint8Array(), unmodelled: log })
    const device = { name: 'X', subWord: 'allowed', readWord: () => 0, writeWord: () => undefined } as const
    bus.attach(0x4000_0000, 0x1000, device)
    expect(() => bus.attach(0x4000_0000, 0x1000, device)).toThrow('already belongs to X')
  })
})

it('what firmware does wrong at ever new places is counted without growing', () => {
  const log = new UnmodelledLog({ now: 5 })
  const problems = new ProblemLog({ now: 5 })
  for (let i = 0; i < 10_000; i++) {
    log.record(`unmapped ${i}`, i, 'read')
    problems.report(`EasyDMA outside data RAM at ${i}`)
  }
  log.record('unmapped 0', 0, 'read')
  expect(log.accesses.size).toBe(1025)
  expect(log.accesses.get('unmapped 0')?.reads).toBe(2)
  expect(log.accesses.get('further registers')?.reads).toBe(10_000 - 1024)
  expect(problems.problems.size).toBe(1025)
  expect(problems.problems.get('further problems')?.count).toBe(10_000 - 1024)
})
