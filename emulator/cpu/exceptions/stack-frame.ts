import { BusError, type Address } from '../bus.ts'
import type { AccessKind } from '../system/mpu.ts'
import type { ProcessorState } from '../state.ts'
import type { Surroundings } from '../surroundings.ts'

/** Refused by the MPU, or no answer from the bus. */
export type FrameFault = 'Access' | 'Bus'

export interface FrameAccess {
  readonly surroundings: Pick<Surroundings, 'readMemory' | 'writeMemory'>
  readonly allows: (address: Address, kind: AccessKind) => boolean
}

/** Writes words upwards from `frame`; stops at the first that fails. */
export function writeFrame(
  access: FrameAccess,
  frame: Address,
  words: readonly number[],
): FrameFault | undefined {
  try {
    for (let n = 0; n < words.length; n++) {
      const word = words[n] ?? 0
      const address = (frame + 4 * n) >>> 0
      if (!access.allows(address, 'write')) return 'Access'
      access.surroundings.writeMemory(address, 4, word >>> 0)
    }
    return undefined
  } catch (error) {
    if (error instanceof BusError) return 'Bus'
    throw error
  }
}

export function readFrame(access: FrameAccess, frame: Address, count: number): number[] | FrameFault {
  const words: number[] = []
  try {
    for (let n = 0; n < count; n++) {
      const address = (frame + 4 * n) >>> 0
      if (!access.allows(address, 'read')) return 'Access'
      words.push(access.surroundings.readMemory(address, 4) >>> 0)
    }
    return words
  } catch (error) {
    if (error instanceof BusError) return 'Bus'
    throw error
  }
}

/** What a stacked xPSR has beyond the flags. */
export interface PsrFields {
  readonly ipsr: number
  readonly thumb: boolean
  readonly padded: boolean
  /** EPSR.ICI[7:4]: where a multiple load or store goes on. */
  readonly continuation: number
}

/** xPSR as stacked: flags, ITSTATE or ICI, T, the padding bit and the exception number; ARMv7-M ARM B1.5.7. */
export function stackedPsr(state: ProcessorState, { ipsr, thumb, padded, continuation }: PsrFields): number {
  const itState = continuation === 0 ? state.itState : continuation << 4
  const it = ((itState & 0xfc) << 8) | ((itState & 3) << 25)
  return (state.apsr | it | (thumb ? 1 << 24 : 0) | (padded ? 1 << 9 : 0) | ipsr) >>> 0
}

/** ITSTATE out of a stacked xPSR, or with four zeros below, EPSR.ICI[7:4]; ARMv7-M ARM B1.4.2. */
export function unstackedExecutionState(psr: number): { itState: number; continuation: number } {
  const bits = ((psr >>> 8) & 0xfc) | ((psr >>> 25) & 3)
  return (bits & 0xf) === 0 ? { itState: 0, continuation: bits >>> 4 } : { itState: bits, continuation: 0 }
}

/** Puts a frame of 8 words, or of 25 with floating point, back into the registers. */
export function restoreRegisters(
  state: ProcessorState,
  words: readonly number[],
): { pc: Address; psr: number } {
  const word = (n: number): number => words[n] ?? 0
  for (let n = 0; n < 4; n++) state.setRegister(n, word(n))
  state.setRegister(12, word(4))
  state.setRegister(14, word(5))
  state.apsr = word(7)
  if (words.length > 8) {
    for (let n = 0; n < 16; n++) state.setSingle(n, word(8 + n))
    state.fpscr = word(24)
  }
  return { pc: word(6), psr: word(7) }
}
