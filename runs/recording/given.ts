import type { BoardDescription, Wire } from '../../emulator/boards/board.ts'
import type { TimingParameters } from '../../emulator/cpu/timing/timing.ts'
import type { UsbSupply } from '../../emulator/machine.ts'
import type { Cell } from '../../emulator/power/battery.ts'
import type { PartCurrents } from '../../emulator/power/coefficients.ts'
import { AUDIO_RATE, AudioRecording } from '../../emulator/trace/audio.ts'
import { LabelRuns } from '../../emulator/trace/labels.ts'
import { CHANNELS, Recording } from '../../emulator/trace/recording.ts'
import type { EndPolicy } from '../../emulator/trace/recording.ts'
import type { BuildFacts, RecordingFacts } from '../report/observation.ts'
import type { SoundReport } from '../report/run-report.ts'
import type { BootChoice } from '../simulation/begins.ts'
import { RunInputs, type RunInput } from '../simulation/inputs.ts'
import type { PhaseSpec, PointSpec } from '../simulation/phase-specs.ts'
import type { LoadedRecording } from '../simulation/recording.ts'
import { machineOf } from '../simulation/simulate.ts'
import type { SimulateOptions } from '../simulation/simulate.ts'
import type { LoadedSound } from '../simulation/sound.ts'
import type { TimingChoice } from '../simulation/timing-choice.ts'

/** What a run was given besides its firmware, as plain data: enough to make the same run again anywhere. */
export interface Given {
  readonly build: BuildFacts | null
  readonly board: BoardDescription
  readonly timing: TimingParameters
  readonly timingChoice: TimingChoice | null
  readonly strict: boolean
  /** Of runs recorded before there was the choice, undefined. */
  readonly onFault?: 'stop' | null
  /** null: as the board's bootloader leaves it, where that fits; of runs recorded before there was the choice, undefined. */
  readonly boot?: BootChoice | null
  /** null: what the board is usually fed by; of runs recorded before there was the choice, undefined. */
  readonly usb?: UsbSupply | null
  readonly profile: boolean
  readonly seconds: number | null
  readonly phases: readonly SavedPhase[]
  readonly measures: readonly SavedPhase[]
  readonly functions: boolean
  readonly until: SavedPattern | null
  readonly stdin: Uint8Array | null
  /** null where nothing could come on the way. */
  readonly inputs: SavedInputs | null
  readonly cell: Cell | null
  readonly currents: Readonly<Record<string, PartCurrents>> | null
  readonly wires: readonly Wire[]
  readonly recording: SavedRecording | null
  readonly sound: SavedSound | null
}

export interface SavedInputs {
  readonly all: readonly RunInput[]
  readonly feelsMotion: boolean
}

export interface SavedPattern {
  readonly source: string
  readonly flags: string
}

type SavedPoint =
  { readonly kind: 'line'; readonly pattern: SavedPattern } | Extract<PointSpec, { kind: 'place' }>

interface SavedPhase {
  readonly name: string
  readonly from: SavedPoint
  readonly to: SavedPoint
}

interface SavedRecording {
  readonly facts: RecordingFacts
  readonly endPolicy: EndPolicy
  /** Seconds from the first sample. */
  readonly times: Float64Array
  readonly channels: Readonly<Record<string, Float64Array>>
  /** Where each label begins, and the label, empty for none; null without labels. */
  readonly labels: readonly (readonly [sample: number, label: string])[] | null
}

interface SavedSound {
  readonly facts: SoundReport
  readonly endPolicy: EndPolicy
  /** 16-bit samples, little-endian. */
  readonly samples: Uint8Array
}

/** All that `simulate` needs but the firmware. */
export type GivenOptions = Omit<SimulateOptions, 'image' | 'onConsole' | 'onProgress' | 'signal'>

const savedPhase = ({ name, from, to }: PhaseSpec): SavedPhase => ({
  name,
  from: savedPoint(from),
  to: savedPoint(to),
})

export const savedGiven = (options: GivenOptions): Given => ({
  ...chosenMachine(options),
  build: options.build ?? null,
  onFault: options.onFault ?? null,
  boot: options.boot ?? null,
  usb: options.usb ?? null,
  timingChoice: options.timingChoice ?? null,
  profile: options.profile ?? true,
  seconds: options.seconds ?? null,
  phases: (options.phases ?? []).map(savedPhase),
  measures: (options.measures ?? []).map(savedPhase),
  functions: options.functions ?? false,
  until: options.until ? savedPattern(options.until) : null,
  stdin: options.stdin ?? null,
  inputs: options.inputs ? { all: [...options.inputs.all], feelsMotion: options.inputs.feelsMotion } : null,
  cell: options.cell ?? null,
  currents: options.currents ?? null,
  wires: options.wires ?? [],
  recording: options.recording ? savedRecording(options.recording) : null,
  sound: options.audio ? savedSound(options.audio) : null,
})

function chosenMachine(options: GivenOptions): Pick<Given, 'board' | 'timing' | 'strict'> {
  const { board, timing, strict } = machineOf(options)
  return { board, timing, strict }
}

export const givenOf = (saved: Given): GivenOptions => ({
  board: saved.board,
  timing: saved.timing,
  strict: saved.strict,
  ...(saved.onFault && { onFault: saved.onFault }),
  // Before there was the choice, every run began bare.
  ...(saved.boot !== null && { boot: saved.boot ?? 'none' }),
  ...(saved.usb && { usb: saved.usb }),
  profile: saved.profile,
  ...(saved.build && { build: saved.build }),
  ...(saved.timingChoice && { timingChoice: saved.timingChoice }),
  ...(saved.seconds !== null && { seconds: saved.seconds }),
  ...(saved.phases.length > 0 && { phases: saved.phases.map(phaseOf) }),
  ...(saved.measures.length > 0 && { measures: saved.measures.map(phaseOf) }),
  ...(saved.functions && { functions: true }),
  ...(saved.until && { until: patternOf(saved.until) }),
  ...(saved.stdin && { stdin: saved.stdin }),
  ...(saved.inputs && { inputs: new RunInputs(saved.inputs.all, saved.inputs.feelsMotion) }),
  ...(saved.cell && { cell: saved.cell }),
  ...(saved.currents && { currents: saved.currents }),
  ...(saved.wires.length > 0 && { wires: saved.wires }),
  ...(saved.recording && { recording: recordingOf(saved.recording) }),
  ...(saved.sound && { audio: soundOf(saved.sound) }),
})

const savedPattern = ({ source, flags }: RegExp): SavedPattern => ({ source, flags })
const patternOf = ({ source, flags }: SavedPattern): RegExp => new RegExp(source, flags)

const savedPoint = (point: PointSpec): SavedPoint =>
  point.kind === 'line' ? { kind: 'line', pattern: savedPattern(point.pattern) } : point

const pointOf = (point: SavedPoint): PointSpec =>
  point.kind === 'line' ? { kind: 'line', pattern: patternOf(point.pattern) } : point

const phaseOf = ({ name, from, to }: SavedPhase): PhaseSpec => ({
  name,
  from: pointOf(from),
  to: pointOf(to),
})

function savedRecording({ recording, facts }: LoadedRecording): SavedRecording {
  const { labels, times, endPolicy, channels } = recording
  const changes: (readonly [number, string])[] = []
  for (let sample = 0; labels && sample < labels.length; sample++) {
    const found = labels.at(sample)
    const label = found.kind === 'one' ? found.label : ''
    if (changes.at(-1)?.[1] !== label) changes.push([sample, label])
  }
  return { facts, endPolicy, times, channels: Object.fromEntries(channels), labels: labels ? changes : null }
}

function recordingOf({ facts, endPolicy, times, channels, labels }: SavedRecording): LoadedRecording {
  const found = CHANNELS.flatMap((channel) => {
    const values = channels[channel]
    return values ? [[channel, values] as const] : []
  })
  return {
    facts,
    recording: new Recording(new Map(found), times, labels ? labelRuns(labels, times.length) : undefined, {
      endPolicy,
    }),
  }
}

function labelRuns(changes: readonly (readonly [number, string])[], samples: number): LabelRuns {
  const runs = new LabelRuns()
  changes.forEach(([from, label], i) => {
    const to = changes[i + 1]?.[0] ?? samples
    for (let sample = from; sample < to; sample++) runs.push(label)
  })
  return runs
}

function savedSound({ sound, facts }: LoadedSound): SavedSound {
  const bytes = new Uint8Array(2 * sound.samples.length)
  const view = new DataView(bytes.buffer)
  sound.samples.forEach((value, i) => view.setInt16(2 * i, value, true))
  return { facts, endPolicy: sound.endPolicy, samples: bytes }
}

function soundOf({ facts, endPolicy, samples }: SavedSound): LoadedSound {
  const view = new DataView(samples.buffer, samples.byteOffset, samples.byteLength)
  const values = Int16Array.from({ length: samples.length >> 1 }, (_, i) => view.getInt16(2 * i, true))
  return { facts, sound: new AudioRecording(values, AUDIO_RATE, { endPolicy }) }
}
