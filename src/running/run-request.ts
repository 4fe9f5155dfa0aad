import type { Wire } from '../../emulator/boards/board.ts'
import type { UsbSupply } from '../../emulator/machine.ts'
import type { EndPolicy } from '../../emulator/trace/recording.ts'
import { boardNamed, cellNamed } from '../../runs/power-choices.ts'
import { loadCurrents } from '../files/currents.ts'
import type { ColumnChoice } from '../../runs/sensor-log/choices.ts'
import type { AppChoices } from './app.ts'
import { inputOf } from './inputs.ts'
import type { PhaseSpec } from '../../runs/simulation/phase-specs.ts'
import type { FirmwareFiles } from '../files/image.ts'
import type { SimulateFileOptions } from '../files/simulate.ts'
import { timingOf, type TimingChoice, type TimingSettings } from '../../runs/simulation/timing-choice.ts'

/** What the user chooses of a run. */
export interface RunChoices extends AppChoices {
  readonly for?: number
  readonly phase?: readonly PhaseSpec[]
  readonly measure?: readonly PhaseSpec[]
  readonly until?: RegExp
  readonly stdin?: string
  readonly strict?: boolean
  readonly onFault?: 'stop' | 'handler'
  readonly usb?: UsbSupply
  /** Beside the first file: others that go into the same chip. */
  readonly also?: readonly string[]
  /** Of a raw binary. */
  readonly at?: number
  /** `none`, or a file that runs before it. */
  readonly boot?: string
  readonly recording?: string
  /** Of the recording, where its titles do not say. */
  readonly columns?: readonly ColumnChoice[]
  /** Samples a second of the recording, in place of its time. */
  readonly rate?: number
  /** WAV for the microphone. */
  readonly audio?: string
  readonly wire?: readonly Wire[]
  readonly end?: EndPolicy
  readonly profile: boolean
  /** Calls are recorded. */
  readonly functions?: boolean
  readonly set?: TimingSettings
  readonly timing?: TimingChoice
  readonly board?: string
  readonly cell?: string
  /** File with coefficients of the user's. */
  readonly currents?: string
}

/** A run as it was asked for and built: all that another thread needs to make it too. */
export interface RunRequest {
  /** Of ours, or empty: what it is played unless the options say otherwise. */
  readonly app: string
  readonly options: RunChoices
  readonly target: FirmwareFiles & Pick<SimulateFileOptions, 'build'>
  /** What `--stdin` names, read. */
  readonly stdin?: Uint8Array
}

/** The files that a run of `file` is made of. */
export const filesOf = (file: string, { also, at, boot }: RunChoices): FirmwareFiles => ({
  file,
  ...(also && { also }),
  ...(at !== undefined && { at }),
  ...(boot !== undefined && boot !== 'none' && { bootFile: boot }),
})

/** @param inputs where they have been read already @throws UserError */
export async function simulationOf(
  { app, options, target, stdin }: RunRequest,
  inputs?: Awaited<ReturnType<typeof inputOf>>,
): Promise<SimulateFileOptions> {
  const power = await powerChoices(options)
  return {
    ...target,
    profile: options.profile,
    ...(options.onFault === 'stop' && { onFault: 'stop' }),
    ...(options.usb && { usb: options.usb }),
    ...(options.boot === 'none' && { boot: 'none' }),
    ...power,
    ...(inputs ?? (await inputsOf(app, options))),
    ...(stdin && { stdin }),
    ...(options.for !== undefined && { seconds: options.for }),
    ...(options.functions && { functions: true }),
    ...(options.phase && { phases: options.phase }),
    ...(options.measure && { measures: options.measure }),
    ...(options.until && { until: options.until }),
    ...(options.strict !== undefined && { strict: options.strict }),
    timing: timingOf(options),
    ...(options.timing !== undefined && { timingChoice: options.timing }),
  }
}

/** What an app or the user's choices give it to feel and hear. @throws UserError */
export const inputsOf = async (
  app: string,
  options: RunChoices,
  onProgress?: (fraction: number, step: string) => void,
): ReturnType<typeof inputOf> =>
  inputOf(app, {
    ...options,
    log: { columns: options.columns, rateHz: options.rate },
    onProgress,
    end: options.end ?? 'stop',
    board: boardNamed(options.board ?? 'nano33ble'),
    wires: options.wire,
  })

/** Said before anything is built. @throws UserError */
export async function powerChoices({
  board,
  cell,
  currents,
}: RunChoices): Promise<Pick<SimulateFileOptions, 'board' | 'cell' | 'currents'>> {
  return {
    ...(board !== undefined && { board: boardNamed(board) }),
    ...(cell !== undefined && { cell: cellNamed(cell) }),
    ...(currents !== undefined && { currents: await loadCurrents(currents) }),
  }
}
