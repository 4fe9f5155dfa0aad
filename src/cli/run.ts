import { existsSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Wire } from '../../emulator/boards/board.ts'
import type { EndPolicy } from '../../emulator/trace/recording.ts'
import { pipelineTiming } from '../../emulator/cpu/timing.ts'
import type { TimingParameters } from '../../emulator/cpu/timing.ts'
import { UserError } from '../errors.ts'
import { openParameters } from '../fidelity/parameters.ts'
import { renderUncertainty } from '../fidelity/render-uncertainty.ts'
import { checkUncertain, measureUncertainty } from '../fidelity/uncertainty.ts'
import { boardNamed, cellNamed, loadCurrents } from '../power/choices.ts'
import { renderReport } from '../report/render.ts'
import type { RunReport } from '../report/run-report.ts'
import { serialise, writeWhole } from '../report/write.ts'
import { apps } from '../toolchain/units.ts'
import { buildApp, factsOf } from './app.ts'
import type { AppChoices } from './app.ts'
import { inputOf } from './inputs.ts'
import { checkReachedApp, exitCodeOf } from './outcome.ts'
import { simulate } from './simulate.ts'
import type { SimulateOptions } from './simulate.ts'
import { showProgress, styleFor } from './terminal.ts'
import type { Progress } from './terminal.ts'

export interface RunOptions extends AppChoices {
  readonly for?: number
  readonly until?: RegExp
  readonly stdin?: string
  readonly strict?: boolean
  readonly recording?: string
  /** WAV for the microphone. */
  readonly audio?: string
  readonly wire?: readonly Wire[]
  readonly end?: EndPolicy
  readonly profile: boolean
  readonly set?: TimingParameters
  readonly board?: string
  readonly cell?: string
  /** File with coefficients of the user's. */
  readonly currents?: string
  /** Where the intervals go as JSON, beside the table. */
  readonly uncertainty?: string | true
  readonly json?: string
  readonly quiet?: boolean
}

/** Runs firmware: a file, or an app that is built first. */
export async function run(firmware: string, options: RunOptions, signal: AbortSignal): Promise<number> {
  if (options.uncertainty !== undefined) checkUncertain(options.set ?? pipelineTiming, openParameters)
  const power = await powerChoices(options)
  const isApp = apps.includes(firmware) && !existsSync(firmware)
  const isFolder = !isApp && existsSync(firmware) && statSync(firmware).isDirectory()
  const board = power.board ?? boardNamed('nano33ble')
  const input = await inputOf(isApp ? firmware : '', {
    ...options,
    end: options.end ?? 'stop',
    board,
    wires: options.wire,
  })
  const stdin = options.stdin === undefined ? undefined : await readInput(options.stdin)
  const target = isApp || isFolder ? await buildFirst(firmware, options) : { file: firmware }
  const running = showProgress(`running ${firmware}`)
  const simulation: SimulateOptions = {
    ...target,
    profile: options.profile,
    signal,
    ...power,
    ...input,
    ...(stdin && { stdin }),
    ...(options.for !== undefined && { seconds: options.for }),
    ...(options.until && { until: options.until }),
    ...(options.strict !== undefined && { strict: options.strict }),
    ...(options.set && { timing: options.set }),
  }
  const report = await simulate({
    ...simulation,
    onProgress: (fraction, step) => running.update(fraction, step),
    ...(options.quiet !== true && { onConsole: printer(running) }),
  }).finally(() => running.done())
  if (options.json !== undefined) await writeWhole(options.json, serialise(report))
  const endsInLine = options.quiet === true || /(^|\n)$/.test(report.console.text)
  process.stdout.write(`${endsInLine ? '' : '\n'}${renderReport(report, styleFor(process.stdout))}`)
  if (options.uncertainty !== undefined && report.run.stop !== 'interrupted')
    await showUncertainty(simulation, report, options.uncertainty)
  const exitCode = exitCodeOf(report, options.until !== undefined)
  if (isApp && firmware === 'gesture' && report.run.stop === 'recording-end') checkReachedApp(report)
  return exitCode
}

/** Said before anything is built. @throws UserError */
async function powerChoices({
  board,
  cell,
  currents,
}: RunOptions): Promise<Pick<SimulateOptions, 'board' | 'cell' | 'currents'>> {
  return {
    ...(board !== undefined && { board: boardNamed(board) }),
    ...(cell !== undefined && { cell: cellNamed(cell) }),
    ...(currents !== undefined && { currents: await loadCurrents(currents) }),
  }
}

/** Runs again with each open parameter of the timing model at the ends of its range. */
async function showUncertainty(
  simulation: SimulateOptions,
  report: RunReport,
  file: string | true,
): Promise<void> {
  const progress = showProgress('uncertainty')
  const uncertainty = await measureUncertainty({
    timing: simulation.timing ?? pipelineTiming,
    parameters: openParameters,
    report,
    run: (timing) => simulate({ ...simulation, timing, profile: false }),
    onProgress: (fraction, step) => progress.update(fraction, step),
  }).finally(() => progress.done())
  if (file !== true) await writeWhole(file, `${JSON.stringify(uncertainty, undefined, 2)}\n`)
  process.stdout.write(renderUncertainty(uncertainty, styleFor(process.stdout)))
}

async function buildFirst(
  app: string,
  options: RunOptions,
): Promise<Pick<SimulateOptions, 'file' | 'build'>> {
  const building = showProgress(`building ${app}`)
  const built = await buildApp(app, options, building).finally(() => building.done())
  return { file: built.elfPath, build: factsOf(built) }
}

/** A longer line of the firmware is shown in pieces. */
const LONGEST_LINE = 4096

/** Firmware output goes to the terminal as it comes, line by line. */
function printer(progress: Progress): (byte: number) => void {
  let line: number[] = []
  const print = (): void => {
    if (line.length === 0) return
    progress.clear()
    process.stdout.write(Buffer.from(line))
    line = []
  }
  process.once('exit', print)
  return (byte) => {
    line.push(byte)
    if (byte === 10 || line.length === LONGEST_LINE) print()
  }
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
