import type { ChipContext } from './context.ts'
import type { Gpio } from './gpio.ts'
import { Peripheral } from './peripheral.ts'
import type { PeripheralState, Register } from './peripheral.ts'
import type { SpiWiring } from './spi-bus.ts'
import { LegacySpi, SpiMaster } from './spi-master.ts'
import type { LegacySpiState, SpiDma, SpiMasterState } from './spi-master.ts'

export const ENABLE_SPI = 1
export const ENABLE_SPIM = 7
const ENABLE_SPIS = 2
const DISCONNECTED = 0x8000_0000

interface SpimState extends PeripheralState {
  readonly master: SpiMasterState
  readonly legacy: LegacySpiState | undefined
}

/** SPIM2, with SPI2 and SPIS2 on its page, and SPIM3, alone on its own: PS 6.25. */
export class Spim extends Peripheral {
  readonly #enable: Register
  readonly #master: SpiMaster
  readonly #legacy: LegacySpi | undefined
  readonly #select: ((active: boolean | undefined) => void) | undefined

  constructor(chip: ChipContext, gpio: Gpio, wiring: SpiWiring, instance: 2 | 3, base: number) {
    super(chip, `SPIM${instance}`, base)
    const dma = (task: () => void) => (): void => {
      if (this.#enable.value === ENABLE_SPIM) task()
    }
    const begin = dma(() => this.#master.start())
    const start = this.task('START', 0x010, () =>
      this.#enable.value === 0 ? this.unheard('START') : begin(),
    )
    this.task(
      'STOP',
      0x014,
      dma(() => this.#master.stop()),
    )
    this.task(
      'SUSPEND',
      0x01c,
      dma(() => this.#master.suspend()),
    )
    this.task(
      'RESUME',
      0x020,
      dma(() => this.#master.resume()),
    )
    const stopped = this.event('STOPPED', 0x104)
    const endRx = this.event('ENDRX', 0x110)
    const end = this.event('END', 0x118)
    const endTx = this.event('ENDTX', 0x120)
    const started = this.event('STARTED', 0x14c)
    const ready = instance === 2 ? [this.event('READY', 0x108)] : []
    this.shorts([[17, end, start]])
    this.interrupts(this.maskOf(stopped, endRx, end, endTx, started, ...ready))
    if (instance === 3) this.register('STALLSTAT', 0x400, { mask: 3 })
    this.#enable = this.register('ENABLE', 0x500, { mask: 0xf, write: (value) => this.#switch(value) })
    const reset = 0xffff_ffff
    const sck = this.register('PSEL.SCK', 0x508, { reset })
    const mosi = this.register('PSEL.MOSI', 0x50c, { reset })
    const miso = this.register('PSEL.MISO', 0x510, { reset })
    const frequency = this.register('FREQUENCY', 0x524, { reset: 0x0400_0000 })
    const channel = (name: string, at: number): SpiDma => {
      const pointer = this.register(`${name}.PTR`, at)
      const maxCount = this.register(`${name}.MAXCNT`, at + 4, { mask: 0xffff })
      const amount = this.register(`${name}.AMOUNT`, at + 8, { readOnly: true })
      this.register(`${name}.LIST`, at + 12, { mask: 3, modelled: false })
      return { pointer, maxCount, amount }
    }
    const rx = channel('RXD', 0x534)
    const tx = channel('TXD', 0x544)
    this.register('CONFIG', 0x554, { mask: 7 })
    const orc = this.register('ORC', 0x5c0, { mask: 0xff })
    const overRead = (): number => orc.value
    const registers = { sck, mosi, miso, frequency, rx, tx, overRead }
    const chipSelect = instance === 3 ? this.#declareChipSelect(gpio) : undefined
    this.#select = chipSelect?.select
    this.#master = new SpiMaster(
      chip,
      this.name,
      wiring,
      { ...registers, ...chipSelect },
      {
        ...{ started, stopped, endRx, endTx, end },
      },
    )
    const [legacyReady] = ready
    if (legacyReady) {
      const legacy = new LegacySpi(chip, this.name, this.#master, legacyReady)
      this.#legacy = legacy
      this.owner = 'SPI2'
      this.register('RXD', 0x518, { readOnly: true, read: () => legacy.take() })
      this.register('TXD', 0x51c, {
        mask: 0xff,
        write: (byte) => {
          if (this.#enable.value === ENABLE_SPI) legacy.put(byte)
        },
      })
    }
  }

  override reset(): void {
    this.#master.abort()
    this.#legacy?.reset()
    super.reset()
  }

  override save(): SpimState {
    return { page: super.save().page, master: this.#master.save(), legacy: this.#legacy?.save() }
  }

  override restore(state: SpimState): void {
    super.restore(state)
    this.#master.restore(state.master)
    if (state.legacy) this.#legacy?.restore(state.legacy)
  }

  /** SPIM3 drives CSN itself, CSNDUR cycles before the first and after the last clock. */
  #declareChipSelect(gpio: Gpio): {
    select: (active: boolean | undefined) => void
    selectCycles: () => number
  } {
    this.register('IFTIMING.RXDELAY', 0x560, { reset: 2, mask: 7 })
    const duration = this.register('IFTIMING.CSNDUR', 0x564, { reset: 2, mask: 0xff })
    const polarity = this.register('CSNPOL', 0x568, { mask: 1 })
    const select = this.register('PSEL.CSN', 0x514, { reset: 0xffff_ffff })
    this.register('PSELDCX', 0x56c, { reset: 0xffff_ffff, modelled: false })
    this.register('DCXCNT', 0x570, { mask: 0xf, modelled: false })
    return {
      select: (active) => {
        if (select.value >= DISCONNECTED) return
        gpio.takeOver(
          select.value & 0x3f,
          active === undefined ? undefined : active === (polarity.value === 1),
        )
      },
      selectCycles: () => (select.value < DISCONNECTED ? duration.value : 0),
    }
  }

  #switch(mode: number): void {
    if (mode === ENABLE_SPIS) this.chip.unmodelled.record('SPIS2.ENABLE', this.base + 0x500, 'write')
    this.#master.abort()
    this.#legacy?.reset()
    this.#select?.(mode === ENABLE_SPIM ? false : undefined)
    this.chip.power.enter(this.name, mode === 0 ? 'off' : 'idle', this.chip.time.now)
  }
}
