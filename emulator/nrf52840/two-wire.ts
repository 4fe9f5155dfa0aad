import { Agenda } from '../time/agenda.ts'
import type { SavedCall } from '../time/agenda.ts'
import { CYCLES_PER_SECOND } from '../time/ratio-clock.ts'
import type { ChipContext } from './context.ts'
import type { I2cBus, I2cDevice, I2cDirection, I2cWiring } from './i2c-bus.ts'
import { hex } from '../memory/unmodelled.ts'
import { pinName } from './gpio.ts'
import type { PinNumber } from './gpio.ts'
import { Peripheral } from './peripheral.ts'
import type { EventRegister, PeripheralState, Register } from './peripheral.ts'

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

/** Who drives the wire: TWIM, or the legacy TWI. */
type UserName = 'twim' | 'twi'

/** Told when what it began on the wire is over. */
export interface TwoWireUser {
  addressed(acknowledged: boolean, direction: I2cDirection): void
  sent(acknowledged: boolean): void
  received(value: number): void
  stopped(): void
}

interface BusPins {
  readonly scl: PinNumber
  readonly sda: PinNumber
}

/** What is under way on the wire. */
type Step =
  | {
      readonly kind: 'address'
      readonly user: UserName
      readonly address: number
      readonly direction: I2cDirection
      readonly bus: BusPins | undefined
    }
  | { readonly kind: 'write'; readonly user: UserName; readonly value: number }
  | { readonly kind: 'read' | 'stop'; readonly user: UserName }

export interface TwoWireMasterState {
  readonly slave: (BusPins & { readonly address: number }) | undefined
  readonly steps: readonly SavedCall<Step>[]
}

/** The wire side of a master: one byte at a time, each taking its real time. */
export class TwoWireMaster {
  /** The slave that acknowledged: where it is on which bus. */
  #slave: TwoWireMasterState['slave']
  readonly #steps: Agenda<Step>
  /** Not saved: wiring. */
  readonly #users = new Map<UserName, TwoWireUser>()

  constructor(
    private readonly chip: ChipContext,
    private readonly name: string,
    private readonly wiring: I2cWiring,
    private readonly pins: { readonly scl: Register; readonly sda: Register; readonly frequency: Register },
  ) {
    this.#steps = new Agenda<Step>(
      (callback) => chip.time.alarm(name, callback),
      (step) => this.#done(step),
    )
  }

  /** Who is told of what it begins. */
  connect(name: UserName, user: TwoWireUser): void {
    this.#users.set(name, user)
  }

  save(): TwoWireMasterState {
    return { slave: this.#slave, steps: this.#steps.save() }
  }

  restore(state: TwoWireMasterState): void {
    this.#slave = state.slave
    this.#steps.restore(state.steps)
  }

  /** Cycles of one bit. */
  get bitCycles(): number {
    const { value } = this.pins.frequency
    const rate = NAMED_RATES.get(value) ?? (value * 400_000) / 0x0640_0000
    return rate === 0 ? Infinity : CYCLES_PER_SECOND / rate
  }

  /** START (or repeated START) and the address byte. */
  address(user: UserName, address: number, direction: I2cDirection): void {
    const bus = this.#bus()
    this.chip.power.enter(this.name, 'transfer', this.chip.time.now)
    if (bus !== undefined) this.#report('transfer')
    this.chip.listeners.twoWire?.start(this.name, address, direction)
    const pins = bus && { scl: bus.scl, sda: bus.sda }
    this.#begin(BITS_PER_BYTE, { kind: 'address', user, address, direction, bus: pins })
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

  send(user: UserName, value: number): void {
    this.#begin(BITS_PER_BYTE, { kind: 'write', user, value })
  }

  receive(user: UserName): void {
    this.#begin(BITS_PER_BYTE, { kind: 'read', user })
  }

  /** STOP: half a bit of set-up with SCL high (tTWIM,SU_STO: 5000, 2000, 1250 ns). */
  stop(user: UserName): void {
    this.#begin(0.5, { kind: 'stop', user })
  }

  abort(): void {
    this.#steps.cancel()
    this.#device?.stop()
    this.#slave = undefined
    this.#report('off')
    this.chip.listeners.twoWire?.stop(this.name)
  }

  get #device(): I2cDevice | undefined {
    const slave = this.#slave
    return slave && this.wiring.find(slave.scl, slave.sda)?.deviceAt(slave.address)
  }

  #done(step: Step): void {
    const user = this.#users.get(step.user)
    switch (step.kind) {
      case 'address': {
        const { address, direction, bus } = step
        const answers = bus && this.wiring.find(bus.scl, bus.sda)?.start(address, direction)
        this.#slave = answers && { ...bus, address }
        if (this.#slave === undefined) this.#reportSilence(address, bus !== undefined)
        this.chip.listeners.twoWire?.addressed(this.name, this.#slave !== undefined)
        user?.addressed(this.#slave !== undefined, direction)
        break
      }
      case 'write': {
        const acknowledged = this.#device?.writeByte(step.value) ?? false
        this.chip.listeners.twoWire?.byte(this.name, step.value, acknowledged)
        user?.sent(acknowledged)
        break
      }
      case 'read': {
        const value = this.#device?.readByte() ?? 0xff
        this.chip.listeners.twoWire?.byte(this.name, value, true)
        user?.received(value)
        break
      }
      case 'stop':
        this.#device?.stop()
        this.#slave = undefined
        this.chip.power.enter(this.name, 'idle', this.chip.time.now)
        this.#report('off')
        this.chip.listeners.twoWire?.stop(this.name)
        user?.stopped()
    }
  }

  /** What flows through the bus's pull-ups while a line is low. */
  #report(state: 'transfer' | 'off'): void {
    this.chip.power.enter(`I2C pull-ups, ${this.name}`, state, this.chip.time.now)
  }

  #bus(): I2cBus | undefined {
    const { scl, sda } = this.pins
    if (scl.value >= DISCONNECTED || sda.value >= DISCONNECTED) return undefined
    return this.wiring.find(scl.value & 0x3f, sda.value & 0x3f)
  }

  #begin(bits: number, step: Step): void {
    const cycles = Math.round(bits * this.bitCycles)
    if (Number.isFinite(cycles)) this.#steps.at(this.chip.time.now + cycles, step)
  }
}

export interface TwoWirePageState extends PeripheralState {
  readonly wire: TwoWireMasterState
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

  override save(): TwoWirePageState {
    return { page: super.save().page, wire: this.wire.save() }
  }

  override restore(state: TwoWirePageState): void {
    super.restore(state)
    this.wire.restore(state.wire)
  }

  /** ENABLE was written: another of the peripherals that share the page takes over, or none. */
  protected abstract onSwitch(mode: number): void
}
