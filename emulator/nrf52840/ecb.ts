import type { SavedAlarm } from '../time/alarm.ts'
import { CYCLES_PER_MICROSECOND } from '../time/ratio-clock.ts'
import { encryptBlock } from './aes.ts'
import type { ChipContext } from './context.ts'
import { Peripheral } from './peripheral.ts'
import type { EventRegister, PeripheralState } from './peripheral.ts'

/** tECB of PS 6.7.4: one block at most. */
const BLOCK_TIME = Math.round(7.2 * CYCLES_PER_MICROSECOND)
/** Key, clear text, cipher text: 16 bytes each from ECBDATAPTR (PS 6.7.2). */
const BLOCK = 16

interface EcbState extends PeripheralState {
  readonly encryption: SavedAlarm | null
  readonly data: number
  readonly cipher: Uint8Array
}

/**
 * ECB, PS 6.7. CCM and AAR take the AES module away from it, which is ERRORECB. Approximated: 1. Begun while one of
 * them has it, it works beside.
 */
export class Ecb extends Peripheral {
  readonly #encryption = this.chip.time.alarm(this.name, () => this.#encrypted())
  readonly #end: EventRegister
  readonly #error: EventRegister
  /** Of the block under way: where it is, and what comes out. */
  #data = 0
  #cipher: Uint8Array = new Uint8Array(BLOCK)

  constructor(chip: ChipContext) {
    super(chip, 'ECB', 0x4000_e000)
    this.#end = this.event('ENDECB', 0x100)
    this.#error = this.event('ERRORECB', 0x104)
    this.task('STARTECB', 0x000, () => {
      if (this.#encryption.isSet || !chip.dataRam.holds(this.name, pointer.value, 3 * BLOCK)) return
      const data = pointer.value
      const bytes = (offset: number): Uint8Array =>
        Uint8Array.from({ length: BLOCK }, (_, i) => chip.dataRam.read(data + offset + i))
      this.#data = data
      this.#cipher = encryptBlock(bytes(0), bytes(BLOCK))
      chip.power.enter(this.name, 'running', chip.time.now)
      this.#encryption.after(BLOCK_TIME)
    })
    this.task('STOPECB', 0x004, () => this.preempt())
    this.interrupts(this.maskOf(this.#end, this.#error))
    const pointer = this.register('ECBDATAPTR', 0x504)
  }

  /** The AES module is wanted by one that comes first, or the block is given up. */
  preempt(): void {
    if (!this.#encryption.isSet) return
    this.#encryption.cancel()
    this.chip.power.enter(this.name, 'off', this.chip.time.now)
    this.#error.fire()
  }

  override reset(): void {
    super.reset()
    this.#encryption.cancel()
  }

  override save(): EcbState {
    const cipher = this.#cipher.slice()
    return { page: super.save().page, encryption: this.#encryption.save(), data: this.#data, cipher }
  }

  override restore(state: EcbState): void {
    super.restore(state)
    this.#encryption.restore(state.encryption)
    this.#data = state.data
    this.#cipher = state.cipher.slice()
  }

  #encrypted(): void {
    const { dataRam, power, time } = this.chip
    dataRam.write(this.#data + 2 * BLOCK, this.#cipher)
    power.enter(this.name, 'off', time.now)
    this.#end.fire()
  }
}
