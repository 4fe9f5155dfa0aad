import type { Machine, MachineOptions, MachineSnapshot } from '../../emulator/machine.ts'
import type { Cell } from '../../emulator/power/battery.ts'
import type { TimedCallListener } from '../../emulator/probes/call-tracer.ts'
import type { OperatorListener } from '../../emulator/probes/operators.ts'
import type { PhaseListener } from '../../emulator/probes/phases.ts'
import type { CodeRange } from '../../emulator/probes/target.ts'
import type { SnapshotKeeper } from '../../emulator/snapshot/keeper.ts'
import type { Sections, SectionSource } from '../../emulator/snapshot/sections.ts'
import type { Recording } from '../../emulator/trace/recording.ts'
import type { FirmwareImage } from '../image/image.ts'
import type { FunctionRange } from '../image/symbols.ts'
import type { StopKind } from '../report/run-report.ts'
import type { BootChoice } from './begins.ts'
import type { RunInputs } from './inputs.ts'
import type { PhaseSpec } from './phase-specs.ts'

/** A run as far as it has come: the machine, and what those have seen who watch it. */
export interface RunSnapshot {
  readonly cycle: number
  readonly machine: MachineSnapshot
  readonly watchers: Sections
}

/** What is run, until when, and who wants to hear of it. */
export interface ObserveOptions extends Omit<
  MachineOptions,
  'segments' | 'vectorTable' | 'functions' | 'onConsole' | 'onStimulus' | 'recording'
> {
  readonly image: FirmwareImage
  /** As it was chosen; `leftBy` is what comes of it. */
  readonly boot?: BootChoice
  readonly recording?: Recording
  /** What reaches the board from outside on the way; whoever has it may add to its end while the run goes on. */
  readonly inputs?: RunInputs
  readonly limitCycles: number
  /** Who calls whom is recorded. */
  readonly calls?: boolean
  /** Whose life the report tells. */
  readonly cell?: Cell
  /** Why the limit is where it is. */
  readonly limit: { readonly kind: StopKind; readonly detail: string }
  /** Phases that the firmware does not mark. */
  readonly phases?: readonly PhaseSpec[]
  /** What is measured from one place to another, passage by passage. */
  readonly measures?: readonly PhaseSpec[]
  /** A processor that nothing can wake any more sleeps on to the limit: it was asked for, or a recording goes on. */
  readonly sleepsOn?: boolean
  /** The run ends when the console has printed a match. */
  readonly until?: RegExp
  readonly onConsole?: (byte: number) => void
  readonly onProgress?: (cycles: number) => void
  readonly signal?: AbortSignal
  /** Where snapshots of the way are kept, when there are to be any. */
  readonly snapshots?: SnapshotKeeper<RunSnapshot>
  /** Before the run begins: for those who want to hear of phases and operators as they happen. */
  readonly attach?: (machine: Machine) => RunListeners
}

/** Who wants to hear of each call, where calls are recorded. */
export interface WatchedCalls {
  readonly listener: TimedCallListener
  /** Told of arriving in each of these, too: what they are told apart by, without overlap. */
  readonly parts?: readonly CodeRange[]
  /** Hears of calls that are under way wherever the run goes, and saves nothing of its own. */
  readonly hearsAnew?: boolean
}

export interface RunListeners {
  readonly phases: PhaseListener
  readonly operators: OperatorListener
  readonly calls?: (functions: readonly FunctionRange[]) => WatchedCalls
  /** What they know, saved and restored with the run. */
  readonly section: SectionSource
}
