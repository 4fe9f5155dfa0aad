import type { Address } from '../cpu/bus.ts'
import type { SystemBus } from '../memory/bus.ts'
import type { ChipContext } from './context.ts'
import { Peripheral } from './peripheral.ts'
import type { EventRegister, Register } from './peripheral.ts'

const REGIONS = 4
/** Peripherals 0 to 31 and 32 to 63, a subregion each. */
const PERIPHERAL_REGIONS = [0x4000_0000, 0x4002_0000]
const SUBREGION = 0x1000
/** REGIONEN: of RAM regions, and the first of peripheral regions; write access, then read access of each. */
const RAM_BITS = 0xff
const FIRST_PERIPHERAL_BIT = 24
const MASK = 0x0f00_00ff

/**
 * MWU, PS 6.13. Watches what the processor does with peripherals. Approximated: 1. Regions of RAM are not watched, which
 * is told when one is enabled: the processor's accesses to RAM are not seen here. 2. NMIEN raises no NMI, which is told.
 * 3. An access of EasyDMA is no access.
 */
export class Mwu extends Peripheral {
  readonly #bus: SystemBus
  readonly #events: readonly (readonly [written: EventRegister, read: EventRegister])[]
  readonly #states: readonly (readonly [written: Register, read: Register])[]
  readonly #subregions: readonly Register[]
  readonly #enabled: Register

  constructor(chip: ChipContext, bus: SystemBus) {
    super(chip, 'MWU', 0x4002_0000)
    this.#bus = bus
    const pair = (name: string, offset: number): [EventRegister, EventRegister] => [
      this.event(`${name}.WA`, offset),
      this.event(`${name}.RA`, offset + 4),
    ]
    const ram = Array.from({ length: REGIONS }, (_, i) => pair(`REGION[${i}]`, 0x100 + 8 * i))
    this.#events = PERIPHERAL_REGIONS.map((_, i) => pair(`PREGION[${i}]`, 0x160 + 8 * i))
    this.interrupts(this.maskOf(...ram.flat(), ...this.#events.flat()), { inten: true })
    const told = (value: number): void => {
      if (value !== 0) chip.problems.report('MWU: NMIEN raises no NMI here: INTEN raises an interrupt')
    }
    this.#mask('NMIEN', 0x320, told)
    this.#states = PERIPHERAL_REGIONS.map((_, i) => [
      this.#status(`PERREGION[${i}].SUBSTATWA`, 0x400 + 8 * i),
      this.#status(`PERREGION[${i}].SUBSTATRA`, 0x404 + 8 * i),
    ])
    this.#enabled = this.#mask('REGIONEN', 0x510, (value) => {
      if ((value & RAM_BITS) !== 0) chip.problems.report('MWU: regions of RAM are not watched here')
      this.#watch()
    })
    for (let i = 0; i < REGIONS; i++) {
      this.register(`REGION[${i}].START`, 0x600 + 16 * i)
      this.register(`REGION[${i}].END`, 0x604 + 16 * i)
    }
    this.#subregions = PERIPHERAL_REGIONS.map((_, i) => {
      this.register(`PREGION[${i}].START`, 0x6c0 + 16 * i, { readOnly: true })
      this.register(`PREGION[${i}].END`, 0x6c4 + 16 * i, { readOnly: true })
      return this.register(`PREGION[${i}].SUBS`, 0x6c8 + 16 * i)
    })
  }

  override reset(): void {
    super.reset()
    this.#watch()
  }

  override restore(state: ReturnType<Peripheral['save']>): void {
    super.restore(state)
    this.#watch()
  }

  /** A register with its SET and its CLR. */
  #mask(name: string, offset: number, changed: (value: number) => void): Register {
    const register = this.register(name, offset, { mask: MASK, write: changed })
    const read = (): number => register.value
    const change = (value: number): void => {
      register.value = (value & MASK) >>> 0
      changed(register.value)
    }
    this.register(`${name}SET`, offset + 4, { read, write: (bits) => change(register.value | bits) })
    this.register(`${name}CLR`, offset + 8, { read, write: (bits) => change(register.value & ~bits) })
    return register
  }

  /** Bits of subregions that were accessed, each cleared by writing a one. */
  #status(name: string, offset: number): Register {
    const register: Register = this.register(name, offset, {
      write: (bits, before) => (register.value = (before & ~bits) >>> 0),
    })
    return register
  }

  #watch(): void {
    const watches = this.#enabled.value >>> FIRST_PERIPHERAL_BIT !== 0
    this.#bus.watch = watches ? (address, kind): void => this.#accessed(address, kind) : undefined
  }

  #accessed(address: Address, kind: 'read' | 'write'): void {
    const region = PERIPHERAL_REGIONS.findIndex((base) => address >= base && address < base + 32 * SUBREGION)
    const which = kind === 'write' ? 0 : 1
    const bit = 1 << ((address >>> 12) & 31)
    const isOn = (this.#enabled.value >>> (FIRST_PERIPHERAL_BIT + 2 * region + which)) & 1
    if (region < 0 || isOn === 0 || ((this.#subregions[region]?.value ?? 0) & bit) === 0) return
    const state = this.#states[region]?.[which]
    if (state) state.value = (state.value | bit) >>> 0
    this.#events[region]?.[which].fire()
  }
}
