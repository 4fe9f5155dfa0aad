import { rounds } from '../../emulator/probes/phases.ts'
import type { PhaseSpan, Round } from '../../emulator/probes/phases.ts'
import type { PredictionsReport } from './run-report.ts'

/**
 * Predictions that the firmware printed (`prediction: walking 0.9961`), against the recording's labels.
 * A window's label is the one that most of the passes of its first phase, the sensor's, began under.
 * @param labelAt label at a simulated time in seconds
 */
export function readPredictions(
  consoleText: string,
  spans: readonly PhaseSpan[],
  clockHz: number,
  labelAt?: (seconds: number) => string | undefined,
): PredictionsReport | null {
  const printed = [...consoleText.matchAll(/\bprediction: (\S+)(?: ([0-9.]+))?/g)]
  if (printed.length === 0) return null
  const found = rounds(spans)
  const windows = printed.map(([, label = '', probability], index) => ({
    label,
    probability: probability === undefined ? null : Math.min(Number(probability), 1),
    expected: (labelAt && labelOf(found[index], clockHz, labelAt)) ?? null,
  }))
  const labelled = windows.filter(({ expected }) => expected !== null)
  return {
    total: windows.length,
    labelled: labelled.length,
    correct:
      labelled.length === 0 ? null : labelled.filter(({ label, expected }) => label === expected).length,
    windows,
  }
}

function labelOf(
  round: Round | undefined,
  clockHz: number,
  labelAt: (seconds: number) => string | undefined,
): string | undefined {
  const first = round?.[0]?.name
  const votes = new Map<string, number>()
  for (const { name, beginCycle } of round ?? []) {
    const label = name === first ? labelAt(beginCycle / clockHz) : undefined
    if (label !== undefined) votes.set(label, (votes.get(label) ?? 0) + 1)
  }
  return [...votes].sort((a, b) => b[1] - a[1])[0]?.[0]
}
