import { setImmediate } from 'node:timers/promises'
import { timingModelName } from '../../emulator/cpu/timing.ts'
import { createMachine } from '../../emulator/machine.ts'
import type { Machine, MachineFault, MachineOptions, MachineStop } from '../../emulator/machine.ts'
import type { Cell } from '../../emulator/power/battery.ts'
import { OperatorProfiler } from '../../emulator/probes/operators.ts'
import { PhaseTriggers } from '../../emulator/probes/phase-triggers.ts'
import { PhaseRecorder } from '../../emulator/probes/phases.ts'
import { RoundFold } from '../../emulator/probes/rounds.ts'
import { UNLABELLED } from '../../emulator/trace/labels.ts'
import type { FirmwareImage } from '../image/image.ts'
import { CallStack } from '../image/unwind.ts'
import type { Observation } from '../report/observation.ts'
import { PredictionRecorder } from '../report/predictions.ts'
import type { FaultReport, StopKind } from '../report/run-report.ts'
import { ConsoleText } from './console-text.ts'
import { invokeLoops, isOperator, loopNotFound } from './invoke-loops.ts'
import { resolvePhases, type PhaseSpec } from './phase-specs.ts'

const CLOCK_HZ = 64_000_000

export interface ObserveOptions extends Omit<
  MachineOptions,
  'segments' | 'vectorTable' | 'onConsole' | 'onStimulus'
> {
  readonly image: FirmwareImage
  readonly limitCycles: number
  /** Whose life the report tells. */
  readonly cell?: Cell
  /** Why the limit is where it is. */
  readonly limit: { readonly kind: StopKind; readonly detail: string }
  /** Phases that the firmware does not mark. */
  readonly phases?: readonly PhaseSpec[]
  /** The run ends when the console has printed a match. */
  readonly until?: RegExp
  readonly onConsole?: (byte: number) => void
  readonly onProgress?: (cycles: number) => void
  readonly signal?: AbortSignal
}

interface Ending {
  readonly kind: StopKind
  readonly detail: string
  readonly exitCode?: number
  readonly fault?: FaultReport
}

/** Runs firmware on the board to its end, watching from outside. */
export async function observe(options: ObserveOptions): Promise<Observation> {
  const { image, until } = options
  const predictions = new PredictionRecorder()
  const text = new ConsoleText({
    onLine: (line) => {
      predictions.line(line)
      triggers.line(line)
    },
    keepTail: until !== undefined,
  })
  let matched = false
  const machine: Machine = createMachine({
    ...options,
    segments: image.segments,
    vectorTable: image.vectorTable,
    onConsole: (byte) => {
      text.add(byte)
      options.onConsole?.(byte)
      if (until && !matched && text.tailMatches(until, byte)) {
        matched = true
        machine.stop()
      }
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
  const operators = new OperatorProfiler(machine, {
    loops: invokeLoops(image.symbols),
    isOperator: (callee) => isOperator(image.symbols, callee),
  })
  const ending = await runToEnd(machine, options, () => matched)
  text.endLine()
  predictions.round(rounds.lastLabel)
  const unseen = loopNotFound(image.symbols)
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
      cycles: machine.now,
      instructions: machine.instructions,
      sleepCycles: machine.sleepCycles,
    },
    phases: [
      ...rounds.finish().map((phase) => ({ ...phase, source: 'marker' as const })),
      ...triggers.summary().map((phase) => ({ ...phase, source: 'option' as const })),
    ],
    predictions: predictions.report(rounds.isSingle ? 'span' : 'round'),
    interpreters: operators.summary(),
    ...(profile && machine.profile && { profile: machine.profile }),
    touched: machine.touched,
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
    problems: [
      ...machine.problems,
      ...phases.notes(),
      ...triggers.troubles().map((message) => ({ message, firstCycle: 0, count: 1 })),
      ...(unseen === undefined ? [] : [{ message: unseen, firstCycle: 0, count: 1 }]),
    ],
    clippedSamples: machine.clippedSamples,
    fault: ending.fault ?? null,
  }
}

/** Wall-clock time between looks at the signal, the progress bar and the pending output. */
const SLICE_MILLISECONDS = 50

const LOOK_EVERY_CYCLES = CLOCK_HZ / 4

async function runToEnd(machine: Machine, options: ObserveOptions, matched: () => boolean): Promise<Ending> {
  const { limitCycles, limit, signal, image } = options
  const spin = new SpinDetector(machine)
  let slice = 1_000_000
  for (;;) {
    const began = performance.now()
    const stop = machine.run(Math.min(machine.now + slice, spin.nextLook, limitCycles))
    if (stop.kind !== 'paused') return endingOf(stop, machine, image)
    if (matched()) return { kind: 'until', detail: `the console printed ${String(options.until)}` }
    if (machine.now >= spin.nextLook) {
      // The processor sleeps on to the end of a slice; that this is for ever shows at the next fixed time.
      const forEver = machine.cpu.isSleeping && machine.scheduler.nextDue === Infinity
      if (forEver) return endingOf({ kind: 'asleep-for-ever' }, machine, image)
      spin.look()
    }
    if (machine.now >= limitCycles) return { ...limit, detail: limit.detail + spin.describe(image) }
    if (signal?.aborted) return { kind: 'interrupted', detail: `interrupted${spin.describe(image)}` }
    options.onProgress?.(machine.now)
    const took = performance.now() - began
    if (took < SLICE_MILLISECONDS / 2) slice *= 2
    else if (took > SLICE_MILLISECONDS * 2) slice = Math.max(Math.floor(slice / 2), 10_000)
    await setImmediate()
  }
}

/** Notices firmware that neither sleeps nor leaves a few instructions. Looks at fixed times, to say the same each time. */
class SpinDetector {
  nextLook = LOOK_EVERY_CYCLES
  #lowest = Infinity
  #highest = 0
  #since = 0
  #asleep = 0

  constructor(readonly machine: Machine) {}

  look(): void {
    const { machine } = this
    this.nextLook += LOOK_EVERY_CYCLES
    const pc = machine.readRegister(15) >>> 0
    const lowest = Math.min(this.#lowest, pc)
    const highest = Math.max(this.#highest, pc)
    if (highest - lowest < 64 && machine.sleepCycles === this.#asleep) {
      this.#lowest = lowest
      this.#highest = highest
      return
    }
    this.#lowest = this.#highest = pc
    this.#since = machine.now
    this.#asleep = machine.sleepCycles
  }

  describe({ symbols }: FirmwareImage): string {
    const cycles = this.machine.now - this.#since
    if (cycles < CLOCK_HZ / 2) return ''
    return `; it seems to spin at ${symbols.describe(this.#lowest)} (0x${this.#lowest.toString(16)})`
  }
}

function endingOf(
  stop: Exclude<MachineStop, { kind: 'paused' }>,
  machine: Machine,
  image: FirmwareImage,
): Ending {
  const pc = machine.readRegister(15) >>> 0
  const where = `${image.symbols.describe(pc)} (0x${pc.toString(16)})`
  switch (stop.kind) {
    case 'exit':
      return { kind: 'exit', detail: 'the firmware exited through semihosting', exitCode: stop.code }
    case 'asleep-for-ever':
      return { kind: 'asleep-for-ever', detail: `asleep at ${where} with nothing left that could wake it` }
    case 'breakpoint':
      return { kind: 'breakpoint', detail: `BKPT at ${where}` }
    case 'unmodelled':
      return { kind: 'unmodelled', detail: `--strict: ${stop.name} is not modelled; accessed at ${where}` }
    case 'fault': {
      const fault = describeFault(stop.fault, machine, image)
      return { kind: 'fault', detail: fault.summary, fault }
    }
  }
}

function describeFault(fault: MachineFault, machine: Machine, image: FirmwareImage): FaultReport {
  const { causes, cfsr, hfsr, mmfar, bfar, registers, xpsr, instruction } = fault
  const pc = (registers[15] ?? 0) >>> 0
  const where = `${image.symbols.describe(pc)} (0x${pc.toString(16)})`
  return {
    summary: `the firmware crashed at ${where}: ${causes[0] ?? 'cause unknown'}`,
    causes,
    cfsr,
    hfsr,
    mmfar,
    bfar,
    pc,
    instruction,
    registers: registers.map((value) => value >>> 0),
    xpsr,
    callStack: new CallStack(image, (address, length) => machine.readMemory(address, length)).from(registers),
  }
}
