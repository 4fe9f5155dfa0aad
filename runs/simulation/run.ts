import { timingModelName } from '../../emulator/cpu/timing/timing.ts'
import { createMachine, type Machine } from '../../emulator/machine.ts'
import type { CallTracer } from '../../emulator/probes/call-tracer.ts'
import { Passages } from '../../emulator/probes/passages.ts'
import { PhaseTriggers } from '../../emulator/probes/phase-triggers.ts'
import { PhaseRecorder } from '../../emulator/probes/phases.ts'
import type { PhaseListener } from '../../emulator/probes/phases.ts'
import { noReading } from '../../emulator/probes/readings.ts'
import { RoundFold } from '../../emulator/probes/rounds.ts'
import { SinceMain } from '../../emulator/probes/since-main.ts'
import type { SnapshotKeeper } from '../../emulator/snapshot/keeper.ts'
import { restoreSections, saveSections, type SectionSource } from '../../emulator/snapshot/sections.ts'
import { CYCLES_PER_SECOND } from '../../emulator/time/ratio-clock.ts'
import { UNLABELLED } from '../../emulator/trace/labels.ts'
import type { Observation } from '../report/observation.ts'
import { PredictionRecorder } from '../report/show/predictions.ts'
import { beganOf, warningsOf } from './begins.ts'
import { ConsoleWatch } from './console-watch.ts'
import { Course, MOST_RESETS, type Ending } from './ending.ts'
import { InputFeed } from './inputs.ts'
import { invokeLoops } from './invoke-loops.ts'
import type { ObserveOptions, RunSnapshot, WatchedCalls } from './observe-options.ts'
import { describeResets } from './resets.ts'
import { describeUsb } from './usb.ts'
import { Slice } from './slice.ts'
import { pointSources, resolvePhases } from './phase-specs.ts'
import { observedCalls, traceCalls, tracedFunctions, traceFromHere } from './trace-calls.ts'
import { yieldToOthers } from './yield.ts'
import { watchInterpreters, type InterpreterProbes } from './watch-interpreters.ts'

const CALLS = 'calls'

/** Wall-clock time between looks at the signal, the progress bar and the pending output. */
const SLICE_MILLISECONDS = 50

/**
 * Between two snapshots, unless it takes so long to come to them: 30 to 100 ms of running, beside which the one or two
 * milliseconds of a snapshot are little, and which are soon run again. Where the processor is awake for a tenth of the
 * time, that is one each simulated second.
 */
const LEAST_INSTRUCTIONS = 5_000_000
const LONGEST_SLEEP = 60 * CYCLES_PER_SECOND
const LOOK_AGAIN = CYCLES_PER_SECOND / 4

/** Firmware on a board, watched from outside: it can be left and gone on with, here or elsewhere. */
export class Run {
  readonly machine: Machine
  readonly #options: ObserveOptions
  readonly #console: ConsoleWatch
  readonly #course: Course
  readonly #predictions = new PredictionRecorder()
  readonly #rounds: RoundFold
  readonly #phases: PhaseRecorder
  readonly #triggers: PhaseTriggers
  readonly #passages: Passages
  readonly #calls: CallTracer | undefined
  /** Not saved: given by whoever listens. */
  readonly #watchedCalls: WatchedCalls | undefined
  readonly #interpreters: InterpreterProbes
  readonly #written: SinceMain
  readonly #inputs: InputFeed | undefined
  readonly #sections: ReadonlyMap<string, SectionSource>

  constructor(options: ObserveOptions) {
    const { image, until } = options
    this.#options = options
    this.#console = new ConsoleWatch({
      ...(until && { until }),
      now: () => this.machine.now,
      onLine: (line) => {
        this.#predictions.line(line)
        this.#triggers.line(line)
        this.#passages.line(line)
      },
      onChange: () => this.machine.stop(),
    })
    this.machine = createMachine({
      ...options,
      ...(options.inputs?.feelsMotion && { recording: options.inputs }),
      segments: image.segments,
      vectorTable: image.vectorTable,
      ...(options.calls && { functions: tracedFunctions(image) }),
      onConsole: (byte) => {
        this.#console.add(byte)
        options.onConsole?.(byte)
      },
      onStimulus: (port, value) => this.#phases.onStimulus(port, value, this.machine.now),
    })
    const { machine } = this
    const told = options.attach?.(machine)
    const listener = told ? both(machine.ledger, told.phases) : machine.ledger
    this.#rounds = new RoundFold({
      labelOver: (begin, end) => options.recording?.labelOver(begin, end) ?? UNLABELLED,
      onLabel: this.#predictions,
    })
    this.#phases = new PhaseRecorder(
      (address, length) => machine.readMemory(address, length),
      listener,
      (span) => this.#rounds.add(span),
      new Set(options.phases?.map(({ name }) => name)),
      () => machine.reading() ?? noReading,
    )
    const sources = pointSources(image)
    this.#triggers = new PhaseTriggers(machine, resolvePhases(options.phases ?? [], sources), listener)
    this.#passages = new Passages(machine, resolvePhases(options.measures ?? [], sources, '--measure'))
    this.#watchedCalls = options.calls ? told?.calls?.(tracedFunctions(image)) : undefined
    this.#calls = options.calls ? traceCalls(machine, image, this.#watchedCalls) : undefined
    this.#interpreters = watchInterpreters(machine, image, told?.operators)
    const main = image.symbols.functions.find(({ mangled }) => mangled === 'main')
    this.#written = new SinceMain(machine, machine.touched, main?.start)
    this.#inputs = options.inputs && new InputFeed(options.inputs, machine)
    this.#course = new Course(
      machine,
      options,
      this.#console,
      () => (this.#inputs?.due ?? Infinity) < Infinity,
    )
    machine.onReset = () => this.#reset()
    this.#sections = this.#allSections(told?.section)
  }

  /** Between two calls of `advance`. */
  save(): RunSnapshot {
    return {
      cycle: this.machine.now,
      machine: this.machine.save(),
      watchers: saveSections(this.#sections),
    }
  }

  /**
   * Goes to where this run has been, or another one with the same options. What was told to `onConsole` and to those
   * whom `attach` gave is not told again.
   * @throws Error naming what does not fit
   */
  restore({ machine, watchers }: RunSnapshot): void {
    this.machine.restore(machine)
    const isTraced = Object.hasOwn(watchers, CALLS)
    const sections = [...this.#sections].filter(([name]) => isTraced || name !== CALLS)
    restoreSections(new Map(sections), watchers)
    this.#followCalls(isTraced)
  }

  /** Calls that are under way, where they were not recorded or the listener has not heard of them. */
  #followCalls(isTraced: boolean): void {
    const [calls, { image }] = [this.#calls, this.#options]
    if (calls && !isTraced) traceFromHere(calls, this.machine, image)
    else if (this.#watchedCalls?.hearsAnew)
      calls?.tellOfOpen(this.machine.readRegister(15) >>> 0, this.machine.now)
  }

  /** Goes on to a cycle, or not as far. @returns the end, where it has come */
  advance(to: number): Ending | undefined {
    if (!this.#inputs) return this.#course.advance(to)
    if (this.#inputs.apply()) this.#course.disturbed()
    return this.#course.advance(Math.min(to, this.#inputs.due))
  }

  /** Goes on to the end, and keeps snapshots of the way where that is wanted. */
  async toEnd(): Promise<Observation> {
    const { signal, onProgress, snapshots } = this.#options
    const keep = snapshots ? this.keeping(snapshots) : () => Infinity
    const slice = new Slice(SLICE_MILLISECONDS)
    let yielded = performance.now()
    for (;;) {
      const next = keep()
      const [from, began] = [this.machine.now, performance.now()]
      const ending = this.advance(Math.min(from + slice.cycles, next))
      if (ending) return this.observation(ending)
      if (signal?.aborted) return this.interrupted()
      slice.took(performance.now() - began, this.machine.now - from)
      if (performance.now() - yielded < SLICE_MILLISECONDS / 2) continue
      onProgress?.(this.machine.now)
      await yieldToOthers()
      yielded = performance.now()
    }
  }

  /** @returns what takes a snapshot when one is due, and says when to ask again */
  keeping(snapshots: SnapshotKeeper<RunSnapshot>): () => number {
    let next = snapshots.due
    let before = -Infinity
    return () => {
      const { machine } = this
      if (this.#course.isOver) return Infinity
      if (machine.now < next) return next
      // What sleeps on is run again at once: a snapshot would take longer.
      if (machine.instructions - before >= LEAST_INSTRUCTIONS || machine.now - next >= LONGEST_SLEEP) {
        snapshots.add(this.save())
        before = machine.instructions
        next = snapshots.due
        return next
      }
      return machine.now + LOOK_AGAIN
    }
  }

  #reset(): void {
    const { machine } = this
    this.#phases.reset(machine.now)
    this.#triggers.reset()
    this.#passages.reset()
    this.#calls?.reset(machine.readRegister(15) >>> 0, machine.now)
    this.#rounds.reset()
    this.#written.reset()
    if (machine.resets.unwanted >= MOST_RESETS) machine.stop()
  }

  #allSections(listeners: SectionSource | undefined): ReadonlyMap<string, SectionSource> {
    const section = <State>(one: { save(): State; restore(state: State): void }): SectionSource => ({
      stateVersion: 1,
      save: () => one.save(),
      restore: (state: State) => one.restore(state),
    })
    return new Map([
      ['console', section(this.#console)],
      ['course', section(this.#course)],
      ['predictions', section(this.#predictions)],
      ['rounds', section(this.#rounds)],
      ['phases', section(this.#phases)],
      ['phase triggers', section(this.#triggers)],
      ['passages', section(this.#passages)],
      ...(this.#calls ? [[CALLS, { ...section(this.#calls.tree), stateVersion: 2 }] as const] : []),
      ['interpreters', section(this.#interpreters)],
      ['written since main', section(this.#written)],
      ...(this.#inputs ? [['inputs', section(this.#inputs)] as const] : []),
      ...(listeners ? [['listeners', listeners] as const] : []),
    ])
  }

  /** As if it were interrupted here: nothing may follow. */
  interrupted(): Observation {
    return this.observation(this.#course.interrupted())
  }

  get predictionCount(): number {
    return this.#predictions.total
  }

  /** What it has printed so far of predictions; the window under way has the label that it has until now. */
  predictions(): Observation['predictions'] {
    const known = new PredictionRecorder()
    known.restore(this.#predictions.save())
    known.round(this.#rounds.lastLabel)
    return known.report(this.#rounds.isSingle ? 'span' : 'round')
  }

  /** The run is over: nothing may follow. */
  observation(end: Ending): Observation {
    const [machine, options, text] = [this.machine, this.#options, this.#console]
    const [rounds, phases, triggers] = [this.#rounds, this.#phases, this.#triggers]
    const { image } = options
    const ending = this.#course.judge(end)
    const { profile, timing } = options
    const { profile: timingModel, ...parameters } = timing
    return {
      board: {
        name: options.board.name,
        chip: options.board.chip,
        processor: 'Cortex-M4F',
        clockHz: CYCLES_PER_SECOND,
        instructionCache: machine.instructionCache,
      },
      timing: { model: timingModelName[timingModel], parameters },
      timingInForce: machine.cpu.timingInForce,
      run: {
        began: beganOf(image, options.leftBy),
        stop: ending.kind,
        stopDetail: ending.detail,
        exitCode: ending.exitCode ?? null,
        until: text.untilReport(),
        gaveUp: text.gaveUp ?? null,
        nothingWakesSinceCycle: ending.nothingWakesSince ?? null,
        waiting: ending.waiting ?? null,
        cycles: machine.now,
        instructions: machine.instructions,
        sleepCycles: machine.sleepCycles,
      },
      phases: [
        ...rounds.finish().map((phase) => ({ ...phase, source: 'marker' as const })),
        ...triggers.summary().map((phase) => ({ ...phase, source: 'option' as const })),
      ],
      measures: this.#passages.summary().map(({ reading, ...one }) => ({
        ...one,
        reasons: reading === undefined ? {} : (machine.cpu.reasons?.of(reading) ?? {}),
      })),
      ...(this.#calls && { calls: observedCalls(this.#calls, machine, image) }),
      predictions: this.predictions(),
      ...this.#interpreters.observed(),
      ...(profile && machine.profile && { profile: machine.profile }),
      ...reasonsOf(machine),
      touched: this.#written.ever,
      touchedSinceMain: this.#written.sinceMain,
      resets: describeResets(machine, image),
      usb: describeUsb(machine.usb),
      power: {
        ledger: machine.ledger,
        supplyVolts: options.board.supplyVolts,
        feeds: options.board.feeds,
        assumptions: machine.board.assumptions,
        ...(options.cell && { cell: options.cell }),
      },
      console: text.report(),
      interrupts: machine.interrupts,
      unmodelled: machine.unmodelled,
      invokeLoopFound: invokeLoops(image.symbols).length > 0,
      problems: [
        ...warningsOf(image, options.leftBy, options.boot).map((message) => ({
          message,
          firstCycle: 0,
          count: 1,
        })),
        ...machine.problems.map(({ by, message, ...rest }) => ({
          message:
            by === undefined
              ? message
              : `${message}; by ${image.symbols.describe(by)} (0x${by.toString(16)})`,
          ...rest,
        })),
        ...phases.notes(),
        ...[...triggers.troubles(), ...this.#passages.troubles()].map((message) => ({
          message,
          firstCycle: 0,
          count: 1,
        })),
        ...this.#interpreters.problems(),
      ],
      clippedSamples: machine.clippedSamples,
      fault: ending.fault ?? null,
    }
  }
}

const both = (one: PhaseListener, other: PhaseListener): PhaseListener => ({
  beginPhase: (name, cycle) => {
    one.beginPhase(name, cycle)
    other.beginPhase(name, cycle)
  },
  endPhase: (name, cycle, counts) => {
    one.endPhase(name, cycle, counts)
    other.endPhase(name, cycle, counts)
  },
  abandonPhase: (name, cycle) => {
    one.abandonPhase(name, cycle)
    other.abandonPhase(name, cycle)
  },
})

/** Why its cycles went by, where they are counted. */
function reasonsOf({ cpu }: Machine): Pick<Observation, 'reasons'> {
  const { reasons } = cpu
  const run = cpu.reading()
  return reasons && run ? { reasons: { of: (reading) => reasons.of(reading), run: reasons.of(run) } } : {}
}
