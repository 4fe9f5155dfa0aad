import type { Address, Cycles } from '../cpu/bus.ts'
import { lastAt } from '../last-at.ts'
import type { CodeRange } from './target.ts'

/** Why cycles went by: the names are the processor's. */
export type Reasons = Readonly<Record<string, Cycles>>

/** What the processor counted at each instruction that took cycles, by address; some were never completed. */
export interface CodeProfile {
  forEachExecuted(
    callback: (address: Address, cycles: Cycles, executions: number, reasons?: Reasons) => void,
  ): void
}

export interface NamedRange extends CodeRange {
  readonly name: string
}

export interface FunctionCost {
  readonly name: string
  readonly start: Address
  /** Spent in the function's own instructions, not in what it calls. */
  readonly selfCycles: Cycles
  readonly instructions: number
  /** Of `selfCycles`, where they are known. */
  readonly reasons: Reasons
  /** Executions of its first instruction: calls, where nothing jumps back there. */
  readonly entries: number
}

/**
 * Sums a profile by function, dearest first; code that belongs to no known function is summed by 0x100-byte page.
 * @param functions sorted by start, without overlap
 */
export function functionCosts(
  profile: CodeProfile,
  functions: readonly NamedRange[],
): readonly FunctionCost[] {
  const sums = new Map<
    Address,
    {
      name: string
      selfCycles: number
      instructions: number
      entries: number
      reasons: Record<string, Cycles>
    }
  >()
  let index = 0
  profile.forEachExecuted((address, cycles, executions, reasons = {}) => {
    const current = functions[index]
    if (!current || address < current.start || address >= current.end)
      index = lastAt(functions.length, (i) => functions[i]?.start, address)
    const owner = functions[index]
    const known = owner && address >= owner.start && address < owner.end
    const start = known ? owner.start : (address & ~0xff) >>> 0
    let sum = sums.get(start)
    if (!sum) {
      const name = known ? owner.name : `0x${start.toString(16)}..0x${(start + 0x100).toString(16)}`
      sum = { name, selfCycles: 0, instructions: 0, entries: 0, reasons: {} }
      sums.set(start, sum)
    }
    sum.selfCycles += cycles
    sum.instructions += executions
    if (address === start) sum.entries += executions
    for (const [reason, more] of Object.entries(reasons))
      sum.reasons[reason] = (sum.reasons[reason] ?? 0) + more
  })
  return [...sums]
    .map(([start, sum]) => ({ start, ...sum }))
    .sort((a, b) => b.selfCycles - a.selfCycles || a.start - b.start)
}

/**
 * Functions of an image without symbols, as far as they were executed: the targets of its executed BL instructions
 * and the given entries (vector table, operators). A function called only through a pointer joins the one before it.
 */
export function inferFunctions(
  profile: CodeProfile,
  readHalfword: (address: Address) => number,
  entries: readonly Address[],
): readonly NamedRange[] {
  const executed = new Set<Address>()
  const starts = new Set(entries.map((entry) => (entry & ~1) >>> 0))
  let last = 0
  profile.forEachExecuted((address, _, executions) => {
    if (executions === 0) return
    executed.add(address)
    last = Math.max(last, address)
    const target = branchWithLink(address, readHalfword(address), readHalfword(address + 2))
    if (target !== undefined) starts.add(target)
  })
  const sorted = [...starts].filter((start) => executed.has(start)).sort((a, b) => a - b)
  return sorted.map((start, i) => ({
    name: `function at 0x${start.toString(16)}`,
    start,
    end: sorted[i + 1] ?? last + 4,
  }))
}

/** Target of `BL label`, Armv7-M ARM A7.7.18 T1: 11110 S imm10 · 11 J1 1 J2 imm11. */
function branchWithLink(address: Address, first: number, second: number): Address | undefined {
  if ((first & 0xf800) !== 0xf000 || (second & 0xd000) !== 0xd000) return undefined
  const s = (first >> 10) & 1
  const i1 = 1 ^ ((second >> 13) & 1) ^ s
  const i2 = 1 ^ ((second >> 11) & 1) ^ s
  const offset = (-s << 24) | (i1 << 23) | (i2 << 22) | ((first & 0x3ff) << 12) | ((second & 0x7ff) << 1)
  return (address + 4 + offset) >>> 0
}
