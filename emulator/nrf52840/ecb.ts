import { CYCLES_PER_MICROSECOND } from '../time/ratio-clock.ts'
import type { ScheduledEvent } from '../time/scheduler.ts'
import { encryptBlock } from './aes.ts'
import type { ChipContext } from './context.ts'
import { Peripheral } from './peripheral.ts'

/** tECB of PS 6.7.4: one block at most. */
const BLOCK_TIME = Math.round(7.2 * CYCLES_PER_MICROSECOND)
/** Key, clear text, cipher text: 16 bytes each from ECBDATAPTR (PS 6.7.2). */
const BLOCK = 16

/** ECB, PS 6.7. Approximated: 1. The shared AES engine is never busy with CCM or AAR, so ERRORECB means STOPECB. */
export class Ecb extends Peripheral {
  #encryption: ScheduledEvent | undefined

  constructor(chip: ChipContext) {
    super(chip, 'ECB', 0x4000_e000)
    const end = this.event('ENDECB', 0x100)
    const error = this.event('ERRORECB', 0x104)
    this.task('STARTECB', 0x000, () => {
      if (this.#encryption || !chip.dataRam.holds(this.name, pointer.value, 3 * BLOCK)) return
      const data = pointer.value
      const bytes = (offset: number): Uint8Array =>
        Uint8Array.from({ length: BLOCK }, (_, i) => chip.dataRam.read(data + offset + i))
      const cipher = encryptBlock(bytes(0), bytes(BLOCK))
      chip.power.enter(this.name, 'running', chip.time.now)
      this.#encryption = chip.time.after(BLOCK_TIME, this.name, () => {
        this.#encryption = undefined
        chip.dataRam.write(data + 2 * BLOCK, cipher)
        chip.power.enter(this.name, 'off', chip.time.now)
        end.fire()
      })
    })
    this.task('STOPECB', 0x004, () => {
      if (!this.#encryption) return
      chip.time.cancel(this.#encryption)
      this.#encryption = undefined
      chip.power.enter(this.name, 'off', chip.time.now)
      error.fire()
    })
    this.interrupts(this.maskOf(end, error))
    const pointer = this.register('ECBDATAPTR', 0x504)
  }

  override reset(): void {
    super.reset()
    this.chip.time.cancel(this.#encryption)
    this.#encryption = undefined
  }
}
