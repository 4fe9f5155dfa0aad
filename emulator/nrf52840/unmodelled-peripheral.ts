import type { ChipContext } from './context.ts'
import { Peripheral } from './peripheral.ts'

const ENTRY = /^([^@[]+)(?:\[(\d+)\])?([^@]*)@([0-9a-f]+)(?:\+([0-9a-f]+))?(?:=([0-9a-f]+))?$/

/**
 * A peripheral that is on the chip but not in the model: registers hold what is written, tasks do nothing, events never
 * come, and every access is counted under its name.
 */
export class UnmodelledPeripheral extends Peripheral {
  constructor(chip: ChipContext, name: string, base: number, table: string) {
    super(chip, name, base)
    for (const entry of table.split(' ')) this.#declareEntry(entry)
    this.register('INTEN', 0x300, { modelled: false })
    this.#maskRegister('INTENSET', 0x304, (mask, bits) => mask | bits)
    this.#maskRegister('INTENCLR', 0x308, (mask, bits) => mask & ~bits)
  }

  #declareEntry(entry: string): void {
    const [, before = '', count, after = '', offset = '', stride = '4', reset = '0'] = ENTRY.exec(entry) ?? []
    if (before === '') throw new SyntaxError(`register entry: ${entry}`)
    const at = parseInt(offset, 16)
    const inert = before.startsWith('TASKS_')
    const behaviour = { reset: parseInt(reset, 16), modelled: false, ...(inert ? { read: () => 0 } : {}) }
    if (count === undefined) this.register(before, at, behaviour)
    else this.registerArray(`${before}[]${after}`, Number(count), at, () => behaviour, parseInt(stride, 16))
  }

  #maskRegister(name: string, offset: number, change: (mask: number, bits: number) => number): void {
    this.register(name, offset, {
      modelled: false,
      read: () => this.interruptEnable,
      write: (bits) => (this.interruptEnable = change(this.interruptEnable, bits) >>> 0),
    })
  }
}
