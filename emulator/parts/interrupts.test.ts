import { describe, expect, it } from 'vitest'
import { NO_POWER_LEDGER } from '../power/reporting.ts'
import { Scheduler } from '../time/scheduler.ts'
import { Timeline } from '../time/timeline.ts'
import { recordingFromRows } from '../trace/recording.ts'
import { Lsm6ds3 } from './lsm6ds3.ts'
import { Lsm9ds1 } from './lsm9ds1.ts'
import type { RegisterSlave } from './register-slave.ts'

const SECOND = 64_000_000
/** Still with gravity on z, a knock of 1.5 g on x between 1 s and 1.1 s, still again. */
const KNOCK = recordingFromRows(
  ['time_s', 'ax_g', 'ay_g', 'az_g', 'gx_dps', 'gy_dps', 'gz_dps'],
  [
    ['0', '0', '0', '1', '0', '0', '0'],
    ['1', '1.5', '0', '1', '10', '20', '30'],
    ['1.1', '0', '0', '1', '0', '0', '0'],
  ],
)

const bench = (make: 'lsm9ds1' | 'lsm6ds3') => {
  const scheduler = new Scheduler()
  const time = new Timeline(scheduler)
  const edges: (readonly [pin: number, level: boolean, cycle: number])[] = []
  const states: string[] = []
  const unmodelled: string[] = []
  const common = {
    clock: time,
    schedule: time,
    recording: KNOCK,
    power: {
      ...NO_POWER_LEDGER,
      enter: (part: string, state: string) => void states.push(`${part}: ${state}`),
    },
    onInterrupt: (pin: 1 | 2, level: boolean) => void edges.push([pin, level, time.now]),
  }
  const run = (until: number): void => {
    while (scheduler.nextDue <= until) {
      scheduler.now = scheduler.nextDue
      scheduler.runDue()
    }
    scheduler.now = until
  }
  const sensor =
    make === 'lsm9ds1'
      ? new Lsm9ds1(common)
      : new Lsm6ds3({ ...common, onUnmodelled: (what) => void unmodelled.push(what) })
  sensor.supply(true)
  sensor.pullUps(true)
  run(1_000_000)
  const die: RegisterSlave = sensor.devices[0]
  const address = die.addresses[0] ?? 0
  const write = (register: number, value: number): void => {
    die.start(address, 'write')
    die.writeByte(register)
    die.writeByte(value)
    die.stop()
  }
  const read = (register: number, count = 1): number[] => {
    die.start(address, 'write')
    die.writeByte(register)
    die.start(address, 'read')
    const bytes = Array.from({ length: count }, () => die.readByte())
    die.stop()
    return bytes
  }
  return { write, read, run, edges, states, unmodelled, scheduler, sensor }
}

describe('LSM9DS1 interrupts', () => {
  it('raises INT1 at the first sample over the threshold and lowers it after the last', () => {
    const { write, read, run, edges } = bench('lsm9ds1')
    write(0x20, 0x40) // accelerometer at 50 Hz, 2 g
    write(0x07, 128) // 128 x 128 LSB of 61 ug: 1 g on x
    write(0x06, 0x02) // XHIE
    write(0x0c, 0x40) // INT1: generator
    run(3 * SECOND)
    const sample = (n: number): number => 1_000_000 + (n * SECOND) / 50
    expect(edges).toEqual([
      [1, true, sample(50)],
      [1, false, sample(55)],
    ])
    expect(read(0x17)[0]! & 0x40).toBe(0)
  })

  it('keeps a latched request until its source is read', () => {
    const { write, read, run, edges } = bench('lsm9ds1')
    write(0x20, 0x40)
    write(0x07, 128)
    write(0x1e, 0x3a) // LIR_XL1
    write(0x06, 0x02)
    write(0x0c, 0x40)
    run(3 * SECOND)
    expect(edges.map(([, level]) => level)).toEqual([true])
    expect(read(0x17)[0]! & 0x40).toBe(0x40)
    expect(read(0x26)[0]).toBe(0x42)
    expect(edges.map(([, level]) => level)).toEqual([true, false])
    expect(read(0x26)[0]).toBe(0)
  })

  it('waits for the duration, and combines axes by AND', () => {
    const { write, run, edges } = bench('lsm9ds1')
    write(0x20, 0x40)
    write(0x07, 128)
    write(0x09, 64) // 0.5 g on z: always over
    write(0x06, 0x80 | 0x22)
    write(0x0a, 3)
    write(0x0c, 0x40)
    run(3 * SECOND)
    expect(edges[0]).toEqual([1, true, 1_000_000 + (53 * SECOND) / 50])
  })

  it('holds what a high-pass filter leaves of the acceleration against the threshold: not gravity', () => {
    const { write, read, run, edges } = bench('lsm9ds1')
    write(0x20, 0x40)
    write(0x21, 0x01) // HPIS1, cut-off at a fiftieth of 50 Hz
    write(0x07, 128) // 1 g on x and y, half on z: gravity alone would be over that
    write(0x08, 128)
    write(0x09, 64)
    write(0x06, 0x2a)
    write(0x0c, 0x40)
    run(0.9 * SECOND)
    expect(edges).toEqual([])
    run(3 * SECOND)
    // The knock rises by 1.5 g and decays as 1 / (1 + 2 pi / 50) = 0.888 a sample: 1.33, 1.18, 1.05, 0.93, 0.83 g.
    // Its end makes that (0.83 - 1.5) x 0.888 = -0.60 g.
    const sample = (n: number): number => 1_000_000 + (n * SECOND) / 50
    expect(edges).toEqual([
      [1, true, sample(50)],
      [1, false, sample(53)],
    ])
    expect(read(0x26)[0]).toBe(0)
  })

  it('forgets a crossing when nothing is compared any more, but not a latched one', () => {
    const { write, read, run, edges, scheduler } = bench('lsm9ds1')
    write(0x20, 0x40)
    write(0x09, 64) // 0.5 g on z: always over
    write(0x06, 0x20)
    write(0x0c, 0x40)
    run(1_000_000 + SECOND / 10)
    expect(edges.map(([, level]) => level)).toEqual([true])
    write(0x06, 0)
    expect(edges).toEqual([
      [1, true, 1_000_000 + SECOND / 50],
      [1, false, scheduler.now],
    ])
    expect(read(0x26)[0]).toBe(0)
    write(0x1e, 0x3a) // LIR_XL1
    write(0x06, 0x20)
    run(scheduler.now + SECOND / 10)
    write(0x06, 0)
    expect(read(0x17)[0]! & 0x40).toBe(0x40)
    expect(read(0x26)[0]).toBe(0x60)
    expect(read(0x26)[0]).toBe(0)
  })

  it('raises data ready with each sample until it is read, active low when told to', () => {
    const { write, read, run, edges, scheduler } = bench('lsm9ds1')
    write(0x22, 0x24) // H_LACTIVE
    write(0x20, 0x40)
    write(0x0d, 0x01)
    expect(edges).toContainEqual([2, true, 1_000_000])
    edges.length = 0
    run(scheduler.now + SECOND / 50)
    expect(edges).toEqual([[2, false, scheduler.now]])
    read(0x28, 6)
    expect(edges).toEqual([
      [2, false, scheduler.now],
      [2, true, scheduler.now],
    ])
  })

  it('tells low power, sleep and normal mode apart', () => {
    const { write, states } = bench('lsm9ds1')
    states.length = 0
    write(0x10, 0x60)
    write(0x12, 0x80)
    write(0x23, 0x40)
    write(0x23, 0)
    write(0x10, 0xa0)
    write(0x10, 0)
    write(0x20, 0x60)
    write(0x20, 0)
    expect(states).toEqual(
      [
        ...['gyroscope', 'gyroscope low power 119 Hz', 'gyroscope asleep', 'gyroscope low power 119 Hz'],
        ...['gyroscope', 'powerDown', 'accelerometer', 'powerDown'],
      ].map((state) => `LSM9DS1 inertial: ${state}`),
    )
  })
})

describe('LSM6DS3TR-C', () => {
  it('is who it is, 15 ms after its supply, with its own scales', () => {
    const { read, write, run, sensor } = bench('lsm6ds3')
    expect(read(0x0f)[0]).toBe(0x6a)
    expect(read(0x12)[0]).toBe(0x04)
    write(0x10, 0x48) // 104 Hz, 4 g
    write(0x11, 0x4c) // 104 Hz, 2000 dps
    run(1_000_000 + Math.ceil(1.05 * SECOND))
    expect(read(0x1e)[0]).toBe(0b111)
    const bytes = Uint8Array.from(read(0x22, 12))
    const words = [...new Int16Array(bytes.buffer)]
    expect(words).toEqual([10 / 0.07, 20 / 0.07, 30 / 0.07, 1.5 / 0.000122, 0, 1 / 0.000122].map(Math.round))
    expect(read(0x1e)[0]).toBe(0b100)
    sensor.supply(false)
    expect((sensor.devices[0] as RegisterSlave).start(0x6a, 'write')).toBe(false)
  })

  it('wakes up by the slope between samples, on INT1, latched until it is read', () => {
    const { read, write, run, edges } = bench('lsm6ds3')
    write(0x10, 0x30) // 52 Hz, 2 g
    write(0x5b, 8) // 8/64 of 2 g: 0.25 g; the knock's slope is 0.75 g
    write(0x5e, 0x20)
    write(0x58, 0x81)
    run(3 * SECOND)
    const samples = Math.ceil(((SECOND - 1_000_000) * 52) / SECOND)
    expect(edges).toEqual([[1, true, 1_000_000 + Math.ceil((samples * SECOND) / 52)]])
    expect(read(0x1b)[0]! & 0x0c).toBe(0x0c)
    expect(edges.at(-1)?.[1]).toBe(false)
  })

  it('does not wake for less than its threshold', () => {
    const { write, run, edges } = bench('lsm6ds3')
    write(0x10, 0x30)
    write(0x5b, 32) // 1 g
    write(0x5e, 0x20)
    write(0x58, 0x80)
    run(3 * SECOND)
    expect(edges).toEqual([])
  })

  it('tells its power modes apart, and says what is not modelled', () => {
    const { write, states, unmodelled } = bench('lsm6ds3')
    states.length = 0
    const modes = [
      [0x10, 0x40, 'accelerometer high performance'],
      [0x15, 0x10, 'accelerometer normal'],
      [0x10, 0x30, 'accelerometer low power 52 Hz'],
      [0x10, 0xb0, 'accelerometer low power 1.6 Hz'],
      [0x11, 0x20, 'both high performance'],
      [0x16, 0x80, 'both low power'],
      [0x11, 0x50, 'both normal'],
      [0x13, 0x40, 'gyroscope asleep'],
    ] as const
    for (const [register, value, state] of modes) {
      write(register, value)
      expect(states.at(-1)).toBe(`LSM6DS3TR-C: ${state}`)
    }
    write(0x0a, 0x06)
    write(0x5e, 0x60)
    expect(unmodelled).toEqual(['LSM6DS3TR-C.FIFO_CTRL5', 'LSM6DS3TR-C.MD1_CFG'])
  })
})
