import type { Address } from '../bus.ts'
import type { ExecutionMap } from './execution-map.ts'
import { CODE_RAM_BASE, FLASH_BASE, FLASH_BYTES, RAM_BASE, RAM_BYTES, State } from '../layout.ts'
import type { ProcessorState } from '../state.ts'

export type AccessKind = 'read' | 'write' | 'execute'

export const REGIONS = 8
/** MPU_CTRL; ARMv7-M ARM B3.5.5. */
const ENABLE = 1
const HFNMIENA = 2
const PRIVDEFENA = 4
/** MPU_RASR. */
const REGION_ENABLE = 1
const XN = 1 << 28

interface Region {
  rbar: number
  rasr: number
}

export interface SavedMpu {
  readonly control: number
  readonly number: number
  readonly regions: readonly Region[]
}

/** Where code can be. */
export const codeMemories: readonly (readonly [base: Address, bytes: number])[] = [
  [FLASH_BASE, FLASH_BYTES],
  [CODE_RAM_BASE, RAM_BYTES],
  [RAM_BASE, RAM_BYTES],
]

/** AP[2:0], B3.5.8: who may read and write. */
function allows(permission: number, write: boolean, privileged: boolean): boolean {
  switch (permission) {
    case 1:
      return privileged
    case 2:
      return privileged || !write
    case 3:
      return true
    case 5:
      return privileged && !write
    case 6:
    case 7:
      return !write
    default:
      return false
  }
}

/** The default memory map: peripherals, external devices and the system space are execute-never; B3.1. */
export function isExecuteNever(address: Address): boolean {
  const top = address >>> 29
  return top === 2 || top === 5 || top === 6 || top === 7
}

const isPrivatePeripheralBus = (address: Address): boolean => address >>> 20 === 0xe00

/**
 * Memory protection unit: 8 regions, PMSAv7, ARMv7-M ARM B3.5. Where every access of the current privilege is
 * allowed, flash and RAM stay on the interpreter's fast path; behind the first forbidden byte each access is checked.
 */
export class Mpu {
  #control = 0
  #number = 0
  #regions: Region[] = Array.from({ length: REGIONS }, () => ({ rbar: 0, rasr: 0 }))
  /** Not saved: who listens. */
  onChange: () => void = () => undefined

  save(): SavedMpu {
    return {
      control: this.#control,
      number: this.#number,
      regions: this.#regions.map((region) => ({ ...region })),
    }
  }

  /** Tells nobody: what follows from it is in the processor's state. */
  restore({ control, number, regions }: SavedMpu): void {
    this.#control = control
    this.#number = number
    this.#regions = regions.map((region) => ({ ...region }))
  }

  reset(): void {
    this.#control = this.#number = 0
    for (const region of this.#regions) region.rbar = region.rasr = 0
    this.onChange()
  }

  get isEnabled(): boolean {
    return (this.#control & ENABLE) !== 0
  }

  get control(): number {
    return this.#control
  }

  set control(value: number) {
    this.#control = value & (ENABLE | HFNMIENA | PRIVDEFENA)
    this.onChange()
  }

  get regionNumber(): number {
    return this.#number
  }

  set regionNumber(value: number) {
    this.#number = value & (REGIONS - 1)
  }

  /** `alias` 0 to 3: RBAR, RBAR_A1 ..: they are the same register. */
  get rbar(): number {
    return (this.#current.rbar | this.#number) >>> 0
  }

  set rbar(value: number) {
    if (value & 0x10) this.#number = value & (REGIONS - 1)
    this.#current.rbar = (value & ~0x1f) >>> 0
    this.onChange()
  }

  get rasr(): number {
    return this.#current.rasr >>> 0
  }

  set rasr(value: number) {
    this.#current.rasr = value & 0x173f_ff3f
    this.onChange()
  }

  /** @returns whether a data access or fetch may go on; `negativePriority`: in HardFault, NMI or under FAULTMASK. */
  check(
    address: Address,
    size: number,
    kind: AccessKind,
    privileged: boolean,
    negativePriority = false,
  ): boolean {
    const unsigned = address >>> 0
    if (!this.#checkByte(unsigned, kind, privileged, negativePriority)) return false
    const last = (unsigned + size - 1) >>> 0
    return (last & ~0x1f) === (unsigned & ~0x1f) || this.#checkByte(last, kind, privileged, negativePriority)
  }

  /** Opens the interpreter's fast path as far as the current privilege may go. */
  setFastPath(state: ProcessorState, privileged: boolean): void {
    const limit = (base: number, bytes: number, kind: AccessKind): number =>
      this.isEnabled ? this.#allowedFrom(base, bytes, kind, privileged) : bytes
    setLimits(state, State.ramReadLimits, limit(RAM_BASE, RAM_BYTES, 'read'))
    setLimits(state, State.ramWriteLimits, limit(RAM_BASE, RAM_BYTES, 'write'))
    setLimits(state, State.flashReadLimits, limit(FLASH_BASE, FLASH_BYTES, 'read'))
  }

  /** Where code of this privilege may be executed in a memory. */
  executionMap(base: Address, bytes: number, privileged: boolean): ExecutionMap {
    const places = this.isEnabled ? this.#boundaries(base, bytes) : [base]
    return places.map((at) => [at, this.#checkByte(at, 'execute', privileged, false)] as const)
  }

  get #current(): Region {
    const region = this.#regions[this.#number]
    if (region === undefined) throw new RangeError(`MPU region ${this.#number}`)
    return region
  }

  #checkByte(address: Address, kind: AccessKind, privileged: boolean, negativePriority: boolean): boolean {
    const byDefault = kind !== 'execute' || !isExecuteNever(address)
    if (isPrivatePeripheralBus(address)) return byDefault
    if (!this.isEnabled || (negativePriority && (this.#control & HFNMIENA) === 0)) return byDefault
    for (let n = REGIONS - 1; n >= 0; n--) {
      const region = this.#regions[n]
      if (region === undefined || !contains(region, address)) continue
      if (kind === 'execute' && (region.rasr & XN || isSystemSpace(address))) return false
      return allows((region.rasr >>> 24) & 7, kind === 'write', privileged)
    }
    return privileged && (this.#control & PRIVDEFENA) !== 0 && byDefault
  }

  /** Bytes from `base` on that may all be accessed. */
  #allowedFrom(base: number, bytes: number, kind: AccessKind, privileged: boolean): number {
    const denied = this.#boundaries(base, bytes).find((at) => !this.#checkByte(at, kind, privileged, false))
    return denied === undefined ? bytes : denied - base
  }

  /** Every address in the range where permissions may change, in ascending order. */
  #boundaries(base: number, bytes: number): number[] {
    const found = new Set([base])
    for (const { rbar, rasr } of this.#regions) {
      if ((rasr & REGION_ENABLE) === 0) continue
      const size = sizeOf(rasr)
      const start = startOf(rbar, size)
      const step = size >= 256 ? size / 8 : size
      for (let at = start; at <= start + size; at += step) if (at > base && at < base + bytes) found.add(at)
    }
    return [...found].sort((a, b) => a - b)
  }
}

/** The system space can never be executed, whatever a region says; B3.5.3. */
const isSystemSpace = (address: Address): boolean => address >>> 29 === 7

const sizeOf = (rasr: number): number => 2 ** (((rasr >>> 1) & 0x1f) + 1)
const startOf = (rbar: number, size: number): number => Math.floor((rbar >>> 0) / size) * size

/** Regions below 256 bytes have no subregions; B3.5.8. A SIZE below 4 is UNPREDICTABLE: no region. */
function contains({ rbar, rasr }: Region, address: Address): boolean {
  if ((rasr & REGION_ENABLE) === 0) return false
  const size = sizeOf(rasr)
  if (size < 32) return false
  const offset = address - startOf(rbar, size)
  if (offset < 0 || offset >= size) return false
  return size < 256 || ((rasr >>> (8 + Math.floor((offset * 8) / size))) & 1) === 0
}

/** In units of 1, 2 and 4 bytes, as the fast path compares. */
function setLimits(state: ProcessorState, limits: number, bytes: number): void {
  for (let log2 = 0; log2 < 3; log2++) state.setWord(limits + 4 * log2, bytes >>> log2)
}
