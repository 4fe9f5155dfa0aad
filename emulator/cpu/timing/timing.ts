/**
 * Parameters of the timing model, in cycles. "TRM" is the Cortex-M4 Technical Reference Manual r0p1,
 * sections 3.3.1 to 3.3.3 and 7.2.3. What the pipeline does with them is in `pipeline/`.
 */
export interface TimingParameters {
  /** `oneCycle` charges one cycle for every instruction, for tests of meaning alone. */
  readonly profile: 'pipeline' | 'oneCycle'
  /** P of B, B<c> and BL: the target is fetched while the branch is decoded. TRM: 1 to 3; measured 1. */
  readonly refillDirect: number
  /** P of CBZ and CBNZ: the target is fetched when the branch executes. Cortex-M3 TRM table 15-3. */
  readonly refillCompare: number
  /** P of BX LR. 2 fits silicon; Cortex-M3 TRM table 15-3 has it among those known at decode, 1. */
  readonly refillReturn: number
  /** P of BX, BLX with another register, MOV PC and ADD PC. */
  readonly refillIndirect: number
  /** P of POP and LDM with PC. 2 fits silicon; TRM: 1 to 3. */
  readonly refillPop: number
  /** P of LDR PC, TBB and TBH. TRM 3.3.2: at least five and six cycles in all. */
  readonly refillLoadPc: number
  /** Cycles that the prefetch unit needs to go on after its buffer was full. 0 or 1: sources differ. */
  readonly fetchRestart: number
  /** Cycles in a row with a full buffer after which the prefetch unit stands still. */
  readonly fetchStandstill: number
  /** Cycles that a load saves after another load that it pipelines with. TRM 3.3.2: LDR; LDR takes 3. */
  readonly pipelinedLoad: number
  /** Cycles of a store after a load that it pipelines with. TRM: 1; jnk0le measured 0. */
  readonly storeAfterLoad: number
  /** Further cycles of a load after a store: the write buffer goes first. jnk0le, pornin: measured 1. */
  readonly loadAfterStore: number
  /** Stall of an address made of the result of the instruction before. TRM 3.3.2. */
  readonly addressInterlock: number
  /**
   * Stall of an address that the load or store before makes: a base that it writes back, or, beyond the lost overlap, a
   * register that it loads. jnk0le's notes have one for both; his looped AES, with four LDR post-indexed by one base,
   * takes as long on an STM32F407 as with none.
   */
  readonly loadToAddress: number
  /** Cycles of a NOP after a load or a store with register offset. jnk0le measured 0. */
  readonly nopAfterLoad: number
  /** Cycles of LDM and POP beyond the TRM's 1 + N. pornin finds 1. */
  readonly loadMultipleExtra: number
  /** Cycles of an IT instruction folded onto a preceding 16-bit one. TRM table 3-1, note d. */
  readonly ifThen: number
  /** Cycles before a floating-point result can be used. TRM 7.2.3: 1. */
  readonly floatResultLatency: number
  /** VDIV and VSQRT. TRM table 7-1. */
  readonly floatDivideCycles: number
  /** Cycles of a VMLA or VFMA that integer instructions overlap. TRM: 0; GCC's description: 2. */
  readonly floatMacOverlap: number
  /** VMOV between a core and a single register. 1, or 2 by another reading of TRM table 7-1. */
  readonly floatMove: number
  /** VSTR of a single. TRM table 7-1: 2; GCC's description: 1. */
  readonly floatStore: number
  /**
   * Further cycles of a data read from flash, which the cache does not serve, unless it is of the line that data were
   * read from last. Not published; AES with its tables in flash and in RAM has 3.2 on an nRF52840, and Ascon's round
   * constants, bytes one after the other, none (NIST's benchmarks: see docs/fidelity.md).
   */
  readonly flashReadWait: number
  /** That line: 128 bits, as wide as the flash. By the same measurements. */
  readonly flashReadLineBytes: number
  /**
   * Wait states of an aligned word fetched from flash while the instruction cache is off: 2 on the nRF52840
   * (nrfx, soc/nrfx_coredep.h). With it on, a line that is missing costs `cacheMissCycles`.
   */
  readonly flashFetchWait: number
  /**
   * The instruction cache. Nordic does not publish its size, ways, line or replacement for the nRF52840; that of the
   * nRF5340 has two ways, least recently used, and lines of 128 bits. By 31 programs at once (docs/fidelity.md, "The
   * nRF52840's own memory") that of the nRF52840 has 2 kB and is directly mapped; lines of 16 bytes at a miss of 3
   * cycles and lines of 32 at one of 6 fit alike.
   */
  readonly cacheBytes: number
  readonly cacheWays: number
  readonly cacheLineBytes: number
  /** Cycles that a miss adds. By the same programs. */
  readonly cacheMissCycles: number
  /**
   * Of these, the most that the prefetch unit hides by asking for a line before it is needed: for a line that is entered
   * from above, not by a branch. It asks for up to three words ahead (Arm KB 103488664); how many cycles that gives is
   * known from the code: see `pipeline/line-ahead.ts`. 1 fits those programs best.
   */
  readonly cacheMissAhead: number
  /** Further cycles of a branch to code in RAM at 0x20000000, over the system bus. modm PR 642 measured 1. */
  readonly ramFetchRefill: number
  /** Further cycles of a load or store on a peripheral bus. */
  readonly peripheralWait: number
  /**
   * Cycles that an access waits which meets a transfer of EasyDMA at its RAM slave. The processor has the highest
   * priority (nRF52840 PS, AHB multilayer): it can wait for a transfer under way only, and RAM has no wait states.
   */
  readonly dmaContention: number
  /**
   * Further cycles of an access to another memory than that of the access before, peripherals aside. On an STM32F407 1,
   * by jnk0le's AES with its stack in SRAM2 and the rest in SRAM1; TRM: 0.
   */
  readonly loadOtherSlave: number
  /** Cycles for which a store with immediate offset holds up what follows: 0, as the write buffer takes it. TRM 3.3.2. */
  readonly storeWait: number
  /** 1: integer instructions go on while VDIV and VSQRT, or a multiply-accumulate, execute. TRM 7.2.3. */
  readonly floatOutOfOrder: number
  /** From recognition to the handler's first instruction, without floating-point frame. TRM 3.9.1. */
  readonly exceptionEntry: number
  /** From the handler's last instruction to the interrupted one. TRM 3.9.1. */
  readonly exceptionReturn: number
  /** From a handler's last instruction to the next one's first. TRM 3.9.1. */
  readonly tailChain: number
  /** Further cycles of an entry or a return that moves the 17 words of the floating-point frame. TRM 3.9.1: 29, 27. */
  readonly floatFrame: number
  /** Lazy preservation of those words at the first floating-point instruction. Not published; as eager stacking. */
  readonly lazyPreservation: number
  /** What is left of a return once unstacking can no more be abandoned. Not published; an assumption. */
  readonly exceptionReturnRefill: number
  /** Further cycles of each word stacked or unstacked: the stack in slower memory. */
  readonly stackWait: number
  /** Further cycles of an interrupted LDM or STM that continues: its address again. Not published; an assumption. */
  readonly multipleContinue: number
}

export const pipelineTiming: TimingParameters = {
  profile: 'pipeline',
  refillDirect: 1,
  refillCompare: 2,
  refillReturn: 2,
  refillIndirect: 2,
  refillPop: 2,
  refillLoadPc: 3,
  fetchRestart: 1,
  fetchStandstill: 2,
  pipelinedLoad: 1,
  storeAfterLoad: 0,
  loadAfterStore: 1,
  addressInterlock: 1,
  loadToAddress: 0,
  nopAfterLoad: 0,
  loadMultipleExtra: 0,
  ifThen: 0,
  floatResultLatency: 1,
  floatDivideCycles: 14,
  floatMacOverlap: 0,
  floatMove: 1,
  floatStore: 2,
  flashReadWait: 3,
  flashReadLineBytes: 16,
  flashFetchWait: 2,
  cacheBytes: 2048,
  cacheWays: 1,
  cacheLineBytes: 16,
  cacheMissCycles: 3,
  cacheMissAhead: 1,
  ramFetchRefill: 1,
  peripheralWait: 0,
  dmaContention: 0,
  loadOtherSlave: 0,
  storeWait: 0,
  floatOutOfOrder: 1,
  exceptionEntry: 12,
  exceptionReturn: 10,
  tailChain: 6,
  floatFrame: 17,
  lazyPreservation: 17,
  exceptionReturnRefill: 2,
  stackWait: 0,
  multipleContinue: 1,
}

/** What reports call a profile. The version grows with every change of what the same firmware costs. */
export const timingModelName: Readonly<Record<TimingParameters['profile'], string>> = {
  pipeline: 'Cortex-M4F pipeline, version 3',
  oneCycle: 'one cycle an instruction',
}

export const oneCycleTiming: TimingParameters = { ...pipelineTiming, profile: 'oneCycle' }
