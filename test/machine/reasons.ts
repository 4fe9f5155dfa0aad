import { expect } from 'vitest'
import type { Machine } from '../../emulator/machine.ts'
import {
  allReasons,
  noCycles,
  sumOf,
  type CyclesByReason,
  type Reason,
} from '../../emulator/cpu/timing/reasons.ts'

export function addReasons(to: Record<Reason, number>, more: Partial<CyclesByReason>): void {
  for (const reason of allReasons) to[reason] += more[reason] ?? 0
}

/**
 * Holds the reasons of a run against each other: those of each instruction add up to its cycles, they and exceptions and
 * sleep to the run's, the run's by reason are the instructions' by reason, though they are counted apart; and what is
 * left over, which is taken to be refills, is only at branches.
 */
export function expectExactReasons(machine: Machine): CyclesByReason {
  const { cpu } = machine
  const { reasons } = cpu
  const reading = cpu.reading()
  if (!reasons || !reading) throw new Error('the machine has no profile')
  const run = reasons.of(reading)
  const sum = noCycles()
  let cycles = 0
  const wrong: unknown[] = []
  for (const one of reasons.instructions()) {
    if (sumOf(one.reasons) !== one.cycles) wrong.push(one)
    for (const reason of allReasons)
      if (one.reasons[reason] < 0 && reason !== 'interrupted') wrong.push({ negative: reason, ...one })
    if (one.reasons.refill !== 0 && !mayBranch(machine, one.address))
      wrong.push({ refill: 'no branch', ...one })
    cycles += one.cycles
    addReasons(sum, one.reasons)
  }
  expect(wrong.slice(0, 5)).toEqual([])
  expect(cycles + run.exception + run.sleep).toBe(machine.now)
  sum.exception = run.exception
  sum.sleep = run.sleep
  expect(sum).toEqual(run)
  expect(sumOf(run)).toBe(machine.now)
  expect(run.sleep).toBe(machine.sleepCycles)
  return run
}

function mayBranch({ cpu }: Machine, address: number): boolean {
  const one = cpu.core.decoder.instructionAt(address)
  if (!one) return true
  return /branch|loadPc/i.test(one.entry.definition.timing) || one.decoded['R'] === 1
}
