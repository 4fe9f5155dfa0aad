import { describe, expect, it } from 'vitest'
import { BusError } from '../cpu/bus.ts'
import { createTestBench } from './testing.ts'

const NVMC = 0x4001_e000
const READY = NVMC + 0x400
const CONFIG = NVMC + 0x504
const ERASEPAGE = NVMC + 0x508
const FICR = 0x1000_0000
const UICR = 0x1000_1000

describe('NVMC', () => {
  it('ignores stores to flash until writing is enabled, and then clears bits in 41 us', () => {
    const { chip, write, read, run, invalidated } = createTestBench()
    write(0x1000, 0)
    write(0x1004, 0)
    expect([read(0x1000), read(0x1004), read(READY)]).toEqual([0xffff_ffff, 0xffff_ffff, 1])
    expect([...chip.problems.values()]).toEqual([
      {
        message: 'NVMC: store to flash at 0x00001000 while CONFIG.WEN is not Wen, ignored',
        firstCycle: 0,
        by: 0,
        count: 2,
      },
    ])
    write(CONFIG, 1)
    write(0x1000, 0xffff_0ff0)
    write(0x1000, 0xf0ff_ffff)
    expect(read(0x1000)).toBe(0xf0ff_0ff0)
    expect(read(READY)).toBe(0)
    run(2 * 41 * 64)
    expect(read(READY)).toBe(1)
    expect(invalidated).toEqual([
      [0x1000, 4],
      [0x1000, 4],
    ])
  })

  it('takes whole aligned words only', () => {
    const { chip, write } = createTestBench()
    for (const enable of [0, 1]) {
      write(CONFIG, enable)
      expect(() => chip.bus.write(0x1000, 1, 0)).toThrow(BusError)
      expect(() => chip.bus.write(0x1002, 4, 0)).toThrow(BusError)
    }
  })

  it.each([
    [0, UICR + 0x080, 'store to UICR at 0x10001080 while CONFIG.WEN is not Wen'],
    [2, 0x2000, 'store to flash at 0x00002000 while CONFIG.WEN is not Wen'],
    [0, ERASEPAGE, 'ERASEPAGE of 0x00000000 while CONFIG.WEN is not Een'],
    [1, NVMC + 0x518, 'ERASEPAGEPARTIAL of 0x00000000 while CONFIG.WEN is not Een'],
    [2, ERASEPAGE, 'ERASEPAGE of 0x00001004, where no page begins', 0x1004],
    [2, ERASEPAGE, 'ERASEPAGE of 0x00100000, where no page begins', 0x10_0000],
    [1, NVMC + 0x50c, 'ERASEALL while CONFIG.WEN is not Een', 1],
    [0, NVMC + 0x514, 'ERASEUICR while CONFIG.WEN is not Een', 1],
  ])(
    'CONFIG %i, a write to %i: tells what it ignores, by which instruction',
    (config, address, what, value = 0) => {
      const { chip, flash, write, read } = createTestBench({ executing: () => 0x4242 })
      flash.fill(0x5a)
      write(CONFIG, config)
      write(address, value)
      expect(flash.every((byte) => byte === 0x5a)).toBe(true)
      expect(read(UICR + 0x080)).toBe(0xffff_ffff)
      expect(read(READY)).toBe(1)
      expect([...chip.problems.values()]).toMatchObject([
        { message: `NVMC: ${what}, ignored`, by: 0x4242, count: 1 },
      ])
    },
  )

  it('erases a page in 85 ms when erasing is enabled', () => {
    const { flash, write, read, run } = createTestBench()
    flash.fill(0, 0x2000, 0x4000)
    write(ERASEPAGE, 0x2000)
    expect(flash[0x2000]).toBe(0)
    write(CONFIG, 2)
    write(ERASEPAGE, 0x2000)
    expect([flash[0x2000], flash[0x2fff], flash[0x3000]]).toEqual([0xff, 0xff, 0])
    run(85_000 * 64 - 1)
    expect(read(READY)).toBe(0)
    run(85_000 * 64)
    expect(read(READY)).toBe(1)
  })

  it('ignores pages that are not there', () => {
    const { write, read } = createTestBench()
    write(CONFIG, 2)
    write(ERASEPAGE, 0x10_0000)
    write(ERASEPAGE, 0x1004)
    expect(read(READY)).toBe(1)
  })

  it('erases everything, UICR included', () => {
    const { flash, write, read } = createTestBench()
    write(CONFIG, 1)
    write(UICR + 0x080, 0x1234)
    expect(read(UICR + 0x080)).toBe(0x1234)
    flash.fill(0)
    write(CONFIG, 2)
    write(NVMC + 0x50c, 1)
    expect(read(0)).toBe(0xffff_ffff)
    expect(read(UICR + 0x080)).toBe(0xffff_ffff)
  })

  it('hands the cache switches on and shows the cache counters, cleared by writing 0', () => {
    const switches: string[] = []
    const instructionCache = {
      configure: (enabled: boolean, profiling: boolean) => void switches.push(`${enabled} ${profiling}`),
      hits: 10,
      misses: 3,
    }
    const { write, read } = createTestBench({ instructionCache })
    write(NVMC + 0x540, 0x101)
    expect(switches).toEqual(['true true'])
    expect([read(NVMC + 0x548), read(NVMC + 0x54c)]).toEqual([10, 3])
    write(NVMC + 0x548, 7)
    expect(read(NVMC + 0x548)).toBe(10)
    write(NVMC + 0x548, 0)
    instructionCache.hits = 15
    expect([read(NVMC + 0x548), read(NVMC + 0x54c)]).toEqual([5, 3])
  })
})

describe('FICR and UICR', () => {
  it('say which chip this is, also to the checks for errata', () => {
    const { read, chip } = createTestBench()
    expect(read(FICR + 0x010)).toBe(4096)
    expect(read(FICR + 0x014)).toBe(256)
    expect(read(FICR + 0x100)).toBe(0x52840)
    expect(read(FICR + 0x104)).toBe(0x4141_4630)
    expect([read(FICR + 0x10c), read(FICR + 0x110)]).toEqual([256, 1024])
    expect([read(FICR + 0x130), read(FICR + 0x134)]).toEqual([8, 3])
    expect(read(UICR + 0x200)).toBe(0xffff_ffff)
    expect(chip.unmodelled.size).toBe(0)
  })

  it('have the same identity for the same seed and another for another', () => {
    const identity = (seed: number) => createTestBench({ seed }).read(FICR + 0x060)
    expect(identity(1)).toBe(identity(1))
    expect(identity(1)).not.toBe(identity(2))
  })

  it('count what nobody documents', () => {
    const { read, write, chip } = createTestBench()
    expect(read(FICR + 0x258)).toBe(0xffff_ffff)
    write(FICR + 0x010, 0)
    expect(read(FICR + 0x010)).toBe(4096)
    expect([...chip.unmodelled.keys()]).toEqual(['FICR+0x258', 'FICR+0x010'])
  })
})

describe('ACL', () => {
  const ACL = 0x4001_e800

  it('blocks stores and erases of a region, with a fault, until the next reset', () => {
    const { chip, read, write } = createTestBench()
    write(ACL, 0x2000)
    write(ACL + 4, 0x1000)
    write(ACL + 8, 2)
    write(ACL + 8, 4)
    write(ACL, 0x8000)
    expect([0, 4, 8].map((at) => read(ACL + at))).toEqual([0x2000, 0x1000, 2])
    write(0x4001_e504, 1)
    expect(() => write(0x2000, 0)).toThrow(BusError)
    expect(() => write(0x2ffc, 0)).toThrow(BusError)
    write(0x3000, 0)
    expect([read(0x2000), read(0x3000)]).toEqual([0xffff_ffff, 0])
    write(0x4001_e504, 2)
    expect(() => write(0x4001_e508, 0x2000)).toThrow(BusError)
    expect(() => write(0x4001_e50c, 1)).toThrow(BusError)
    expect([...chip.problems.values()][0]?.message).toContain('ACL: 0x00002000 is protected')
    chip.reset('software')
    write(0x4001_e504, 1)
    write(0x2000, 7)
    expect(read(0x2000)).toBe(7)
  })

  it('says that it does not block reading', () => {
    const { chip, write } = createTestBench()
    write(ACL + 0x18, 4)
    expect([...chip.problems.keys()]).toEqual([
      'ACL: a region that may not be read: reading it is not blocked here',
    ])
  })
})
