import type { Address, Cycles, InterruptLines } from '../cpu/bus.ts'
import { SystemBus } from '../memory/bus.ts'
import { hex, UnmodelledLog } from '../memory/unmodelled.ts'
import type { UnmodelledAccess } from '../memory/unmodelled.ts'
import { NO_POWER_LEDGER } from '../power/reporting.ts'
import type { PowerLedger } from '../power/reporting.ts'
import type { Scheduler } from '../time/scheduler.ts'
import { Timeline } from '../time/timeline.ts'
import { AnalogInputs } from './analog.ts'
import { ClockPower } from './clock.ts'
import { Comparators } from './comparators.ts'
import { DataRam, ProblemLog } from './context.ts'
import type { ChipContext, Problem } from './context.ts'
import { Ecb } from './ecb.ts'
import { Egu } from './egu.ts'
import { Ficr, FICR_BASE } from './ficr.ts'
import { Gpio } from './gpio.ts'
import { Gpiote } from './gpiote.ts'
import { I2cWiring } from './i2c-bus.ts'
import type { ChipListeners } from './listeners.ts'
import { Nvmc } from './nvmc.ts'
import type { InstructionCache } from './nvmc.ts'
import type { Peripheral, RegisterInfo } from './peripheral.ts'
import type { ResetReason } from './power.ts'
import { Pdm, PdmWiring } from './pdm.ts'
import { Ppi } from './ppi.ts'
import { Pwm } from './pwm.ts'
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
  readonly vbus?: boolean
  /** Die temperature in degrees Celsius. */
  readonly temperature?: (cycle: Cycles) => number
}

const PAGE = 0x1000
const TIMER_BASES = [0x4000_8000, 0x4000_9000, 0x4000_a000, 0x4001_a000, 0x4001_b000]
const PWM_BASES = [0x4001_c000, 0x4002_1000, 0x4002_2000, 0x4002_d000]
const RTC_BASES = [0x4000_b000, 0x4001_1000, 0x4002_4000]

/** An nRF52840 around its processor. */
export interface Chip {
  readonly bus: SystemBus
  readonly context: ChipContext
  readonly gpio: Gpio
  readonly i2c: I2cWiring
  readonly spi: SpiWiring
  readonly microphones: PdmWiring
  readonly analog: AnalogInputs
  readonly clock: ClockPower
  readonly ppi: Ppi
  readonly timers: readonly Timer[]
  readonly rtcs: readonly Rtc[]
  readonly uartes: readonly [Uarte, Uarte]
  readonly twims: readonly [Twim, Twim]
  readonly nvmc: Nvmc
  readonly uicr: Uicr
  readonly peripherals: readonly Peripheral[]
  /** Every register that has a name, for checks against the register map. */
  readonly registers: readonly RegisterInfo[]
  readonly unmodelled: ReadonlyMap<string, UnmodelledAccess>
  readonly problems: ReadonlyMap<string, Problem>
  /** In System OFF everything but GPIO's and LPCOMP's detectors stands still. */
  readonly isOff: boolean
  /** The processor goes to sleep, or is awake again: SLEEPENTER, SLEEPEXIT, and a watchdog that pauses. */
  processorSleeps(asleep: boolean): void
  reset(reason: ResetReason): void
}

const createContext = (options: ChipOptions, ppi: () => Ppi | undefined): ChipContext => {
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
    publish: (address) => ppi()?.publish(address),
    routed: (address) => ppi()?.listens(address) ?? false,
  }
}

export const createChip = (options: ChipOptions): Chip => {
  const seed = options.seed ?? 0
  const wired: { ppi?: Ppi } = {}
  const context = createContext(options, () => wired.ppi)
  const bus = new SystemBus({ flash: options.flash, ram: options.ram, unmodelled: context.unmodelled })
  bus.onRamWrite = options.invalidateCode
  const byPage = new Map<number, Peripheral>()
  const add = <T extends Peripheral>(peripheral: T): T => {
    bus.attach(peripheral.base, PAGE, peripheral)
    byPage.set(peripheral.base >>> 12, peripheral)
    return peripheral
  }
  const request = (reason: ResetReason) => (): void => options.onResetRequest?.(reason)

  const triggerTask = (address: Address): void => {
    const peripheral = byPage.get(address >>> 12)
    if (peripheral) peripheral.trigger(address & 0xfff)
    else context.problems.report(`PPI: no task at ${hex(address)}`)
  }
  const ppi = add(new Ppi(context, triggerTask))
  wired.ppi = ppi
  const state = { isOff: false }
  const onRamLost = ({ offset, kilobytes }: RamSection): void => {
    options.ram.fill(0xff, offset, offset + 1024 * kilobytes)
    options.invalidateCode(0x2000_0000 + offset, 1024 * kilobytes)
  }
  const onSystemOff = (): void => systemOff()
  const clock = add(new ClockPower(context, { vbus: options.vbus ?? false, onSystemOff, onRamLost }))
  const gpio = add(new Gpio(context))
  const gpiote = add(new Gpiote(context, gpio))
  const onDetect = gpio.onDetect
  const wake = (reason: ResetReason): void => {
    if (state.isOff) request(reason)()
  }
  gpio.onDetect = (): void => {
    if (state.isOff) wake('systemOff')
    else onDetect()
  }
  const analog = new AnalogInputs(options.supplyVolts ?? 3)
  const comparators = add(new Comparators(context, analog))
  comparators.onDetect = (): void => wake('lpcomp')
  const timers = TIMER_BASES.map((base, i) => add(new Timer(context, `TIMER${i}`, base, i < 3 ? 4 : 6)))
  const rtcs = RTC_BASES.map((base, i) => add(new Rtc(context, clock.low, `RTC${i}`, base, i === 0 ? 3 : 4)))
  const i2c = new I2cWiring()
  const uartes = [
    add(new Uarte(context, 0, options.onConsole)),
    add(new Uarte(context, 1, options.onConsole)),
  ] as const
  const spi = new SpiWiring()
  const twims = [add(new Twim(context, i2c, spi, 0)), add(new Twim(context, i2c, spi, 1))] as const
  add(new Spim(context, gpio, spi, 2, 0x4002_3000))
  add(new Spim(context, gpio, spi, 3, 0x4002_f000))
  PWM_BASES.forEach((base, i) => add(new Pwm(context, gpio, i, base)))
  add(new Saadc(context, analog))
  const microphones = new PdmWiring()
  add(new Pdm(context, microphones))
  add(new Radio(context, () => clock.hfxoRunning))
  const uicr = new Uicr()
  const { flash, invalidateCode, instructionCache: cache, onFlashBusy: stall } = options
  const nvmc = add(new Nvmc(context, { flash, uicr, invalidateCode, cache, stall }))
  bus.flashWriter = nvmc.write
  uicr.writer = nvmc.write
  add(new Rng(context, seed))
  add(new Temp(context, options.temperature ?? ((): number => 25)))
  add(new Ecb(context))
  const wdt = add(new Wdt(context, { onReset: request('watchdog'), onStart: () => clock.requestLow() }))
  for (let instance = 0; instance < 6; instance++) add(new Egu(context, instance))
  for (const [name, base, table] of UNMODELLED_PERIPHERALS) {
    add(new UnmodelledPeripheral(context, name, base, UNMODELLED_REGISTERS[table]))
  }
  for (const base of UndocumentedPage.bases) add(new UndocumentedPage(context, base))
  const ficr = new Ficr(context, seed)
  bus.attach(FICR_BASE, PAGE, ficr)
  bus.attach(UICR_BASE, PAGE, uicr)

  const peripherals = [...byPage.values()]
  const keepsThroughOff = new Set<Peripheral>([clock, gpio, gpiote, comparators])
  const systemOff = (): void => {
    state.isOff = true
    const { power, time } = context
    power.chipOff(time.now)
    for (const peripheral of peripherals) if (!keepsThroughOff.has(peripheral)) peripheral.reset()
    clock.stopAll()
    clock.enterSystemOff()
    if (comparators.armed) power.enter('LPCOMP', 'running', time.now)
    options.onSystemOff?.()
    if (gpio.detect) wake('systemOff')
  }
  clock.reportPower()
  return {
    bus,
    context,
    gpio,
    i2c,
    spi,
    microphones,
    analog,
    clock,
    ppi,
    timers,
    rtcs,
    uartes,
    twims,
    nvmc,
    uicr,
    peripherals,
    registers: [...peripherals.flatMap(({ registers }) => registers), ...ficr.registers, ...uicr.registers],
    unmodelled: context.unmodelled.accesses,
    problems: context.problems.problems,
    get isOff(): boolean {
      return state.isOff
    },
    processorSleeps: (asleep) => {
      wdt.pause(asleep)
      if (asleep) clock.sleepEnter()
      else clock.sleepExit()
    },
    reset: (reason) => {
      state.isOff = false
      context.power.chipOff(context.time.now)
      const keepsWatchdog = reason === 'software' || reason === 'lockup'
      const special = new Set<Peripheral>([clock, gpio, ...(keepsWatchdog ? [wdt] : [])])
      for (const peripheral of peripherals) if (!special.has(peripheral)) peripheral.reset()
      gpio.resetFor(reason === 'systemOff' || reason === 'lpcomp')
      clock.resetFor(reason)
      if (keepsWatchdog) wdt.reportPower()
    },
  }
}
