import type { Address } from '../bus.ts'
import { ExceptionNumber } from './exception-numbers.ts'

/** CFSR; ARMv7-M ARM B3.2.15. */
export const Cfsr = {
  IACCVIOL: 1 << 0,
  DACCVIOL: 1 << 1,
  MUNSTKERR: 1 << 3,
  MSTKERR: 1 << 4,
  MLSPERR: 1 << 5,
  MMARVALID: 1 << 7,
  IBUSERR: 1 << 8,
  PRECISERR: 1 << 9,
  IMPRECISERR: 1 << 10,
  UNSTKERR: 1 << 11,
  STKERR: 1 << 12,
  LSPERR: 1 << 13,
  BFARVALID: 1 << 15,
  UNDEFINSTR: 1 << 16,
  INVSTATE: 1 << 17,
  INVPC: 1 << 18,
  NOCP: 1 << 19,
  UNALIGNED: 1 << 24,
  DIVBYZERO: 1 << 25,
} as const

export const Hfsr = { VECTTBL: 1 << 1, FORCED: 1 << 30, DEBUGEVT: 1 << 31 } as const
export const Dfsr = { HALTED: 1, BKPT: 2, DWTTRAP: 4, VCATCH: 8, EXTERNAL: 16 } as const

interface Cause {
  readonly exception: number
  /** Bit of CFSR. */
  readonly status: number
  /** Which address register is written. */
  readonly addressValid?: number
}

const { memManage, busFault, usageFault } = ExceptionNumber
const causes = {
  undefinedInstruction: { exception: usageFault, status: Cfsr.UNDEFINSTR },
  /** EPSR.T is clear: the PC is already at the target. */
  invalidState: { exception: usageFault, status: Cfsr.INVSTATE },
  invalidPc: { exception: usageFault, status: Cfsr.INVPC },
  noCoprocessor: { exception: usageFault, status: Cfsr.NOCP },
  unaligned: { exception: usageFault, status: Cfsr.UNALIGNED },
  divideByZero: { exception: usageFault, status: Cfsr.DIVBYZERO },
  dataBus: { exception: busFault, status: Cfsr.PRECISERR, addressValid: Cfsr.BFARVALID },
  impreciseDataBus: { exception: busFault, status: Cfsr.IMPRECISERR },
  instructionBus: { exception: busFault, status: Cfsr.IBUSERR },
  stackingBus: { exception: busFault, status: Cfsr.STKERR },
  unstackingBus: { exception: busFault, status: Cfsr.UNSTKERR },
  lazyStackingBus: { exception: busFault, status: Cfsr.LSPERR },
  dataAccess: { exception: memManage, status: Cfsr.DACCVIOL, addressValid: Cfsr.MMARVALID },
  instructionAccess: { exception: memManage, status: Cfsr.IACCVIOL },
  stackingAccess: { exception: memManage, status: Cfsr.MSTKERR },
  unstackingAccess: { exception: memManage, status: Cfsr.MUNSTKERR },
  lazyStackingAccess: { exception: memManage, status: Cfsr.MLSPERR },
} as const satisfies Record<string, Cause>

export type FaultKind = keyof typeof causes

/** What an instruction ran into; `address` for data accesses. SVC and BKPT come the same way. */
export interface Fault {
  readonly kind: FaultKind | 'supervisorCall' | 'breakpoint'
  readonly address?: Address
}

/** The fault status registers as the report sees them. */
export interface FaultRegisters {
  readonly cfsr: number
  readonly hfsr: number
  readonly dfsr: number
  readonly mmfar: number
  readonly bfar: number
}

export interface SavedFaultStatus {
  readonly cfsr: number
  readonly hfsr: number
  readonly dfsr: number
  readonly afsr: number
  readonly address: number
}

/** CFSR, HFSR, DFSR, AFSR and the fault addresses. */
export class FaultStatus implements FaultRegisters {
  cfsr = 0
  hfsr = 0
  dfsr = 0
  afsr = 0
  /** One physical register behind MMFAR and BFAR: their VALID bits exclude each other. Cortex-M4 TRM 4.2, note c. */
  #address = 0

  save(): SavedFaultStatus {
    const { cfsr, hfsr, dfsr, afsr } = this
    return { cfsr, hfsr, dfsr, afsr, address: this.#address }
  }

  restore({ cfsr, hfsr, dfsr, afsr, address }: SavedFaultStatus): void {
    this.cfsr = cfsr
    this.hfsr = hfsr
    this.dfsr = dfsr
    this.afsr = afsr
    this.#address = address
  }

  get mmfar(): number {
    return this.#address
  }

  get bfar(): number {
    return this.#address
  }

  set address(value: number) {
    this.#address = value >>> 0
  }

  reset(): void {
    this.cfsr = this.hfsr = this.dfsr = this.afsr = this.#address = 0
  }

  /** Writes the status of a fault. @returns its exception, before escalation. */
  record(kind: FaultKind, address: Address | undefined): number {
    const cause: Cause = causes[kind]
    this.cfsr |= cause.status
    if (cause.addressValid !== undefined && address !== undefined) {
      this.#address = address >>> 0
      this.cfsr = (this.cfsr & ~(Cfsr.MMARVALID | Cfsr.BFARVALID)) | cause.addressValid
    }
    return cause.exception
  }
}

const hex = (value: number): string => `0x${(value >>> 0).toString(16).padStart(8, '0')}`

type Sentence = readonly [bit: number, sentence: string]
const memManageSentences: readonly Sentence[] = [
  [Cfsr.IACCVIOL, 'an instruction was fetched from a place that may not be executed (IACCVIOL)'],
  [Cfsr.DACCVIOL, 'a load or store broke the rules of the MPU (DACCVIOL)'],
  [Cfsr.MUNSTKERR, 'an exception return could not read the stack: MPU (MUNSTKERR)'],
  [Cfsr.MSTKERR, 'an exception entry could not write the stack: MPU (MSTKERR)'],
  [Cfsr.MLSPERR, 'lazy floating-point stacking could not write the stack: MPU (MLSPERR)'],
]
const busSentences: readonly Sentence[] = [
  [Cfsr.IBUSERR, 'an instruction was fetched from where nothing answers (IBUSERR)'],
  [Cfsr.PRECISERR, 'a load or store went where nothing answers (PRECISERR)'],
  [Cfsr.IMPRECISERR, 'an earlier store went where nothing answers (IMPRECISERR)'],
  [Cfsr.UNSTKERR, 'an exception return could not read the stack: bus error (UNSTKERR)'],
  [Cfsr.STKERR, 'an exception entry could not write the stack: bus error (STKERR)'],
  [Cfsr.LSPERR, 'lazy floating-point stacking could not write the stack: bus error (LSPERR)'],
]
const usageSentences: readonly Sentence[] = [
  [Cfsr.UNDEFINSTR, 'an undefined instruction was executed (UNDEFINSTR)'],
  [Cfsr.INVSTATE, 'a branch went to an even address, which would mean Arm state (INVSTATE)'],
  [Cfsr.INVPC, 'an exception return was not legal (INVPC)'],
  [Cfsr.NOCP, 'the floating-point unit was used while CPACR keeps it off (NOCP)'],
  [Cfsr.UNALIGNED, 'an unaligned address was used where none is allowed (UNALIGNED)'],
  [Cfsr.DIVBYZERO, 'a division by zero was trapped (DIVBYZERO)'],
]
const hardFaultSentences: readonly Sentence[] = [
  [Hfsr.VECTTBL, 'the vector table could not be read (VECTTBL)'],
  [Hfsr.FORCED, 'its handler is disabled or was not allowed to run, so it became a HardFault (FORCED)'],
  [Hfsr.DEBUGEVT, 'a breakpoint was met with no debugger attached (DEBUGEVT)'],
]
const debugSentences: readonly Sentence[] = [
  [Dfsr.HALTED, 'a halt was requested (HALTED)'],
  [Dfsr.BKPT, 'a BKPT instruction was executed (BKPT)'],
  [Dfsr.DWTTRAP, 'a watchpoint was met (DWTTRAP)'],
  [Dfsr.VCATCH, 'a vector was caught (VCATCH)'],
  [Dfsr.EXTERNAL, 'an external debug request came (EXTERNAL)'],
]

/** The fault status registers in sentences; nothing when no bit is set. */
export function describeFault(registers: FaultRegisters): string[] {
  const { cfsr, hfsr, dfsr } = registers
  const told = (name: string, value: number, sentences: readonly Sentence[], address = ''): string[] =>
    sentences.filter(([bit]) => value & bit).map(([, sentence]) => `${name}: ${sentence}${address}`)
  const memory = cfsr & Cfsr.MMARVALID ? ` at ${hex(registers.mmfar)}` : ''
  const bus = cfsr & Cfsr.BFARVALID ? ` at ${hex(registers.bfar)}` : ''
  return [
    ...told('MemManage', cfsr, memManageSentences, memory),
    ...told('BusFault', cfsr, busSentences, bus),
    ...told('UsageFault', cfsr, usageSentences),
    ...told('HardFault', hfsr, hardFaultSentences),
    ...told('Debug', dfsr, debugSentences),
  ]
}
