import type { Address } from '../cpu/bus.ts'
import type { BusDevice } from '../memory/bus.ts'
import { hex } from '../memory/unmodelled.ts'
import type { ChipContext } from './context.ts'

/** One register as the Product Specification lists it; names are the SVD's. */
export interface RegisterInfo {
  readonly peripheral: string
  readonly name: string
  readonly address: Address
  readonly resetValue: number
  readonly modelled: boolean
}

export interface RegisterBehaviour {
  readonly reset?: number
  /** Bits that can be written; the others read as reset. */
  readonly mask?: number
  /** Replaces the stored value when read. */
  readonly read?: () => number
  /** Called after the value is stored. */
  readonly write?: (value: number, previous: number) => void
  /** False: holds what is written, does nothing, and every access is counted. */
  readonly modelled?: boolean
  /** Writes are ignored. */
  readonly readOnly?: boolean
}

interface PageState {
  /** Offset and value in turn, of the registers that do not hold their reset value. */
  readonly registers: readonly number[]
  readonly pending: number
  readonly shortcuts: number
  readonly interruptEnable: number
  readonly line: boolean
}

/** What every peripheral saves; each adds its own. */
export interface PeripheralState {
  readonly page: PageState
}

interface Slot {
  readonly label: string
  readonly modelled: boolean
  read(): number
  write(value: number): void
  readonly task?: () => void
  reset(): void
}

/** Saved by its page. */
export class Register implements Slot {
  value: number
  readonly modelled: boolean
  readonly #reset: number
  readonly #mask: number

  constructor(
    readonly label: string,
    readonly behaviour: RegisterBehaviour,
  ) {
    this.#reset = (behaviour.reset ?? 0) >>> 0
    this.#mask = (behaviour.readOnly ? 0 : (behaviour.mask ?? 0xffff_ffff)) >>> 0
    this.modelled = behaviour.modelled ?? true
    this.value = this.#reset
  }

  read(): number {
    return (this.behaviour.read?.() ?? this.value) >>> 0
  }

  write(value: number): void {
    if (this.behaviour.readOnly) return
    const previous = this.value
    this.value = ((value & this.#mask) | (this.#reset & ~this.#mask)) >>> 0
    this.behaviour.write?.(this.value, previous)
  }

  reset(): void {
    this.value = this.#reset
  }

  /** @returns the value, where it is not that after reset */
  save(): number | undefined {
    return this.value === this.#reset ? undefined : this.value
  }

  /** Nothing happens that a write would bring about. */
  restore(value: number | undefined): void {
    this.value = value ?? this.#reset
  }
}

class TaskRegister implements Slot {
  readonly modelled = true
  constructor(
    readonly label: string,
    readonly task: () => void,
  ) {}
  read(): number {
    return 0
  }
  write(value: number): void {
    if ((value & 1) !== 0) this.task()
  }
  reset(): void {
    // a task holds nothing
  }
}

export class EventRegister implements Slot {
  readonly modelled = true
  /** Not saved: declared with the page. */
  readonly shorts: { readonly mask: number; readonly task: () => void }[] = []

  constructor(
    readonly label: string,
    /** Bit in INTEN: Nordic numbers them by the event's place after 0x100. */
    readonly bit: number,
    private readonly page: Peripheral,
    private readonly address: Address,
  ) {}

  get raised(): boolean {
    return (this.page.pending & this.bit) !== 0
  }

  /** Sets the register, takes its shortcuts and tells PPI. */
  fire(): void {
    this.raise()
    for (const short of this.shorts) if ((this.page.shortcuts & short.mask) !== 0) short.task()
    this.publish()
  }

  raise(): void {
    this.page.setPending(this.bit, true)
  }

  publish(): void {
    this.page.chip.publish(this.address)
  }

  /** Whether PPI listens. */
  get isRouted(): boolean {
    return this.page.chip.routed(this.address)
  }

  read(): number {
    return this.raised ? 1 : 0
  }

  write(value: number): void {
    this.page.setPending(this.bit, value !== 0)
  }

  reset(): void {
    // the page clears all pending events at once
  }
}

/**
 * One 4 kB page of the APB or AHB: PS 6.1, Peripheral interface. Peripherals that share an ID share a page. Saved by
 * its chip.
 * Approximated: 1. Writing 1 to an event register raises the interrupt but takes no shortcut and does not reach PPI.
 * 2. Tasks act in the cycle in which they are triggered; the one-cycle 16 MHz synchronisation is left out.
 */
export abstract class Peripheral implements BusDevice {
  readonly subWord = 'reported'
  /** Of what is saved: a peripheral whose state gets another shape raises its own. */
  readonly stateVersion: number = 1
  /** Not saved: declared with the page. */
  readonly registers: RegisterInfo[] = []
  /** The peripheral ID, which is also the interrupt number. */
  readonly id: number
  /** Bits of the events that are set, at their INTEN positions. */
  pending = 0
  shortcuts = 0
  /** INTEN: which events hold the interrupt line up. */
  protected interruptEnable = 0
  /** Whose name the registers declared next carry, on a page that several peripherals share. Not saved: declarations. */
  protected owner: string
  /** Registers by offset, those that undocumented writes made included. */
  readonly #stored: { readonly offset: number; readonly register: Register }[] = []
  /** Not saved: declared with the page; what is undocumented comes with `#stored`. */
  readonly #slots: (Slot | undefined)[] = new Array<Slot | undefined>(1024).fill(undefined)
  #line = false

  constructor(
    readonly chip: ChipContext,
    readonly name: string,
    readonly base: Address,
  ) {
    this.id = (base >>> 12) & 0x3f
    this.owner = name
  }

  readWord(offset: number): number {
    const slot = this.#slots[offset >>> 2]
    if (slot?.modelled !== true) this.#count(slot, offset, 'read')
    return slot?.read() ?? 0
  }

  isSteady(offset: number): boolean {
    const slot = this.#slots[offset >>> 2]
    if (slot instanceof EventRegister) return true
    return slot instanceof Register && slot.modelled && slot.behaviour.read === undefined
  }

  writeWord(offset: number, value: number): void {
    const slot = this.#slots[offset >>> 2] ?? this.#undocumented(offset)
    if (!slot.modelled) this.#count(slot, offset, 'write')
    slot.write(value)
  }

  /** Triggers the task at `offset`, as PPI does. */
  trigger(offset: number): void {
    const slot = this.#slots[offset >>> 2]
    if (slot?.task) slot.task()
    else this.#count(slot, offset, 'write')
  }

  /** Events that raise the interrupt. */
  get enabledEvents(): readonly string[] {
    return this.#slots.flatMap((slot) =>
      slot instanceof EventRegister && (slot.bit & this.interruptEnable) !== 0 ? [slot.label] : [],
    )
  }

  reset(): void {
    for (const slot of this.#slots) slot?.reset()
    this.pending = 0
    this.shortcuts = 0
    this.interruptEnable = 0
    this.#updateLine()
  }

  save(): PeripheralState {
    const registers: number[] = []
    for (const { offset, register } of this.#stored) {
      const value = register.save()
      if (value !== undefined) registers.push(offset, value)
    }
    const { pending, shortcuts, interruptEnable } = this
    return { page: { registers, pending, shortcuts, interruptEnable, line: this.#line } }
  }

  /** No register's write happens, and no line is raised: whoever listens to the line has saved its level. */
  restore({ page }: PeripheralState): void {
    const values = new Map<number, number>()
    for (let i = 0; i < page.registers.length; i += 2) {
      const offset = page.registers[i] ?? 0
      values.set(offset, page.registers[i + 1] ?? 0)
      if (this.#slots[offset >>> 2] === undefined) this.#undocumented(offset)
    }
    for (const { offset, register } of this.#stored) register.restore(values.get(offset))
    this.pending = page.pending
    this.shortcuts = page.shortcuts
    this.interruptEnable = page.interruptEnable
    this.#line = page.line
  }

  setPending(bit: number, set: boolean): void {
    this.pending = (set ? this.pending | bit : this.pending & ~bit) >>> 0
    this.#updateLine()
  }

  protected task(name: string, offset: number, task: () => void): () => void {
    this.#declare(`TASKS_${name}`, offset, (label) => new TaskRegister(label, task))
    return task
  }

  /** A task that a switched-off peripheral does not hear. */
  protected unheard(task: string, owner = this.name): void {
    this.chip.problems.report(
      `${owner}: TASKS_${task} does nothing: the peripheral is not switched on in ENABLE`,
    )
  }

  protected tasks(name: string, count: number, offset: number, task: (index: number) => void): void {
    for (let i = 0; i < count; i++) this.task(`${name}[${i}]`, offset + 4 * i, () => task(i))
  }

  protected event(name: string, offset: number): EventRegister {
    const bit = (1 << ((offset - 0x100) >> 2)) >>> 0
    const make = (label: string): EventRegister => new EventRegister(label, bit, this, this.base + offset)
    return this.#declare(`EVENTS_${name}`, offset, make)
  }

  protected events(name: string, count: number, offset: number): EventRegister[] {
    return Array.from({ length: count }, (_, i) => this.event(`${name}[${i}]`, offset + 4 * i))
  }

  protected register(name: string, offset: number, behaviour: RegisterBehaviour = {}): Register {
    return this.#declare(name, offset, (label) => new Register(label, behaviour))
  }

  protected registerArray(
    name: string,
    count: number,
    offset: number,
    behaviour: (index: number) => RegisterBehaviour = () => ({}),
    stride = 4,
  ): Register[] {
    const [before, after = ''] = name.split('[]')
    return Array.from({ length: count }, (_, i) =>
      this.register(`${before ?? ''}[${i}]${after}`, offset + stride * i, behaviour(i)),
    )
  }

  /** SHORTS at 0x200: each entry is bit, event, task. */
  protected shorts(
    entries: readonly (readonly [bit: number, event: EventRegister, task: () => void])[],
  ): void {
    let mask = 0
    for (const [bit, event, task] of entries) {
      event.shorts.push({ mask: 1 << bit, task })
      mask |= 1 << bit
    }
    this.register('SHORTS', 0x200, { mask, write: (value) => (this.shortcuts = value) })
  }

  /** INTENSET and INTENCLR, and INTEN where the peripheral has it; call after the events are declared. */
  protected interrupts(mask: number, { inten = false } = {}): void {
    const set = (value: number): void => {
      this.interruptEnable = (value & mask) >>> 0
      this.#updateLine()
    }
    const read = (): number => this.interruptEnable
    if (inten) this.register('INTEN', 0x300, { read, write: set })
    this.register('INTENSET', 0x304, { read, write: (value) => set(this.interruptEnable | value) })
    this.register('INTENCLR', 0x308, { read, write: (value) => set(this.interruptEnable & ~value) })
  }

  protected maskOf(...events: readonly EventRegister[]): number {
    return events.reduce((mask, event) => mask | event.bit, 0) >>> 0
  }

  #updateLine(): void {
    const level = (this.pending & this.interruptEnable) !== 0
    if (level === this.#line) return
    this.#line = level
    this.chip.lines.setInterruptLine(this.id, level)
  }

  #declare<T extends Slot>(name: string, offset: number, make: (label: string) => T): T {
    const slot = make(`${this.owner}.${name}`)
    if (this.#slots[offset >>> 2]) throw new Error(`${slot.label} declared twice at ${hex(offset, 3)}`)
    this.#slots[offset >>> 2] = slot
    if (slot instanceof Register) this.#stored.push({ offset, register: slot })
    const resetValue = slot instanceof Register ? slot.value : 0
    const address = this.base + offset
    this.registers.push({ peripheral: this.owner, name, address, resetValue, modelled: slot.modelled })
    return slot
  }

  /** A place the specification does not name keeps what is written, so that errata work-arounds read it back. */
  #undocumented(offset: number): Slot {
    const slot = new Register(`${this.name}+${hex(offset, 3)}`, { modelled: false })
    this.#slots[offset >>> 2] = slot
    this.#stored.push({ offset, register: slot })
    return slot
  }

  #count(slot: Slot | undefined, offset: number, kind: 'read' | 'write'): void {
    const name = slot?.label ?? `${this.name}+${hex(offset, 3)}`
    this.chip.unmodelled.record(name, this.base + offset, kind)
  }
}
