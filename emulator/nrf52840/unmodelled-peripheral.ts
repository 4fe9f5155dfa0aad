import type { ChipContext } from './context.ts'
import { Peripheral } from './peripheral.ts'

const ENTRY = /^([^@[]+)(?:\[(\d+)\])?([^@]*)@([0-9a-f]+)(?:\+([0-9a-f]+))?(?:=([0-9a-f]+))?$/

const MASK_REGISTERS = new Map<string, (mask: number, bits: number) => number>([
  ['INTEN', (_, bits): number => bits],
  ['INTENSET', (mask, bits): number => mask | bits],
  ['INTENCLR', (mask, bits): number => mask & ~bits],
])

/**
 * Pages without a name that Nordic's errata have firmware write: 0x4006EC00 and 0x4006ED14, anomalies 171 and 187, whenever
 * it switches USBD on. Registers hold what is written, and every access is counted.
 */
export class UndocumentedPage extends Peripheral {
  static readonly bases = [0x4006_e000]

  constructor(chip: ChipContext, base: number) {
    super(chip, `undocumented 0x${base.toString(16)}`, base)
  }
}

/**
 * A peripheral that is on the chip but not in the model: registers hold what is written, tasks do nothing, events never
 * come, and every access is counted under its name.
 */
export class UnmodelledPeripheral extends Peripheral {
  constructor(chip: ChipContext, name: string, base: number, table: string) {
    super(chip, name, base)
    for (const entry of table.split(' ')) this.#declareEntry(entry)
  }

  #declareEntry(entry: string): void {
    const [, before = '', count, after = '', offset = '', stride = '4', reset = '0'] = ENTRY.exec(entry) ?? []
    if (before === '') throw new SyntaxError(`register entry: ${entry}`)
    const at = parseInt(offset, 16)
    const change = MASK_REGISTERS.get(before)
    if (change) {
      this.#maskRegister(before, at, change)
      return
    }
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
