import type { PhaseSpan } from './phases.ts'
import type { PhaseSummary } from './rounds.ts'
import { noReading } from './readings.ts'
import { statistics } from './statistics.ts'

/** One trip through the firmware's phases. */
export type Round = readonly PhaseSpan[]

/**
 * For tests: what RoundFold does span by span, done on the list of all of them.
 * Splits spans into rounds. A round ends where an outermost phase follows one that comes after it in the order of
 * first appearance: sensor x 100, preprocess, inference, output | sensor x 100, ...
 * Where that never happens, the spans are one round if the last phase comes once, and else a round each.
 * A last round that stops short of the last phase is left out: the run ended in the middle of it.
 */
export function rounds(spans: readonly PhaseSpan[]): readonly Round[] {
  const byBegin = [...spans].sort((a, b) => a.beginCycle - b.beginCycle || a.depth - b.depth)
  const rank = new Map<string, number>()
  for (const { name, depth } of byBegin) if (depth === 0 && !rank.has(name)) rank.set(name, rank.size)
  const found: PhaseSpan[][] = []
  let previous = Infinity
  for (const span of byBegin) {
    const own = span.depth === 0 ? (rank.get(span.name) ?? 0) : previous
    const current = found.at(-1)
    if (!current || own < previous) found.push([span])
    else current.push(span)
    previous = own
  }
  const isLastPhase = ({ name, depth }: PhaseSpan): boolean => depth === 0 && rank.get(name) === rank.size - 1
  if (found.length === 1 && byBegin.filter(isLastPhase).length > 1) return byBegin.map((span) => [span])
  return found.filter((round, i) => i < found.length - 1 || round.some(isLastPhase))
}

/** Phases in the order of their first begin, each summed within its rounds. */
export function summarisePhases(found: readonly Round[]): readonly PhaseSummary[] {
  const phases = new Map<string, { samples: number[]; passes: number }>()
  for (const round of found) {
    const inRound = new Map<string, number>()
    for (const { name, beginCycle, endCycle } of round) {
      inRound.set(name, (inRound.get(name) ?? 0) + endCycle - beginCycle)
      const phase = phases.get(name) ?? { samples: [], passes: 0 }
      phase.passes += 1
      phases.set(name, phase)
    }
    for (const [name, cycles] of inRound) phases.get(name)?.samples.push(cycles)
  }
  return [...phases].map(([name, { samples, passes }]) => ({
    name,
    passes,
    counts: noReading,
    ...statistics(samples),
  }))
}
