import { ExitCode, UserError } from '../../runs/errors.ts'
import { cyclesPerBody, type Measurement } from './measurement.ts'
import { contradicts, type Claim, type Rule, type RuleGroup } from './rule.ts'
import { sources } from '../../runs/open-parameters/sources.ts'

export type Verdict =
  /** The prediction is what the first source says. */
  | 'meets'
  | 'differs'
  /** There is nothing to compare with. */
  | 'unpublished'

/** A rule beside what the emulator, and maybe a board, makes of it. Cycles are of one body. */
export interface RuleResult {
  readonly rule: Rule
  readonly group: string
  readonly predictedCycles: number
  /** Predicted less published; 0 inside a published range. */
  readonly differenceCycles: number | null
  readonly verdict: Verdict
  readonly contradiction: boolean
  /** What the default parameters predict, where others were chosen and predict otherwise: the rule is of those. */
  readonly defaultCycles: number | null
  /** On a board; null without one, or where it did not run this kernel. */
  readonly measuredCycles: number | null
}

const SMALLEST_DIFFERENCE = 0.005

/**
 * Compares every rule. The kernels that ran and the rules must be the same.
 * @throws UserError naming kernels without a rule and rules without a kernel
 */
export function compare(
  groups: readonly RuleGroup[],
  predicted: readonly Measurement[],
  measured?: readonly Measurement[],
  atDefaults?: readonly Measurement[],
): readonly RuleResult[] {
  const byKernel = new Map(predicted.map((one) => [one.kernel, one]))
  const byDefault = new Map(atDefaults?.map((one) => [one.kernel, one]))
  const onBoard = new Map(measured?.map((one) => [one.kernel, one]))
  const known = new Set(groups.flatMap((group) => group.rules.map(({ kernel }) => kernel)))
  const unknown = predicted.filter(({ kernel }) => !known.has(kernel)).map(({ kernel }) => kernel)
  if (unknown.length > 0)
    throw new UserError(
      `kernels without a rule in src/fidelity/rules: ${unknown.join(', ')}`,
      ExitCode.badInput,
    )
  return groups.flatMap(({ name, rules }) =>
    rules.map((rule) => {
      const predictedCycles = cyclesOf(rule, byKernel)
      if (predictedCycles === null)
        throw new UserError(`a rule for ${rule.kernel}, which firmware/microbench does not have`)
      const differenceCycles = differenceFrom(rule.published[0], predictedCycles)
      return {
        rule,
        group: name,
        predictedCycles,
        differenceCycles,
        verdict: differenceCycles === null ? 'unpublished' : differenceCycles === 0 ? 'meets' : 'differs',
        contradiction: contradicts(rule),
        defaultCycles: otherThan(predictedCycles, cyclesOf(rule, byDefault)),
        measuredCycles: cyclesOf(rule, onBoard),
      } satisfies RuleResult
    }),
  )
}

const otherThan = (cycles: number, other: number | null): number | null =>
  other === null || Math.abs(cycles - other) < SMALLEST_DIFFERENCE ? null : other

function cyclesOf(rule: Rule, measurements: ReadonlyMap<string, Measurement>): number | null {
  const own = measurements.get(rule.kernel)
  if (own === undefined) return null
  const cycles = (own.cycles - rule.edgeCycles) / own.bodies
  if (rule.minus === undefined) return cycles
  const other = measurements.get(rule.minus)
  return other === undefined ? null : cycles - cyclesPerBody(other)
}

function differenceFrom(claim: Claim | undefined, cycles: number): number | null {
  if (claim === undefined) return null
  const [low, high] = typeof claim.cycles === 'number' ? [claim.cycles, claim.cycles] : claim.cycles
  const difference = cycles < low ? cycles - low : cycles > high ? cycles - high : 0
  return Math.abs(difference) < SMALLEST_DIFFERENCE ? 0 : difference
}

/** Rules that the model must meet and does not. */
export const failures = (results: readonly RuleResult[]): readonly RuleResult[] =>
  results.filter(({ rule, verdict }) => rule.status === 'exact' && verdict === 'differs')

export const claimText = ({ cycles, source }: Claim): string => {
  const figure =
    typeof cycles === 'number'
      ? cyclesText(cycles)
      : cycles[0] === cycles[1]
        ? `${cycles[0]}`
        : `${cycles[0]} to ${cycles[1]}`
  return `${figure} (${sources[source].short})`
}

/** 3, 8.25, 4.94; whole where hundredths say nothing. */
export const cyclesText = (cycles: number): string =>
  Number.isInteger(cycles) ? String(cycles) : cycles.toFixed(Math.abs(cycles) < 100_000 ? 2 : 0)

export const differenceText = (difference: number | null): string =>
  difference === null ? '' : difference > 0 ? `+${cyclesText(difference)}` : cyclesText(difference)
