import type { Address } from '../bus.ts'
import { changedRanges, executableAt, type ExecutionMap } from './execution-map.ts'
import { EVERYWHERE, Mpu, codeMemories, type AccessKind, type SavedMpu } from './mpu.ts'
import type { Nvic } from '../exceptions/nvic.ts'
import { State, type Executable } from '../layout.ts'
import type { SpecialRegisters } from './special-registers.ts'
import type { FrameAccess } from '../exceptions/stack-frame.ts'
import type { Surroundings } from '../surroundings.ts'

export interface SavedPermissions {
  readonly mpu: SavedMpu
  readonly privileged: boolean
  readonly ranUnprivileged: boolean
  /** Of each of `codeMemories`. */
  readonly executionMaps: readonly ExecutionMap[]
}

/**
 * Who may access what now. Keeps the interpreter's fast path and decoded code in step with the MPU and the mode. Code
 * that only some may execute is decoded with a guard in front, and stays so when the privilege changes: an operating
 * system does that thousands of times a second.
 */
export class MemoryPermissions {
  readonly mpu = new Mpu()
  #privileged = true
  /** Code has run without privilege under the MPU: until then nobody needs the guards. */
  #ranUnprivileged = false
  readonly #executionMaps: ExecutionMap[] = codeMemories.map(([base]) => [[base, 'all']])

  constructor(
    private readonly surroundings: Surroundings,
    private readonly special: SpecialRegisters,
    private readonly nvic: Nvic,
  ) {
    this.mpu.onChange = (from, end) => this.#update(from, end)
  }

  save(): SavedPermissions {
    return {
      mpu: this.mpu.save(),
      privileged: this.#privileged,
      ranUnprivileged: this.#ranUnprivileged,
      executionMaps: [...this.#executionMaps],
    }
  }

  /** Decoded code is not told: it is restored after this. */
  restore({ mpu, privileged, ranUnprivileged, executionMaps }: SavedPermissions): void {
    this.mpu.restore(mpu)
    this.#privileged = privileged
    this.#ranUnprivileged = ranUnprivileged
    codeMemories.forEach(([base], n) => (this.#executionMaps[n] = executionMaps[n] ?? [[base, 'all']]))
  }

  check(address: Address, size: number, kind: AccessKind, privileged: boolean): boolean {
    return this.mpu.check(address, size, kind, privileged, this.nvic.executionPriority < 0)
  }

  frameAccess(privileged: boolean): FrameAccess {
    return {
      surroundings: this.surroundings,
      allows: (address, kind) => this.check(address, 4, kind, privileged),
    }
  }

  /** Who may execute code that is decoded now; in HardFault the unit may be off. */
  executableBy(address: Address): Executable {
    const n = codeMemories.findIndex(([base, bytes]) => address >= base && address < base + bytes)
    const who = executableAt(this.#executionMaps[n] ?? [], address) ?? 'all'
    return who === 'none' && this.check(address, 2, 'execute', true) ? 'all' : who
  }

  modeChanged(): void {
    const { isPrivileged } = this.special
    if (isPrivileged === this.#privileged) return
    this.#privileged = isPrivileged
    if (!this.mpu.isEnabled) return
    if (isPrivileged || this.#ranUnprivileged) this.#openFastPath(0, EVERYWHERE)
    else this.#update(0, EVERYWHERE)
  }

  #openFastPath(from: Address, end: Address): void {
    const { state } = this.surroundings
    const { isPrivileged } = this.special
    this.mpu.setFastPath(state, isPrivileged, from, end)
    state.setWord(State.unprivileged, isPrivileged || !this.mpu.isEnabled ? 0 : 1)
  }

  #update(from: Address, end: Address): void {
    const { mpu, surroundings } = this
    this.#openFastPath(from, end)
    this.#ranUnprivileged ||= mpu.isEnabled && !this.special.isPrivileged
    codeMemories.forEach(([base, bytes], n) => {
      if (from >= base + bytes || end <= base) return
      const before = this.#executionMaps[n] ?? []
      const map = this.#mapOf(n, before)
      if (map === before) return
      for (const [start, length] of changedRanges(before, map, base + bytes)) {
        if (surroundings.invalidateCode) surroundings.invalidateCode(start, length)
        else surroundings.invalidateAllCode()
      }
      this.#executionMaps[n] = map
    })
  }

  /**
   * While the unit is off, guards stay where they were: it is off for a moment only, to be programmed.
   * @returns what was there before, where it still holds
   */
  #mapOf(n: number, before: ExecutionMap): ExecutionMap {
    const { mpu } = this
    const [base, bytes] = codeMemories[n] ?? [0, 0]
    if (mpu.isEnabled) return mpu.executionMap(base, bytes, this.#ranUnprivileged, before)
    return before.some(([, who]) => who === 'none')
      ? before.map(([from, who]) => [from, who === 'none' ? 'all' : who] as const)
      : before
  }
}
