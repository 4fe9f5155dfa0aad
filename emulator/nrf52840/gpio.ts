import type { ChipContext } from './context.ts'
import { Peripheral } from './peripheral.ts'
import type { PeripheralState, Register } from './peripheral.ts'

/** A pin as PSEL registers number it: 32 * port + pin. */
export type PinNumber = number
export type PinListener = (level: boolean) => void
/**
 * Told what the chip itself drives a pin to, undefined when it does not, and what share of the time the pin is high: that
 * is 0 or 1 unless a PWM drives it.
 */
export type OutputListener = (driven: boolean | undefined, share: number) => void

const PINS = 48
const PORTS = [
  { name: 'P0', offset: 0x000, pins: 32 },
  { name: 'P1', offset: 0x300, pins: 16 },
] as const
const PULL_DOWN = 1
const PULL_UP = 3
const SENSE_HIGH = 2
const SENSE_LOW = 3
const INPUT_DISCONNECTED = 1 << 1

interface PortState {
  readonly out: number
  readonly latch: number
  readonly perPinLatchMode: boolean
  readonly detect: boolean
  readonly sensing: boolean
}

class Port {
  /** Not saved: declared with the page. */
  configuration: readonly Register[] = []
  out = 0
  latch = 0
  perPinLatchMode = false
  detect = false
  /** True while any pin has SENSE set: without one there is nothing to detect. */
  sensing = false

  reset(): void {
    this.out = 0
    this.sensing = false
    this.latch = 0
    this.perPinLatchMode = false
    this.detect = false
  }

  save(): PortState {
    const { out, latch, perPinLatchMode, detect, sensing } = this
    return { out, latch, perPinLatchMode, detect, sensing }
  }

  restore({ out, latch, perPinLatchMode, detect, sensing }: PortState): void {
    this.out = out
    this.latch = latch
    this.perPinLatchMode = perPinLatchMode
    this.detect = detect
    this.sensing = sensing
  }
}

/** What pins are driven or pulled to, by number: 0 nothing, 1 low, 2 high. */
const packLevels = (levels: readonly (boolean | undefined)[]): Uint8Array => {
  const packed = new Uint8Array(levels.length)
  for (let i = 0; i < levels.length; i++) packed[i] = levels[i] === undefined ? 0 : levels[i] ? 2 : 1
  return packed
}

/** NaN where no PWM has the pin. */
const packShares = (shares: readonly (number | undefined)[]): Float64Array => {
  const packed = new Float64Array(shares.length)
  for (let i = 0; i < shares.length; i++) packed[i] = shares[i] ?? NaN
  return packed
}

const unpackLevels = (packed: Uint8Array): (boolean | undefined)[] =>
  Array.from(packed, (level) => (level === 0 ? undefined : level === 2))

interface GpioState extends PeripheralState {
  readonly ports: readonly PortState[]
  readonly levels: Uint8Array
  readonly external: Uint8Array
  readonly boardPull: Uint8Array
  readonly override: Uint8Array
  readonly modulated: Float64Array
  readonly shares: Float64Array
  readonly driven: Uint8Array
  readonly opposed: Uint8Array
}

/** `P0.22` or `P1.00` as a pin number. */
export const pin = (name: string): PinNumber => {
  const match = /^P([01])\.([0-2]\d|3[01])$/.exec(name)
  const number = match ? 32 * Number(match[1]) + Number(match[2]) : PINS
  if (number >= PINS) throw new RangeError(`${name} is not a pin of the nRF52840`)
  return number
}

export const pinName = (number: PinNumber): string =>
  `P${number >> 5}.${(number & 31).toString().padStart(2, '0')}`

const chipPull = (configuration: number): boolean => ((configuration >>> 2) & 3) === PULL_UP

/**
 * GPIO, PS 6.9: P0 and P1 on one page. Approximated:
 * 1. Levels are digital and settle at once; a pin that nobody drives or pulls reads 0.
 * 2. Where chip and board both drive a pin the chip wins.
 * 3. Pins used by UARTE and TWIM do not show the waveform, except that TWIM leaves them as pulled.
 * 4. A pin driven by a PWM reads as what it is most of the time.
 */
export class Gpio extends Peripheral {
  /** Told when DETECT rises on either port: GPIOTE's PORT event. Not saved: wiring. */
  onDetect: () => void = () => undefined
  readonly #ports: readonly Port[]
  readonly #levels = new Uint8Array(PINS)
  #external: (boolean | undefined)[] = new Array<boolean | undefined>(PINS).fill(undefined)
  #boardPull: (boolean | undefined)[] = new Array<boolean | undefined>(PINS).fill(undefined)
  #override: (boolean | undefined)[] = new Array<boolean | undefined>(PINS).fill(undefined)
  #modulated: (number | undefined)[] = new Array<number | undefined>(PINS).fill(undefined)
  readonly #shares = new Float64Array(PINS)
  #driven: (boolean | undefined)[] = new Array<boolean | undefined>(PINS).fill(undefined)
  /** Not saved: who watches does it again. */
  readonly #listeners: PinListener[][] = Array.from({ length: PINS }, () => [])
  /** Not saved: soldered; those who listen have saved what they were told. */
  readonly #outputListeners: OutputListener[][] = Array.from({ length: PINS }, () => [])
  /** Pins whose own pull fights what the pin is at. */
  readonly #opposed = new Uint8Array(PINS)

  constructor(chip: ChipContext) {
    super(chip, 'GPIO', 0x5000_0000)
    this.#ports = PORTS.map((port, index) => this.#declarePort(index, port))
  }

  level(pin: PinNumber): boolean {
    return this.#levels[pin] === 1
  }

  /** What the board drives a pin to; undefined lets go. */
  drive(pin: PinNumber, level: boolean | undefined): void {
    this.#external[pin] = level
    this.#settle(pin)
  }

  /** A resistor on the board, up (true) or down (false). */
  pull(pin: PinNumber, up: boolean | undefined): void {
    this.#boardPull[pin] = up
    this.#settle(pin)
  }

  /** GPIOTE takes a pin's output over; undefined gives it back. */
  takeOver(pin: PinNumber, level: boolean | undefined): void {
    this.#override[pin] = level
    this.#settle(pin)
  }

  /** A PWM takes a pin's output over, high for a share of the time; undefined gives it back. */
  modulate(pin: PinNumber, share: number | undefined): void {
    this.#modulated[pin] = share
    this.takeOver(pin, share === undefined ? undefined : share >= 0.5)
  }

  /** DETECT of either port: what wakes from System OFF. */
  get detect(): boolean {
    return this.#ports.some(({ detect }) => detect)
  }

  /** Calls back on every change of the pin's level. */
  watch(pin: PinNumber, listener: PinListener): void {
    this.#listeners[pin]?.push(listener)
  }

  unwatch(pin: PinNumber, listener: PinListener): void {
    const listeners = this.#listeners[pin] ?? []
    const index = listeners.indexOf(listener)
    if (index >= 0) listeners.splice(index, 1)
  }

  /** Calls back at once and on every change of what the chip drives the pin to. */
  watchOutput(pin: PinNumber, listener: OutputListener): void {
    this.#outputListeners[pin]?.push(listener)
    listener(this.#driven[pin], this.#shares[pin] ?? 0)
  }

  /** LATCH tells after a wake from System OFF which pin it was (PS 6.9.2). */
  resetFor(wake: boolean): void {
    const latches = this.#ports.map(({ latch }) => latch)
    this.reset()
    if (wake) this.#ports.forEach((port, i) => (port.latch = latches[i] ?? 0))
  }

  override reset(): void {
    super.reset()
    this.#modulated.fill(undefined)
    this.#override.fill(undefined)
    for (const port of this.#ports) port.reset()
    for (let pin = 0; pin < PINS; pin++) this.#settle(pin)
  }

  override save(): GpioState {
    return {
      page: super.save().page,
      ports: this.#ports.map((port) => port.save()),
      levels: this.#levels.slice(),
      external: packLevels(this.#external),
      boardPull: packLevels(this.#boardPull),
      override: packLevels(this.#override),
      modulated: packShares(this.#modulated),
      shares: this.#shares.slice(),
      driven: packLevels(this.#driven),
      opposed: this.#opposed.slice(),
    }
  }

  /** Nobody is told of a level. */
  override restore(state: GpioState): void {
    super.restore(state)
    state.ports.forEach((port, index) => this.#ports[index]?.restore(port))
    this.#levels.set(state.levels)
    this.#external = unpackLevels(state.external)
    this.#boardPull = unpackLevels(state.boardPull)
    this.#override = unpackLevels(state.override)
    this.#modulated = Array.from(state.modulated, (share) => (Number.isNaN(share) ? undefined : share))
    this.#shares.set(state.shares)
    this.#driven = unpackLevels(state.driven)
    this.#opposed.set(state.opposed)
  }

  #declarePort(index: number, { name, offset, pins }: (typeof PORTS)[number]): Port {
    this.owner = name
    const mask = 2 ** pins - 1
    const port = new Port()
    const configuration = this.registerArray('PIN_CNF', pins, offset + 0x700, (i) => ({
      reset: 2,
      mask: 0x3_070f,
      write: () => {
        port.sensing = configuration.some((register) => register.value >>> 16 !== 0)
        this.#settle(32 * index + i)
      },
    }))
    port.configuration = configuration
    const setOut = (value: number): void => {
      const changed = (port.out ^ value) & mask
      port.out = (value & mask) >>> 0
      for (let i = 0; i < pins; i++) if ((changed & (1 << i)) !== 0) this.#settle(32 * index + i)
    }
    const direction = (): number =>
      configuration.reduce((bits, register, i) => bits | ((register.value & 1) << i), 0) >>> 0
    const setDirection = (value: number): void =>
      configuration.forEach((register, i) => register.write((register.value & ~1) | ((value >>> i) & 1)))
    const out = (): number => port.out
    this.register('OUT', offset + 0x504, { read: out, write: setOut })
    this.register('OUTSET', offset + 0x508, { read: out, write: (bits) => setOut(port.out | bits) })
    this.register('OUTCLR', offset + 0x50c, { read: out, write: (bits) => setOut(port.out & ~bits) })
    this.register('IN', offset + 0x510, { readOnly: true, read: () => this.#input(index) })
    this.register('DIR', offset + 0x514, { read: direction, write: setDirection })
    this.register('DIRSET', offset + 0x518, {
      read: direction,
      write: (bits) => setDirection(direction() | bits),
    })
    this.register('DIRCLR', offset + 0x51c, {
      read: direction,
      write: (bits) => setDirection(direction() & ~bits),
    })
    this.register('LATCH', offset + 0x520, {
      read: () => port.latch,
      write: (bits) => {
        port.latch = (port.latch & ~bits) >>> 0
        if (port.perPinLatchMode && port.latch !== 0) this.onDetect()
        this.#sense(port, index)
      },
    })
    this.register('DETECTMODE', offset + 0x524, {
      mask: 1,
      write: (value) => {
        port.perPinLatchMode = value === 1
        this.#sense(port, index)
      },
    })
    return port
  }

  #input(index: number): number {
    const port = this.#ports[index]
    if (port === undefined) return 0
    return (
      port.configuration.reduce((bits, { value }, i) => {
        const connected = (value & INPUT_DISCONNECTED) === 0
        return connected && this.#levels[32 * index + i] === 1 ? bits | (1 << i) : bits
      }, 0) >>> 0
    )
  }

  #settle(pin: PinNumber): void {
    const port = this.#ports[pin >> 5]
    if (port === undefined) return
    const configuration = port.configuration[pin & 31]?.value ?? 2
    const driven = this.#outputOf(pin, configuration, (port.out >>> (pin & 31)) & 1)
    const share = driven === undefined ? 0 : (this.#modulated[pin] ?? Number(driven))
    if (driven !== this.#driven[pin] || share !== this.#shares[pin]) {
      this.#driven[pin] = driven
      this.#shares[pin] = share
      for (const listener of this.#outputListeners[pin] ?? []) listener(driven, share)
    }
    const level = driven ?? this.#external[pin] ?? this.#boardPull[pin] ?? chipPull(configuration)
    if (this.#levels[pin] !== Number(level)) {
      this.#levels[pin] = Number(level)
      for (const listener of [...(this.#listeners[pin] ?? [])]) listener(level)
    }
    this.#reportPull(pin, configuration, level)
    this.#sense(port, pin >> 5)
  }

  #reportPull(pin: PinNumber, configuration: number, level: boolean): void {
    const pull = (configuration >>> 2) & 3
    const opposed = Number((pull === PULL_UP && !level) || (pull === PULL_DOWN && level))
    if (this.#opposed[pin] === opposed) return
    this.#opposed[pin] = opposed
    const count = this.#opposed.reduce((sum, one) => sum + one, 0)
    this.chip.power.enter(
      this.name,
      count === 0 ? 'off' : 'pull against the level',
      this.chip.time.now,
      count || 1,
    )
  }

  /** DRIVE 4 and 5 disconnect the zero, 6 and 7 the one (PS 6.9, PIN_CNF). */
  #outputOf(pin: PinNumber, configuration: number, out: number): boolean | undefined {
    const driven = this.#override[pin] ?? ((configuration & 1) === 1 ? out === 1 : undefined)
    const drive = (configuration >>> 8) & 7
    const disconnected = driven === true ? drive >= 6 : drive === 4 || drive === 5
    return disconnected ? undefined : driven
  }

  #sense(port: Port, index: number): void {
    if (!port.sensing && port.latch === 0 && !port.detect) return
    let sensed = 0
    port.configuration.forEach(({ value }, i) => {
      const sense = (value >>> 16) & 3
      const level = this.#levels[32 * index + i] === 1
      if (sense === (level ? SENSE_HIGH : SENSE_LOW)) sensed |= 1 << i
    })
    port.latch = (port.latch | sensed) >>> 0
    const detect = port.perPinLatchMode ? port.latch !== 0 : sensed !== 0
    const rises = detect && !port.detect
    port.detect = detect
    if (rises) this.onDetect()
  }
}
