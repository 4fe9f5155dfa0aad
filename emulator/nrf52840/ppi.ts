import type { Address } from '../cpu/bus.ts'
import type { ChipContext } from './context.ts'
import { Peripheral } from './peripheral.ts'
import type { PeripheralState, Register } from './peripheral.ts'

const PROGRAMMABLE = 20
const CHANNELS = 32
const GROUPS = 6
/** Events that set each other off in one cycle deeper than this are a loop in the firmware's wiring. */
const DEEPEST_CHAIN = 64
/** So are more tasks than this from one event: channels that share an event multiply at each turn of such a loop. */
const MOST_TASKS = 1024

/** Channels 20 to 31: event and task end points (PS 6.16.1, pre-programmed channels). */
const PRE_PROGRAMMED: readonly (readonly [event: Address, task: Address])[] = [
  [0x4000_8140, 0x4000_1000], // TIMER0 COMPARE[0] -> RADIO TXEN
  [0x4000_8140, 0x4000_1004], // TIMER0 COMPARE[0] -> RADIO RXEN
  [0x4000_8144, 0x4000_1010], // TIMER0 COMPARE[1] -> RADIO DISABLE
  [0x4000_1128, 0x4000_f000], // RADIO BCMATCH -> AAR START
  [0x4000_1100, 0x4000_f000], // RADIO READY -> CCM KSGEN
  [0x4000_1104, 0x4000_f004], // RADIO ADDRESS -> CCM CRYPT
  [0x4000_1104, 0x4000_8044], // RADIO ADDRESS -> TIMER0 CAPTURE[1]
  [0x4000_110c, 0x4000_8048], // RADIO END -> TIMER0 CAPTURE[2]
  [0x4000_b140, 0x4000_1000], // RTC0 COMPARE[0] -> RADIO TXEN
  [0x4000_b140, 0x4000_1004], // RTC0 COMPARE[0] -> RADIO RXEN
  [0x4000_b140, 0x4000_800c], // RTC0 COMPARE[0] -> TIMER0 CLEAR
  [0x4000_b140, 0x4000_8000], // RTC0 COMPARE[0] -> TIMER0 START
]

interface PpiState extends PeripheralState {
  readonly enabled: number
}

/**
 * PPI, PS 6.16. Approximated: 1. A task runs in the cycle of its event; hardware needs one cycle of 16 MHz.
 * 2. CHG can be written at any time (PS: only while the group's tasks are idle).
 */
export class Ppi extends Peripheral {
  /** Not saved: declared with the page. */
  readonly #ends: { readonly event: Register; readonly task: Register }[] = []
  readonly #forks: readonly Register[]
  readonly #groups: readonly Register[]
  #enabled = 0
  /** Not saved: made of registers. */
  #channelsOf = new Map<Address, number[]>()
  /** Not saved: 0 whenever no event is being published. */
  #depth = 0
  /** Not saved: counted within one event of the world outside. */
  #triggered = 0

  constructor(
    chip: ChipContext,
    private readonly triggerTask: (address: Address) => void,
    private readonly routesChanged: () => void = () => undefined,
  ) {
    super(chip, 'PPI', 0x4001_f000)
    for (let group = 0; group < GROUPS; group++) {
      const channels = (): number => this.#groups[group]?.value ?? 0
      this.task(`CHG[${group}].EN`, 8 * group, () => this.#enable(this.#enabled | channels()))
      this.task(`CHG[${group}].DIS`, 8 * group + 4, () => this.#enable(this.#enabled & ~channels()))
    }
    const read = (): number => this.#enabled
    this.register('CHEN', 0x500, { read, write: (value) => this.#enable(value) })
    this.register('CHENSET', 0x504, { read, write: (value) => this.#enable(this.#enabled | value) })
    this.register('CHENCLR', 0x508, { read, write: (value) => this.#enable(this.#enabled & ~value) })
    for (let channel = 0; channel < PROGRAMMABLE; channel++) {
      const event = this.register(`CH[${channel}].EEP`, 0x510 + 8 * channel, {
        write: () => this.#enable(this.#enabled),
      })
      const task = this.register(`CH[${channel}].TEP`, 0x514 + 8 * channel)
      this.#ends.push({ event, task })
    }
    this.#groups = this.registerArray('CHG', GROUPS, 0x800)
    this.#forks = this.registerArray('FORK[].TEP', CHANNELS, 0x910)
  }

  /** An event register at `address` has fired. */
  publish(address: Address): void {
    const channels = this.#channelsOf.get(address)
    if (channels === undefined) return
    if (this.#depth === 0) this.#triggered = 0
    this.#triggered += channels.length
    if (this.#depth >= DEEPEST_CHAIN || this.#triggered > MOST_TASKS) {
      this.chip.problems.report('PPI: events and tasks form a loop with no end; broken off')
      return
    }
    this.#depth += 1
    for (const channel of channels) {
      const task = this.#ends[channel]?.task.value ?? PRE_PROGRAMMED[channel - PROGRAMMABLE]?.[1] ?? 0
      const fork = this.#forks[channel]?.value ?? 0
      if (task !== 0) this.triggerTask(task)
      if (fork !== 0) this.triggerTask(fork)
    }
    this.#depth -= 1
  }

  listens(address: Address): boolean {
    return this.#channelsOf.has(address)
  }

  override reset(): void {
    super.reset()
    this.#enable(0)
  }

  override save(): PpiState {
    return { page: super.save().page, enabled: this.#enabled }
  }

  override restore(state: PpiState): void {
    super.restore(state)
    this.#enabled = state.enabled
    this.#route()
  }

  #enable(channels: number): void {
    this.#enabled = channels >>> 0
    this.#route()
    this.routesChanged()
  }

  #route(): void {
    this.#channelsOf = new Map()
    for (let channel = 0; channel < CHANNELS; channel++) {
      if ((this.#enabled & (1 << channel)) === 0) continue
      const event = this.#ends[channel]?.event.value ?? PRE_PROGRAMMED[channel - PROGRAMMABLE]?.[0] ?? 0
      const channels = this.#channelsOf.get(event)
      if (channels) channels.push(channel)
      else this.#channelsOf.set(event, [channel])
    }
  }
}
