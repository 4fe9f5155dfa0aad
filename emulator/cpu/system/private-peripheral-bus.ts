import { Actlr } from '../timing/auxiliary-control.ts'
import { BusError, type AccessSize, type Address } from '../bus.ts'
import { CoreClock, type SavedCoreClock } from '../core-clock.ts'
import { addCoreDebug, addFlashPatch, addRomTable, addTracePort } from '../debug/debug-units.ts'
import type { InstructionCycles } from '../debug/cycle-counters.ts'
import { Dwt, type SavedDwt } from '../debug/dwt.ts'
import type { ExceptionModel } from '../exceptions/exceptions.ts'
import { Itm, type SavedItm } from '../debug/itm.ts'
import {
  keepers,
  restoreKept,
  saveKept,
  type KeptWords,
  type Register,
  type RegisterMap,
} from './register-map.ts'
import type { Surroundings } from '../surroundings.ts'
import { SystemControl, type ResetKind, type SavedSystemControl } from './system-control.ts'
import { SysTick, type SavedSysTick } from './systick.ts'

export interface PrivatePeripheralOptions {
  /** DHCSR.C_DEBUGEN reads as one. Default false. */
  readonly debuggerAttached?: boolean
  /** SysTick and CYCCNT stand still in WFI and WFE, as on the nRF52. Default true. */
  readonly clockStopsInSleep?: boolean
  /** Where instructions are counted: CPICNT, LSUCNT and FOLDCNT need it. */
  readonly instructionCycles?: (() => InstructionCycles) | undefined
}

export interface SavedPrivateBus {
  readonly coreClock: SavedCoreClock
  readonly dwt: SavedDwt
  readonly itm: SavedItm
  readonly sysTick: SavedSysTick
  readonly systemControl: SavedSystemControl
  readonly kept: KeptWords
}

const STIR = 0xe000_ef00

/** Addresses that the processor answers itself: the private peripheral bus, and the identification at 0xF0000FD0. */
export function isPrivatePeripheral(address: Address): boolean {
  const unsigned = address >>> 0
  return unsigned >>> 20 === 0xe00 || (unsigned >= 0xf000_0000 && unsigned < 0xf000_1000)
}

/** 0xE0000000 to 0xE00FFFFF. What is not modelled reads as zero, ignores writes and is reported. */
export class PrivatePeripheralBus {
  readonly coreClock: CoreClock
  readonly dwt: Dwt
  readonly itm: Itm
  readonly sysTick: SysTick
  readonly systemControl: SystemControl
  /** A write to an enabled ITM stimulus port, as wide as the store. Not saved: who listens. */
  onStimulus: ((port: number, value: number, size: AccessSize) => void) | undefined
  /** A write to an ITM stimulus port that is off. Not saved: who listens. */
  onStimulusLost: ((port: number, why: string) => void) | undefined
  /** AIRCR: SYSRESETREQ or VECTRESET. Not saved: who listens. */
  onReset: ((kind: ResetKind) => void) | undefined
  /** Not saved: who listens. */
  onUnmodelled: ((name: string, address: Address, isWrite: boolean) => void) | undefined
  /** ACTLR has another value now. Not saved: who listens. */
  onAuxiliaryControl: ((actlr: number) => void) | undefined
  /** Not saved: those whose state they show save it. */
  readonly #registers: RegisterMap = new Map()
  readonly #keepers: ReturnType<typeof keepers>
  readonly #exceptions: ExceptionModel

  constructor(
    exceptions: ExceptionModel,
    surroundings: Surroundings,
    options: PrivatePeripheralOptions = {},
  ) {
    const { scheduler, state } = surroundings
    const onUnmodelled = (name: string, address: Address, isWrite: boolean): void =>
      this.onUnmodelled?.(name, address, isWrite)
    this.#exceptions = exceptions
    this.coreClock = new CoreClock(scheduler, options.clockStopsInSleep ?? true)
    this.dwt = new Dwt({
      clock: this.coreClock,
      state,
      onUnmodelled,
      instructionCycles: options.instructionCycles,
    })
    this.itm = new Itm({
      isPrivileged: () => exceptions.special.isPrivileged,
      onStimulus: (port, value, size) => this.onStimulus?.(port, value, size),
      onLost: (port, why) => this.onStimulusLost?.(port, why),
    })
    this.sysTick = new SysTick(this.coreClock, scheduler, exceptions.nvic)
    this.systemControl = new SystemControl({
      exceptions,
      onReset: (kind) => this.onReset?.(kind),
      onAuxiliaryControl: (actlr) => {
        exceptions.updatesFpca = (actlr & Actlr.DISFPCA) === 0
        this.onAuxiliaryControl?.(actlr)
      },
    })
    exceptions.onOverhead = (cycles) => this.dwt.addOverhead(cycles)
    const map = this.#registers
    for (const unit of [this.dwt, this.itm, this.sysTick, this.systemControl]) unit.addRegisters(map)
    addCoreDebug(map, {
      exceptions,
      onUnmodelled,
      debuggerAttached: options.debuggerAttached ?? false,
      setTraceEnabled: (enabled) => {
        this.dwt.traceEnabled = enabled
        this.itm.traceEnabled = enabled
      },
    })
    addFlashPatch(map, { onUnmodelled })
    addTracePort(map)
    addRomTable(map)
    this.#keepers = keepers(map)
  }

  save(): SavedPrivateBus {
    return {
      coreClock: this.coreClock.save(),
      dwt: this.dwt.save(),
      itm: this.itm.save(),
      sysTick: this.sysTick.save(),
      systemControl: this.systemControl.save(),
      kept: saveKept(this.#keepers),
    }
  }

  /** After the scheduler. */
  restore({ coreClock, dwt, itm, sysTick, systemControl, kept }: SavedPrivateBus): void {
    this.coreClock.restore(coreClock)
    this.dwt.restore(dwt)
    this.itm.restore(itm)
    this.sysTick.restore(sysTick)
    this.systemControl.restore(systemControl)
    restoreKept(this.#keepers, kept)
  }

  /** A system reset; debug units keep their settings. Call `ExceptionModel.reset` too. */
  reset(): void {
    this.sysTick.reset()
    this.systemControl.reset()
  }

  /** The processor sleeps from now on, and wakes. */
  sleep(): void {
    this.coreClock.sleep()
  }

  wake(): void {
    this.coreClock.wake()
  }

  /** @throws BusError without privilege, and for an address that is not a multiple of the size. */
  read(address: Address, size: AccessSize, privileged = this.#exceptions.special.isPrivileged): number {
    const register = this.#find(address, size, privileged, false)
    const lanes = (register?.read() ?? 0) >>> (8 * (address & 3))
    return size === 4 ? lanes >>> 0 : lanes & (size === 2 ? 0xffff : 0xff)
  }

  write(
    address: Address,
    size: AccessSize,
    value: number,
    privileged = this.#exceptions.special.isPrivileged,
  ): void {
    const register = this.#find(address, size, privileged, true)
    const mask = size === 4 ? -1 : size === 2 ? 0xffff : 0xff
    const shift = 8 * (address & 3)
    register?.write?.((value & mask) << shift, mask << shift, size)
  }

  nameOf(word: Address): string | undefined {
    return this.#registers.get(word)?.name
  }

  #find(address: Address, size: AccessSize, privileged: boolean, isWrite: boolean): Register | undefined {
    const word = (address & ~3) >>> 0
    const register = this.#registers.get(word)
    if ((address & (size - 1)) !== 0) throw new BusError(address)
    if (!privileged && !this.#isOpen(word, register, isWrite)) throw new BusError(address)
    if (register === undefined) {
      const name = `private peripheral 0x${word.toString(16)}`
      this.onUnmodelled?.(name, address, isWrite)
    }
    return register
  }

  #isOpen(word: Address, register: Register | undefined, isWrite: boolean): boolean {
    if (word === STIR) return isWrite && this.systemControl.isTriggerOpen
    return register?.unprivileged === true
  }
}
