import { BusError } from '../cpu/bus.ts'
import type { AccessSize, Address } from '../cpu/bus.ts'
import type { FlashWriter } from '../memory/bus.ts'
import { hex } from '../memory/unmodelled.ts'
import type { SavedAlarm } from '../time/alarm.ts'
import { CYCLES_PER_MICROSECOND } from '../time/ratio-clock.ts'
import type { ChipContext } from './context.ts'
import { Peripheral } from './peripheral.ts'
import type { PeripheralState, Register } from './peripheral.ts'
import { Uicr, UICR_BASE, UICR_SIZE } from './uicr.ts'

export const FLASH_PAGE = 4096
const WRITE_ENABLED = 1
const ERASE_ENABLED = 2
/** tWRITE, tERASEPAGE, tERASEALL of PS 4.3.8. */
const WRITE_TIME = 41 * CYCLES_PER_MICROSECOND
const ERASE_PAGE_TIME = 85_000 * CYCLES_PER_MICROSECOND
const ERASE_ALL_TIME = 169_000 * CYCLES_PER_MICROSECOND
/** ACL (PS 6.3): regions, and bits of PERM. */
const PROTECTED_REGIONS = 8
const NO_WRITE = 2
const NO_READ = 4
const MILLISECOND = 1000 * CYCLES_PER_MICROSECOND

/** The instruction cache belongs to the processor's timing model; the NVMC only has its switches and counters. */
export interface InstructionCache {
  configure(enabled: boolean, profiling: boolean): void
  readonly hits: number
  readonly misses: number
}

export interface NvmcOptions {
  readonly flash: Uint8Array
  readonly uicr: Uicr
  readonly invalidateCode: (address: Address, length: number) => void
  readonly cache?: InstructionCache | undefined
  /** The processor cannot fetch from flash until a cycle: it stalls if code there is what it runs (PS 4.3.1). */
  readonly stall?: ((until: number) => void) | undefined
}

interface NvmcState extends PeripheralState {
  readonly partial: readonly (readonly [page: Address, cycles: number])[]
  readonly readyAt: number
  readonly done: SavedAlarm | null
  readonly hitsBase: number
  readonly missesBase: number
}

/**
 * NVMC, PS 4.3. Writes clear bits of whole words, erases set them; what CONFIG does not allow is ignored and told, and
 * a store of less than an aligned word faults whether writing is enabled or not. Approximated:
 * 1. Whether the processor waits meanwhile is up to `stall`; READY tells the time in any case.
 * 2. Memory changes when the operation begins. The limit of writes between erases (nWRITE) is not enforced.
 * 3. A partial erase takes its time and erases the page when the partial times add up to a whole erase.
 * ACL, PS 6.3, is on the same page: a store or an erase of what it protects is blocked and faults. Approximated:
 * 4. An ACL region that may not be read can be read all the same, which is told. A word in two regions is protected by
 *    either.
 */
export class Nvmc extends Peripheral {
  readonly #options: NvmcOptions
  readonly #config: Register
  readonly #protected: (address: Address) => boolean
  /** Not saved: flash, which the processor saves. */
  readonly #words: DataView
  #partial = new Map<Address, number>()
  #readyAt = 0
  readonly #done = this.chip.time.alarm('NVMC ready', () => {
    this.chip.power.enter(this.name, 'off', this.chip.time.now)
  })
  #hitsBase = 0
  #missesBase = 0

  constructor(chip: ChipContext, options: NvmcOptions) {
    super(chip, 'NVMC', 0x4001_e000)
    this.#options = options
    const { flash, cache } = options
    this.#words = new DataView(flash.buffer, flash.byteOffset, flash.byteLength)
    const ready = (): number => Number(chip.time.now >= this.#readyAt)
    this.register('READY', 0x400, { reset: 1, readOnly: true, read: ready })
    this.register('READYNEXT', 0x408, { readOnly: true, read: ready })
    this.#config = this.register('CONFIG', 0x504, { mask: 3 })
    const erasePage = (address: number): void => this.#erasePage(address)
    this.register('ERASEPAGE', 0x508, { write: erasePage })
    this.register('ERASEALL', 0x50c, { write: (value) => this.#eraseAll(value) })
    this.register('ERASEPCR0', 0x510, { write: erasePage })
    this.register('ERASEUICR', 0x514, { write: (value) => this.#eraseUicr(value) })
    const partialTime = this.register('ERASEPAGEPARTIALCFG', 0x51c, { reset: 10, mask: 0x7f })
    this.register('ERASEPAGEPARTIAL', 0x518, {
      write: (address) => this.#erasePartly(address, partialTime.value * MILLISECOND),
    })
    this.register('ICACHECNF', 0x540, {
      mask: 0x101,
      write: (value) => {
        cache?.configure((value & 1) !== 0, (value & 0x100) !== 0)
        chip.power.enter('ICACHE', (value & 1) !== 0 ? 'on' : 'off', chip.time.now)
      },
    })
    this.register('IHIT', 0x548, {
      read: () => (cache?.hits ?? 0) - this.#hitsBase,
      write: (value) => {
        if (value === 0) this.#hitsBase = cache?.hits ?? 0
      },
    })
    this.register('IMISS', 0x54c, {
      read: () => (cache?.misses ?? 0) - this.#missesBase,
      write: (value) => {
        if (value === 0) this.#missesBase = cache?.misses ?? 0
      },
    })
    this.owner = 'ACL'
    this.#protected = this.#declareProtection()
  }

  /** Each register can be written once (PS 6.3). @returns whether a byte may not be written */
  #declareProtection(): (address: Address) => boolean {
    const once = (
      name: string,
      offset: number,
      mask: number,
      written?: (value: number) => void,
    ): Register[] => {
      const registers: Register[] = this.registerArray(
        `ACL[].${name}`,
        PROTECTED_REGIONS,
        offset,
        (i) => ({
          mask,
          write: (value, before) => {
            const register = registers[i]
            if (register && before !== 0) register.value = before
            else written?.(value)
          },
        }),
        16,
      )
      return registers
    }
    const addresses = once('ADDR', 0x800, 0xffff_ffff)
    const sizes = once('SIZE', 0x804, 0xffff_ffff)
    const permissions = once('PERM', 0x808, 6, (value) => {
      if ((value & NO_READ) !== 0)
        this.chip.problems.report('ACL: a region that may not be read: reading it is not blocked here')
    })
    return (address) =>
      permissions.some(({ value }, i) => {
        const start = addresses[i]?.value ?? 0
        const isRegion = (value & NO_WRITE) !== 0 && start % FLASH_PAGE === 0
        return isRegion && address >= start && address < start + (sizes[i]?.value ?? 0)
      })
  }

  /** @throws BusError where ACL protects a byte of flash */
  #checkProtection(address: Address): void {
    if (!this.#protected(address)) return
    this.#lost(`ACL: ${hex(address)} is protected until the next reset: blocked, with a fault`)
    throw new BusError(address)
  }

  /** For the bus: a store into flash or UICR. */
  readonly write: FlashWriter = (address: Address, size: AccessSize, value: number) => {
    if (size !== 4 || (address & 3) !== 0) throw new BusError(address)
    if (this.#config.value !== WRITE_ENABLED) {
      const where = address >= UICR_BASE ? 'UICR' : 'flash'
      this.#lost(`NVMC: store to ${where} at ${hex(address)} while CONFIG.WEN is not Wen, ignored`)
      return
    }
    if (address < UICR_BASE) this.#checkProtection(address)
    this.#busy(WRITE_TIME, 'writing')
    if (address >= UICR_BASE && address < UICR_BASE + UICR_SIZE) {
      this.#options.uicr.clearBits(address - UICR_BASE, value)
      return
    }
    this.#words.setUint32(address, this.#words.getUint32(address, true) & value, true)
    this.#options.invalidateCode(address, 4)
  }

  override reset(): void {
    super.reset()
    this.#readyAt = 0
    this.#done.cancel()
    this.#options.cache?.configure(false, false)
  }

  /** Without flash itself and the cache's switches: the processor has them. */
  override save(): NvmcState {
    return {
      page: super.save().page,
      partial: [...this.#partial],
      readyAt: this.#readyAt,
      done: this.#done.save(),
      hitsBase: this.#hitsBase,
      missesBase: this.#missesBase,
    }
  }

  override restore(state: NvmcState): void {
    super.restore(state)
    this.#partial = new Map(state.partial)
    this.#readyAt = state.readyAt
    this.#done.restore(state.done)
    this.#hitsBase = state.hitsBase
    this.#missesBase = state.missesBase
  }

  #busy(cycles: number, state = 'erasing'): void {
    const { time, power } = this.chip
    this.#readyAt = Math.max(this.#readyAt, time.now) + cycles
    power.enter(this.name, state, time.now)
    this.#done.at(this.#readyAt)
    this.#options.stall?.(this.#readyAt)
  }

  #lost(message: string): void {
    this.chip.problems.reportLost(message, this.chip.executing())
  }

  #mayErase(what: string): boolean {
    const may = this.#config.value === ERASE_ENABLED
    if (!may) this.#lost(`NVMC: ${what} while CONFIG.WEN is not Een, ignored`)
    return may
  }

  #mayErasePage(register: string, address: number): boolean {
    if (!this.#mayErase(`${register} of ${hex(address)}`)) return false
    const isPage = address + FLASH_PAGE <= this.#options.flash.length && address % FLASH_PAGE === 0
    if (!isPage) this.#lost(`NVMC: ${register} of ${hex(address)}, where no page begins, ignored`)
    return isPage
  }

  #erasePage(address: number): void {
    if (!this.#mayErasePage('ERASEPAGE', address)) return
    this.#checkProtection(address)
    this.#busy(ERASE_PAGE_TIME)
    this.#fill(address, FLASH_PAGE)
  }

  #erasePartly(address: number, cycles: number): void {
    if (!this.#mayErasePage('ERASEPAGEPARTIAL', address)) return
    this.#checkProtection(address)
    this.#busy(cycles)
    const spent = (this.#partial.get(address) ?? 0) + cycles
    this.#partial.set(address, spent)
    if (spent < ERASE_PAGE_TIME) return
    this.#partial.delete(address)
    this.#fill(address, FLASH_PAGE)
  }

  #eraseAll(value: number): void {
    if (value !== 1 || !this.#mayErase('ERASEALL')) return
    for (let page = 0; page < this.#options.flash.length; page += FLASH_PAGE) this.#checkProtection(page)
    this.#busy(ERASE_ALL_TIME)
    this.#fill(0, this.#options.flash.length)
    this.#options.uicr.erase()
  }

  #eraseUicr(value: number): void {
    if (value !== 1 || !this.#mayErase('ERASEUICR')) return
    this.#busy(ERASE_PAGE_TIME)
    this.#options.uicr.erase()
  }

  #fill(address: number, length: number): void {
    this.#options.flash.fill(0xff, address, address + length)
    this.#options.invalidateCode(address, length)
  }
}
