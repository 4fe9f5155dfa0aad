import type { Wire } from '../../emulator/boards/board.ts'
import type { UsbSupply } from '../../emulator/machine.ts'
import type { EndPolicy } from '../../emulator/trace/recording.ts'
import { blobSource, bytesSource, type ByteSource } from '../bytes/byte-source.ts'
import { UserError } from '../errors.ts'
import { parseAddress } from '../image/files/address.ts'
import { impossibleTogether } from '../open-parameters/possible.ts'
import { boardNamed, cellNamed } from '../power-choices.ts'
import { CYCLES_PER_SECOND } from '../../emulator/time/ratio-clock.ts'
import { cyclesOf } from '../recording/instant.ts'
import { parseColumns, parseRate } from '../sensor-log/choices.ts'
import type { LogChoices } from '../sensor-log/choices.ts'
import { readSensorLog } from '../sensor-log/sensor-log.ts'
import type { BootChoice } from '../simulation/begins.ts'
import { RunInputs } from '../simulation/inputs.ts'
import { parseMeasure, parsePhase } from '../simulation/phase-specs.ts'
import { FELT, recordingOf, type LoadedRecording } from '../simulation/recording.ts'
import type { SimulateOptions } from '../simulation/simulate.ts'
import { readSound } from '../simulation/sound.ts'
import { timingOf, type TimingChoice, type TimingSettings } from '../simulation/timing-choice.ts'
import { checkWires, wiresFor } from '../simulation/wires.ts'

/** A file that the user gave. */
export interface GivenFile {
  readonly name: string
  readonly bytes: Uint8Array | Blob
}

/** What a run is given beside its firmware, as a page asks for it: the command line's options, as they are typed there. */
export interface RunChoices {
  readonly board?: string
  readonly recording?: GivenFile
  readonly columns?: string
  readonly rate?: string
  readonly sound?: GivenFile
  /** What happens at the end of recording and sound. */
  readonly end?: EndPolicy
  /** Sensors feel what comes on the way, and no recording. */
  readonly feelsMotion?: boolean
  /** `--for`; a day where nothing else ends it. */
  readonly duration?: string
  readonly until?: string
  readonly cell?: string
  readonly timing?: TimingChoice
  readonly set?: TimingSettings
  readonly phases?: readonly string[]
  readonly measures?: readonly string[]
  readonly wires?: readonly Wire[]
  readonly strict?: boolean
  readonly onFault?: 'stop'
  /** Where the one raw binary of the firmware goes. */
  readonly at?: string
  /** Nothing has run before it: it begins as after a reset. */
  readonly boot?: BootChoice
  /** What its USB connector is plugged into. */
  readonly usb?: UsbSupply
  readonly functions?: boolean
}

const A_DAY = 86_400

/** @throws UserError in one line, in the words of the command line's option */
export async function optionsOf(choices: RunChoices): Promise<Omit<SimulateOptions, 'image'>> {
  const board = boardNamed(choices.board ?? 'nano33ble')
  const { recording, sound, end = 'stop', cell, until, strict, functions, phases, measures } = choices
  const timing = timingOf(choices)
  const cannot = impossibleTogether(timing)
  if (cannot !== undefined) throw new UserError(`--set timing.${cannot}`)
  checkWires(choices.wires ?? [], board)
  if (sound && !board.parts.some(({ kind }) => kind === 'microphone'))
    throw new UserError(`${sound.name}: ${board.name} has no microphone.`)
  const wires = wiresFor(board, choices.wires ?? [])
  return {
    board,
    timing,
    seconds: choices.duration === undefined ? A_DAY : secondsOf(choices.duration),
    inputs: new RunInputs([], choices.feelsMotion ?? false),
    ...(choices.timing !== undefined && { timingChoice: choices.timing }),
    ...(recording && { recording: await feltOf(recording, choices) }),
    ...(sound && { audio: await readSound(sourceOf(sound), end) }),
    ...(wires.length > 0 && { wires }),
    ...(cell !== undefined && { cell: cellNamed(cell) }),
    ...(until !== undefined && { until: patternOf(until) }),
    ...(strict !== undefined && { strict }),
    ...(choices.onFault && { onFault: choices.onFault }),
    ...(choices.boot && { boot: choices.boot }),
    ...(choices.usb && { usb: choices.usb }),
    ...(functions && { functions }),
    ...(phases && { phases: phases.map(parsePhase) }),
    ...(measures && { measures: measures.map(parseMeasure) }),
  }
}

async function feltOf(file: GivenFile, choices: RunChoices): Promise<LoadedRecording> {
  const log = await readSensorLog(sourceOf(file), { ...logChoices(choices), ...FELT })
  return recordingOf(log, file.name, choices.end ?? 'stop')
}

const sourceOf = ({ name, bytes }: GivenFile): ByteSource =>
  bytes instanceof Uint8Array ? bytesSource(name, bytes) : blobSource(name, bytes)

function logChoices({ columns, rate }: RunChoices): LogChoices {
  const found = {
    columns: columns === undefined ? undefined : parseColumns(columns),
    rateHz: rate === undefined ? undefined : parseRate(rate),
  }
  if (columns !== undefined && found.columns === undefined)
    throw new UserError(
      `${columns}: give NAME=COLUMN, each name once: ax_g=accX,ay_g=accY,az_g=accZ,time_ms=col1.`,
    )
  if (rate !== undefined && found.rateHz === undefined)
    throw new UserError(`${rate}: give samples a second, such as 100Hz.`)
  return found
}

/** @throws UserError */
export function addressOf({ at }: RunChoices): number | undefined {
  if (at === undefined) return undefined
  const address = parseAddress(at)
  if (address === undefined) throw new UserError(`${at}: give an address, such as 0x10000.`)
  return address
}

function secondsOf(text: string): number {
  const seconds = cyclesOf(text) / CYCLES_PER_SECOND
  if (seconds > 0 && seconds < Infinity) return seconds
  throw new UserError(`${text}: give a time with a unit: 10s, 200ms, 2min.`)
}

function patternOf(text: string): RegExp {
  try {
    return new RegExp(text)
  } catch {
    throw new UserError(`${text}: give a JavaScript regular expression, which a whole line shall match.`)
  }
}
