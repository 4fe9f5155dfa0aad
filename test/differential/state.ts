/** Where each part of the processor's visible state stands in a flat array of words. */
export const Word = {
  /** R0 to R15; R15 is the address of the next instruction. */
  registers: 0,
  /** N, Z, C, V, Q, GE in their APSR places. */
  apsr: 16,
  fpscr: 17,
  /** S0 to S31. */
  singles: 18,
  primask: 50,
  basepri: 51,
  faultmask: 52,
} as const
export const STATE_WORDS = 53

export const APSR_BITS = 0xf80f_0000

export const stateNames: readonly string[] = [
  ...Array.from({ length: 13 }, (_, i) => `r${i}`),
  'sp',
  'lr',
  'pc',
  'apsr',
  'fpscr',
  ...Array.from({ length: 32 }, (_, i) => `s${i}`),
  'primask',
  'basepri',
  'faultmask',
]

/** Guest memory shared by the generator and both processors. */
export const Memory = {
  flashBytes: 0x10_0000,
  ramBase: 0x2000_0000,
  ramBytes: 0x4_0000,
  /** Loads and stores of generated cases fall into the first bytes of RAM. */
  windowBytes: 0x4000,
  /** BKPT #0, with which flash is filled: wherever a case goes on to, it stops. */
  filler: 0xbe00,
} as const

/** How a processor came to rest. */
export type Outcome = 'stopped' | 'undefined' | 'exception' | 'memory' | 'running'

/** One of the two processors that a case runs on. */
export interface Processor {
  readonly flash: Uint8Array
  readonly ram: Uint8Array
  readonly state: Uint32Array
  /** Told of new code at an address that has not been executed since the last flush. */
  codePlaced(address: number, bytes: number): void
  /** Forgets all that it knows about code; slow. */
  flush(): void
  /**
   * Loads `state`, runs from `address` until a BKPT or for `instructions`, whichever comes first
   * (an instruction that fails its condition may not be counted), and stores the state back.
   */
  run(address: number, instructions: number): Outcome
}
