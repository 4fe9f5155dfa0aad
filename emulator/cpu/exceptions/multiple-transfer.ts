import type { Address } from '../bus.ts'
import type { DecodedInstruction } from '../engine/decode.ts'
import type { TimingClass } from '../instructions/table.ts'
import type { ProcessorState } from '../state.ts'

const PC = 15

/** A multiple load or store as words to move one after the other, lowest register and address first. */
export interface MultipleTransfer {
  readonly isLoad: boolean
  readonly isFloat: boolean
  /** Core registers, 15 last where PC is loaded; or singles. */
  readonly registers: readonly number[]
  readonly start: Address
  readonly base: number
  /** What the base was when it began, and what write-back makes of it. */
  readonly baseBefore: number
  readonly baseAfter: number
}

const multiples: ReadonlySet<TimingClass> = new Set([
  'loadMultiple',
  'storeMultiple',
  'floatLoadMultiple',
  'floatStoreMultiple',
])

export const isMultiple = ({ entry }: DecodedInstruction): boolean => multiples.has(entry.definition.timing)

/** The transfers of LDM, STM, PUSH, POP, VLDM, VSTM, VPUSH or VPOP, before any of them was made. */
export function transfersOf(one: DecodedInstruction, state: ProcessorState): MultipleTransfer {
  const { timing } = one.entry.definition
  const { n = 0, imm = 0, count = 0, x = 0, A, W, R } = one.decoded
  const isFloat = timing.startsWith('float')
  const baseBefore = state.register(n)
  const common = { isLoad: /Load|load/.test(timing), isFloat, base: n, baseBefore }
  if (isFloat) {
    const registers = Array.from({ length: count }, (_, i) => x + i)
    const start = (baseBefore + Math.min(imm, 0)) >>> 0
    return { ...common, registers, start, baseAfter: (baseBefore + imm) >>> 0 }
  }
  const registers = Array.from({ length: 16 }, (_, i) => i).filter(
    (i) => (imm >>> i) & 1 || (i === PC && R === 1),
  )
  const start = (A === 1 ? baseBefore : baseBefore - 4 * count) >>> 0
  const after = (A === 1 ? baseBefore + 4 * count : start) >>> 0
  return { ...common, registers, start, baseAfter: W === 1 ? after : baseBefore }
}

/** EPSR.ICI[7:4] of a transfer that goes on at word `done`; 0 begins it anew. A double register counts for VLDM. */
export function continuationOf({ isFloat, registers }: MultipleTransfer, done: number): number {
  const next = registers[done] ?? 0
  return isFloat ? next >> 1 : next
}

/** The word that ICI names, or undefined where the instruction has no such register. */
export function wordOf({ isFloat, registers }: MultipleTransfer, continuation: number): number | undefined {
  const index = registers.findIndex((one) => (isFloat ? one >> 1 : one) === continuation)
  return index < 0 ? undefined : index
}

/** A load has already overwritten its own base, so that the rest cannot be found from it. */
export const hasLostBase = ({ isLoad, isFloat, registers, base }: MultipleTransfer, done: number): boolean =>
  isLoad && !isFloat && registers.indexOf(base) >= 0 && registers.indexOf(base) < done

/** Words go below the stack pointer, which is written back. */
export const isPush = ({ isLoad, base, baseBefore, baseAfter }: MultipleTransfer): boolean =>
  !isLoad && base === 13 && baseAfter < baseBefore

/** The rest of a push whose stack pointer was written back when it was left. */
export function afterPush(transfer: MultipleTransfer): MultipleTransfer {
  if (!isPush(transfer)) return transfer
  const { baseBefore: now, baseAfter } = transfer
  return { ...transfer, start: now, baseBefore: now + (now - baseAfter), baseAfter: now }
}
