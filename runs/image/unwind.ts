import { DebugFrames } from './debug-frame.ts'
import type { Rule } from './debug-frame.ts'
import type { FirmwareImage } from './image.ts'
import { LineTable } from './debug-line.ts'
import { regionOf } from './memory-map.ts'
import { UserError } from '../errors.ts'

export interface StackFrame {
  readonly address: number
  /** Name and offset. */
  readonly function: string
  /** file:line */
  readonly source: string | null
  /** From stack contents, not from unwind information. */
  readonly guessed: boolean
}

/** A function that is under way. */
export interface OpenFrame {
  /** In it. */
  readonly address: number
  /** At its first instruction, and where it returns to; the highest address and 0 where nothing is known to have called it. */
  readonly stackPointer: number
  readonly back: number
}

const SP = 13
const LR = 14
const PC = 15
const MOST_FRAMES = 64
const DEEPEST_CALL = 1000
/** Stack words that the guess looks through. */
const GUESS_WORDS = 1024

type Registers = number[]

interface Place {
  readonly registers: Registers
  /** The PC is a return address, and the call before it; not so the instruction that was executing or interrupted. */
  readonly isReturn: boolean
}

/** Who called whom, from the registers and the stack of stopped firmware. */
export class CallStack {
  readonly #image: FirmwareImage
  readonly #readMemory: (address: number, length: number) => Uint8Array
  readonly #frames: DebugFrames | undefined
  readonly #lines: LineTable | undefined

  constructor(image: FirmwareImage, readMemory: (address: number, length: number) => Uint8Array) {
    this.#image = image
    this.#readMemory = readMemory
    this.#frames = debugInformation(image, '.debug_frame', (section) => new DebugFrames(section, image.file))
    this.#lines = debugInformation(image, '.debug_line', (section) => new LineTable(section, image))
  }

  /** @param registers R0 to R15; R15 is the instruction that was executing. Innermost frame first. */
  from(registers: readonly number[]): readonly StackFrame[] {
    const frames = [this.#frame(registers[PC] ?? 0, false, 0)]
    let at: Place = { registers: registers.map((value) => value >>> 0), isReturn: false }
    while (frames.length < MOST_FRAMES) {
      const caller = this.#caller(at) ?? (frames.length === 1 ? this.#interruptedAtEntry(at) : undefined)
      if (!caller) {
        if (!this.#knows(at.registers)) frames.push(...this.#guess(at.registers, frames.length === 1))
        break
      }
      at = caller
      const pc = at.registers[PC] ?? 0
      if (!this.#isCode(pc)) break
      frames.push(this.#frame(pc, false, at.isReturn ? 1 : 0))
    }
    return frames.slice(0, MOST_FRAMES)
  }

  /**
   * Calls of one thread or handler that are under way, innermost first, as far as unwind information tells.
   * @param registers R0 to R15; R15 is the instruction that will be executed
   */
  callsIn(registers: readonly number[]): readonly OpenFrame[] {
    const calls: OpenFrame[] = []
    let at: Place = { registers: registers.map((value) => value >>> 0), isReturn: false }
    while (calls.length < DEEPEST_CALL) {
      const caller = this.#caller(at)
      const isCalled = caller?.isReturn === true && this.#isCode(caller.registers[PC] ?? 0)
      calls.push({
        address: (((at.registers[PC] ?? 0) & ~1) - (at.isReturn ? 2 : 0)) >>> 0,
        stackPointer: (isCalled ? caller.registers[SP] : 0xffff_ffff) ?? 0,
        back: (isCalled ? caller.registers[PC] : 0) ?? 0,
      })
      if (!isCalled) break
      at = caller
    }
    return calls
  }

  #knows(registers: Registers): boolean {
    return this.#frames?.rowAt((registers[PC] ?? 0) & ~1) !== undefined
  }

  /** Registers of the caller. A return address is looked up one instruction early: it may be past its function's end. */
  #caller({ registers, isReturn }: Place): Place | undefined {
    const pc = ((registers[PC] ?? 0) & ~1) >>> 0
    const row = this.#frames?.rowAt(isReturn ? pc - 2 : pc)
    if (!row) return undefined
    const cfa = ((registers[row.cfa.register] ?? 0) + row.cfa.offset) >>> 0
    const caller = registers.slice()
    caller[SP] = cfa
    for (const [register, rule] of row.rules) {
      const value = this.#apply(rule, cfa, registers)
      if (value !== undefined && register < 16) caller[register] = value
      if (rule.kind === 'undefined' && register === row.returnRegister) return undefined
    }
    const back = (caller[row.returnRegister] ?? 0) >>> 0
    if (back >= 0xffff_ff00) return this.#interrupted(caller, back)
    if (back === ((registers[PC] ?? 0) & ~1) >>> 0 && cfa === registers[SP]) return undefined
    caller[PC] = (back & ~1) >>> 0
    return { registers: caller, isReturn: true }
  }

  /** Where an exception led to no code of the firmware, such as a vector of zero: the frame is still on top. */
  #interruptedAtEntry({ registers }: Place): Place | undefined {
    const back = (registers[LR] ?? 0) >>> 0
    return !this.#knows(registers) && back >= 0xffff_ff00 ? this.#interrupted(registers, back) : undefined
  }

  #apply(rule: Rule, cfa: number, registers: Registers): number | undefined {
    if (rule.kind === 'offset') return this.#word((cfa + rule.offset) >>> 0)
    if (rule.kind === 'valueOffset') return (cfa + rule.offset) >>> 0
    return rule.kind === 'register' ? registers[rule.register] : undefined
  }

  /** Registers of what an exception interrupted: ARMv7-M ARM B1.5.6 and B1.5.7. Thread stacks of PSP are not followed. */
  #interrupted(registers: Registers, exceptionReturn: number): Place | undefined {
    if (exceptionReturn & 4) return undefined
    const frame = registers[SP] ?? 0
    const words = Array.from({ length: 8 }, (_, i) => this.#word(frame + 4 * i))
    const [r0, r1, r2, r3, r12, lr, pc, xpsr] = words
    if (pc === undefined || xpsr === undefined) return undefined
    const size = (exceptionReturn & 0x10 ? 32 : 104) + (xpsr & 0x200 ? 4 : 0)
    const caller = registers.slice()
    Object.assign(caller, { 0: r0, 1: r1, 2: r2, 3: r3, 12: r12, [LR]: lr, [PC]: pc, [SP]: frame + size })
    return { registers: caller, isReturn: false }
  }

  /** Stack words that are return addresses: odd, in code, just after a BL or BLX. */
  #guess(registers: Registers, includeLinkRegister: boolean): StackFrame[] {
    const found: StackFrame[] = []
    const lr = (registers[LR] ?? 0) >>> 0
    if (includeLinkRegister && this.#isReturnAddress(lr)) found.push(this.#frame(lr, true, 1))
    const stack = registers[SP] ?? 0
    for (let i = 0; i < GUESS_WORDS && found.length < 16; i++) {
      const word = this.#word(stack + 4 * i)
      if (word === undefined) break
      if (this.#isReturnAddress(word)) found.push(this.#frame(word, true, 1))
    }
    return found
  }

  #isReturnAddress(value: number): boolean {
    const pc = (value & ~1) >>> 0
    if (!(value & 1) || !this.#isCode(pc - 4)) return false
    const word = this.#word(pc - 4) ?? 0
    const isBl = (word & 0xd000_f800) >>> 0 === 0xd000_f000
    const isBlx = (word >>> 16) & 0xff80 ? ((word >>> 16) & 0xff87) === 0x4780 : false
    return isBl || isBlx
  }

  #isCode(address: number): boolean {
    const here = (address & ~1) >>> 0
    return this.#image.segments.some(
      ({ address: start, bytes }) =>
        regionOf(start) === 'flash' && here >= start && here < start + bytes.length,
    )
  }

  #word(address: number): number | undefined {
    const bytes = this.#readMemory(address >>> 0, 4)
    return bytes.length < 4 ? undefined : new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true)
  }

  /** @param back 1 for a return address, whose call is the instruction before it */
  #frame(address: number, guessed: boolean, back: 0 | 1): StackFrame {
    const pc = (address & ~1) >>> 0
    return {
      address: pc,
      function: this.#image.symbols.describe(pc - 2 * back),
      source: this.#lines?.describe(pc - 2 * back) ?? null,
      guessed,
    }
  }
}

/** Damaged debug information is no reason to withhold the rest of a report. */
function debugInformation<T>(
  image: FirmwareImage,
  name: string,
  read: (section: Uint8Array) => T,
): T | undefined {
  try {
    const section = image.elf?.sectionBytes(name)
    return section && read(section)
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}
