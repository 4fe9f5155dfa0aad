/** Why a cycle went by. The table that everything that shows or sums reasons is made from; docs/reasons.md. */
export interface ReasonText {
  /** In tables. */
  readonly name: string
  readonly meaning: string
}

export const reasons = {
  issue: { name: 'issue', meaning: 'instructions executing, one cycle each' },
  load: { name: 'load', meaning: 'the further cycles of loads: each word after its address' },
  store: { name: 'store', meaning: 'the further cycles of stores that the write buffer does not hide' },
  writeBuffer: { name: 'write buffer', meaning: 'a load waits until the store before it is written' },
  data: { name: 'data in flash', meaning: 'a load waits for the flash: constants, weights, tables' },
  unaligned: {
    name: 'unaligned',
    meaning: 'a load or store of several transfers, as its address is not aligned',
  },
  miss: { name: 'cache miss', meaning: 'code that is not in the instruction cache comes from flash' },
  fetch: { name: 'fetch', meaning: 'an instruction waits for its own half-words: wide ones, or no cache' },
  refill: { name: 'branch refill', meaning: 'the pipeline is filled again after a branch' },
  interlock: { name: 'address interlock', meaning: 'an address needs the result of the instruction before' },
  divide: { name: 'divide', meaning: 'the further cycles of SDIV and UDIV, by their operands' },
  float: {
    name: 'floating point',
    meaning: 'floating-point operations of several cycles, and waits for results',
  },
  peripheral: { name: 'peripheral', meaning: 'wait states of peripheral registers' },
  contention: { name: 'bus contention', meaning: 'another bus master, or another memory, is in the way' },
  busy: { name: 'flash busy', meaning: 'the flash is being erased or written' },
  interrupted: { name: 'interrupted', meaning: 'work of multiples and divides that an exception broke off' },
  exception: { name: 'exception', meaning: 'entry, return, tail-chaining and late stacking' },
  sleep: { name: 'sleep', meaning: 'the processor sleeps, or is off' },
} as const satisfies Record<string, ReasonText>

export type Reason = keyof typeof reasons
export const allReasons = Object.keys(reasons) as readonly Reason[]

/** Those that are known before code executes. */
export const fixedReasons = [
  'issue',
  'load',
  'store',
  'writeBuffer',
  'fetch',
  'refill',
  'interlock',
  'divide',
  'float',
] as const satisfies readonly Reason[]
export type FixedReason = (typeof fixedReasons)[number]

/** Cycles by reason; of differences some are negative. */
export type CyclesByReason = Readonly<Record<Reason, number>>

export const noCycles = (): Record<Reason, number> => ({
  issue: 0,
  load: 0,
  store: 0,
  writeBuffer: 0,
  data: 0,
  unaligned: 0,
  miss: 0,
  fetch: 0,
  refill: 0,
  interlock: 0,
  divide: 0,
  float: 0,
  peripheral: 0,
  contention: 0,
  busy: 0,
  interrupted: 0,
  exception: 0,
  sleep: 0,
})

export const sumOf = (cycles: Partial<CyclesByReason>): number =>
  allReasons.reduce((sum, reason) => sum + (cycles[reason] ?? 0), 0)
