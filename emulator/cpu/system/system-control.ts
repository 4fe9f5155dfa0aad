import { ACTLR_WRITABLE } from '../timing/auxiliary-control.ts'
import { ExceptionNumber } from '../exceptions/exception-numbers.ts'
import { Ccr } from '../exceptions/exception-sequences.ts'
import type { ExceptionModel } from '../exceptions/exceptions.ts'
import { addFaultRegisters } from '../exceptions/fault-registers.ts'
import { addInterruptRegisters, priorities } from '../exceptions/interrupt-registers.ts'
import {
  constant,
  identification,
  property,
  stored,
  type Register,
  type RegisterMap,
} from './register-map.ts'

const { nmi, memManage, busFault, usageFault, svCall, debugMonitor, pendSv, sysTick } = ExceptionNumber

/** TRM 4.2, table 4-1; CPUID is r0p1. */
const identity: readonly (readonly [offset: number, name: string, value: number])[] = [
  [0xd00, 'CPUID', 0x410f_c241],
  [0xd40, 'ID_PFR0', 0x0000_0030],
  [0xd44, 'ID_PFR1', 0x0000_0200],
  [0xd48, 'ID_DFR0', 0x0010_0000],
  [0xd4c, 'ID_AFR0', 0],
  [0xd50, 'ID_MMFR0', 0x0010_0030],
  [0xd54, 'ID_MMFR1', 0],
  [0xd58, 'ID_MMFR2', 0x0100_0000],
  [0xd5c, 'ID_MMFR3', 0],
  [0xd60, 'ID_ISAR0', 0x0114_1110],
  [0xd64, 'ID_ISAR1', 0x0211_2000],
  [0xd68, 'ID_ISAR2', 0x2123_2231],
  [0xd6c, 'ID_ISAR3', 0x0111_1131],
  [0xd70, 'ID_ISAR4', 0x0131_0132],
  [0xf40, 'MVFR0', 0x1011_0021],
  [0xf44, 'MVFR1', 0x1100_0011],
]

const withPriority: readonly number[] = [
  memManage,
  busFault,
  usageFault,
  svCall,
  debugMonitor,
  pendSv,
  sysTick,
]

const VECTKEY = 0x05fa
const VECTKEYSTAT = 0xfa05
const SYSRESETREQ = 4
const VECTRESET = 1

export type ResetKind = 'system' | 'core'

export interface SystemControlContext {
  readonly exceptions: ExceptionModel
  readonly onReset: (kind: ResetKind) => void
  /** ACTLR has another value now. */
  readonly onAuxiliaryControl: (actlr: number) => void
}

const SCS = 0xe000_e000

export interface SavedSystemControl {
  readonly auxiliaryControl: number
  readonly sleepDeep: boolean
}

/** System control space: identification, system control block, NVIC, MPU, floating point; ARMv7-M ARM B3.2 to B3.5. */
export class SystemControl {
  /** SCR.SLEEPDEEP: the nRF52840 has its own way of saying so and ignores it. */
  sleepDeep = false
  readonly #exceptions: ExceptionModel
  #auxiliaryControl = 0

  constructor(private readonly context: SystemControlContext) {
    this.#exceptions = context.exceptions
  }

  reset(): void {
    this.auxiliaryControl = 0
    this.sleepDeep = false
  }

  save(): SavedSystemControl {
    return { auxiliaryControl: this.#auxiliaryControl, sleepDeep: this.sleepDeep }
  }

  /** Tells nobody of ACTLR. */
  restore({ auxiliaryControl, sleepDeep }: SavedSystemControl): void {
    this.#auxiliaryControl = auxiliaryControl
    this.sleepDeep = sleepDeep
  }

  /** ACTLR. */
  get auxiliaryControl(): number {
    return this.#auxiliaryControl
  }

  set auxiliaryControl(value: number) {
    const before = this.#auxiliaryControl
    this.#auxiliaryControl = value & ACTLR_WRITABLE
    if (before !== this.#auxiliaryControl) this.context.onAuxiliaryControl(this.#auxiliaryControl)
  }

  addRegisters(map: RegisterMap): void {
    const add = (offset: number, register: Register): void => void map.set(SCS + offset, register)
    for (const [offset, name, value] of identity) add(offset, constant(name, value))
    add(0x008, property('ACTLR', this, 'auxiliaryControl'))
    this.#addControl(add)
    this.#addMpu(map)
    this.#addFloatingPoint(map)
    addInterruptRegisters(map, this.#exceptions.nvic)
    addFaultRegisters(map, this.#exceptions.nvic, this.#exceptions.status)
    identification(map, SCS, 'SCS', [4, 0, 0, 0, 0x0c, 0xb0, 0x0b, 0, 0x0d, 0xe0, 0x05, 0xb1])
  }

  #addControl(add: (offset: number, register: Register) => void): void {
    const exceptions = this.#exceptions
    const { nvic } = exceptions
    add(0xd04, {
      name: 'ICSR',
      read: () => this.#readInterruptState(),
      write: (value) => this.#writeInterruptState(value),
    })
    add(
      0xd08,
      stored(
        'VTOR',
        () => exceptions.vectorTable,
        (value) => (exceptions.vectorTable = (value & ~0x7f) >>> 0),
      ),
    )
    add(0xd0c, {
      name: 'AIRCR',
      read: () => ((VECTKEYSTAT << 16) | (nvic.prigroup << 8)) >>> 0,
      write: (value) => {
        if (value >>> 16 !== VECTKEY) return
        nvic.prigroup = (value >>> 8) & 7
        if (value & SYSRESETREQ) this.context.onReset('system')
        else if (value & VECTRESET) this.context.onReset('core')
      },
    })
    add(
      0xd10,
      stored(
        'SCR',
        () => (exceptions.sleepOnExitEnabled ? 2 : 0) | (this.sleepDeep ? 4 : 0) | (nvic.sevOnPend ? 16 : 0),
        (value) => {
          exceptions.sleepOnExitEnabled = (value & 2) !== 0
          this.sleepDeep = (value & 4) !== 0
          nvic.sevOnPend = (value & 16) !== 0
        },
      ),
    )
    add(0xd14, property('CCR', exceptions, 'ccr'))
    for (let word = 0; word < 3; word++)
      add(
        0xd18 + 4 * word,
        priorities(`SHPR${word + 1}`, nvic, 4 + 4 * word, (n) => withPriority.includes(n)),
      )
  }

  #readInterruptState(): number {
    const { nvic, special } = this.#exceptions
    const returnsToBase = special.isHandlerMode && nvic.activeCount <= 1
    return (
      (special.ipsr |
        (returnsToBase ? 1 << 11 : 0) |
        (nvic.highestPending << 12) |
        (nvic.isInterruptPending ? 1 << 22 : 0) |
        (nvic.isPending(sysTick) ? 1 << 26 : 0) |
        (nvic.isPending(pendSv) ? 1 << 28 : 0) |
        (nvic.isPending(nmi) ? 1 << 31 : 0)) >>>
      0
    )
  }

  #writeInterruptState(value: number): void {
    const { nvic } = this.#exceptions
    if (value & (1 << 25)) nvic.unpend(sysTick)
    if (value & (1 << 26)) nvic.pend(sysTick)
    if (value & (1 << 27)) nvic.unpend(pendSv)
    if (value & (1 << 28)) nvic.pend(pendSv)
    if (value & (1 << 31)) nvic.pend(nmi)
  }

  #addMpu(map: RegisterMap): void {
    const { mpu } = this.#exceptions
    map.set(SCS + 0xd90, constant('MPU_TYPE', 0x800))
    map.set(SCS + 0xd94, property('MPU_CTRL', mpu, 'control'))
    map.set(SCS + 0xd98, property('MPU_RNR', mpu, 'regionNumber'))
    for (let alias = 0; alias < 4; alias++) {
      const suffix = alias === 0 ? '' : `_A${alias}`
      map.set(SCS + 0xd9c + 8 * alias, property(`MPU_RBAR${suffix}`, mpu, 'rbar'))
      map.set(SCS + 0xda0 + 8 * alias, property(`MPU_RASR${suffix}`, mpu, 'rasr'))
    }
  }

  #addFloatingPoint(map: RegisterMap): void {
    const { floatingPoint } = this.#exceptions
    map.set(SCS + 0xd88, property('CPACR', floatingPoint, 'cpacr'))
    map.set(SCS + 0xf34, property('FPCCR', floatingPoint, 'fpccr'))
    map.set(SCS + 0xf38, property('FPCAR', floatingPoint, 'fpcar'))
    map.set(SCS + 0xf3c, property('FPDSCR', floatingPoint, 'fpdscr'))
  }

  /** CCR.USERSETMPEND: code without privilege may write STIR. */
  get isTriggerOpen(): boolean {
    return (this.#exceptions.ccr & Ccr.USERSETMPEND) !== 0
  }
}
