import type { NotCounted } from '../tflite/macs.ts'
import type { AwayReport } from './parts/away.ts'
import type { PowerReport } from './power-report.ts'

/**
 * The contract between a run and everything that shows, gates or compares it; its schema is schema.json.
 * A unit in every name. The same firmware, board and recording give the same report, to the byte: nothing in it
 * comes from the machine it ran on.
 */
export interface RunReport {
  readonly schemaVersion: 4
  readonly tool: { readonly name: 'boardless'; readonly version: string }
  readonly board: BoardReport
  readonly timing: TimingReport
  /** What stands away from its default: parameters, currents, wires, the cell. */
  readonly away: readonly AwayReport[]
  readonly firmware: FirmwareReport
  /** TensorFlow Lite models found in flash, then those that an interpreter had elsewhere. */
  readonly models: readonly ModelReport[]
  readonly recording: RecordingReport | null
  /** What the microphone heard. */
  readonly sound: SoundReport | null
  readonly run: RunSummary
  /** Why the run's cycles went by; they add up to all of them. Empty without a profile. */
  readonly reasons: ReasonsReport
  readonly phases: readonly PhaseReport[]
  /** What --measure asked for. */
  readonly measures: readonly MeasureReport[]
  readonly interpreters: readonly InterpreterReport[]
  /** Dearest first. */
  readonly functions: readonly FunctionReport[]
  /** Who called whom, callers before those they called; null where --functions was not asked for. */
  readonly calls: readonly CallReport[] | null
  /** How the chip was reset while it ran; empty where it was not. */
  readonly resets: readonly ResetReport[]
  /** What came of its USB connector; null where nothing is in it, or where the firmware never pulled D+ up. */
  readonly usb: UsbReport | null
  readonly memory: MemoryReport
  readonly power: PowerReport
  /** null when the firmware prints none. */
  readonly predictions: PredictionsReport | null
  readonly console: { readonly text: string; readonly droppedBytes: number }
  /** Exceptions and interrupts taken. */
  readonly interrupts: readonly { readonly number: number; readonly name: string; readonly count: number }[]
  /** Accesses to what the chip has and the emulator has not. */
  readonly unmodelled: readonly UnmodelledReport[]
  /** What the firmware did that the chip or the recording cannot do. */
  readonly problems: readonly {
    readonly message: string
    readonly firstCycle: number
    readonly count: number
  }[]
  readonly fault: FaultReport | null
}

/** Cycles by reason, as docs/reasons.md has them; those of none are left out. */
export type ReasonsReport = Readonly<Record<string, number>>

export interface BoardReport {
  readonly name: string
  readonly chip: string
  readonly processor: string
  readonly clockHz: number
  /** Whether the firmware ever switched it on. */
  readonly instructionCache: 'on' | 'off'
  /** What it costs that it was off; null where it was on, or where nobody asked. */
  readonly cacheOff: CacheOffReport | null
}

/** The same firmware, run again with the instruction cache on from reset. */
export interface CacheOffReport {
  readonly cyclesPerInstruction: number
  readonly cyclesPerInstructionIfOn: number
  /** Of simulated time, from reset on. */
  readonly comparedCycles: number
}

export interface TimingReport {
  readonly model: string
  readonly parameters: Readonly<Record<string, number>>
}

export interface FirmwareReport {
  /** File name without folder; of several files, all of them with " + " between. */
  readonly file: string
  readonly format: 'elf' | 'hex' | 'bin' | 'uf2' | 'dfu' | 'several'
  /** Of several files, that of their own. */
  readonly sha256: string
  /** Of several files, each as it was given; else empty. */
  readonly files: readonly Pick<FirmwareReport, 'file' | 'format' | 'sha256'>[]
  /** Where a raw binary was put and why, and what of a file was left out. */
  readonly notes: readonly string[]
  /** Of the unit that holds main, or else the interpreter; every one that left its name, where no unit says. */
  readonly compiler: string
  readonly compilerFlags: string
  /** Why they are; null where they are known. */
  readonly compilerFlagsUnknown: string | null
  /** What says so; the debug information and the comment section are the file's own. */
  readonly compilerFrom: 'build' | 'debug-information' | 'comment-section' | 'unknown'
  /** What main, the interpreter, the kernels that ran and CMSIS-NN were compiled with; those alike together. */
  readonly compiledParts: readonly {
    readonly parts: readonly string[]
    readonly compiler: string
    readonly compilerFlags: string
  }[]
  /** "unknown" for firmware that Boardless did not build. */
  readonly app: string
  readonly kernels: string
  readonly resolver: string
  /** As far as the symbols say it; "none" where there are symbols and none is of it. */
  readonly tflmVersion: string
  readonly cmsisNnVersion: string
  /** Others that the symbols show. */
  readonly libraries: readonly string[]
}

export interface ModelReport {
  /** Of its symbol; null without one. */
  readonly name: string | null
  /** In flash; in RAM for a model that is nowhere else. */
  readonly address: number
  readonly bytes: number
  readonly sha256: string
  readonly description: string
  readonly operators: number
  readonly macs: number
  /** What these leave out: where there is any, they are at least so many. */
  readonly macsNotCounted: readonly NotCounted[]
  readonly parameters: number
}

export interface RecordingReport {
  /** File name without folder. */
  readonly file: string
  readonly sha256: string
  /** Such as CSV, or Edge Impulse JSON. */
  readonly format: string
  readonly rows: number
  readonly durationSeconds: number
  /** By the usual step from one sample to the next; null for one sample. */
  readonly sampleRateHz: number | null
  readonly atEnd: 'stop' | 'loop' | 'hold'
  /** Titles of columns that no sensor of the board feels. */
  readonly ignoredColumns: readonly string[]
  /** What was noticed of it: gaps, rows left out, units that look wrong. `line` is the first, 0 where it is of none. */
  readonly notes: readonly { readonly message: string; readonly count: number; readonly line: number }[]
  /** Samples outside the sensor's full scale, by channel. */
  readonly clippedSamples: Readonly<Record<string, number>>
}

export interface SoundReport {
  /** File name without folder, or what the tool made. */
  readonly file: string
  /** Of its samples: 16 bits, little-endian. */
  readonly sha256: string
  readonly durationSeconds: number
  readonly atEnd: 'stop' | 'loop' | 'hold'
}

export type StopKind =
  /** Simulated time is over. */
  | 'time'
  /** The recording is over. */
  | 'recording-end'
  /** The console printed what was waited for. */
  | 'until'
  /** Semihosting SYS_EXIT or SYS_EXIT_EXTENDED. */
  | 'exit'
  /** A fault that the firmware has no handler for, or a lockup. */
  | 'fault'
  /** Nothing can ever wake the processor again. */
  | 'asleep-for-ever'
  | 'breakpoint'
  /** Reset again and again. */
  | 'reset-loop'
  /** Under --strict, an access to what is not modelled. */
  | 'unmodelled'
  | 'interrupted'

/** In what state the firmware began. */
export interface BeganReport {
  /**
   * As the chip is after a reset, with the vector table at 0; as the board's bootloader leaves it, which has not run
   * itself; or behind a place that is empty, and everything else as after a reset.
   */
  readonly how: 'reset' | 'left-by-bootloader' | 'bare'
  readonly vectorTable: number
  /** Whose state it began in. */
  readonly bootloader: string | null
  /** What that had left on or set, in words. */
  readonly leaves: readonly string[]
}

export interface UntilReport {
  /** As it was given, between slashes. */
  readonly pattern: string
  /** null: no line of the console matched. */
  readonly metCycle: number | null
  /** The line, or its beginning, without escape sequences. */
  readonly line: string | null
}

/** For half a second or more the processor has slept, been off, or gone round in one loop. */
export interface WaitingReport {
  readonly kind: 'asleep' | 'off' | 'loop'
  /** Of a loop: when it was first found there, by a look each quarter of a second. */
  readonly sinceCycle: number
  readonly address: number
  /** That with a symbol: main+0x12. */
  readonly function: string
  /** Registers and flags come back the same each time: only what it reads, or an interrupt, can end it. */
  readonly isUnchanging: boolean
  /** What each round of the loop reads; null: not to be read without an effect, or not the same each time. */
  readonly reads: readonly {
    readonly address: number
    readonly name: string
    readonly value: number | null
    /** How the peripheral stands that it is of: "UARTE0 is disabled"; null where nothing is known to say. */
    readonly state: string | null
    /** What would make it another; null where that is not known. */
    readonly endsBy: string | null
  }[]
  /** Events whose interrupts are enabled. */
  readonly wakes: readonly string[]
}

export interface RunSummary {
  readonly began: BeganReport
  readonly stop: StopKind
  /** A sentence for people. */
  readonly stopDetail: string
  /** What the firmware gave to SYS_EXIT. */
  readonly exitCode: number | null
  /** What --until asked for; null where nothing was. */
  readonly until: UntilReport | null
  /** Why our own firmware could not go on, in its words. */
  readonly gaveUp: string | null
  /** From this cycle to the end nothing could wake the processor; null where something could. */
  readonly nothingWakesSinceCycle: number | null
  /** What the firmware had been waiting for when its time was over; null where it had not. */
  readonly waiting: WaitingReport | null
  readonly cycles: number
  readonly seconds: number
  readonly instructions: number
  /** Cycles asleep in WFI or WFE. */
  readonly sleepCycles: number
}

/** Resets for the same reason from the same place. */
export interface ResetReport {
  /** As RESETREAS tells them; software is SYSRESETREQ. */
  readonly reason: 'powerOn' | 'pin' | 'watchdog' | 'software' | 'lockup' | 'systemOff' | 'lpcomp' | 'vbus'
  /** The instruction that asked for it, or where the processor was; null: many places. */
  readonly address: number | null
  /** That with a symbol: main+0x12. */
  readonly function: string | null
  /** In whose handler; null in Thread mode. */
  readonly exception: string | null
  readonly count: number
  readonly firstCycle: number
  readonly lastCycle: number
}

export interface UsbReport {
  /** What it is plugged into; none is a power bank, where nobody enumerates. */
  readonly connector: 'host' | 'none'
  /** Its pull-up was switched on. */
  readonly attachedCycle: number
  readonly resets: number
  readonly configuredCycle: number | null
  /** Why the host gave it up. */
  readonly failure: string | null
  readonly device: {
    readonly vendorId: number
    readonly productId: number
    readonly release: string
    readonly usbVersion: string
    readonly manufacturer: string | null
    readonly product: string | null
    readonly serialNumber: string | null
    /** Milliamperes that it asks for; null before its configuration was read. */
    readonly maxPower: number | null
    readonly isSelfPowered: boolean
    readonly canWakeUp: boolean
  } | null
  readonly interfaces: readonly {
    readonly number: number
    readonly alternate: number
    /** Of its class. */
    readonly name: string
    readonly classCode: number
    readonly subclass: number
    readonly protocol: number
    readonly endpoints: readonly {
      readonly address: number
      readonly type: 'control' | 'isochronous' | 'bulk' | 'interrupt'
      readonly maxPacketBytes: number
      readonly interval: number
    }[]
  }[]
  /** The port that is the console. */
  readonly serial: {
    readonly interface: number
    /** The host set DTR. */
    readonly openedCycle: number | null
    readonly baud: number
    readonly fromBoardBytes: number
    readonly toBoardBytes: number
  } | null
  /** The first of what came from keyboards, mice and the like. */
  readonly hid: {
    readonly reports: number
    readonly first: readonly { readonly cycle: number; readonly interface: number; readonly bytes: string }[]
  } | null
  readonly disk: {
    readonly interface: number
    readonly vendor: string
    readonly product: string
    readonly blocks: number
    readonly blockBytes: number
    readonly fileSystem: string | null
    readonly label: string | null
    /** Of the first block of the root folder. */
    readonly files: readonly { readonly name: string; readonly bytes: number }[]
    readonly failure: string | null
  } | null
  readonly transactions: number
  /** For which they held the wire. */
  readonly busyCycles: number
}

export interface CycleSpread {
  readonly count: number
  readonly totalCycles: number
  readonly minimumCycles: number
  readonly medianCycles: number
  readonly maximumCycles: number
  readonly minimumMicroseconds: number
  readonly medianMicroseconds: number
  readonly maximumMicroseconds: number
  /** The true median is no further from `medianCycles`; absent where that is exact. */
  readonly medianErrorCycles?: number
}

/** Where phases come in rounds (one sensor, preprocess, inference, output a window), `count` counts rounds. */
export interface PhaseReport extends CycleSpread {
  readonly name: string
  /** Begin and end pairs: 100 in a window whose sensor phase is entered once a sample. */
  readonly passes: number
  /** The firmware marks it, or `--phase` says where it begins and ends: then each pass is a round. */
  readonly source: 'marker' | 'option'
  /** Of `totalCycles`. */
  readonly reasons: ReasonsReport
}

/** Passages from one place to another, each measured by itself; `count` counts them. */
export interface MeasureReport extends CycleSpread {
  readonly name: string
  readonly instructions: SpreadReport
  /** Of the board. */
  readonly chargeNanocoulombs: SpreadReport
  /** Of `totalCycles`. */
  readonly reasons: ReasonsReport
}

export interface SpreadReport {
  readonly total: number
  readonly minimum: number
  readonly median: number
  readonly maximum: number
}

/** One interpreter with one model: another model in the same interpreter is another entry. */
export interface InterpreterReport extends CycleSpread {
  /** The model's symbol, with the interpreter's own where several have that model. */
  readonly name: string
  /** Address of the MicroInterpreter. */
  readonly address: number
  /** Which of `models`, as the interpreter itself says; null when that is not known. */
  readonly model: number | null
  /** Why `model` is null. */
  readonly modelUnknown: string | null
  /** What it costs beside its operators; `totalCycles` is the rest, exactly. */
  readonly own: CycleSpread & { readonly share: number; readonly reasons: ReasonsReport }
  /** Of `totalCycles`. */
  readonly reasons: ReasonsReport
  readonly operators: readonly OperatorReport[]
}

export interface OperatorReport extends CycleSpread {
  /** "2"; "2.0" for the first operator of a subgraph that operator 2 invoked. */
  readonly index: string
  /** The kernel's Eval function. */
  readonly kernel: string
  /** Subgraph of the model that it is in; null when that is not known. */
  readonly subgraph: number | null
  /** Schema name, from its registration; null when that is not known. */
  readonly type: string | null
  readonly outputShape: readonly number[] | null
  /** null without the model, and where they are not counted. */
  readonly macs: number | null
  /** Why they are not; null without the model too. */
  readonly macsNotCounted: string | null
  /** Of the median; null where there are no multiply-accumulates. */
  readonly cyclesPerMac: number | null
  /** Of all cycles of the interpreter's invocations, 0 to 1. */
  readonly share: number
  /** Of `totalCycles`. */
  readonly reasons: ReasonsReport
}

export interface FunctionReport {
  readonly name: string
  readonly address: number
  readonly selfCycles: number
  /** Of the cycles awake, 0 to 1. */
  readonly share: number
  readonly instructions: number
  readonly entries: number
  /** Of `selfCycles`. */
  readonly reasons: ReasonsReport
  /** null where --functions was not asked for, and for what was never called. */
  readonly calls: FunctionCallsReport | null
}

export interface FunctionCallsReport {
  /** With what it called; calls within calls of itself count once. Interrupts are not in what they interrupt. */
  readonly totalCycles: number
  readonly calls: number
  /** Of them those that ended; these three are of them, each with what it called. */
  readonly returned: number
  readonly minimumCycles: number
  readonly medianCycles: number
  readonly maximumCycles: number
  /** The true median is no further from `medianCycles`; absent where that is exact. */
  readonly medianErrorCycles?: number
}

/** All calls of a function by one path. */
export interface CallReport {
  /** Which of `calls` called it; null: nothing did. */
  readonly parent: number | null
  readonly function: string
  readonly address: number | null
  /** Of a handler: the exception that entered it. */
  readonly exception: string | null
  readonly calls: number
  readonly selfCycles: number
  readonly totalCycles: number
}

export interface MemoryReport {
  readonly flashBytes: number
  /** null: a HEX file does not say. */
  readonly staticRamBytes: number | null
  readonly sections: readonly {
    readonly name: string
    readonly flashBytes: number
    readonly ramBytes: number
  }[]
  /** In the order in which they were first seen. */
  readonly arenas: readonly ArenaReport[]
  readonly stack: {
    readonly bytes: number | null
    readonly highWaterBytes: number
    readonly exact: boolean
  } | null
  readonly heap: { readonly bytes: number; readonly highWaterBytes: number } | null
}

/** The tensor arena of an interpreter, or of several that share an allocator. */
export interface ArenaReport {
  /** The variable's symbol, or "heap", "stack", or its address. */
  readonly name: string
  readonly address: number | null
  readonly bytes: number | null
  /**
   * What TFLM's arena_used_bytes() gives, at its most. From `written since main`: bytes that were written.
   * null when it is not known.
   */
  readonly usedBytes: number | null
  /** The head: what the memory planner gave to tensors and scratch buffers, and `temporaryBytes`. */
  readonly nonPersistentBytes: number | null
  /** The tail. */
  readonly persistentBytes: number | null
  /** Temporary buffers that were never given back. */
  readonly temporaryBytes: number | null
  /** Words that were written since `main` began; null where that is not known. */
  readonly writtenBytes: number | null
  readonly source: 'allocator' | 'recording allocator output' | 'written since main' | 'unknown'
  /** Why figures are null; null where none is for lack of knowledge. */
  readonly unknown: string | null
  /** Which of `interpreters`. */
  readonly interpreters: readonly number[]
}

export interface PredictionsReport {
  readonly total: number
  /** Windows whose samples all have one and the same label: these are judged. */
  readonly labelled: number
  /** Windows whose samples do not all have the same label, or not all have one: not judged. */
  readonly spanning: number
  /** Of `labelled`; null where that is 0. */
  readonly correct: number | null
  /** The first 10 000. */
  readonly windows: readonly {
    readonly label: string
    readonly probability: number | null
    /** null where the window is not judged. */
    readonly expected: string | null
    readonly spansLabels: boolean
  }[]
}

export interface UnmodelledReport {
  readonly name: string
  /** Whose register it is; "hole" where there is no peripheral, "unmapped" where nothing answers. */
  readonly peripheral: string
  /** Read 32 times or more: something is waited for. */
  readonly isPolled: boolean
  /** Why nothing is missed without it; null where something may be. */
  readonly harmless: string | null
  readonly address: number
  readonly reads: number
  readonly writes: number
  readonly firstCycle: number
}

export interface FaultReport {
  /** One line: what happened, where. */
  readonly summary: string
  /** Set bits of CFSR and HFSR in words. */
  readonly causes: readonly string[]
  readonly cfsr: number
  readonly hfsr: number
  readonly mmfar: number | null
  readonly bfar: number | null
  readonly pc: number
  readonly instruction: string
  /** R0 to R15. */
  readonly registers: readonly number[]
  readonly xpsr: number
  /** Innermost first. */
  readonly callStack: readonly {
    readonly address: number
    readonly function: string
    readonly source: string | null
    /** From stack contents, not from unwind information. */
    readonly guessed: boolean
  }[]
}
