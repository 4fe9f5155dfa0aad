import type { MachineFault } from '../../emulator/fault-watch.ts'
import type { Machine, MachineStop } from '../../emulator/machine.ts'
import { CYCLES_PER_SECOND } from '../../emulator/time/ratio-clock.ts'
import type { FirmwareImage } from '../image/image.ts'
import { CallStack } from '../image/unwind.ts'
import { duration, grouped } from '../report/show/format.ts'
import type { FaultReport, StopKind, WaitingReport } from '../report/run-report.ts'
import type { ConsoleWatch } from './console-watch.ts'
import { LoopTrace, type SavedLoopTrace } from './loop-trace.ts'
import type { ObserveOptions } from './observe-options.ts'
import {
  describeWaiting,
  LEAST_CYCLES,
  waitingAsleep,
  waitingInLoop,
  Whereabouts,
  type SavedWhereabouts,
} from './waiting.ts'

/** How a run came to its end. */
export interface Ending {
  readonly kind: StopKind
  readonly detail: string
  readonly exitCode?: number
  readonly fault?: FaultReport
  /** Cycle since which nothing could wake the processor. */
  readonly nothingWakesSince?: number
  readonly waiting?: WaitingReport
}

/** Before the limit, of firmware that has long been awake: each instruction is looked at. A millisecond. */
const TRACE_CYCLES = CYCLES_PER_SECOND / 1000

/** Firmware that is reset so often comes to nothing else, and each reset takes time. */
export const MOST_RESETS = 5000

const atALimit: ReadonlySet<StopKind> = new Set<StopKind>(['time', 'recording-end', 'asleep-for-ever'])

export interface SavedCourse {
  readonly whereabouts: SavedWhereabouts
  readonly trace: SavedLoopTrace
  readonly nothingWakesSince: number | null
}

/** A run on its way to its end: its own, a line of the console, or the limit. */
export class Course {
  readonly #machine: Machine
  readonly #options: ObserveOptions
  readonly #console: ConsoleWatch
  readonly #whereabouts: Whereabouts
  readonly #trace: LoopTrace
  #nothingWakesSince: number | undefined

  /** @param isAwaited whether something is to come from outside that may wake it */
  constructor(
    machine: Machine,
    options: ObserveOptions,
    console: ConsoleWatch,
    private readonly isAwaited: () => boolean = () => false,
  ) {
    this.#machine = machine
    this.#options = options
    this.#console = console
    this.#whereabouts = new Whereabouts(machine)
    this.#trace = new LoopTrace(machine)
  }

  save(): SavedCourse {
    return {
      whereabouts: this.#whereabouts.save(),
      trace: this.#trace.save(),
      nothingWakesSince: this.#nothingWakesSince ?? null,
    }
  }

  restore({ whereabouts, trace, nothingWakesSince }: SavedCourse): void {
    this.#whereabouts.restore(whereabouts)
    this.#trace.restore(trace)
    this.#nothingWakesSince = nothingWakesSince ?? undefined
  }

  /** Something has come from outside: what nothing could wake may be awake. */
  disturbed(): void {
    if (!this.isOver) return
    this.#nothingWakesSince = undefined
    this.#whereabouts.resume()
  }

  /** Nothing can wake the processor any more. */
  get isOver(): boolean {
    return this.#nothingWakesSince !== undefined
  }

  /** Goes on to a cycle, or not as far. @returns the end, where it has come */
  advance(to: number): Ending | undefined {
    const [machine, whereabouts, console] = [this.#machine, this.#whereabouts, this.#console]
    const { limitCycles, sleepsOn } = this.#options
    const until = Math.min(to, whereabouts.nextLook, console.quietAt, this.#nextTraced())
    const stop = machine.run(until, this.isOver)
    if (stop.kind === 'asleep-for-ever' && (sleepsOn === true || this.isAwaited())) {
      this.#nothingWakesSince = machine.now
      whereabouts.nextLook = Infinity
    } else if (stop.kind !== 'paused') return endingOf(stop, machine, this.#options.image)
    if (machine.resets.unwanted >= MOST_RESETS) return resetLoop(machine)
    console.look()
    if (console.isMet) return printed(this.#options)
    if (machine.now >= whereabouts.nextLook) whereabouts.look()
    return machine.now >= limitCycles ? this.#atLimit() : undefined
  }

  /** The user wants no more of it. */
  interrupted(): Ending {
    return { kind: 'interrupted', detail: `interrupted at ${place(this.#machine, this.#options.image)}` }
  }

  /** It is over: what stands in the way of the end that it came to. */
  judge(ending: Ending): Ending {
    const { strict } = this.#options
    this.#console.end()
    const [unmodelled] = strict ? this.#machine.unmodelled : []
    if (unmodelled && (atALimit.has(ending.kind) || ending.kind === 'exit' || ending.kind === 'until'))
      return { kind: 'unmodelled', detail: `--strict: ${unmodelled.name} is not modelled` }
    if (this.#console.isMet && atALimit.has(ending.kind)) return { ...ending, ...printed(this.#options) }
    return ending
  }

  /** Records where the processor is, shortly before the limit. @returns where it is to be looked at next */
  #nextTraced(): number {
    const { limitCycles } = this.#options
    const { now } = this.#machine
    const traceFrom = limitCycles - TRACE_CYCLES
    if (now < traceFrom) return traceFrom
    if (!this.#whereabouts.isLongAwake || this.#trace.isOver) return limitCycles
    this.#trace.record()
    return now + 1
  }

  #atLimit(): Ending {
    const [machine, trace, whereabouts] = [this.#machine, this.#trace, this.#whereabouts]
    const { limit, image } = this.#options
    const fault = machine.handledFault
    if (fault) return endingOf({ kind: 'fault', fault }, machine, image)
    const nothingWakesSince = this.#nothingWakesSince
    return { ...limit, ...waits(limit.detail, { machine, image, trace, whereabouts, nothingWakesSince }) }
  }
}

const resetLoop = (machine: Machine): Ending => ({
  kind: 'reset-loop',
  detail: `the chip was reset ${grouped(machine.resets.unwanted)} times in ${when(machine.now)}, and goes on like that`,
})

const printed = ({ until }: ObserveOptions): Ending => ({
  kind: 'until',
  detail: `the console printed ${String(until)}`,
})

const when = (cycle: number): string => duration(cycle / CYCLES_PER_SECOND)

const described = (pc: number, { symbols }: FirmwareImage): string =>
  `${symbols.describe(pc)} (0x${pc.toString(16)})`

const place = (machine: Machine, image: FirmwareImage): string =>
  described(machine.readRegister(15) >>> 0, image)

interface Circumstances {
  readonly machine: Machine
  readonly image: FirmwareImage
  readonly trace: LoopTrace
  readonly whereabouts: Whereabouts
  readonly nothingWakesSince: number | undefined
}

/** At the limit: what the firmware has been waiting for, where it has. */
function waits(
  detail: string,
  circumstances: Circumstances,
): Pick<Ending, 'detail' | 'waiting' | 'nothingWakesSince'> {
  const { nothingWakesSince } = circumstances
  const waiting = waitingAtLimit(circumstances)
  if (!waiting) return { detail }
  return {
    detail: `${detail}; ${describeWaiting(waiting, nothingWakesSince !== undefined)}`,
    waiting,
    ...(nothingWakesSince !== undefined && { nothingWakesSince }),
  }
}

function waitingAtLimit({
  machine,
  image,
  trace,
  whereabouts,
  nothingWakesSince,
}: Circumstances): WaitingReport | undefined {
  if (nothingWakesSince !== undefined) return waitingAsleep(machine, image, nothingWakesSince)
  const { asleepSince } = machine.cpu
  if (asleepSince !== undefined)
    return machine.now - asleepSince >= LEAST_CYCLES ? waitingAsleep(machine, image, asleepSince) : undefined
  const loop = trace.loop()
  const since = loop && whereabouts.sinceIn(loop.pcs)
  if (loop === undefined || since === undefined || machine.now - since < LEAST_CYCLES / 2) return undefined
  return waitingInLoop(machine, image, loop, since)
}

function endingOf(
  stop: Exclude<MachineStop, { kind: 'paused' }>,
  machine: Machine,
  image: FirmwareImage,
): Ending {
  const where = place(machine, image)
  switch (stop.kind) {
    case 'exit':
      return { kind: 'exit', detail: 'the firmware exited through semihosting', exitCode: stop.code }
    case 'asleep-for-ever': {
      const waiting = waitingAsleep(machine, image, machine.now)
      return {
        kind: 'asleep-for-ever',
        detail: `${describeWaiting(waiting, true)}; all averages are over the ${when(machine.now)} until then, --for goes on`,
        nothingWakesSince: machine.now,
        waiting,
      }
    }
    case 'breakpoint':
      return { kind: 'breakpoint', detail: `BKPT at ${described(stop.pc, image)}` }
    case 'unmodelled':
      return {
        kind: 'unmodelled',
        detail: `--strict: ${stop.lost ?? `${stop.name} is not modelled; accessed`} at ${where}`,
      }
    case 'fault': {
      const fault = describeFault(stop.fault, machine, image)
      return { kind: 'fault', detail: fault.summary, fault }
    }
  }
}

function describeFault(fault: MachineFault, machine: Machine, image: FirmwareImage): FaultReport {
  const { causes, cfsr, hfsr, mmfar, bfar, registers, xpsr, instruction } = fault
  const pc = (registers[15] ?? 0) >>> 0
  const where = `${image.symbols.describe(pc)} (0x${pc.toString(16)})`
  return {
    summary: `the firmware crashed at ${where}: ${causes[0] ?? 'cause unknown'}`,
    causes,
    cfsr,
    hfsr,
    mmfar,
    bfar,
    pc,
    instruction,
    registers: registers.map((value) => value >>> 0),
    xpsr,
    callStack: new CallStack(image, (address, length) => machine.readMemory(address, length)).from(registers),
  }
}
