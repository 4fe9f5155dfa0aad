import { Scheduler } from '../../time/scheduler.ts'
import { BusError, type AccessSize, type Address } from '../bus.ts'
import { ExceptionModel } from './exceptions.ts'
import {
  Cold,
  FLASH,
  FLASH_BYTES,
  MEMORY_BYTES,
  RAM,
  RAM_BASE,
  RAM_BYTES,
  State,
  coldOf,
  entryOf,
} from '../layout.ts'
import {
  PrivatePeripheralBus,
  isPrivatePeripheral,
  type PrivatePeripheralOptions,
} from '../system/private-peripheral-bus.ts'
import { ProcessorState } from '../state.ts'
import type { Surroundings } from '../surroundings.ts'
import { pipelineTiming, type TimingParameters } from '../timing/timing.ts'

/** Vectors are read without waiting, as in the figures of the manual. */
export const zeroWaitStates: TimingParameters = { ...pipelineTiming, flashFetchWait: 0, flashReadWait: 0 }

export const STACK_TOP = RAM_BASE + 0x1000
/** The handler of exception n is here. */
export const handlerOf = (exception: number): Address => 0x1000 + 0x10 * exception

/** An exception model over plain memory, for the tests of this folder: no interpreter. */
export class TestBench implements Surroundings {
  readonly scheduler = new Scheduler()
  readonly state = new ProcessorState(new ArrayBuffer(MEMORY_BYTES))
  readonly exceptions: ExceptionModel
  readonly bus: PrivatePeripheralBus
  readonly invalidated: string[] = []
  readonly unmodelled: string[] = []
  readonly #view: DataView

  constructor(
    options: PrivatePeripheralOptions = {},
    readonly timing: TimingParameters = zeroWaitStates,
  ) {
    this.#view = new DataView(this.state.buffer)
    this.exceptions = new ExceptionModel(this)
    this.bus = new PrivatePeripheralBus(this.exceptions, this, options)
    this.bus.onUnmodelled = (name) => this.unmodelled.push(name)
    this.writeMemory(0, 4, STACK_TOP)
    this.writeMemory(4, 4, 0x801)
    for (let n = 2; n < 64; n++) this.writeMemory(4 * n, 4, handlerOf(n) | 1)
    this.bus.reset()
    this.exceptions.reset(0)
    this.invalidated.length = 0
  }

  advance(cycles: number): void {
    const end = this.scheduler.now + cycles
    while (this.scheduler.nextDue <= end) {
      this.scheduler.now = Math.max(this.scheduler.now, this.scheduler.nextDue)
      this.scheduler.runDue()
    }
    this.scheduler.now = end
  }

  readMemory(address: Address, size: AccessSize): number {
    if (isPrivatePeripheral(address)) return this.bus.read(address, size)
    const at = this.#place(address)
    return size === 4
      ? this.#view.getUint32(at, true)
      : size === 2
        ? this.#view.getUint16(at, true)
        : this.#view.getUint8(at)
  }

  writeMemory(address: Address, size: AccessSize, value: number): void {
    const at = this.#place(address)
    if (size === 4) this.#view.setUint32(at, value, true)
    else if (size === 2) this.#view.setUint16(at, value, true)
    else this.#view.setUint8(at, value)
  }

  invalidateAllCode(): void {
    this.invalidated.push('all')
  }

  invalidateCode(address: Address, length: number): void {
    this.invalidated.push(`${address.toString(16)}+${length.toString(16)}`)
  }

  enterWith(itState: number): void {
    const { state } = this
    new Uint8Array(state.buffer)[coldOf(entryOf(state.pc)) + Cold.itState] = itState
    state.setWord(State.itNext, entryOf(state.pc))
  }

  /** Memory words from an address on. */
  words(address: Address, count: number): number[] {
    return Array.from({ length: count }, (_, n) => this.readMemory(address + 4 * n, 4))
  }

  #place(address: Address): number {
    if (address >= 0 && address + 4 <= FLASH_BYTES) return FLASH + address
    if (address >= RAM_BASE && address + 4 <= RAM_BASE + RAM_BYTES) return RAM + address - RAM_BASE
    throw new BusError(address)
  }
}

/** Registers by address, for tests that speak as firmware does. */
export const Reg = {
  DWT_CTRL: 0xe000_1000,
  DWT_CYCCNT: 0xe000_1004,
  DWT_EXCCNT: 0xe000_100c,
  DWT_SLEEPCNT: 0xe000_1010,
  ITM_STIM0: 0xe000_0000,
  ITM_TER: 0xe000_0e00,
  ITM_TPR: 0xe000_0e40,
  ITM_TCR: 0xe000_0e80,
  ITM_LAR: 0xe000_0fb0,
  ITM_LSR: 0xe000_0fb4,
  ICTR: 0xe000_e004,
  SYST_CSR: 0xe000_e010,
  SYST_RVR: 0xe000_e014,
  SYST_CVR: 0xe000_e018,
  SYST_CALIB: 0xe000_e01c,
  ISER0: 0xe000_e100,
  ISER1: 0xe000_e104,
  ICER0: 0xe000_e180,
  ISPR0: 0xe000_e200,
  ICPR0: 0xe000_e280,
  IABR0: 0xe000_e300,
  IPR0: 0xe000_e400,
  CPUID: 0xe000_ed00,
  ICSR: 0xe000_ed04,
  VTOR: 0xe000_ed08,
  AIRCR: 0xe000_ed0c,
  SCR: 0xe000_ed10,
  CCR: 0xe000_ed14,
  SHPR1: 0xe000_ed18,
  SHPR2: 0xe000_ed1c,
  SHPR3: 0xe000_ed20,
  SHCSR: 0xe000_ed24,
  CFSR: 0xe000_ed28,
  HFSR: 0xe000_ed2c,
  DFSR: 0xe000_ed30,
  MMFAR: 0xe000_ed34,
  BFAR: 0xe000_ed38,
  CPACR: 0xe000_ed88,
  MPU_TYPE: 0xe000_ed90,
  MPU_CTRL: 0xe000_ed94,
  MPU_RNR: 0xe000_ed98,
  MPU_RBAR: 0xe000_ed9c,
  MPU_RASR: 0xe000_eda0,
  MPU_RBAR_A1: 0xe000_eda4,
  MPU_RASR_A1: 0xe000_eda8,
  DHCSR: 0xe000_edf0,
  DEMCR: 0xe000_edfc,
  STIR: 0xe000_ef00,
  FPCCR: 0xe000_ef34,
  FPCAR: 0xe000_ef38,
  FPDSCR: 0xe000_ef3c,
  MVFR0: 0xe000_ef40,
} as const
