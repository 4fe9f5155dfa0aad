import { describe, expect, it } from 'vitest'
import { NO_POWER_LEDGER } from '../power/reporting.ts'
import { recordingFromRows } from '../trace/recording.ts'
import { Apds9960 } from './apds9960.ts'
import { Bmi270 } from './bmi270.ts'
import { Bmm150 } from './bmm150.ts'
import { Hs3003 } from './hs3003.ts'
import { Hts221 } from './hts221.ts'
import { Lps22hb } from './lps22hb.ts'
import type { RoomSensorOptions } from './room-sensor.ts'

const MS = 64_000

const RECORDING = recordingFromRows(
  ['time_s', 'temperature_c', 'humidity_pct', 'pressure_hpa', 'light_lux', 'red_lux', 'proximity_pct'],
  [
    ['0', '21.5', '55', '998.25', '1000', '500', '40'],
    ['10', '-5', '90', '1001', '0', '0', '100'],
  ],
)
const MOTION = recordingFromRows(
  ['time_s', 'ax_g', 'ay_g', 'az_g', 'gx_dps', 'gy_dps', 'gz_dps', 'mx_gauss', 'my_gauss', 'mz_gauss'],
  [['0', '0.5', '-1', '3', '100', '-250', '3000', '0.2', '-0.4', '0.35']],
)

interface Part {
  readonly addresses: readonly number[]
  start(address: number, direction: 'read' | 'write'): boolean
  writeByte(value: number): boolean
  readByte(): number
  stop(): void
  supply(on: boolean): void
  pullUps(on: boolean): void
  save(): unknown
  restore(state: never): void
}

/** A part on a bus, its supply on since the beginning, 50 ms ago. */
function on<P extends Part>(make: new (options: RoomSensorOptions) => P, recording = RECORDING) {
  const clock = { now: 0 }
  const states: string[] = []
  const told: unknown[] = []
  const unmodelled: string[] = []
  const options: RoomSensorOptions = {
    name: 'PART',
    clock,
    recording,
    power: { ...NO_POWER_LEDGER, enter: (_: string, state: string) => void states.push(state) },
    onSample: (...sample) => told.push(sample),
    onUnmodelled: (what) => unmodelled.push(what),
  }
  let part = new make(options)
  expect(states).toEqual(['off'])
  states.pop()
  part.supply(true)
  part.pullUps(true)
  clock.now = 50 * MS
  const address = (): number => part.addresses[0] ?? 0
  const write = (...bytes: readonly number[]): boolean => {
    const acknowledged = part.start(address(), 'write')
    for (const byte of bytes) part.writeByte(byte)
    part.stop()
    return acknowledged
  }
  const read = (count: number): number[] => {
    part.start(address(), 'read')
    const bytes = Array.from({ length: count }, () => part.readByte())
    part.stop()
    return bytes
  }
  const readFrom = (register: number, count = 1): number[] => {
    part.start(address(), 'write')
    part.writeByte(register)
    return read(count)
  }
  /** A new one goes on from where this one is. */
  const hop = (): void => {
    const state = part.save()
    const before = [...states]
    part = new make(options)
    part.restore(state as never)
    states.splice(0, states.length, ...before)
  }
  return { clock, states, told, unmodelled, write, read, readFrom, hop, part: () => part }
}

const signed = (bytes: readonly number[], at = 0): number =>
  (((bytes[at + 1] ?? 0) << 24) >> 16) | (bytes[at] ?? 0)

it.each([
  ['HTS221', Hts221, 0x5f, 0x0f, 0xbc],
  ['LPS22HB', Lps22hb, 0x5c, 0x0f, 0xb1],
  ['APDS-9960', Apds9960, 0x39, 0x92, 0xab],
  ['BMI270', Bmi270, 0x68, 0x00, 0x24],
] as const)(
  '%s says who it is, once it has a supply and pull-ups',
  (_, kind, address, register, identity) => {
    const { readFrom, part, clock } = on<Part>(kind)
    expect(part().addresses).toEqual([address])
    expect(readFrom(register)).toEqual([identity])
    part().pullUps(false)
    expect(part().start(address, 'write')).toBe(false)
    part().pullUps(true)
    part().supply(false)
    part().supply(true)
    expect(part().start(address, 'write')).toBe(false)
    clock.now += 10 * MS
    expect(part().start(address, 'write')).toBe(true)
  },
)

describe('HTS221', () => {
  /** As drivers do: a straight line through the two points of its calibration. */
  const values = (readFrom: (register: number, count?: number) => number[]): number[] => {
    const c = readFrom(0xb0, 16)
    const [h0, h1] = [(c[0] ?? 0) / 2, (c[1] ?? 0) / 2]
    const [t0, t1] = [
      ((c[2] ?? 0) | (((c[5] ?? 0) & 3) << 8)) / 8,
      ((c[3] ?? 0) | (((c[5] ?? 0) & 12) << 6)) / 8,
    ]
    const out = readFrom(0xa8, 4)
    const line = (x: number, x0: number, x1: number, y0: number, y1: number): number =>
      y0 + ((x - x0) * (y1 - y0)) / (x1 - x0)
    return [
      line(signed(out), signed(c, 6), signed(c, 10), h0, h1),
      line(signed(out, 2), signed(c, 12), signed(c, 14), t0, t1),
    ]
  }

  it('measures once when asked, at its rates otherwise, and says when data are new', () => {
    const { write, readFrom, clock, hop, states } = on(Hts221)
    write(0x20, 0x80)
    write(0x21, 1)
    expect([readFrom(0x27), readFrom(0x21)]).toEqual([[0], [1]])
    clock.now += 40 * MS
    hop()
    clock.now += 40 * MS
    expect([readFrom(0x27), readFrom(0x21)]).toEqual([[3], [0]])
    expect(values(readFrom)).toEqual([55, 21.5])
    expect(readFrom(0x27)).toEqual([0])
    write(0x20, 0x81)
    clock.now += 999 * MS
    expect(readFrom(0x27)).toEqual([0])
    clock.now += MS
    expect(readFrom(0x27)).toEqual([3])
    clock.now = 11_000 * MS
    expect(values(readFrom)).toEqual([90, -5])
    expect(states).toEqual(['powerDown', 'powerDown', '1 Hz'])
  })

  it('names what no recording says', () => {
    const { write, readFrom, clock, part, told } = on(Hts221, MOTION)
    write(0x20, 0x81)
    clock.now += 1000 * MS
    expect(part().assumptions).toEqual([])
    expect(values(readFrom)).toEqual([40, 25])
    expect(part().assumptions).toEqual([
      'PART measures 40 % relative humidity (humidity): no recording says',
      'PART measures 25 C (temperature): no recording says',
    ])
    expect(told[0]).toEqual(['humidity', 8000, 1 / 200, 50 * MS + 1000 * MS])
  })
})

describe('LPS22HB', () => {
  it('gives pressure in 1/4096 hPa and temperature in hundredths, and clears ONE_SHOT when it is done', () => {
    const { write, readFrom, clock, hop, unmodelled } = on(Lps22hb)
    write(0x11, 0x11)
    expect(readFrom(0x11)).toEqual([0x11])
    clock.now += 10 * MS
    hop()
    clock.now += 4 * MS
    expect([readFrom(0x11), readFrom(0x27)]).toEqual([[0x10], [3]])
    const [xl = 0, l = 0, h = 0, tl = 0, th = 0] = readFrom(0x28, 5)
    expect((xl | (l << 8) | (h << 16)) / 4096).toBe(998.25)
    expect((tl | (th << 8)) / 100).toBe(21.5)
    expect(readFrom(0x27)).toEqual([0])
    write(0x14, 0x40)
    expect(unmodelled).toEqual(['PART.FIFO_CTRL'])
  })

  it('runs at its rates, draws less in its low-current mode, and comes back from a reset', () => {
    const { write, states, readFrom } = on(Lps22hb)
    write(0x10, 0x10)
    write(0x1a, 1)
    write(0x10, 0x50)
    write(0x11, 0x04)
    expect(states).toEqual([
      'powerDown',
      'low noise 1 Hz',
      'low current 1 Hz',
      'low current 75 Hz',
      'powerDown',
    ])
    expect(readFrom(0x10, 2)).toEqual([0, 0x10])
  })
})

it('HS3003 measures when it is written to; what was read before is stale', () => {
  const { write, read, clock, hop, states } = on(Hs3003)
  expect(read(4)[0]).toBe(0x40)
  write()
  clock.now += 30 * MS
  expect((read(4)[0] ?? 0) >> 6).toBe(1)
  hop()
  clock.now += 4 * MS
  const [a = 0, b = 0, c = 0, d = 0] = read(4)
  expect(a >> 6).toBe(0)
  expect((((a & 0x3f) << 8) | b) * (100 / 16383)).toBeCloseTo(55, 2)
  expect(((c << 6) | (d >> 2)) * (165 / 16383) - 40).toBeCloseTo(21.5, 2)
  expect((read(4)[0] ?? 0) >> 6).toBe(1)
  expect(states).toEqual(['asleep', 'measuring'])
})

describe('APDS-9960', () => {
  it('integrates light in steps of 2.78 ms, and saturates', () => {
    const { write, readFrom, clock, hop, states } = on(Apds9960)
    write(0x81, 256 - 10)
    write(0x80, 1 | 2)
    clock.now += 27 * MS
    expect(readFrom(0x93)).toEqual([0])
    hop()
    clock.now += MS
    expect(readFrom(0x93)).toEqual([1])
    const [cl = 0, ch = 0, rl = 0, rh = 0] = readFrom(0x94, 4)
    // 23.6 counts a uW/cm2 at 16 times and 27.8 ms, at 3 lux a uW/cm2: once is a sixteenth.
    expect(cl | (ch << 8)).toBe(Math.round((1000 * 23.6) / 16 / 3))
    expect(rl | (rh << 8)).toBe(Math.round((500 * 23.6) / 16 / 3))
    expect(readFrom(0x93)).toEqual([0])
    write(0x8f, 3)
    clock.now += 28 * MS
    expect(signed(readFrom(0x94, 2)) & 0xffff).toBe(10_250)
    expect(states).toEqual(['asleep', 'asleep', 'light'])
  })

  it('says how near something is, and sees no gesture', () => {
    const { write, readFrom, clock, unmodelled } = on(Apds9960)
    write(0x80, 1 | 4)
    clock.now += 3 * MS
    expect(readFrom(0x93)).toEqual([2])
    expect(readFrom(0x9c)).toEqual([102])
    expect(readFrom(0x93)).toEqual([0])
    write(0xab, 1)
    expect(readFrom(0xaf)).toEqual([0])
    expect(unmodelled).toEqual(['PART.GCONF4: gestures'])
  })
})

describe('BMI270', () => {
  /** As Bosch's driver does: power save off, chunks with their address in words, then 20 ms. */
  const upload = ({ write, clock }: Pick<ReturnType<typeof on>, 'write' | 'clock'>, bytes = 8192): void => {
    write(0x7c, 0)
    clock.now += MS
    write(0x59, 0)
    for (let at = 0; at < bytes; at += 32) {
      write(0x5b, (at / 2) & 0xf, (at / 2) >> 4)
      write(0x5e, ...Array.from({ length: 32 }, (_, i) => i))
    }
    write(0x59, 1)
    clock.now += 20 * MS
  }

  it('is ready with its configuration, and not with a part of it', () => {
    const whole = on(Bmi270, MOTION)
    expect(whole.readFrom(0x21)).toEqual([0])
    upload(whole)
    expect(whole.readFrom(0x21)).toEqual([1])
    const part = on(Bmi270, MOTION)
    upload(part, 4096)
    expect(part.readFrom(0x21)).toEqual([2])
    whole.write(0x7e, 0xb6)
    whole.clock.now += 3 * MS
    expect(whole.readFrom(0x21)).toEqual([0])
    expect([whole.readFrom(0x1b), whole.readFrom(0x1b)]).toEqual([[1], [0]])
  })

  it('gives what it feels in its ranges, and says when data are new', () => {
    const one = on(Bmi270, MOTION)
    const { write, readFrom, clock, hop, states, part } = one
    upload(one)
    write(0x41, 1) // 4 g
    write(0x43, 1) // 1000 dps
    write(0x7d, 6)
    clock.now += 5 * MS
    hop()
    clock.now += 5 * MS
    expect(readFrom(0x03)).toEqual([0xd0])
    expect([readFrom(0x1d), readFrom(0x1d)]).toEqual([[0xc0], [0]])
    const data = readFrom(0x0c, 12)
    expect([0, 2, 4].map((at) => signed(data, at) / 8192)).toEqual([0.5, -1, 3])
    expect([6, 8].map((at) => signed(data, at) * (1000 / 32768))).toEqual([
      expect.closeTo(100, 1) as number,
      expect.closeTo(-250, 1) as number,
    ])
    expect(signed(data, 10)).toBe(32767)
    expect(part().clipping.map(({ channel }) => channel)).toEqual(['gz'])
    expect(readFrom(0x03)).toEqual([0x10])
    clock.now += 10 * MS
    expect(readFrom(0x03)).toEqual([0xd0])
    expect(states.slice(-2)).toEqual(['configuring', 'both'])
  })

  it('gives nothing without its configuration', () => {
    const { write, readFrom, clock } = on(Bmi270, MOTION)
    write(0x7d, 6)
    clock.now += 100 * MS
    expect(readFrom(0x0c, 6)).toEqual([0, 0, 0, 0, 0, 0])
  })
})

describe('BMM150', () => {
  it('sleeps until it is switched on, and its trim makes microtesla of its counts', () => {
    const { write, readFrom, clock, hop, states } = on(Bmm150, MOTION)
    expect(readFrom(0x40)).toEqual([0])
    write(0x4b, 1)
    clock.now += 3 * MS
    expect(readFrom(0x40)).toEqual([0x32])
    write(0x4c, 0)
    clock.now += 60 * MS
    hop()
    clock.now += 40 * MS
    const data = readFrom(0x42, 8)
    expect((data[6] ?? 0) & 1).toBe(1)
    expect((readFrom(0x48)[0] ?? 0) & 1).toBe(0)
    const [x, y, z] = [signed(data) >> 3, signed(data, 2) >> 3, signed(data, 4) >> 1]
    const rhall = ((data[6] ?? 0) | ((data[7] ?? 0) << 8)) >> 2
    // The compensation of the data sheet's driver, in floating point.
    const t = readFrom(0x5d, 21)
    const word = (register: number): number =>
      (t[register - 0x5d] ?? 0) | ((t[register - 0x5d + 1] ?? 0) << 8)
    const [z4, z2, z1, xyz1, z3] = [0x62, 0x68, 0x6a, 0x6c, 0x6e].map(word) as [
      number,
      number,
      number,
      number,
      number,
    ]
    const [x1, y1, x2, y2, xy2, xy1] = [0x5d, 0x5e, 0x64, 0x65, 0x70, 0x71].map(
      (at) => t[at - 0x5d] ?? 0,
    ) as [number, number, number, number, number, number]
    const level = (xyz1 * 16384) / rhall - 16384
    const flat = (raw: number, d1: number, d2: number): number => {
      const sum = (xy2 * (level * level)) / 268_435_456 + (level * xy1) / 16384 + 256
      return ((raw * sum * (d2 + 160)) / 8192 + d1 * 8) / 16
    }
    const upright = ((z - z4) * 131_072 - z3 * (rhall - xyz1)) / ((z2 + (z1 * rhall) / 32768) * 4) / 16
    expect(flat(x, x1, x2)).toBeCloseTo(20, 0)
    expect(flat(y, y1, y2)).toBeCloseTo(-40, 0)
    expect(upright).toBeCloseTo(35, 1)
    expect(states).toEqual(['suspended', 'asleep', 'measuring'])
  })
})
