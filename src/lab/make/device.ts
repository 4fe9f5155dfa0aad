/** A model in our firmware on the emulated board: cycles, memory, energy, and whether its outputs are ours. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { NANO_33_BLE_SENSE } from '../../../emulator/boards/nano33blesense.ts'
import { CHANNELS, Recording } from '../../../emulator/trace/recording.ts'
import { ExitCode, UserError } from '../../../runs/errors.ts'
import { evenly } from '../../model/convert/convert.ts'
import type { Dataset } from '../../model/data/windows.ts'
import { inferFloat } from '../../model/infer/infer-float.ts'
import { inferQuantised, type Values } from '../../model/infer/infer-int8.ts'
import { quantiseActivations } from '../../model/infer/quantise.ts'
import { seededRandom } from '../../model/random.ts'
import { readModel } from '../../../runs/tflite/read.ts'
import { elementCount, type Tensor } from '../../../runs/tflite/schema.ts'
import { inputOf } from '../../running/inputs.ts'
import { buildFirmware, type BuildOptions, type BuildResult } from '../../toolchain/build.ts'
import { Store, within } from '../engine/store.ts'
import { keyOf } from '../keys.ts'
import type { DeviceMeasurement, DeviceResult, ModelResult } from '../measurement.ts'
import { CannotMeasure } from '../outcome.ts'
import { appRateHz, whyNotFelt } from '../sensing.ts'
import { arenaStep } from '../../running/arena.ts'
import { searchArena } from './arena.ts'
import type { Bench } from './bench.ts'
import { energyOf, flashSymbols, runAtSettings, writeModel, type Simulation } from './board-run.ts'
import { metadataOf, windowsOf } from './device-windows.ts'
import { graphOf } from './given.ts'

type OnStep = (step: string) => void

/** Windows whose outputs are compared, and those over which latency's median is taken. */
const comparedWindows = 8
const timedWindows = 3
/** Float32 outputs are probabilities; sums are taken in another order than ours. */
const floatTolerance = 1e-5
const gestureArena = 16 * 1024
/** Tried in turn, where what any model may need is not known. */
const largeArenas = [128 * 1024, 208 * 1024]
/** Simulated sound: the first word, and the pause behind it. */
const keywordSeconds = 3

interface Checked {
  readonly arenaBytes: number
  readonly compared: DeviceResult['compared']
}

export async function makeDevice(
  measurement: DeviceMeasurement,
  model: ModelResult,
  bench: Bench,
  onStep: OnStep,
): Promise<DeviceResult> {
  const bytes = new Uint8Array(Buffer.from(model.base64, 'base64'))
  const { arenaBytes, compared } = await checked(measurement, bytes, model, bench, onStep)
  onStep('building')
  const { built, simulation } = await prepare(measurement, bytes, arenaBytes, bench)
  onStep('running')
  const { report, others, cycles } = await runAtSettings({ file: built.elfPath, ...simulation })
  const { memory, firmware } = report
  return {
    firmwareSha256: firmware.sha256,
    flashBytes: memory.flashBytes,
    staticRamBytes:
      (memory.staticRamBytes ?? 0) - (memory.arenas[0]?.bytes ?? 0) + (memory.heap?.highWaterBytes ?? 0),
    arenaBytes,
    stackBytes: memory.stack?.highWaterBytes ?? 0,
    symbols: await flashSymbols(built.elfPath),
    ...cycles,
    energy: energyOf(report, others),
    compared,
  }
}

/** Arena and outputs depend on the model and the kernels alone: firmwares that differ otherwise share them. */
async function checked(
  { kernels, model: source }: DeviceMeasurement,
  bytes: Uint8Array,
  { sha256 }: ModelResult,
  bench: Bench,
  onStep: OnStep,
): Promise<Checked> {
  const inputs = testInputs(bytes, source, bench)
  const store = within(new Store(bench.folder), bench.fingerprints.board)
  const key = keyOf({ checked: sha256, kernels, inputs: inputs.map((one) => Array.from(one)) })
  const known = await store.get(key)
  if (known !== undefined) return JSON.parse(known) as Checked
  onStep('searching the smallest arena')
  const model = await writeModel(join(bench.folder, 'models', sha256), bytes)
  const stdin = Buffer.concat(inputs.map((one) => new Uint8Array(one.buffer, one.byteOffset, one.byteLength)))
  const found = await inArenas(async (arena) => {
    const { elfPath } = await build({
      ...common({ kernels, resolver: 'mutable', optimise: '-O2' }),
      app: 'infer',
      console: 'semihosting',
      model,
      arenaBytes: arena,
    })
    return searchArena(elfPath, stdin, stdin.length / inputs.length)
  })
  const result = { arenaBytes: found.arenaBytes, compared: compare(bytes, inputs, found.outputs) }
  await store.set(key, JSON.stringify(result))
  return result
}

const common = ({
  kernels,
  resolver,
  optimise,
}: Pick<BuildOptions, 'kernels' | 'resolver' | 'optimise'>) => ({
  kernels,
  resolver,
  optimise,
})

/** @throws CannotMeasure for a model that the firmware cannot be built with: too large for the flash, say */
async function build(options: BuildOptions): Promise<BuildResult> {
  try {
    return await buildFirmware(options)
  } catch (error) {
    if (error instanceof UserError && error.exitCode === ExitCode.badInput)
      throw new CannotMeasure(error.message)
    throw error
  }
}

async function inArenas<T>(attempt: (arena: number) => Promise<T>): Promise<T> {
  let failure: unknown
  for (const arena of [gestureArena, ...largeArenas]) {
    try {
      return await attempt(arena)
    } catch (error) {
      if (!(error instanceof CannotMeasure)) throw error
      failure = error
    }
  }
  throw failure
}

/** Windows of the test recordings as the model stores them; made-up ones for models of other data. */
function testInputs(bytes: Uint8Array, source: DeviceMeasurement['model'], bench: Bench): Values[] {
  const { tensors, inputs } = readModel(bytes)
  const tensor = tensors[inputs[0] ?? -1]
  if (tensor === undefined || inputs.length !== 1) throw new CannotMeasure('the model has not one input')
  const store = (values: Float32Array): Values => stored(values, tensor)
  if (source.from === 'stock') {
    const random = seededRandom(2020)
    return Array.from({ length: comparedWindows }, () =>
      Int8Array.from({ length: elementCount(tensor.shape) }, () => Math.floor(256 * random()) - 128),
    )
  }
  const { windows } = windowsOf(source, bench)
  return evenly(windows, comparedWindows).map(({ input }) => store(input))
}

function stored(values: Float32Array, { type, quantisation }: Tensor): Values {
  if (type === 'FLOAT32') return values
  if (type === 'INT8' && quantisation !== undefined) return quantiseActivations(values, quantisation)
  throw new CannotMeasure(`the model takes ${type}; int8 and float32 are measured`)
}

/** Bit by bit for int8; within a tolerance for float32. */
function compare(
  bytes: Uint8Array,
  inputs: readonly Values[],
  outputs: Uint8Array,
): DeviceResult['compared'] {
  const model = readModel(bytes)
  const size = outputs.length / inputs.length
  const quantised = model.tensors.some(({ type }) => type === 'INT8')
  const graph = quantised ? undefined : graphOf(bytes, 'the model')
  const same = inputs.filter((input, index) => {
    const theirs = outputs.slice(index * size, (index + 1) * size)
    if (graph === undefined) {
      const ours = inferQuantised(model, input).at(-1) ?? new Int8Array()
      return Buffer.compare(theirs, new Uint8Array(ours.buffer, ours.byteOffset, ours.byteLength)) === 0
    }
    const ours = inferFloat(graph, Float32Array.from(input)).at(-1) ?? new Float32Array()
    const values = new Float32Array(theirs.buffer)
    return ours.length === values.length && ours.every((one, at) => near(one, values[at] ?? NaN))
  })
  return { inputs: inputs.length, same: same.length }
}

const near = (a: number, b: number): boolean => Math.abs(a - b) <= floatTolerance * Math.max(1, Math.abs(a))

async function prepare(
  measurement: DeviceMeasurement,
  bytes: Uint8Array,
  arenaBytes: number,
  bench: Bench,
): Promise<{ readonly built: BuildResult; readonly simulation: Omit<Simulation, 'file'> }> {
  const { app, model: source, preprocessing } = measurement
  const arena = [gestureArena, ...largeArenas].find((one) => one >= arenaBytes + arenaStep) ?? arenaBytes
  const options = { ...common(measurement), arenaBytes: arena }
  if (app === 'gesture') {
    if (source.from === 'stock') throw new Error('the gesture app has no use for this model')
    const { dataset, normalisation } = windowsOf(source, bench)
    const metadata = metadataOf(dataset, normalisation)
    const folder = join(bench.folder, 'models', digest(bytes, metadata))
    const model = await writeModel(folder, bytes, metadata)
    const built = await build({
      ...options,
      app,
      model,
      console: 'uarte',
      ...(preprocessing !== 'loop' && { preprocess: preprocessing }),
    })
    return { built, simulation: gestureSimulation(dataset) }
  }
  const folder = join(bench.folder, 'models', digest(bytes))
  const model = await writeModel(folder, bytes)
  if (app === 'keyword') {
    const built = await build({ ...options, app, model, console: 'uarte' })
    const input = await inputOf(app, { end: 'loop', board: NANO_33_BLE_SENSE })
    return { built, simulation: { seconds: keywordSeconds, ...input } }
  }
  const built = await build({ ...options, app, model, console: 'semihosting' })
  const inputs = testInputs(bytes, source, bench).slice(0, timedWindows)
  const stdin = Buffer.concat(inputs.map((one) => new Uint8Array(one.buffer, one.byteOffset, one.byteLength)))
  return { built, simulation: { seconds: 60, stdin } }
}

const digest = (bytes: Uint8Array, metadata?: object): string =>
  createHash('sha256')
    .update(bytes)
    .update(metadata === undefined ? '' : JSON.stringify(metadata))
    .digest('hex')

/** As a file would have them. */
const digits = (value: number): number => Number(value.toFixed(6))

/** One window of each label, one after the other, as the board's sensor feels them. */
function gestureSimulation(dataset: Dataset): Omit<Simulation, 'file'> {
  const { recordings, labels, channels, samples } = dataset
  const rate = appRateHz(dataset)
  const why = whyNotFelt(dataset)
  if (rate === null || why !== null)
    throw new Error(`the app gesture was planned, but ${why ?? 'at no rate'}`)
  const ordered = [...recordings].sort(
    (a, b) => Number(b.split === 'heldout') - Number(a.split === 'heldout'),
  )
  const chosen = labels
    .flatMap((label) => ordered.find((one) => one.label === label) ?? [])
    .slice(0, timedWindows)
  const rows = chosen.flatMap((recording) => recording.samples)
  const felt = CHANNELS.flatMap((channel) => {
    const at = channels.indexOf(channel)
    return at < 0 ? [] : [[channel, Float64Array.from(rows, (row) => digits(row[at] ?? 0))] as const]
  })
  const times = Float64Array.from(rows, (_, index) => digits(index / rate))
  const recording = new Recording(new Map(felt), times, undefined, { endPolicy: 'loop' })
  const facts = {
    file: 'lab',
    sha256: '',
    format: 'lab',
    sampleRateHz: rate,
    ignoredColumns: [],
    notes: [],
    rows: rows.length,
    durationSeconds: rows.length / rate,
    atEnd: 'loop' as const,
  }
  return { recording: { recording, facts }, seconds: (chosen.length * samples) / rate + 1 }
}
