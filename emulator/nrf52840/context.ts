import type { Address, Cycles, InterruptLines } from '../cpu/bus.ts'
import { hex, MOST_NAMES } from '../memory/unmodelled.ts'
import type { UnmodelledLog } from '../memory/unmodelled.ts'
import type { PowerLedger } from '../power/reporting.ts'
import type { Timeline } from '../time/timeline.ts'
import type { ChipListeners } from './listeners.ts'

/** What firmware did that the chip cannot do, told once a kind and counted. */
export interface Problem {
  readonly message: string
  readonly firstCycle: Cycles
  /** Address of the instruction, where that is known. */
  readonly by?: Address
  count: number
}

interface ProblemLogState {
  readonly problems: readonly (readonly [key: string, problem: Problem])[]
  readonly firstLost: string | undefined
}

export class ProblemLog {
  readonly stateVersion = 1
  readonly problems = new Map<string, Problem>()
  /** The first write that had no effect. */
  firstLost: string | undefined

  constructor(private readonly clock: { readonly now: Cycles }) {}

  save(): ProblemLogState {
    const problems = [...this.problems].map(([key, problem]) => [key, { ...problem }] as const)
    return { problems, firstLost: this.firstLost }
  }

  restore({ problems, firstLost }: ProblemLogState): void {
    this.problems.clear()
    for (const [key, problem] of problems) this.problems.set(key, { ...problem })
    this.firstLost = firstLost
  }

  report(message: string): void {
    if (this.problems.size >= MOST_NAMES && !this.problems.has(message)) message = 'further problems'
    const known = this.problems.get(message)
    if (known) known.count += 1
    else this.problems.set(message, { message, firstCycle: this.clock.now, count: 1 })
  }

  /** A write that has no effect: one line for each instruction that makes some, with the first message. */
  reportLost(message: string, by: Address): void {
    this.firstLost ??= message
    const known = this.problems.get(`lost ${by}`)
    if (known) known.count += 1
    else if (this.problems.size >= MOST_NAMES) this.report(message)
    else this.problems.set(`lost ${by}`, { message, firstCycle: this.clock.now, by, count: 1 })
  }
}

const DATA_RAM_BASE = 0x2000_0000

export interface DmaListener {
  /** It matters when each word is transferred: the processor may have to wait. */
  readonly isContended: boolean
  onWrite(address: Address, length: number): void
  /** A transfer begins. */
  onTransfer(address: Address): void
}

/**
 * What EasyDMA reaches: data RAM only, not flash and not the code RAM alias (PS, EasyDMA). The processor has priority
 * over it (PS, AHB multilayer). Approximated: 1. UARTE, TWIM and SPIM transfer each byte in the cycle in which it is
 * needed or complete; words are not gathered; SPIM does so where it matters to the processor, else all bytes at the
 * end. Others transfer what they have made at once. 2. A transfer that waits for the processor is not late.
 */
export class DataRam {
  constructor(
    /** Not saved: RAM, which the processor saves. */
    private readonly ram: Uint8Array,
    private readonly problems: ProblemLog,
    private readonly listener: DmaListener,
    private readonly outside: ChipListeners = {},
  ) {}

  /** @returns true when the whole buffer is in data RAM; else reports it in the name of `user`. */
  holds(user: string, pointer: Address, length: number): boolean {
    const offset = pointer - DATA_RAM_BASE
    if (length === 0 || (offset >= 0 && offset + length <= this.ram.length)) return true
    this.problems.report(`${user}: EasyDMA outside data RAM: ${length} bytes at ${hex(pointer)}`)
    return false
  }

  /** Whether each transfer has to come at its own time. */
  get isContended(): boolean {
    return this.listener.isContended
  }

  /** Caller has checked with `holds`. */
  read(address: Address): number {
    this.listener.onTransfer(address)
    this.outside.dma?.(address, 1, 'read')
    return this.ram[address - DATA_RAM_BASE] ?? 0
  }

  /** Caller has checked with `holds`; what a register changed since then sends elsewhere is lost, and said. */
  write(address: Address, bytes: ArrayLike<number>): void {
    if (!this.holds('a pointer or length changed under way', address, bytes.length)) return
    this.ram.set(bytes, address - DATA_RAM_BASE)
    this.listener.onTransfer(address)
    this.listener.onWrite(address, bytes.length)
    this.outside.dma?.(address, bytes.length, 'write')
  }
}

/** What a peripheral may know of the chip around it. */
export interface ChipContext {
  readonly time: Timeline
  readonly lines: InterruptLines
  readonly dataRam: DataRam
  readonly power: PowerLedger
  readonly unmodelled: UnmodelledLog
  readonly problems: ProblemLog
  readonly listeners: ChipListeners
  /** Address of the instruction that accesses the chip. */
  executing(): Address
  /** Called with the address of every event register that fires: the way into PPI. */
  publish(eventAddress: Address): void
  /** Whether a PPI channel listens to an event register. */
  routed(eventAddress: Address): boolean
}
