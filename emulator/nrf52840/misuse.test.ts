import { describe, expect, it } from 'vitest'
import { BusError } from '../cpu/bus.ts'
import { createTestBench } from './testing.ts'

const FLASH = 0x0000_1000
const RAM = 0x2000_0000
const PAST_RAM = 0x2003_fffc
const UARTE0 = 0x4000_2000
const TWIM0 = 0x4000_3000
const SAADC = 0x4000_7000
const RTC0 = 0x4000_b000
const RADIO = 0x4000_1000
const LFCLKSTART = 0x4000_0008
const PWM0 = 0x4001_c000
const PDM = 0x4001_d000
const SPIM2 = 0x4002_3000

type Writes = readonly (readonly [address: number, value: number])[]

const problemsOf = (writes: Writes, cycles = 100_000): readonly string[] => {
  const { chip, write, run } = createTestBench()
  for (const [address, value] of writes) write(address, value)
  run(cycles)
  return [...chip.problems.keys()]
}

/** A transfer of 16 bytes from or to where the buffer is. */
const TRANSFERS: readonly (readonly [name: string, writes: (buffer: number) => Writes])[] = [
  ['UARTE0', (at) => [[UARTE0 + 0x500, 8], [UARTE0 + 0x544, at], [UARTE0 + 0x548, 16], [UARTE0 + 0x008, 1]]],
  ['UARTE0', (at) => [[UARTE0 + 0x500, 8], [UARTE0 + 0x534, at], [UARTE0 + 0x538, 16], [UARTE0 + 0x000, 1]]],
  ['TWIM0', (at) => [[TWIM0 + 0x500, 6], [TWIM0 + 0x544, at], [TWIM0 + 0x548, 16], [TWIM0 + 0x008, 1]]],
  ['SPIM2', (at) => [[SPIM2 + 0x500, 7], [SPIM2 + 0x544, at], [SPIM2 + 0x548, 16], [SPIM2 + 0x010, 1]]],
  ['SAADC', (at) => [[SAADC + 0x500, 1], [SAADC + 0x62c, at], [SAADC + 0x630, 8], [SAADC + 0x000, 1]]],
  ['PDM', (at) => [[PDM + 0x500, 1], [PDM + 0x560, at], [PDM + 0x564, 8], [PDM + 0x000, 1]]],
  ['PWM0', (at) => [[PWM0 + 0x500, 1], [PWM0 + 0x520, at], [PWM0 + 0x524, 8], [PWM0 + 0x008, 1]]],
] // prettier-ignore

describe('EasyDMA', () => {
  it.each(TRANSFERS)('of %s outside data RAM is reported: in flash, and past the end', (name, writes) => {
    const outside = new RegExp(`^${name}: EasyDMA outside data RAM: \\d+ bytes at 0x`)
    expect(problemsOf(writes(FLASH))).toContainEqual(expect.stringMatching(outside))
    expect(problemsOf(writes(PAST_RAM))).toContainEqual(expect.stringMatching(outside))
    expect(problemsOf(writes(RAM)).filter((message) => outside.test(message))).toEqual([])
  })
})

describe('a peripheral without its clock, or not switched on', () => {
  it.each([
    ['UARTE0', 'STARTTX', UARTE0 + 0x008],
    ['UARTE0', 'STARTRX', UARTE0 + 0x000],
    ['TWIM0', 'STARTTX', TWIM0 + 0x008],
    ['TWIM0', 'STARTRX', TWIM0 + 0x000],
    ['SPIM2', 'START', SPIM2 + 0x010],
    ['SAADC', 'START', SAADC + 0x000],
    ['PDM', 'START', PDM + 0x000],
    ['PWM0', 'SEQSTART[0]', PWM0 + 0x008],
  ])('%s: %s is not heard', (name, task, address) => {
    expect(problemsOf([[address, 1]])).toEqual([
      `${name}: TASKS_${task} does nothing: the peripheral is not switched on in ENABLE`,
    ])
  })

  it('RTC started before LFCLK does not count, and is told apart from one whose clock is starting', () => {
    const { chip, write, read, run } = createTestBench()
    write(RTC0, 1)
    run(6_400_000)
    expect(read(RTC0 + 0x504)).toBe(0)
    expect([...chip.problems.keys()]).toEqual([
      'RTC0: started while LFCLK is off: it does not count before LFCLKSTART',
    ])
    expect(problemsOf([[LFCLKSTART, 1], [RTC0, 1]])).toEqual([]) // prettier-ignore
  })

  it('RADIO enabled without HFXO is heard by nobody', () => {
    expect(problemsOf([[RADIO + 0x000, 1]])).toContainEqual(expect.stringMatching(/^RADIO: .*HFXO/))
  })
})

describe('an I2C address', () => {
  const ask = (scl: number, sda: number): Writes => [
    [TWIM0 + 0x508, scl],
    [TWIM0 + 0x50c, sda],
    [TWIM0 + 0x524, 0x0640_0000],
    [TWIM0 + 0x588, 0x29],
    [TWIM0 + 0x500, 6],
    [TWIM0 + 0x544, RAM],
    [TWIM0 + 0x548, 1],
    [TWIM0 + 0x008, 1],
  ]

  it('that nobody acknowledges is named, with its wires; so are pins that no bus is on', () => {
    const { chip, write, run } = createTestBench()
    chip.i2c.bus(15, 14)
    for (const [address, value] of ask(15, 14)) write(address, value)
    run(100_000)
    expect([...chip.problems.keys()]).toEqual([
      'TWIM0: nobody acknowledges I2C address 0x29 on SCL P0.15, SDA P0.14',
    ])
    expect(problemsOf(ask(2, 3))).toEqual([
      'TWIM0: no I2C bus on SCL P0.02, SDA P0.03: nobody acknowledges address 0x29',
    ])
    expect(problemsOf(ask(0xffff_ffff, 14))).toEqual([
      'TWIM0: no I2C bus on SCL nothing, SDA P0.14: nobody acknowledges address 0x29',
    ])
  })
})

it('a register that is not modelled is counted, whatever it is asked', () => {
  const { chip, write, read } = createTestBench()
  write(TWIM0 + 0x540, 1) // RXD.LIST
  read(0x4002_6000) // FPU.UNUSED
  write(0x4000_0ffc, 0) // CLOCK has nothing there
  expect([...chip.unmodelled.values()].map(({ name, reads, writes }) => [name, reads, writes])).toEqual([
    ['TWIM0.RXD.LIST', 0, 1],
    [expect.stringMatching(/^FPU/), 1, 0],
    [expect.stringMatching(/\+0xffc$/), 0, 1],
  ])
})

describe('what has no end goes on without keeping time from passing', () => {
  const ECB = 0x4000_e000

  it('a transfer of nothing whose END starts the next', () => {
    const { write, read, run } = createTestBench()
    for (const [offset, value] of [[0x500, 7], [0x200, 1 << 17], [0x010, 1]] as const) write(SPIM2 + offset, value) // prettier-ignore
    run(1000)
    expect(read(SPIM2 + 0x118)).toBe(1)
  })

  it.each([
    ['STARTRX', 1 << 5],
    ['STARTRX and STOPRX', (1 << 5) | (1 << 6)],
  ])('a reception of nothing whose ENDRX is wired to %s', (_, shorts) => {
    const { write, read, run } = createTestBench()
    for (const [offset, value] of [[0x500, 8], [0x534, RAM], [0x200, shorts], [0x000, 1], [0x02c, 1]] as const) write(UARTE0 + offset, value) // prettier-ignore
    run(1000)
    expect(read(UARTE0 + 0x110)).toBe(1)
  })

  it('a calibration timer of nothing', () => {
    const { write, read, run } = createTestBench()
    const CLOCK = 0x4000_0000
    const PPI = 0x4001_f000
    for (const [address, value] of [[PPI + 0x510, CLOCK + 0x110], [PPI + 0x514, CLOCK + 0x014], [PPI + 0x504, 1], [CLOCK + 0x014, 1]] as const) write(address, value) // prettier-ignore
    run(20_000_000)
    expect(read(CLOCK + 0x110)).toBe(1)
  })

  it('three channels of PPI that lead from an event to the task that fires it', () => {
    const { chip, write, read } = createTestBench()
    const [EGU0, PPI] = [0x4001_4000, 0x4001_f000]
    for (const channel of [0, 1, 2]) {
      write(PPI + 0x510 + 8 * channel, EGU0 + 0x100)
      write(PPI + 0x514 + 8 * channel, EGU0)
    }
    write(PPI + 0x504, 7)
    write(EGU0, 1)
    expect(read(EGU0 + 0x100)).toBe(1)
    expect([...chip.problems.keys()]).toEqual(['PPI: events and tasks form a loop with no end; broken off'])
  })

  it('a PWM that stops when it starts, and starts when it stops: a period each time', () => {
    const { write, run, scheduler, ram } = createTestBench()
    const PPI = 0x4001_f000
    ram.set([100, 0])
    for (const [address, value] of [
      [PWM0 + 0x500, 1], [PWM0 + 0x508, 100], [PWM0 + 0x50c, 0], [PWM0 + 0x520, RAM], [PWM0 + 0x524, 1],
      [PPI + 0x510, PWM0 + 0x108], [PPI + 0x514, PWM0 + 0x004], [PPI + 0x518, PWM0 + 0x104], [PPI + 0x51c, PWM0 + 0x008],
      [PPI + 0x504, 3], [PWM0 + 0x008, 1],
    ] as const) write(address, value) // prettier-ignore
    expect(scheduler.nextDue).toBe(400)
    run(4000)
    expect(scheduler.nextDue).toBe(4400)
  })

  it('EasyDMA whose pointer is changed under way keeps the one it began with, or is reported', () => {
    const { chip, write, read, run, ram } = createTestBench()
    write(ECB + 0x504, RAM)
    write(ECB, 1)
    write(ECB + 0x504, FLASH)
    run(10_000)
    expect(read(ECB + 0x100)).toBe(1)
    // FIPS 197: AES-128 of zeros under a key of zeros.
    expect(Buffer.from(ram.subarray(32, 36)).toString('hex')).toBe('66e94bd4')
    for (const [offset, value] of [[0x500, 1], [0x510, 1], [0x62c, FLASH], [0x000, 1], [0x004, 1]] as const) write(SAADC + offset, value) // prettier-ignore
    run(20_000)
    expect([...chip.problems.keys()]).toContainEqual(
      expect.stringMatching(/outside data RAM: 2 bytes at 0x00001000$/),
    )
  })
})

it('random writes to registers end in events, reports and bus errors, never in anything else', () => {
  const { chip, scheduler, run } = createTestBench()
  const registers = chip.registers.filter(
    ({ address, name }) => address >= 0x4000_0000 && name !== 'SYSTEMOFF',
  )
  let seed = 35
  const random = (limit: number): number => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) % limit
  const values = [0, 1, 3, 5, 6, 7, 8, 16, 256, RAM, RAM + 256, PAST_RAM, FLASH, 0xffff_ffff]
  for (let round = 0; round < 40; round++) {
    chip.reset('powerOn')
    const pages = new Set([
      0x40000,
      ...Array.from({ length: 3 }, () => registers[random(registers.length)]!.address >>> 12),
    ])
    const pool = registers.filter(({ address }) => pages.has(address >>> 12))
    for (let i = 0; i < 300; i++) {
      const { address } = pool[random(pool.length)]!
      const value = random(3) === 0 ? 2 ** random(32) : values[random(values.length)]!
      try {
        const kind = random(8)
        if (kind === 0) run(scheduler.now + 3000)
        else if (kind === 1) chip.bus.read(address, 4)
        else chip.bus.write(address, 4, value)
      } catch (error) {
        expect(error).toBeInstanceOf(BusError)
      }
    }
  }
})
