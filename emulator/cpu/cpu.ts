import type { Scheduler } from '../time/scheduler.ts'
import { BusError, type AccessSize, type Address, type Bus, type Cycles, type InterruptLines } from './bus.ts'
import { timingUnder } from './timing/auxiliary-control.ts'
import { BusContention } from './timing/bus-contention.ts'
import { BranchKind } from './engine/branch-trace.ts'
import { Core, type CoreHost, type SavedCore } from './engine/core.ts'
import type { InterpreterOptions } from './engine/interpreter.ts'
import type { SavedMemory } from './engine/memory-pages.ts'
import { CycleCounters, type CycleCounts, type SavedCycleCounters } from './debug/cycle-counters.ts'
import { ExceptionModel, type SavedExceptions } from './exceptions/exceptions.ts'
import { ExitReason } from './exit-reasons.ts'
import type { Fault } from './exceptions/faults.ts'
import type { Charged, CycleReasons, Reading } from './timing/cycle-reasons.ts'
import { cacheGeometry } from './timing/instruction-cache.ts'
import type { AccessMode } from './instructions/access.ts'
import { FLASH_BASE, FLASH_BYTES, RAM_BASE, RAM_BYTES, State, codeOffset } from './layout.ts'
import { PollingSkipper } from './engine/polling.ts'
import {
  PrivatePeripheralBus,
  isPrivatePeripheral,
  type SavedPrivateBus,
} from './system/private-peripheral-bus.ts'
import { softFloat } from './float/softfloat.ts'
import type { ProcessorState } from './state.ts'
import type { Surroundings } from './surroundings.ts'
import { pipelineTiming, type TimingParameters } from './timing/timing.ts'
import {
  UnfinishedInstruction,
  type SavedUnfinished,
  type WordMover,
} from './exceptions/unfinished-instruction.ts'

export interface CpuOptions {
  readonly bus: Bus
  readonly scheduler: Scheduler
  readonly timing?: TimingParameters
  /** Counts cycles and executions of each instruction. */
  readonly profile?: boolean
  /** Calls, returns and branches into other functions are told to `core.branches`. */
  readonly branches?: boolean
  /** A write to an enabled ITM stimulus port, as wide as the store. */
  readonly onStimulus?: (port: number, value: number, size: AccessSize) => void
  readonly onStimulusLost?: (port: number, why: string) => void
  /** The firmware asked for a reset through AIRCR. */
  readonly onResetRequest?: () => void
  readonly onUnmodelled?: (name: string, address: Address, isWrite: boolean) => void
}

/** What the interpreter is emitted for. @throws RangeError as `cacheGeometry` does */
export const interpreterOptions = ({
  profile = false,
  branches = false,
  timing = pipelineTiming,
}: Pick<CpuOptions, 'profile' | 'branches' | 'timing'>): InterpreterOptions => ({
  profile,
  branches,
  cache: cacheGeometry(timing),
  loadOtherSlave: timing.profile === 'oneCycle' ? 0 : timing.loadOtherSlave,
})

/** Why `execute` came back before its time. */
export type StopReason =
  | { readonly kind: 'reached' }
  /** Something called `requestStop`. */
  | { readonly kind: 'requested'; readonly reason: string }
  /** A fault in a HardFault or NMI handler; Armv7-M ARM B1.5.15. */
  | { readonly kind: 'lockup'; readonly reason: string }
  /** Asleep, and nothing is scheduled that could wake it. */
  | { readonly kind: 'asleepForEver' }

export interface SavedCpu {
  readonly memory: SavedMemory
  readonly core: SavedCore
  readonly exceptions: SavedExceptions
  readonly privateBus: SavedPrivateBus
  readonly unfinished: SavedUnfinished
  readonly contention: number | null
  readonly counters: SavedCycleCounters | null
  readonly sleepCycles: Cycles
  readonly flashBusyUntil: Cycles
  readonly sleeping: Sleeping
  readonly asleepSince: Cycles
  readonly wakesAt: Cycles | null
  readonly fault: Fault | null
  readonly stop: StopReason | null
}

type Sleeping = 'awake' | 'interrupt' | 'event' | 'reset'

/** Without a cycle between them: what is whole needs a few. */
const MOST_TURNS = 1 << 16

/** BKPT 0xAB: the semihosting call of Armv7-M. */
const SEMIHOSTING = 0xbeab

/** A Cortex-M4F. Knows its bus and the time, nothing of the chip around it. */
export class CortexM4 implements InterruptLines {
  readonly core: Core
  readonly state: ProcessorState
  readonly exceptions: ExceptionModel
  readonly privateBus: PrivatePeripheralBus
  /** Not saved: memory, in pages. */
  readonly flash: Uint8Array
  /** Not saved: memory, in pages. */
  readonly ram: Uint8Array
  /** A byte for each word of RAM, non-zero once the firmware has written it. Not saved: memory, in pages. */
  readonly touched: Uint8Array
  /** Cycles spent asleep. */
  sleepCycles: Cycles = 0
  /** Called at BKPT 0xAB. Not saved: who listens. */
  onSemihosting: (() => void) | undefined
  /** Told when the processor has gone to sleep and when it is awake again. Not saved: who listens. */
  onSleep: ((asleep: boolean) => void) | undefined
  /** Told when execution goes from flash to RAM or back. Not saved: who listens. */
  onCodeMemory: ((memory: 'flash' | 'RAM') => void) | undefined
  /**
   * Told of each data access that the interpreter does not make by itself: of peripherals, of the processor's own
   * registers, and of stack frames and vectors.
   * Not saved: who listens.
   */
  onAccess: ((kind: 'read' | 'write', address: Address, size: AccessSize, value: number) => void) | undefined
  /** Asked when something ends a sleep: cycles until the processor goes on. Not saved: who is asked. */
  wakeUpCycles: () => Cycles = () => 0
  /** What the firmware left of the parameters: ACTLR changes some. Not saved: found from ACTLR. */
  timingInForce: TimingParameters
  readonly #bus: Bus
  readonly #scheduler: Scheduler
  readonly #timing: TimingParameters
  /** Not saved: what it has seen is seen again. */
  readonly #polling: PollingSkipper
  readonly #counters: CycleCounters | undefined
  readonly #unfinished: UnfinishedInstruction
  readonly #contention: BusContention
  /** Not saved: they belong to those who put them in place. */
  readonly #probes = new Map<Address, Set<() => void>>()
  /** While probes are called: what their instruction has been charged. Not saved: of a call of `execute`. */
  #charged: Charged | undefined
  /** Not saved: of a call of `execute`. */
  #until: Cycles = 0
  /** Not saved: of a call of `execute`. */
  #sleepsOn = false
  #flashBusyUntil: Cycles = 0
  #sleeping: Sleeping = 'awake'
  #asleepSince: Cycles = 0
  /** Something has ended the sleep, and the processor goes on at this cycle. */
  #wakesAt: Cycles | undefined
  #fault: Fault | undefined
  #stop: StopReason | undefined

  constructor(options: CpuOptions) {
    this.#bus = options.bus
    this.#scheduler = options.scheduler
    this.#timing = options.timing ?? pipelineTiming
    this.core = new Core(this.#host(), this.#timing, interpreterOptions(options))
    this.#polling = new PollingSkipper(this.core)
    this.#unfinished = new UnfinishedInstruction(this.core, this.#timing)
    this.state = this.core.state
    this.#contention = new BusContention(this.state, this.core.decoder, this.#timing.dmaContention)
    this.flash = this.core.flash
    this.ram = this.core.ram
    this.touched = this.core.touched
    const surroundings: Surroundings = {
      state: this.state,
      scheduler: options.scheduler,
      timing: this.#timing,
      readMemory: (address, size) => this.#read(address, size),
      writeMemory: (address, size, value) => this.#write(address, size, value),
      advance: (cycles) => {
        this.#scheduler.now += cycles
        this.#scheduler.runDue()
      },
      invalidateAllCode: () => this.core.decoder.invalidateAll(),
      invalidateCode: (address, length) => this.core.decoder.invalidate(address, length),
      enterWith: (itState) => this.core.enterWith(itState),
      landingCycles: (address, how) => this.core.decoder.landingAt(address, how),
      fetchWait: (address) => this.core.decoder.waitStatesAt(address),
      takeContinuation: () => this.#unfinished.takeContinuation(),
      continueInstruction: (register) => this.#unfinished.continueAt(register, this.#scheduler.now),
    }
    this.exceptions = new ExceptionModel(surroundings)
    const counters = options.profile ? new CycleCounters((offset) => this.core.profileAt(offset)) : undefined
    this.#counters = counters
    this.core.decoder.onDecoded = counters && ((address, timing) => counters.decoded(address, timing))
    this.privateBus = new PrivatePeripheralBus(this.exceptions, surroundings, {
      instructionCycles: counters && (() => counters.read()),
    })
    this.privateBus.onStimulus = options.onStimulus
    this.privateBus.onStimulusLost = options.onStimulusLost
    this.privateBus.onReset = options.onResetRequest
    this.privateBus.onUnmodelled = options.onUnmodelled
    this.timingInForce = this.#timing
    this.privateBus.onAuxiliaryControl = (actlr) => {
      this.timingInForce = timingUnder(actlr, this.#timing)
      this.core.decoder.setTiming(this.timingInForce)
    }
    this.core.decoder.executableBy = (address) => this.exceptions.executableBy(address)
  }

  readonly stateVersion = 5

  /** Between calls of `execute`. Probes are not saved: they belong to those who put them in place. */
  save(): SavedCpu {
    return {
      memory: this.core.saveMemory(),
      core: this.core.save(),
      exceptions: this.exceptions.save(),
      privateBus: this.privateBus.save(),
      unfinished: this.#unfinished.save(),
      contention: this.#contention.save(),
      counters: this.#counters?.save() ?? null,
      sleepCycles: this.sleepCycles,
      flashBusyUntil: this.#flashBusyUntil,
      sleeping: this.#sleeping,
      asleepSince: this.#asleepSince,
      wakesAt: this.#wakesAt ?? null,
      fault: this.#fault ?? null,
      stop: this.#stop ?? null,
    }
  }

  /** After the scheduler. @throws Error where the processor is of another kind */
  restore(saved: SavedCpu): void {
    if ((saved.counters === null) !== (this.#counters === undefined))
      throw new Error(
        'the processor was saved with its profile on, and this one has none, or the other way round',
      )
    this.core.restoreMemory(saved.memory)
    this.exceptions.restore(saved.exceptions)
    this.privateBus.restore(saved.privateBus)
    this.#setTiming(timingUnder(this.privateBus.systemControl.auxiliaryControl, this.#timing))
    this.core.restore(saved.core)
    this.#unfinished.restore(saved.unfinished)
    this.#contention.restore(saved.contention)
    if (saved.counters) this.#counters?.restore(saved.counters)
    this.#polling.forgetLoops()
    this.sleepCycles = saved.sleepCycles
    this.#flashBusyUntil = saved.flashBusyUntil
    this.#sleeping = saved.sleeping
    this.#asleepSince = saved.asleepSince
    this.#wakesAt = saved.wakesAt ?? undefined
    this.#fault = saved.fault ?? undefined
    this.#stop = saved.stop ?? undefined
  }

  #setTiming(timing: TimingParameters): void {
    if (sameTiming(timing, this.timingInForce)) return
    this.timingInForce = timing
    this.core.decoder.setTiming(timing)
  }

  /** Starts from a vector table, as after a reset. */
  reset(vectorTable: Address): void {
    this.core.drainBranches()
    this.core.decoder.invalidateAll()
    this.privateBus.reset()
    this.exceptions.reset(vectorTable)
    this.#unfinished.reset()
    this.core.runsFromRam = false
    this.#contention.settle()
    this.#wake()
    this.#stop = undefined
  }

  /** Where the cycles went since cycle 0, exact between calls of `execute`. Needs the profile. */
  counters(): CycleCounts | undefined {
    if (!this.#counters) return undefined
    const { overhead } = this.privateBus.dwt
    const { now } = this.#scheduler
    return { cycles: now, exception: overhead, sleep: this.sleepCycles, ...this.#counters.read() }
  }

  /** All that is counted for the reasons of cycles, now: see `CycleReasons`. Needs the profile. */
  reading(): Reading | undefined {
    const { reasons } = this.core
    const reading = reasons?.reading(this.#scheduler.now, this.privateBus.dwt.overhead, this.sleepCycles)
    if (reading && this.#charged) reasons?.takeBack(reading, this.#charged)
    return reading
  }

  /** The present; to a probe, when its instruction began: before its line was fetched. */
  get arrivedAt(): Cycles {
    const { now } = this.#scheduler
    return this.#charged ? now - this.#charged.miss - this.#charged.landing : now
  }

  /** Why cycles went by, of each instruction and of readings. Needs the profile. */
  get reasons(): CycleReasons | undefined {
    return this.core.reasons
  }

  /** Of the cycles up to one, those that the profile has: code, without sleep and the work of exceptions. */
  codeCyclesAt(cycle: Cycles): Cycles {
    return cycle - this.privateBus.dwt.overhead - this.sleepCycles
  }

  setInterruptLine(irq: number, level: boolean): void {
    this.exceptions.setInterruptLine(irq, level)
  }

  /** Makes `execute` come back at the next instruction boundary. */
  requestStop(reason: string): void {
    this.#stop ??= { kind: 'requested', reason }
  }

  /** The chip around it has switched it off: only a reset brings it back. */
  powerOff(): void {
    this.#sleepUntil('reset')
  }

  /** Asleep, and nothing has come yet that ends it. */
  get isSleeping(): boolean {
    return this.#sleeping !== 'awake' && this.#wakesAt === undefined
  }

  /** An instruction has begun that something was due in the middle of, and is not over. */
  get isWithinInstruction(): boolean {
    return this.#unfinished.isUnderWay
  }

  /** Asleep, whether an exception would wake it: SEVONPEND and PRIMASK matter to WFE; B1.5.18, B1.5.19. */
  couldBeWokenBy(exception: number): boolean {
    const { nvic } = this.exceptions
    if (this.#sleeping !== 'event') return nvic.couldWake(exception)
    return (
      nvic.sevOnPend || (nvic.couldWake(exception) && nvic.groupPriority(exception) < nvic.executionPriority)
    )
  }

  /** Since when it sleeps; undefined while it is awake, and while it wakes. */
  get asleepSince(): Cycles | undefined {
    return this.isSleeping && !this.#isWoken ? this.#asleepSince : undefined
  }

  /** Calls back before the instruction at `address` executes. Instructions without a probe pay nothing. */
  addProbe(address: Address, callback: () => void): void {
    const callbacks = this.#probes.get(address) ?? new Set()
    callbacks.add(callback)
    this.#probes.set(address, callbacks)
    this.core.decoder.setProbe(address, true)
  }

  removeProbe(address: Address, callback: () => void): void {
    const callbacks = this.#probes.get(address)
    callbacks?.delete(callback)
    if (callbacks?.size === 0) {
      this.#probes.delete(address)
      this.core.decoder.setProbe(address, false)
    }
  }

  /** The instruction cache of the chip around it: without it, fetches from flash wait. */
  setInstructionCache(enabled: boolean, profiling = false): void {
    this.core.setInstructionCache(enabled, profiling)
  }

  /** Words that the prefetch unit asked for while profiled, and the instruction cache had or had not. */
  get cacheCounters(): { readonly hits: number; readonly misses: number } {
    return this.core.fetches
  }

  /**
   * The flash is busy until a cycle: the processor waits where it executes from flash (nRF52840 PS, NVMC). Approximated:
   * 1. Code in RAM that only reads data from flash, or has its vector table there, does not wait.
   */
  flashBusy(until: Cycles): void {
    this.#flashBusyUntil = until
    if (this.core.options.cache && this.core.executing >= FLASH_BYTES) this.core.watchFlash(true)
    else this.#awaitFlash()
  }

  #awaitFlash(): void {
    const cycles = Math.max(this.#flashBusyUntil - this.#scheduler.now, 0)
    this.core.spend(cycles, 'busy')
    this.#scheduler.now += cycles
    this.#leaveRam()
  }

  #leaveRam(): void {
    const wasInRam = this.core.runsFromRam
    this.core.runsFromRam = false
    if (wasInRam) this.onCodeMemory?.('flash')
  }

  /** EasyDMA moves a word to or from an address of RAM. */
  dmaTransfer(address: Address): void {
    this.#contention.transfer(address)
  }

  /** Whoever writes code memory from outside says so. */
  invalidateCode(address: Address, length: number): void {
    const offset = codeOffset(address)
    if (offset >= 0) this.core.pages.written(offset, length)
    this.core.decoder.invalidate(address, length)
    this.#polling.forgetLoops()
  }

  /**
   * Runs until `scheduler.now` reaches `until`, or a reason to stop.
   * @param sleepsOn lets time pass to `until` for a processor that nothing can wake
   */
  execute(until: Cycles, sleepsOn = false): StopReason {
    this.#until = until
    this.#sleepsOn = sleepsOn && until < Infinity
    const scheduler = this.#scheduler
    let [before, turns] = [scheduler.now, 0]
    for (;;) {
      scheduler.runDue()
      if (scheduler.now !== before) [before, turns] = [scheduler.now, 0]
      else if (++turns > MOST_TURNS) throw new Error('time does not go on')
      if (this.#stop) return this.#takeStop()
      if (this.exceptions.isLockedUp)
        return { kind: 'lockup', reason: this.exceptions.lockupReason ?? 'lockup' }
      if (scheduler.now >= until) return { kind: 'reached' }
      if (this.#sleeping !== 'awake') {
        if (!this.#sleepOn()) return { kind: 'asleepForEver' }
      } else if (this.exceptions.canTake && this.#mayInterrupt()) {
        this.#unfinished.abandon()
        this.exceptions.takePending()
      } else if (this.#unfinished.isUnderWay) this.#goOn()
      else if (this.state.isPcOutside) this.#fetchOutside()
      else if (this.#contention.isOpen) this.#contend()
      else this.#slice()
    }
  }

  #takeStop(): StopReason {
    const stop = this.#stop ?? { kind: 'reached' }
    this.#stop = undefined
    return stop
  }

  #slice(): void {
    this.#polling.forget()
    this.#leave(this.core.run(this.#scheduler.now, this.#deadline()))
  }

  /** Does what the interpreter has left for. */
  #leave({ reason, now }: ReturnType<Core['run']>): void {
    this.#scheduler.now = now
    switch (reason) {
      case ExitReason.deadline:
        return
      case ExitReason.codeInRam:
        this.core.runsFromRam = true
        this.onCodeMemory?.('RAM')
        return
      case ExitReason.underWay:
        this.#unfinished.begin(now)
        return
      case ExitReason.outsideItBlock:
        this.core.enterWith(0)
        return
      case ExitReason.fault: {
        this.#raise(this.#fault ?? { kind: 'dataBus' })
        return
      }
      case ExitReason.exceptionReturn:
        this.#returnFromException()
        return
      case ExitReason.invalidState:
        this.state.pc = (this.state.word(State.target) & ~1) >>> 0
        {
          this.#raise({ kind: 'invalidState' })
          return
        }
      case ExitReason.branchOutside:
        this.state.pc = this.state.word(State.target) >>> 0
        return
      case ExitReason.supervisorCall: {
        this.#raise({ kind: 'supervisorCall' })
        return
      }
      case ExitReason.breakpoint: {
        this.#breakpoint()
        return
      }
      case ExitReason.undefined: {
        this.#undefined()
        return
      }
      case ExitReason.waitForInterrupt:
        this.#sleepUntil('interrupt')
        return
      case ExitReason.waitForEvent:
        if (!this.exceptions.consumeEvent()) this.#sleepUntil('event')
        return
      case ExitReason.probe: {
        this.#callProbes()
        return
      }
      case ExitReason.floatingPoint:
        this.exceptions.floatingPointUsed()
        return
      case ExitReason.divideByZero: {
        this.#raise({ kind: 'divideByZero' })
        return
      }
    }
  }

  #contend(): void {
    const cycles = this.#contention.settle()
    this.core.addCycles(this.state.pc, cycles, 'contention')
    this.#scheduler.now += cycles
  }

  #returnFromException(): void {
    this.exceptions.returnFromException(this.state.word(State.target) >>> 0)
    if (this.#unfinished.beginsAnew() && this.#probes.has(this.state.pc)) this.core.passProbe()
    if (this.exceptions.sleepOnExit) this.#sleepUntil('interrupt')
  }

  #mayInterrupt(): boolean {
    const { auxiliaryControl } = this.privateBus.systemControl
    return !this.#unfinished.isUnderWay || this.#unfinished.mayAbandon(auxiliaryControl)
  }

  /** Lets an instruction that something is due in the middle of go on, to its next word, to its end or to the next event. */
  #goOn(): void {
    const scheduler = this.#scheduler
    const unfinished = this.#unfinished
    const now = Math.min(unfinished.next(scheduler.now), this.#until, scheduler.nextDue)
    unfinished.pass(now - scheduler.now)
    scheduler.now = now
    const isOver = unfinished.move(now, this.#mover)
    if (isOver === undefined) this.#raise(this.#fault ?? { kind: 'dataBus' })
    else if (isOver) this.#complete()
  }

  #complete(): void {
    const { isPaid, target } = this.#unfinished.complete()
    const { now } = this.#scheduler
    if (isPaid) {
      if (this.#probes.has(this.state.pc)) this.core.passProbe()
      this.#leave(this.core.run(now - 1, now))
    } else if (target !== undefined) this.#branchExchange(target)
  }

  /** BXWritePC(), A2.3.1, of a PC that was loaded with other words. */
  #branchExchange(target: number): void {
    this.state.setWord(State.target, target)
    if (target >>> 0 >= 0xf000_0000 && this.state.word(State.handlerMode) !== 0) this.#returnFromException()
    else {
      const from = this.state.pc
      const branch = this.state.word(State.current)
      this.state.pc = (target & ~1) >>> 0
      this.#tellOfBranch(from)
      if ((target & 1) === 0) this.#raise({ kind: 'invalidState' })
      else if (!this.state.isPcOutside) this.state.setWord(State.current, branch)
    }
  }

  #tellOfBranch(from: Address): void {
    const { pc } = this.state
    this.core.branches?.tell(from, pc, this.#scheduler.now, this.state.register(13), BranchKind.jump)
  }

  readonly #mover: WordMover = {
    load: (address) => this.#moveWord(() => this.#readData(address, 4, 'aligned')),
    store: (address, value) =>
      this.#moveWord(() => {
        this.#writeData(address, 4, 'aligned', value)
        return 0
      }) !== undefined,
  }

  #moveWord(move: () => number): number | undefined {
    const before = this.#scheduler.now
    this.state.setWord(State.stop, 0)
    const value = move()
    this.#unfinished.stall(this.#scheduler.now - before)
    return this.state.word(State.stop) === 0 ? value : undefined
  }

  /** A register that stays as it is until the next event need not be read again before. */
  #skipPolling(address: Address): void {
    if (this.#bus.isSteady?.(address) !== true) {
      this.#polling.forget()
      return
    }
    const skipped = this.#polling.visit(this.core.executing, this.#scheduler.now, this.#deadline())
    if (skipped === 0) return
    this.core.jump(skipped)
    this.#scheduler.now += skipped
  }

  #deadline(): Cycles {
    if (this.#stop || this.#sleeping !== 'awake' || this.exceptions.canTake || this.#contention.isOpen)
      return 0
    return Math.min(this.#until, this.#scheduler.nextDue)
  }

  #raise(fault: Fault): void {
    this.exceptions.raise(fault)
  }

  /** A PC in neither flash nor RAM. */
  #fetchOutside(): void {
    const allowed = this.exceptions.check(this.state.pc, 2, 'execute')
    this.#raise({ kind: allowed ? 'instructionBus' : 'instructionAccess' })
  }

  #breakpoint(): void {
    const opcode = this.core.decoder.opcodeAt(this.state.pc)?.opcode
    if (opcode === SEMIHOSTING && this.onSemihosting) {
      this.state.advanceTo(this.state.pc + 2)
      this.onSemihosting()
    } else this.#raise({ kind: 'breakpoint' })
  }

  /** What the decoder could not make an instruction of: no such opcode, a coprocessor's, or no right to fetch. */
  #undefined(): void {
    const { pc } = this.state
    const found = this.core.decoder.opcodeAt(pc)
    if (!this.exceptions.check(pc, found?.width === 32 ? 4 : 2, 'execute'))
      this.#raise({ kind: 'instructionAccess' })
    else if (found && isCoprocessor(found.opcode, found.width)) this.#raise({ kind: 'noCoprocessor' })
    else this.#raise({ kind: 'undefinedInstruction' })
  }

  #callProbes(): void {
    const { pc } = this.state
    this.#charged = this.core.takeCharged()
    for (const callback of [...(this.#probes.get(pc) ?? [])]) callback()
    this.#charged = undefined
    if (this.state.pc === pc) this.core.passProbe()
  }

  #sleepUntil(what: 'interrupt' | 'event' | 'reset'): void {
    if (this.core.runsFromRam && this.state.pc < FLASH_BYTES) this.#leaveRam()
    this.#sleeping = what
    this.#asleepSince = this.#scheduler.now
    this.#wakesAt = undefined
    this.privateBus.sleep()
    this.onSleep?.(true)
  }

  #wake(): void {
    if (this.#sleeping === 'awake') return
    this.privateBus.wake()
    this.#sleeping = 'awake'
    this.#wakesAt = undefined
    this.onSleep?.(false)
  }

  /** Lets time jump to the next event. @returns false when there is none to come. */
  #sleepOn(): boolean {
    const scheduler = this.#scheduler
    if (this.#wakesAt === undefined && this.#isWoken)
      this.#wakesAt = scheduler.now + (scheduler.now > this.#asleepSince ? this.wakeUpCycles() : 0)
    const wakesAt = this.#wakesAt ?? Infinity
    if (scheduler.now >= wakesAt) {
      if (this.#sleeping === 'event') this.exceptions.consumeEvent()
      this.#wake()
      return true
    }
    const due = Math.min(scheduler.nextDue, wakesAt)
    if (due === Infinity && !this.#sleepsOn) return false
    const next = Math.min(this.#until, due)
    this.sleepCycles += next - scheduler.now
    scheduler.now = next
    return true
  }

  get #isWoken(): boolean {
    if (this.#sleeping === 'interrupt') return this.exceptions.wakesFromInterrupt
    return this.#sleeping === 'event' && this.exceptions.wakesFromEvent
  }

  #host(): CoreHost {
    return {
      read: (address, size, mode) => {
        const value = this.#readData(address, size, mode)
        this.#skipPolling(address)
        return value
      },
      write: (address, size, value, mode) => {
        this.#polling.forget()
        this.#writeData(address, size, mode, value)
      },
      readSpecial: (sysm) => this.exceptions.readSpecial(sysm),
      writeSpecial: (sysm, value) => this.exceptions.writeSpecial(sysm, value),
      changeProcessorState: (enable, which) => this.exceptions.changeProcessorState(enable, which),
      sendEvent: () => this.exceptions.sendEvent(),
      awaitFlash: () => this.#awaitFlash(),
      floatSlowly: (operation, a, b, c) => {
        const { result, fpscr } = softFloat(operation, a, b, c, this.state.fpscr)
        this.state.fpscr = fpscr
        return result
      },
      present: (now) => {
        this.#scheduler.now = now
      },
      deadline: () => this.#deadline(),
    }
  }

  #readData(address: Address, size: AccessSize, mode: AccessMode): number {
    if (!this.#mayAccess(address, size, mode, 'read')) return 0
    try {
      return this.#read(address, size)
    } catch (error) {
      this.#failAccess(error)
      return 0
    }
  }

  #writeData(address: Address, size: AccessSize, mode: AccessMode, value: number): void {
    if (!this.#mayAccess(address, size, mode, 'write')) return
    try {
      this.#write(address, size, value)
    } catch (error) {
      this.#failAccess(error)
    }
  }

  /** A data access that the interpreter could not make itself: alignment, permission, its time. The bus comes then. */
  #mayAccess(address: Address, size: AccessSize, mode: AccessMode, kind: 'read' | 'write'): boolean {
    if ((address & (size - 1)) !== 0 && (mode === 'aligned' || this.#faultsUnaligned(address))) {
      this.#stopWith({ kind: 'unaligned' })
      return false
    }
    const privileged = mode === 'unprivileged' ? false : this.exceptions.special.isPrivileged
    if (!this.exceptions.check(address, size, kind, privileged)) {
      this.#stopWith({ kind: 'dataAccess', address })
      return false
    }
    if (address >= 0x4000_0000) this.core.spend(this.#timing.peripheralWait, 'peripheral')
    return true
  }

  #failAccess(error: unknown): void {
    if (!(error instanceof BusError)) throw error
    if (!this.exceptions.ignoresDataBusFaults) this.#stopWith({ kind: 'dataBus', address: error.address })
  }

  /**
   * Normal memory takes unaligned accesses; of device memory A3.2.1 leaves it open. Peripherals of this chip do: each
   * sketch of Arduino's core for its nRF52840 boards stores a word to 0x40036FFF (mbed, USBPhyHw::_reset) and goes on.
   */
  #faultsUnaligned(address: Address): boolean {
    return this.state.word(State.unalignedTrap) !== 0 || address >= 0xa000_0000
  }

  #stopWith(fault: Fault): void {
    this.#fault = fault
    this.core.stop()
  }

  #read(address: Address, size: AccessSize): number {
    const value = this.readMemory(address, size)
    this.onAccess?.('read', address, size, value)
    return value
  }

  #write(address: Address, size: AccessSize, value: number): void {
    this.writeMemory(address, size, value)
    this.onAccess?.('write', address, size, value)
  }

  /** Reads memory as the processor's bus does. @throws BusError */
  readMemory(address: Address, size: AccessSize): number {
    const plain = this.#plain(address, size)
    if (plain) return littleEndian(plain.bytes, plain.offset, size)
    if (isPrivatePeripheral(address)) return this.privateBus.read(address, size)
    if ((address & (size - 1)) !== 0) return this.#readBytes(address, size)
    return this.#bus.read(address, size) >>> 0
  }

  /** @throws BusError */
  writeMemory(address: Address, size: AccessSize, value: number): void {
    const plain = this.#plain(address, size)
    if (plain && plain.bytes === this.ram) {
      for (let i = 0; i < size; i++) {
        plain.bytes[plain.offset + i] = value >>> (8 * i)
        this.touched[(plain.offset + i) >> 2] = 1
      }
    } else if (isPrivatePeripheral(address)) this.privateBus.write(address, size, value)
    else if ((address & (size - 1)) !== 0) {
      for (let i = 0; i < size; i++) this.writeMemory(address + i, 1, (value >>> (8 * i)) & 0xff)
    } else this.#bus.write(address, size, value >>> 0)
  }

  #readBytes(address: Address, size: AccessSize): number {
    let value = 0
    for (let i = 0; i < size; i++) value |= this.readMemory(address + i, 1) << (8 * i)
    return value >>> 0
  }

  #plain(address: Address, size: number): { bytes: Uint8Array; offset: number } | undefined {
    if (address >= RAM_BASE && address + size <= RAM_BASE + RAM_BYTES)
      return { bytes: this.ram, offset: address - RAM_BASE }
    if (address + size <= FLASH_BASE + FLASH_BYTES) return { bytes: this.flash, offset: address - FLASH_BASE }
    return undefined
  }
}

const sameTiming = (a: TimingParameters, b: TimingParameters): boolean =>
  (Object.keys(a) as (keyof TimingParameters)[]).every((name) => a[name] === b[name])

function littleEndian(bytes: Uint8Array, offset: number, size: AccessSize): number {
  let value = 0
  for (let i = 0; i < size; i++) value |= (bytes[offset + i] ?? 0) << (8 * i)
  return value >>> 0
}

/** Coprocessor instructions, A5.3.18, other than those of the floating-point extension that exist. */
function isCoprocessor(opcode: number, width: 16 | 32): boolean {
  return width === 32 && ((opcode >>> 26) & 0x3b) === 0x3b && ((opcode >>> 9) & 7) !== 5
}
