import type { TimingClass } from '../../instructions/table.ts'
import { RAM_BASE } from '../../layout.ts'
import { cyclesOf, nothing, plus, type Spent } from '../spent.ts'
import type { TimingParameters } from '../timing.ts'
import { filled, landed, take, tick, type Bus, type Fetch } from './fetch.ts'
import { entered, passed, type LineAhead } from './line-ahead.ts'
import { isMemory, registerUse, type RegisterUse } from './register-use.ts'
import type { Timed } from './timed.ts'

/** What an instruction leaves behind that can cost the next ones cycles. */
export interface Pipeline {
  readonly fetch: Fetch
  readonly ahead: LineAhead
  /** A load or store whose data phase the next one's address phase can overlap; `none` after all else. */
  readonly memory: 'none' | 'load' | 'store' | 'storeRegisterOffset'
  /** Core registers whose new value is not yet in the register bank: an address cannot be made of them at once. */
  readonly fresh: number
  /** Bases that a load or store has just written back. */
  readonly rebased: number
  /** Core registers that the load before is still fetching. */
  readonly loading: number
  /** The instruction before was 16 bits wide and no branch: an IT folds onto it. TRM table 3-1, note d. */
  readonly foldable: boolean
  /** Single registers whose value is there after so many further cycles, and the cycles. */
  readonly late: number
  readonly lateCycles: number
  /** Cycles for which the floating-point unit still works on the instruction before. */
  readonly floatBusy: number
}

export interface Step {
  /** Cycles from this instruction's turn to the next one's; a branch counted as not taken. */
  readonly cost: number
  /** The same by reason. */
  readonly spent: Spent
  readonly after: Pipeline
}

/** After a taken branch, an exception or a reset, at `address`. */
export const afterBranch = (address: number, waitStates: number, p: TimingParameters): Pipeline =>
  withFetch(landed(address, waitStates), entered(address, p))

/** After stacking or unstacking, beside which the instruction was fetched; Cortex-M4 TRM 3.9.1. */
export const afterException = (address: number, p: TimingParameters): Pipeline =>
  withFetch(filled(address, busOf(p, 0)), entered(address, p))

const busOf = (p: TimingParameters, waitStates: number): Bus => ({
  waitStates,
  restart: p.fetchRestart,
  standstill: p.fetchStandstill,
})

function withFetch(fetch: Fetch, ahead: LineAhead): Pipeline {
  return {
    fetch,
    ahead,
    memory: 'none',
    fresh: 0,
    rebased: 0,
    loading: 0,
    foldable: false,
    late: 0,
    lateCycles: 0,
    floatBusy: 0,
  }
}

/** Whether what comes costs the same; misses of the instruction cache aside. */
export const same = (a: Pipeline, b: Pipeline): boolean =>
  a.fetch.ready === b.fetch.ready &&
  a.fetch.dataPhase === b.fetch.dataPhase &&
  a.fetch.idle === b.fetch.idle &&
  a.memory === b.memory &&
  a.fresh === b.fresh &&
  a.rebased === b.rebased &&
  a.loading === b.loading &&
  a.foldable === b.foldable &&
  a.late === b.late &&
  a.lateCycles === b.lateCycles &&
  a.floatBusy === b.floatBusy

/** Lets one instruction through the pipeline. */
export function advance(before: Pipeline, one: Timed, p: TimingParameters, waitStates: number): Step {
  const use = registerUse(one)
  const halfwords = one.entry.width / 16
  const bus = busOf(p, waitStates)
  const guesses = one.entry.definition.timing === 'branchConditional'
  let { fetch } = before
  let waited = 0
  for (; fetch.ready < halfwords; waited++) fetch = tick(fetch, one.address, bus)
  fetch = take(fetch, halfwords)
  const issued = issueCycles(before, one, use, p)
  const stalls = stallsOf(before, one, use, p, waited)
  const executing = stalls === nothing ? issued : plus(issued, stalls)
  const cycles = cyclesOf(executing)
  const shared = one.address >= RAM_BASE ? accessesOf(one) : 0
  const next = one.address + 2 * halfwords
  for (let i = 0; i < cycles; i++) fetch = tick(fetch, next, bus, (guesses && i === 0) || i < shared)
  const cost = waited + cycles
  const ahead = passed(before.ahead, one.address, cost, p)
  const spent = waited === 0 ? executing : { ...executing, fetch: waited }
  return { cost, spent, after: { fetch, ahead, ...leaves(before, one, use, p, cost) } }
}

/** Bus cycles of a load or store: code in RAM is fetched over the same bus, and data goes first. TRM 2.3.1. */
function accessesOf({ entry, decoded }: Timed): number {
  const { timing } = entry.definition
  if (!isMemory(timing)) return 0
  return /Multiple/.test(timing) ? (decoded['count'] ?? 1) : /Double/.test(timing) ? 2 : 1
}

const isFloat = (timing: TimingClass): boolean => timing.startsWith('float')

/** Cycles for which an instruction waits for a register or for the floating-point unit. */
function stallsOf(
  before: Pipeline,
  one: Timed,
  use: RegisterUse,
  p: TimingParameters,
  waited: number,
): Spent {
  const loaded = (use.addresses & (before.loading | before.rebased)) !== 0 ? p.loadToAddress : 0
  const interlock = (use.addresses & before.fresh) !== 0 ? p.addressInterlock : loaded
  if (!isFloat(one.entry.definition.timing)) return interlock === 0 ? nothing : { interlock }
  const needed = (use.readsSingles & before.late) !== 0 ? before.lateCycles : 0
  const accumulated = (use.accumulates & before.late) !== 0 ? before.lateCycles - 1 : 0
  const float = Math.max(needed, accumulated, before.floatBusy) - waited
  return { interlock, float: Math.max(float - interlock, 0) }
}

/** Whether an instruction's address phase can overlap the data phase of the load before. */
const overlapsLoad = (before: Pipeline, use: RegisterUse): boolean =>
  before.memory === 'load' && (use.addresses & (before.loading | before.fresh)) === 0

/** P: cycles until the instruction that a branch leads to executes, at zero wait states. */
export function refillOf(one: Timed, p: TimingParameters): number {
  switch (one.entry.definition.timing) {
    case 'branch':
    case 'branchConditional':
      return p.refillDirect
    case 'compareAndBranch':
      return p.refillCompare
    case 'branchRegister':
      return returnsByLink(one) ? p.refillReturn : p.refillIndirect
    case 'loadPc':
    case 'tableBranch':
      return p.refillLoadPc
    default:
      return one.decoded['R'] === 1 ? p.refillPop : 0
  }
}

/** Cycles of the instruction itself; TRM tables 3-1 and 7-1, and 3.3.2 for what overlaps. */
function issueCycles(before: Pipeline, one: Timed, use: RegisterUse, p: TimingParameters): Spent {
  const { decoded, entry } = one
  const count = decoded['count'] ?? 0
  const { memory } = before
  const overlaps = overlapsLoad(before, use)
  const writeBuffer = memory === 'store' && p.storeWait === 0 ? p.loadAfterStore : 0
  const issue = 1
  switch (entry.definition.timing) {
    case 'load':
    case 'floatLoad':
      return overlaps ? { issue, load: 1 - p.pipelinedLoad } : { issue, load: 1, writeBuffer }
    case 'store':
      return { issue: overlaps && p.storeWait === 0 ? p.storeAfterLoad : 1, writeBuffer: p.storeWait }
    case 'storeRegisterOffset':
      return { issue, store: overlaps && p.storeWait === 0 ? 0 : 1 }
    case 'floatStore':
      return { issue, store: p.floatStore - 1 }
    case 'storeExclusive':
      return { issue, store: 1 }
    case 'divide':
      return { issue, divide: 1 }
    case 'floatMoveTwo':
      return { issue, float: 1 }
    case 'floatMove':
      return { issue, float: p.floatMove - 1 }
    case 'loadExclusive':
      return { issue, load: 1, writeBuffer }
    case 'loadPc':
      return { issue, load: 1, refill: refillOf(one, p), writeBuffer }
    case 'loadDouble':
    case 'floatLoadDouble':
      return { issue, load: 2, writeBuffer }
    case 'storeDouble':
    case 'floatStoreDouble':
      return { issue, store: 2 }
    case 'floatDivide':
      return { issue, float: p.floatOutOfOrder ? 0 : p.floatDivideCycles - 1 }
    case 'floatMultiplyAccumulate':
      return { issue, float: p.floatOutOfOrder ? 2 - p.floatMacOverlap : 2 }
    case 'loadMultiple':
      return { issue, load: count + p.loadMultipleExtra, refill: refillOf(one, p), writeBuffer }
    case 'floatLoadMultiple':
      return { issue, load: count, writeBuffer }
    case 'storeMultiple':
    case 'floatStoreMultiple':
      return { issue, store: count }
    case 'branch':
    case 'branchRegister':
      return { issue, refill: refillOf(one, p) }
    case 'tableBranch':
      return { issue, load: 2, refill: refillOf(one, p), writeBuffer }
    case 'ifThen':
      return { issue: before.foldable ? p.ifThen : 1 }
    case 'simple': {
      const isHidden = isNop(one) && (memory === 'load' || memory === 'storeRegisterOffset')
      return { issue: isHidden ? p.nopAfterLoad : 1 }
    }
    case 'branchConditional':
    case 'compareAndBranch':
    case 'system':
    case 'barrier':
    case 'wait':
    case 'floatSimple':
      return { issue }
  }
}

const isNop = ({ entry }: Timed): boolean => entry.definition.name === 'NOP'
/** BX LR. */
const returnsByLink = ({ entry, decoded }: Timed): boolean =>
  entry.definition.name === 'BX' && decoded['m'] === 14

const memoryKinds: Partial<Record<TimingClass, Pipeline['memory']>> = {
  load: 'load',
  floatLoad: 'load',
  store: 'store',
  storeRegisterOffset: 'storeRegisterOffset',
}

function leaves(
  before: Pipeline,
  { entry }: Timed,
  use: RegisterUse,
  p: TimingParameters,
  cycles: number,
): Omit<Pipeline, 'fetch' | 'ahead'> {
  const { timing, name } = entry.definition
  const memory = memoryKinds[timing] ?? 'none'
  const produces = isFloat(timing) && use.writesSingles !== 0 && !/Load|Store|Move/.test(timing)
  const waitLeft = Math.max(before.lateCycles - cycles, 0)
  const busy = !p.floatOutOfOrder
    ? 0
    : timing === 'floatDivide'
      ? p.floatDivideCycles - 1
      : timing === 'floatMultiplyAccumulate'
        ? p.floatMacOverlap
        : Math.max(before.floatBusy - cycles, 0)
  const written = use.writes & ~use.loads
  return {
    memory,
    fresh: isMemory(timing) ? 0 : written,
    rebased: isMemory(timing) ? written : 0,
    loading: memory === 'load' ? use.loads : 0,
    foldable: entry.width === 16 && name !== 'IT' && !/branch/i.test(timing),
    late: produces ? use.writesSingles : waitLeft > 0 ? before.late : 0,
    lateCycles: produces ? p.floatResultLatency : waitLeft,
    floatBusy: busy,
  }
}
