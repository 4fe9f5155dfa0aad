import { HandlerIndex, handlerFor, operandsOf } from './handlers.ts'
import { instructionTable } from '../instructions/index.ts'
import { fieldsOf, registerFileOf, type TableEntry, type TimingClass } from '../instructions/table.ts'
import {
  CODE_BYTES,
  COUNTS,
  Class,
  Cold,
  Entry,
  type Executable,
  FLASH,
  FLASH_BYTES,
  Guard,
  HIDDEN,
  RAM_BYTES,
  State,
  TABLE,
  addressOf,
  classesOf,
  codeOffset,
  coldOf,
  columnOf,
  entryOf,
} from '../layout.ts'
import {
  COST_BYTES,
  STRETCH,
  entryAt,
  findStretch,
  stretchOf,
  type SavedCode,
  type SavedEntries,
  type SavedHidden,
  type SavedStretch,
} from './saved-code.ts'
import type { CycleReasons } from '../timing/cycle-reasons.ts'
import { NOTHING } from '../timing/cost-classes.ts'
import { cyclesOfLanding, type Landing } from '../timing/spent.ts'
import { isBranch } from '../timing/pipeline/code-map.ts'
import { StraightLine, type Costs } from '../timing/pipeline/straight-line.ts'
import type { Timed } from '../timing/pipeline/timed.ts'
import type { TimingParameters } from '../timing/timing.ts'
import { UncachedLines } from '../timing/uncached-lines.ts'

/** An IT instruction and the four longest instructions it can govern. */
const IT_BLOCK_BYTES = 18

const isIfThen = (halfword: number): boolean => halfword >>> 8 === 0xbf && (halfword & 0xf) !== 0

const ENTRY_BYTES = 16
const ALWAYS = 14

export const isWide = (halfword: number): boolean => halfword >>> 11 >= 0x1d

const byFirstByte = new Map<number, readonly TableEntry[]>()

function candidates(width: 16 | 32, firstByte: number): readonly TableEntry[] {
  const key = (width << 8) | firstByte
  let list = byFirstByte.get(key)
  if (!list) {
    const shift = width - 8
    list = instructionTable.filter(
      (entry) =>
        entry.width === width && ((firstByte ^ (entry.match >>> shift)) & (entry.mask >>> shift)) === 0,
    )
    byFirstByte.set(key, list)
  }
  return list
}

/** The table entry of an opcode: 16 bits, or 32 with the first half-word on top. */
export function findEntry(opcode: number, width: 16 | 32): TableEntry | undefined {
  for (const entry of candidates(width, opcode >>> (width - 8)))
    if ((opcode & entry.mask) >>> 0 === entry.match && !entry.encoding.unless?.(fieldsOf(entry, opcode)))
      return entry
  return undefined
}

interface Opcode {
  readonly opcode: number
  readonly width: 16 | 32
}

/** How code is fetched now. */
export interface SavedFetching {
  readonly isSlow: boolean
  readonly countsFetches: boolean
  /** Of lines whose uncached self stands in the table. */
  readonly exchanged: Uint32Array
}

export interface DecodedInstruction extends Timed {
  readonly width: 16 | 32
}

/** Fills the pre-decoded table in linear memory, an entry at a time, when it is first executed. */
export class Decoder {
  readonly #view: DataView
  /** Not saved: memory. */
  readonly #bytes: Uint8Array
  /** Not saved: they belong to those who put them in place. */
  readonly #probes = new Set<number>()
  /** Not saved: found again. */
  readonly #instructions = new Map<number, DecodedInstruction>()
  /** Times code with the instruction cache on, and off. */
  #lines: { readonly on: StraightLine; readonly off: StraightLine }
  readonly #uncached: UncachedLines | undefined
  readonly #lineShift: number | undefined
  /** Not saved: it is in `saveFetching`. */
  #countsFetches = false
  /** Where anything was ever written into the table, in stretches of 64 half-words. Not saved: they are found again. */
  readonly stretches = new Set<number>()
  readonly #hidden = new Map<number, number>()
  #savedHidden: SavedHidden | undefined
  #changes = 0
  /** Those in which something has changed since they were last saved. */
  readonly #changed = new Set<number>()
  readonly #savedStretches = new Map<number, SavedStretch>()
  #saved: { readonly code: SavedCode; readonly changes: number } | undefined
  readonly #reasons: CycleReasons | undefined
  /** Not saved: the reasons are restored by themselves. */
  #isRestoring = false
  /** Set by the memory protection unit: who may execute at an address. Not saved: who is asked. */
  executableBy: ((address: number) => Executable) | undefined

  /** Told of each instruction that has been decoded. Not saved: who listens. */
  onDecoded: ((address: number, timing: TimingClass) => void) | undefined

  /**
   * @param lineShift Size of a line of the instruction cache in the table; without, fetches never wait.
   * @param reasons Told what each instruction costs.
   */
  constructor(buffer: ArrayBuffer, timing: TimingParameters, lineShift?: number, reasons?: CycleReasons) {
    this.#view = new DataView(buffer)
    this.#bytes = new Uint8Array(buffer)
    this.#lineShift = lineShift
    this.#uncached = lineShift === undefined ? undefined : new UncachedLines(buffer, lineShift)
    this.#reasons = reasons
    if (this.#uncached && reasons)
      this.#uncached.onExchanged = (from, end) => {
        for (let entry = from; entry < end; entry += ENTRY_BYTES) this.#stand(entry)
      }
    this.#lines = this.#straightLines(timing)
  }

  get #line(): StraightLine {
    return this.#uncached?.isOff ? this.#lines.off : this.#lines.on
  }

  get timing(): TimingParameters {
    return this.#line.parameters
  }

  /** What ACTLR changes: everything is timed anew. */
  setTiming(timing: TimingParameters): void {
    // What the lines before had counted must not be met again.
    this.#changes += this.#lines.on.changes + this.#lines.off.changes
    this.#lines = this.#straightLines(timing)
    this.invalidateAll()
  }

  #straightLines(timing: TimingParameters): { on: StraightLine; off: StraightLine } {
    const parts = {
      at: (address: number, itState?: number) => this.#instruction(address, itState),
      isDecoded: this.isDecoded,
      onCosts: this.#writeCosts,
      onEntered: this.#writeEntered,
      onHidden: this.#writeHidden,
    }
    const inFlash = (address: number): number => (address < FLASH_BYTES ? timing.flashFetchWait : 0)
    return {
      on: new StraightLine(timing, { ...parts, waitStatesAt: () => 0 }),
      off: new StraightLine(timing, { ...parts, waitStatesAt: inFlash }),
    }
  }

  /** The opcode at an executable address. */
  opcodeAt(address: number): Opcode | undefined {
    const offset = codeOffset(address)
    if (offset < 0) return undefined
    const first = this.#halfword(offset)
    if (!isWide(first)) return { opcode: first, width: 16 }
    if (codeOffset(address + 2) !== offset + 2) return undefined
    return { opcode: ((first << 16) | this.#halfword(offset + 2)) >>> 0, width: 32 }
  }

  #halfword(offset: number): number {
    const inRam = offset >= FLASH_BYTES + RAM_BYTES ? offset - RAM_BYTES : offset
    return this.#view.getUint16(FLASH + inRam, true)
  }

  /** What stands at an address, or undefined where no instruction does. */
  instructionAt(address: number, itState = 0): DecodedInstruction | undefined {
    const found = this.opcodeAt(address)
    const entry = found && findEntry(found.opcode, found.width)
    if (!entry) return undefined
    return instructionOf(entry, address, found, itState)
  }

  /** What an opcode says at an address, whatever stands there. */
  readonly instructionOf = (
    address: number,
    opcode: number,
    itState: number,
  ): DecodedInstruction | undefined => {
    const width = opcode > 0xffff ? 32 : 16
    const entry = findEntry(opcode, width)
    return entry && instructionOf(entry, address, { opcode, width }, itState)
  }

  /** Where a direct branch goes, if the instruction is one and its target holds code. */
  branchTarget({ decoded }: Timed): number | undefined {
    return decoded['X'] === 0 ? addressOf(decoded['imm'] ?? 0) : undefined
  }

  /** What is known of an entry changes. */
  #touch(entry: number): void {
    this.#changes += 1
    this.#changed.add(stretchOf(entry))
  }

  decode(at: number): void {
    this.#touch(at)
    if (addressOf(at) >= FLASH_BYTES) this.#uncached?.forget(at, at + 1)
    const instruction = this.#write(at)
    if (!instruction) return
    const { address, entry, opcode, itState } = instruction
    this.onDecoded?.(address, entry.definition.timing)
    if (entry.definition.timing === 'ifThen') this.#enterItBlock(at, opcode & 0xff)
    else if (itState !== 0) this.#passOnItState(at, instruction)
    this.#writeCosts(instruction, this.#line.time(instruction))
  }

  /** What an entry does, but for what it costs. @returns undefined where no instruction is */
  #write(at: number): DecodedInstruction | undefined {
    this.stretches.add(stretchOf(at))
    const address = addressOf(at)
    const found = this.opcodeAt(address)
    const mayExecute = this.executableBy?.(address) !== 'none'
    const instruction = mayExecute ? this.#instruction(address) : undefined
    const view = this.#view
    for (let i = 0; i < ENTRY_BYTES; i += 4) view.setUint32(at + i, 0, true)
    view.setUint32(classesOf(at), 0, true)
    view.setUint8(at + Entry.advance, found?.width === 32 ? 32 : 16)
    if (!found || !instruction) {
      this.#stand(at)
      this.#writeHandlers(at, HandlerIndex.undefined, mayExecute && found ? found : undefined)
      return undefined
    }
    const { entry, decoded } = instruction
    const { index, slots } = handlerFor(entry, decoded)
    for (const [key, slot] of slots) {
      const value = decoded[key] ?? 0
      if (slot.wide) view.setInt32(at + slot.offset, value | 0, true)
      else view.setUint8(at + slot.offset, registerOffset(key, value))
    }
    this.#writeHandlers(at, index, instruction)
    return instruction
  }

  /** The handler of an instruction, or of an opcode that is none, and the wrappers in front of it. */
  #writeHandlers(at: number, index: number, one: DecodedInstruction | Opcode | undefined): void {
    const view = this.#view
    const cold = coldOf(at)
    const itState = this.#bytes[cold + Cold.itState] ?? 0
    const guards = one ? this.#guards(one, addressOf(at), itState) : itState === 0 ? 0 : Guard.inItBlock
    view.setUint16(cold + Cold.handler, index, true)
    view.setUint8(cold + Cold.guards, guards)
    view.setUint32(cold + Cold.raw, one ? rawOf(one) : 0, true)
    view.setUint16(at + Entry.handler, outerHandler(index, guards, itState), true)
  }

  /** Whether an instruction has executed at an address, or is about to. */
  readonly isDecoded = (address: number): boolean => {
    const entry = entryOf(address)
    if (entry === 0) return false
    const { view, at } = this.#uncached?.elsewhere(entry) ?? { view: this.#view, at: entry }
    return view.getUint16(at + Entry.handler, true) !== HandlerIndex.undecoded
  }

  readonly #writeCosts = ({ address }: Timed, costs: Costs): void => {
    const { cost, taken, entered } = costs
    const entry = entryOf(address)
    this.#touch(entry)
    const elsewhere = this.#uncached?.elsewhere(entry)
    const { view, at, classes } = elsewhere ?? { view: this.#view, at: entry, classes: classesOf(entry) }
    view.setUint8(at + Entry.cost, cost)
    if (taken > 0) view.setUint8(at + Entry.taken, taken)
    view.setInt8(at + Entry.entered, entered)
    if (!this.#reasons) return
    view.setUint16(classes + Class.executed, this.#reasons.classes.of(costs.spent), true)
    view.setUint16(classes + Class.landed, this.#reasons.classes.ofLanding(costs.landing), true)
    if (!elsewhere) this.#stand(entry)
  }

  /** Tells of the costs that an entry has in the table. */
  #stand(entry: number): void {
    if (this.#isRestoring) return
    const at = classesOf(entry)
    const view = this.#view
    this.#reasons?.stands(
      entry,
      view.getUint16(at + Class.executed, true),
      view.getUint16(at + Class.landed, true),
    )
  }

  /** What a branch adds, to a place that is not decoded yet. */
  readonly #writeEntered = ({ address }: Timed, landing: Landing): void => {
    const entry = entryOf(address)
    this.stretches.add(stretchOf(entry))
    this.#touch(entry)
    const elsewhere = this.#uncached?.elsewhere(entry, 'keep')
    const { view, at, classes } = elsewhere ?? { view: this.#view, at: entry, classes: classesOf(entry) }
    view.setInt8(at + Entry.entered, cyclesOfLanding(landing))
    if (!this.#reasons) return
    view.setUint16(classes + Class.landed, this.#reasons.classes.ofLanding(landing), true)
    if (!elsewhere) this.#stand(entry)
  }

  readonly #writeHidden = (address: number, cycles: number): void => {
    if (this.#lineShift === undefined || this.#uncached?.isOff) return
    const line = (entryOf(address) >>> this.#lineShift) - (TABLE >>> this.#lineShift)
    this.#bytes[HIDDEN + line] = cycles
    if (this.#hidden.get(line) === cycles) return
    this.#changes += 1
    this.#savedHidden = undefined
    this.#hidden.set(line, cycles)
  }

  /** What an entry is counted as when it executes; a place in `COUNTS`. */
  classAt(entry: number): number {
    return this.#view.getUint16(classesOf(entry) + Class.executed, true)
  }

  /** Further cycles of an entry that a branch leads to. */
  enteredAt(entry: number): number {
    return this.#view.getInt8(entry + Entry.entered)
  }

  /** What a landing at an address is counted as. */
  landingClassAt(address: number): number {
    const entry = entryOf(address)
    return entry === 0 ? 0 : this.#view.getUint16(classesOf(entry) + Class.landed, true)
  }

  /** Whether a landing on an entry is told of: see `countLanding`. */
  landingCosts(entry: number): boolean {
    if (!this.#reasons) return this.enteredAt(entry) !== 0
    return this.#view.getUint16(classesOf(entry) + Class.landed, true) !== NOTHING
  }

  /** Wait states of a fetch. */
  waitStatesAt(address: number): number {
    return this.#line.waitStatesAt(address)
  }

  /** Further cycles of an instruction to which an exception leads, or from which it has returned. */
  landingAt(address: number, how: 'beside' | 'alone'): number {
    const one = entryOf(address) === 0 ? undefined : this.#instruction(address)
    return one ? this.#line.landing(one, how) : 0
  }

  /** Cycles of an instruction that executes, and those of them that fill the pipeline again. */
  costAt(address: number): { readonly cost: number; readonly refill: number } {
    const instruction = this.#instruction(address)
    const { cost, taken } = instruction ? this.#line.time(instruction) : { cost: 1, taken: 0 }
    return { cost, refill: taken }
  }

  /** The decoded instruction at an address, under the ITSTATE that belongs to it. */
  readonly #instruction = (
    address: number,
    itState = this.itStateAt(address),
  ): DecodedInstruction | undefined => {
    const known = this.#instructions.get(address)
    const found = this.opcodeAt(address)
    if (known && known.opcode === found?.opcode && known.itState === itState) return known
    const instruction = this.instructionAt(address, itState)
    if (instruction) this.#instructions.set(address, instruction)
    return instruction
  }

  /** ITSTATE of the instruction at an address. */
  itStateAt(address: number): number {
    const entry = entryOf(address)
    return entry === 0 ? 0 : (this.#bytes[coldOf(entry) + Cold.itState] ?? 0)
  }

  #guards(one: DecodedInstruction | Opcode, address: number, itState: number): number {
    const instruction = 'entry' in one ? one : undefined
    const definition = instruction?.entry.definition
    const readsPc = definition?.readsPc?.some((key) => instruction?.decoded[key] === 15) ?? false
    const isConditional = itState !== 0 && itState >>> 4 < 14 && definition?.ignoresCondition !== true
    return (
      (address >= FLASH_BYTES ? Guard.inRam : 0) |
      (this.#probes.has(address) ? Guard.probe : 0) |
      (readsPc ? Guard.readsPc : 0) |
      (itState !== 0 ? Guard.inItBlock : 0) |
      (this.executableBy?.(address) === 'privileged' ? Guard.privileged : 0) |
      (isConditional ? Guard.conditional : 0) |
      (this.#countsFetches && address < FLASH_BYTES ? Guard.counted : 0)
    )
  }

  /** Gives the instructions of an IT block their ITSTATE. */
  #enterItBlock(at: number, initial: number): void {
    let address = addressOf(at) + 2
    for (let state = initial; state !== 0; state = itAdvance(state)) {
      this.setItState(address, state, at)
      const found = this.opcodeAt(address)
      if (!found) return
      address += found.width / 8
    }
  }

  #passOnItState(at: number, { width, itState }: DecodedInstruction): void {
    this.setItState(addressOf(at) + width / 8, itAdvance(itState), at)
  }

  /**
   * Makes an instruction be decoded anew under the ITSTATE that it is now reached with. The table has one for each
   * address. What is decoded and gives it another ITSTATE, being in front of it in an IT block, is decoded anew too,
   * and thereby puts its own in again when it executes.
   * @param by The entry that gives it this one.
   */
  setItState(address: number, itState: number, by = 0): void {
    const entry = entryOf(address)
    if (entry === 0) return
    const cold = coldOf(entry)
    if (this.#bytes[cold + Cold.itState] === itState) return
    this.stretches.add(stretchOf(entry))
    this.#touch(entry)
    this.#bytes[cold + Cold.itState] = itState
    this.#undecode(entry)
    for (const before of [entry - ENTRY_BYTES, entry - 2 * ENTRY_BYTES])
      if (before >= TABLE && before !== by && this.#givesItState(before)) this.#undecode(before)
  }

  #givesItState(entry: number): boolean {
    const cold = coldOf(entry)
    return this.#bytes[cold + Cold.itState] !== 0 || isIfThen(this.#view.getUint32(cold + Cold.raw, true))
  }

  #undecode(entry: number): void {
    this.#touch(entry)
    this.#uncached?.forget(entry, entry + 1)
    this.#view.setUint16(entry + Entry.handler, HandlerIndex.undecoded, true)
  }

  setProbe(address: number, present: boolean): void {
    if (present) this.#probes.add(address)
    else this.#probes.delete(address)
    const entry = entryOf(address)
    if (entry !== 0) this.#guardAnew(entry, present)
  }

  /** What is decoded stays so, with a probe in front of it or without. */
  #guardAnew(entry: number, hasProbe: boolean): void {
    const view = this.#view
    const cold = coldOf(entry)
    const index = view.getUint16(cold + Cold.handler, true)
    // Never decoded, or what may not be fetched.
    if (view.getUint32(cold + Cold.raw, true) === 0 && index <= HandlerIndex.undefined) return
    const others = view.getUint8(cold + Cold.guards) & ~Guard.probe
    const guards = others | (hasProbe ? Guard.probe : 0)
    view.setUint8(cold + Cold.guards, guards)
    const handler = outerHandler(index, guards, view.getUint8(cold + Cold.itState))
    for (const { view, at } of [{ view: this.#view, at: entry }, ...(this.#uncached?.away(entry) ?? [])])
      if (view.getUint16(at + Entry.handler, true) !== HandlerIndex.undecoded)
        view.setUint16(at + Entry.handler, handler, true)
  }

  /** Whether fetches from flash wait: the instruction cache is off. */
  set slowFetch(slow: boolean) {
    if (!this.#uncached || slow === this.#uncached.isOff) return
    if (!slow) this.#uncached.leave()
    this.#uncached.isOff = slow
  }

  /** Whether each instruction in flash tells of itself. */
  set countsFetches(counts: boolean) {
    if (counts === this.#countsFetches) return
    this.#countsFetches = counts
    this.invalidateAll()
  }

  bytesAt(address: number): number {
    return (this.opcodeAt(address)?.width ?? 16) / 8
  }

  /** Words that the prefetch unit has asked for beyond the instruction at an address. */
  fetchedBeyond(address: number): number {
    const instruction = this.#instruction(address)
    return instruction ? this.#line.fetchedBeyond(instruction) : 0
  }

  /**
   * Gets a line of code ready that is entered with the cache off, at `next` after the instruction at `before`.
   * @returns what a branch that led here has been charged too little, for it knew only the cost with the cache on.
   */
  enterUncached(line: number, before: number, next: number): number {
    const charged = this.#view.getInt8(next + Entry.entered)
    const isBranch = before !== 0 && before + 8 * this.#bytesAt(before) !== next
    if (!isBranch) {
      this.#uncached?.enter(line)
      return 0
    }
    this.#countLanding(next, -1)
    this.#uncached?.enter(line)
    this.#countLanding(next, 1)
    this.#view.setUint32(State.landedOn, this.landingCosts(next) ? next : 0, true)
    this.#view.setUint32(State.landedCount, this.#view.getUint32(State.instructionCount, true), true)
    return this.#view.getInt8(next + Entry.entered) - charged
  }

  /** Of an instruction; the table may have the self of its line that did not execute, where nothing is decoded. */
  #bytesAt(entry: number): number {
    return this.opcodeAt(addressOf(entry))?.width === 32 ? 4 : 2
  }

  /** A branch has landed on an entry, under what that costs now, or after all has not. As `countLanding` counts it. */
  #countLanding(entry: number, by: 1 | -1): void {
    const landed = this.#view.getUint16(classesOf(entry) + Class.landed, true)
    if (!this.#reasons || landed === NOTHING) return
    this.#addTo(columnOf('landed', entry), by)
    this.#addTo(COUNTS + landed, by)
  }

  #addTo(address: number, by: 1 | -1): void {
    this.#view.setBigInt64(address, this.#view.getBigInt64(address, true) + BigInt(by), true)
  }

  /** Forgets what was decoded at `length` bytes of code, which may be the IT block that is executing. */
  invalidate(address: number, length: number): void {
    const offset = codeOffset(address)
    if (offset < 0) return
    const from = Math.max(0, offset & ~1)
    const to = Math.min(CODE_BYTES, offset + length)
    const begin = TABLE + Math.max(0, from - IT_BLOCK_BYTES) * 8
    this.#uncached?.forget(begin, TABLE + to * 8)
    const itNext = this.#view.getUint32(State.itNext, true)
    for (const [first, end] of this.#knownWithin(begin, TABLE + to * 8)) {
      this.#touch(first)
      this.#bytes.fill(0, first, end)
      this.#forgetLandings(first, end)
      for (let entry = Math.max(first, TABLE + from * 8); entry < end; entry += ENTRY_BYTES)
        if (entry !== itNext) this.#bytes[coldOf(entry) + Cold.itState] = 0
    }
    this.#lines.on.forget(address, length)
    this.#lines.off.forget(address, length)
  }

  /** With what they add. What has executed is still to be counted as what it was. */
  #forgetLandings(from: number, to: number): void {
    for (let entry = from; entry < to; entry += ENTRY_BYTES)
      this.#view.setUint16(classesOf(entry) + Class.landed, 0, true)
  }

  /** The parts of the table from one entry to another into which anything was ever written. */
  *#knownWithin(from: number, to: number): Generator<readonly [first: number, end: number]> {
    const last = stretchOf(to - 1)
    const part = (stretch: number): [number, number] => [
      Math.max(from, entryAt(stretch * STRETCH)),
      Math.min(to, entryAt((stretch + 1) * STRETCH)),
    ]
    if (last - stretchOf(from) < this.stretches.size) {
      for (let stretch = stretchOf(from); stretch <= last; stretch++)
        if (this.stretches.has(stretch)) yield part(stretch)
    } else
      for (const stretch of this.stretches)
        if (stretch >= stretchOf(from) && stretch <= last) yield part(stretch)
  }

  /** What is known of the code; the same object while that has not changed. */
  save(): SavedCode {
    const changes = this.#allChanges
    if (this.#saved?.changes === changes) return this.#saved.code
    const code = {
      on: this.#lines.on.save(),
      off: this.#lines.off.save(),
      stretches: this.#saveStretches(),
      hidden: this.#saveHidden(),
    }
    this.#saved = { code, changes }
    return code
  }

  #saveStretches(): readonly SavedStretch[] {
    const before = this.#saved?.code.stretches
    if (before && this.#changed.size === 0) return before
    for (const stretch of this.#changed)
      this.#savedStretches.set(stretch, findStretch(this.#view, stretch, this.#uncached))
    this.#changed.clear()
    return [...this.#savedStretches.values()].sort((a, b) => a.stretch - b.stretch)
  }

  #saveHidden(): SavedHidden {
    return (this.#savedHidden ??= {
      lines: Uint32Array.from(this.#hidden.keys()),
      cycles: Uint8Array.from(this.#hidden.values()),
    })
  }

  get #allChanges(): number {
    return this.#changes + this.#lines.on.changes + this.#lines.off.changes
  }

  saveFetching(): SavedFetching {
    return {
      isSlow: this.#uncached?.isOff ?? false,
      countsFetches: this.#countsFetches,
      exchanged: this.#uncached?.exchanged ?? new Uint32Array(),
    }
  }

  /** After memory, what may be executed, and the timing in force. What was decoded is decoded anew. */
  restore(code: SavedCode, { isSlow, countsFetches, exchanged }: SavedFetching): void {
    this.#isRestoring = true
    const uncached = this.#uncached
    uncached?.leave()
    const isThere = this.#saved?.code === code && this.#saved.changes === this.#allChanges
    const isAnew = countsFetches !== this.#countsFetches
    this.#countsFetches = countsFetches
    if (!isThere || isAnew) this.#rebuild(code, isAnew)
    if (uncached) {
      uncached.isOff = isSlow
      uncached.exchangeAgain(exchanged)
    }
    this.#isRestoring = false
  }

  #rebuild(code: SavedCode, isAnew: boolean): void {
    const stale = code.stretches.filter((one) => isAnew || !this.#stands(one))
    this.#forgetTable(code.stretches, stale)
    this.#lines.on.restore(code.on, this.instructionOf)
    this.#lines.off.restore(code.off, this.instructionOf)
    for (const { itPlaces, itStates } of stale)
      itPlaces.forEach((place, i) => {
        this.stretches.add(stretchOf(entryAt(place)))
        this.#bytes[coldOf(entryAt(place)) + Cold.itState] = itStates[i] ?? 0
      })
    for (const { on } of stale) this.#decodeAgain(on)
    if (this.#uncached) {
      this.#uncached.isOff = true
      for (const { off } of stale) this.#decodeAgain(off)
      this.#uncached.leave()
    }
    this.#savedStretches.clear()
    for (const one of code.stretches) this.#savedStretches.set(one.stretch, one)
    this.#changed.clear()
    this.#restoreHidden(code.hidden)
    this.#saved = { code, changes: this.#allChanges }
  }

  /** Whether the table has a stretch as it was saved. Code in RAM may have been overwritten without being looked at. */
  #stands(one: SavedStretch): boolean {
    const { stretch } = one
    const isInFlash = addressOf(entryAt(stretch * STRETCH)) < FLASH_BYTES
    return isInFlash && this.#savedStretches.get(stretch) === one && !this.#changed.has(stretch)
  }

  #restoreHidden(hidden: SavedHidden): void {
    for (const line of this.#hidden.keys()) this.#bytes[HIDDEN + line] = 0
    this.#hidden.clear()
    hidden.lines.forEach((line, i) => {
      const cycles = hidden.cycles[i] ?? 0
      if (line >= CODE_BYTES / 4 || cycles > this.#lines.on.parameters.cacheMissCycles)
        throw new Error('a line of the cache hides more than it misses')
      this.#hidden.set(line, cycles)
      this.#bytes[HIDDEN + line] = cycles
    })
    this.#savedHidden = hidden
  }

  /** All but those stretches that stay. */
  #forgetTable(all: readonly SavedStretch[], stale: readonly SavedStretch[]): void {
    const stay = new Set(all.map(({ stretch }) => stretch))
    for (const { stretch } of stale) stay.delete(stretch)
    for (const stretch of this.stretches) {
      if (stay.has(stretch)) continue
      const first = entryAt(stretch * STRETCH)
      const end = entryAt((stretch + 1) * STRETCH)
      this.#bytes.fill(0, first, end)
      this.#bytes.fill(0, coldOf(first), coldOf(end))
      this.#bytes.fill(0, classesOf(first), classesOf(end))
      this.#uncached?.forget(first, end)
    }
    if (this.#uncached) this.#uncached.isOff = false
  }

  /** What stands in RAM and was overwritten since is left until it executes. */
  #decodeAgain({ places, raw, costs, classes, enteredPlaces, entered, enteredClasses }: SavedEntries): void {
    const ready = (place: number): number => {
      const entry = entryAt(place)
      if (this.#uncached?.isOff) this.#uncached.enterEntry(entry)
      return entry
    }
    places.forEach((place, i) => {
      const found = this.opcodeAt(addressOf(entryAt(place)))
      if (!found || rawOf(found) !== raw[i]) return
      const entry = ready(place)
      this.#write(entry)
      COST_BYTES.forEach((offset, n) => (this.#bytes[entry + offset] = costs[COST_BYTES.length * i + n] ?? 0))
      this.#view.setUint32(classesOf(entry), classes[i] ?? 0, true)
    })
    enteredPlaces.forEach((place, i) => {
      this.stretches.add(stretchOf(entryAt(place)))
      const entry = ready(place)
      this.#view.setInt8(entry + Entry.entered, entered[i] ?? 0)
      this.#view.setUint32(classesOf(entry), enteredClasses[i] ?? 0, true)
    })
    for (const place of places) this.#checkTime(entryAt(place))
  }

  /**
   * The interpreter leaves when cycles are used up: a loop that takes none would never end. What landings take less is
   * not looked at: it is made up for by code behind them.
   * @throws Error for costs that no code has
   */
  #checkTime(entry: number): void {
    if (this.#view.getUint8(entry + Entry.cost) !== 0) return
    const address = addressOf(entry)
    const instruction = this.#instruction(address)
    if (instruction && isBranch(instruction))
      throw new Error(`a branch takes no time: 0x${address.toString(16)}`)
  }

  /** Forgets the handlers of all code, as a change of fetch permissions must. */
  invalidateAll(): void {
    this.#changes += 1
    for (const stretch of this.stretches) this.#changed.add(stretch)
    this.#bytes.fill(0, TABLE, TABLE + CODE_BYTES * 8)
    for (const stretch of this.stretches)
      this.#forgetLandings(entryAt(stretch * STRETCH), entryAt((stretch + 1) * STRETCH))
    this.#uncached?.forgetAll()
    this.#lines.on.forgetAll()
    this.#lines.off.forgetAll()
  }
}

const instructionOf = (
  entry: TableEntry,
  address: number,
  found: Opcode,
  itState: number,
): DecodedInstruction => ({
  address,
  entry,
  decoded: operandsOf(entry, found.opcode, { address, itState }),
  itState,
  ...found,
})

/** As it stands in memory. */
const rawOf = ({ opcode, width }: Opcode): number =>
  width === 32 ? ((opcode << 16) | (opcode >>> 16)) >>> 0 : opcode

function outerHandler(index: number, guards: number, itState: number): number {
  if (guards === 0) return index
  if (guards === Guard.inItBlock) return HandlerIndex.conditional + ALWAYS
  if (guards === (Guard.inItBlock | Guard.conditional)) return HandlerIndex.conditional + (itState >>> 4)
  return HandlerIndex.guarded
}

function registerOffset(key: string, value: number): number {
  const file = registerFileOf(key)
  return file === undefined ? value : file === 'double' ? value * 8 : value * 4
}

/** ITAdvance(), A7.3.2. */
export const itAdvance = (state: number): number =>
  (state & 7) === 0 ? 0 : (state & 0xe0) | ((state << 1) & 0x1f)
