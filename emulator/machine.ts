import type { BootloaderDescription } from './boards/bootloader.ts'
import { createBoard, type Board, type BoardDescription, type Wire } from './boards/board.ts'

import { leaveAsBootloader, programUicr } from './bootloader.ts'
import type { Address, Cycles } from './cpu/bus.ts'
import { CortexM4, type StopReason } from './cpu/cpu.ts'
import { disassemble } from './cpu/debug/disassemble.ts'
import { describeFault } from './cpu/exceptions/faults.ts'
import { Semihosting } from './cpu/debug/semihosting.ts'
import type { TimingParameters } from './cpu/timing/timing.ts'
import { FaultWatch } from './fault-watch.ts'
import { UsbHost } from './host/usb/host.ts'
import { joined } from './joined.ts'
import type { MachineFault } from './fault-watch.ts'
import { createChip, type Chip } from './nrf52840/chip.ts'
import { exceptionName } from './nrf52840/exception-names.ts'
import { pin } from './nrf52840/gpio.ts'
import { IDLE_TO_CPU, OFF_TO_ON, type ResetReason } from './nrf52840/power.ts'
import { UICR_BASE } from './nrf52840/uicr.ts'
import { mergeCurrents, type PartCurrents } from './power/coefficients.ts'
import { CpuPower } from './power/cpu-power.ts'
import { CURRENTS } from './power/currents.ts'
import { restoreSections, saveSections, type Sections, type SectionSource } from './snapshot/sections.ts'
import { Alarm, type SavedAlarm } from './time/alarm.ts'
import { atSupply } from './power/supply.ts'
import { ChargeLedger } from './power/ledger.ts'
import type { CodeProfile } from './probes/functions.ts'
import type { TouchedRam } from './probes/memory.ts'
import type { PassageTarget } from './probes/passages.ts'
import type { CodeRange } from './probes/target.ts'
import { ResetLog } from './resets.ts'
import { Scheduler } from './time/scheduler.ts'
import type { AudioRecording } from './trace/audio.ts'
import type { Motion } from './trace/recording.ts'

export interface MachineOptions {
  readonly board: BoardDescription
  /** What goes where in flash, UICR and RAM. */
  readonly segments: readonly { readonly address: Address; readonly bytes: Uint8Array }[]
  /** Address of the initial stack pointer and the reset vector. */
  readonly vectorTable: Address
  /** It begins, at each reset, as this bootloader leaves the chip to an application; else as after a reset. */
  readonly leftBy?: BootloaderDescription
  readonly recording?: Motion
  /** What the microphone hears. */
  readonly audio?: AudioRecording
  /** Wires that the stock board does not have. */
  readonly wires?: readonly Wire[]
  /** What its USB connector is plugged into; left out: what the board is usually fed by. */
  readonly usb?: UsbSupply
  readonly timing: TimingParameters
  /** Rows that replace or join those of the chip and the board. */
  readonly currents?: Readonly<Record<string, PartCurrents>>
  /** The instruction cache is on from each reset, whatever the firmware does about it. */
  readonly instructionCacheOn?: boolean
  /** Count cycles and executions of each instruction. */
  readonly profile: boolean
  /** Calls and returns are told of; what counts as one function. */
  readonly functions?: readonly CodeRange[]
  /** Stop at the first access to what is not modelled. */
  readonly strict: boolean
  /** `stop`: a fault ends the run though the firmware has a handler for it. */
  readonly onFault?: 'stop'
  /** Bytes that arrive on the console's RX line, over USB, and for semihosting's SYS_READC. */
  readonly stdin?: Uint8Array
  /** A byte of UART, semihosting or ITM port 0 output. */
  readonly onConsole: (byte: number) => void
  /** A write to an ITM stimulus port other than 0. */
  readonly onStimulus: (port: number, value: number) => void
}

/** A computer, or a power bank: 5 V and nobody there. */
export type UsbSupply = 'host' | 'none'

/** Something that reaches the board from outside while it runs. */
export type MachineInput =
  /** On the console's RX line, over USB, and for semihosting's SYS_READC. */
  | { readonly kind: 'console'; readonly bytes: Uint8Array }
  | { readonly kind: 'button'; readonly button: string; readonly isPressed: boolean }
  /** A pin is driven from outside; null lets go. */
  | { readonly kind: 'pin'; readonly pin: string; readonly level: boolean | null }

/** Who is told of what a machine does; nothing is done for one that is not there. */
export interface MachineListeners {
  /** A byte of the console. */
  console?: ((byte: number) => void) | undefined
  /** The chip was reset. */
  reset?: ((reason: ResetReason) => void) | undefined
  /** The instruction cache was switched. */
  cache?: ((on: boolean) => void) | undefined
}

/** A machine between two calls of `run`: plain data, of which much is shared with the snapshot before. */
export interface MachineSnapshot {
  readonly cycle: Cycles
  readonly sections: Sections
}

/** What the machine keeps beside its parts. */
interface SavedMachine {
  readonly board: string
  readonly timing: TimingParameters
  readonly interrupts: readonly (readonly [exception: number, count: number])[]
  readonly faultSnapshot: Pick<MachineFault, 'registers' | 'xpsr' | 'instruction'> | null
  readonly stop: MachineStop | null
  readonly cacheOn: boolean
  readonly resetUnderWay: boolean
  readonly wakeReason: ResetReason
  /** What was typed beside the standard input that it was made with. */
  readonly typed: readonly Uint8Array[]
  /** Bytes of both that nobody has read. */
  readonly stdinLeft: number
}

export type MachineStop =
  | { readonly kind: 'paused' }
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'fault'; readonly fault: MachineFault }
  | { readonly kind: 'asleep-for-ever' }
  | { readonly kind: 'breakpoint'; readonly pc: Address }
  /** Under `strict`: `name` was accessed, or `lost` says what had no effect. */
  | { readonly kind: 'unmodelled'; readonly name: string; readonly lost?: string }

/** Number of the exception that interrupt 0 is. */
const FIRST_INTERRUPT = 16

/** A board with firmware in it, at reset. `run` is the only way to let time pass. */
export class Machine implements PassageTarget {
  readonly cpu: CortexM4
  readonly chip: Chip
  readonly board: Board
  readonly scheduler = new Scheduler()
  /** What the USB connector is plugged into; undefined where it is empty. */
  readonly usb: UsbHost | undefined
  readonly resets = new ResetLog()
  /** Told when the chip has been reset. Not saved: who listens. */
  onReset: (() => void) | undefined
  /** Not saved: who listens. */
  readonly listeners: MachineListeners = {}
  /** What every part has drawn so far. */
  readonly ledger: ChargeLedger
  readonly #cpuPower: CpuPower
  readonly #interrupts = new Map<number, number>()
  readonly #faults: FaultWatch
  /** The processor at the latest fault, before it became an exception. */
  #faultSnapshot: Pick<MachineFault, 'registers' | 'xpsr' | 'instruction'> | undefined
  #stop: MachineStop | undefined
  #cacheOn = false
  #resetUnderWay = false
  #stdin: Uint8Array
  /** Never changed in place. */
  #typed: readonly Uint8Array[] = []
  readonly #semihosting: Semihosting
  readonly #systemOn: Alarm
  /** What wakes it from System OFF. */
  #wakeReason: ResetReason = 'systemOff'
  readonly #sections: ReadonlyMap<string, SectionSource>

  constructor(readonly options: MachineOptions) {
    const { scheduler } = this
    this.ledger = new ChargeLedger(
      atSupply(
        mergeCurrents(CURRENTS, options.board.currents ?? {}, options.currents ?? {}),
        options.board.supplyVolts,
      ),
    )
    this.#cpuPower = new CpuPower(this.ledger)
    const late: { chip?: Chip } = {}
    const onConsole = (byte: number): void => {
      this.#faults.printed()
      this.listeners.console?.(byte)
      options.onConsole(byte)
    }
    const checked = <T>(value: T): T => {
      if (options.strict) this.#checkModelled()
      return value
    }
    this.cpu = new CortexM4({
      bus: {
        read: (address, size) => checked(late.chip?.bus.read(address, size) ?? 0),
        isSteady: (address) => late.chip?.bus.isSteady(address) ?? false,
        write: (address, size, value) => checked(late.chip?.bus.write(address, size, value)),
      },
      scheduler,
      timing: options.timing,
      profile: options.profile,
      branches: options.functions !== undefined,
      onStimulus: (port, value, size) => {
        if (port !== 0) options.onStimulus(port, value)
        else for (let i = 0; i < size; i++) onConsole((value >>> (8 * i)) & 0xff)
      },
      onStimulusLost: (port, why) =>
        late.chip?.context.problems.report(
          `a write to ITM port ${port} is lost: ${why}; docs/phases.md has what switches it on`,
        ),
      onUnmodelled: (name, address, isWrite) => {
        late.chip?.context.unmodelled.record(name, address, isWrite ? 'write' : 'read')
        checked(undefined)
      },
      onResetRequest: () => this.#reset('software', cpu.core.executing),
    })
    const { cpu } = this
    const usb = options.usb ?? options.board.usb
    this.usb = usb && new UsbHost({ scheduler, isThere: usb === 'host', onConsole })
    this.chip = createChip({
      scheduler,
      vbus: usb !== undefined,
      usbHost: this.usb,
      lines: cpu,
      flash: cpu.flash,
      ram: cpu.ram,
      invalidateCode: (address, length) => cpu.invalidateCode(address, length),
      executing: () => cpu.core.executing,
      onDmaWrite: () => undefined,
      onDma: options.timing.dmaContention > 0 ? (address) => cpu.dmaTransfer(address) : undefined,
      onConsole,
      onResetRequest: (reason) => this.#requestReset(reason),
      onFlashBusy: (until) => cpu.flashBusy(until),
      onSystemOff: () => {
        cpu.powerOff()
        this.#cpuPower.off(scheduler.now)
      },
      power: this.ledger,
      supplyVolts: options.board.supplyVolts,
      instructionCache: {
        configure: (enabled, profiling) => {
          this.#cacheOn ||= enabled
          this.#switchCache(enabled || (options.instructionCacheOn ?? false), profiling)
          this.#cpuPower.cache(enabled, scheduler.now)
        },
        get hits() {
          return cpu.cacheCounters.hits
        },
        get misses() {
          return cpu.cacheCounters.misses
        },
      },
    })
    late.chip = this.chip
    cpu.setInstructionCache(options.instructionCacheOn ?? false)
    this.board = createBoard(this.chip, options.board, options.recording, options)
    this.#stdin = options.stdin ?? new Uint8Array()
    if (this.#stdin.length > 0) this.#arrives(this.#stdin)
    this.#faults = new FaultWatch({
      cpu,
      scheduler,
      fault: () => this.#fault(),
      crash: (fault) => this.#end({ kind: 'fault', fault }),
      handled: (fault, end) => this.#tellOfHandledFault(fault, end),
      stopsAtOnce: options.onFault === 'stop',
    })
    this.#semihosting = this.#semihostingWith(onConsole)
    this.#systemOn = new Alarm(scheduler, 'System ON', () => this.#reset(this.#wakeReason))
    this.#connectProcessor()
    this.#sections = this.#allSections()
    for (const { address, bytes } of options.segments) this.#load(address, bytes)
    if (options.leftBy) programUicr(this.chip, options.leftBy)
    cpu.reset(options.vectorTable)
    this.#cpuPower.reset(scheduler.now)
    this.#leave()
  }

  /** What a bootloader has done since the reset, where one is thought of. */
  #leave(): void {
    const { leftBy } = this.options
    if (leftBy) leaveAsBootloader(this.chip, this.cpu, leftBy)
  }

  /** Where it is, between two calls of `run`. Probes and listeners are not in it: they belong to others. */
  save(): MachineSnapshot {
    return { cycle: this.now, sections: saveSections(this.#sections) }
  }

  /**
   * Goes there: to where this machine has been, or one that was made with the same options.
   * @throws Error naming what does not fit; the machine may be half-way then
   */
  restore({ sections }: MachineSnapshot): void {
    restoreSections(this.#sections, sections)
  }

  /** Between two calls of `run`. @throws RangeError for a button or pin that is not there */
  input(input: MachineInput): void {
    switch (input.kind) {
      case 'console':
        this.#typed = [...this.#typed, input.bytes]
        this.#stdin = joined([this.#stdin, input.bytes])
        this.#arrives(input.bytes)
        return
      case 'button': {
        const button = this.board.buttons.get(input.button)
        if (!button) throw new RangeError(`${this.options.board.name} has no button ${input.button}`)
        if (input.isPressed) button.press()
        else button.release()
        return
      }
      case 'pin':
        this.chip.gpio.drive(pin(input.pin), input.level ?? undefined)
    }
  }

  #arrives(bytes: Uint8Array): void {
    this.chip.uartes[0].feed(bytes)
    this.usb?.type(bytes)
  }

  /** In the order in which they are restored: pending calls after the scheduler. */
  #allSections(): ReadonlyMap<string, SectionSource> {
    const { scheduler, cpu, ledger, chip, board, resets, usb } = this
    const parts = (one: { save(): Sections; restore(sections: Sections): void }): SectionSource => ({
      stateVersion: 1,
      save: () => one.save(),
      restore: (sections: Sections) => one.restore(sections),
    })
    return new Map<string, SectionSource>([
      [
        'machine',
        {
          stateVersion: 2,
          save: () => this.#saveOwn(),
          restore: (saved: SavedMachine) => this.#restoreOwn(saved),
        },
      ],
      ['time', scheduler],
      ['processor', cpu],
      ['power', ledger],
      ["processor's power", this.#cpuPower],
      ['chip', parts(chip)],
      ['board', parts(board)],
      ...(usb ? [['USB host', usb] as const] : []),
      ['faults', this.#faults],
      ['resets', resets],
      ['semihosting', this.#semihosting],
      [
        'System ON',
        {
          stateVersion: 1,
          save: () => this.#systemOn.save(),
          restore: (saved: SavedAlarm | null) => this.#systemOn.restore(saved),
        },
      ],
    ])
  }

  #saveOwn(): SavedMachine {
    return {
      board: this.options.board.name,
      timing: this.options.timing,
      interrupts: [...this.#interrupts],
      faultSnapshot: this.#faultSnapshot ?? null,
      stop: this.#stop ?? null,
      cacheOn: this.#cacheOn,
      resetUnderWay: this.#resetUnderWay,
      wakeReason: this.#wakeReason,
      typed: this.#typed,
      stdinLeft: this.#stdin.length,
    }
  }

  #restoreOwn(saved: SavedMachine): void {
    const { board, timing, stdin = new Uint8Array() } = this.options
    if (saved.board !== board.name) throw new Error(`the snapshot is of another board, ${saved.board}`)
    const other = (Object.keys(timing) as (keyof TimingParameters)[]).find(
      (name) => saved.timing[name] !== timing[name],
    )
    if (other) throw new Error(`the snapshot is of another timing: ${other} was ${saved.timing[other]}`)
    this.#interrupts.clear()
    for (const [exception, count] of saved.interrupts) this.#interrupts.set(exception, count)
    this.#faultSnapshot = saved.faultSnapshot ?? undefined
    this.#stop = saved.stop ?? undefined
    this.#cacheOn = saved.cacheOn
    this.#resetUnderWay = saved.resetUnderWay
    this.#wakeReason = saved.wakeReason
    this.#typed = saved.typed
    const given = joined([stdin, ...saved.typed])
    this.#stdin = given.subarray(given.length - saved.stdinLeft)
  }

  #semihostingWith(onConsole: (byte: number) => void): Semihosting {
    const { cpu } = this
    return new Semihosting({
      readMemory: (address, size) => cpu.readMemory(address, size),
      writeMemory: (address, size, value) => cpu.writeMemory(address, size, value),
      onOutput: (_stream, bytes) => {
        for (const byte of bytes) onConsole(byte)
      },
      readInput: (limit) => {
        const taken = this.#stdin.subarray(0, limit)
        this.#stdin = this.#stdin.subarray(taken.length)
        return taken
      },
      now: () => this.scheduler.now,
    })
  }

  #connectProcessor(): void {
    const { cpu, options } = this
    cpu.onSemihosting = () => {
      const { exit } = this.#semihosting.call(cpu.state)
      if (exit !== undefined) this.#end({ kind: 'exit', code: exit })
    }
    cpu.exceptions.onFault = (fault) => {
      const snapshot = this.#snapshot()
      if (fault.kind === 'breakpoint' && this.#faults.stopsAtBreakpoint())
        this.#end({ kind: 'breakpoint', pc: snapshot.registers[15] ?? 0 })
      this.#faultSnapshot = snapshot
    }
    cpu.exceptions.onEntry = (exception) => {
      this.#interrupts.set(exception, (this.#interrupts.get(exception) ?? 0) + 1)
      this.#faults.entered(exception)
    }
    cpu.exceptions.onReturn = (exception) => this.#faults.returned(exception)
    cpu.onSleep = (asleep) => {
      if (asleep) this.#cpuPower.sleep(this.scheduler.now)
      else this.#cpuPower.wake(this.scheduler.now)
      if (!this.#resetUnderWay && !this.chip.isOff) this.chip.processorSleeps(asleep)
    }
    cpu.onCodeMemory = (memory) => this.#cpuPower.runsFrom(memory, this.scheduler.now)
    if (options.timing.profile !== 'oneCycle') cpu.wakeUpCycles = () => this.#wakeUpCycles
  }

  #load(address: Address, bytes: Uint8Array): void {
    const { cpu } = this
    if (address < cpu.flash.length) cpu.flash.set(bytes, address)
    else if (address >= 0x2000_0000) cpu.ram.set(bytes, address - 0x2000_0000)
    else if (address >= UICR_BASE) this.#loadUicr(address - UICR_BASE, bytes)
  }

  #loadUicr(offset: number, bytes: Uint8Array): void {
    const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length & ~3)
    for (let i = 0; i < words.byteLength; i += 4)
      this.chip.uicr.clearBits(offset + i, words.getUint32(i, true))
  }

  #checkModelled(): void {
    const [first] = this.chip.unmodelled.values()
    const { firstLost: lost } = this.chip.context.problems
    if (first) this.#end({ kind: 'unmodelled', name: first.name })
    else if (lost !== undefined) this.#end({ kind: 'unmodelled', name: 'NVMC', lost })
  }

  /**
   * From an interrupt or event until the processor goes on. Approximated: 1. Where the clock runs already, for a
   * peripheral or in constant latency mode, waking takes no time of its own: no figure is published. 2. The current of
   * the start-up is that of sleep.
   */
  get #wakeUpCycles(): Cycles {
    const { clock } = this.chip
    const isRunning = clock.constantLatency || clock.hfxoRunning || this.ledger.isRequested('HFCLK')
    return isRunning ? 0 : IDLE_TO_CPU
  }

  #switchCache(on: boolean, profiling = false): void {
    this.cpu.setInstructionCache(on, profiling)
    this.listeners.cache?.(on)
  }

  /** What wakes from System OFF does so once, and in its time. */
  #requestReset(reason: ResetReason): void {
    if (!this.chip.isOff) this.#reset(reason)
    else if (!this.#resetUnderWay) {
      this.#resetUnderWay = true
      this.#wakeReason = reason
      this.#systemOn.at(this.scheduler.now + OFF_TO_ON)
    }
  }

  #reset(reason: ResetReason, address = this.cpu.state.pc): void {
    this.resets.record(reason, address, this.cpu.exceptions.activeException, this.now)
    this.#faults.reset()
    this.#resetUnderWay = true
    this.chip.reset(reason)
    this.#switchCache(this.options.instructionCacheOn ?? false)
    this.cpu.reset(this.options.vectorTable)
    this.#resetUnderWay = false
    this.#cpuPower.reset(this.scheduler.now)
    this.#leave()
    this.listeners.reset?.(reason)
    this.onReset?.()
  }

  /**
   * Runs until cycle `until`, or to an earlier end.
   * @param sleepsOn that nothing can wake the processor is no end: it sleeps on to `until`
   */
  run(until: Cycles, sleepsOn = false): MachineStop {
    const stop = this.cpu.execute(until, sleepsOn)
    const ended = this.#stop
    this.#stop = undefined
    return ended ?? this.#meaning(stop)
  }

  #meaning(stop: StopReason): MachineStop {
    switch (stop.kind) {
      case 'lockup':
        return { kind: 'fault', fault: this.#faults.lockedUp(stop.reason) }
      case 'asleepForEver':
        return { kind: 'asleep-for-ever' }
      default:
        return { kind: 'paused' }
    }
  }

  /** Makes `run` return at the next instruction boundary. */
  stop(): void {
    this.cpu.requestStop('paused')
  }

  #end(stop: MachineStop): void {
    this.#stop ??= stop
    this.cpu.requestStop(stop.kind)
  }

  /** To a probe, when its instruction began, and so are charge and readings. */
  get now(): Cycles {
    return this.cpu.arrivedAt
  }

  reading(): Float64Array | undefined {
    return this.cpu.reading()
  }

  addProbe(address: Address, callback: () => void): void {
    this.cpu.addProbe(address, callback)
  }

  addHandlerEndListener(callback: () => void): void {
    const { exceptions } = this.cpu
    const before = exceptions.onReturn
    exceptions.onReturn = (exception, cycle) => {
      before?.(exception, cycle)
      callback()
    }
  }

  removeProbe(address: Address, callback: () => void): void {
    this.cpu.removeProbe(address, callback)
  }

  /** R0 to R14, and R15 as the address of the next instruction. */
  readRegister(n: number): number {
    return n === 15 ? this.cpu.state.pc : this.cpu.state.register(n)
  }

  /** Bytes of flash or RAM; as many as there are. */
  readMemory(address: Address, length: number): Uint8Array {
    const { flash, ram } = this.cpu
    if (address < flash.length) return flash.slice(address, address + length)
    const offset = address - 0x2000_0000
    return offset >= 0 && offset < ram.length ? ram.slice(offset, offset + length) : new Uint8Array()
  }

  get instructions(): number {
    return this.cpu.core.instructions
  }

  boardCharge(): number {
    this.ledger.advance(this.now)
    return this.ledger.board.integral
  }

  get sleepCycles(): Cycles {
    return this.cpu.sleepCycles
  }

  get touched(): TouchedRam {
    return { base: 0x2000_0000, words: this.cpu.touched }
  }

  get profile(): CodeProfile | undefined {
    const { reasons } = this.cpu
    if (!reasons) return undefined
    return {
      forEachExecuted: (callback) => {
        for (const { address, cycles, executions, reasons: why } of reasons.instructions())
          callback(address, cycles, executions, why)
      },
    }
  }

  /** Events of peripherals whose interrupt is enabled, and with SEVONPEND those whose is not. */
  get wakesOn(): readonly string[] {
    return this.chip.peripherals
      .filter(({ id }) => this.cpu.couldBeWokenBy(FIRST_INTERRUPT + id))
      .flatMap(({ enabledEvents }) => enabledEvents)
  }

  /** Whether the firmware switched the instruction cache on. */
  get instructionCache(): 'on' | 'off' {
    return this.#cacheOn ? 'on' : 'off'
  }

  get interrupts(): readonly { number: number; name: string; count: number }[] {
    return [...this.#interrupts]
      .sort(([a], [b]) => a - b)
      .map(([number, count]) => ({ number, name: exceptionName(number), count }))
  }

  get unmodelled(): readonly {
    name: string
    address: number
    reads: number
    writes: number
    firstCycle: number
  }[] {
    return [...this.chip.unmodelled.values()].map(({ name, address, reads, writes, firstCycle }) => ({
      name,
      address,
      reads,
      writes,
      firstCycle,
    }))
  }

  /** What the firmware did wrong; `by` is the instruction, where that is known. */
  get problems(): readonly { message: string; by?: Address; firstCycle: number; count: number }[] {
    return [...this.chip.problems.values()].map((problem) => ({ ...problem }))
  }

  /** Samples outside the sensors' full scale, by channel. */
  get clippedSamples(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.board.clipping().map(({ channel, samples }) => [channel, samples]))
  }

  #snapshot(): Pick<MachineFault, 'registers' | 'xpsr' | 'instruction'> {
    const { state, core, exceptions } = this.cpu
    const registers = Array.from({ length: 15 }, (_, n) => state.register(n))
    const found = core.decoder.instructionAt(state.pc, state.itState)
    return {
      registers: [...registers, state.pc],
      xpsr: (state.apsr | exceptions.activeException) >>> 0,
      instruction: found ? disassemble(found, state.itState) : '',
    }
  }

  /** The fault, if the firmware is in its own handler for it. */
  get handledFault(): MachineFault | undefined {
    return this.#faults.underWay
  }

  #tellOfHandledFault({ causes, registers, instruction, mmfar, bfar }: MachineFault, end: string): void {
    const at = (value = 0): string => `0x${(value >>> 0).toString(16)}`
    const address = mmfar ?? bfar
    const about = address === null ? '' : `, address ${at(address)}`
    this.chip.context.problems.report(
      `${causes[0] ?? 'fault'} at ${at(registers[15])} (${instruction}${about}), ${end}`,
    )
  }

  #fault(): MachineFault {
    const { status } = this.cpu.exceptions
    const snapshot = this.#faultSnapshot ?? this.#snapshot()
    const valid = (bit: number, value: number): number | null => (status.cfsr & bit ? value >>> 0 : null)
    return {
      ...snapshot,
      causes: describeFault(status),
      cfsr: status.cfsr >>> 0,
      hfsr: status.hfsr >>> 0,
      mmfar: valid(1 << 7, status.mmfar),
      bfar: valid(1 << 15, status.bfar),
    }
  }
}

export const createMachine = (options: MachineOptions): Machine => new Machine(options)
