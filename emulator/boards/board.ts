import type { Chip } from '../nrf52840/chip.ts'
import { pin } from '../nrf52840/gpio.ts'
import { Led } from '../parts/led.ts'
import { Lsm9ds1 } from '../parts/lsm9ds1.ts'
import type { Clipping } from '../parts/sensor-channel.ts'
import type { Recording } from '../trace/recording.ts'

/** A part soldered to the board. Pins are written as Nordic does: P0.22. */
export type PartDescription =
  | { readonly kind: 'led'; readonly name: string; readonly pin: string; readonly activeLow: boolean }
  | {
      readonly kind: 'lsm9ds1'
      readonly name: string
      readonly scl: string
      readonly sda: string
      /** Pins that switch the sensor's supply and the bus's pull-ups; wired to the rail when not given. */
      readonly supplyPin?: string
      readonly pullUpPin?: string
    }

export interface BoardDescription {
  readonly name: string
  readonly chip: 'nRF52840'
  /** Volts at VDD. */
  readonly supplyVolts: number
  readonly console: { readonly tx: string; readonly rx: string }
  readonly parts: readonly PartDescription[]
}

export interface Board {
  readonly description: BoardDescription
  readonly chip: Chip
  readonly recording: Recording | undefined
  readonly leds: ReadonlyMap<string, Led>
  readonly sensors: ReadonlyMap<string, Lsm9ds1>
  /** What the sensors could not show at their full scale, by sensor. */
  readonly clipping: () => readonly (Clipping & { readonly sensor: string })[]
}

const attachLed = (chip: Chip, part: PartDescription & { kind: 'led' }): Led => {
  const { time, power } = chip.context
  const led = new Led(part.name, part.activeLow, time, power)
  const number = pin(part.pin)
  chip.gpio.watchOutput(number, (driven) => led.drive(driven))
  return led
}

const attachLsm9ds1 = (
  chip: Chip,
  part: PartDescription & { kind: 'lsm9ds1' },
  recording: Recording | undefined,
): Lsm9ds1 => {
  const { time, power } = chip.context
  const sensor = new Lsm9ds1({ clock: time, recording, power })
  const bus = chip.i2c.bus(pin(part.scl), pin(part.sda))
  for (const device of sensor.devices) bus.attach(device)
  const follow = (name: string | undefined, tell: (on: boolean) => void): void => {
    if (name === undefined) tell(true)
    else chip.gpio.watchOutput(pin(name), (driven) => tell(driven === true))
  }
  follow(part.supplyPin, (on) => sensor.supply(on))
  follow(part.pullUpPin, (on) => sensor.pullUps(on))
  return sensor
}

/** Solders a board's parts to a chip; sensors feel the recording, or nothing at all without one. */
export const createBoard = (chip: Chip, description: BoardDescription, recording?: Recording): Board => {
  const leds = new Map<string, Led>()
  const sensors = new Map<string, Lsm9ds1>()
  for (const part of description.parts) {
    if (part.kind === 'led') leds.set(part.name, attachLed(chip, part))
    else sensors.set(part.name, attachLsm9ds1(chip, part, recording))
  }
  const clipping = (): readonly (Clipping & { readonly sensor: string })[] =>
    [...sensors].flatMap(([sensor, part]) => part.clipping.map((entry) => ({ ...entry, sensor })))
  return { description, chip, recording, leds, sensors, clipping }
}
