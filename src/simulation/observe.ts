import { timingModelName } from '../../emulator/cpu/timing/timing.ts'
import { createMachine } from '../../emulator/machine.ts'
import type { Machine } from '../../emulator/machine.ts'
import { PhaseTriggers } from '../../emulator/probes/phase-triggers.ts'
import { PhaseRecorder } from '../../emulator/probes/phases.ts'
import { RoundFold } from '../../emulator/probes/rounds.ts'
import { SinceMain } from '../../emulator/probes/since-main.ts'
import { UNLABELLED } from '../../emulator/trace/labels.ts'
import type { Observation } from '../report/observation.ts'
import { PredictionRecorder } from '../report/show/predictions.ts'
import { ConsoleWatch } from './console-watch.ts'
import { MOST_RESETS, runToEnd } from './ending.ts'
import { invokeLoops } from './invoke-loops.ts'
import type { ObserveOptions } from './observe-options.ts'
import { describeResets } from './resets.ts'
import { resolvePhases } from './phase-specs.ts'
import { watchInterpreters } from './watch-interpreters.ts'

const CLOCK_HZ = 64_000_000

/** Runs firmware on the board to its end, watching from outside. */
export async function observe(options: ObserveOptions): Promise<Observation> {
  const { image, until } = options
  const predictions = new PredictionRecorder()
  const text = new ConsoleWatch({
    ...(until && { until }),
    now: () => machine.now,
    onLine: (line) => {
      predictions.line(line)
      triggers.line(line)
    },
    onChange: () => machine.stop(),
  })
  const machine: Machine = createMachine({
    ...options,
    segments: image.segments,
    vectorTable: image.vectorTable,
    onConsole: (byte) => {
      text.add(byte)
      options.onConsole?.(byte)
    },
    onStimulus: (port, value) => phases.onStimulus(port, value, machine.now),
  })
  const rounds = new RoundFold({
    labelOver: (begin, end) => options.recording?.labelOver(begin, end) ?? UNLABELLED,
    onLabel: predictions,
  })
  const phases = new PhaseRecorder(
    (address, length) => machine.readMemory(address, length),
    machine.ledger,
    (span) => rounds.add(span),
    new Set(options.phases?.map(({ name }) => name)),
  )
  const triggers = new PhaseTriggers(
    machine,
    resolvePhases(options.phases ?? [], image.symbols),
    machine.ledger,
  )
  const interpreters = watchInterpreters(machine, image)
  const main = image.symbols.functions.find(({ mangled }) => mangled === 'main')
  const written = new SinceMain(machine, machine.touched, main?.start)
  machine.onReset = () => {
    phases.reset(machine.now)
    triggers.reset()
    rounds.reset()
    written.reset()
    if (machine.resets.unwanted >= MOST_RESETS) machine.stop()
  }
  const ending = await runToEnd(machine, options, text)
  predictions.round(rounds.lastLabel)
  const { profile, timing } = options
  const { profile: timingModel, ...parameters } = timing
  return {
    board: {
      name: options.board.name,
      chip: options.board.chip,
      processor: 'Cortex-M4F',
      clockHz: CLOCK_HZ,
      instructionCache: machine.instructionCache,
    },
    timing: { model: timingModelName[timingModel], parameters },
    timingInForce: machine.cpu.timingInForce,
    run: {
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
    predictions: predictions.report(rounds.isSingle ? 'span' : 'round'),
    ...interpreters.observed(),
    ...(profile && machine.profile && { profile: machine.profile }),
    ...(machine.cpu.reasons && { instructions: machine.cpu.reasons.instructions() }),
    touched: written.ever,
    touchedSinceMain: written.sinceMain,
    resets: describeResets(machine, image),
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
      ...machine.problems.map(({ by, message, ...rest }) => ({
        message:
          by === undefined ? message : `${message}; by ${image.symbols.describe(by)} (0x${by.toString(16)})`,
        ...rest,
      })),
      ...phases.notes(),
      ...triggers.troubles().map((message) => ({ message, firstCycle: 0, count: 1 })),
      ...interpreters.problems(),
    ],
    clippedSamples: machine.clippedSamples,
    fault: ending.fault ?? null,
  }
}
