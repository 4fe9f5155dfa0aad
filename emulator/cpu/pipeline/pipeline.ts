import type { TimingClass } from '../instructions/table.ts'
import type { TimingParameters } from '../timing.ts'
import { landed, take, tick, type Fetch } from './fetch.ts'
import { registerUse, type RegisterUse } from './register-use.ts'
import type { Timed } from './timed.ts'

/** What an instruction leaves behind that can cost the next ones cycles. */
export interface Pipeline {
  readonly fetch: Fetch
  /** A load or store whose data phase the next one's address phase can overlap; `none` after all else. */
  readonly memory: 'none' | 'load' | 'store'
  /** Core registers whose new value is not yet in the register bank: an address cannot be made of them at once. */
  readonly fresh: number
  /** Core registers that the load before is still fetching. */
  readonly loading: number
  /** The instruction before was 16 bits wide: an IT may fold onto it. */
  readonly afterNarrow: boolean
  /** Single registers whose value is there after so many further cycles, and the cycles. */
  readonly late: number
  readonly lateCycles: number
  /** Cycles for which VDIV or VSQRT still occupies the floating-point unit. */
  readonly dividing: number
}

export interface Step {
  /** Cycles from this instruction's turn to the next one's; a branch counted as not taken. */
  readonly cost: number
  readonly after: Pipeline
}

/** After a taken branch, an exception or a reset, at `address`. */
export function afterBranch(address: number, waitStates: number): Pipeline {
  return {
    fetch: landed(address, waitStates),
    memory: 'none',
    fresh: 0,
    loading: 0,
    afterNarrow: false,
    late: 0,
    lateCycles: 0,
    dividing: 0,
  }
}

export const same = (a: Pipeline, b: Pipeline): boolean =>
  a.fetch.ready === b.fetch.ready &&
  a.fetch.dataPhase === b.fetch.dataPhase &&
  a.fetch.addressPhase === b.fetch.addressPhase &&
  a.memory === b.memory &&
  a.fresh === b.fresh &&
  a.loading === b.loading &&
  a.afterNarrow === b.afterNarrow &&
  a.late === b.late &&
  a.lateCycles === b.lateCycles &&
  a.dividing === b.dividing

/** Lets one instruction through the pipeline. */
export function advance(before: Pipeline, one: Timed, p: TimingParameters, waitStates: number): Step {
  const use = registerUse(one)
  const halfwords = one.entry.width / 16
  let { fetch } = before
  let cycles = 0
  const pass = (count: number, pc: number): void => {
    for (let i = 0; i < count; i++) fetch = tick(fetch, pc, waitStates)
    cycles += count
  }
  while (fetch.ready < halfwords) pass(1, one.address)
  fetch = take(fetch, halfwords)
  const stalled = stallsOf(before, one, use, p, cycles)
  pass(stalled + issueCycles(before, one, use, p), one.address + 2 * halfwords)
  return { cost: cycles, after: { fetch, ...leaves(before, one, use, p, cycles) } }
}

const isFloat = (timing: TimingClass): boolean => timing.startsWith('float')

/** Cycles for which an instruction waits for a register or for the floating-point unit. */
function stallsOf(
  before: Pipeline,
  one: Timed,
  use: RegisterUse,
  p: TimingParameters,
  waited: number,
): number {
  const interlock = (use.addresses & before.fresh) !== 0 ? p.addressInterlock : 0
  if (!isFloat(one.entry.definition.timing)) return interlock
  const needed = (use.readsSingles & ~use.accumulates & before.late) !== 0 ? before.lateCycles : 0
  const accumulated = (use.accumulates & before.late) !== 0 ? before.lateCycles - 1 : 0
  return Math.max(interlock, Math.max(needed, accumulated, before.dividing) - waited, 0)
}

/** Cycles of the instruction itself; TRM tables 3-1 and 7-1. */
function issueCycles(before: Pipeline, one: Timed, use: RegisterUse, p: TimingParameters): number {
  const { decoded, entry } = one
  const count = decoded['count'] ?? 0
  const overlaps = (use.addresses & before.loading) === 0
  switch (entry.definition.timing) {
    case 'load':
    case 'floatLoad':
      if (before.memory === 'load' && overlaps) return 2 - p.pipelinedLoad
      return before.memory === 'store' ? 2 + p.loadAfterStore : 2
    case 'store':
      return before.memory === 'load' && overlaps ? p.storeAfterLoad : 1
    case 'floatStore':
      return 2
    case 'storeRegisterOffset':
    case 'loadExclusive':
    case 'storeExclusive':
    case 'divide':
    case 'floatMoveTwo':
      return 2
    case 'loadPc':
      return 2 + p.refillIndirect
    case 'loadDouble':
    case 'storeDouble':
    case 'floatLoadDouble':
    case 'floatStoreDouble':
    case 'floatMultiplyAccumulate':
      return 3
    case 'loadMultiple':
      return 1 + count + (decoded['R'] === 1 ? p.refillIndirect : 0)
    case 'storeMultiple':
    case 'floatLoadMultiple':
    case 'floatStoreMultiple':
      return 1 + count
    case 'branch':
      return 1 + p.refillDirect
    case 'branchRegister':
      return 1 + p.refillIndirect
    case 'tableBranch':
      return 2 + p.refillIndirect
    case 'ifThen':
      return before.afterNarrow ? p.ifThen : 1
    case 'branchConditional':
    case 'compareAndBranch':
    case 'floatDivide':
    case 'simple':
    case 'system':
    case 'barrier':
    case 'wait':
    case 'floatSimple':
      return 1
  }
}

function leaves(
  before: Pipeline,
  one: Timed,
  use: RegisterUse,
  p: TimingParameters,
  cycles: number,
): Omit<Pipeline, 'fetch'> {
  const { timing } = one.entry.definition
  const memory = timing === 'load' || timing === 'floatLoad' ? 'load' : timing === 'store' ? 'store' : 'none'
  const loading = memory === 'load' ? use.loads : 0
  const produces = isFloat(timing) && use.writesSingles !== 0 && !/Load|Store|MoveTwo/.test(timing)
  const divides = timing === 'floatDivide'
  const waitLeft = Math.max(before.lateCycles - cycles, 0)
  return {
    memory,
    fresh: use.writes & ~use.loads,
    loading,
    afterNarrow: one.entry.width === 16,
    late: produces ? use.writesSingles : waitLeft > 0 ? before.late : 0,
    lateCycles: produces ? p.floatResultLatency : waitLeft,
    dividing: divides ? p.floatDivideCycles - 1 : Math.max(before.dividing - cycles, 0),
  }
}
