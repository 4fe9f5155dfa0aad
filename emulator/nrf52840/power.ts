import type { ChipContext } from './context.ts'
import { Peripheral } from './peripheral.ts'
import type { EventRegister, Register } from './peripheral.ts'

export type ResetReason = 'powerOn' | 'pin' | 'watchdog' | 'software' | 'lockup' | 'systemOff'

export interface PowerOptions {
  /** True when 5 V is on VBUS: USBREGSTATUS says so. */
  readonly vbus: boolean
  /** SYSTEMOFF was written. */
  readonly onSystemOff: () => void
}

const RESETREAS_BIT: Readonly<Record<ResetReason, number>> = {
  powerOn: 0,
  pin: 1 << 0,
  watchdog: 1 << 1,
  software: 1 << 2,
  lockup: 1 << 3,
  systemOff: 1 << 16,
}
const RAM_SECTIONS = 9

/**
 * POWER, PS 5.3: the half of the page that CLOCK does not use. Approximated:
 * 1. RAM sections are never really off: contents stay, only the ledger would know.
 * 2. The power-fail comparator never warns; SLEEPENTER and SLEEPEXIT do not fire.
 * 3. VBUS is there from the start or never: USBDETECTED, USBREMOVED and USBPWRRDY fire once at most, at power-on.
 * 4. Constant latency and low power differ only in the ledger.
 */
export abstract class PowerRegisters extends Peripheral {
  protected readonly powerEvents: readonly EventRegister[]
  readonly #resetReason: Register
  readonly #retained: Register[]

  constructor(chip: ChipContext, { vbus, onSystemOff }: PowerOptions) {
    super(chip, 'CLOCK/POWER', 0x4000_0000)
    this.owner = 'POWER'
    const enter = (part: string, state: string): void => chip.power.enter(part, state, chip.time.now)
    this.task('CONSTLAT', 0x078, () => enter('POWER', 'constantLatency'))
    this.task('LOWPWR', 0x07c, () => enter('POWER', 'lowPower'))
    const detected = this.event('USBDETECTED', 0x11c)
    const ready = this.event('USBPWRRDY', 0x124)
    this.powerEvents = [
      this.event('POFWARN', 0x108),
      this.event('SLEEPENTER', 0x114),
      this.event('SLEEPEXIT', 0x118),
      detected,
      this.event('USBREMOVED', 0x120),
      ready,
    ]
    this.#resetReason = this.register('RESETREAS', 0x400, {
      write: (value, previous) => (this.#resetReason.value = (previous & ~value) >>> 0),
    })
    this.register('RAMSTATUS', 0x428, { readOnly: true, read: () => 0xf })
    this.register('USBREGSTATUS', 0x438, { readOnly: true, read: () => (vbus ? 3 : 0) })
    this.register('SYSTEMOFF', 0x500, {
      write: (value) => {
        if ((value & 1) !== 0) onSystemOff()
      },
      read: () => 0,
    })
    this.register('POFCON', 0x510, { mask: 0xf1f })
    this.#retained = [
      this.register('GPREGRET', 0x51c, { mask: 0xff }),
      this.register('GPREGRET2', 0x520, { mask: 0xff }),
    ]
    for (const [name, offset, part] of [
      ['DCDCEN', 0x578, 'REG1'],
      ['DCDCEN0', 0x580, 'REG0'],
    ] as const) {
      this.register(name, offset, { mask: 1, write: (value) => enter(part, value === 1 ? 'DC/DC' : 'LDO') })
    }
    this.register('MAINREGSTATUS', 0x640, { readOnly: true })
    const reset = 0xffff
    const sections = this.registerArray('RAM[].POWER', RAM_SECTIONS, 0x900, () => ({ reset }), 16)
    const change = (i: number, to: (now: number) => number): void => {
      const section = sections[i]
      if (section) section.value = to(section.value) >>> 0
    }
    const read = (i: number) => (): number => sections[i]?.value ?? 0
    this.registerArray(
      'RAM[].POWERSET',
      RAM_SECTIONS,
      0x904,
      (i) => ({ reset, read: read(i), write: (bits) => change(i, (now) => now | bits) }),
      16,
    )
    this.registerArray(
      'RAM[].POWERCLR',
      RAM_SECTIONS,
      0x908,
      (i) => ({ reset, read: read(i), write: (bits) => change(i, (now) => now & ~bits) }),
      16,
    )
    if (vbus) {
      chip.time.after(0, 'USBDETECTED', () => detected.fire())
      chip.time.after(0, 'USBPWRRDY', () => ready.fire())
    }
  }

  /** GPREGRET survives every reset but power-on; RESETREAS gathers reasons until software clears them. */
  resetFor(reason: ResetReason): void {
    const retained = this.#retained.map((register) => register.value)
    const reasons = this.#resetReason.value | RESETREAS_BIT[reason]
    this.reset()
    if (reason === 'powerOn') return
    this.#resetReason.value = reasons
    this.#retained.forEach((register, i) => (register.value = retained[i] ?? 0))
  }
}
