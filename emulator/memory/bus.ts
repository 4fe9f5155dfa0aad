import { BusError } from '../cpu/bus.ts'
import type { AccessSize, Address, Bus } from '../cpu/bus.ts'
import { hex } from './unmodelled.ts'
import type { UnmodelledLog } from './unmodelled.ts'

/** What answers on one or more 4 kB pages. Offsets are multiples of four from the device's base. */
export interface BusDevice {
  readonly name: string
  /** Peripherals are 32 bits wide ("reported"); FICR and UICR are flash and take any read ("allowed"). */
  readonly subWord: 'allowed' | 'reported'
  readWord(offset: number): number
  /** Whether reading has no side effect and gives the same until something is written or a scheduled event happens. */
  isSteady?(offset: number): boolean
  writeWord(offset: number, value: number): void
}

/** Told of every write into the flash array or UICR; decides what becomes of it. @throws BusError */
export type FlashWriter = (address: Address, size: AccessSize, value: number) => void

export interface SystemBusOptions {
  readonly flash: Uint8Array
  readonly ram: Uint8Array
  readonly unmodelled: UnmodelledLog
}

const PAGE_SHIFT = 12
/** PS 4.2.3, instantiation: 128 peripherals of 4 kB. */
const APB_BASE = 0x4000_0000
const APB_BYTES = 0x8_0000
const RAM_BASE = 0x2000_0000
/** The code RAM section: the same RAM, seen by the ICode and DCode buses (PS, Memory). */
const CODE_RAM_BASE = 0x0080_0000

/**
 * Everything outside the processor's own copy of flash and RAM. Approximated:
 * 1. A byte or half-word write to a 32-bit peripheral reaches the register as a whole word with the value in its
 *    lanes and zero elsewhere; the access is reported, as the Product Specification does not say what happens.
 * 2. What of the APB has no peripheral reads 0 and ignores writes, as its bridge answers for all of it; firmware that
 *    runs on boards writes there. What of the AHB has none faults: its default slave answers with an error.
 * 3. No wait states: a peripheral access costs what the processor's timing model says.
 */
export class SystemBus implements Bus {
  /** Set by the NVMC; without it flash is read-only. Not saved: wiring. */
  flashWriter: FlashWriter = (address) => {
    throw new BusError(address)
  }
  /** Told after a write into RAM through the code alias or the slow path, for pre-decoded code. Not saved: wiring. */
  onRamWrite: (address: Address, length: number) => void = () => undefined
  /** Told of each access to a peripheral of the APB, before it happens. Not saved: the MWU has its switch. */
  watch: ((address: Address, kind: 'read' | 'write') => void) | undefined
  /** Not saved: which device is where does not change. */
  readonly #pages = new Map<number, { readonly device: BusDevice; readonly base: Address }>()
  /** Not saved: flash, which the processor saves. */
  readonly #flash: DataView
  /** Not saved: RAM, which the processor saves. */
  readonly #ram: DataView
  readonly #log: UnmodelledLog

  constructor({ flash, ram, unmodelled }: SystemBusOptions) {
    this.#flash = new DataView(flash.buffer, flash.byteOffset, flash.byteLength)
    this.#ram = new DataView(ram.buffer, ram.byteOffset, ram.byteLength)
    this.#log = unmodelled
  }

  get unmodelled(): UnmodelledLog['accesses'] {
    return this.#log.accesses
  }

  /** Puts a device on `[base, base + size)`; both multiples of 4 kB, and nothing there yet. */
  attach(base: Address, size: number, device: BusDevice): void {
    for (let address = base; address < base + size; address += 1 << PAGE_SHIFT) {
      const page = address >>> PAGE_SHIFT
      const taken = this.#pages.get(page)
      if (taken) throw new RangeError(`${hex(address)} already belongs to ${taken.device.name}`)
      this.#pages.set(page, { device, base })
    }
  }

  deviceAt(address: Address): BusDevice | undefined {
    return this.#pages.get(address >>> PAGE_SHIFT)?.device
  }

  read(address: Address, size: AccessSize): number {
    const page = this.#pages.get(address >>> PAGE_SHIFT)
    if (page === undefined) return this.#readMemory(address, size)
    this.watch?.(address, 'read')
    if ((address & (size - 1)) !== 0) throw new BusError(address)
    const offset = address - page.base
    if (size === 4) return page.device.readWord(offset)
    if (page.device.subWord === 'reported') this.#reportSubWord(page.device, offset, size, 'read')
    const lanes = page.device.readWord(offset & ~3) >>> (8 * (offset & 3))
    return size === 1 ? lanes & 0xff : lanes & 0xffff
  }

  isSteady(address: Address): boolean {
    if (this.watch) return false
    const page = this.#pages.get(address >>> PAGE_SHIFT)
    return page?.device.isSteady?.(address - page.base) ?? false
  }

  write(address: Address, size: AccessSize, value: number): void {
    const page = this.#pages.get(address >>> PAGE_SHIFT)
    if (page === undefined) {
      this.#writeMemory(address, size, value)
      return
    }
    this.watch?.(address, 'write')
    if ((address & (size - 1)) !== 0) throw new BusError(address)
    const offset = address - page.base
    if (size === 4) {
      page.device.writeWord(offset, value >>> 0)
      return
    }
    if (page.device.subWord === 'reported') this.#reportSubWord(page.device, offset, size, 'write')
    else throw new BusError(address)
    const masked = value & (size === 1 ? 0xff : 0xffff)
    page.device.writeWord(offset & ~3, (masked << (8 * (offset & 3))) >>> 0)
  }

  #reportSubWord(device: BusDevice, offset: number, size: AccessSize, kind: 'read' | 'write'): void {
    const base = [...this.#pages.values()].find((page) => page.device === device)?.base ?? 0
    this.#log.record(`${device.name}+${hex(offset, 3)} (${8 * size}-bit ${kind})`, base + offset, kind)
  }

  #readMemory(address: Address, size: AccessSize): number {
    const found = this.#memoryAt(address, size)
    if (found === undefined) return this.#isHole(address, 'read') ? 0 : this.#unmapped(address, 'read')
    const { view, offset } = found
    if (size === 1) return view.getUint8(offset)
    return size === 2 ? view.getUint16(offset, true) : view.getUint32(offset, true)
  }

  #writeMemory(address: Address, size: AccessSize, value: number): void {
    const found = this.#memoryAt(address, size)
    if (found === undefined) {
      if (!this.#isHole(address, 'write')) this.#unmapped(address, 'write')
      return
    }
    const { view, offset } = found
    if (view === this.#flash) {
      this.flashWriter(address, size, value)
      return
    }
    if (size === 1) view.setUint8(offset, value)
    else if (size === 2) view.setUint16(offset, value, true)
    else view.setUint32(offset, value, true)
    this.onRamWrite(RAM_BASE + offset, size)
  }

  #memoryAt(address: Address, size: AccessSize): { view: DataView; offset: number } | undefined {
    if (address + size <= this.#flash.byteLength) return { view: this.#flash, offset: address }
    for (const base of [RAM_BASE, CODE_RAM_BASE]) {
      const offset = address - base
      if (offset >= 0 && offset + size <= this.#ram.byteLength) return { view: this.#ram, offset }
    }
    return undefined
  }

  #isHole(address: Address, kind: 'read' | 'write'): boolean {
    const isHole = address >= APB_BASE && address < APB_BASE + APB_BYTES
    if (isHole) this.#log.record(`hole ${hex(address)}`, address, kind)
    return isHole
  }

  #unmapped(address: Address, kind: 'read' | 'write'): never {
    this.#log.record(`unmapped ${hex(address)}`, address, kind)
    throw new BusError(address)
  }
}
