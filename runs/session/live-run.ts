import type { Recorder } from '../../emulator/timeline/record/recorder.ts'
import { CYCLES_PER_SECOND } from '../../emulator/time/ratio-clock.ts'
import type { SnapshotKeeper } from '../../emulator/snapshot/keeper.ts'
import { newKeeper, recording } from '../recording/recorded-run.ts'
import type { RunSnapshot } from '../simulation/observe-options.ts'
import type { Ending } from '../simulation/ending.ts'
import { RunInputs, type RunInput, type Unplaced } from '../simulation/inputs.ts'
import { Run } from '../simulation/run.ts'
import { Slice } from '../simulation/slice.ts'
import { observeOptionsOf, type SimulateOptions } from '../simulation/simulate.ts'
import { LitLeds, pinsOf } from './board-state.ts'
import type { LiveState, Pace } from './protocol.ts'
import { RollingAverage } from './rolling-average.ts'

const CYCLES_PER_MILLISECOND = CYCLES_PER_SECOND / 1000
/** Of real time, between two looks at what was asked meanwhile. */
const SLICE_MILLISECONDS = 8
const TOLD_EVERY_MILLISECONDS = 40
const SPEED_OVER_MILLISECONDS = 500

export interface LiveHooks {
  readonly onState: (state: LiveState) => void
  readonly onConsole: (bytes: Uint8Array) => void
  /** Lets others have the thread. @param milliseconds to wait at least */
  readonly breathe: (milliseconds: number) => Promise<void>
}

/** Firmware that runs here, in slices, and is recorded on the way. */
export class LiveRun {
  readonly run: Run
  readonly keeper: SnapshotKeeper<RunSnapshot> = newKeeper()
  readonly recorder: Recorder
  readonly options: SimulateOptions
  readonly inputs: RunInputs
  /** Cycle at which it ends, when nothing ends it before. */
  readonly limit: number
  /** Looks ahead for a place to stop at, where there are any: given how far it is about to go. */
  stopsAhead: ((to: number) => { readonly cycle: number; readonly why: string } | undefined) | undefined
  /** Where one looks, when that is in the past. */
  cursor: number | undefined
  /** Takes a snapshot when one is due, and says when to ask again. */
  readonly #keep: () => number
  readonly #leds: LitLeds
  readonly #current: RollingAverage
  #stoppedAt: string | undefined
  #ending: Ending | undefined
  #isRunning = false
  #isAsked = false
  #timesRealTime: number | undefined
  #printed: number[] = []

  /** @throws UserError for options that do not fit the firmware */
  constructor(
    options: SimulateOptions,
    private readonly hooks: LiveHooks,
  ) {
    const { attach, recorder } = recording()
    this.inputs = options.inputs ?? new RunInputs()
    this.options = { ...options, inputs: this.inputs }
    const observed = observeOptionsOf({
      ...this.options,
      attach,
      onConsole: (byte) => this.#printed.push(byte),
    })
    this.run = new Run(observed)
    this.limit = observed.limitCycles
    this.recorder = recorder()
    this.#leds = new LitLeds(this.run.machine)
    this.#current = new RollingAverage(this.recorder.timeline)
    this.#keep = this.run.keeping(this.keeper)
    this.#keep()
  }

  get ending(): Ending | undefined {
    return this.#ending
  }

  get state(): LiveState {
    const { machine } = this.run
    return {
      cycle: machine.now,
      limit: this.limit,
      instructions: machine.instructions,
      sleepCycles: machine.sleepCycles,
      isAsleep: machine.cpu.isSleeping,
      isRunning: this.#isRunning,
      cursor: this.cursor,
      ended: this.#ending?.detail,
      crashed: this.#ending?.fault !== undefined,
      fault: this.#ending?.fault,
      stoppedAt: this.#stoppedAt,
      timesRealTime: this.#timesRealTime,
      averageMicroamps: this.#current.microamps(),
      leds: this.#leds.states(),
      pins: pinsOf(machine),
      predictions: this.run.predictionCount,
      inputs: this.inputs.all.length,
    }
  }

  /** From outside, now: it is there at the next instruction, and at the same cycle each time the run is made again. */
  give(input: Unplaced<RunInput>): void {
    this.inputs.add({ ...input, cycle: this.run.machine.now })
  }

  /** Goes on until it is paused, has ended, or a cycle has come. */
  async go(pace: Pace, until = Infinity): Promise<void> {
    if (this.#isRunning || this.#ending) return
    this.#isRunning = true
    this.#stoppedAt = undefined
    const { machine } = this.run
    const slice = new Slice(SLICE_MILLISECONDS)
    let [told, measured, measuredAt] = [0, performance.now(), machine.now]
    const [began, from] = [measured, machine.now]
    while (this.goesOn) {
      const start = performance.now()
      const before = machine.now
      // As far as real time has come, and a slice ahead of it at most.
      const target = pace === 'fast' ? Infinity : from + (start - began) * CYCLES_PER_MILLISECOND
      const isStopped =
        before < target && this.#goOn(Math.floor(Math.min(before + slice.cycles, target, until)))
      const end = performance.now()
      slice.took(end - start, machine.now - before)
      if (end - measured >= SPEED_OVER_MILLISECONDS) {
        this.#timesRealTime = (machine.now - measuredAt) / CYCLES_PER_MILLISECOND / (end - measured)
        measured = end
        measuredAt = machine.now
      }
      if (machine.now >= until || isStopped) break
      if (end - told >= TOLD_EVERY_MILLISECONDS) {
        told = end
        this.tell()
      }
      await this.hooks.breathe(pace === 'fast' ? 0 : SLICE_MILLISECONDS)
    }
    this.#isRunning = false
    this.#timesRealTime = undefined
    this.tell()
  }

  /** To a cycle, or to where it is to stop before. @returns whether it is there */
  #goOn(to: number): boolean {
    const stop = this.stopsAhead?.(to)
    this.advance(stop?.cycle ?? to)
    this.#stoppedAt = stop?.why
    return stop !== undefined
  }

  private get goesOn(): boolean {
    return this.#isRunning && this.#ending === undefined
  }

  pause(): void {
    this.#isRunning = false
    this.#isAsked = false
  }

  /** Whether what takes long is still wanted. */
  get isAsked(): boolean {
    return this.#isAsked
  }

  /** What takes long, until `pause`. */
  async asking<T>(ask: () => Promise<T>): Promise<T> {
    this.#isAsked = true
    return ask().finally(() => (this.#isAsked = false))
  }

  /** Goes on to a cycle at once, or not as far. */
  advance(to: number): void {
    const { run } = this
    this.#keep()
    while (run.machine.now < to && this.#ending === undefined) {
      const ending = run.advance(Math.min(to, this.#keep()))
      if (ending) this.#ending = ending
    }
    if (this.#ending) this.recorder.finish()
    else this.recorder.settle()
  }

  tell(): void {
    if (this.#printed.length > 0) this.hooks.onConsole(Uint8Array.from(this.#printed))
    this.#printed = []
    this.hooks.onState(this.state)
  }
}
