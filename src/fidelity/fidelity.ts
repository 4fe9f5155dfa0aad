import { pipelineTiming, type TimingParameters } from '../../emulator/cpu/timing/timing.ts'
import { ExitCode, UserError } from '../../runs/errors.ts'
import type { Progress } from '../toolchain/paths.ts'
import type { Capture } from './captures.ts'
import { compare, failures, type RuleResult } from './compare.ts'
import { emulateMicrobench } from './emulate.ts'
import { buildMicrobench } from './firmware.ts'
import { ruleGroups } from './rules/index.ts'

/** Every rule of the timing model beside what is published. */
export interface Fidelity {
  readonly schemaVersion: 1
  readonly kind: 'fidelity'
  readonly timing: TimingParameters
  /** Fingerprint of the kernels that ran. */
  readonly kernels: string
  readonly against: { readonly board: string; readonly part: string; readonly kernels: string } | null
  readonly summary: Summary
  readonly rules: readonly RuleResult[]
}

export interface Summary {
  readonly kernels: number
  readonly exact: number
  readonly exactMet: number
  readonly assumed: number
  readonly assumedMet: number
  readonly open: number
  readonly contradictions: number
  /** Kernels that the chosen parameters predict otherwise than the defaults, which the rules are of; null at the defaults. */
  readonly moved: number | null
  /** Kernels where a board agrees; null without a board. */
  readonly boardAgrees: number | null
}

/** Builds the microbenchmarks, runs them on the emulator and compares. @throws UserError */
export async function assess(
  timing: TimingParameters,
  against?: Capture,
  progress: Progress = () => undefined,
): Promise<Fidelity> {
  const { elfPath } = await buildMicrobench((step, fraction) => progress(step, 0.5 * fraction))
  progress('running the kernels', 0.5)
  const { kernels, measurements } = await emulateMicrobench(elfPath, timing)
  const isDefault = awayFromDefaults(timing).length === 0
  const atDefaults = isDefault ? undefined : (await emulateMicrobench(elfPath, pipelineTiming)).measurements
  const results = compare(ruleGroups, measurements, against?.measurements, atDefaults)
  if (against && results.every(({ measuredCycles }) => measuredCycles === null))
    throw new UserError(`${against.board}: not one of its kernels is known here.`, ExitCode.badInput)
  return {
    schemaVersion: 1,
    kind: 'fidelity',
    timing,
    kernels,
    against: against ? { board: against.board, part: against.part, kernels: against.kernels } : null,
    summary: summarise(results, against !== undefined, isDefault),
    rules: results,
  }
}

/** Names of the parameters that are not at their defaults. */
export const awayFromDefaults = (timing: TimingParameters): readonly (keyof TimingParameters)[] =>
  (Object.keys(timing) as (keyof TimingParameters)[]).filter((name) => pipelineTiming[name] !== timing[name])

function summarise(results: readonly RuleResult[], hasBoard: boolean, isDefault: boolean): Summary {
  const count = (which: (result: RuleResult) => boolean): number => results.filter(which).length
  const agrees = ({ predictedCycles, measuredCycles }: RuleResult): boolean =>
    measuredCycles !== null && Math.abs(predictedCycles - measuredCycles) < 0.005
  return {
    kernels: results.length,
    exact: count(({ rule }) => rule.status === 'exact'),
    exactMet: count(({ rule, verdict }) => rule.status === 'exact' && verdict === 'meets'),
    assumed: count(({ rule }) => rule.status === 'assumed'),
    assumedMet: count(({ rule, verdict }) => rule.status === 'assumed' && verdict === 'meets'),
    open: count(({ rule }) => rule.status === 'open'),
    contradictions: count(({ contradiction }) => contradiction),
    moved: isDefault ? null : count(({ defaultCycles }) => defaultCycles !== null),
    boardAgrees: hasBoard ? count(agrees) : null,
  }
}

/** @throws UserError naming the rules that must be met and are not */
export function requireExact({ rules }: Fidelity): void {
  const failed = failures(rules)
  if (failed.length === 0) return
  const names = failed.map(({ rule }) => rule.kernel)
  const shown = names.slice(0, 8).join(', ') + (names.length > 8 ? ' ...' : '')
  throw new UserError(
    `--strict: ${failed.length} of the exact rules are not met: ${shown}`,
    ExitCode.budgetFailed,
  )
}
