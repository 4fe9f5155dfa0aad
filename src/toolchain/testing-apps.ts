import { NANO_33_BLE_SENSE } from '../../emulator/boards/nano33blesense.ts'
import type { BoardDescription } from '../../emulator/boards/board.ts'
import { pipelineTiming } from '../../emulator/cpu/timing.ts'
import { createMachine, type Machine, type MachineStop } from '../../emulator/machine.ts'
import { pin } from '../../emulator/nrf52840/gpio.ts'
import { Microphone } from '../../emulator/parts/microphone.ts'
import { PhaseRecorder, type PhaseSpan } from '../../emulator/probes/phases.ts'
import { CYCLES_PER_SECOND } from '../../emulator/time/ratio-clock.ts'
import { AudioRecording } from '../../emulator/trace/audio.ts'
import { recordingFromRows, type Recording } from '../../emulator/trace/recording.ts'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadImage } from '../image/image.ts'
import { appTable } from './apps.ts'
import { AUDIO_RATE } from './audio.ts'
import { buildFirmware } from './build.ts'
import { projectRoot } from './paths.ts'

/** For tests: an app of ours on the emulated board, at reset. */
export interface RunningApp {
  readonly machine: Machine
  readonly spans: readonly PhaseSpan[]
  text(): string
  /** To a second of simulated time, or to an earlier end. */
  run(seconds: number): MachineStop
}

/** The app's own wires are soldered on, unless `wired` is false. */
export async function startApp(
  app: string,
  input: { readonly recording?: Recording; readonly sound?: Int16Array; readonly wired?: boolean },
): Promise<RunningApp> {
  const { elfPath } = await buildFirmware({
    app,
    kernels: 'cmsis-nn',
    resolver: 'mutable',
    optimise: '-O2',
    console: 'uarte',
  })
  const image = await loadImage(elfPath)
  const text: number[] = []
  const machine: Machine = createMachine({
    board: boardFor(app, input.wired ?? true),
    timing: pipelineTiming,
    profile: false,
    strict: true,
    segments: image.segments,
    vectorTable: image.vectorTable,
    ...(input.recording && { recording: input.recording }),
    onConsole: (byte) => text.push(byte),
    onStimulus: (port, value) => phases.onStimulus(port, value, machine.now),
  })
  const spans: PhaseSpan[] = []
  const phases = new PhaseRecorder(
    (address, length) => machine.readMemory(address, length),
    undefined,
    (span) => spans.push(span),
  )
  if (input.sound) connectMicrophone(machine, input.sound)
  return {
    machine,
    spans,
    text: () => Buffer.from(text).toString('latin1'),
    run: (seconds) => machine.run(Math.round(seconds * CYCLES_PER_SECOND)),
  }
}

/** Without its microphone, whose place connectMicrophone takes. */
function boardFor(app: string, wired: boolean): BoardDescription {
  const wire = wired ? appTable[app]?.wires[0] : undefined
  return {
    ...NANO_33_BLE_SENSE,
    parts: NANO_33_BLE_SENSE.parts
      .filter(({ kind }) => kind !== 'microphone')
      .map((part) => (part.kind === 'lsm9ds1' && wire ? { ...part, int1: wire.to } : part)),
  }
}

function connectMicrophone(machine: Machine, sound: Int16Array): void {
  const part = NANO_33_BLE_SENSE.parts.find(({ kind }) => kind === 'microphone')
  if (part?.kind !== 'microphone') throw new Error('the board has no microphone')
  const { time, power } = machine.chip.context
  const microphone = new Microphone(part.name, time, new AudioRecording(sound, AUDIO_RATE), power)
  machine.chip.microphones.connect(pin(part.clock), pin(part.data), part.side, microphone)
  if (part.supplyPin)
    machine.chip.gpio.watchOutput(pin(part.supplyPin), (driven) => microphone.supply(driven === true))
}

/** The held-out recordings. */
export function heldOutRecording(): Recording {
  const file = join(projectRoot(), 'traces', 'basic-motions', 'heldout.csv')
  const [header = '', ...rows] = readFileSync(file, 'utf8').trim().split('\n')
  return recordingFromRows(
    header.split(','),
    rows.map((row) => row.split(',')),
  )
}
