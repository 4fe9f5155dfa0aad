import type { Address, Cycles, InterruptLines } from '../cpu/bus.ts'
import { SystemBus } from '../memory/bus.ts'
import { hex, UnmodelledLog } from '../memory/unmodelled.ts'
import type { UnmodelledAccess } from '../memory/unmodelled.ts'
import { NO_POWER_LEDGER } from '../power/reporting.ts'
import type { PowerLedger } from '../power/reporting.ts'
import { restoreSections, saveSections } from '../snapshot/sections.ts'
import type { SectionSource, SectionSources, Sections } from '../snapshot/sections.ts'
import type { Saved } from '../snapshot/saved.ts'
import type { Scheduler } from '../time/scheduler.ts'
import { Timeline } from '../time/timeline.ts'
import { AnalogInputs } from './analog.ts'
import { Ccm } from './ccm.ts'
import { ClockPower } from './clock.ts'
import { Comparators } from './comparators.ts'
import { DataRam, ProblemLog } from './context.ts'
import type { ChipContext, Problem } from './context.ts'
import { Cryptocell, CryptocellSwitch } from './cryptocell.ts'
import { Ecb } from './ecb.ts'
import { Egu } from './egu.ts'
import { Ficr, FICR_BASE } from './ficr.ts'
import { Gpio } from './gpio.ts'
import { Gpiote } from './gpiote.ts'
import { I2cWiring } from './i2c-bus.ts'
import { I2s } from './i2s.ts'
import type { ChipListeners } from './listeners.ts'
import { Mwu } from './mwu.ts'
import { Nfct } from './nfct.ts'
import { Nvmc } from './nvmc.ts'
import type { InstructionCache } from './nvmc.ts'
import type { Peripheral, RegisterInfo } from './peripheral.ts'
import type { ResetReason } from './power.ts'
import { Pdm, PdmWiring } from './pdm.ts'
import { Ppi } from './ppi.ts'
import { Pwm } from './pwm.ts'
import { Qdec } from './qdec.ts'
import { Qspi, XIP_BASE } from './qspi.ts'
import { QspiWiring } from './qspi-bus.ts'
import { Radio } from './radio.ts'
import type { RamSection } from './ram-sections.ts'
import { Rng } from './rng.ts'
import { Rtc } from './rtc.ts'
import { Saadc } from './saadc.ts'
import { SpiWiring } from './spi-bus.ts'
import { Spim } from './spim.ts'
import { Temp } from './temp.ts'
import { Timer } from './timer.ts'
import { Twim } from './twim.ts'
import { Uarte } from './uarte.ts'
import { Uicr, UICR_BASE } from './uicr.ts'
import { NO_USB_HOST, type UsbHostPort } from './usb-port.ts'
import { Usbd } from './usbd.ts'
import { UndocumentedPage, UnmodelledPeripheral } from './unmodelled-peripheral.ts'
import { UNMODELLED_PERIPHERALS, UNMODELLED_REGISTERS } from './unmodelled-registers.ts'
import { Wdt } from './wdt.ts'

export interface ChipOptions {
  readonly scheduler: Scheduler
  readonly lines: InterruptLines
  /** 1 MB at 0. */
  readonly flash: Uint8Array
  /** 256 kB at 0x20000000. */
  readonly ram: Uint8Array
  /** Called when something other than the processor has changed memory that may hold code. */
  readonly invalidateCode: (address: Address, length: number) => void
  /** Address of the instruction that accesses the chip. */
  readonly executing?: () => Address
  /** Called when EasyDMA has written RAM; `invalidateCode` when not given. */
  readonly onDmaWrite?: (address: Address, length: number) => void
  /** EasyDMA begins a transfer to or from an address of RAM, which may hold up the processor. */
  readonly onDma?: ((address: Address) => void) | undefined
  /** A byte has left a UART's TX pin. */
  readonly onConsole: (byte: number, uart: string) => void
  /** The chip is in System OFF: only a reset brings the processor back, asked for by `onResetRequest`. */
  readonly onSystemOff?: () => void
  /** Flash is busy until a cycle; a processor that runs from it stands still till then. */
  readonly onFlashBusy?: (until: Cycles) => void
  /** VDD, for the analog inputs. */
  readonly supplyVolts?: number
  /** The chip wants the processor reset; answer by resetting it and calling `chip.reset(reason)`. */
  readonly onResetRequest?: (reason: ResetReason) => void
  readonly power?: PowerLedger
  readonly instructionCache?: InstructionCache
  /** Identities and random bytes. */
  readonly seed?: number
  /** 5 V at the USB connector. */
  readonly vbus?: boolean
  /** Who is at the other end of the USB cable; left out: nobody. */
  readonly usbHost?: UsbHostPort | undefined
  /** Die temperature in degrees Celsius. */
  readonly temperature?: (cycle: Cycles) => number
}

const PAGE = 0x1000
const TIMER_BASES = [0x4000_8000, 0x4000_9000, 0x4000_a000, 0x4001_a000, 0x4001_b000]
const PWM_BASES = [0x4001_c000, 0x4002_1000, 0x4002_2000, 0x4002_d000]
const RTC_BASES = [0x4000_b000, 0x4001_1000, 0x4002_4000]

const createContext = (options: ChipOptions, ppi: () => Ppi): ChipContext => {
  const time = new Timeline(options.scheduler)
  const problems = new ProblemLog(time)
  const listeners: ChipListeners = {}
  return {
    time,
    lines: options.lines,
    dataRam: new DataRam(
      options.ram,
      problems,
      {
        onWrite: options.onDmaWrite ?? options.invalidateCode,
        onTransfer: options.onDma ?? (() => undefined),
        isContended: options.onDma !== undefined,
      },
      listeners,
    ),
    power: options.power ?? NO_POWER_LEDGER,
    unmodelled: new UnmodelledLog(time),
    problems,
    listeners,
    executing: options.executing ?? (() => 0),
    publish: (address) => ppi().publish(address),
    routed: (address) => ppi().listens(address),
  }
}

/** An nRF52840 around its processor. */
export class Chip implements Saved<Sections> {
  readonly bus: SystemBus
  /** Not saved: its logs are sections, the rest belongs to others. */
  readonly context: ChipContext
  readonly gpio: Gpio
  readonly i2c = new I2cWiring()
  readonly spi = new SpiWiring()
  readonly flashes = new QspiWiring()
  readonly microphones = new PdmWiring()
  readonly analog: AnalogInputs
  readonly clock: ClockPower
  readonly ppi: Ppi
  readonly timers: readonly Timer[]
  readonly rtcs: readonly Rtc[]
  readonly uartes: readonly [Uarte, Uarte]
  readonly twims: readonly [Twim, Twim]
  readonly usbd: Usbd
  readonly nvmc: Nvmc
  readonly uicr = new Uicr()
  readonly peripherals: readonly Peripheral[]
  /** Every register that has a name, for checks against the register map. */
  readonly registers: readonly RegisterInfo[]
  readonly #options: ChipOptions
  /** Peripherals by their page. Not saved: each is a section. */
  readonly #pages = new Map<number, Peripheral>()
  readonly #comparators: Comparators
  readonly #wdt: Wdt
  /** These go on in System OFF. */
  readonly #keepsThroughOff: ReadonlySet<Peripheral>
  readonly #sections: SectionSources
  /** The last time. Not saved: what is saved is shared with it. */
  #saved: Sections = {}

  constructor(options: ChipOptions) {
    this.#options = options
    const seed = options.seed ?? 0
    const context = createContext(options, () => this.ppi)
    const { i2c, spi, microphones, uicr } = this
    this.context = context
    this.bus = new SystemBus({ flash: options.flash, ram: options.ram, unmodelled: context.unmodelled })
    this.bus.onRamWrite = options.invalidateCode
    this.ppi = this.#add(
      new Ppi(
        context,
        (address) => this.#triggerTask(address),
        () => this.usbd.routesChanged(),
      ),
    )
    const clock = this.#add(
      new ClockPower(context, {
        vbus: options.vbus ?? false,
        onSystemOff: () => this.#systemOff(),
        onRamLost: (section) => this.#loseRam(section),
      }),
    )
    this.clock = clock
    const gpio = this.#add(new Gpio(context))
    this.gpio = gpio
    const gpiote = this.#add(new Gpiote(context, gpio))
    const onDetect = gpio.onDetect
    gpio.onDetect = (): void => {
      if (this.isOff) this.#wake('systemOff')
      else onDetect()
    }
    this.analog = new AnalogInputs(options.supplyVolts ?? 3)
    this.#comparators = this.#add(new Comparators(context, this.analog))
    this.#comparators.onDetect = (): void => this.#wake('lpcomp')
    this.timers = TIMER_BASES.map((base, i) =>
      this.#add(new Timer(context, `TIMER${i}`, base, i < 3 ? 4 : 6)),
    )
    this.rtcs = RTC_BASES.map((base, i) =>
      this.#add(new Rtc(context, clock.low, `RTC${i}`, base, i === 0 ? 3 : 4)),
    )
    this.uartes = [
      this.#add(new Uarte(context, 0, options.onConsole)),
      this.#add(new Uarte(context, 1, options.onConsole)),
    ]
    this.twims = [this.#add(new Twim(context, i2c, spi, 0)), this.#add(new Twim(context, i2c, spi, 1))]
    this.#add(new Spim(context, gpio, spi, 2, 0x4002_3000))
    this.#add(new Spim(context, gpio, spi, 3, 0x4002_f000))
    PWM_BASES.forEach((base, i) => this.#add(new Pwm(context, gpio, i, base)))
    this.#add(new Saadc(context, this.analog))
    this.#add(new Pdm(context, microphones))
    this.#add(new Radio(context, () => clock.hfxoRunning))
    this.usbd = this.#add(
      new Usbd(context, {
        vbus: options.vbus ?? false,
        host: options.usbHost ?? NO_USB_HOST,
        onRegulator: (on) => clock.usbRegulator(on),
        hfxoRunning: () => clock.hfxoRunning,
      }),
    )
    const { flash, invalidateCode, instructionCache: cache, onFlashBusy: stall } = options
    this.nvmc = this.#add(new Nvmc(context, { flash, uicr, invalidateCode, cache, stall }))
    this.bus.flashWriter = this.nvmc.write
    uicr.writer = this.nvmc.write
    this.#add(new Rng(context, seed))
    this.#add(new Temp(context, options.temperature ?? ((): number => 25)))
    const ecb = this.#add(new Ecb(context))
    this.#add(new Ccm(context)).onBusy = (): void => ecb.preempt()
    this.#add(new CryptocellSwitch(context))
    this.#add(new Cryptocell(context, seed))
    this.#add(new Qdec(context, gpio))
    this.#add(new I2s(context))
    this.#add(new Nfct(context))
    this.#add(new Mwu(context, this.bus))
    const qspi = this.#add(new Qspi(context, this.flashes))
    this.flashes.onAttach = (device): void => this.bus.attach(XIP_BASE, device.bytes, qspi.xip(device))
    const onReset = (): void => options.onResetRequest?.('watchdog')
    this.#wdt = this.#add(new Wdt(context, { onReset, onStart: () => clock.requestLow() }))
    for (let instance = 0; instance < 6; instance++) this.#add(new Egu(context, instance))
    for (const [name, base, table] of UNMODELLED_PERIPHERALS) {
      this.#add(new UnmodelledPeripheral(context, name, base, UNMODELLED_REGISTERS[table]))
    }
    for (const base of UndocumentedPage.bases) this.#add(new UndocumentedPage(context, base))
    const ficr = new Ficr(context, seed)
    this.bus.attach(FICR_BASE, PAGE, ficr)
    this.bus.attach(UICR_BASE, PAGE, uicr)

    this.peripherals = [...this.#pages.values()]
    this.registers = [
      ...this.peripherals.flatMap(({ registers }) => registers),
      ...ficr.registers,
      ...uicr.registers,
    ]
    this.#keepsThroughOff = new Set<Peripheral>([clock, gpio, gpiote, this.#comparators])
    this.#sections = new Map<string, SectionSource>([
      ...this.peripherals.map((peripheral) => [peripheral.name, peripheral] as const),
      ['UICR', uicr],
      ['analog inputs', this.analog],
      ['problems', context.problems],
      ['unmodelled accesses', context.unmodelled],
    ])
    clock.reportPower()
  }

  get unmodelled(): ReadonlyMap<string, UnmodelledAccess> {
    return this.context.unmodelled.accesses
  }

  get problems(): ReadonlyMap<string, Problem> {
    return this.context.problems.problems
  }

  /** In System OFF everything but GPIO's and LPCOMP's detectors stands still. */
  get isOff(): boolean {
    return this.clock.isOff
  }

  /** The processor goes to sleep, or is awake again: SLEEPENTER, SLEEPEXIT, and a watchdog that pauses. */
  processorSleeps(asleep: boolean): void {
    this.#wdt.pause(asleep)
    if (asleep) this.clock.sleepEnter()
    else this.clock.sleepExit()
  }

  reset(reason: ResetReason): void {
    const { clock, context, gpio } = this
    clock.leaveSystemOff()
    context.power.chipOff(context.time.now)
    const keepsWatchdog = reason === 'software' || reason === 'lockup'
    const special = new Set<Peripheral>([clock, gpio, ...(keepsWatchdog ? [this.#wdt] : [])])
    for (const peripheral of this.peripherals) if (!special.has(peripheral)) peripheral.reset()
    gpio.resetFor(reason === 'systemOff' || reason === 'lpcomp')
    clock.resetFor(reason)
    if (keepsWatchdog) this.#wdt.reportPower()
  }

  /** Without memories, the scheduler, interrupt lines and the ledger: who gave them saves them. */
  save(): Sections {
    this.#saved = saveSections(this.#sections, this.#saved)
    return this.#saved
  }

  /**
   * After the scheduler. Nothing is told to the processor, the board or the ledger.
   * @throws Error naming a section that is missing or was saved by another version
   */
  restore(sections: Sections): void {
    restoreSections(this.#sections, sections)
  }

  #add<T extends Peripheral>(peripheral: T): T {
    this.bus.attach(peripheral.base, PAGE, peripheral)
    this.#pages.set(peripheral.base >>> 12, peripheral)
    return peripheral
  }

  #triggerTask(address: Address): void {
    const peripheral = this.#pages.get(address >>> 12)
    if (peripheral) peripheral.trigger(address & 0xfff)
    else this.context.problems.report(`PPI: no task at ${hex(address)}`)
  }

  #loseRam({ offset, kilobytes }: RamSection): void {
    this.#options.ram.fill(0xff, offset, offset + 1024 * kilobytes)
    this.#options.invalidateCode(0x2000_0000 + offset, 1024 * kilobytes)
  }

  #wake(reason: ResetReason): void {
    if (this.isOff) this.#options.onResetRequest?.(reason)
  }

  #systemOff(): void {
    const { clock, gpio } = this
    const { power, time } = this.context
    power.chipOff(time.now)
    for (const peripheral of this.peripherals) if (!this.#keepsThroughOff.has(peripheral)) peripheral.reset()
    clock.stopAll()
    clock.enterSystemOff()
    if (this.#comparators.armed) power.enter('LPCOMP', 'running', time.now)
    this.#options.onSystemOff?.()
    if (gpio.detect) this.#wake('systemOff')
  }
}

export const createChip = (options: ChipOptions): Chip => new Chip(options)
