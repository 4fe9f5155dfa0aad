import { fixedReasons, type FixedReason } from './reasons.ts'

/**
 * What a landing adds, at the instruction itself and below, as far as the way on differs from when it is entered from
 * above: by how many bytes further.
 */
export type Landing = readonly { readonly offset: number; readonly spent: Spent }[]

/** Cycles of an instruction by their reasons, as far as they are known before it executes. */
export type Spent = Readonly<Partial<Record<FixedReason, number>>>

export const nothing: Spent = {}
export const plain: Spent = { issue: 1 }

export function plus(a: Spent, b: Spent, times = 1): Spent {
  const sum: Partial<Record<FixedReason, number>> = { ...a }
  for (const reason of fixedReasons) {
    const more = b[reason]
    if (more) sum[reason] = (sum[reason] ?? 0) + times * more
  }
  return sum
}

export const minus = (a: Spent, b: Spent): Spent => plus(a, b, -1)

export function alike(a: Spent, b: Spent): boolean {
  if (a === b) return true
  for (const reason of fixedReasons) if ((a[reason] ?? 0) !== (b[reason] ?? 0)) return false
  return true
}

export const totalOf = (landing: Landing): Spent =>
  landing.reduce((sum, { spent }) => plus(sum, spent), nothing)

export function cyclesOf(spent: Spent): number {
  let sum = 0
  for (const reason of fixedReasons) sum += spent[reason] ?? 0
  return sum
}

export const cyclesOfLanding = (landing: Landing): number =>
  landing.reduce((sum, { spent }) => sum + cyclesOf(spent), 0)
