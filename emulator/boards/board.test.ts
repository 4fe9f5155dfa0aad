import { describe, expect, it } from 'vitest'
import { createTestBench } from '../nrf52840/testing.ts'
import { NO_POWER_LEDGER } from '../power/reporting.ts'
import { recordingFromRows } from '../trace/recording.ts'
import { mergeCurrents } from '../power/coefficients.ts'
import { CURRENTS } from '../power/currents.ts'
import { ChargeLedger } from '../power/ledger.ts'
import { summarize } from '../power/summary.ts'
import { AudioRecording } from '../trace/audio.ts'
import { createBoard } from './board.ts'
import { BOARDS } from './index.ts'
import { NANO_33_BLE_SENSE } from './nano33blesense.ts'
import { NANO_33_BLE_SENSE_REV2 } from './nano33blesenserev2.ts'

const P0 = 0x5000_0000
const P1 = 0x5000_0300
const OUTSET = 0x508
const OUTCLR = 0x50c
const DIRSET = 0x518
const TWIM0 = 0x4000_3000
const RAM = 0x2000_0000
const STOPPED = TWIM0 + 0x104
const ERROR = TWIM0 + 0x124

const RECORDING = recordingFromRows(['time_s', 'ax_g', 'ay_g', 'az_g'], [['0', '0.5', '-1', '3']])

const bench = () => {
  const states: string[] = []
  const power = {
    ...NO_POWER_LEDGER,
    enter: (part: string, state: string) => void states.push(`${part}: ${state}`),
  }
  const made = createTestBench({ power })
  const board = createBoard(made.chip, NANO_33_BLE_SENSE, RECORDING)
  const { write, read, run, runUntil, ram, scheduler } = made
  write(TWIM0 + 0x508, 15)
  write(TWIM0 + 0x50c, 14)
  write(TWIM0 + 0x524, 0x0640_0000)
  write(TWIM0 + 0x588, 0x6b)
  write(TWIM0 + 0x500, 6)
  write(TWIM0 + 0x544, RAM)
  write(TWIM0 + 0x534, RAM + 16)
  /** @returns bytes read after a repeated start, or undefined for an error. */
  const transfer = (bytes: number[], readLength = 0): Uint8Array | undefined => {
    ram.set(bytes)
    write(TWIM0 + 0x548, bytes.length)
    write(TWIM0 + 0x538, readLength)
    write(TWIM0 + 0x200, readLength > 0 ? (1 << 7) | (1 << 12) : 1 << 9)
    write(STOPPED, 0)
    write(ERROR, 0)
    write(TWIM0 + 0x008, 1)
    while (read(STOPPED) === 0) {
      run(scheduler.nextDue)
      if (read(ERROR) === 1 && read(TWIM0 + 0x4c4) !== 0) {
        write(TWIM0 + 0x4c4, 7)
        write(TWIM0 + 0x014, 1)
        runUntil(STOPPED)
        return undefined
      }
    }
    return ram.slice(16, 16 + readLength)
  }
  const powerSensors = (): void => {
    write(P0 + DIRSET, 1 << 22)
    write(P0 + OUTSET, 1 << 22)
    write(P1 + DIRSET, 1)
    write(P1 + OUTSET, 1)
  }
  return { ...made, board, states, transfer, powerSensors }
}

describe('Nano 33 BLE Sense', () => {
  it('hears nothing from the IMU until supply and pull-ups are on and it has booted', () => {
    const { transfer, powerSensors, write, run, scheduler } = bench()
    expect(transfer([0x0f], 1)).toBeUndefined()
    powerSensors()
    expect(transfer([0x0f], 1)).toBeUndefined()
    run(scheduler.now + 640_000)
    expect(transfer([0x0f], 1)).toEqual(Uint8Array.of(0x68))
    write(P1 + OUTCLR, 1)
    expect(transfer([0x0f], 1)).toBeUndefined()
  })

  it('reads six bytes of acceleration over the wire, from the recording, clipping reported', () => {
    const { board, transfer, powerSensors, run } = bench()
    powerSensors()
    run(1_000_000)
    transfer([0x20, 0x70])
    run(3_000_000)
    const bytes = transfer([0x28], 6)
    const view = new DataView(bytes?.buffer ?? new ArrayBuffer(6))
    expect([0, 2, 4].map((offset) => view.getInt16(offset, true))).toEqual([
      Math.round(0.5 / 0.000122),
      Math.round(-1 / 0.000122),
      Math.round(3 / 0.000122),
    ])
    expect(board.clipping()).toEqual([])
    transfer([0x20, 0x60])
    run(6_000_000)
    transfer([0x28], 6)
    expect(board.clipping()).toMatchObject([
      { sensor: 'LSM9DS1', channel: 'az', fullScale: 2, samples: 1, worst: 3 },
    ])
  })

  it('lights its LEDs, the coloured ones active low', () => {
    const { board, write, run, states } = bench()
    const lit = () => [...board.leds.values()].filter((led) => led.lit).map(({ name }) => name)
    expect(lit()).toEqual([])
    write(P0 + DIRSET, (1 << 24) | (1 << 13))
    write(P1 + DIRSET, 1 << 9)
    expect(lit()).toEqual(['LED red'])
    run(1000)
    write(P0 + OUTSET, 1 << 24)
    write(P1 + OUTSET, 1 << 9)
    expect(lit()).toEqual(['LED power'])
    expect(board.leds.get('LED red')).toMatchObject({ litCycles: 1000, switchedOn: 1 })
    expect(states.filter((state) => state.startsWith('LED'))).toEqual([
      'LED red: on',
      'LED red: off',
      'LED power: on',
    ])
  })

  it('charges the pull-ups of the bus for the time of a transfer', () => {
    const { states, transfer, powerSensors, run } = bench()
    powerSensors()
    run(1_000_000)
    states.length = 0
    transfer([0x0f], 1)
    expect(states.filter((state) => state.startsWith('I2C'))).toEqual([
      ...['I2C pull-ups, TWIM0: transfer', 'I2C pull-ups, TWIM0: transfer'], // write, and read after the repeated START
      'I2C pull-ups, TWIM0: off',
    ])
  })

  it('takes its pins back on reset', () => {
    const { chip, board, powerSensors, run } = bench()
    powerSensors()
    run(1_000_000)
    chip.reset('software')
    expect([...board.sensors.keys()]).toEqual(['LSM9DS1', 'LPS22HB', 'HTS221', 'APDS-9960'])
    expect(chip.gpio.level(22)).toBe(false)
  })
})

describe('boards by name', () => {
  it.each([
    ['nano33blesense', [0x1e, 0x39, 0x5c, 0x5f, 0x6b]],
    ['nano33blesenserev2', [0x10, 0x39, 0x44, 0x5c, 0x68]],
  ])('%s has its sensors on the inner bus, once they are fed', (name, addresses) => {
    const { chip, write, run } = createTestBench()
    const description = BOARDS[name]
    if (!description) throw new Error(name)
    createBoard(chip, description)
    const bus = chip.i2c.bus(15, 14)
    const answering = (): number[] =>
      Array.from({ length: 0x80 }, (_, address) => address).filter((address) => bus.start(address, 'write'))
    expect(answering()).toEqual([])
    write(P0 + OUTSET, 1 << 22)
    write(P0 + DIRSET, 1 << 22)
    write(P1 + OUTSET, 1)
    write(P1 + DIRSET, 1)
    run(20 * 64_000)
    expect(answering()).toEqual(addresses)
  })

  it('of Rev2 have the HS3003 draw what it draws while it measures', () => {
    const states: string[] = []
    const power = {
      ...NO_POWER_LEDGER,
      enter: (part: string, state: string, cycle: number) =>
        void states.push(`${part} ${state} ${cycle / 64}`),
    }
    const { chip, write, run } = createTestBench({ power })
    createBoard(chip, NANO_33_BLE_SENSE_REV2)
    for (const [port, mask] of [
      [P0, 1 << 22],
      [P1, 1],
    ] as const) {
      write(port + OUTSET, mask)
      write(port + DIRSET, mask)
    }
    run(10_000 * 64)
    chip.i2c.bus(15, 14).start(0x44, 'write')
    run(100_000 * 64)
    expect(states.filter((one) => one.startsWith('HS3003'))).toEqual([
      'HS3003 off 0',
      'HS3003 asleep 0',
      'HS3003 measuring 10000',
      'HS3003 asleep 43900',
    ])
  })

  const POWER_ON = 1_000_000
  const make = (name: string, options: Parameters<typeof createBoard>[3] = {}) => {
    const ledger = new ChargeLedger(mergeCurrents(CURRENTS, BOARDS[name]?.currents ?? {}))
    const made = createTestBench({ power: ledger })
    const board = createBoard(made.chip, BOARDS[name]!, RECORDING, options)
    return { ...made, board, ledger }
  }
  const configure = (
    write: (address: number, value: number) => void,
    port: number,
    pin: number,
    value: number,
  ) => write(port + 0x700 + 4 * pin, value)

  it.each(Object.keys(BOARDS))('%s has rows for every part that it reports', (name) => {
    const { chip, write, run, ledger } = make(name)
    for (const port of [P0, P1]) {
      write(port + OUTSET, 0xffff_ffff)
      write(port + DIRSET, 0xffff_ffff)
    }
    run(POWER_ON)
    chip.reset('pin')
    expect(summarize(ledger, POWER_ON).unknown).toEqual([])
  })

  it('presses a button of the nRF52840-DK', () => {
    const { chip, board, write, run, ledger } = make('nrf52840dk')
    configure(write, P0, 11, 3 << 2)
    expect(chip.gpio.level(11)).toBe(true)
    board.buttons.get('Button 1')?.press()
    expect(chip.gpio.level(11)).toBe(false)
    run(64_000_000)
    board.buttons.get('Button 1')?.release()
    expect(chip.gpio.level(11)).toBe(true)
    // 3 V over the pull-up of 13 kOhm, for as long as the button is held.
    const pulls = summarize(ledger, 128_000_000).parts.find(({ part }) => part === 'GPIO')
    expect(pulls?.chargeMicrocoulombs).toBeCloseTo(3e6 / 13e3, 3)
  })

  it('dims a light by PWM, and the ledger sees the share', () => {
    const { board, write, run, ram, ledger } = make('nrf52840dk')
    new Uint16Array(ram.buffer)[0] = 25
    write(0x4001_c560, 13)
    write(0x4001_c500, 1)
    write(0x4001_c508, 100)
    write(0x4001_c520, RAM)
    write(0x4001_c524, 1)
    write(0x4001_c008, 1)
    run(64_000_000)
    expect(board.leds.get('LED 1')?.brightness).toBe(0.25)
    const led = summarize(ledger, 64_000_000).parts.find(({ part }) => part === 'LED 1')
    expect(led?.averageMicroamps).toBeCloseTo(500, 3)
  })

  it('hears through the microphone once its supply is on', () => {
    const audio = new AudioRecording(new Int16Array(16_000).fill(321), 16_000)
    const { chip, write, run, ram, ledger } = make('nano33blesense', { audio })
    const listen = (): number => {
      write(0x4001_d540, 26)
      write(0x4001_d544, 25)
      write(0x4001_d508, 1)
      write(0x4001_d500, 1)
      write(0x4001_d560, RAM)
      write(0x4001_d564, 4)
      write(0x4001_d000, 1)
      run(chip.context.time.now + 20_000)
      return new Int16Array(ram.buffer)[2] ?? 0
    }
    expect(listen()).toBe(0)
    write(P0 + DIRSET, 1 << 17)
    write(P0 + OUTSET, 1 << 17)
    run(60_000)
    expect(new Int16Array(ram.buffer)[2]).toBe(321)
    expect(ledger.parts.get('Microphone')?.state?.state).toBe('on')
  })

  it("wakes the XIAO from sleep by its IMU's interrupt line", () => {
    const { chip, board, write, read, run } = make('xiaonrf52840sense')
    expect(board.assumptions).toEqual([])
    write(P1 + DIRSET, 1 << 8)
    write(P1 + OUTSET, 1 << 8)
    run(POWER_ON)
    configure(write, P0, 11, 2 << 16)
    const bus = chip.i2c.find(27, 7)
    for (const bytes of [
      [0x0d, 0x01],
      [0x10, 0x30],
    ]) {
      const imu = bus?.start(0x6a, 'write')
      for (const byte of bytes) imu?.writeByte(byte)
    }
    run(POWER_ON + 64_000_000 / 26)
    expect(read(0x4000_617c)).toBe(1)
  })

  it('takes a wire that the board does not have, and says that it is assumed', () => {
    const wires = [{ part: 'LSM9DS1', from: 'INT1', to: 'P0.11' }] as const
    const { chip, board, write, run } = make('nano33blesense', { wires })
    expect(board.assumptions).toEqual([
      'a wire from LSM9DS1 INT1 to P0.11 is assumed: Arduino Nano 33 BLE Sense does not have it',
    ])
    write(P0 + DIRSET, 1 << 22)
    write(P0 + OUTSET, 1 << 22)
    write(P1 + DIRSET, 1)
    write(P1 + OUTSET, 1)
    run(POWER_ON)
    const imu = chip.i2c.find(15, 14)?.start(0x6b, 'write')
    for (const byte of [0x0c, 0x01]) imu?.writeByte(byte)
    chip.i2c.find(15, 14)?.start(0x6b, 'write')
    for (const byte of [0x20, 0x40]) imu?.writeByte(byte)
    run(POWER_ON + 1_280_000)
    expect(chip.gpio.level(11)).toBe(true)
  })

  it('has every part of the Nano 33 BLE Sense in the ledger, those on the switched supply while it is on', () => {
    const { write, run, ledger } = make('nano33blesense')
    const states = () =>
      Object.fromEntries([...ledger.parts.values()].map(({ name, state }) => [name, state?.state ?? 'off']))
    const always = { ATECC608A: 'asleep', Regulator: 'MPM3610, idle' }
    expect(states()).toMatchObject({ ...always, LPS22HB: 'off', HTS221: 'off', 'APDS-9960': 'off' })
    write(P0 + OUTSET, (1 << 22) | (1 << 17))
    write(P0 + DIRSET, (1 << 22) | (1 << 17))
    write(P1 + OUTSET, 1 << 9)
    write(P1 + DIRSET, 1 << 9)
    run(POWER_ON)
    expect(states()).toMatchObject({
      ...always,
      ...{ LPS22HB: 'powerDown', HTS221: 'powerDown', 'APDS-9960': 'asleep', Microphone: 'sleep' },
      ...{ 'LSM9DS1 inertial': 'powerDown', 'LSM9DS1 magnetometer': 'powerDown', 'LED power': 'on' },
    })
    write(P0 + OUTCLR, 1 << 22)
    expect(states()).toMatchObject({ HTS221: 'off', 'LSM9DS1 inertial': 'off', Microphone: 'sleep' })
  })

  it('does not call a wire assumed that the board has', () => {
    const wires = [{ part: 'LSM6DS3TR-C', from: 'INT1', to: 'P0.11' }] as const
    expect(make('xiaonrf52840sense', { wires }).board.assumptions).toEqual([])
    const other = [{ part: 'LSM6DS3TR-C', from: 'INT2', to: 'P0.11' }] as const
    expect(make('xiaonrf52840sense', { wires: other }).board.assumptions).toHaveLength(1)
  })

  it('refuses wires from and to nowhere', () => {
    const { chip } = createTestBench()
    const wire = (part: string, to: string) => () =>
      createBoard(chip, NANO_33_BLE_SENSE, undefined, { wires: [{ part, from: 'INT1', to }] })
    expect(wire('LSM6DS3', 'P0.11')).toThrow(/has no such sensor/)
    expect(wire('LSM9DS1', 'P2.11')).toThrow(/P2.11 is not a pin/)
    expect(wire('LED red', 'P0.11')).toThrow(/has no such sensor/)
  })
})
