/** What `boardless.config.ts` holds: targets, and what each may cost. Its schema for editors is schema/config-schema.json. */
export interface BoardlessConfig {
  /** For editors; nothing reads it. */
  readonly $schema?: string
  /** Where figures are kept that others are held against, from this file's folder (default: boardless.baseline.json). */
  readonly baseline?: string
  /** What every target has unless it says otherwise. */
  readonly defaults?: Omit<TargetConfig, 'firmware' | 'app' | 'budgets'>
  /** By names of one's own. */
  readonly targets: Readonly<Record<string, TargetConfig>>
}

/** What is run, and for how long; names and values as those of `boardless run`, paths from the config file's folder. */
export interface TargetConfig {
  /** A file, or several that go into the same chip. */
  readonly firmware?: string | readonly string[]
  /** In place of a file: an app of ours by name, or a folder of sources. */
  readonly app?: string
  /** A shell command that makes the file: `make`, `west build`, `arduino-cli compile`, `cmake --build build`. */
  readonly build?: string
  /** Of an app: a folder to use in place of the package's own `firmware/`. */
  readonly sources?: string

  readonly model?: string
  readonly kernels?: 'reference' | 'cmsis-nn'
  readonly resolver?: 'all' | 'mutable'
  readonly optimise?: 'Os' | 'O2' | 'O3'
  readonly arena?: number | 'auto'
  readonly preprocess?: 'loop' | 'unrolled' | 'cmsis-dsp' | 'folded'

  readonly board?: string
  readonly at?: string
  readonly boot?: string
  readonly recording?: string
  readonly columns?: string
  readonly rate?: string
  readonly audio?: string
  readonly end?: 'stop' | 'loop' | 'hold'
  readonly stdin?: string
  readonly wire?: readonly string[]
  readonly cell?: string
  readonly currents?: string
  readonly onFault?: 'stop' | 'handler'
  readonly timing?: 'nrf52840' | 'zero-wait'
  readonly set?: Readonly<Record<string, number>>

  /** Simulated time, such as 20s. */
  readonly for?: string
  /** The run ends when a whole line of the console matches; a run in which none does fails. */
  readonly until?: string
  readonly phase?: readonly string[]
  readonly measure?: readonly string[]

  /** By figure, such as `inference`, `phase preprocess`, `flash`: docs/budgets.md has all of them. */
  readonly budgets: Readonly<Partial<Record<FigureName, Budget>>>
}

/** Figures that every run may have. */
export const PLAIN_FIGURES = [
  'inference',
  'interpreter',
  'cycles',
  'awake cycles',
  'instructions',
  'seconds',
  'flash',
  'static RAM',
  'arena',
  'stack',
  'heap',
  'current',
  'peak current',
  'chip current',
  'charge of an inference',
  'energy of an inference',
  'battery life',
  'accuracy',
  'predictions',
  'console',
  'unmodelled accesses',
  'problems',
  'faults',
  'resets',
] as const

/** Those with a name of the firmware's behind them. */
export const NAMED_FIGURES = [
  'inference of',
  'interpreter of',
  'phase',
  'marker',
  'operator',
  'function',
  'measure',
  'interrupt',
  'latency of',
  'reason',
  'section',
  'symbol',
  'arena',
  'part',
  'charge of',
] as const

export type FigureName = (typeof PLAIN_FIGURES)[number] | `${(typeof NAMED_FIGURES)[number]} ${string}`

/**
 * The most, or of what is better where it is more the least, as a number in the figure's own unit or as text: `40000`,
 * `'64 kB'`, `'>= 95 %'`; or how much worse than the baseline it may be: `'+1 %'`, `'+200 cycles'`, `'+0'`.
 */
export type Budget = Limit | readonly Limit[]
export type Limit = number | string | LimitObject

export interface LimitObject {
  readonly max?: number | string
  readonly min?: number | string
  /** How much worse than the baseline it may be: `'+1 %'`, `'+200 cycles'`, 0. */
  readonly change?: number | string
  /** Of what happens several times (default: the median). */
  readonly of?: Statistic
  /** soft: said, and the exit code stays 0; trial: said only that it would have failed (default: hard). */
  readonly severity?: Severity
  /** Hold the interval's worse end against the limit, in place of the estimate: currents, charge, battery life. */
  readonly end?: 'estimate' | 'worse'
  /** Of the console: a line must match, as a JavaScript regular expression. */
  readonly matches?: string
  /** Of the console: no line may. */
  readonly lacks?: string
}

export const STATISTICS = ['minimum', 'median', 'maximum', 'total', 'count'] as const
export type Statistic = (typeof STATISTICS)[number]
export const SEVERITIES = ['hard', 'soft', 'trial'] as const
export type Severity = (typeof SEVERITIES)[number]

/** Types for editors; gives back what it is given. */
export const defineConfig = (config: BoardlessConfig): BoardlessConfig => config
