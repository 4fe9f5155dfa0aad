import type { ChipContext } from './context.ts'
import { Peripheral } from './peripheral.ts'

const CHANNELS = 16

/** EGU, PS 6.8, instances 0 to 5; SWI0 to SWI5 are their interrupts. Nothing approximated. */
export class Egu extends Peripheral {
  constructor(chip: ChipContext, instance: number) {
    super(chip, `EGU${instance}`, 0x4001_4000 + 0x1000 * instance)
    const triggered = this.events('TRIGGERED', CHANNELS, 0x100)
    this.tasks('TRIGGER', CHANNELS, 0x000, (i) => triggered[i]?.fire())
    this.interrupts(this.maskOf(...triggered), { inten: true })
  }
}
