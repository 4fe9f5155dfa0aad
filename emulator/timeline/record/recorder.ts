import type { Cycles } from '../../cpu/bus.ts'
import { State } from '../../cpu/layout.ts'
import type { Machine } from '../../machine.ts'
import { pinName } from '../../nrf52840/gpio.ts'
import type { PhaseListener } from '../../probes/phases.ts'
import type { OperatorListener } from '../../probes/operators.ts'
import type { Saved } from '../../snapshot/saved.ts'
import { Timeline } from '../timeline.ts'
import type { PresentOfTimeline } from '../timeline.ts'
import { CurrentsRecorder } from './currents.ts'
import { ExceptionsRecorder } from './exceptions.ts'
import type { SavedExceptions } from './exceptions.ts'
import { OperatorsRecorder } from './operators.ts'
import type { SavedOperators } from './operators.ts'
import { PhasesRecorder } from './phases.ts'
import type { SavedPhases } from './phases.ts'
import { SamplesRecorder } from './samples.ts'
import type { SavedSamples } from './samples.ts'
import { FunctionsRecorder, isOfFunctions } from './functions.ts'
import type { SavedFunctions } from './functions.ts'
import type { RecordingContext } from './source.ts'
import { SpiRecorder } from './spi.ts'
import type { SavedSpi } from './spi.ts'
import { TextRecorder } from './text.ts'
import type { SavedText } from './text.ts'
import { TwoWireRecorder } from './two-wire.ts'
import { UsbRecorder } from './usb.ts'
import type { SavedTwoWire } from './two-wire.ts'

const PINS = 48
const CACHE = {
  id: 'cache',
  name: 'instruction cache',
  group: 'processor',
  unit: '',
  first: 'off',
  idle: ['off'],
}
const RESETS = { id: 'resets', name: 'resets', group: 'processor', unit: '' }
const UNMODELLED = { id: 'unmodelled', name: 'not modelled', group: 'chip', unit: '' }
const DMA = { id: 'dma', name: 'EasyDMA', group: 'chip', unit: 'bytes' }

/** What is under way, on the tracks and in whoever writes on them. */
export interface SavedRecorder {
  readonly present: PresentOfTimeline
  readonly exceptions: SavedExceptions
  readonly twoWire: SavedTwoWire
  readonly spi: SavedSpi
  readonly text: SavedText
  readonly samples: SavedSamples
  readonly phases: SavedPhases
  readonly operators: SavedOperators
  readonly functions: SavedFunctions
}

export interface RecorderOptions {
  /** Each byte that EasyDMA moves, too; that it is at work is among the states of the parts. */
  readonly dma?: boolean
  /** Calls that were under way when it was saved will be told again. */
  readonly callsAnew?: boolean
}

/**
 * Writes what a machine does on a timeline, from outside: nothing is asked of the firmware, and no cycle is spent. Phases,
 * operators and calls come from probes that somebody else has put in place: give them `phases`, `operators`,
 * `functions`.
 */
export class Recorder implements Saved<SavedRecorder> {
  readonly phases: PhaseListener
  readonly operators: OperatorListener
  /** Of functions; whoever gives it calls says what they are named. */
  readonly functions: FunctionsRecorder
  readonly timeline: Timeline
  readonly #phases: PhasesRecorder
  readonly #operators: OperatorsRecorder
  readonly #currents: CurrentsRecorder
  readonly #exceptions: ExceptionsRecorder
  readonly #twoWire: TwoWireRecorder
  readonly #spi: SpiRecorder
  readonly #text: TextRecorder
  readonly #samples: SamplesRecorder
  /** Not saved: without state. */
  readonly #usb: UsbRecorder
  /** Not saved: who listens. */
  readonly #pinListeners: ((level: boolean) => void)[] = []

  /** @param timeline one that is empty and begins at the machine's present, or one to go on with */
  constructor(
    private readonly machine: Machine,
    timeline = new Timeline(undefined, machine.now),
    private readonly options: RecorderOptions = {},
  ) {
    this.timeline = timeline
    const { scheduler, chip, cpu, ledger } = machine
    const { time } = chip.context
    const context: RecordingContext = {
      timeline,
      get now(): Cycles {
        return time.now
      },
      get settledUntil(): Cycles {
        return Math.min(time.now, scheduler.nextDue)
      },
    }
    this.phases = this.#phases = new PhasesRecorder(context, (counts) => cpu.reasons?.amounts(counts))
    this.operators = this.#operators = new OperatorsRecorder(context)
    this.functions = new FunctionsRecorder(context)
    this.#currents = new CurrentsRecorder(context, ledger)
    this.#exceptions = new ExceptionsRecorder(context, cpu.exceptions)
    this.#twoWire = new TwoWireRecorder(context)
    this.#spi = new SpiRecorder(context)
    this.#text = new TextRecorder(context)
    this.#samples = new SamplesRecorder(context)
    this.#usb = new UsbRecorder(context)
    this.#attach()
  }

  #attach(): void {
    const { machine, timeline } = this
    const { listeners, time, unmodelled } = machine.chip.context
    this.#currents.attach()
    this.#exceptions.attach()
    listeners.twoWire = this.#twoWire
    listeners.spi = this.#spi
    listeners.uart = this.#text
    listeners.usb = this.#usb
    if (this.options.dma)
      listeners.dma = (address, bytes, direction) =>
        timeline.marks(DMA).spans.mark(direction, time.now, { value: bytes, data: address })
    listeners.sample = (...sample) => this.#samples.sample(...sample)
    unmodelled.onRecord = (name, address, kind) =>
      timeline
        .marks(UNMODELLED)
        .spans.mark(name, time.now, { text: kind, data: { address, by: machine.cpu.core.executing } })
    machine.listeners.console = (byte) => this.#text.console(byte)
    machine.listeners.cache = (on) => timeline.state(CACHE).enter(on ? 'on' : 'off', time.now)
    machine.listeners.cache(machine.cpu.state.word(State.cacheMode) === 1)
    machine.listeners.reset = (reason) => {
      timeline.marks(RESETS).spans.mark(reason, time.now)
      this.#exceptions.reset()
    }
    for (let pin = 0; pin < PINS; pin++) this.#watchPin(pin)
  }

  /** Nobody listens any more. */
  detach(): void {
    const { machine } = this
    const { listeners, unmodelled } = machine.chip.context
    this.#currents.detach()
    this.#exceptions.detach()
    listeners.twoWire = listeners.spi = listeners.uart = listeners.usb = undefined
    listeners.dma = listeners.sample = undefined
    unmodelled.onRecord = undefined
    machine.listeners.console = machine.listeners.cache = machine.listeners.reset = undefined
    this.#pinListeners.splice(0).forEach((listener, pin) => machine.chip.gpio.unwatch(pin, listener))
  }

  /** A machine's `run` has returned: all that was until then is on the timeline. */
  settle(): void {
    this.#currents.settle(Infinity)
    this.timeline.advance(this.machine.now)
  }

  /** The run is over: text without a line's end is, too. */
  finish(): void {
    this.settle()
    this.#text.finish()
  }

  /** A pin's track comes to be with its first edge. */
  #watchPin(pin: number): void {
    const { gpio, context } = this.machine.chip
    const first = gpio.level(pin) ? 'high' : 'low'
    const name = pinName(pin)
    const info = { id: `pin/${name}`, name, group: 'pins', unit: '', first, idle: ['low'] }
    const listener = (level: boolean): void =>
      this.timeline.state(info).enter(level ? 'high' : 'low', context.time.now)
    gpio.watch(pin, listener)
    this.#pinListeners.push(listener)
  }

  save(): SavedRecorder {
    this.settle()
    return {
      present: this.timeline.present(),
      exceptions: this.#exceptions.save(),
      twoWire: this.#twoWire.save(),
      spi: this.#spi.save(),
      text: this.#text.save(),
      samples: this.#samples.save(),
      phases: this.#phases.save(),
      operators: this.#operators.save(),
      functions: this.functions.save(),
    }
  }

  /**
   * After the machine was restored.
   * @param goesOn the timeline has what was before, and goes on; else it begins anew at the present
   */
  restore(saved: SavedRecorder, { goesOn = false } = {}): void {
    const { present } = saved
    // Calls are told anew where they are recorded in another way than when it was saved.
    const tracks = present.tracks.filter(({ info }) => !this.options.callsAnew || !isOfFunctions(info.id))
    if (!goesOn) this.timeline.beginWith({ ...present, tracks })
    this.#exceptions.restore(saved.exceptions)
    this.#twoWire.restore(saved.twoWire)
    this.#spi.restore(saved.spi)
    this.#text.restore(saved.text)
    this.#samples.restore(saved.samples)
    this.#phases.restore(saved.phases)
    this.#operators.restore(saved.operators)
    if (!this.options.callsAnew) this.functions.restore(saved.functions)
    this.#currents.begin()
  }
}
