import type { Address, Cycles } from '../cpu/bus.ts'

export interface UnmodelledAccess {
  readonly name: string
  readonly address: Address
  readonly firstCycle: Cycles
  reads: number
  writes: number
}

/** Names that are kept apart; the rest is counted together, so that memory does not grow with the run. */
export const MOST_NAMES = 1024
const FURTHER = 'further registers'

/** Accesses to what nobody modelled, counted and named; in the order of first access, so the same every run. */
export class UnmodelledLog {
  readonly stateVersion = 1
  readonly accesses = new Map<string, UnmodelledAccess>()
  /** Told of each access. Not saved: who listens does it again. */
  onRecord: ((name: string, address: Address, kind: 'read' | 'write') => void) | undefined

  constructor(private readonly clock: { readonly now: Cycles }) {}

  record(name: string, address: Address, kind: 'read' | 'write'): void {
    let access = this.accesses.get(name)
    if (access === undefined && this.accesses.size >= MOST_NAMES) {
      name = FURTHER
      access = this.accesses.get(name)
    }
    if (access === undefined) {
      access = { name, address, firstCycle: this.clock.now, reads: 0, writes: 0 }
      this.accesses.set(name, access)
    }
    if (kind === 'read') access.reads += 1
    else access.writes += 1
    this.onRecord?.(name, address, kind)
  }

  clear(): void {
    this.accesses.clear()
  }

  save(): readonly UnmodelledAccess[] {
    return [...this.accesses.values()].map((access) => ({ ...access }))
  }

  restore(accesses: readonly UnmodelledAccess[]): void {
    this.clear()
    for (const access of accesses) this.accesses.set(access.name, { ...access })
  }
}

export const hex = (value: number, digits = 8): string =>
  `0x${(value >>> 0).toString(16).padStart(digits, '0')}`
