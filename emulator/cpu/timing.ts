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
  /** Further cycles of an instruction fetch; 0 with the instruction cache on and hitting. */
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
  flashFetchWait: 0,
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

/** What is fixed by the instruction and the one after it; TRM tables 3-1 and 7-1. */
export function costsOf(one: Timed, next: Timed | undefined, p: TimingParameters): Costs {
  if (p.profile === 'oneCycle') return { cost: 1, taken: 0, entered: 0 }
  const count = one.decoded['count'] ?? 0
  const loadsPc = one.decoded['R'] === 1 ? p.refillIndirect : 0
  const fetch = p.flashFetchWait
  const costs = (cost: number, taken = 0): Costs => ({ cost: cost + fetch, taken, entered: 0 })
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
