import { NANO_33_BLE_SENSE } from '../../../emulator/boards/nano33blesense.ts'
import { XIAO_NRF52840_SENSE } from '../../../emulator/boards/xiaonrf52840sense.ts'
import { pipelineTiming } from '../../../emulator/cpu/timing/timing.ts'
import { createMachine, type Machine, type MachineStop } from '../../../emulator/machine.ts'
import { PhaseRecorder, type PhaseSpan } from '../../../emulator/probes/phases.ts'
import { CYCLES_PER_SECOND } from '../../../emulator/time/ratio-clock.ts'
import { AudioRecording } from '../../../emulator/trace/audio.ts'
import { recordingFromRows, type Recording } from '../../../emulator/trace/recording.ts'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadImage } from '../../files/image.ts'
import { appTable } from '../apps/apps.ts'
import { AUDIO_RATE } from '../apps/audio.ts'
import { buildFirmware } from '../build.ts'
import { projectRoot } from '../paths.ts'

/** For tests: an app of ours on the emulated board, at reset. */
export interface RunningApp {
  readonly machine: Machine
  readonly spans: readonly PhaseSpan[]
  text(): string
  /** To a second of simulated time, or to an earlier end. */
  run(seconds: number): MachineStop
}

/** The app's own wires are soldered on, unless `wired` is false; the XIAO needs none. */
export async function startApp(
  app: string,
  input: {
    readonly recording?: Recording
    readonly sound?: Int16Array
    readonly wired?: boolean
    readonly board?: 'nano' | 'xiao'
    /** A .tflite in place of the app's own. */
    readonly model?: string
  },
): Promise<RunningApp> {
  const xiao = input.board === 'xiao'
  const wires = !xiao && input.wired !== false ? (appTable[app]?.wires ?? []) : []
  const { elfPath } = await buildFirmware({
    app,
    kernels: 'cmsis-nn',
    resolver: 'mutable',
    optimise: '-O2',
    console: 'uarte',
    ...(input.model !== undefined && { model: input.model }),
    ...(xiao && { defines: { BOARDLESS_BOARD_XIAO: true } }),
  })
  const image = await loadImage(elfPath)
  const text: number[] = []
  const machine: Machine = createMachine({
    board: xiao ? XIAO_NRF52840_SENSE : NANO_33_BLE_SENSE,
    wires,
    timing: pipelineTiming,
    profile: false,
    strict: true,
    segments: image.segments,
    vectorTable: image.vectorTable,
    ...(input.recording && { recording: input.recording }),
    ...(input.sound && { audio: new AudioRecording(input.sound, AUDIO_RATE) }),
    onConsole: (byte) => text.push(byte),
    onStimulus: (port, value) => phases.onStimulus(port, value, machine.now),
  })
  const spans: PhaseSpan[] = []
  const phases = new PhaseRecorder(
    (address, length) => machine.readMemory(address, length),
    undefined,
    (span) => spans.push(span),
  )
  return {
    machine,
    spans,
    text: () => Buffer.from(text).toString('latin1'),
    run: (seconds) => machine.run(Math.round(seconds * CYCLES_PER_SECOND)),
  }
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
