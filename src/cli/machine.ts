import type { BoardDescription } from '../../emulator/boards/board.ts'
import type { Cycles } from '../../emulator/cpu/bus.ts'
import type { TimingParameters } from '../../emulator/cpu/timing.ts'
import type { CodeProfile } from '../../emulator/probes/functions.ts'
import type { TouchedRam } from '../../emulator/probes/memory.ts'
import type { ProbeTarget } from '../../emulator/probes/target.ts'
import type { Recording } from '../../emulator/trace/recording.ts'
import type { Segment } from '../image/memory-map.ts'
import type { RunReport } from '../report/run-report.ts'

/** What the commands ask of the emulated board. */
export interface MachineOptions {
  readonly board: BoardDescription
  readonly segments: readonly Segment[]
  readonly vectorTable: number
  readonly recording?: Recording
  readonly timing: TimingParameters
  /** Count cycles and executions of each instruction. */
  readonly profile: boolean
  /** Stop at the first access to what is not modelled. */
  readonly strict: boolean
  /** Bytes that arrive on the console's RX line, and for semihosting's SYS_READC. */
  readonly stdin?: Uint8Array
  /** A byte of UART, semihosting or ITM port 0 output. */
  readonly onConsole: (byte: number) => void
  /** A write to an ITM stimulus port other than 0. */
  readonly onStimulus: (port: number, value: number) => void
}

export interface MachineFault {
  readonly causes: readonly string[]
  readonly cfsr: number
  readonly hfsr: number
  readonly mmfar: number | null
  readonly bfar: number | null
  /** R0 to R15 before the exception's entry; R15 is the faulting instruction. */
  readonly registers: readonly number[]
  readonly xpsr: number
  /** Disassembled. */
  readonly instruction: string
}

export type MachineStop =
  /** `until` is reached, or `stop()` was called. */
  | { readonly kind: 'paused' }
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'fault'; readonly fault: MachineFault }
  | { readonly kind: 'asleep-for-ever' }
  | { readonly kind: 'breakpoint' }
  | { readonly kind: 'unmodelled'; readonly name: string }

export interface Machine extends ProbeTarget {
  run(until: Cycles): MachineStop
  /** Makes `run` return at the next instruction boundary; for callbacks. */
  stop(): void
  readonly instructions: number
  readonly sleepCycles: Cycles
  readonly touched: TouchedRam
  readonly profile: CodeProfile | undefined
  readonly instructionCache: 'on' | 'off'
  readonly interrupts: RunReport['interrupts']
  readonly unmodelled: RunReport['unmodelled']
  readonly problems: RunReport['problems']
  /** Samples outside the sensors' full scale, by channel. */
  readonly clippedSamples: Readonly<Record<string, number>>
}

export type CreateMachine = (options: MachineOptions) => Machine
