import type { CodeProfile } from '../../emulator/probes/functions.ts'

/** What was counted of an instruction. */
export interface InstructionCost {
  readonly address: number
  readonly cycles: number
  readonly executions: number
  /** Undefined where reasons were not counted. */
  readonly reasons: Readonly<Record<string, number>> | undefined
}

/** By address. */
export function instructionCosts(profile: CodeProfile): ReadonlyMap<number, InstructionCost> {
  const costs = new Map<number, InstructionCost>()
  profile.forEachExecuted((address, cycles, executions, reasons) =>
    costs.set(address, { address, cycles, executions, reasons }),
  )
  return costs
}

type Reasons = Readonly<Record<string, number>>

/** Adds reasons up; those that are 0 are left out, and nothing is known where one is not. */
export function sumReasons(all: readonly (Reasons | undefined)[]): Reasons | null {
  const sum: Record<string, number> = {}
  for (const reasons of all) {
    if (!reasons) return null
    for (const [reason, cycles] of Object.entries(reasons)) sum[reason] = (sum[reason] ?? 0) + cycles
  }
  return Object.fromEntries(Object.entries(sum).filter(([, cycles]) => cycles !== 0))
}
