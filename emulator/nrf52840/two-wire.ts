import { CYCLES_PER_SECOND } from '../time/ratio-clock.ts'
import type { ScheduledEvent } from '../time/scheduler.ts'
import type { ChipContext } from './context.ts'
import type { I2cDevice, I2cDirection, I2cWiring } from './i2c-bus.ts'
import { hex } from '../memory/unmodelled.ts'
import { pinName } from './gpio.ts'
import { Peripheral } from './peripheral.ts'
import type { EventRegister, Register } from './peripheral.ts'

const DISCONNECTED = 0x8000_0000
export const ENABLE_TWI = 5
export const ENABLE_TWIM = 6
export const ERROR_ADDRESS_NACK = 1 << 1
export const ERROR_DATA_NACK = 1 << 2
/** FREQUENCY to bit/s; legacy TWI and TWIM name different values for 400 kbps. */
const NAMED_RATES = new Map([
  [0x0198_0000, 100_000],
  [0x0400_0000, 250_000],
  [0x0640_0000, 400_000],
  [0x0668_0000, 400_000],
])
const SIBLINGS = new Map([
  [2, 'SPIS'],
  [9, 'TWIS'],
])
/** Eight bits and their acknowledge. */
const BITS_PER_BYTE = 9

/** The wire side of a master: one byte at a time, each taking its real time. */
export class TwoWireMaster {
  #device: I2cDevice | undefined
  #event: ScheduledEvent | undefined

  constructor(
    private readonly chip: ChipContext,
    private readonly name: string,
    private readonly wiring: I2cWiring,
    private readonly pins: { readonly scl: Register; readonly sda: Register; readonly frequency: Register },
  ) {}

  /** Cycles of one bit. */
  get bitCycles(): number {
    const { value } = this.pins.frequency
    const rate = NAMED_RATES.get(value) ?? (value * 400_000) / 0x0640_0000
    return rate === 0 ? Infinity : CYCLES_PER_SECOND / rate
  }

  /** START (or repeated START) and the address byte. */
  address(address: number, direction: I2cDirection, done: (acknowledged: boolean) => void): void {
    const bus = this.#bus()
    this.chip.power.enter(this.name, 'transfer', this.chip.time.now)
    if (bus !== undefined) this.#report('transfer')
    this.chip.listeners.twoWire?.start(this.name, address, direction)
    this.#byte('address', () => {
      this.#device = bus?.start(address, direction)
      if (this.#device === undefined) this.#reportSilence(address, bus !== undefined)
      this.chip.listeners.twoWire?.addressed(this.name, this.#device !== undefined)
      done(this.#device !== undefined)
    })
  }

  #reportSilence(address: number, hasBus: boolean): void {
    const { scl, sda } = this.pins
    const wires = [scl, sda].map(({ value }) => (value >= DISCONNECTED ? 'nothing' : pinName(value & 0x3f)))
    const where = `SCL ${wires[0]}, SDA ${wires[1]}`
    this.chip.problems.report(
      hasBus
        ? `${this.name}: nobody acknowledges I2C address ${hex(address, 2)} on ${where}`
        : `${this.name}: no I2C bus on ${where}: nobody acknowledges address ${hex(address, 2)}`,
    )
  }

  send(value: number, done: (acknowledged: boolean) => void): void {
    this.#byte('write', () => {
      const acknowledged = this.#device?.writeByte(value) ?? false
      this.chip.listeners.twoWire?.byte(this.name, value, acknowledged)
      done(acknowledged)
    })
  }

  receive(done: (value: number) => void): void {
    this.#byte('read', () => {
      const value = this.#device?.readByte() ?? 0xff
      this.chip.listeners.twoWire?.byte(this.name, value, true)
      done(value)
    })
  }

  /** STOP: half a bit of set-up with SCL high (tTWIM,SU_STO: 5000, 2000, 1250 ns). */
  stop(done: () => void): void {
    this.#wait('stop', 0.5, () => {
      this.#device?.stop()
      this.#device = undefined
      this.chip.power.enter(this.name, 'idle', this.chip.time.now)
      this.#report('off')
      this.chip.listeners.twoWire?.stop(this.name)
      done()
    })
  }

  abort(): void {
    this.chip.time.cancel(this.#event)
    this.#device?.stop()
    this.#device = undefined
    this.#report('off')
    this.chip.listeners.twoWire?.stop(this.name)
  }

  /** What flows through the bus's pull-ups while a line is low. */
  #report(state: 'transfer' | 'off'): void {
    this.chip.power.enter(`I2C pull-ups, ${this.name}`, state, this.chip.time.now)
  }

  #bus(): ReturnType<I2cWiring['find']> {
    const { scl, sda } = this.pins
    if (scl.value >= DISCONNECTED || sda.value >= DISCONNECTED) return undefined
    return this.wiring.find(scl.value & 0x3f, sda.value & 0x3f)
  }

  #byte(what: string, done: () => void): void {
    this.#wait(what, BITS_PER_BYTE, done)
  }

  #wait(what: string, bits: number, done: () => void): void {
    const cycles = Math.round(bits * this.bitCycles)
    if (Number.isFinite(cycles)) this.#event = this.chip.time.after(cycles, what, done)
  }
}

/** What TWIM and the legacy TWI have in common: the page, its shared registers and events. */
export abstract class TwoWirePage extends Peripheral {
  protected readonly wire: TwoWireMaster
  protected readonly scl: Register
  protected readonly sda: Register
  protected readonly frequency: Register
  protected readonly enable: Register
  protected readonly slaveAddress: Register
  protected readonly errorSource: Register
  protected readonly stopped: EventRegister
  protected readonly error: EventRegister
  protected readonly suspended: EventRegister

  constructor(chip: ChipContext, wiring: I2cWiring, instance: 0 | 1) {
    super(chip, `SPI/TWI ${instance}`, instance === 0 ? 0x4000_3000 : 0x4000_4000)
    this.owner = `TWIM${instance}`
    this.stopped = this.event('STOPPED', 0x104)
    this.error = this.event('ERROR', 0x124)
    this.suspended = this.event('SUSPENDED', 0x148)
    this.errorSource = this.register('ERRORSRC', 0x4c4, {
      write: (value, previous) => (this.errorSource.value = previous & ~value),
    })
    this.enable = this.register('ENABLE', 0x500, {
      mask: 0xf,
      write: (value) => {
        const sibling = SIBLINGS.get(value)
        if (sibling) chip.unmodelled.record(`${sibling}${instance}.ENABLE`, this.base + 0x500, 'write')
        this.onSwitch(value)
      },
    })
    this.scl = this.register('PSEL.SCL', 0x508, { reset: 0xffff_ffff })
    this.sda = this.register('PSEL.SDA', 0x50c, { reset: 0xffff_ffff })
    this.frequency = this.register('FREQUENCY', 0x524, { reset: 0x0400_0000 })
    const { scl, sda, frequency } = this
    this.slaveAddress = this.register('ADDRESS', 0x588, { mask: 0x7f })
    this.wire = new TwoWireMaster(chip, this.owner, wiring, { scl, sda, frequency })
  }

  /** ENABLE was written: another of the peripherals that share the page takes over, or none. */
  protected abstract onSwitch(mode: number): void
}
