import type { Address } from '../bus.ts'
import type { ExecutionMap } from './execution-map.ts'
import {
  CODE_RAM_BASE,
  FLASH_BASE,
  FLASH_BYTES,
  RAM_BASE,
  RAM_BYTES,
  State,
  type Executable,
} from '../layout.ts'
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
/** Behind the last address. */
export const EVERYWHERE = 2 ** 32

interface SavedRegion {
  readonly rbar: number
  readonly rasr: number
}

export interface SavedMpu {
  readonly control: number
  readonly number: number
  readonly regions: readonly SavedRegion[]
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

/** One region, and what follows from its registers: B3.5.8. Not saved: its unit saves the registers. */
class Region {
  rbar = 0
  rasr = 0
  isEnabled = false
  /** First byte, and the first behind it. */
  start: Address = 0
  end = 0
  /** Bytes of a subregion where some are disabled, else of all of it. */
  #step = 0
  #disabled = 0

  /** A SIZE below 4 is UNPREDICTABLE: no region. Below 256 bytes there are no subregions. */
  set(rbar: number, rasr: number): void {
    this.rbar = rbar
    this.rasr = rasr
    const log2 = ((rasr >>> 1) & 0x1f) + 1
    const size = 2 ** log2
    this.isEnabled = (rasr & REGION_ENABLE) !== 0 && log2 >= 5
    this.start = Math.floor((rbar >>> 0) / size) * size
    this.end = this.start + size
    this.#disabled = log2 >= 8 ? (rasr >>> 8) & 0xff : 0
    this.#step = this.#disabled === 0 ? size : size / 8
  }

  contains(address: Address): boolean {
    if (!this.isEnabled || address < this.start || address >= this.end) return false
    return (
      this.#disabled === 0 || ((this.#disabled >>> Math.floor((address - this.start) / this.#step)) & 1) === 0
    )
  }

  /** The next address where it may begin or end; Infinity behind it. */
  nextAfter(address: Address): number {
    if (!this.isEnabled || address >= this.end) return Infinity
    if (address < this.start) return this.start
    return this.start + (Math.floor((address - this.start) / this.#step) + 1) * this.#step
  }
}

/**
 * Memory protection unit: 8 regions, PMSAv7, ARMv7-M ARM B3.5. Where every access of the current privilege is
 * allowed, flash and RAM stay on the interpreter's fast path; behind the first forbidden byte each access is checked.
 */
export class Mpu {
  #control = 0
  #number = 0
  readonly #regions: readonly Region[] = Array.from({ length: REGIONS }, () => new Region())
  /** Told between which addresses permissions may have changed. Not saved: who listens. */
  onChange: (from: Address, end: Address) => void = () => undefined

  save(): SavedMpu {
    return {
      control: this.#control,
      number: this.#number,
      regions: this.#regions.map(({ rbar, rasr }) => ({ rbar, rasr })),
    }
  }

  /** Tells nobody: what follows from it is in the processor's state. */
  restore({ control, number, regions }: SavedMpu): void {
    this.#control = control
    this.#number = number
    this.#regions.forEach((region, n) => region.set(regions[n]?.rbar ?? 0, regions[n]?.rasr ?? 0))
  }

  reset(): void {
    this.#control = this.#number = 0
    for (const region of this.#regions) region.set(0, 0)
    this.onChange(0, EVERYWHERE)
  }

  get isEnabled(): boolean {
    return (this.#control & ENABLE) !== 0
  }

  get control(): number {
    return this.#control
  }

  set control(value: number) {
    this.#control = value & (ENABLE | HFNMIENA | PRIVDEFENA)
    this.onChange(0, EVERYWHERE)
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
    this.#set((value & ~0x1f) >>> 0, this.#current.rasr)
  }

  get rasr(): number {
    return this.#current.rasr >>> 0
  }

  set rasr(value: number) {
    this.#set(this.#current.rbar, value & 0x173f_ff3f)
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

  /**
   * Opens the interpreter's fast path as far as the current privilege may go.
   * @param from Nothing has changed below, nor from `end` on.
   */
  setFastPath(
    state: ProcessorState,
    privileged: boolean,
    from: Address = 0,
    end: Address = EVERYWHERE,
  ): void {
    if (from < RAM_BASE + RAM_BYTES && end > RAM_BASE) {
      this.#setLimits(state, State.ramReadLimits, [RAM_BASE, RAM_BYTES], 'read', privileged, from)
      this.#setLimits(state, State.ramWriteLimits, [RAM_BASE, RAM_BYTES], 'write', privileged, from)
    }
    if (from < FLASH_BASE + FLASH_BYTES && end > FLASH_BASE)
      this.#setLimits(state, State.flashReadLimits, [FLASH_BASE, FLASH_BYTES], 'read', privileged, from)
  }

  /**
   * Who may execute code, and where in a memory.
   * @param parts Whether privileged code is told from other code; else the others may what it may.
   * @param before A map that may still hold, and is returned then.
   */
  executionMap(base: Address, bytes: number, parts: boolean, before: ExecutionMap): ExecutionMap {
    let map: [Address, Executable][] | undefined
    let last: Executable | undefined
    let count = 0
    for (let at = base; at < base + bytes; at = this.nextPlace(at)) {
      const who = this.#executableBy(at, parts)
      if (who === last) continue
      last = who
      const known = before[count++]
      if (!map && (known?.[0] !== at || known[1] !== who))
        map = before.slice(0, count - 1).map(([from, one]) => [from, one])
      map?.push([at, who])
    }
    if (map) return map
    return count === before.length ? before : before.slice(0, count)
  }

  #executableBy(address: Address, parts: boolean): Executable {
    if (!this.#checkByte(address, 'execute', true, false)) return 'none'
    return !parts || this.#checkByte(address, 'execute', false, false) ? 'all' : 'privileged'
  }

  /** The next address behind one where permissions may change; Infinity where they do not. */
  nextPlace(address: Address): number {
    if (!this.isEnabled) return Infinity
    let next = Infinity
    for (let n = 0; n < REGIONS; n++) {
      const place = this.#regions[n]?.nextAfter(address) ?? Infinity
      if (place < next) next = place
    }
    return next
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
      if (region === undefined || !region.contains(address)) continue
      if (kind === 'execute' && (region.rasr & XN || isSystemSpace(address))) return false
      return allows((region.rasr >>> 24) & 7, kind === 'write', privileged)
    }
    return privileged && (this.#control & PRIVDEFENA) !== 0 && byDefault
  }

  /** Behind the first forbidden byte nothing matters; what is below `from` is as it was. */
  #setLimits(
    state: ProcessorState,
    limits: number,
    [base, bytes]: readonly [Address, number],
    kind: AccessKind,
    privileged: boolean,
    from: Address,
  ): void {
    if (from > base + state.word(limits)) return
    let allowed = bytes
    if (this.isEnabled)
      for (let at = Math.max(base, from); at < base + bytes; at = this.nextPlace(at)) {
        if (this.#checkByte(at, kind, privileged, false)) continue
        allowed = at - base
        break
      }
    // In units of 1, 2 and 4 bytes, as the fast path compares.
    for (let log2 = 0; log2 < 3; log2++) state.setWord(limits + 4 * log2, allowed >>> log2)
  }

  /** Nothing changes for anybody while the unit is off, or with a region that is off before and after. */
  #set(rbar: number, rasr: number): void {
    const region = this.#current
    if (region.rbar === rbar && region.rasr === rasr) return
    const from = region.isEnabled ? region.start : EVERYWHERE
    const end = region.isEnabled ? region.end : 0
    region.set(rbar, rasr)
    if (!this.isEnabled) return
    if (region.isEnabled) this.onChange(Math.min(from, region.start), Math.max(end, region.end))
    else if (end > 0) this.onChange(from, end)
  }
}

/** The system space can never be executed, whatever a region says; B3.5.3. */
const isSystemSpace = (address: Address): boolean => address >>> 29 === 7
