import type { Alarm, SavedAlarm } from '../time/alarm.ts'
import { CYCLES_PER_MICROSECOND } from '../time/ratio-clock.ts'
import type { ChipContext } from './context.ts'
import { Peripheral } from './peripheral.ts'
import type { EventRegister, PeripheralState, Register } from './peripheral.ts'
import { RAM_SECTIONS, RETENTION_SHIFT } from './ram-sections.ts'
import type { RamSection } from './ram-sections.ts'

export type ResetReason =
  'powerOn' | 'pin' | 'watchdog' | 'software' | 'lockup' | 'systemOff' | 'lpcomp' | 'vbus'

export interface PowerState extends PeripheralState {
  readonly isOff: boolean
  readonly belowThreshold: boolean
  readonly constantLatency: boolean
  readonly usbDetected: SavedAlarm | null
  readonly usbReady: SavedAlarm | null
  readonly usbRegulator: UsbRegulator
}

/** As after a reset until USBD is first written to; then as its ENABLE says. */
type UsbRegulator = 'untouched' | 'off' | 'on'

export interface PowerOptions {
  /** True when 5 V is on VBUS: USBREGSTATUS says so. */
  readonly vbus: boolean
  /** SYSTEMOFF was written. */
  readonly onSystemOff: () => void
  /** A RAM section lost its supply, and with it what it held. */
  readonly onRamLost?: (section: RamSection) => void
}

const RESETREAS_BIT: Readonly<Record<ResetReason, number>> = {
  powerOn: 0,
  pin: 1 << 0,
  watchdog: 1 << 1,
  software: 1 << 2,
  lockup: 1 << 3,
  systemOff: 1 << 16,
  lpcomp: 1 << 17,
  vbus: 1 << 20,
}
/**
 * tIDLE2CPU and tOFF2ON, 3.0 and 16.5 us: PS 5.3, device start-up times, from memory. The page could not be looked up;
 * take them as assumed.
 */
export const IDLE_TO_CPU = 3 * CYCLES_PER_MICROSECOND
export const OFF_TO_ON = 16.5 * CYCLES_PER_MICROSECOND
/** Assumed: the worst-case settling time of the USB regulator could not be looked up; drivers expect it behind READY. */
const USB_SETTLING = 1000 * CYCLES_PER_MICROSECOND
const VBUS_DETECTED = 1
const OUTPUT_READY = 2
const BLOCKS = 9
const ALL_ON = 0xffff

/**
 * POWER, PS 5.3: the half of the page that CLOCK does not use. Approximated:
 * 1. The power-fail comparator acts when `supply` says that VDD changed; nothing else makes VDD fall, and a falling VDD
 *    does not reset the chip. 2. SLEEPENTER and SLEEPEXIT fire when the processor's owner calls `sleepEnter` and
 *    `sleepExit`. 3. VBUS is there from the start or never: USBDETECTED fires with each reset, USBREMOVED never. The USB
 *    regulator is on while USBD is enabled; before USBD is first written to, USBREGSTATUS has it as ready.
 * 4. A section that is switched off reads as 0xFF from then on; on silicon it depends.
 */
export abstract class PowerRegisters extends Peripheral {
  override readonly stateVersion: number = 2
  protected readonly powerEvents: readonly EventRegister[]
  readonly #options: PowerOptions
  readonly #resetReason: Register
  readonly #retained: readonly Register[]
  readonly #sections: readonly Register[]
  readonly #failure: Register
  readonly #failureWarning: EventRegister
  readonly #sleepEnter: EventRegister
  readonly #sleepExit: EventRegister
  #isOff = false
  #belowThreshold = false
  #constantLatency = false
  readonly #usbDetected: Alarm
  readonly #usbReady: Alarm
  #usbRegulator: UsbRegulator = 'untouched'

  constructor(chip: ChipContext, options: PowerOptions) {
    super(chip, 'CLOCK/POWER', 0x4000_0000)
    this.#options = options
    const { vbus, onSystemOff } = options
    this.owner = 'POWER'
    const enter = (part: string, state: string): void => chip.power.enter(part, state, chip.time.now)
    this.task('CONSTLAT', 0x078, () => {
      this.#constantLatency = true
      enter('POWER', 'constantLatency')
    })
    this.task('LOWPWR', 0x07c, () => {
      this.#constantLatency = false
      enter('POWER', 'lowPower')
    })
    const detected = this.event('USBDETECTED', 0x11c)
    const ready = this.event('USBPWRRDY', 0x124)
    this.#failureWarning = this.event('POFWARN', 0x108)
    this.#sleepEnter = this.event('SLEEPENTER', 0x114)
    this.#sleepExit = this.event('SLEEPEXIT', 0x118)
    const removed = this.event('USBREMOVED', 0x120)
    this.powerEvents = [this.#failureWarning, this.#sleepEnter, this.#sleepExit, detected, removed, ready]
    this.#resetReason = this.register('RESETREAS', 0x400, {
      write: (value, previous) => (this.#resetReason.value = (previous & ~value) >>> 0),
    })
    this.register('RAMSTATUS', 0x428, { readOnly: true, read: () => 0xf })
    this.register('USBREGSTATUS', 0x438, { readOnly: true, read: () => this.#usbStatus })
    this.register('SYSTEMOFF', 0x500, {
      write: (value) => {
        if ((value & 1) === 0) return
        this.#isOff = true
        onSystemOff()
      },
      read: () => 0,
    })
    this.#failure = this.register('POFCON', 0x510, {
      mask: 0xf1f,
      write: (value) => enter('POFCON', (value & 1) === 1 ? 'on' : 'off'),
    })
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
    this.#sections = this.#declareRam()
    this.#usbDetected = chip.time.alarm('USBDETECTED', () => detected.fire())
    this.#usbReady = chip.time.alarm('USBPWRRDY', () => ready.fire())
    if (vbus) this.#usbDetected.after(0)
  }

  /** USBD is enabled, or not: told with each write to it. */
  usbRegulator(on: boolean): void {
    if (this.#usbRegulator === (on ? 'on' : 'off')) return
    this.#usbRegulator = on ? 'on' : 'off'
    if (on && this.#options.vbus) this.#usbReady.after(USB_SETTLING)
    else this.#usbReady.cancel()
  }

  get #usbStatus(): number {
    if (!this.#options.vbus) return 0
    return this.#usbRegulator === 'off' || this.#usbReady.isSet ? VBUS_DETECTED : VBUS_DETECTED | OUTPUT_READY
  }

  /** What the chip draws for merely being on: told at power-on and after each reset. */
  reportPower(): void {
    const { power, time } = this.chip
    power.enter('REG1', 'LDO', time.now)
    power.enter('POWER', 'lowPower', time.now)
    this.#reportRam(0)
  }

  /** System ON, constant latency: the clocks that waking needs are kept running. */
  get constantLatency(): boolean {
    return this.#constantLatency
  }

  /** The processor has gone to sleep. */
  sleepEnter(): void {
    this.#sleepEnter.fire()
  }

  /** The processor is awake again. */
  sleepExit(): void {
    this.#sleepExit.fire()
  }

  /** VDD is now so many volts. POFCON.THRESHOLD counts tenths of a volt from 1.7 V at 4 (PS 5.3.5). */
  supply(volts: number): void {
    const { value } = this.#failure
    const threshold = 1.7 + (((value >>> 1) & 0xf) - 4) / 10
    const below = (value & 1) === 1 && volts < threshold
    if (below && !this.#belowThreshold) this.#failureWarning.fire()
    this.#belowThreshold = below
  }

  /** In System OFF, since SYSTEMOFF was written. */
  get isOff(): boolean {
    return this.#isOff
  }

  /** A reset begins. */
  leaveSystemOff(): void {
    this.#isOff = false
  }

  /** System OFF: only sections with retention keep their supply. */
  enterSystemOff(): void {
    const { power, time } = this.chip
    for (const section of RAM_SECTIONS) {
      if (!this.#isOn(section, RETENTION_SHIFT)) this.#options.onRamLost?.(section)
    }
    power.enter('POWER', 'systemOff', time.now)
    this.#reportRam(RETENTION_SHIFT)
  }

  /** GPREGRET survives every reset but power-on; RESETREAS gathers reasons until software clears them. */
  resetFor(reason: ResetReason): void {
    const retained = this.#retained.map((register) => register.value)
    const reasons = this.#resetReason.value | RESETREAS_BIT[reason]
    this.reset()
    this.#belowThreshold = false
    this.#constantLatency = false
    this.#usbRegulator = 'untouched'
    this.#usbReady.cancel()
    if (this.#options.vbus) this.#usbDetected.after(0)
    this.reportPower()
    if (reason === 'powerOn') return
    this.#resetReason.value = reasons
    this.#retained.forEach((register, i) => (register.value = retained[i] ?? 0))
  }

  override save(): PowerState {
    return {
      page: super.save().page,
      isOff: this.#isOff,
      belowThreshold: this.#belowThreshold,
      constantLatency: this.#constantLatency,
      usbDetected: this.#usbDetected.save(),
      usbReady: this.#usbReady.save(),
      usbRegulator: this.#usbRegulator,
    }
  }

  override restore(state: PowerState): void {
    super.restore(state)
    this.#isOff = state.isOff
    this.#belowThreshold = state.belowThreshold
    this.#constantLatency = state.constantLatency
    this.#usbDetected.restore(state.usbDetected)
    this.#usbReady.restore(state.usbReady)
    this.#usbRegulator = state.usbRegulator
  }

  #declareRam(): Register[] {
    const reset = ALL_ON
    const change = (block: number, to: (now: number) => number): void => {
      const register = this.#sections[block]
      if (register === undefined) return
      const previous = register.value
      register.value = to(previous) >>> 0
      this.#switchRam(block, previous, register.value)
    }
    const sections = this.registerArray(
      'RAM[].POWER',
      BLOCKS,
      0x900,
      (block) => ({ reset, write: (value, previous) => this.#switchRam(block, previous, value) }),
      16,
    )
    const read = (i: number) => (): number => sections[i]?.value ?? 0
    this.registerArray(
      'RAM[].POWERSET',
      BLOCKS,
      0x904,
      (i) => ({ reset, read: read(i), write: (bits) => change(i, (now) => now | bits) }),
      16,
    )
    this.registerArray(
      'RAM[].POWERCLR',
      BLOCKS,
      0x908,
      (i) => ({ reset, read: read(i), write: (bits) => change(i, (now) => now & ~bits) }),
      16,
    )
    return sections
  }

  #switchRam(block: number, previous: number, value: number): void {
    for (const section of RAM_SECTIONS) {
      const bit = 1 << section.bit
      if (section.block === block && (previous & bit) !== 0 && (value & bit) === 0)
        this.#options.onRamLost?.(section)
    }
    this.#reportRam(0)
  }

  #isOn({ block, bit }: RamSection, shift: number): boolean {
    return ((this.#sections[block]?.value ?? 0) & (1 << (bit + shift))) !== 0
  }

  #reportRam(shift: number): void {
    const { power, time } = this.chip
    const kilobytes = RAM_SECTIONS.reduce(
      (sum, section) => sum + (this.#isOn(section, shift) ? section.kilobytes : 0),
      0,
    )
    power.enter('RAM', kilobytes === 0 ? 'off' : 'powered', time.now, kilobytes)
  }
}
