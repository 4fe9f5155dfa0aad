import type { I2cDevice, I2cDirection } from '../nrf52840/i2c-bus.ts'

/** What every slave of registers saves; each adds its own. */
export interface RegisterSlaveState {
  readonly registers: Uint8Array
  readonly pointer: number
  readonly increments: boolean
  readonly expectsPointer: boolean
}

/** An I2C slave of registers: the first byte written is the register's address, further bytes move through them. */
export abstract class RegisterSlave implements I2cDevice {
  protected readonly registers = new Uint8Array(0x80)
  #pointer = 0
  #increments = false
  #expectsPointer = false

  constructor(readonly addresses: readonly number[]) {}

  /** False while the part does not answer at all. */
  protected abstract readonly answers: boolean
  protected abstract readRegister(register: number): number
  protected abstract writeRegister(register: number, value: number): void
  /** Whether a transfer that began with this sub-address byte moves on from register to register. */
  protected abstract autoIncrements(subAddress: number): boolean

  start(_address: number, direction: I2cDirection): boolean {
    this.#expectsPointer = direction === 'write'
    return this.answers
  }

  writeByte(value: number): boolean {
    if (!this.answers) return false
    if (this.#expectsPointer) {
      this.#expectsPointer = false
      this.#pointer = value & 0x7f
      this.#increments = this.autoIncrements(value)
    } else {
      this.writeRegister(this.#pointer, value)
      this.#advance()
    }
    return true
  }

  readByte(): number {
    if (!this.answers) return 0xff
    const value = this.readRegister(this.#pointer)
    this.#advance()
    return value
  }

  stop(): void {
    this.#expectsPointer = false
  }

  save(): RegisterSlaveState {
    return {
      registers: this.registers.slice(),
      pointer: this.#pointer,
      increments: this.#increments,
      expectsPointer: this.#expectsPointer,
    }
  }

  /** No register's write happens. */
  restore(state: RegisterSlaveState): void {
    this.registers.set(state.registers)
    this.#pointer = state.pointer
    this.#increments = state.increments
    this.#expectsPointer = state.expectsPointer
  }

  #advance(): void {
    if (this.#increments) this.#pointer = (this.#pointer + 1) & 0x7f
  }
}
