import type { AccessSize, Address } from './cpu/bus.ts'
import type { CortexM4 } from './cpu/cpu.ts'
import { Core } from './cpu/engine/core.ts'
import { ExitReason } from './cpu/exit-reasons.ts'
import { FLASH_BYTES, RAM_BASE, RAM_BYTES, State } from './cpu/layout.ts'

/** A data access of the processor. */
export interface MemoryAccess {
  readonly kind: 'read' | 'write'
  readonly address: Address
  readonly size: AccessSize
  /** Unsigned. */
  readonly value: number
}

interface Seen extends MemoryAccess {
  /** In the how many-th instruction, from 1. */
  readonly index: number
}

/** No instruction takes as long before it has made its accesses. */
const LONGEST = 256
/** An instruction, and those that execute in the same cycle. */
const CODE_BYTES = 32

/**
 * Sees which data each instruction reads and writes. The interpreter accesses flash and RAM by itself, and what it would
 * take to be told of that would change how long it takes. So a second interpreter, for which all of memory is closed,
 * executes the same instructions first and has no effect; what goes past the first one's memory tells of itself.
 */
export class AccessWatch {
  readonly #cpu: CortexM4
  readonly #shadow: Core
  #before: Seen[] = []
  #real: MemoryAccess[] = []
  #begun = 0

  constructor(cpu: CortexM4) {
    this.#cpu = cpu
    const seen = (kind: MemoryAccess['kind'], address: Address, size: AccessSize, value: number): void => {
      this.#before.push({ kind, address, size, value, index: this.#shadow.instructions - this.#begun })
    }
    this.#shadow = new Core(
      {
        read: (address, size) => {
          const value = this.#plain(address, size)
          seen('read', address, size, value)
          return value
        },
        write: (address, size, value) => seen('write', address, size, masked(value, size)),
        readSpecial: (sysm) => cpu.exceptions.readSpecial(sysm),
        writeSpecial: () => undefined,
        changeProcessorState: () => undefined,
        sendEvent: () => undefined,
        awaitFlash: () => undefined,
        floatSlowly: () => 0,
        present: () => undefined,
        deadline: () => LONGEST,
      },
      cpu.timingInForce,
      cpu.core.options,
    )
    cpu.onAccess = (kind, address, size, value) =>
      void this.#real.push({ kind, address, size, value: masked(value, size) })
  }

  /** Nobody is told any more. */
  detach(): void {
    this.#cpu.onAccess = undefined
  }

  /** The processor is awake and about to execute. */
  begin(): void {
    this.#before = []
    this.#real = []
    const { state } = this.#cpu
    if (state.isPcOutside) return
    const shadow = this.#shadow
    this.#copyCode(state.pc)
    shadow.state.restore(state.save())
    shadow.openMemory(false)
    shadow.enterWith(state.itState)
    this.#begun = shadow.instructions
    while (this.#goesOn(shadow.run(0, LONGEST).reason) && shadow.instructions === this.#begun);
  }

  /** What the processor would do about it before the same instruction begins again. */
  #goesOn(reason: ExitReason): boolean {
    const { state } = this.#shadow
    if (reason === ExitReason.floatingPoint) state.setWord(State.fpActive, 1)
    else if (reason === ExitReason.codeInRam) state.setWord(State.codeInRam, 1)
    else if (reason === ExitReason.outsideItBlock) this.#shadow.enterWith(0)
    else return false
    return true
  }

  /** @param executed so many instructions have been executed since; 0 where only an exception was taken */
  end(executed: number): readonly MemoryAccess[] {
    const found: MemoryAccess[] = []
    const real = [...this.#real]
    for (const { index, ...access } of this.#before) {
      if (index > executed) break
      const at = real.findIndex(
        ({ kind, address, size }) =>
          kind === access.kind && address === access.address && size === access.size,
      )
      // What is told beside it is the processor's own: a stack frame that was put off.
      if (at < 0) found.push(access)
      else found.push(...real.splice(0, at + 1))
    }
    return [...found, ...real]
  }

  #copyCode(pc: Address): void {
    const { core } = this.#cpu
    const shadow = this.#shadow
    const isRam = pc >= RAM_BASE
    const [from, to] = isRam ? [core.ram, shadow.ram] : [core.flash, shadow.flash]
    const start = isRam ? pc - RAM_BASE : pc
    const end = Math.min(start + CODE_BYTES, from.length)
    for (let at = start; at < end; at++) {
      if (from[at] === to[at]) continue
      to.set(from.subarray(start, end), start)
      shadow.decoder.invalidate(pc, end - start)
      return
    }
  }

  /** Of flash and RAM; what is elsewhere is told. */
  #plain(address: Address, size: AccessSize): number {
    const { ram, flash } = this.#cpu.core
    const isRam = address >= RAM_BASE && address + size <= RAM_BASE + RAM_BYTES
    if (!isRam && address + size > FLASH_BYTES) return 0
    const [bytes, start] = isRam ? [ram, address - RAM_BASE] : [flash, address]
    let value = 0
    for (let i = 0; i < size; i++) value |= (bytes[start + i] ?? 0) << (8 * i)
    return value >>> 0
  }
}

const masked = (value: number, size: AccessSize): number =>
  size === 4 ? value >>> 0 : value & (size === 2 ? 0xffff : 0xff)
