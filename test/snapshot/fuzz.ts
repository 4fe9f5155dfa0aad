import { continuations, momentsOf } from './moments.ts'
import { all } from './scenarios.ts'

export interface SnapshotChoices {
  /** Altogether, shared among the firmware. */
  readonly moments: number
  readonly seed: number
  readonly keepGoing: boolean
  readonly onProgress: (text: string) => void
  readonly onDifference: (text: string) => void
}

/**
 * Goes on from random moments of all apps and of firmware that does what is hard to go on from. A tenth of them comes
 * back from bytes, and some go to the end of the run for its report.
 * @returns how many moments, and how many went on otherwise
 */
export async function fuzzSnapshots(choices: SnapshotChoices): Promise<{ moments: number; failing: number }> {
  const { seed, keepGoing, onProgress, onDifference } = choices
  let moments = 0
  let failing = 0
  for (const { name, make } of all) {
    const count = Math.ceil(choices.moments / all.length)
    const options = await make()
    if (!options) {
      onDifference(`${name} cannot be fetched`)
      continue
    }
    const of = await momentsOf(options, { seed, count })
    for (const wrong of continuations(of, { toEnd: 50, throughBytes: 10, anew: 8 })) {
      moments += 1
      onProgress(`${moments} moments, ${failing} went on otherwise: ${name}`)
      if (wrong === undefined) continue
      failing += 1
      onDifference(`${name}, seed ${seed}: ${wrong}`)
      if (!keepGoing) return { moments, failing }
    }
  }
  return { moments, failing }
}
