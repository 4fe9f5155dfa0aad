import { BusError, type Address } from './bus.ts'
import type { AccessKind } from './mpu.ts'
import type { ProcessorState } from './state.ts'
import type { Surroundings } from './surroundings.ts'

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
    for (const [n, word] of words.entries()) {
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

/** xPSR as stacked: flags, ITSTATE, T, the padding bit and the exception number; ARMv7-M ARM B1.5.7. */
export function stackedPsr(state: ProcessorState, ipsr: number, thumb: boolean, padded: boolean): number {
  const itState = state.itState
  const it = ((itState & 0xfc) << 8) | ((itState & 3) << 25)
  return (state.apsr | it | (thumb ? 1 << 24 : 0) | (padded ? 1 << 9 : 0) | ipsr) >>> 0
}
