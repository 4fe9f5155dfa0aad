import type { Chip } from '../nrf52840/chip.ts'
import type { I2cDevice } from '../nrf52840/i2c-bus.ts'
import { pin } from '../nrf52840/gpio.ts'
import { Apds9960 } from '../parts/apds9960.ts'
import { Bmi270 } from '../parts/bmi270.ts'
import { Bmm150 } from '../parts/bmm150.ts'
import { Hs3003 } from '../parts/hs3003.ts'
import { Hts221 } from '../parts/hts221.ts'
import { Led } from '../parts/led.ts'
import { Lps22hb } from '../parts/lps22hb.ts'
import { Lsm6ds3 } from '../parts/lsm6ds3.ts'
import { Lsm9ds1 } from '../parts/lsm9ds1.ts'
import { Microphone } from '../parts/microphone.ts'
import type { Clipping, SampleTold } from '../parts/sensor-channel.ts'
import { MX25R6435F, P25Q16H, SerialFlash } from '../parts/serial-flash.ts'
import { NO_POWER_LEDGER } from '../power/reporting.ts'
import type { PartCurrents } from '../power/coefficients.ts'
import type { Feed } from '../power/supply.ts'
import type { Saved } from '../snapshot/saved.ts'
import { restoreSections, saveSections } from '../snapshot/sections.ts'
import type { SectionSource, SectionSources, Sections } from '../snapshot/sections.ts'
import type { AudioRecording } from '../trace/audio.ts'
import type { Motion } from '../trace/recording.ts'
import type { BootloaderDescription } from './bootloader.ts'
import type { PartDescription, SensorDescription, SerialFlashDescription } from './parts.ts'

export type { PartDescription } from './parts.ts'

export interface BoardDescription {
  readonly name: string
  readonly chip: 'nRF52840'
  /** Volts at VDD. */
  readonly supplyVolts: number
  readonly console: { readonly tx: string; readonly rx: string }
  readonly parts: readonly PartDescription[]
  /** It is usually fed by a computer's USB, at the chip's own USB connector. */
  readonly usb?: 'host'
  /** Ways to feed it; a cell is connected to the first. */
  readonly feeds: readonly Feed[]
  /** What it is delivered with, below the application; undefined where that is nothing. */
  readonly bootloader?: BootloaderDescription
  /** Currents that this board's resistors and parts decide: rows for the power ledger. */
  readonly currents?: Readonly<Record<string, PartCurrents>>
}

/** A wire that the user has added: from a sensor's interrupt pin to a pin of the chip. */
export interface Wire {
  readonly part: string
  readonly from: 'INT1' | 'INT2'
  readonly to: string
}

export interface BoardOptions {
  readonly recording?: Motion | undefined
  readonly audio?: AudioRecording | undefined
  readonly wires?: readonly Wire[] | undefined
}

export interface Button {
  readonly name: string
  press(): void
  release(): void
}

/** What sensors on a two-wire bus have in common. */
export interface BoardSensor extends SectionSource {
  readonly clipping: readonly Clipping[]
  readonly devices: readonly I2cDevice[]
  /** What it measured without a recording of it. */
  readonly assumptions?: readonly string[]
  supply(on: boolean): void
  pullUps(on: boolean): void
}

const KINDS = {
  bmi270: Bmi270,
  bmm150: Bmm150,
  hts221: Hts221,
  lps22hb: Lps22hb,
  hs3003: Hs3003,
  apds9960: Apds9960,
} as const

const attachLed = (chip: Chip, part: PartDescription & { kind: 'led' }): Led => {
  const { time, power } = chip.context
  const led = new Led(part.name, part.activeLow, time, power)
  chip.gpio.watchOutput(pin(part.pin), (driven, share) => led.drive(driven, share))
  return led
}

/** Tells a part about a pin that switches its supply; always on when there is none. */
const follow = (chip: Chip, name: string | undefined, tell: (on: boolean) => void): void => {
  if (name === undefined) tell(true)
  else chip.gpio.watchOutput(pin(name), (driven) => tell(driven === true))
}

const attachSensor = (
  chip: Chip,
  part: SensorDescription,
  recording: Motion | undefined,
  wires: readonly Wire[],
): BoardSensor => {
  const { time, power, unmodelled, listeners } = chip.context
  const lines = [part.int1, part.int2].map((line, i) => {
    const wire = wires.find(({ part: name, from }) => name === part.name && from === `INT${i + 1}`)
    return wire?.to ?? line
  })
  const onInterrupt = (number: 1 | 2, level: boolean): void => {
    const line = lines[number - 1]
    if (line !== undefined) chip.gpio.drive(pin(line), level)
  }
  for (const line of lines) if (line !== undefined) chip.gpio.drive(pin(line), false)
  const onSample: SampleTold = (...sample) => listeners.sample?.(part.name, ...sample)
  const common = { clock: time, schedule: time, recording, power, onInterrupt, onSample }
  const onUnmodelled = (what: string): void => unmodelled.record(what, 0, 'write')
  const named = { ...common, name: part.name, onUnmodelled }
  const sensor: BoardSensor =
    part.kind === 'lsm9ds1'
      ? new Lsm9ds1(common)
      : part.kind === 'lsm6ds3'
        ? new Lsm6ds3(named)
        : new KINDS[part.kind](named)
  const bus = chip.i2c.bus(pin(part.scl), pin(part.sda))
  for (const device of sensor.devices) bus.attach(device)
  follow(chip, part.supplyPin, (on) => sensor.supply(on))
  follow(chip, part.pullUpPin, (on) => sensor.pullUps(on))
  return sensor
}

const attachMicrophone = (
  chip: Chip,
  part: PartDescription & { kind: 'microphone' },
  audio: AudioRecording | undefined,
): Microphone => {
  const { time, power } = chip.context
  const microphone = new Microphone(part.name, time, audio, power)
  chip.microphones.connect(pin(part.clock), pin(part.data), part.side, microphone)
  follow(chip, part.supplyPin, (on) => microphone.supply(on))
  return microphone
}

const attachFlash = (chip: Chip, part: SerialFlashDescription): SerialFlash => {
  const { time, power, problems } = chip.context
  const flash = new SerialFlash({
    name: part.name,
    kind: part.flash === 'P25Q16H' ? P25Q16H : MX25R6435F,
    clock: time,
    power: part.isFedElsewhere ? NO_POWER_LEDGER : power,
    onProblem: (message) => problems.report(message),
  })
  const [sck, csn, io0, io1] = [part.sck, part.csn, part.io0, part.io1].map(pin)
  chip.flashes.attach({ sck: sck ?? 0, csn: csn ?? 0, io0: io0 ?? 0, io1: io1 ?? 0 }, flash)
  return flash
}

const attachButton = (chip: Chip, part: PartDescription & { kind: 'button' }): Button => {
  const drive = (level: boolean | undefined): void => chip.gpio.drive(pin(part.pin), level)
  return { name: part.name, press: () => drive(!part.activeLow), release: () => drive(undefined) }
}

const isOnBoard = ({ parts }: BoardDescription, { part, from, to }: Wire): boolean =>
  parts.some(
    (one) =>
      (one.kind === 'lsm9ds1' || one.kind === 'lsm6ds3') &&
      one.name === part &&
      (from === 'INT1' ? one.int1 : one.int2) === to,
  )

const checkWires = (description: BoardDescription, wires: readonly Wire[]): void => {
  for (const { part, from, to } of wires) {
    pin(to)
    const sensor = description.parts.find((one) => one.name === part)
    if (sensor?.kind !== 'lsm9ds1' && sensor?.kind !== 'lsm6ds3') {
      throw new RangeError(`a wire from ${part} ${from}: ${description.name} has no such sensor`)
    }
  }
}

/** A chip with a board's parts soldered to it; sensors feel the recording, or nothing at all without one. */
export class Board implements Saved<Sections> {
  readonly description: BoardDescription
  readonly chip: Chip
  readonly recording: Motion | undefined
  readonly audio: AudioRecording | undefined
  readonly leds: ReadonlyMap<string, Led>
  /** Not saved: each is a section. */
  readonly sensors: ReadonlyMap<string, BoardSensor>
  /** Without state of their own: the pin has what they drive it to. */
  readonly buttons: ReadonlyMap<string, Button>
  /** What is wired that a stock board does not have. */
  readonly #wired: readonly string[]
  readonly #sections: SectionSources
  /** The last time. Not saved: what is saved is shared with it. */
  #saved: Sections = {}

  /** @throws RangeError for a wire from a part that is not there, or to a pin that is not */
  constructor(
    chip: Chip,
    description: BoardDescription,
    recording?: Motion,
    { audio, wires = [] }: Omit<BoardOptions, 'recording'> = {},
  ) {
    checkWires(description, wires)
    this.description = description
    this.chip = chip
    this.recording = recording
    this.audio = audio
    const leds = new Map<string, Led>()
    const sensors = new Map<string, BoardSensor>()
    const buttons = new Map<string, Button>()
    const microphones = new Map<string, Microphone>()
    const flashes = new Map<string, SerialFlash>()
    for (const part of description.parts) {
      switch (part.kind) {
        case 'led':
          leds.set(part.name, attachLed(chip, part))
          break
        case 'microphone':
          microphones.set(part.name, attachMicrophone(chip, part, audio))
          break
        case 'flash':
          flashes.set(part.name, attachFlash(chip, part))
          break
        case 'button':
          buttons.set(part.name, attachButton(chip, part))
          break
        case 'constant':
          follow(chip, part.supplyPin, (on) =>
            chip.context.power.enter(part.name, on ? part.state : 'off', chip.context.time.now),
          )
          break
        default:
          sensors.set(part.name, attachSensor(chip, part, recording, wires))
      }
    }
    this.leds = leds
    this.sensors = sensors
    this.buttons = buttons
    this.#sections = new Map<string, SectionSource>([...leds, ...sensors, ...microphones, ...flashes])
    this.#wired = wires
      .filter((wire) => !isOnBoard(description, wire))
      .map(
        ({ part, from, to }) =>
          `a wire from ${part} ${from} to ${to} is assumed: ${description.name} does not have it`,
      )
  }

  /** What the report must say about this board: wires that a stock one does not have, and what sensors measured. */
  get assumptions(): readonly string[] {
    return [...this.#wired, ...[...this.sensors.values()].flatMap(({ assumptions = [] }) => assumptions)]
  }

  /** What the sensors could not show at their full scale, by sensor. */
  clipping(): readonly (Clipping & { readonly sensor: string })[] {
    return [...this.sensors].flatMap(([sensor, part]) => part.clipping.map((entry) => ({ ...entry, sensor })))
  }

  /** Its parts, without the chip. */
  save(): Sections {
    this.#saved = saveSections(this.#sections, this.#saved)
    return this.#saved
  }

  /**
   * After the scheduler. Nothing is told to the chip or the ledger.
   * @throws Error naming a part that is missing or was saved by another version
   */
  restore(sections: Sections): void {
    restoreSections(this.#sections, sections)
  }
}

/** @throws RangeError for a wire from a part that is not there, or to a pin that is not */
export const createBoard = (
  chip: Chip,
  description: BoardDescription,
  recording?: Motion,
  options: Omit<BoardOptions, 'recording'> = {},
): Board => new Board(chip, description, recording, options)
