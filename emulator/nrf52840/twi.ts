import type { I2cDirection } from './i2c-bus.ts'
import type { EventRegister, Register } from './peripheral.ts'
import { ERROR_ADDRESS_NACK, ERROR_DATA_NACK } from './two-wire.ts'
import type { TwoWireMaster, TwoWireUser } from './two-wire.ts'

type State =
  'idle' | 'address' | 'transmit' | 'transmitReady' | 'receive' | 'receiveReady' | 'suspended' | 'failed'

interface LegacyEvents {
  readonly stopped: EventRegister
  readonly error: EventRegister
  readonly suspended: EventRegister
  readonly rxReady: EventRegister
  readonly txSent: EventRegister
  readonly boundary: EventRegister
}

interface LegacyRegisters {
  readonly slaveAddress: Register
  readonly errorSource: Register
  readonly rxd: Register
  readonly txd: Register
}

export interface LegacyTwiState {
  readonly state: State
  readonly full: boolean
  readonly stopAsked: boolean
  readonly suspendAsked: boolean
  readonly resumeTo: State
}

/**
 * Legacy TWI, PS 6.32 appendix ("TWI, deprecated"): the CPU moves each byte through TXD and RXD. Approximated:
 * 1. The receiver has one byte of buffer: the next byte begins when RXD is read (or on RESUME after BB_SUSPEND).
 * 2. BB fires as the byte ends, in the same cycle as RXDREADY or TXDSENT.
 */
export class LegacyTwi implements TwoWireUser {
  #state: State = 'idle'
  #full = false
  #stopAsked = false
  #suspendAsked = false
  #resumeTo: State = 'idle'

  constructor(
    private readonly wire: TwoWireMaster,
    private readonly events: LegacyEvents,
    private readonly registers: LegacyRegisters,
  ) {
    wire.connect('twi', this)
  }

  save(): LegacyTwiState {
    return {
      state: this.#state,
      full: this.#full,
      stopAsked: this.#stopAsked,
      suspendAsked: this.#suspendAsked,
      resumeTo: this.#resumeTo,
    }
  }

  restore(state: LegacyTwiState): void {
    this.#state = state.state
    this.#full = state.full
    this.#stopAsked = state.stopAsked
    this.#suspendAsked = state.suspendAsked
    this.#resumeTo = state.resumeTo
  }

  reset(): void {
    this.#state = 'idle'
    this.#full = false
    this.#stopAsked = false
    this.#suspendAsked = false
  }

  start(direction: I2cDirection): void {
    this.#state = 'address'
    this.#stopAsked = false
    this.#suspendAsked = false
    this.wire.address('twi', this.registers.slaveAddress.value, direction)
  }

  addressed(acknowledged: boolean, direction: I2cDirection): void {
    if (!acknowledged) this.#fail(ERROR_ADDRESS_NACK)
    else if (direction === 'read') this.#receive()
    else this.#awaitByte()
  }

  sent(acknowledged: boolean): void {
    if (!acknowledged) {
      this.#fail(ERROR_DATA_NACK)
      return
    }
    this.events.txSent.fire()
    this.#boundary('transmitReady')
  }

  received(value: number): void {
    this.registers.rxd.value = value
    this.events.rxReady.fire()
    this.#boundary('receiveReady')
  }

  stopped(): void {
    this.events.stopped.fire()
  }

  stop(): void {
    if (this.#state === 'receive' || this.#state === 'transmit' || this.#state === 'address')
      this.#stopAsked = true
    else this.#stopNow()
  }

  suspend(): void {
    this.#suspendAsked = true
  }

  resume(): void {
    this.#suspendAsked = false
    if (this.#state !== 'suspended') return
    if (this.#resumeTo === 'receiveReady') this.#receive()
    else this.#awaitByte()
  }

  /** A write to TXD. */
  put(): void {
    this.#full = true
    if (this.#state === 'transmitReady') this.#transmit()
  }

  /** A read of RXD: makes room for the next byte. */
  takeReceived(): number {
    const { value } = this.registers.rxd
    if (this.#state === 'receiveReady') this.#receive()
    return value
  }

  #awaitByte(): void {
    if (this.#stopAsked) {
      this.#stopNow()
      return
    }
    this.#state = 'transmitReady'
    if (this.#full) this.#transmit()
  }

  #transmit(): void {
    this.#state = 'transmit'
    this.#full = false
    this.wire.send('twi', this.registers.txd.value)
  }

  #receive(): void {
    this.#state = 'receive'
    this.wire.receive('twi')
  }

  #boundary(next: 'transmitReady' | 'receiveReady'): void {
    this.events.boundary.fire()
    if (this.#stopAsked) this.#stopNow()
    else if (this.#suspendAsked) {
      this.#suspendAsked = false
      this.#resumeTo = next
      this.#state = 'suspended'
      this.events.suspended.fire()
    } else if (next === 'transmitReady') this.#awaitByte()
    else this.#state = next
  }

  #stopNow(): void {
    this.#state = 'idle'
    this.#stopAsked = false
    this.wire.stop('twi')
  }

  #fail(source: number): void {
    this.registers.errorSource.value |= source
    this.#state = 'failed'
    this.#full = false
    this.events.error.fire()
    if (this.#stopAsked) this.#stopNow()
  }
}
