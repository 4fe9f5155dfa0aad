import { describe, expect, it } from 'vitest'
import { NO_POWER_LEDGER } from '../power/reporting.ts'
import type { I2cDevice } from '../nrf52840/i2c-bus.ts'
import { recordingFromRows } from '../trace/recording.ts'
import { BOOT_TIME_CYCLES, Lsm9ds1 } from './lsm9ds1.ts'

const SECOND = 64_000_000

/** ax counts samples of 100 Hz in 0.01 g, the rest is constant. */
const RECORDING = recordingFromRows(
  ['time_s', 'ax_g', 'ay_g', 'az_g', 'gx_dps', 'gy_dps', 'gz_dps', 'mx_gauss', 'my_gauss', 'mz_gauss'],
  Array.from({ length: 400 }, (_, i) =>
    [i / 100, i / 100, -1, 0.5, 100, -245, 300, 0.5, -1, 4.5].map((value) => String(value)),
  ),
)

const bench = () => {
  const clock = { now: 0 }
  const sensor = new Lsm9ds1({ clock, recording: RECORDING, power: NO_POWER_LEDGER })
  sensor.supply(true)
  sensor.pullUps(true)
  clock.now = BOOT_TIME_CYCLES
  const write = (device: I2cDevice, register: number, ...values: number[]): boolean => {
    const address = device.addresses[0] ?? 0
    const acknowledged =
      device.start(address, 'write') && [register, ...values].every((value) => device.writeByte(value))
    device.stop()
    return acknowledged
  }
  const read = (device: I2cDevice, register: number, length = 1): number[] => {
    const address = device.addresses[0] ?? 0
    device.start(address, 'write')
    device.writeByte(register)
    device.start(address, 'read')
    const bytes = Array.from({ length }, () => device.readByte())
    device.stop()
    return bytes
  }
  const words = (device: I2cDevice, register: number, length = 3): number[] => {
    const view = new DataView(Uint8Array.from(read(device, register, 2 * length)).buffer)
    return Array.from({ length }, (_, i) => view.getInt16(2 * i, true))
  }
  return { clock, sensor, imu: sensor.inertial, mag: sensor.magnetometer, write, read, words }
}

describe('LSM9DS1', () => {
  it('says who it is', () => {
    const { imu, mag, read } = bench()
    expect(read(imu, 0x0f)).toEqual([0x68])
    expect(read(mag, 0x0f)).toEqual([0x3d])
    expect(read(imu, 0x1e, 5)).toEqual([0x38, 0x38, 0, 0, 4])
  })

  it('answers only with supply, pull-ups and 10 ms of boot behind it', () => {
    const { clock, sensor, imu, write } = bench()
    expect(write(imu, 0x10, 0x60)).toBe(true)
    sensor.pullUps(false)
    expect(write(imu, 0x10)).toBe(false)
    sensor.pullUps(true)
    expect(write(imu, 0x10)).toBe(true)
    sensor.supply(false)
    expect(write(imu, 0x10)).toBe(false)
    sensor.supply(true)
    clock.now += BOOT_TIME_CYCLES - 1
    expect(write(imu, 0x10)).toBe(false)
    clock.now += 1
    expect(write(imu, 0x10)).toBe(true)
  })

  it('forgets its settings without supply and on SW_RESET', () => {
    const { clock, sensor, imu, write, read } = bench()
    write(imu, 0x10, 0x78)
    sensor.supply(false)
    sensor.supply(true)
    clock.now += BOOT_TIME_CYCLES
    expect(read(imu, 0x10)).toEqual([0])
    write(imu, 0x10, 0x78)
    write(imu, 0x22, 0x05)
    expect(read(imu, 0x10)).toEqual([0])
    expect(read(imu, 0x22)).toEqual([4])
  })

  it.each([
    [0, 0.061, 2],
    [2, 0.122, 4],
    [3, 0.244, 8],
    [1, 0.732, 16],
  ])('with FS_XL %i gives %f mg an LSB', (setting, milligPerLsb) => {
    const { clock, imu, write, words } = bench()
    write(imu, 0x20, (6 << 5) | (setting << 3))
    clock.now = SECOND / 2
    const [, ay, az] = words(imu, 0x28)
    expect([ay, az]).toEqual([-1000, 500].map((mg) => Math.round(mg / milligPerLsb)))
    const [ax = 0] = words(imu, 0x28)
    expect(Math.abs(ax * milligPerLsb - 495)).toBeLessThan(6)
  })

  it.each([
    [0, 8.75],
    [1, 17.5],
    [3, 70],
  ])('with FS_G %i gives %f mdps an LSB', (setting, millidps) => {
    const { clock, imu, write, words } = bench()
    write(imu, 0x10, (6 << 5) | (setting << 3))
    clock.now = SECOND
    const limit = (value: number) => Math.max(-32768, Math.min(32767, Math.round(value)))
    expect(words(imu, 0x18)).toEqual([100, -245, 300].map((dps) => limit((dps * 1000) / millidps)))
  })

  it('samples on the grid of its data rate and holds', () => {
    const { clock, imu, write, words, read } = bench()
    write(imu, 0x20, 3 << 5)
    const begun = clock.now
    const period = SECOND / 119
    const ready = () => (read(imu, 0x17)[0] ?? 0) & 1
    clock.now = begun + Math.ceil(period) - 1
    expect(ready()).toBe(0)
    clock.now = begun + Math.ceil(period)
    expect(ready()).toBe(1)
    const first = words(imu, 0x28)
    expect(ready()).toBe(0)
    clock.now = begun + Math.ceil(2 * period) - 1
    expect(words(imu, 0x28)).toEqual(first)
    expect(ready()).toBe(0)
    clock.now = begun + Math.ceil(60 * period)
    expect(ready()).toBe(1)
    const at = Math.floor(((begun + 60 * period) / SECOND) * 100) / 100
    expect(words(imu, 0x28, 1)).toEqual([Math.round(at / 0.000061)])
  })

  it('runs both sensors at the rate of the gyroscope, and neither in power-down', () => {
    const { clock, imu, write, read } = bench()
    const status = () => (read(imu, 0x27)[0] ?? 0) & 3
    clock.now += SECOND
    expect(status()).toBe(0)
    write(imu, 0x10, 1 << 5)
    const begun = clock.now
    clock.now = begun + Math.ceil((SECOND * 10) / 149) - 1
    expect(status()).toBe(0)
    clock.now += 1
    expect(status()).toBe(3)
    write(imu, 0x10, 0)
    expect(status()).toBe(0)
  })

  it('increments the sub-address unless told not to, and swaps bytes for BLE', () => {
    const { clock, imu, write, read } = bench()
    write(imu, 0x20, 6 << 5)
    clock.now = SECOND
    const [low, high] = read(imu, 0x2a, 2)
    write(imu, 0x22, 0x04 | 0x02)
    expect(read(imu, 0x2a, 2)).toEqual([high, low])
    write(imu, 0x22, 0)
    expect(read(imu, 0x2a, 2)).toEqual([low, low])
  })

  it('tears a word that changes between its bytes, unless block data update is on', () => {
    for (const blockUpdate of [false, true]) {
      const { clock, imu, write } = bench()
      write(imu, 0x20, 6 << 5)
      write(imu, 0x22, 0x04 | (blockUpdate ? 0x40 : 0))
      clock.now = SECOND
      const before = Math.round(0.99 / 0.000061)
      imu.start(0x6b, 'write')
      imu.writeByte(0x28)
      imu.start(0x6b, 'read')
      const low = imu.readByte()
      clock.now = 1.5 * SECOND
      const high = imu.readByte()
      expect(low).toBe(before & 0xff)
      const after = Math.round(1.49 / 0.000061)
      expect(high).toBe((blockUpdate ? before : after) >> 8)
    }
  })

  it('counts what exceeds the full scale, once a sample and channel', () => {
    const { clock, sensor, imu, write, words } = bench()
    write(imu, 0x20, 6 << 5)
    clock.now = 2.5 * SECOND
    expect(words(imu, 0x28, 1)).toEqual([32767])
    words(imu, 0x28, 1)
    expect(sensor.clipping).toEqual([
      {
        channel: 'ax',
        fullScale: 2,
        firstCycle: BOOT_TIME_CYCLES + Math.ceil((2370 * SECOND) / 952),
        samples: 1,
        worst: 2.49,
      },
    ])
    clock.now = 3.5 * SECOND
    words(imu, 0x28, 1)
    expect(sensor.clipping[0]).toMatchObject({ samples: 2, worst: 3.49 })
  })

  it('collects samples in the FIFO, stops when it is full, and gives them out oldest first', () => {
    const { clock, imu, write, read, words } = bench()
    write(imu, 0x20, 2 << 5)
    write(imu, 0x23, 0x02)
    write(imu, 0x2e, (1 << 5) | 4)
    const begun = clock.now
    clock.now = begun + 3 * (SECOND / 50)
    expect(read(imu, 0x2f)).toEqual([3])
    clock.now = begun + 4 * (SECOND / 50)
    expect(read(imu, 0x2f)).toEqual([0x84])
    clock.now = begun + 2 * SECOND
    expect(read(imu, 0x2f)).toEqual([0x80 | 0x40 | 32])
    const [first = 0] = words(imu, 0x28)
    expect(first).toBe(Math.round(0.03 / 0.000061))
    expect((read(imu, 0x2f)[0] ?? 0) & 0x3f).toBe(31)
  })

  it('keeps the newest 32 in continuous mode', () => {
    const { clock, imu, write, read, words } = bench()
    write(imu, 0x20, 2 << 5)
    write(imu, 0x23, 0x02)
    write(imu, 0x2e, 0xc0)
    const begun = clock.now
    clock.now = begun + 2 * SECOND
    expect(read(imu, 0x2f)).toEqual([0x80 | 0x40 | 32])
    const oldest = Math.floor((begun / SECOND + 69 / 50) * 100 + 1e-9) / 100
    expect(words(imu, 0x28, 1)).toEqual([Math.round(oldest / 0.000061)])
  })

  it('measures temperature at 16 LSB a degree from 25 degrees', () => {
    const clock = { now: 0 }
    const temperature = (): number => 23.5
    const sensor = new Lsm9ds1({ clock, recording: undefined, power: NO_POWER_LEDGER, temperature })
    sensor.supply(true)
    sensor.pullUps(true)
    clock.now = SECOND
    const { inertial } = sensor
    inertial.start(0x6b, 'write')
    inertial.writeByte(0x15)
    inertial.start(0x6b, 'read')
    expect([inertial.readByte(), inertial.readByte()]).toEqual([0xe8, 0xff])
  })

  it('reads the magnetic field with the increment bit of the sub-address', () => {
    const { clock, sensor, mag, write, read, words } = bench()
    write(mag, 0x20, 0x10)
    write(mag, 0x22, 0)
    const begun = clock.now
    clock.now = begun + SECOND / 10 - 1
    expect(read(mag, 0x27)).toEqual([0])
    clock.now += 1
    expect(read(mag, 0x27)).toEqual([0x0f])
    expect(words(mag, 0xa8)).toEqual([0.5, -1, 4.5].map((gauss) => Math.round(gauss / 0.00014)))
    expect(read(mag, 0x27)).toEqual([0])
    expect(read(mag, 0x28, 2)[0]).toBe(read(mag, 0x28, 2)[1])
    expect(sensor.clipping).toEqual([expect.objectContaining({ channel: 'mz', fullScale: 4, worst: 4.5 })])
  })

  it('does not write registers that are read-only', () => {
    const { imu, mag, write, read } = bench()
    write(imu, 0x0f, 0xff)
    write(mag, 0x0f, 0xff)
    expect([read(imu, 0x0f), read(mag, 0x0f)]).toEqual([[0x68], [0x3d]])
  })
})
