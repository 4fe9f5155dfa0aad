/**
 * Parameters of the timing model, in cycles. "TRM" is the Cortex-M4 Technical Reference Manual r0p1,
 * sections 3.3.1 to 3.3.3 and 7.2.3. What the pipeline does with them is in `pipeline/`.
 */
export interface TimingParameters {
  /** `oneCycle` charges one cycle for every instruction, for tests of meaning alone. */
  readonly profile: 'basic' | 'oneCycle'
  /** P of a branch whose target is in the instruction. TRM: 1 to 3. */
  readonly refillDirect: number
  /** P of BX, BLX (register), loads to PC and table branches. TRM: 1 to 3. */
  readonly refillIndirect: number
  /** Cycles that a load saves after another load that it pipelines with. TRM 3.3.2: LDR; LDR takes 3. */
  readonly pipelinedLoad: number
  /** Cycles of a store after a load that it pipelines with. TRM: 1; jnk0le measured 0. */
  readonly storeAfterLoad: number
  /** Further cycles of a load after a store: the write buffer goes first. */
  readonly loadAfterStore: number
  /** Stall of an address made of the result of the instruction before. TRM 3.3.2. */
  readonly addressInterlock: number
  /** Cycles of an IT instruction folded onto a preceding 16-bit one: 0, else 1. */
  readonly ifThen: number
  /** Cycles before a floating-point result can be used. TRM 7.2.3: 1. */
  readonly floatResultLatency: number
  /** VDIV and VSQRT. TRM table 7-1. */
  readonly floatDivideCycles: number
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
  storeAfterLoad: 0,
  loadAfterStore: 1,
  addressInterlock: 1,
  ifThen: 0,
  floatResultLatency: 1,
  floatDivideCycles: 14,
  flashReadWait: 0,
  flashFetchWait: 2,
  peripheralWait: 0,
}

export const oneCycleTiming: TimingParameters = { ...basicTiming, profile: 'oneCycle' }
