import type { Address } from '../bus.ts'
import { changedRanges, type ExecutionMap } from './execution-map.ts'
import { Mpu, codeMemories, type AccessKind, type SavedMpu } from './mpu.ts'
import type { Nvic } from '../exceptions/nvic.ts'
import type { SpecialRegisters } from './special-registers.ts'
import type { FrameAccess } from '../exceptions/stack-frame.ts'
import type { Surroundings } from '../surroundings.ts'

export interface SavedPermissions {
  readonly mpu: SavedMpu
  readonly privileged: boolean
  /** Of each of `codeMemories`. */
  readonly executionMaps: readonly ExecutionMap[]
}

/** Who may access what now. Keeps the interpreter's fast path and decoded code in step with the MPU and the mode. */
export class MemoryPermissions {
  readonly mpu = new Mpu()
  #privileged = true
  readonly #executionMaps: ExecutionMap[] = codeMemories.map(([base]) => [[base, true]])

  constructor(
    private readonly surroundings: Surroundings,
    private readonly special: SpecialRegisters,
    private readonly nvic: Nvic,
  ) {
    this.mpu.onChange = () => this.#update()
  }

  save(): SavedPermissions {
    return {
      mpu: this.mpu.save(),
      privileged: this.#privileged,
      executionMaps: [...this.#executionMaps],
    }
  }

  /** Decoded code is not told: it is restored after this. */
  restore({ mpu, privileged, executionMaps }: SavedPermissions): void {
    this.mpu.restore(mpu)
    this.#privileged = privileged
    codeMemories.forEach(([base], n) => (this.#executionMaps[n] = executionMaps[n] ?? [[base, true]]))
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

  modeChanged(): void {
    const { isPrivileged } = this.special
    if (isPrivileged === this.#privileged) return
    this.#privileged = isPrivileged
    if (this.mpu.isEnabled) this.#update()
  }

  #update(): void {
    const { mpu, surroundings } = this
    const { isPrivileged } = this.special
    mpu.setFastPath(surroundings.state, isPrivileged)
    codeMemories.forEach(([base, bytes], n) => {
      const map = mpu.executionMap(base, bytes, isPrivileged)
      for (const [from, length] of changedRanges(this.#executionMaps[n] ?? [], map, base + bytes)) {
        if (surroundings.invalidateCode) surroundings.invalidateCode(from, length)
        else surroundings.invalidateAllCode()
      }
      this.#executionMaps[n] = map
    })
  }
}
