import { describe, expect, it } from 'vitest'
import { BusError } from '../cpu/bus.ts'
import { createTestBench } from '../nrf52840/testing.ts'
import { NO_POWER_LEDGER } from '../power/reporting.ts'
import { createBoard } from './board.ts'
import { NRF52840_DK } from './nrf52840dk.ts'
import { XIAO_NRF52840_SENSE } from './xiaonrf52840sense.ts'

const QSPI = 0x4002_9000
const [ACTIVATE, READSTART, WRITESTART, ERASESTART] = [0, 4, 8, 12].map((at) => QSPI + at) as [
  number,
  number,
  number,
  number,
]
const READY = QSPI + 0x100
const [IFCONFIG0, IFCONFIG1, STATUS] = [QSPI + 0x544, QSPI + 0x600, QSPI + 0x604]
const [CINSTRCONF, DAT0, DAT1] = [QSPI + 0x634, QSPI + 0x638, QSPI + 0x63c]
const XIP = 0x1200_0000
const RAM = 0x2000_0000
const US = 64
const [READ4IO, PP4IO] = [4, 3 << 3]
/** LIO2 and LIO3 high, as drivers send them. */
const LIO = 0x3000

const PINS = {
  dk: { 0x524: 19, 0x528: 17, 0x530: 20, 0x534: 21, 0x538: 22, 0x53c: 23 },
  xiao: { 0x524: 21, 0x528: 25, 0x530: 20, 0x534: 24, 0x538: 22, 0x53c: 23 },
}

function bench(board: 'dk' | 'xiao' = 'dk') {
  const states: string[] = []
  const power = {
    ...NO_POWER_LEDGER,
    enter: (part: string, state: string) => void states.push(`${part}: ${state}`),
  }
  const made = createTestBench({ power })
  createBoard(made.chip, board === 'dk' ? NRF52840_DK : XIAO_NRF52840_SENSE)
  const { read, write, runUntil } = made
  for (const [at, pin] of Object.entries(PINS[board])) write(QSPI + Number(at), pin)
  write(IFCONFIG0, READ4IO | PP4IO)
  write(IFCONFIG1, 0x4_0480) // 32 MHz
  write(QSPI + 0x500, 1)
  const ready = (): number => {
    const cycle = runUntil(READY)
    write(READY, 0)
    return cycle
  }
  write(ACTIVATE, 1)
  ready()
  /** A custom instruction. @returns the bytes that came back */
  const instruct = (opcode: number, bytes: readonly number[] = [], more = 0): number[] => {
    const word = (from: number): number =>
      bytes.slice(from, from + 4).reduceRight((sum, byte) => ((sum << 8) | byte) >>> 0, 0)
    write(DAT0, word(0))
    write(DAT1, word(4))
    write(CINSTRCONF, opcode | ((bytes.length + 1) << 8) | LIO | more)
    ready()
    const back = [read(DAT0), read(DAT1)].flatMap((one) => [0, 8, 16, 24].map((by) => (one >>> by) & 0xff))
    return back.slice(0, bytes.length)
  }
  /** Until the status register says that nothing is under way, asked every 100 us. @returns the cycle */
  const idle = (): number => {
    while ((instruct(0x05, [0])[0] ?? 0) & 1) made.run(made.scheduler.now + 100 * US)
    return made.scheduler.now
  }
  const quadEnable = (): void => {
    instruct(0x01, board === 'dk' ? [0x40] : [0, 2], 0x8000)
    idle()
  }
  const write4 = (at: number, to: number, bytes: number): number => {
    const from = made.scheduler.now
    write(QSPI + 0x510, to)
    write(QSPI + 0x514, RAM + at)
    write(QSPI + 0x518, bytes)
    write(WRITESTART, 1)
    return ready() - from
  }
  const read4 = (from: number, at: number, bytes: number): number => {
    const before = made.scheduler.now
    write(QSPI + 0x504, from)
    write(QSPI + 0x508, RAM + at)
    write(QSPI + 0x50c, bytes)
    write(READSTART, 1)
    return ready() - before
  }
  return { ...made, states, ready, instruct, idle, quadEnable, write4, read4 }
}

describe('QSPI', () => {
  it.each([
    ['dk', [0xc2, 0x28, 0x17]],
    ['xiao', [0x85, 0x60, 0x15]],
  ] as const)('asks the flash of the %s who it is', (board, identity) => {
    expect(bench(board).instruct(0x9f, [0xff, 0xff, 0xff])).toEqual(identity)
  })

  it('reads the parameter table in a long frame, eight bytes at a time', () => {
    const { instruct, write, ready, read } = bench()
    expect(instruct(0x5a, [0, 0, 0, 0, 0, 0, 0, 0]).slice(4)).toEqual([0x53, 0x46, 0x44, 0x50])
    instruct(0x5a, [0, 0, 0x30, 0], 0x1_0000)
    write(CINSTRCONF, 0x5a | (9 << 8) | 0x3_0000)
    ready()
    expect([read(DAT0), read(DAT1)]).toEqual([0xfff1_20e5, 0x03ff_ffff])
  })

  it('writes pages one after another, and reads them back on four lines', () => {
    const { ram, quadEnable, write4, read4, idle, read } = bench()
    quadEnable()
    ram.set(
      Array.from({ length: 512 }, (_, i) => (7 * i) & 0xff),
      0x100,
    )
    // From 0x80 on: 128 bytes, 256 and 128; two program times between, the third behind READY.
    const spent = write4(0x100, 0x1080, 512)
    expect(spent).toBeGreaterThan(2 * 896 * US)
    expect(spent).toBeLessThan(2 * 896 * US + 60 * US)
    expect(read(STATUS) >>> 24).toBe(0x41)
    idle()
    // 8 + 24/4 + 6 clocks in front of two a byte, at 32 MHz.
    expect(read4(0x1080, 0x800, 512)).toBe((20 + 1024) * 2)
    expect(ram.slice(0x800, 0xa00)).toEqual(ram.slice(0x100, 0x300))
  })

  it('clears bits only, erases blocks in their time, and leaves what is around', () => {
    const { ram, quadEnable, write, ready, write4, read4, idle, scheduler } = bench()
    quadEnable()
    ram.set([0xf0, 1, 2, 3], 0x100)
    write4(0x100, 0x2000, 4)
    ram.set([0x3c, 1, 2, 3], 0x100)
    write4(0x100, 0x2000, 4)
    write4(0x100, 0x3000, 4)
    read4(0x2000, 0x200, 4)
    expect([...ram.slice(0x200, 0x204)]).toEqual([0x30, 1, 2, 3])
    write(QSPI + 0x51c, 0x2000)
    write(QSPI + 0x520, 0)
    write(ERASESTART, 1)
    const sent = ready()
    const erased = idle()
    expect(erased - sent).toBeGreaterThanOrEqual(48_000 * US)
    expect(erased - sent).toBeLessThan(48_300 * US)
    read4(0x2000, 0x200, 4)
    read4(0x3000, 0x204, 4)
    expect([...ram.slice(0x200, 0x208)]).toEqual([255, 255, 255, 255, 0x3c, 1, 2, 3])
    expect(scheduler.now).toBeGreaterThan(0)
  })

  it('says that four lines are off until quad enable is set', () => {
    const { ram, read4, chip } = bench()
    ram.fill(0, 0x200, 0x204)
    read4(0, 0x200, 4)
    expect([...ram.slice(0x200, 0x204)]).toEqual([255, 255, 255, 255])
    expect([...chip.problems.keys()][0]).toContain('quad enable is off in status register 1')
  })

  it('gives data at 0x12000000 and an offset, while it is activated, and takes none', () => {
    const { ram, quadEnable, write4, idle, read, write, chip } = bench()
    quadEnable()
    ram.set([1, 2, 3, 4, 5, 6, 7, 8], 0x100)
    write4(0x100, 0x10, 8)
    idle()
    expect([read(XIP + 0x10), read(XIP + 0x18)]).toEqual([0x0403_0201, 0xffff_ffff])
    expect(chip.bus.read(XIP + 0x15, 1)).toBe(6)
    write(QSPI + 0x540, 0x10)
    expect(read(XIP + 4)).toBe(0x0807_0605)
    expect(() => write(XIP, 0)).toThrow(BusError)
    write(QSPI + 0x500, 0)
    expect(() => read(XIP)).toThrow(BusError)
    expect([...chip.problems.keys()]).toContain('QSPI: 0x12000000 is read while QSPI is not activated')
  })

  it('sleeps deeply and wakes in its time; the ledger has it', () => {
    const { instruct, run, scheduler, states } = bench('xiao')
    instruct(0xb9)
    expect(instruct(0x9f, [0, 0, 0])).toEqual([255, 255, 255])
    instruct(0xab)
    run(scheduler.now + 8 * US)
    expect(instruct(0x9f, [0, 0, 0])).toEqual([0x85, 0x60, 0x15])
    expect(states.filter((one) => one.startsWith('QSPI flash'))).toEqual([
      'QSPI flash: standby',
      'QSPI flash: deep power-down',
      'QSPI flash: standby',
    ])
    expect(states).toContain('QSPI: activated')
  })

  it('tells what cannot be: no flash there, not activated, RAM that is none', () => {
    const one = bench()
    one.write(QSPI + 0x528, 2)
    one.write(ACTIVATE, 1)
    one.ready()
    expect(one.instruct(0x9f, [0, 0, 0])).toEqual([255, 255, 255])
    one.write(QSPI + 0x50c, 4)
    one.write(READSTART, 1)
    one.ready()
    one.write(QSPI + 0x010, 1)
    one.write(READSTART, 1)
    expect([...one.chip.problems.keys()]).toEqual([
      'QSPI: no flash of the board is on the pins that PSEL names',
      'QSPI READ.DST: EasyDMA outside data RAM: 4 bytes at 0x00000000',
      'QSPI: read before TASKS_ACTIVATE: nothing happens',
    ])
  })

  it('interrupts', () => {
    const { write, run, lines, scheduler } = bench()
    write(QSPI + 0x304, 1)
    write(CINSTRCONF, 0x06 | (1 << 8))
    run(scheduler.now + 1000)
    expect([...lines]).toEqual([41])
  })
})
