import { basename } from 'node:path'
import { functionCosts, inferFunctions } from '../../emulator/probes/functions.ts'
import type { CodeProfile, NamedRange } from '../../emulator/probes/functions.ts'
import type { InterpreterSummary } from '../../emulator/probes/operators.ts'
import type { CycleStatistics } from '../../emulator/probes/statistics.ts'
import { shortName } from '../image/demangle.ts'
import type { FirmwareImage } from '../image/image.ts'
import { describePower } from '../power/power-report.ts'
import { asByDefault, awayFromDefaults, type Chosen } from './away.ts'
import { measureMemory } from './memory.ts'
import { findModels } from './models.ts'
import type { EmbeddedModel } from './models.ts'
import type { BuildFacts, Observation, RecordingFacts } from './observation.ts'
import type {
  CacheOffReport,
  CycleSpread,
  FunctionReport,
  InterpreterReport,
  RunReport,
  SoundReport,
} from './run-report.ts'

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
  const models = findModels(image.segments, (address) => image.symbols.objectBytesAt(address))
  const awakeCycles = run.cycles - run.sleepCycles
  return {
    schemaVersion: 3,
    tool: { name: 'boardless', version: toolVersion },
    board: { ...board, cacheOff: cacheOff ?? null },
    timing: observation.timing,
    away: awayFromDefaults(chosen, observation.timingInForce),
    firmware: {
      file: basename(image.file),
      format: image.format,
      sha256: image.sha256,
      app: build?.app ?? 'unknown',
      kernels: build?.kernels ?? 'unknown',
      resolver: build?.resolver ?? 'unknown',
      compiler: build?.compiler ?? image.compiler,
      compilerFlags: build?.compilerFlags ?? image.compilerFlags,
      tflmVersion: build?.tflmVersion ?? 'unknown',
      cmsisNnVersion: build?.cmsisNnVersion ?? 'unknown',
    },
    models: models.map(({ flashAddress, bytes, sha256, description }) => ({
      flashAddress,
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
    phases: observation.phases.map(({ name, passes, source, ...cycles }) => ({
      name,
      passes,
      source,
      ...spread(cycles, clockHz),
    })),
    interpreters: observation.interpreters.map((one) => describeInterpreter(one, models, image, clockHz)),
    functions: profile ? describeFunctions(profile, image, observation.interpreters, awakeCycles) : [],
    memory: measureMemory(image, observation),
    power: describePower(
      observation.power,
      run.cycles,
      observation.interpreters.reduce((sum, { count }) => sum + count, 0),
    ),
    predictions: observation.predictions,
    console: observation.console,
    interrupts: observation.interrupts,
    unmodelled: observation.unmodelled,
    problems: observation.problems,
    fault: observation.fault,
  }
}

function describeRecording(
  { file, sha256, rows, durationSeconds, atEnd }: RecordingFacts,
  clippedSamples: Observation['clippedSamples'],
): RunReport['recording'] {
  return { file, sha256, rows, durationSeconds, atEnd, clippedSamples }
}

function spread(cycles: CycleStatistics, clockHz: number): CycleSpread {
  const microseconds = (count: number): number => count / (clockHz / 1e6)
  return {
    count: cycles.count,
    totalCycles: cycles.totalCycles,
    minimumCycles: cycles.minimumCycles,
    medianCycles: cycles.medianCycles,
    maximumCycles: cycles.maximumCycles,
    minimumMicroseconds: microseconds(cycles.minimumCycles),
    medianMicroseconds: microseconds(cycles.medianCycles),
    maximumMicroseconds: microseconds(cycles.maximumCycles),
    ...(cycles.medianErrorCycles !== undefined && { medianErrorCycles: cycles.medianErrorCycles }),
  }
}

function describeInterpreter(
  { objectWords, operators, ...invocations }: InterpreterSummary,
  models: readonly EmbeddedModel[],
  image: FirmwareImage,
  clockHz: number,
): InterpreterReport {
  const pointedAt = models.findIndex(({ rootAddress }) => objectWords.includes(rootAddress))
  const model = pointedAt < 0 && models.length === 1 ? 0 : pointedAt
  const described = models[model]?.description.operators ?? []
  return {
    model: model < 0 ? null : model,
    ...spread(invocations, clockHz),
    operators: operators.map(({ path, evalAddress, ...cycles }) => {
      const known = path.length === 1 ? described[path[0] ?? 0] : undefined
      const owner = image.symbols.functionAt(evalAddress)
      return {
        index: path.join('.'),
        kernel: owner ? shortName(owner.name) : `0x${evalAddress.toString(16)}`,
        type: known?.type ?? null,
        outputShape: known?.outputShape ?? null,
        macs: known?.macs ?? null,
        macsNotCounted: known?.macsNotCounted ?? null,
        ...spread(cycles, clockHz),
        cyclesPerMac: known?.macs ? cycles.medianCycles / known.macs : null,
        share: Math.min(ratio(cycles.totalCycles, invocations.totalCycles), 1),
      }
    }),
  }
}

function describeFunctions(
  profile: CodeProfile,
  image: FirmwareImage,
  interpreters: readonly InterpreterSummary[],
  awakeCycles: number,
): readonly FunctionReport[] {
  const ranges = image.symbols.isEmpty ? infer(profile, image, interpreters) : image.symbols.functions
  return functionCosts(profile, ranges).map(({ name, start, selfCycles, instructions, entries }) => ({
    name: shortName(name),
    address: start,
    selfCycles,
    share: Math.min(ratio(selfCycles, awakeCycles), 1),
    instructions,
    entries,
  }))
}

function infer(
  profile: CodeProfile,
  image: FirmwareImage,
  interpreters: readonly InterpreterSummary[],
): readonly NamedRange[] {
  const halfword = (address: number): number => {
    const segment = image.segments.find(
      (one) => address >= one.address && address < one.address + one.bytes.length,
    )
    const offset = address - (segment?.address ?? 0)
    return (segment?.bytes[offset] ?? 0) | ((segment?.bytes[offset + 1] ?? 0) << 8)
  }
  // ARMv7-M ARM B1.5.3: the initial stack pointer, 15 exceptions; then the nRF52840's 48 interrupts.
  const vectors = Array.from({ length: 63 }, (_, i) => {
    const at = image.vectorTable + 4 * (i + 1)
    return (halfword(at) | (halfword(at + 2) << 16)) >>> 0
  })
  const kernels = interpreters.flatMap(({ operators }) => operators.map(({ evalAddress }) => evalAddress))
  return inferFunctions(profile, halfword, [...vectors, ...kernels])
}

const ratio = (part: number, whole: number): number => (whole > 0 ? part / whole : 0)
