import type { StackFrame } from '../image/unwind.ts'
import type { RecordingFacts } from '../report/observation.ts'
import type { BeganReport, FaultReport } from '../report/run-report.ts'
import type { Statistics } from '../../emulator/timeline/statistics.ts'
import type { TrackInfo } from '../../emulator/timeline/track.ts'

/** What is open: a report alone, a run that is over, firmware that runs here, or what the lab made. */
export type OpenKind = 'report' | 'recorded' | 'live' | 'lab'

export interface OpenFacts {
  readonly kind: OpenKind
  /** Name of the file, or of the app. */
  readonly title: string
  readonly board: string
  readonly clockHz: number
  readonly supplyVolts: number
  /** Empty for a report alone. */
  readonly tracks: readonly TrackInfo[]
  /** Cycles that are on the timeline. */
  readonly from: number
  readonly to: number
  /** What its sensors feel. */
  readonly recording?: RecordingFacts | undefined
  /** Of a run here: what its firmware is, and how it begins. */
  readonly firmware?: FirmwareFacts | undefined
  /** Why nothing of it can be run again; empty where it can. */
  readonly whyNoReplay: string
}

export interface FirmwareFacts {
  readonly began: BeganReport
  /** Where a raw binary was put and why, and what was left out. */
  readonly notes: readonly string[]
  /** What it needs and is not there. */
  readonly warnings: readonly string[]
  /** Where the raw binary among its files is; undefined where there is none. */
  readonly binaryAt: number | undefined
  /** The board's bootloader, whose state it could begin in. */
  readonly bootloader: string | undefined
}

export interface LedState {
  readonly name: string
  /** Share of the time that it is lit now, as a PWM makes it. */
  readonly brightness: number
  /** Share of the time since it was last told of in which it was lit; of an instant in the past, 0 or 1. */
  readonly lit: number
}

/** Levels of P0.00 to P1.15, and which of them the chip drives. */
export interface PinStates {
  readonly levels: Uint8Array
  readonly driven: Uint8Array
}

/** A run as far as it has come. */
export interface LiveState {
  readonly cycle: number
  /** At which it ends, when nothing ends it before. */
  readonly limit: number
  readonly instructions: number
  readonly sleepCycles: number
  readonly isAsleep: boolean
  readonly isRunning: boolean
  /** Where one looks, when that is in the past. */
  readonly cursor: number | undefined
  /** In a sentence, when it has ended by itself. */
  readonly ended: string | undefined
  readonly crashed: boolean
  readonly fault: FaultReport | undefined
  /** Why it stopped, when a breakpoint made it. */
  readonly stoppedAt: string | undefined
  /** Simulated time by real time, over the last half second; undefined while nothing runs. */
  readonly timesRealTime: number | undefined
  /** Of the board, over the last second at most. */
  readonly averageMicroamps: number
  readonly leds: readonly LedState[]
  readonly pins: PinStates
  /** How many the firmware has printed. */
  readonly predictions: number
  /** How many inputs it has been given on the way. */
  readonly inputs: number
}

/** What to go to. */
export type StepKind = 'instruction' | 'line' | 'inference'

export interface CodeLine {
  readonly address: number
  readonly text: string
  /** Of a branch or call, where that leads, by name. */
  readonly target: string
  /** `file.cc:12`, where it is another than that of the instruction before. */
  readonly source: string
  readonly isNext: boolean
  readonly hasBreakpoint: boolean
}

/** The machine where one looks. */
export interface MachineView {
  readonly cycle: number
  readonly isPast: boolean
  readonly instructions: number
  readonly sleepCycles: number
  readonly isAsleep: boolean
  /** R0 to R12, SP, LR, PC. */
  readonly registers: readonly number[]
  readonly xpsr: number
  /** Thread, or the exception whose handler executes. */
  readonly mode: string
  readonly where: string
  readonly function: string
  readonly callStack: readonly StackFrame[]
  readonly code: readonly CodeLine[]
  readonly leds: readonly LedState[]
  readonly pins: PinStates
}

export interface MemoryView {
  readonly address: number
  readonly bytes: Uint8Array
  /** Of each 16 bytes: what variable or function they begin in. */
  readonly names: readonly string[]
}

export interface Found {
  readonly name: string
  readonly address: number
  readonly bytes: number
  readonly kind: 'function' | 'variable'
}

export type Pace = 'fast' | 'real-time'

/** Told without being asked. */
export type SessionEvent =
  | { readonly event: 'state'; readonly state: LiveState }
  | { readonly event: 'console'; readonly bytes: Uint8Array }
  /** Tracks have come to be, or the run has gone on: it may be drawn anew. */
  | { readonly event: 'timeline'; readonly to: number; readonly tracks: readonly TrackInfo[] | undefined }

export type StatisticsAnswer = Readonly<Record<string, Statistics>>
