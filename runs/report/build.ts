import { functionCosts, inferFunctions } from '../../emulator/probes/functions.ts'
import { REPORT_VERSION } from './read-report.ts'
import type { CodeProfile, NamedRange } from '../../emulator/probes/functions.ts'
import type { InterpreterSummary } from '../../emulator/probes/operators.ts'
import { shortName } from '../image/demangle.ts'
import type { FirmwareImage } from '../image/image.ts'
import { halfwordIn, VECTORS, wordIn } from '../image/memory-map.ts'
import { describePower } from './parts/power.ts'
import { asByDefault, awayFromDefaults, type Chosen } from './parts/away.ts'
import { callsByFunction, describeCalls } from './parts/calls.ts'
import { describeFirmware } from './parts/firmware.ts'
import { describeInterpreters, modelsOf } from './parts/interpreters.ts'
import { operatorNote } from './parts/operator-note.ts'
import { describeMeasures } from './parts/measures.ts'
import { measureMemory } from './parts/memory.ts'
import { findModels } from './parts/models.ts'
import type { BuildFacts, Observation, RecordingFacts } from './observation.ts'
import { describeReasons, reasonsOf } from './parts/reasons.ts'
import { describeUnmodelled } from './parts/unmodelled.ts'
import { variableAt } from './parts/places.ts'
import type { CacheOffReport, FunctionReport, RunReport, SoundReport } from './run-report.ts'
import { ratio, spread } from './parts/spread.ts'

export interface ReportInputs {
  readonly toolVersion: string
  readonly image: FirmwareImage
  readonly observation: Observation
  /** Left out: everything as it is by default. */
  readonly chosen?: Chosen
  readonly build?: BuildFacts
  readonly recording?: RecordingFacts
  readonly sound?: SoundReport
  readonly cacheOff?: CacheOffReport
}

/** Puts what a run has shown into a report. Pure: the same inputs give the same report. */
export function buildReport({
  toolVersion,
  image,
  observation,
  chosen = asByDefault,
  build,
  recording,
  sound,
  cacheOff,
}: ReportInputs): RunReport {
  const { board, run, profile } = observation
  const { clockHz } = board
  const inFlash = findModels(image.segments, (address) => image.symbols.objectBytesAt(address))
  const models = modelsOf(inFlash, observation.interpreters)
  const kernelAddresses = observation.interpreters.flatMap(({ operators }) =>
    operators.map(({ evalAddress }) => evalAddress),
  )
  const firmware = describeFirmware(image, kernelAddresses, build)
  const awakeCycles = run.cycles - run.sleepCycles
  const functions = profile ? describeFunctions(profile, image, observation.interpreters, awakeCycles) : []
  const compilerFlags = [firmware, ...firmware.compiledParts].map((part) => part.compilerFlags).join(' ')
  const note = operatorNote({
    image: { symbols: image.symbols, compilerFlags },
    models: models.length,
    interpreters: observation.interpreters.length,
    loopFound: observation.invokeLoopFound,
    functions: profile && functions,
  })
  return {
    schemaVersion: REPORT_VERSION,
    tool: { name: 'boardless', version: toolVersion },
    board: { ...board, cacheOff: cacheOff ?? null },
    timing: observation.timing,
    away: awayFromDefaults(chosen, observation.timingInForce),
    firmware,
    models: models.map(({ address, bytes, sha256, description }) => ({
      name: variableAt(image, address),
      address,
      bytes,
      sha256,
      description: description.description,
      operators: description.operators.length,
      macs: description.totals.macs,
      macsNotCounted: description.totals.macsNotCounted,
      parameters: description.totals.parameters,
    })),
    recording: recording ? describeRecording(recording, observation.clippedSamples) : null,
    sound: sound ?? null,
    run: { ...run, seconds: run.cycles / clockHz },
    reasons: describeReasons(observation.reasons?.run ?? {}),
    phases: observation.phases.map(({ name, passes, source, counts, ...cycles }) => ({
      name,
      passes,
      source,
      ...spread(cycles, clockHz),
      reasons: reasonsOf(observation, counts),
    })),
    measures: describeMeasures(observation.measures, clockHz),
    interpreters: describeInterpreters(observation, models, image, clockHz),
    functions: withCalls(functions, observation.calls),
    calls: observation.calls ? describeCalls(observation.calls) : null,
    resets: observation.resets,
    usb: observation.usb,
    memory: measureMemory(image, observation),
    power: describePower(
      observation.power,
      run.cycles,
      observation.interpreters.reduce((sum, { count }) => sum + count, 0),
    ),
    predictions: observation.predictions,
    console: observation.console,
    interrupts: observation.interrupts,
    unmodelled: describeUnmodelled(observation.unmodelled),
    problems: [
      ...observation.problems,
      ...(note === undefined ? [] : [{ message: note, firstCycle: 0, count: 1 }]),
    ],
    fault: observation.fault,
  }
}

function describeRecording(
  facts: RecordingFacts,
  clippedSamples: Observation['clippedSamples'],
): RunReport['recording'] {
  return { ...facts, clippedSamples }
}

function describeFunctions(
  profile: CodeProfile,
  image: FirmwareImage,
  interpreters: readonly InterpreterSummary[],
  awakeCycles: number,
): readonly FunctionReport[] {
  const ranges = image.symbols.isEmpty ? infer(profile, image, interpreters) : image.symbols.functions
  return functionCosts(profile, ranges).map(
    ({ name, start, selfCycles, instructions, entries, reasons }) => ({
      name: shortName(name),
      address: start,
      selfCycles,
      share: Math.min(ratio(selfCycles, awakeCycles), 1),
      instructions,
      entries,
      reasons: describeReasons(reasons),
      calls: null,
    }),
  )
}

function withCalls(
  functions: readonly FunctionReport[],
  calls: Observation['calls'],
): readonly FunctionReport[] {
  if (!calls) return functions
  const known = callsByFunction(calls)
  return functions.map((one) => ({ ...one, calls: known.get(one.address) ?? null }))
}

function infer(
  profile: CodeProfile,
  image: FirmwareImage,
  interpreters: readonly InterpreterSummary[],
): readonly NamedRange[] {
  const halfword = halfwordIn(image.segments)
  const word = wordIn(image.segments)
  const vectors = Array.from({ length: VECTORS }, (_, i) => word(image.vectorTable + 4 * (i + 1)) ?? 0)
  const kernels = interpreters.flatMap(({ operators }) => operators.map(({ evalAddress }) => evalAddress))
  return inferFunctions(profile, (address) => halfword(address) ?? 0, [...vectors, ...kernels])
}
