import type { ChipContext } from './context.ts'
import type { Gpio, PinListener, PinNumber } from './gpio.ts'
import { Peripheral } from './peripheral.ts'
import type { EventRegister, PeripheralState, Register } from './peripheral.ts'

const CHANNELS = 8
const MODE_EVENT = 1
const MODE_TASK = 3
const POLARITY = { rising: 1, falling: 2, toggle: 3 } as const

interface Watched {
  readonly channel: number
  readonly pin: PinNumber
}

interface GpioteState extends PeripheralState {
  readonly watched: readonly Watched[]
  readonly output: readonly boolean[]
}

/**
 * GPIOTE, PS 6.10. Approximated: 1. IN events have no sampling delay. 2. Two channels on one pin in task mode (which
 * the specification forbids) both act. 3. OUTINIT is taken when CONFIG enters task mode and not again.
 */
export class Gpiote extends Peripheral {
  readonly #in: readonly EventRegister[]
  readonly #config: readonly Register[]
  readonly #listeners: readonly PinListener[]
  /** In the order in which a pin tells its channels. */
  #watched: readonly Watched[] = []
  #output = new Array<boolean>(CHANNELS).fill(false)

  constructor(
    chip: ChipContext,
    private readonly gpio: Gpio,
  ) {
    super(chip, 'GPIOTE', 0x4000_6000)
    this.tasks('OUT', CHANNELS, 0x000, (i) => this.#out(i))
    this.tasks('SET', CHANNELS, 0x030, (i) => this.#set(i, true))
    this.tasks('CLR', CHANNELS, 0x060, (i) => this.#set(i, false))
    this.#in = this.events('IN', CHANNELS, 0x100)
    const port = this.event('PORT', 0x17c)
    this.interrupts(this.maskOf(...this.#in, port))
    this.#config = this.registerArray('CONFIG', CHANNELS, 0x510, (i) => ({
      mask: 0x13_3f03,
      write: (value, previous) => this.#configure(i, value, previous),
    }))
    this.#listeners = this.#in.map((event, channel) => (level) => {
      const polarity = ((this.#config[channel]?.value ?? 0) >>> 16) & 3
      const edge = level ? POLARITY.rising : POLARITY.falling
      if (polarity === edge || polarity === POLARITY.toggle) event.fire()
    })
    gpio.onDetect = () => port.fire()
  }

  override reset(): void {
    this.#config.forEach((register, i) => this.#configure(i, 0, register.value))
    super.reset()
  }

  override save(): GpioteState {
    return { page: super.save().page, watched: this.#watched, output: [...this.#output] }
  }

  override restore(state: GpioteState): void {
    super.restore(state)
    this.#watch(state.watched)
    this.#output = [...state.output]
  }

  #configure(channel: number, value: number, previous: number): void {
    this.#reportPower()
    this.#watch(this.#watched.filter((watched) => watched.channel !== channel))
    const pin = (value >>> 8) & 0x3f
    const previousPin = (previous >>> 8) & 0x3f
    const wasTask = (previous & 3) === MODE_TASK
    const isTask = (value & 3) === MODE_TASK
    if (wasTask && !(isTask && pin === previousPin)) this.gpio.takeOver(previousPin, undefined)
    if (isTask && !(wasTask && pin === previousPin)) this.#set(channel, (value & (1 << 20)) !== 0, pin)
    if ((value & 3) === MODE_EVENT) this.#watch([...this.#watched, { channel, pin }])
  }

  #watch(channels: readonly Watched[]): void {
    for (const { channel, pin } of this.#watched) {
      const listener = this.#listeners[channel]
      if (listener) this.gpio.unwatch(pin, listener)
    }
    this.#watched = channels
    for (const { channel, pin } of channels) {
      const listener = this.#listeners[channel]
      if (listener) this.gpio.watch(pin, listener)
    }
  }

  /** A channel in event mode keeps its input stage on: about 15 uA, whatever the number of channels. */
  #reportPower(): void {
    const listens = this.#config.some(({ value }) => (value & 3) === MODE_EVENT)
    this.chip.power.enter(this.name, listens ? 'input events' : 'off', this.chip.time.now)
  }

  #out(channel: number): void {
    const polarity = ((this.#config[channel]?.value ?? 0) >>> 16) & 3
    if (polarity === 0) return
    this.#set(
      channel,
      polarity === POLARITY.toggle ? this.#output[channel] !== true : polarity === POLARITY.rising,
    )
  }

  #set(channel: number, level: boolean, pin = ((this.#config[channel]?.value ?? 0) >>> 8) & 0x3f): void {
    if (((this.#config[channel]?.value ?? 0) & 3) !== MODE_TASK) return
    this.#output[channel] = level
    this.gpio.takeOver(pin, level)
  }
}
