import { addressOf } from './layout.ts'
import type { Decoded, TableEntry, TimingClass } from './instructions/table.ts'

/**
 * Parameters of the timing model, in cycles. "TRM" is the Cortex-M4 Technical Reference Manual r0p1,
 * sections 3.3.1 to 3.3.3 and 7.2.3.
 */
export interface TimingParameters {
  /** `oneCycle` charges one cycle for every instruction, for tests of meaning alone. */
  readonly profile: 'basic' | 'oneCycle'
  /** P of a branch whose target is in the instruction. TRM: 1 to 3. */
  readonly refillDirect: number
  /** P of BX, BLX (register), loads to PC and table branches. TRM: 1 to 3. */
  readonly refillIndirect: number
  /** Cycles that a load saves when the next instruction is a load or store that pipelines with it. TRM 3.3.2. */
  readonly pipelinedLoad: number
  /** Cycles of an IT instruction folded onto a preceding 16-bit one: 0, else 1. */
  readonly ifThen: number
  /** Further cycles of a data read from flash. */
  readonly flashReadWait: number
  /**
   * Wait states of an aligned word fetched from flash while the instruction cache is off: 2 on the nRF52840
   * (nrfx, soc/nrfx_coredep.h). With the cache on, every fetch is taken for a hit.
   */
  readonly flashFetchWait: number
  /** Further cycles of a load or store on a peripheral bus. */
  readonly peripheralWait: number
}

export const basicTiming: TimingParameters = {
  profile: 'basic',
  refillDirect: 1,
  refillIndirect: 2,
  pipelinedLoad: 1,
  ifThen: 1,
  flashReadWait: 0,
  flashFetchWait: 2,
  peripheralWait: 0,
}

export const oneCycleTiming: TimingParameters = { ...basicTiming, profile: 'oneCycle' }

export interface Costs {
  readonly cost: number
  /** Added when a conditional branch is taken. */
  readonly taken: number
  /** Added when a branch lands here. */
  readonly entered: number
}

export interface Timed {
  readonly address: number
  readonly entry: TableEntry
  readonly decoded: Decoded
}

const pipelinable: ReadonlySet<TimingClass> = new Set(['load', 'floatLoad'])
const follows: ReadonlySet<TimingClass> = new Set([
  'load',
  'store',
  'storeRegisterOffset',
  'floatLoad',
  'floatStore',
])

/**
 * Wait states of fetching an instruction: those of each aligned word that it begins. A branch into the second half of
 * a word fetches that word, and one that leaves has already fetched the word after it, in vain.
 */
function fetchWaits(one: Timed, wait: number): { always: number; entered: number; taken: number } {
  const { address, entry } = one
  const second = (address & 2) !== 0
  const begins = second ? (entry.width === 32 ? 1 : 0) : 1
  const target = one.decoded['X'] === 0 ? addressOf(one.decoded['imm'] ?? 0) : 0
  return { always: begins * wait, entered: second ? wait : 0, taken: (target & 2) !== 0 ? 2 * wait : wait }
}

const leaves: ReadonlySet<TimingClass> = new Set(['branch', 'branchRegister', 'tableBranch', 'loadPc'])

/**
 * Cycles fixed by an instruction and the one after it; TRM tables 3-1 and 7-1.
 * @param slowFetch The instruction comes from flash and the cache is off.
 */
export function costsOf(one: Timed, next: Timed | undefined, p: TimingParameters, slowFetch = false): Costs {
  if (p.profile === 'oneCycle') return { cost: 1, taken: 0, entered: 0 }
  const costs = atZeroWaitStates(one, next, p)
  if (!slowFetch) return costs
  const wait = fetchWaits(one, p.flashFetchWait)
  const { timing } = one.entry.definition
  return {
    cost: costs.cost + wait.always + (leaves.has(timing) ? wait.taken : 0),
    taken: costs.taken > 0 ? costs.taken + wait.taken : 0,
    entered: wait.entered,
  }
}

function atZeroWaitStates(one: Timed, next: Timed | undefined, p: TimingParameters): Costs {
  const count = one.decoded['count'] ?? 0
  const loadsPc = one.decoded['R'] === 1 ? p.refillIndirect : 0
  const costs = (cost: number, taken = 0): Costs => ({ cost, taken, entered: 0 })
  switch (one.entry.definition.timing) {
    case 'load':
    case 'floatLoad': {
      const next_ = next?.entry.definition.timing
      const pipelines =
        next_ !== undefined && pipelinable.has(one.entry.definition.timing) && follows.has(next_)
      return costs(pipelines ? 2 - p.pipelinedLoad : 2)
    }
    case 'loadPc':
      return costs(2 + p.refillIndirect)
    case 'storeRegisterOffset':
    case 'loadExclusive':
    case 'storeExclusive':
    case 'divide':
    case 'floatStore':
    case 'floatMoveTwo':
      return costs(2)
    case 'loadDouble':
    case 'storeDouble':
    case 'floatLoadDouble':
    case 'floatStoreDouble':
    case 'floatMultiplyAccumulate':
      return costs(3)
    case 'loadMultiple':
    case 'storeMultiple':
    case 'floatLoadMultiple':
    case 'floatStoreMultiple':
      return costs(1 + count + loadsPc)
    case 'branch':
      return costs(1 + p.refillDirect)
    case 'branchConditional':
    case 'compareAndBranch':
      return costs(1, p.refillDirect)
    case 'branchRegister':
      return costs(1 + p.refillIndirect)
    case 'tableBranch':
      return costs(2 + p.refillIndirect)
    case 'ifThen':
      return costs(p.ifThen)
    case 'floatDivide':
      return costs(14)
    case 'simple':
    case 'store':
    case 'system':
    case 'barrier':
    case 'wait':
    case 'floatSimple':
      return costs(1)
  }
}
