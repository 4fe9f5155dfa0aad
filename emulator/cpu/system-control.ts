import { EXCEPTIONS, ExceptionNumber, INTERRUPTS } from './exception-numbers.ts'
import { Ccr, type ExceptionModel } from './exceptions.ts'
import { Cfsr, Dfsr, Hfsr } from './faults.ts'
import {
  constant,
  identification,
  remembered,
  stored,
  type Register,
  type RegisterMap,
} from './register-map.ts'

const { nmi, memManage, busFault, usageFault, svCall, debugMonitor, pendSv, sysTick, interrupt0 } =
  ExceptionNumber

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

/** SHCSR; ARMv7-M ARM B3.2.13. */
const activeBits = [
  [0, memManage],
  [1, busFault],
  [3, usageFault],
  [7, svCall],
  [8, debugMonitor],
  [10, pendSv],
  [11, sysTick],
] as const
const pendingBits = [
  [12, usageFault],
  [13, memManage],
  [14, busFault],
  [15, svCall],
] as const
const enableBits = [
  [16, memManage],
  [17, busFault],
  [18, usageFault],
] as const
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
}

const SCS = 0xe000_e000

/** System control block, NVIC, MPU and floating-point registers; ARMv7-M ARM B3.2, B3.4, B3.5. */
export class SystemControl {
  /** ACTLR: DISFOLD and its like change timing only. */
  auxiliaryControl = 0
  /** SCR.SLEEPDEEP: the nRF52840 has its own way of saying so and ignores it. */
  sleepDeep = false
  readonly #exceptions: ExceptionModel

  constructor(private readonly context: SystemControlContext) {
    this.#exceptions = context.exceptions
  }

  reset(): void {
    this.auxiliaryControl = 0
    this.sleepDeep = false
  }

  addRegisters(map: RegisterMap): void {
    const add = (offset: number, register: Register): void => void map.set(SCS + offset, register)
    for (const [offset, name, value] of identity) add(offset, constant(name, value))
    add(0x004, constant('ICTR', Math.ceil(INTERRUPTS / 32) - 1))
    add(
      0x008,
      stored(
        'ACTLR',
        () => this.auxiliaryControl,
        (value) => (this.auxiliaryControl = value & 0x307),
      ),
    )
    this.#addInterrupts(add)
    this.#addControl(add)
    this.#addFaults(add)
    this.#addMpu(add)
    this.#addFloatingPoint(add)
    identification(map, SCS, 'SCS', [4, 0, 0, 0, 0x0c, 0xb0, 0x0b, 0, 0x0d, 0xe0, 0x05, 0xb1])
  }

  #addInterrupts(add: (offset: number, register: Register) => void): void {
    const { nvic } = this.#exceptions
    for (let word = 0; word < 8; word++) {
      const first = interrupt0 + 32 * word
      const bits = (is: (exception: number) => boolean) => (): number => {
        let value = 0
        for (let bit = 0; bit < 32 && first + bit < EXCEPTIONS; bit++) if (is(first + bit)) value |= 1 << bit
        return value >>> 0
      }
      const each =
        (does: (exception: number) => void) =>
        (value: number): void => {
          for (let bit = 0; bit < 32 && first + bit < EXCEPTIONS; bit++)
            if ((value >>> bit) & 1) does(first + bit)
        }
      const enabled = bits((n) => nvic.isEnabled(n))
      const pending = bits((n) => nvic.isPending(n))
      add(0x100 + 4 * word, {
        name: `NVIC_ISER${word}`,
        read: enabled,
        write: each((n) => nvic.setEnabled(n, true)),
      })
      add(0x180 + 4 * word, {
        name: `NVIC_ICER${word}`,
        read: enabled,
        write: each((n) => nvic.setEnabled(n, false)),
      })
      add(0x200 + 4 * word, { name: `NVIC_ISPR${word}`, read: pending, write: each((n) => nvic.pend(n)) })
      add(0x280 + 4 * word, { name: `NVIC_ICPR${word}`, read: pending, write: each((n) => nvic.unpend(n)) })
      add(0x300 + 4 * word, { name: `NVIC_IABR${word}`, read: bits((n) => nvic.isActive(n)) })
    }
    for (let word = 0; word < 60; word++)
      add(
        0x400 + 4 * word,
        this.#priorities(`NVIC_IPR${word}`, interrupt0 + 4 * word, (n) => n < EXCEPTIONS),
      )
    add(0xf00, {
      name: 'STIR',
      unprivileged: true,
      read: () => 0,
      write: (value) => {
        if ((value & 0x1ff) < INTERRUPTS) nvic.pend(interrupt0 + (value & 0x1ff))
      },
    })
  }

  /** Four priorities a word; bytes that are not implemented read as zero. */
  #priorities(name: string, first: number, exists: (exception: number) => boolean): Register {
    const { nvic } = this.#exceptions
    const existing = [0, 1, 2, 3].filter((n) => exists(first + n))
    return {
      name,
      read: () => existing.reduce((word, n) => (word | (nvic.priority(first + n) << (8 * n))) >>> 0, 0),
      write: (value, lanes) => {
        for (const n of existing)
          if ((lanes >>> (8 * n)) & 0xff) nvic.setPriority(first + n, (value >>> (8 * n)) & 0xff)
      },
    }
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
    add(
      0xd14,
      stored(
        'CCR',
        () => exceptions.ccr,
        (value) => (exceptions.ccr = value),
      ),
    )
    for (let word = 0; word < 3; word++)
      add(
        0xd18 + 4 * word,
        this.#priorities(`SHPR${word + 1}`, 4 + 4 * word, (n) => withPriority.includes(n)),
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

  #addFaults(add: (offset: number, register: Register) => void): void {
    const { nvic, status } = this.#exceptions
    add(
      0xd24,
      stored(
        'SHCSR',
        () => {
          let value = 0
          for (const [bit, n] of activeBits) if (nvic.isActive(n)) value |= 1 << bit
          for (const [bit, n] of pendingBits) if (nvic.isPending(n)) value |= 1 << bit
          for (const [bit, n] of enableBits) if (nvic.isEnabled(n)) value |= 1 << bit
          return value
        },
        (value) => {
          for (const [bit, n] of activeBits) nvic.setActive(n, ((value >>> bit) & 1) !== 0)
          for (const [bit, n] of enableBits) nvic.setEnabled(n, ((value >>> bit) & 1) !== 0)
          for (const [bit, n] of pendingBits)
            if ((value >>> bit) & 1) nvic.pend(n)
            else nvic.unpend(n)
        },
      ),
    )
    const clearedByOnes = (
      name: string,
      mask: number,
      read: () => number,
      set: (value: number) => void,
    ): Register => ({
      name,
      read: () => read() >>> 0,
      write: (value) => set(read() & ~(value & mask)),
    })
    const all = (bits: Readonly<Record<string, number>>): number =>
      Object.values(bits).reduce((a, b) => a | b, 0)
    add(
      0xd28,
      clearedByOnes(
        'CFSR',
        all(Cfsr),
        () => status.cfsr,
        (value) => (status.cfsr = value),
      ),
    )
    add(
      0xd2c,
      clearedByOnes(
        'HFSR',
        all(Hfsr),
        () => status.hfsr,
        (value) => (status.hfsr = value),
      ),
    )
    add(
      0xd30,
      clearedByOnes(
        'DFSR',
        all(Dfsr),
        () => status.dfsr,
        (value) => (status.dfsr = value),
      ),
    )
    add(
      0xd34,
      stored(
        'MMFAR',
        () => status.mmfar,
        (value) => (status.address = value),
      ),
    )
    add(
      0xd38,
      stored(
        'BFAR',
        () => status.bfar,
        (value) => (status.address = value),
      ),
    )
    add(
      0xd3c,
      clearedByOnes(
        'AFSR',
        -1,
        () => status.afsr,
        (value) => (status.afsr = value),
      ),
    )
  }

  #addMpu(add: (offset: number, register: Register) => void): void {
    const { mpu } = this.#exceptions
    add(0xd90, constant('MPU_TYPE', 0x800))
    add(
      0xd94,
      stored(
        'MPU_CTRL',
        () => mpu.control,
        (value) => (mpu.control = value),
      ),
    )
    add(
      0xd98,
      stored(
        'MPU_RNR',
        () => mpu.regionNumber,
        (value) => (mpu.regionNumber = value),
      ),
    )
    for (let alias = 0; alias < 4; alias++) {
      const suffix = alias === 0 ? '' : `_A${alias}`
      add(
        0xd9c + 8 * alias,
        stored(
          `MPU_RBAR${suffix}`,
          () => mpu.rbar,
          (value) => (mpu.rbar = value),
        ),
      )
      add(
        0xda0 + 8 * alias,
        stored(
          `MPU_RASR${suffix}`,
          () => mpu.rasr,
          (value) => (mpu.rasr = value),
        ),
      )
    }
  }

  #addFloatingPoint(add: (offset: number, register: Register) => void): void {
    const { floatingPoint } = this.#exceptions
    add(
      0xd88,
      stored(
        'CPACR',
        () => floatingPoint.cpacr,
        (value) => (floatingPoint.cpacr = value),
      ),
    )
    add(
      0xf34,
      stored(
        'FPCCR',
        () => floatingPoint.fpccr,
        (value) => (floatingPoint.fpccr = value),
      ),
    )
    add(
      0xf38,
      stored(
        'FPCAR',
        () => floatingPoint.fpcar,
        (value) => (floatingPoint.fpcar = value),
      ),
    )
    add(
      0xf3c,
      stored(
        'FPDSCR',
        () => floatingPoint.fpdscr,
        (value) => (floatingPoint.fpdscr = value),
      ),
    )
    add(0xd8c, remembered('reserved', 0, 0))
  }

  /** CCR.USERSETMPEND: code without privilege may write STIR. */
  get isTriggerOpen(): boolean {
    return (this.#exceptions.ccr & Ccr.USERSETMPEND) !== 0
  }
}
