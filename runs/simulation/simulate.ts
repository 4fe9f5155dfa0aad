import type { BoardDescription, Wire } from '../../emulator/boards/board.ts'
import { NANO_33_BLE_SENSE } from '../../emulator/boards/nano33blesense.ts'
import { pipelineTiming } from '../../emulator/cpu/timing/timing.ts'
import type { UsbSupply } from '../../emulator/machine.ts'
import type { TimingParameters } from '../../emulator/cpu/timing/timing.ts'
import type { Cell } from '../../emulator/power/battery.ts'
import type { PartCurrents } from '../../emulator/power/coefficients.ts'
import { CYCLES_PER_SECOND } from '../../emulator/time/ratio-clock.ts'
import type { FirmwareImage } from '../image/image.ts'
import { TOOL_VERSION } from '../version.ts'
import { bootloaderBefore, type BootChoice } from './begins.ts'
import { cacheMatters, costOfCacheOff } from './cache-off.ts'
import { buildReport } from '../report/build.ts'
import { duration } from '../report/show/format.ts'
import type { BuildFacts, Observation } from '../report/observation.ts'
import type { RunReport, StopKind } from '../report/run-report.ts'
import type { RunInputs } from './inputs.ts'
import { observe } from './observe.ts'
import type { PhaseSpec } from './phase-specs.ts'
import type { LoadedRecording } from './recording.ts'
import type { LoadedSound } from './sound.ts'
import type { TimingChoice } from './timing-choice.ts'

/** Simulated time of a run that nothing else ends. */
const DEFAULT_SECONDS = 10

export interface SimulateOptions {
  readonly image: FirmwareImage
  readonly build?: BuildFacts
  readonly recording?: LoadedRecording
  readonly seconds?: number
  readonly phases?: readonly PhaseSpec[]
  readonly measures?: readonly PhaseSpec[]
  readonly until?: RegExp
  readonly stdin?: Uint8Array
  /** What reaches the board on the way; the sensors feel its motion where it has any, and no recording. */
  readonly inputs?: RunInputs
  readonly strict?: boolean
  readonly onFault?: 'stop'
  /** Left out: what the board is usually fed by. */
  readonly usb?: UsbSupply
  /** Left out: as the board's own bootloader starts it, where the firmware lies behind that. */
  readonly boot?: BootChoice
  readonly profile?: boolean
  /** Calls are recorded: who called whom. */
  readonly functions?: boolean
  readonly timing?: TimingParameters
  /** Of which `timing` was made. */
  readonly timingChoice?: TimingChoice
  readonly board?: BoardDescription
  readonly cell?: Cell
  readonly currents?: Readonly<Record<string, PartCurrents>>
  readonly audio?: LoadedSound
  readonly wires?: readonly Wire[]
  readonly onConsole?: (byte: number) => void
  readonly onProgress?: (fraction: number, step: string) => void
  readonly signal?: AbortSignal
  /** Where snapshots of the way are kept. */
  readonly snapshots?: Observed['snapshots']
  /** Before the run begins: for those who want to hear of it as it happens. */
  readonly attach?: Observed['attach']
}

/** A run that is over: its report, and what that was made of. */
export interface Simulated {
  readonly report: RunReport
  readonly image: FirmwareImage
  readonly observation: Observation
}

/** Runs firmware on a board, the Nano 33 BLE Sense when none is given, and reports. @throws UserError */
export const simulate = async (options: SimulateOptions): Promise<RunReport> =>
  (await simulateWhole(options)).report

/** The same for whoever needs more than the report has. @throws UserError */
export async function simulateWhole(options: SimulateOptions): Promise<Simulated> {
  const { image } = options
  const observation = await observe(observeOptionsOf(options))
  return { report: await reportOf(options, observation), image, observation }
}

/** The report of a run that was observed. */
export async function reportOf(options: SimulateOptions, observation: Observation): Promise<RunReport> {
  const { image, build, recording, signal } = options
  const { board, timing, profile } = observeOptionsOf(options)
  const { run: ran } = observation
  const isOff = observation.board.instructionCache === 'off' && ran.stop !== 'interrupted'
  const cacheOff =
    profile && isOff && cacheMatters(timing)
      ? await costOfCacheOff({ ...machineOf(options), ...leftByOf(options), ...image, ran, signal })
      : undefined
  return buildReport({
    toolVersion: TOOL_VERSION,
    image,
    observation,
    chosen: {
      timing,
      timingChoice: options.timingChoice ?? 'nrf52840',
      cell: options.cell,
      wires: options.wires ?? [],
      currents: options.currents,
      boardCurrents: board.currents,
    },
    ...(cacheOff && { cacheOff }),
    ...(build && { build }),
    ...(recording && { recording: recording.facts }),
    ...(options.audio && { sound: options.audio.facts }),
  })
}

type Observed = Parameters<typeof observe>[0]

/** The machine that is run on: what the options leave open is as everywhere. */
export const machineOf = ({
  board = NANO_33_BLE_SENSE,
  timing = pipelineTiming,
  strict = false,
  onFault,
  usb,
  recording,
  currents,
  audio,
  wires,
  stdin,
}: Omit<SimulateOptions, 'image'>): Pick<
  Observed,
  'board' | 'timing' | 'strict' | 'onFault' | 'usb' | 'recording' | 'currents' | 'audio' | 'wires' | 'stdin'
> => ({
  board,
  timing,
  strict,
  ...(onFault && { onFault }),
  ...(usb && { usb }),
  ...(recording && { recording: recording.recording }),
  ...(currents && { currents }),
  ...(audio && { audio: audio.sound }),
  ...(wires && { wires }),
  ...(stdin && { stdin }),
})

const leftByOf = (options: SimulateOptions): Pick<Observed, 'leftBy'> => {
  const leftBy = bootloaderBefore(machineOf(options).board, options.image, options.boot)
  return leftBy ? { leftBy } : {}
}

/** What is run of a firmware, and until when: the same for a run and for one that is made again. */
export function observeOptionsOf(options: SimulateOptions): Observed {
  const {
    image,
    inputs,
    until,
    onConsole,
    onProgress,
    signal,
    phases,
    measures,
    functions,
    cell,
    snapshots,
    attach,
  } = options
  const { cycles, limit } = limitOf(options)
  const progress = (now: number): void =>
    onProgress?.(
      now / cycles,
      `${duration(now / CYCLES_PER_SECOND)} of ${duration(cycles / CYCLES_PER_SECOND)}`,
    )
  return {
    ...machineOf(options),
    ...leftByOf(options),
    ...(options.boot && { boot: options.boot }),
    image,
    profile: options.profile ?? true,
    limitCycles: cycles,
    limit,
    sleepsOn: options.seconds !== undefined || limit.kind === 'recording-end',
    ...(phases && { phases }),
    ...(measures && { measures }),
    ...(functions && { calls: true }),
    ...(until && { until }),
    ...(inputs && { inputs }),
    ...(cell && { cell }),
    ...(onConsole && { onConsole }),
    ...(signal && { signal }),
    ...(onProgress && { onProgress: progress }),
    ...(snapshots && { snapshots }),
    ...(attach && { attach }),
  }
}

/** The earliest of: --for, the end of a recording that is not to go on, ten seconds where there is neither. */
function limitOf({ seconds, recording, audio }: SimulateOptions): {
  cycles: number
  limit: { kind: StopKind; detail: string }
} {
  const recordingEnd = Math.min(recording?.recording.endCycle ?? Infinity, audio?.sound.endCycle ?? Infinity)
  const given = seconds === undefined ? Infinity : Math.round(seconds * CYCLES_PER_SECOND)
  if (recordingEnd <= given && recordingEnd < Infinity) {
    return { cycles: recordingEnd, limit: { kind: 'recording-end', detail: 'the recording is over' } }
  }
  if (seconds !== undefined) {
    return { cycles: given, limit: { kind: 'time', detail: `${duration(seconds)} are over, as --for says` } }
  }
  const detail = `${DEFAULT_SECONDS} s are over, the default; --for gives more`
  return { cycles: DEFAULT_SECONDS * CYCLES_PER_SECOND, limit: { kind: 'time', detail } }
}
