import type { AccessSize, Address, Cycles } from '../bus.ts'
import { conditionMasks } from '../conditions.ts'
import { BranchTrace } from './branch-trace.ts'
import { Decoder, type SavedFetching } from './decode.ts'
import type { ExitReason } from '../exit-reasons.ts'
import { NOTHING } from '../timing/cost-classes.ts'
import { CycleReasons, type Charged, type SavedReasons } from '../timing/cycle-reasons.ts'
import { FetchCounter, type SavedFetchCounter } from '../timing/fetch-counter.ts'
import { flashLineMask, lineShift } from '../timing/instruction-cache.ts'
import { accessModes, type AccessMode } from '../instructions/access.ts'
import { Interruptible } from '../instructions/interruptible.ts'
import { emittedBefore } from './emitted.ts'
import { emitInterpreter, interpreterKey, type InterpreterOptions } from './interpreter.ts'
import {
  CACHE_TAGS,
  COUNTS,
  FLASH,
  FLASH_BYTES,
  MEMORY_PAGES,
  OPEN_COUNT,
  OPEN_LINES,
  OPEN_MARKS,
  PROFILE,
  CODE_BYTES,
  RAM,
  RAM_BYTES,
  State,
  TABLE,
  TOUCHED,
  addressOf,
  MOST_SLOTS,
  columnOf,
  counted,
  entryOf,
  type Counted,
} from '../layout.ts'
import { ProcessorState, type SavedState } from '../state.ts'
import { MemoryPages, type SavedMemory } from './memory-pages.ts'
import { CountSlots } from './count-slots.ts'
import { STRETCH, entryAt, type SavedCode } from './saved-code.ts'
import { RepeatedCounts } from './repeated-counts.ts'
import type { TimingParameters } from '../timing/timing.ts'

/** What the interpreter calls out for. Whoever cannot go on returns after `core.stop()`. */
export interface CoreHost {
  read(address: Address, size: AccessSize, mode: AccessMode): number
  write(address: Address, size: AccessSize, value: number, mode: AccessMode): void
  readSpecial(sysm: number): number
  writeSpecial(sysm: number, value: number): void
  changeProcessorState(enable: boolean, which: number): void
  sendEvent(): void
  /** Result of a floating-point operation on bit patterns; reads and writes State.fpscr. */
  floatSlowly(operation: number, a: number, b: number, c: number): number
  /** The flash is wanted while it is busy: spends the time until it is not. */
  awaitFlash(): void
  /** Told the present before any of these. */
  present(now: Cycles): void
  /** Asked after any of these: when the interpreter must return. */
  deadline(): Cycles
}

export interface SavedCore {
  readonly state: SavedState
  readonly tags: Int32Array
  /** While the flash is busy, what the tags will be when it no more is. */
  readonly hiddenTags: Int32Array | null
  readonly fetches: SavedFetchCounter
  readonly fetching: SavedFetching
  readonly code: SavedCode
  readonly reasons: SavedReasons | null
}

const modules = new Map<string, WebAssembly.Module>()

function compiled(options: InterpreterOptions): WebAssembly.Module {
  const key = interpreterKey(options)
  let module = modules.get(key)
  if (!module) {
    module = new WebAssembly.Module(emittedBefore(key) ?? emitInterpreter(options))
    modules.set(key, module)
  }
  return module
}

/** What the next instruction has been charged already, and after how many others. */
const CHARGED = [
  [State.landedOn, State.landedCount],
  [State.missedOn, State.missedCount],
] as const

/** Budgets are 32-bit; longer slices are cut. */
const LONGEST_SLICE = 0x3fff_ffff

/** The instruction interpreter with its memory. Knows no exceptions: it returns with a reason instead. */
export class Core {
  readonly state: ProcessorState
  readonly decoder: Decoder
  readonly fetches: FetchCounter
  /** Calls and returns, where they are written down. Not saved: they are told of before a run ends. */
  readonly branches: BranchTrace | undefined
  /** Flash, RAM and counts in pages. Not saved: it saves memory. */
  readonly pages: MemoryPages
  /** Why cycles went by, where they are counted. */
  readonly reasons: CycleReasons | undefined
  /** Flash at 0 and RAM at 0x20000000, as the firmware sees them. Not saved: memory, in pages. */
  readonly flash: Uint8Array
  /** Not saved: memory, in pages. */
  readonly ram: Uint8Array
  /** A byte for each word of RAM, non-zero once the firmware has written it. Not saved: memory, in pages. */
  readonly touched: Uint8Array
  /**
   * Cycles and executions of each half-word of code, by its offset in flash, RAM, code RAM: pairs of counts. Not saved: a
   * view of memory.
   */
  readonly profile: BigUint64Array
  readonly #buffer: ArrayBuffer
  /** Not saved: who asks for it takes what is seen again. */
  readonly #repeated: RepeatedCounts
  /** Not saved: memory. */
  readonly #counts: BigInt64Array
  readonly #run: (entry: number) => number
  readonly #settleCounts: () => void
  readonly #noteLines: () => void
  readonly #noteCounts: (from: number, to: number) => void
  readonly #gatherCounts: () => number
  /** Not saved: memory, in pages. */
  readonly #slots: CountSlots
  /** Not saved: of a call of `run`. */
  #deadline: Cycles = 0
  /**
   * What the interpreter waits for the host in: an instruction, before one executes, or it is not running. Not saved: of a
   * call of `run`.
   */
  #waits: 'within' | 'before' | 'no' = 'no'
  /**
   * The host has set the PC in the middle of an instruction, which is counted before anything else executes. Not saved: of
   * a call of `run`.
   */
  #isElsewhere = false
  /** Of the instruction cache, while the flash is busy. */
  #tags: Int32Array | undefined

  constructor(
    readonly host: CoreHost,
    timing: TimingParameters,
    readonly options: InterpreterOptions,
  ) {
    const memory = new WebAssembly.Memory({ initial: MEMORY_PAGES })
    this.#buffer = memory.buffer
    this.#repeated = new RepeatedCounts(this.#buffer)
    this.state = new ProcessorState(this.#buffer)
    this.reasons = options.profile
      ? new CycleReasons(
          this.#buffer,
          () => this.#underWay,
          () => this.#settleCounts(),
        )
      : undefined
    this.decoder = new Decoder(this.#buffer, timing, options.cache && lineShift(options.cache), this.reasons)
    this.#counts = new BigInt64Array(this.#buffer)
    this.branches = options.branches ? new BranchTrace(this.#buffer) : undefined
    this.#slots = new CountSlots(this.#buffer, options.cache && lineShift(options.cache))
    this.pages = new MemoryPages(memory, this.#slots)
    this.fetches = new FetchCounter(this.decoder, () => this.state.word(State.cacheMisses) >>> 0)
    this.flash = new Uint8Array(this.#buffer, FLASH, FLASH_BYTES)
    this.ram = new Uint8Array(this.#buffer, RAM, RAM_BYTES)
    this.touched = new Uint8Array(this.#buffer, TOUCHED, RAM_BYTES / 4)
    this.profile = new BigUint64Array(this.#buffer, PROFILE, CODE_BYTES)
    this.flash.fill(0xff)
    new Uint16Array(this.#buffer, State.conditions, 16).set(conditionMasks())
    this.openMemory(true)
    this.state.setWord(State.flashReadWait, timing.profile === 'oneCycle' ? 0 : timing.flashReadWait)
    this.state.setWord(State.flashLineMask, flashLineMask(timing))
    this.state.setWord(State.flashLine, -1)
    const instance = new WebAssembly.Instance(compiled(options), { host: { memory, ...this.#imports() } })
    this.#run = instance.exports['run'] as (entry: number) => number
    this.#settleCounts = instance.exports['settleCounts'] as () => void
    this.#noteLines = instance.exports['noteLines'] as () => void
    this.#noteCounts = instance.exports['noteCounts'] as (from: number, to: number) => void
    this.#gatherCounts = instance.exports['gatherCounts'] as () => number
  }

  /** All but memory, which `pages` saves. */
  save(): SavedCore {
    return {
      state: this.state.save(),
      tags: this.#cacheTags.slice(),
      hiddenTags: this.#tags?.slice() ?? null,
      fetches: this.fetches.save(),
      fetching: this.decoder.saveFetching(),
      code: this.decoder.save(),
      reasons: this.reasons?.save() ?? null,
    }
  }

  /** Flash, RAM and what is counted; what has executed is settled before. */
  saveMemory(): SavedMemory {
    if (!this.reasons) return this.pages.save(0)
    this.#settleCounts()
    this.#note()
    this.#slots.order()
    if (this.#gatherCounts() > 0) {
      this.#slots.dropZeros()
      this.#gatherCounts()
    }
    return this.pages.save(this.reasons.classes.count)
  }

  /** Before all else is restored. */
  restoreMemory(saved: SavedMemory): void {
    if (this.reasons) {
      // What was counted in lines that are open has no slot before, and would stay.
      this.#settleCounts()
      this.#note()
    }
    this.pages.restore(saved)
  }

  /** Gives slots to all that was counted. @throws RangeError where there are not as many */
  #note(): void {
    // Without an instruction cache no lines are marked.
    if (this.options.cache) this.#noteLines()
    else
      for (const stretch of this.decoder.stretches)
        this.#noteCounts(entryAt(stretch * STRETCH), entryAt((stretch + 1) * STRETCH))
    if (this.#slots.length > MOST_SLOTS) throw new RangeError(`more than ${MOST_SLOTS} counts by instruction`)
  }

  /** After memory, and what may be executed. @throws Error for a core of another kind */
  restore({ state, tags, hiddenTags, fetches, fetching, code, reasons }: SavedCore): void {
    const now = this.#cacheTags
    if (tags.length !== now.length) throw new Error('the processor was saved with another instruction cache')
    this.state.restore(state)
    now.set(tags)
    this.#tags = hiddenTags?.slice()
    this.decoder.restore(code, fetching)
    this.fetches.restore(fetches)
    if (!reasons) return
    this.reasons?.restore(reasons)
    this.#openAgain()
  }

  /** Everything was settled when it was saved, and the line that executes was open. */
  #openAgain(): void {
    new Uint8Array(this.#buffer, OPEN_MARKS, OPEN_COUNT - OPEN_MARKS).fill(0)
    const line = this.state.word(State.cacheLine)
    const { cache } = this.options
    const isOpen = cache !== undefined && line !== -1
    this.state.setWord(OPEN_COUNT, isOpen ? 1 : 0)
    if (!isOpen) return
    new Uint8Array(this.#buffer)[OPEN_MARKS + line - (TABLE >>> lineShift(cache))] = 1
    this.state.setWord(OPEN_LINES, line)
  }

  get #cacheTags(): Int32Array {
    const { cache } = this.options
    return new Int32Array(this.#buffer, CACHE_TAGS, cache ? cache.sets * cache.ways : 0)
  }

  /** Lets the fast path read and write plain memory, or sends every access to the host, as the MPU needs. */
  openMemory(open: boolean): void {
    for (const [limits, bytes] of [
      [State.ramReadLimits, RAM_BYTES],
      [State.ramWriteLimits, RAM_BYTES],
      [State.flashReadLimits, FLASH_BYTES],
    ] as const)
      for (let shift = 0; shift < 3; shift++)
        this.state.setWord(limits + 4 * shift, open ? bytes >> shift : 0)
  }

  /** Runs from `state.pc` at cycle `now` until `deadline` or a reason to return. */
  run(now: Cycles, deadline: Cycles): { reason: ExitReason; now: Cycles } {
    this.#deadline = Math.min(deadline, now + LONGEST_SLICE)
    this.state.setWord(State.budget, this.#deadline - now)
    this.state.setWord(State.stop, 0)
    this.#forgetCharged(0)
    const before = this.state.word(State.instructions)
    const reason = this.#run(this.state.word(State.next)) as ExitReason
    this.#forgetCharged((this.state.word(State.instructions) - before) | 0)
    if (this.#isElsewhere) this.state.setWord(State.current, 0)
    this.#isElsewhere = false
    // A branch may have landed there, and be counted.
    if (this.reasons) this.#slots.markLine(this.state.word(State.next))
    this.branches?.drain(this.#deadline)
    return { reason, now: this.#deadline - this.state.word(State.budget) }
  }

  /**
   * What was charged to another instruction than the next, or before others executed, is none of that one's: so it is
   * the same wherever a run stops.
   * @param begun instructions of this run
   */
  #forgetCharged(begun: number): void {
    const { state } = this
    const next = state.word(State.next)
    for (const [what, count] of CHARGED) {
      if (state.word(what) !== next || state.word(count) !== begun) state.setWord(what, 0)
      state.setWord(count, 0)
    }
    if (state.word(State.missedOn) === 0) state.setWord(State.missedFor, 0)
  }

  /** After a probe: cycles that its instruction has taken though it has not executed, for the line that it is in. */
  get fetchedFor(): Cycles {
    return this.state.word(State.before) - this.state.word(State.budget)
  }

  /**
   * After a probe, once: what its instruction has been charged though it has not executed. Waiting for flash that is
   * being erased is not in it: other things have happened meanwhile.
   */
  takeCharged(): Charged {
    const { state } = this
    const entry = entryOf(state.pc)
    const take = (what: number): boolean => {
      const isIts = state.word(what) === entry
      if (isIts) state.setWord(what, 0)
      return isIts
    }
    const miss = take(State.missedOn) ? state.word(State.missedFor) : 0
    if (!take(State.landedOn)) return { miss, landing: 0, landed: NOTHING }
    return { miss, landing: this.decoder.enteredAt(entry), landed: this.decoder.landingClassAt(state.pc) }
  }

  /** Executed until now, whether the interpreter waits for the host or not. */
  get instructions(): number {
    const since = this.#waits === 'no' ? 0 : this.state.word(State.instructionCount)
    return this.state.instructions + since
  }

  /** Code in RAM is executing, and flash is watched for its return. Without a cache to simulate that is not seen. */
  get runsFromRam(): boolean {
    return this.state.word(State.codeInRam) !== 0
  }

  set runsFromRam(inRam: boolean) {
    this.state.setWord(State.codeInRam, inRam ? 1 : 0)
    this.watchFlash(inRam)
  }

  /** Execution that gets to flash calls `host.awaitFlash` first, as when the flash is busy; or does so no more. */
  watchFlash(busy: boolean): void {
    if (busy === (this.#tags !== undefined)) return
    const mode = this.state.word(State.cacheMode) & 3
    this.state.setWord(State.cacheMode, mode | (busy ? 4 : 0))
    this.state.setWord(State.cacheLine, -1)
    const tags = this.#cacheTags
    // Without its tag each line is looked up.
    if (this.#tags) tags.set(this.#tags)
    this.#tags = busy ? tags.slice() : undefined
    if (busy) tags.fill(-1)
  }

  /** Called by the host while the interpreter waits for it: the instruction must not complete. */
  stop(): void {
    this.state.setWord(State.stop, 1)
  }

  /** Called by the host while the interpreter waits for it: what it did takes time. */
  spend(cycles: Cycles, why?: Counted): void {
    this.state.setWord(State.budget, this.state.word(State.budget) - cycles)
    if (why === undefined || cycles === 0 || this.#waits === 'no') return
    this.#countCycles(why, this.state.word(this.#waits === 'within' ? State.current : State.next), cycles)
  }

  /** Called by the host while the interpreter waits for it: time to jump over, charged to no instruction. */
  jump(cycles: Cycles): void {
    this.spend(cycles)
    this.state.setWord(State.before, this.state.word(State.before) - cycles)
  }

  /** Address of the instruction that the interpreter is executing while it waits for the host. */
  get executing(): Address {
    return addressOf(this.state.word(State.current))
  }

  /** Switching the instruction cache off empties it; PS 4.3.6. @param profiling Its hits and misses are counted. */
  setInstructionCache(enabled: boolean, profiling = false): void {
    const isWatched = this.#tags !== undefined
    this.watchFlash(false)
    this.#switchCache(enabled, profiling)
    this.watchFlash(isWatched)
  }

  #switchCache(enabled: boolean, profiling: boolean): void {
    this.decoder.slowFetch = !enabled
    this.decoder.countsFetches = profiling
    this.fetches.isOn = enabled && profiling
    this.state.setWord(State.cacheMode, enabled ? 1 : 2)
    if (enabled) return
    this.#cacheTags.fill(-1)
    this.state.setWord(State.cacheLine, -1)
  }

  /** The instruction at the PC has this ITSTATE for this time, whatever the table has. */
  enterWith(itState: number): void {
    if (this.state.isPcOutside) {
      this.state.itStateOutside = itState
      return
    }
    this.decoder.setItState(this.state.pc, itState)
    this.state.setWord(State.itNext, this.state.word(State.next))
  }

  /** Makes the instruction whose probe has been called execute. */
  passProbe(): void {
    this.state.setWord(State.probeSeen, entryOf(this.state.pc))
  }

  /** All counts that code from `start` to before `end` adds to, where there are any; until they are asked for again. */
  countsOf(start: Address, end: Address): RepeatedCounts | undefined {
    if (!this.reasons) return undefined
    const entry = entryOf(start)
    const halfwords = (end - start) / 2
    const counts = this.#repeated
    counts.begin()
    counts.note(PROFILE + entry - TABLE, 2 * halfwords)
    for (const what of counted) counts.note(columnOf(what, entry), halfwords)
    counts.note(State.totals, counted.length)
    counts.note(COUNTS, this.reasons.classes.count)
    return counts
  }

  /** Cycles and executions of each half-word of code, by its offset in flash, RAM, code RAM. */
  profileAt(codeOffset: number): { cycles: number; executions: number } {
    const view = new DataView(this.#buffer, PROFILE + (codeOffset & ~1) * 8, 16)
    return { cycles: Number(view.getBigInt64(0, true)), executions: Number(view.getBigInt64(8, true)) }
  }

  /** Corrects the profile: what an instruction took was paid at another time. */
  addCycles(address: Address, cycles: Cycles, why: Counted): void {
    if (!this.options.profile || cycles === 0) return
    this.#addAt(PROFILE - TABLE, entryOf(address), cycles)
    this.#countCycles(why, entryOf(address), cycles)
  }

  /** Corrects the reasons: cycles of an instruction have another one. */
  changeReason(address: Address, from: Counted, to: Counted, cycles: Cycles): void {
    if (cycles === 0) return
    this.#countCycles(from, entryOf(address), -cycles)
    this.#countCycles(to, entryOf(address), cycles)
  }

  /** Corrects the reasons: an instruction is about to be counted, with `after` where it branches. */
  settle(address: Address, from: Counted, after: Cycles): void {
    const known = this.reasons?.classes.cyclesAt(this.decoder.classAt(entryOf(address))) ?? 0
    this.#countCycles(from, entryOf(address), -known - after)
  }

  /** An instruction has been executed outside the interpreter. */
  countExecution(address: Address): void {
    this.state.countInstruction()
    if (!this.options.profile) return
    this.#addAt(PROFILE - TABLE + 8, entryOf(address), 1)
  }

  /** Cycles that the interpreter adds to a branch for where it leads. */
  landingAt(target: Address): Cycles {
    const entry = entryOf(target)
    return entry === 0 ? 0 : this.decoder.enteredAt(entry)
  }

  /** A branch outside the interpreter, whose cycles include what its target adds, has landed there. */
  countLanding(branch: Address, target: Address, cycles: Cycles): void {
    const entry = entryOf(target)
    if (entry === 0 || this.decoder.enteredAt(entry) !== cycles) return
    if (this.decoder.landingCosts(entry)) this.state.setWord(State.landedOn, entry)
    const landed = this.decoder.landingClassAt(target)
    if (!this.reasons || landed === NOTHING || this.reasons.classes.cyclesAt(landed) !== cycles) return
    this.#add(COUNTS + landed, 1)
    this.#add(columnOf('landed', entry), 1)
    this.#addAt(PROFILE - TABLE, entryOf(branch), -cycles)
    this.#addAt(PROFILE - TABLE, entry, cycles)
  }

  #countCycles(what: Counted, entry: number, cycles: Cycles): void {
    if (!this.options.profile) return
    this.#add(State.totals + 8 * counted.indexOf(what), cycles)
    this.#add(columnOf(what, entry), cycles)
    this.#slots.mark(entry)
  }

  /** To what is counted of an instruction. */
  #addAt(offset: number, entry: number, amount: number): void {
    this.#add(entry + offset, amount)
    this.#slots.mark(entry)
  }

  #add(address: number, amount: number): void {
    this.#counts[address / 8] = (this.#counts[address / 8] ?? 0n) + BigInt(amount)
  }

  get #underWay(): number {
    return this.#waits === 'within' ? this.state.word(State.current) : 0
  }

  /** The interpreter shall execute an instruction whose time has passed already. */
  payFor(address: Address): void {
    this.state.setWord(Interruptible.paid, entryOf(address))
  }

  #imports(): Record<string, (...args: never[]) => unknown> {
    const { host } = this
    const mode = (index: number): AccessMode => accessModes[index] ?? 'normal'
    const around = <T>(action: () => T): T => {
      this.#waits = 'within'
      host.present(this.#deadline - this.state.word(State.budget))
      const result = action()
      this.#waits = 'no'
      this.#moveDeadline()
      return result
    }
    return {
      decode: (entry: number) => this.decoder.decode(entry),
      entryOf: (address: number) => entryOf(address),
      uncachedLine: (line: number) =>
        this.decoder.enterUncached(line, this.state.word(State.current), this.state.word(State.next)),
      awaitFlash: () => {
        this.#waits = 'before'
        host.present(this.#deadline - this.state.word(State.budget))
        host.awaitFlash()
        this.#waits = 'no'
      },
      countFetches: (entry: number) => {
        // One that only has its effects left was fetched when it began.
        if (this.state.word(Interruptible.paid) !== entry) this.fetches.instruction(addressOf(entry))
      },
      // Without `around`: the two that are called often need no closure.
      hostRead: (address: number, size: AccessSize, how: number) => {
        this.#waits = 'within'
        host.present(this.#deadline - this.state.word(State.budget))
        const value = host.read(address >>> 0, size, mode(how))
        this.#waits = 'no'
        this.#moveDeadline()
        return value
      },
      hostWrite: (address: number, size: AccessSize, value: number, how: number) => {
        this.#waits = 'within'
        host.present(this.#deadline - this.state.word(State.budget))
        const writing = this.state.word(State.current)
        host.write(address >>> 0, size, value, mode(how))
        this.#waits = 'no'
        if (this.state.word(State.current) !== writing) this.#goElsewhere(writing)
        this.#moveDeadline()
      },
      readSpecial: (sysm: number) => around(() => host.readSpecial(sysm)),
      writeSpecial: (sysm: number, value: number) => around(() => host.writeSpecial(sysm, value)),
      changeProcessorState: (enable: number, which: number) =>
        around(() => host.changeProcessorState(enable !== 0, which)),
      sendEvent: () => around(() => host.sendEvent()),
      drainBranches: () => this.drainBranches(),
      floatSlowly: (operation: number, a: number, b: number, c: number) =>
        host.floatSlowly(operation, a, b, c),
    }
  }

  /** A reset, by a write to AIRCR. @param writing the table address of the instruction that has not ended */
  #goElsewhere(writing: number): void {
    this.state.setWord(State.current, writing)
    this.#isElsewhere = true
  }

  /** Tells of the branches until now, as before something else happens. */
  drainBranches(): void {
    if (this.branches && !this.branches.isEmpty) this.branches.drain(this.#deadline)
  }

  #moveDeadline(): void {
    this.drainBranches()
    const now = this.#deadline - this.state.word(State.budget)
    const next = this.#isElsewhere ? now : this.host.deadline()
    const deadline = Math.max(now, Math.min(next, now + LONGEST_SLICE))
    const shift = deadline - this.#deadline
    this.state.setWord(State.budgetShift, shift)
    this.state.setWord(State.budget, deadline - now)
    this.#deadline = deadline
  }
}
