import type { SimulateOptions } from '../../runs/simulation/simulate.ts'
import { CYCLES_PER_SECOND } from '../../emulator/time/ratio-clock.ts'
import { UserError } from '../../runs/errors.ts'
import { boardNamed, cellNamed } from '../../runs/power-choices.ts'
import { cyclesOf } from '../../runs/recording/instant.ts'
import { parseColumns, parseRate } from '../../runs/sensor-log/choices.ts'
import { machineOf } from '../../runs/simulation/simulate.ts'
import { parseMeasure, parsePhase } from '../../runs/simulation/phase-specs.ts'
import { timingOf, type TimingChoice, type TimingSettings } from '../../runs/simulation/timing-choice.ts'
import { loadCurrents } from '../files/currents.ts'
import { loadImage } from '../files/image.ts'
import { inputOf } from '../running/inputs.ts'

/** Simulated time: seconds, or text with a unit: `20s`, `1.5 min`, `200ms`, `50us`, `64000c` (cycles). */
export type Time = number | string

/** Of firmware and its surroundings; names as on the command line, `boardless run --help`. */
export interface FirmwareOptions {
  /** `nano33ble` (default), `xiao`, `nrf52840dk`. */
  readonly board?: string
  /** Other files that go into the same chip. */
  readonly also?: readonly string[]
  /** Of a raw binary: the address of its first byte. */
  readonly at?: number
  /** `none`, or a file that runs before it. */
  readonly boot?: string
  /** What the motion sensor feels: docs/recordings.md. */
  readonly recording?: string
  /** Of the recording: `ax_g=accX,ay_g=accY`. */
  readonly columns?: string
  /** Of the recording: `100Hz`. */
  readonly rate?: string
  /** WAV for the microphone. */
  readonly audio?: string
  /** When the recording ends (default: stop). */
  readonly end?: 'stop' | 'loop' | 'hold'
  /** What is read from the console and through semihosting. */
  readonly stdin?: string | Uint8Array
  /** `NAME=FUNCTION`, `NAME=FROM..TO`: docs/phases.md. */
  readonly phases?: readonly string[]
  /** `FUNCTION`, `NAME=FROM..TO`: what it takes, inclusive of what it calls. */
  readonly measures?: readonly string[]
  /** Calls are recorded: who called whom. */
  readonly functions?: boolean
  /** Cycles of each function (default: true). */
  readonly profile?: boolean
  /** It ends at the first access to what is not modelled. */
  readonly strict?: boolean
  /** `stop`: a fault ends the run though the firmware has a handler for it. */
  readonly onFault?: 'stop' | 'handler'
  readonly timing?: TimingChoice
  /** Parameters of the timing model: docs/fidelity.md. */
  readonly set?: TimingSettings
  readonly cell?: string
  /** File with coefficients of one's own: docs/currents.md. */
  readonly currents?: string
}

/** @throws UserError */
export function secondsOf(time: Time): number {
  const seconds = typeof time === 'number' ? time : cyclesOf(time) / CYCLES_PER_SECOND
  if (seconds > 0 && seconds < Infinity) return seconds
  throw new UserError(`${JSON.stringify(time)} is no time: give seconds, or text with a unit: 10s, 200ms.`)
}

/** Reads all that is named. @throws UserError naming what is wrong, and where */
export async function simulationOf(file: string, options: FirmwareOptions): Promise<SimulateOptions> {
  const board = boardNamed(options.board ?? 'nano33ble')
  const columns = options.columns === undefined ? undefined : parseColumns(options.columns)
  const rateHz = options.rate === undefined ? undefined : parseRate(options.rate)
  if (options.columns !== undefined && columns === undefined)
    throw new UserError(`columns: ${options.columns}: give NAME=COLUMN: ax_g=accX,ay_g=accY.`)
  if (options.rate !== undefined && rateHz === undefined)
    throw new UserError(`rate: ${options.rate}: give samples a second, such as 100Hz.`)
  const inputs = await inputOf('', {
    ...options,
    board,
    end: options.end ?? 'stop',
    log: { columns, rateHz },
  })
  const image = await loadImage(
    {
      file,
      also: options.also,
      at: options.at,
      bootFile: options.boot === 'none' ? undefined : options.boot,
    },
    machineOf({ board }).board,
  )
  const { stdin } = options
  return {
    image,
    board,
    ...inputs,
    ...(options.boot === 'none' && { boot: 'none' }),
    ...(stdin !== undefined && {
      stdin: typeof stdin === 'string' ? new TextEncoder().encode(stdin) : stdin,
    }),
    ...(options.phases && { phases: options.phases.map(parsePhase) }),
    ...(options.measures && { measures: options.measures.map(parseMeasure) }),
    ...(options.functions && { functions: true }),
    profile: options.profile ?? true,
    strict: options.strict ?? false,
    ...(options.onFault === 'stop' && { onFault: 'stop' }),
    timing: timingOf(options),
    ...(options.timing && { timingChoice: options.timing }),
    ...(options.cell !== undefined && { cell: cellNamed(options.cell) }),
    ...(options.currents !== undefined && { currents: await loadCurrents(options.currents) }),
  }
}
