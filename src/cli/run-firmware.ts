import { readFile } from 'node:fs/promises'
import type { FirmwareImage } from '../../runs/image/image.ts'
import { bootloaderBefore, warningsOf } from '../../runs/simulation/begins.ts'
import type { FirmwareFiles } from '../files/image.ts'
import { UserError } from '../../runs/errors.ts'
import type { RunReport } from '../../runs/report/run-report.ts'
import { filesOf, inputsOf, powerChoices, simulationOf } from '../running/run-request.ts'
import type { RunChoices, RunRequest } from '../running/run-request.ts'
import type { ReplayPart } from '../../runs/recording/parts.ts'
import { simulateWhole } from '../files/simulate.ts'
import { machineOf, type Simulated } from '../../runs/simulation/simulate.ts'
import type { SimulateFileOptions } from '../files/simulate.ts'
import { firmwareConsole, type ConsoleChoices } from './firmware-console.ts'
import { boardChoices, Inferences, type OwnModelOptions } from './own-model.ts'
import { printNote } from './output.ts'
import { showProgress } from './terminal.ts'
import { kindOf, refuseIgnored, type FirmwareKind } from './which-firmware.ts'

/** What every command takes that runs firmware. */
export interface RunFirmwareOptions
  extends RunChoices, ConsoleChoices, Omit<OwnModelOptions, 'model' | 'stdin' | 'for' | 'columns' | 'rate'> {
  /** Where the run goes, to be gone through. */
  readonly record?: string
  readonly recordWithout?: readonly ReplayPart[]
}

/** A run that is over, with what it was made of. */
export interface RanFirmware extends Simulated {
  readonly kind: FirmwareKind
  readonly request: RunRequest
  readonly own: Inferences | undefined
  /** The `.boardless` file, where the run was recorded. @param report as it is shown */
  readonly recorded: ((report: RunReport) => Promise<Uint8Array>) | undefined
}

/**
 * Runs firmware: a file, or an app that is built first.
 * @param built told of the files before they run @throws UserError
 */
export async function runFirmware(
  firmware: string,
  options: RunFirmwareOptions,
  signal: AbortSignal,
  built: (files: FirmwareFiles) => Promise<void> = () => Promise.resolve(),
): Promise<RanFirmware> {
  await powerChoices(options)
  const kind = kindOf(firmware)
  refuseIgnored(firmware, kind, options)
  const app = kind === 'app' ? firmware : ''
  const own = await Inferences.prepare(app, options)
  const reading = showProgress(`reading ${options.recording ?? options.audio ?? ''}`)
  const inputs = await inputsOf(app, boardChoices(own, options), (fraction, step) =>
    reading.update(fraction, step),
  ).finally(() => reading.done())
  const stdin = own?.stdin ?? (options.stdin === undefined ? undefined : await readInput(options.stdin))
  const target = {
    ...filesOf(firmware, options),
    ...(kind !== 'file' && (await buildFirst(firmware, options))),
  }
  await built(target)
  const request: RunRequest = { app, options, target, ...(stdin && { stdin }) }
  const running = showProgress(`running ${firmware}`)
  const simulation = {
    ...(await simulationOf(request, inputs)),
    signal,
    ...(own && { seconds: own.seconds }),
  }
  const console = firmwareConsole(options, running)
  const recording = options.record === undefined ? undefined : await beginRecording(options.recordWithout)
  const ran = await simulateWhole({
    ...simulation,
    ...recording?.hooks,
    onImage: (image) => tellOf(image, simulation),
    onProgress: (fraction, step) => running.update(fraction, step),
    ...(own !== undefined
      ? { onConsole: own.texts(console.onConsole) }
      : console.onConsole && { onConsole: console.onConsole }),
  }).finally(() => {
    running.done()
    console.end()
  })
  const recorded =
    recording &&
    ((report: RunReport) => recording.finish(simulation, report, () => recording.firmware(target)))
  return { ...ran, kind, request, own, recorded }
}

/** Where its bytes were put, and what of it is not there: before it waits for that for ever. */
function tellOf(image: FirmwareImage, options: SimulateFileOptions): void {
  const { boot } = options
  for (const note of image.notes) printNote(`${image.parts.length === 0 ? `${image.file} ` : ''}${note}`)
  for (const warning of warningsOf(image, bootloaderBefore(machineOf(options).board, image, boot), boot))
    printNote(`${image.file}: ${warning}`)
}

/** What records is loaded where something is to be. */
async function beginRecording(without: readonly ReplayPart[] = []) {
  const { firmwareToKeep } = await import('../files/recorded-run.ts')
  const record = await import('../../runs/recording/record.ts')
  return { ...record.beginRecording(without), firmware: firmwareToKeep }
}

async function buildFirst(
  app: string,
  options: RunFirmwareOptions,
): Promise<Pick<SimulateFileOptions, 'file' | 'build'>> {
  const { buildApp, factsOf } = await import('../running/app.ts')
  const building = showProgress(`building ${app}`)
  const built = await buildApp(app, options, (fraction, step) => building.update(fraction, step)).finally(
    () => building.done(),
  )
  return { file: built.elfPath, build: factsOf(built, options) }
}

async function readInput(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file === '-' ? '/dev/stdin' : file)
  } catch (cause) {
    throw new UserError(
      `${file}: cannot be read for --stdin. Give a file, or - for standard input.`,
      undefined,
      { cause },
    )
  }
}
