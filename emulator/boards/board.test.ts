import { describe, expect, it } from 'vitest'
import { createTestBench } from '../nrf52840/testing.ts'
import { NO_POWER_LEDGER } from '../power/reporting.ts'
import { recordingFromRows } from '../trace/recording.ts'
import { createBoard } from './board.ts'
import { NANO_33_BLE_SENSE } from './nano33blesense.ts'

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

  it('takes its pins back on reset', () => {
    const { chip, board, powerSensors, run } = bench()
    powerSensors()
    run(1_000_000)
    chip.reset('software')
    expect(board.sensors.size).toBe(1)
    expect(chip.gpio.level(22)).toBe(false)
  })
})
