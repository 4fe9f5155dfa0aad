import type { CortexM4 } from '../../emulator/cpu/cpu.ts'
import type { TableEntry } from '../../emulator/cpu/instructions/table.ts'
import { CODE_BYTES, TABLE, addressOf } from '../../emulator/cpu/layout.ts'

/** How often each entry of the instruction table was executed. */
export type Executions = ReadonlyMap<TableEntry, number>

/** 64-bit counts for a half-word of code: cycles, then executions. */
const COUNTS = 2

/**
 * What a processor made with `profile: true` has executed. Code in RAM that was replaced meanwhile counts as
 * what stands there now.
 */
export function executedEntries(cpu: CortexM4): Executions {
  const { profile, decoder } = cpu.core
  const executed = new Map<TableEntry, number>()
  for (let halfword = 0; halfword < CODE_BYTES / 2; halfword++) {
    const executions = Number(profile[COUNTS * halfword + 1] ?? 0n)
    if (executions === 0) continue
    const found = decoder.instructionAt(addressOf(TABLE + 16 * halfword))
    if (found) executed.set(found.entry, (executed.get(found.entry) ?? 0) + executions)
  }
  return executed
}

/** Adds one run's counts to others'. */
export function addExecutions(to: Map<TableEntry, number>, from: Executions): void {
  for (const [entry, count] of from) to.set(entry, (to.get(entry) ?? 0) + count)
}
